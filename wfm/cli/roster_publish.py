"""``wfm roster publish``: make a roster known for its month, as a version that stays; ``wfm roster name``: who of a firm comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from wfm.cli import options
from wfm.i18n import say

if TYPE_CHECKING:
    from scenarios.roster_month import Published

__all__ = ["print_published", "register"]

REMARKS_SHOWN = 12
"""Remarks printed of a publication; the rest is counted, and stands in ``--json``."""


def register(app: typer.Typer) -> None:
    """Add the commands."""

    @app.command("publish", help=say("Publish a roster for its month; earlier versions stay."))
    def publish(
        roster: Annotated[str, typer.Argument(help=say("roster or plan folder, Excel or CSV file"))],
        hotline: Annotated[str, options.roster_hotline()] = "",
        start: Annotated[
            str, typer.Option("--start", help=say("first day of the roster, YYYY-MM-DD, for a bare file"))
        ] = "",
        original: Annotated[
            str, typer.Option("--original", help=say("the roster from which an Excel file was made: its posts hold"))
        ] = "",
        over: Annotated[
            int | None, typer.Option("--over", help=say("the published version that this one replaces"))
        ] = None,
        to_firms: Annotated[
            bool, typer.Option("--to-firms", help=say("give duties to the people's firms, which name somebody later"))
        ] = False,
        despite_rules: Annotated[
            bool, typer.Option("--despite-rules", help=say("publish although rules are broken"))
        ] = False,
        note: Annotated[str, typer.Option("--note", help=say("what was changed"))] = "",
        now: Annotated[str, options.now()] = "",
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from scenarios.roster_at_hand import roster_at_hand
        from scenarios.roster_month import publish_roster
        from wfm.cli.roster_asked import day_asked, now_in, user_name
        from wfm.store import open_store

        first = day_asked("--start", start)
        source = roster_at_hand(original, hotline=hotline, start=first) if original else None
        found = roster_at_hand(roster, hotline=hotline, start=first, original=source)
        done = publish_roster(
            found,
            open_store(),
            now_in(found.scenario.hotline, now),
            over=over,
            to_firms=to_firms,
            despite_rules=despite_rules,
            note=note,
            who=user_name(),
        )
        print_published(done, as_json=as_json)

    @app.command("name", help=say("Name the person for a published duty that was given to a firm."))
    def name(
        hotline: Annotated[str, options.scenario()],
        start: Annotated[str, options.month_start()],
        post: Annotated[str, typer.Option("--post", help=say("the post, as 2026-09-14/day/general/03"))],
        agent: Annotated[str, typer.Option("--agent", help=say("number of the person"))],
        role: Annotated[str, typer.Option("--role", help=say("A or B"))] = "A",
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from scenarios.month_changes import name_lawyer
        from scenarios.scenario import load_scenario
        from wfm.cli.plan import one_of
        from wfm.cli.roster_asked import needed_day, user_name
        from wfm.store import open_store

        first = needed_day("--start", start)
        one_of("--role", role, ("A", "B"))
        done = name_lawyer(load_scenario(hotline), open_store(), first, post, role, agent, who=user_name())
        print_published(done, as_json=as_json)


def print_published(done: Published, *, as_json: bool) -> None:
    """Which version is out, whether late, and what is to be said of it."""
    from wfm.cli.console import print_json

    made = done.publication
    if as_json:
        print_json(
            {
                "version": made.version,
                "content": made.content,
                "late": made.late,
                "unchanged": made.unchanged,
                "violations": [v.text.as_dict() for v in done.violations],
                "handovers": [text.as_dict() for text in done.handovers],
                "to_name": done.to_name,
            }
        )
        return
    if made.unchanged:
        print(say("Nothing differs from version {version}, which is published already.", version=made.version))
    elif made.late:
        print(say("Published as version {version}, after the deadline.", version=made.version))
    else:
        print(say("Published as version {version}.", version=made.version))
    remarks = [
        f"{'✕' if v.breaks_law else '△'} {v.text}" for v in sorted(done.violations, key=lambda v: not v.breaks_law)
    ]
    remarks += [f"△ {text}" for text in done.handovers]
    for remark in remarks[:REMARKS_SHOWN]:
        print(f"  {remark}")
    if len(remarks) > REMARKS_SHOWN:
        print(say("… and {n} more, all told by wfm roster check", n=len(remarks) - REMARKS_SHOWN))
    if done.to_name:
        print(say("{n} duties are given to firms that have still to name somebody.", n=done.to_name))
