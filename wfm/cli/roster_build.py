"""``wfm roster build``: a roster for the coming weeks, judged by the checker."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.i18n import say

if TYPE_CHECKING:
    from scenarios.roster_result import RosterResult

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("build", help=say("Build a roster: fill the posts, keep every rule, share fairly."))
    def build(
        hotline: Annotated[str, typer.Argument(help=say("shipped name, hotline folder or scenario file"))],
        start: Annotated[str, typer.Option("--start", help=say("first day, YYYY-MM-DD (default: next Monday)"))] = "",
        weeks: Annotated[int, typer.Option("--weeks", help=say("weeks to roster, 1 to 13"))] = 4,
        posts: Annotated[
            Path | None,
            typer.Option("--posts", help=say("posts to fill, CSV or Excel (default: what the forecast asks for)")),
        ] = None,
        after: Annotated[
            Path | None,
            typer.Option("--after", help=say("the roster before: its folder or duties file; rules reach across")),
        ] = None,
        seconds: Annotated[float, typer.Option("--seconds", help=say("time the search may take"))] = 40.0,
        workers: Annotated[
            int | None, typer.Option("--workers", help=say("threads of the solver (default: the cores)"))
        ] = None,
        seed: Annotated[int, typer.Option("--seed", help=say("seed of every random number"))] = 1,
        reproducible: Annotated[
            bool,
            typer.Option("--reproducible", help=say("one worker, the same roster every time, on any machine")),
        ] = False,
        out: Annotated[Path | None, typer.Option("--out", help=say("folder to write the roster to"))] = None,
        as_json: Annotated[bool, typer.Option("--json", help=say("print one JSON document"))] = False,
    ) -> None:
        from scenarios.posts_file import read_posts
        from scenarios.roster import ROSTER_STAGES, RosterAsked, build_scenario_roster
        from scenarios.roster_folder import check_roster_target, roster_head, write_roster
        from scenarios.scenario import load_scenario
        from wfm.cli.console import print_json, stage_bars
        from wfm.cli.plan import next_monday, parse_day
        from wfm.errors import BadInput
        from wfm.execution import usable_cores
        from wfm.home import home_folder

        if not 1 <= weeks <= 13:
            raise BadInput(say("--weeks: found {weeks}, allowed are 1 to 13", weeks=weeks))
        first = parse_day(start) if start else next_monday()
        if out is not None:
            check_roster_target(out)
        scenario = load_scenario(hotline)
        asked = RosterAsked(
            first=first,
            days=7 * weeks,
            posts=None if posts is None else read_posts(posts, scenario.hotline, first, 7 * weeks),
            history=None,
            seed=seed,
            seconds=seconds,
            workers=1 if reproducible else usable_cores() if workers is None else workers,
            reproducible=reproducible,
        )
        with stage_bars({key: text.of() for key, text in ROSTER_STAGES.items()}) as bars:
            result = build_scenario_roster(scenario, asked, home_folder(), name=hotline, watch=bars.watch)
            if out is not None:
                write_roster(result, out)
        if as_json:
            print_json({key: value for key, value in roster_head(result).items() if key != "hotline"})
        else:
            print_roster(result, out)


def print_roster(result: RosterResult, out: Path | None) -> None:
    """The roster's summary."""
    from wfm.cli.plan import roster_word

    print(
        say(
            "{duties} duties, {missing} posts unfilled; {status}",
            duties=len(result.duties),
            missing=int(result.unfilled["missing"].sum()),
            status=roster_word(result.status),
        )
    )
