"""``wfm roster check``: is a roster made elsewhere, or edited by hand, legal, and what is short?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wfm.cli import options
from wfm.i18n import say

if TYPE_CHECKING:
    from scenarios.roster_at_hand import RosterAtHand
    from scheduler.checker import Violation
    from scheduler.roster_changes import DayChange
    from wfm.i18n import Text

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("check", help=say("Judge a roster, wherever it was made: every broken rule in words."))
    def check(
        roster: Annotated[str, options.roster()],
        hotline: Annotated[str, options.roster_hotline()] = "",
        start: Annotated[str, options.roster_start()] = "",
        original: Annotated[
            str,
            typer.Option("--original", help=say("the roster that was edited: its posts hold, and changes are shown")),
        ] = "",
        posts: Annotated[Path | None, typer.Option("--posts", help=say("posts to fill, CSV or Excel"))] = None,
        after: Annotated[str, typer.Option("--after", help=say("the roster before: rules reach across"))] = "",
        duties_out: Annotated[
            Path | None, typer.Option("--duties-out", help=say("write the duties read to this CSV file"))
        ] = None,
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from scenarios.roster_at_hand import roster_at_hand
        from scheduler import write_duties
        from scheduler.firm_duties import check_with_places
        from scheduler.handover import short_handovers
        from scheduler.roster_changes import roster_changes
        from wfm.cli.console import print_json
        from wfm.cli.result_file import check_result_file
        from wfm.cli.roster_asked import day_asked

        if duties_out is not None:
            check_result_file(duties_out, ".csv")
        first = day_asked("--start", start)
        source = roster_at_hand(original, hotline=hotline, start=first) if original else None
        found = roster_at_hand(roster, hotline=hotline, start=first, posts=posts, original=source, after=after)
        violations = check_with_places(found.problem, found.duties)
        least = found.scenario.hotline.roster_cycle.handover_min
        handovers = short_handovers(found.duties, least) if least else []
        changes = None if source is None else roster_changes(source.duties, found.duties)
        if duties_out is not None:
            write_duties(found.duties, duties_out)
        if as_json:
            print_json(check_json(found, violations, handovers, changes))
        else:
            print_check(found, violations, handovers, changes)


def check_json(
    found: RosterAtHand, violations: list[Violation], handovers: list[Text], changes: list[DayChange] | None
) -> dict[str, Any]:
    """What ``--json`` prints."""
    from scheduler.duties_hash import duties_hash

    return {
        "hotline": found.scenario.hotline.id,
        "first": found.problem.first.isoformat(),
        "days": found.problem.days,
        "duties": len(found.duties),
        "content": duties_hash(found.duties),
        "legal": not any(v.breaks_law for v in violations),
        "posts_known": found.posts_known,
        "violations": [
            {
                "rule": v.rule,
                "agent": v.agent,
                "date": v.date.isoformat() if v.date else None,
                "breaks_law": v.breaks_law,
                "text": v.text.as_dict(),
            }
            for v in violations
        ],
        "handovers": [text.as_dict() for text in handovers],
        "changes": None if changes is None else [change_json(c) for c in changes],
    }


def change_json(change: DayChange) -> dict[str, Any]:
    """A changed day as plain values."""
    from dataclasses import asdict

    return {
        "agent": change.agent,
        "date": change.date.isoformat(),
        "lost": [asdict(held) for held in change.lost],
        "gained": [asdict(held) for held in change.gained],
    }


def print_check(
    found: RosterAtHand, violations: list[Violation], handovers: list[Text], changes: list[DayChange] | None
) -> None:
    """The verdict first, then every sentence."""
    from wfm.cli.roster_compare import print_changes

    broken = [v for v in violations if v.breaks_law]
    short = [v for v in violations if not v.breaks_law]
    facts = {"duties": len(found.duties), "people": found.duties["agent"].nunique(), "name": found.name}
    if broken:
        print(say("✕ {name}: {duties} duties of {people} people break {n} rules.", n=len(broken), **facts))
    else:
        print(say("✓ {name}: {duties} duties of {people} people keep every rule.", **facts))
    for violation in broken:
        print(f"  ✕ {violation.text}")
    if not found.posts_known:
        print(say("Which posts were to fill is not known (--posts); A posts are counted from the duties themselves."))
    if short:
        print(say("{n} remarks on cover:", n=len(short)))
    for violation in short:
        print(f"  △ {violation.text}")
    for text in handovers:
        print(f"  △ {text}")
    if changes is not None:
        print_changes(found.scenario, changes)
