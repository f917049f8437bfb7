"""What differs between two rosters: who lost which duty and who gained it, by person and day, and in figures."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, tzinfo

import pandas as pd

from scheduler.problem import RosterProblem
from scheduler.roster_grid import roster_grid
from scheduler.table_rows import rows_of

__all__ = ["DayChange", "Held", "RosterFigures", "roster_changes", "roster_figures"]


@dataclass(frozen=True, slots=True, order=True)
class Held:
    """A duty as far as a person cares: shift, group, role, whether it is away from the centre, and its clock times
    (``08:30–19:30``) where they alone differ."""

    shift: str
    group: str
    role: str
    remote: bool = False
    times: str = ""


@dataclass(frozen=True, slots=True)
class DayChange:
    """One person's day that differs."""

    agent: str
    date: date
    lost: tuple[Held, ...]
    gained: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class RosterFigures:
    """A roster in figures, to be set beside another's.

    Attributes:
        duties_a, duties_b: duties by role.
        open_posts: A and B posts that no duty fills.
        people: people with a duty.
        hours: paid hours, standbys by ``rules.standby_hours_share``.
        cost: hours × the contract's cost per hour.
        nights_most, nights_least: nights of those on the roster who may work nights.
        rest_days_most, rest_days_least: duties on weekends and holidays of those on the roster.
    """

    duties_a: int
    duties_b: int
    open_posts: int
    people: int
    hours: float
    cost: float
    nights_most: int
    nights_least: int
    rest_days_most: int
    rest_days_least: int


def roster_changes(before: pd.DataFrame, after: pd.DataFrame) -> list[DayChange]:
    """Days on which a person's duties differ, by date and person. The number of the post does not matter."""
    zone = before["start"].dt.tz
    old, new = _held(before, zone), _held(after, zone)
    found = []
    for day, agent in sorted(old.keys() | new.keys()):
        lost, gained = list(old[day, agent]), []
        for held in new[day, agent]:
            if held in lost:
                lost.remove(held)
            else:
                gained.append(held)
        if lost or gained:
            kinds = {_untimed(h) for h in lost} & {_untimed(h) for h in gained}
            sides = (tuple(sorted(h if _untimed(h) in kinds else _untimed(h) for h in side)) for side in (lost, gained))
            found.append(DayChange(agent, day, *sides))
    return found


def _untimed(held: Held) -> Held:
    return replace(held, times="")


def _held(duties: pd.DataFrame, zone: tzinfo) -> dict[tuple[date, str], list[Held]]:
    found: dict[tuple[date, str], list[Held]] = defaultdict(list)
    local = {name: duties[name].dt.tz_convert(zone) for name in ("start", "end")}
    for row in rows_of(duties.assign(**local)):
        times = f"{row.start:%H:%M}–{row.end:%H:%M}"
        held = Held(str(row.shift), str(row.group), str(row.role), bool(row.remote), times)
        found[pd.Timestamp(row.date).date(), str(row.agent)].append(held)
    return found


def roster_figures(problem: RosterProblem, duties: pd.DataFrame) -> RosterFigures:
    """The figures of ``duties`` (``tables.DUTIES``) under the problem's posts and contracts."""
    grid = roster_grid(problem, duties)
    rate = {c.id: c.cost_per_h for c in problem.hotline.contracts}
    busy = [row for row in grid.rows if row.duties]
    at_night = {a.id for a in problem.agents if a.night}
    nights = [row.nights for row in busy if row.agent in at_night] or [0]
    rest_days = [row.rest_days for row in busy] or [0]
    return RosterFigures(
        duties_a=int((duties["role"] == "A").sum()),
        duties_b=int((duties["role"] == "B").sum()),
        open_posts=_open_posts(problem, duties),
        people=len(busy),
        hours=sum(row.hours for row in busy),
        cost=sum(row.hours * rate.get(row.contract, 0.0) for row in busy),
        nights_most=max(nights),
        nights_least=min(nights),
        rest_days_most=max(rest_days),
        rest_days_least=min(rest_days),
    )


def _open_posts(problem: RosterProblem, duties: pd.DataFrame) -> int:
    there: dict[tuple[date, str, str, str], int] = defaultdict(int)
    for row in rows_of(duties):
        there[pd.Timestamp(row.date).date(), str(row.group), str(row.shift), str(row.role)] += 1
    missing = 0
    for row in rows_of(problem.posts):
        key = (pd.Timestamp(row.date).date(), str(row.group), str(row.shift))
        missing += max(0, int(row.posts_a) - there[(*key, "A")]) + max(0, int(row.posts_b) - there[(*key, "B")])
    return missing
