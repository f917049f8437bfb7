"""``wfm roster why``: which posts, rules and people are in conflict, and what would resolve it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wfm.cli import options
from wfm.i18n import say

if TYPE_CHECKING:
    from scenarios.roster_why import Shortage

__all__ = ["register"]

RELAXATIONS_SHOWN = 6


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("why", help=say("Say why posts stay open: rules and people in conflict, and the cheapest ways out."))
    def why(
        roster: Annotated[str, options.roster()],
        hotline: Annotated[str, options.roster_hotline()] = "",
        start: Annotated[str, options.roster_start()] = "",
        weeks: Annotated[int, options.weeks()] = 4,
        posts: Annotated[Path | None, options.posts()] = None,
        seconds: Annotated[float, options.seconds()] = 10.0,
        reproducible: Annotated[
            bool, typer.Option("--reproducible", help=say("the same answer every time, on any machine"))
        ] = False,
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from scenarios.roster_limits import check_seconds
        from scenarios.roster_why import WHY_STAGES, why_short
        from wfm.cli.console import print_json, stage_bars
        from wfm.cli.roster_asked import day_asked
        from wfm.errors import BadInput
        from wfm.home import home_folder

        if not 1 <= weeks <= 13:
            raise BadInput(say("--weeks: found {weeks}, allowed are 1 to {most}", weeks=weeks, most=13))
        check_seconds(seconds)
        with stage_bars({key: text.of() for key, text in WHY_STAGES.items()}) as bars:
            found = why_short(
                roster,
                home_folder(),
                hotline=hotline,
                start=day_asked("--start", start),
                days=7 * weeks,
                posts=posts,
                seconds=seconds,
                reproducible=reproducible,
                watch=bars.watch,
            )
        if as_json:
            print_json(why_json(found))
        else:
            print_why(found)


def why_json(found: Shortage) -> dict[str, Any]:
    """What ``--json`` prints."""
    from scenarios.conflict_values import conflict_values

    return {
        "hotline": found.problem.hotline.id,
        "first": found.problem.first.isoformat(),
        "days": found.problem.days,
        "posts_known": found.posts_known,
        "conflicts": [conflict_values(c) for c in found.why.conflicts],
        "fillable": len(found.why.fillable),
        "undecided": len(found.why.undecided),
    }


def print_why(found: Shortage) -> None:
    """Every conflict in words, then what would help, cheapest first."""
    from wfm.cli.console import make_console

    console = make_console()
    why = found.why
    for number, conflict in enumerate(why.conflicts, start=1):
        console.print(say("{number}. {conflict}", number=number, conflict=conflict.text), style="bold")
        if not conflict.minimal:
            console.print("  · " + say("time ended before every part was proven necessary"))
        for relaxation in conflict.relaxations[:RELAXATIONS_SHOWN]:
            console.print("  → " + say("{way} (cost {cost:,})", way=relaxation.text, cost=relaxation.cost))
        for _, text in conflict.held_firm:
            console.print("  · " + say("Not offered: {reason}", reason=text), style="dim", markup=False)
    if why.fillable:
        console.print(
            say("{n} open posts can be filled: nothing but more time for the search is needed.", n=len(why.fillable))
        )
    if why.undecided:
        console.print(
            say(
                "Of {n} further open posts nothing was proven: time or the number of conflicts ended it.",
                n=len(why.undecided),
            )
        )
    if not (why.conflicts or why.fillable or why.undecided):
        if found.posts_known:
            console.print(say("No post is open: there is nothing to explain."))
        else:
            console.print(say("Which posts were to fill is not known: give them with --posts."))
