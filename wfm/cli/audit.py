"""``wfm audit``: who did what, whether the audit is whole, and removing what need not be kept."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wfm.cli import options
from wfm.errors import BadInput
from wfm.i18n import say

if TYPE_CHECKING:
    from wfm.store import AuditCheck, AuditEntry, AuditTrail

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("audit", help=say("Show who did what and when; check that nobody changed it."))
    def audit(
        since: Annotated[str, typer.Option("--since", help=say("from this day or moment on, YYYY-MM-DD[THH:MM]"))] = "",
        until: Annotated[str, typer.Option("--until", help=say("before this day or moment, YYYY-MM-DD[THH:MM]"))] = "",
        who: Annotated[str, typer.Option("--who", help=say("of this person only"))] = "",
        text: Annotated[str, typer.Option("--text", help=say("entries with this in name, action or thing"))] = "",
        limit: Annotated[int, typer.Option("--limit", min=1, max=1_000_000, help=say("the latest so many"))] = 100,
        verify: Annotated[
            bool,
            typer.Option("--verify", help=say("check that no entry was changed or removed; exit code 1 if one was")),
        ] = False,
        noted: Annotated[
            str,
            typer.Option("--noted", help=say("with --verify: a digest noted earlier, which must stand in the chain")),
        ] = "",
        remove_older_than: Annotated[
            int | None,
            typer.Option(
                "--remove-older-than", max=365_000, help=say("remove entries older than so many days, at least 183")
            ),
        ] = None,
        as_json: Annotated[bool, options.as_json()] = False,
        url: Annotated[str, options.database()] = "",
    ) -> None:
        from dashboard.audit_words import actions_named
        from wfm.store import AuditAsked, open_store

        if noted and not verify:
            raise BadInput(say("--noted goes with --verify"))
        trail = open_store(url or None).trail
        if remove_older_than is not None:
            _remove(trail, remove_older_than)
        elif verify:
            _tell(trail.check(noted.strip().lower()), as_json)
        else:
            begin, end = _moment("--since", since), _moment("--until", until)
            asked = AuditAsked(who=who, text=text, named=actions_named(text), since=begin, until=end)
            _show(trail.entries(asked, limit=limit), as_json)


def _remove(trail: AuditTrail, days: int) -> None:
    from wfm.cli.roster_asked import user_name

    count = trail.remove_older(days, who=user_name())
    print(say("{count} entries older than {days} days were removed.", count=count, days=days))


def _tell(found: AuditCheck, as_json: bool) -> None:
    from wfm.cli.console import print_json
    from wfm.store import audit_sentence

    if as_json:
        told: dict[str, Any] = {"whole": found.fault is None, "fault": found.fault, "at": found.at}
        told |= {"entries": found.entries, "removed": found.removed, "digest": found.digest}
        print_json(told)
    else:
        print(audit_sentence(found))
        if found.digest and found.fault is None:
            print(say("Digest of the last entry; noted elsewhere, it proves this later: {digest}", digest=found.digest))
    if found.fault is not None:
        raise typer.Exit(1)


def _show(entries: list[AuditEntry], as_json: bool) -> None:
    import json

    from dashboard.audit_words import action_words, thing_words
    from wfm.cli.console import make_console, make_table, print_json

    if as_json:
        shown = [
            {"id": e.id, "at": e.at.isoformat(), "who": e.who, "action": e.action, "object": e.object, **_details(e)}
            for e in entries
        ]
        print_json(shown)
        return
    if not entries:
        print(say("Nothing like that stands in the audit."))
        return
    console = make_console()
    table = make_table(console)
    for heading in (say("when"), say("who"), say("what"), say("on what"), say("details")):
        table.add_column(heading, overflow="fold")
    for entry in entries:
        details = json.dumps(entry.details, ensure_ascii=False) if entry.details else ""
        cells = (entry.who or "–", action_words(entry.action), thing_words(entry.object), details)
        table.add_row(f"{entry.at.astimezone():%Y-%m-%d %H:%M:%S}", *(_plain(cell) for cell in cells))
    console.print(table)


def _details(entry: AuditEntry) -> dict[str, Any]:
    return {"details": entry.details}


def _plain(text: str) -> str:
    """Without control characters and marks of the table's own."""
    from rich.markup import escape

    return escape("".join(c if c.isprintable() else "�" for c in text))


def _moment(option: str, told: str) -> datetime | None:
    """A local moment.

    Raises:
        BadInput: it is none.
    """
    if not told:
        return None
    try:
        return datetime.fromisoformat(told).astimezone()
    except ValueError:
        raise BadInput(
            say("{option}: found {found!r}, allowed is YYYY-MM-DD or YYYY-MM-DDTHH:MM", option=option, found=told)
        ) from None
