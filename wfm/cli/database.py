"""``wfm db``: look at the planning store and bring it to the latest schema."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from wfm.cli import options
from wfm.i18n import say

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands ``wfm db status`` and ``wfm db upgrade``."""
    group = typer.Typer(
        name="db", help=say("The planning store: plans, rosters, forecasts, audit."), no_args_is_help=True
    )

    @group.command(help=say("Show where the planning store lies, its schema and what it holds."))
    def status(
        as_json: Annotated[bool, options.as_json()] = False,
        url: Annotated[str, options.database()] = "",
    ) -> None:
        from wfm.store import store_status

        found = store_status(url or None)
        if as_json:
            print(json.dumps(asdict(found), ensure_ascii=False, indent=2))
            return
        states = {
            "absent": say("not created yet; the first plan creates it"),
            "empty": say("empty; run: wfm db upgrade"),
            "current": say("up to date"),
            "older": say("of an earlier version; run: wfm db upgrade"),
            "unknown": say("not of this version; a later version made it, or another program"),
        }
        print(say("planning store: {place} ({database})", place=found.place, database=found.database))
        print(
            say(
                "schema: {state} (revision {revision}, latest {latest})",
                state=states[found.state],
                revision=found.revision or "–",
                latest=found.latest,
            )
        )
        names = {
            "plans": say("plans"),
            "rosters": say("rosters"),
            "roster_versions": say("roster versions"),
            "duties": say("duties"),
            "roster_drafts": say("drafts of rosters"),
            "roster_edits": say("changes of drafts"),
            "calendar_links": say("links of subscribed calendars"),
            "forecasts": say("forecasts"),
            "months": say("months of rosters"),
            "requests": say("requests"),
            "publications": say("publications"),
            "roster_posts": say("rosters with their posts"),
            "swaps": say("swaps"),
            "attendance": say("attendance records"),
            "settlements": say("settlements"),
            "jobs": say("jobs of long work"),
            "job_workers": say("processes that do long work"),
            "users": say("accounts"),
            "sessions": say("sessions"),
            "sign_in_links": say("links that work once"),
            "sign_in_attempts": say("failed sign-ins"),
            "audit": say("audit entries"),
        }
        for table, things in names.items():
            if table in found.rows:
                print(say("{things}: {count}", things=things, count=found.rows[table]))

    @group.command(help=say("Create the planning store or bring it to the latest schema; safe to repeat."))
    def upgrade(
        url: Annotated[str, options.database()] = "",
    ) -> None:
        from wfm.store import upgrade_store

        found, copy = upgrade_store(url or None)
        if copy is not None:
            print(say("The store as it was is kept: {file}", file=copy))
        print(say("{place}: up to date (revision {revision})", place=found.place, revision=found.revision))

    app.add_typer(group)
