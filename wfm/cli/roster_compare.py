"""``wfm roster compare``: who gains and loses which duty between two rosters, and their figures side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from wfm.cli import options
from wfm.i18n import list_words, say

if TYPE_CHECKING:
    from scenarios.roster_at_hand import RosterAtHand
    from scenarios.scenario import Scenario
    from scheduler.roster_changes import DayChange, Held

__all__ = ["print_changes", "register"]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("compare", help=say("Compare two rosters: who changes, by person and day, and their figures."))
    def compare(
        first: Annotated[str, options.roster()],
        second: Annotated[str, typer.Argument(help=say("the other roster"))],
        hotline: Annotated[str, options.roster_hotline()] = "",
        start: Annotated[str, options.roster_start()] = "",
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from dataclasses import asdict

        from scenarios.roster_at_hand import roster_at_hand
        from scheduler.firm_duties import check_with_places
        from scheduler.roster_changes import roster_changes, roster_figures
        from wfm.cli.console import print_json
        from wfm.cli.roster_asked import day_asked
        from wfm.cli.roster_check import change_json
        from wfm.errors import BadInput

        day = day_asked("--start", start)
        one = roster_at_hand(first, hotline=hotline, start=day)
        other = roster_at_hand(
            second,
            hotline=hotline or ("" if _is_folder(second) else one.scenario.name),
            start=day,
            original=_for_table(second, one),
        )
        if one.scenario.hotline.id != other.scenario.hotline.id:
            raise BadInput(
                say(
                    "{first} is a roster of {one}, {second} of {other}",
                    first=first,
                    one=one.scenario.hotline.id,
                    second=second,
                    other=other.scenario.hotline.id,
                )
            )
        changes = roster_changes(one.duties, other.duties)
        rosters = [
            (r, roster_figures(r.problem, r.duties), check_with_places(r.problem, r.duties)) for r in (one, other)
        ]
        if as_json:
            print_json(
                {
                    "rosters": [
                        {
                            "name": r.name,
                            "posts_known": r.posts_known,
                            "violations": sum(v.breaks_law for v in violations),
                            **asdict(figures),
                        }
                        for r, figures, violations in rosters
                    ],
                    "changes": [change_json(c) for c in changes],
                }
            )
            return
        print_changes(one.scenario, changes)
        _print_figures([(r.name, {**asdict(f), "violations": sum(v.breaks_law for v in vs)}) for r, f, vs in rosters])


def _is_folder(place: str) -> bool:
    """A folder says itself whose roster it holds."""
    from pathlib import Path

    return Path(place).is_dir()


def _for_table(place: str, one: RosterAtHand) -> RosterAtHand | None:
    """A workbook or CSV file takes posts and period of the roster it is compared with."""
    from pathlib import Path

    return one if Path(place).is_file() else None


def print_changes(scenario: Scenario, changes: list[DayChange]) -> None:
    """One line a person and day."""
    if not changes:
        print(say("No duty differs."))
        return
    names = {a.id: a.name for a in scenario.agents}
    people = {c.agent for c in changes}
    print(say("{n} days of {people} people differ:", n=len(changes), people=len(people)))
    for change in changes:
        who = f"{change.agent} {names.get(change.agent, '')}".strip()
        lost, gained = _held(change.lost), _held(change.gained)
        if lost and gained:
            print("  " + say("{date} {who}: {lost} → {gained}", date=change.date, who=who, lost=lost, gained=gained))
        elif lost:
            print("  " + say("{date} {who}: loses {lost}", date=change.date, who=who, lost=lost))
        else:
            print("  " + say("{date} {who}: gains {gained}", date=change.date, who=who, gained=gained))


def _held(duties: tuple[Held, ...]) -> str:
    told = ((say("{shift} {role} ({group})", shift=d.shift, role=d.role, group=d.group), d.times) for d in duties)
    return list_words([f"{words} {times}".rstrip() for words, times in told])


def _print_figures(rosters: list[tuple[str, dict[str, Any]]]) -> None:
    from rich.table import Table

    from wfm.cli.console import make_console

    names = {
        "duties_a": say("A duties"),
        "duties_b": say("B duties"),
        "open_posts": say("posts open"),
        "violations": say("rules broken"),
        "people": say("people with a duty"),
        "hours": say("duty hours"),
        "cost": say("cost"),
        "nights_most": say("nights, most"),
        "nights_least": say("nights, least"),
        "rest_days_most": say("weekend and holiday duties, most"),
        "rest_days_least": say("weekend and holiday duties, least"),
    }
    table = Table()
    table.add_column(say("Figure"))
    for name, _ in rosters:
        table.add_column(name, justify="right", overflow="fold")
    for key, words in names.items():
        table.add_row(words, *(f"{figures[key]:,.10g}" for _, figures in rosters))
    make_console().print(table)
