"""``wfm roster build``: a roster for the coming weeks, by search or by a pattern, judged by the checker."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.cli import options
from wfm.i18n import say

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from scenarios.roster import RosterAsked
    from scenarios.roster_result import RosterResult
    from scenarios.scenario import Scenario
    from wfm.i18n import Text

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("build", help=say("Build a roster: fill the posts, keep every rule, share fairly."))
    def build(
        hotline: Annotated[str, options.scenario()],
        start: Annotated[str, options.start()] = "",
        weeks: Annotated[int, options.weeks()] = 4,
        posts: Annotated[Path | None, options.posts()] = None,
        by_circuits: Annotated[
            bool,
            typer.Option("--by-circuits", help=say("an A and a B for each telephone circuit, instead of the forecast")),
        ] = False,
        after: Annotated[
            Path | None,
            typer.Option(
                "--after",
                help=say(
                    "the roster before: its folder or duties file (default: the published ones); rules reach across"
                ),
            ),
        ] = None,
        late_requests: Annotated[
            bool,
            typer.Option("--late-requests", help=say("take in requests that came after the month's deadline too")),
        ] = False,
        pattern: Annotated[
            str,
            typer.Option("--pattern", help=say("lay out this pattern instead of searching; see wfm roster patterns")),
        ] = "",
        start_from: Annotated[
            str,
            typer.Option("--start-from", help=say("begin the search from a roster's folder or file, or a pattern")),
        ] = "",
        allow_gaps: Annotated[
            bool,
            typer.Option(
                "--allow-gaps", help=say("build on where nobody is able to serve a group, or everybody is on leave")
            ),
        ] = False,
        seconds: Annotated[float, options.seconds()] = 40.0,
        workers: Annotated[int | None, options.threads()] = None,
        seed: Annotated[int, options.seed()] = 1,
        reproducible: Annotated[bool, options.reproducible()] = False,
        level: Annotated[str, options.level()] = "interval",
        confidence: Annotated[float | None, options.confidence()] = None,
        out: Annotated[Path | None, options.roster_out()] = None,
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from scenarios.collected_requests import requests_of_month
        from scenarios.roster import WEEKS_MAX, RosterAsked
        from scenarios.roster_folder import check_roster_target
        from scenarios.scenario import load_scenario
        from wfm.cli.plan import next_monday, one_of, parse_day
        from wfm.errors import BadInput
        from wfm.execution import usable_cores

        if not 1 <= weeks <= WEEKS_MAX:
            raise BadInput(say("--weeks: found {weeks}, allowed are 1 to {most}", weeks=weeks, most=WEEKS_MAX))
        if pattern and start_from:
            raise BadInput(say("--pattern lays out a roster without a search; leave --start-from out"))
        first = parse_day(start) if start else next_monday()
        if out is not None:
            check_roster_target(out)
        scenario = load_scenario(hotline)
        given, notes = _posts(scenario, first, 7 * weeks, posts, by_circuits=by_circuits)
        history, continued = _before(scenario, first, after)
        begin, begin_pattern = _beginning(start_from, scenario)
        asked = RosterAsked(
            first=first,
            days=7 * weeks,
            posts=given,
            notes=(*notes, *continued),
            history=history,
            requests=requests_of_month(scenario.hotline.id, first, late=late_requests),
            start=begin,
            start_pattern=begin_pattern,
            allow_gaps=allow_gaps,
            seed=seed,
            seconds=seconds,
            workers=1 if reproducible else usable_cores() if workers is None else workers,
            reproducible=reproducible,
            level=one_of("--level", level, ("interval", "day")),  # type: ignore[arg-type]
            confidence=confidence,
        )
        result = _build(scenario, asked, hotline, pattern, out)
        _tell(result, out, as_json)


def _posts(
    scenario: Scenario, first: date, days: int, path: Path | None, *, by_circuits: bool
) -> tuple[pd.DataFrame | None, tuple[Text, ...]]:
    """Posts of a file or by circuits, with what was chosen where the rule is silent; None: those of the forecast."""
    if by_circuits:
        from scheduler.ab_posts import ab_posts
        from wfm.errors import BadInput
        from wfm.hotline import calendar_of

        if path is not None:
            raise BadInput(say("--by-circuits makes the posts; leave --posts out"))
        found = ab_posts(scenario.hotline, first, days, calendar_of(scenario.hotline))
        return found.posts, found.choices
    if path is None:
        return None, ()
    from scenarios.posts_file import read_posts

    return read_posts(path, scenario.hotline, first, days), ()


def _before(scenario: Scenario, first: date, after: Path | None) -> tuple[pd.DataFrame | None, tuple[Text, ...]]:
    """Duties of the roster before, or of those published before, with what is to be said of them."""
    if after is not None:
        from scenarios.roster import history_before

        return history_before(after, scenario, first), ()
    from scenarios.published_before import published_before
    from wfm.store import open_store, store_status

    if store_status().state in ("absent", "empty"):
        return None, ()
    return published_before(scenario, first, open_store())


def _beginning(start_from: str, scenario: Scenario) -> tuple[pd.DataFrame | None, str]:
    """Duties from which the search begins, or the name of a pattern."""
    if not start_from:
        return None, ""
    if not Path(start_from).exists():
        from scheduler.patterns import find_pattern
        from wfm.errors import BadInput

        try:
            return None, find_pattern(scenario.hotline, start_from).id
        except BadInput as error:
            raise BadInput(
                say("{place}: there is no such folder or file; {reason}", place=start_from, reason=error)
            ) from None
    from scenarios.roster_folder import read_any_roster

    return read_any_roster(start_from, scenario.hotline).duties, ""


def _build(scenario: Scenario, asked: RosterAsked, name: str, pattern: str, out: Path | None) -> RosterResult:
    """Make the roster under a progress bar, and write its folder."""
    from scenarios.roster import ROSTER_STAGES, build_scenario_roster, pattern_roster
    from scenarios.roster_folder import write_roster
    from wfm.cli.console import stage_bars
    from wfm.home import home_folder

    with stage_bars({key: text.of() for key, text in ROSTER_STAGES.items()}) as bars:
        if pattern:
            result = pattern_roster(scenario, asked, pattern, name=name, watch=bars.watch)
        else:
            result = build_scenario_roster(
                scenario,
                asked,
                home_folder(),
                name=name,
                watch=bars.watch,
                heard=lambda objective, bound: bars.remark("roster", _search_words(objective, bound)),
                keep_on_interrupt=True,
            )
        if out is not None:
            write_roster(result, out)
    return result


def _search_words(objective: float, bound: float) -> str:
    """The best roster so far, the bound and the gap, as the progress line shows them."""
    gap = max(0.0, objective - bound) / objective if objective else 0.0
    return say("best {objective:,.0f}, bound {bound:,.0f}, gap {gap:.1%}", objective=objective, bound=bound, gap=gap)


def _tell(result: RosterResult, out: Path | None, as_json: bool) -> None:
    """Print the result; an interrupted search ends with the code of an interruption."""
    if as_json:
        from scenarios.roster_folder import roster_head
        from wfm.cli.console import print_json

        head = {key: value for key, value in roster_head(result).items() if key not in ("format", "hotline")}
        print_json({"hotline": result.hotline.id, **head, "folder": None if out is None else str(out)})
    else:
        from wfm.cli.roster_shown import print_roster

        print_roster(result, out)
    if result.status == "interrupted":
        raise typer.Exit(130)
