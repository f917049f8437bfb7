"""The roster as schedulers know it: people in rows, days in columns, a shift's short name in each cell."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from scheduler.duties import post_id
from scheduler.duties_table import duties_frame
from scheduler.firm_places import firm_of_place
from scheduler.grid_words import CellDuty
from scheduler.problem import RosterProblem
from scheduler.shift_times import break_words, duty_times, paid_minutes
from scheduler.table_rows import rows_of
from wfm.calendar import DayKind
from wfm.hotline import Agent, Shift

__all__ = ["CoverRow", "GridDuty", "GridRow", "RosterGrid", "cover_rows", "duties_from_grid", "roster_grid"]


@dataclass(frozen=True, slots=True)
class GridDuty:
    """A person's duty that begins on ``date``, as a cell names it."""

    agent: str
    date: date
    cell: CellDuty
    paid_min: int = 0
    """Paid minutes of an A; only the grid's sums ask for them."""


@dataclass(frozen=True, slots=True)
class GridRow:
    """One person's row.

    Attributes:
        agent: the person's number; of a duty whose person is not known to the hotline or still to be named by a firm,
            that duty's agent.
        name: name, firm, contract: as the hotline has them, empty for somebody not known.
        group: the group served where a cell names none; empty where every duty's group follows from its shift.
        cells: duties of each day.
        leave: whether the person is on leave, by day.
        hours: paid hours, standbys by ``rules.standby_hours_share``.
        duties: duties, A and B.
        nights: duties in night shifts.
        weekends: calendar weeks in which a duty begins on a weekend day.
        rest_days: duties begun on weekend days or holidays.
        standbys: B duties.
    """

    agent: str
    name: str
    firm: str
    contract: str
    group: str
    cells: tuple[tuple[CellDuty, ...], ...]
    leave: tuple[bool, ...]
    hours: float
    duties: int
    nights: int
    weekends: int
    rest_days: int
    standbys: int


@dataclass(frozen=True, slots=True)
class RosterGrid:
    """People × days. ``days`` begins on the eve of the period where a duty does."""

    days: tuple[date, ...]
    rows: tuple[GridRow, ...]


@dataclass(frozen=True, slots=True)
class CoverRow:
    """Posts of one (group, shift, role) and how many of them are filled, by day of the grid."""

    group: str
    shift: str
    role: str
    posts: tuple[int, ...]
    filled: tuple[int, ...]


def roster_grid(problem: RosterProblem, duties: pd.DataFrame) -> RosterGrid:
    """The grid of ``duties`` (``tables.DUTIES``): everybody of the problem, then agents that it does not know."""
    days = _days(problem, duties)
    place = {day: n for n, day in enumerate(days)}
    known = {a.id: a for a in problem.agents}
    shifts = {s.id: s for s in problem.hotline.shifts}
    of_agent: dict[str, list[GridDuty]] = defaultdict(list)
    for row in rows_of(duties.sort_values(["start", "role"], kind="stable")):
        day = pd.Timestamp(row.date).date()
        cell = CellDuty(str(row.shift), str(row.role), str(row.group), bool(row.remote))
        of_agent[str(row.agent)].append(GridDuty(str(row.agent), day, cell, _paid_minutes(problem, row, day, shifts)))
    choices = GroupChoices(problem)
    rows = []
    for name in [*known, *sorted(set(of_agent) - set(known))]:
        rows.append(_row(problem, choices, known.get(name), name, of_agent.get(name, []), place))
    return RosterGrid(days, tuple(rows))


def _paid_minutes(problem: RosterProblem, row: Any, day: date, shifts: Mapping[str, Shift]) -> int:
    shift = shifts.get(str(row.shift))
    times = (pd.Timestamp(at).tz_convert(problem.zone) for at in (row.start, row.end))
    return paid_minutes(shift, day, *times) if shift else 0


def _days(problem: RosterProblem, duties: pd.DataFrame) -> tuple[date, ...]:
    first, last = problem.first, problem.last
    if len(duties):
        first = min(first, pd.Timestamp(duties["date"].min()).date())
        last = max(last, pd.Timestamp(duties["date"].max()).date())
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


def _row(
    problem: RosterProblem,
    choices: GroupChoices,
    person: Agent | None,
    name: str,
    mine: Sequence[GridDuty],
    place: dict[date, int],
) -> GridRow:
    shifts = {s.id: s for s in problem.hotline.shifts}
    usual = usual_group(choices, person, mine)
    cells: list[list[CellDuty]] = [[] for _ in place]
    hours, nights, rest_days, weekends = 0.0, 0, 0, set()
    for duty in mine:
        cell, shift = duty.cell, shifts.get(duty.cell.shift)
        default = default_group(choices, person, cell.shift, usual)
        cells[place[duty.date]].append(
            CellDuty(
                cell.shift,
                cell.role,
                None if cell.group == default else cell.group,
                None if cell.remote == usual_remote(problem, person, cell.role) else cell.remote,
            )
        )
        if shift is not None:
            hours += duty.paid_min / 60 * (1.0 if cell.role == "A" else problem.hotline.rules.standby_hours_share)
            nights += shift.night
        rest_days += problem.kind_of(duty.date) in (DayKind.WEEKEND, DayKind.HOLIDAY)
        if duty.date.weekday() in problem.hotline.calendar.weekend:
            weekends.add(duty.date - timedelta(days=duty.date.weekday()))
    away = [False] * len(place)
    for leave in problem.leave:
        if leave.agent == name:
            for day, n in place.items():
                away[n] = away[n] or leave.first <= day <= leave.last
    return GridRow(
        agent=name,
        name=person.name if person else "",
        firm=person.firm if person else firm_of_place(name) or "",
        contract=person.contract if person else "",
        group=usual,
        cells=tuple(tuple(cell) for cell in cells),
        leave=tuple(away),
        hours=round(hours, 6),
        duties=len(mine),
        nights=nights,
        weekends=len(weekends),
        rest_days=rest_days,
        standbys=sum(d.cell.role == "B" for d in mine),
    )


class GroupChoices:
    """Which groups a person could serve in a shift; asked of the hotline once for each shift."""

    def __init__(self, problem: RosterProblem) -> None:
        hotline = problem.hotline
        serving = {g.id: {s.id for s in hotline.shifts_of(g.id)} for g in hotline.groups}
        self._groups = {s.id: [g for g in hotline.groups if s.id in serving[g.id]] for s in hotline.shifts}

    def of(self, person: Agent | None, shift: str) -> list[str]:
        """The groups in the hotline's order; where the person has the skills for none, those of the shift."""
        allowed = self._groups.get(shift, [])
        able = [g.id for g in allowed if person is None or set(g.lines) <= set(person.lines)]
        return able or [g.id for g in allowed]


def usual_group(choices: GroupChoices, person: Agent | None, mine: Sequence[GridDuty]) -> str:
    """The group that the person serves most often where the shift leaves a choice; empty where none does."""
    served = Counter(
        d.cell.group for d in mine if d.cell.group is not None and len(choices.of(person, d.cell.shift)) != 1
    )
    return min(served, key=lambda group: (-served[group], group)) if served else ""


def default_group(choices: GroupChoices, person: Agent | None, shift: str, usual: str) -> str | None:
    """The group meant by a cell that names none: the only possible one, else the usual one; None if unclear."""
    possible = choices.of(person, shift)
    if len(possible) == 1:
        return possible[0]
    return usual if usual in possible else None


def usual_remote(problem: RosterProblem, person: Agent | None, role: str) -> bool:
    """Whether a duty is done away from the centre where nothing else is said."""
    return role == "B" and problem.hotline.rules.standby_remote and person is not None and person.remote


def cover_rows(problem: RosterProblem, duties: pd.DataFrame, days: Sequence[date]) -> list[CoverRow]:
    """Posts and filled posts of each (group, shift, role) that has any, in the hotline's order."""
    posts: Counter[tuple[str, str, str, date]] = Counter()
    for row in rows_of(problem.posts):
        day = pd.Timestamp(row.date).date()
        posts[str(row.group), str(row.shift), "A", day] += int(row.posts_a)
        posts[str(row.group), str(row.shift), "B", day] += int(row.posts_b)
    filled: Counter[tuple[str, str, str, date]] = Counter(
        (str(r.group), str(r.shift), str(r.role), pd.Timestamp(r.date).date()) for r in rows_of(duties)
    )
    found = []
    for group in problem.hotline.groups:
        for shift in problem.hotline.shifts:
            for role in ("A", "B"):
                wanted = tuple(posts[group.id, shift.id, role, day] for day in days)
                there = tuple(filled[group.id, shift.id, role, day] for day in days)
                if any(wanted) or any(there):
                    found.append(CoverRow(group.id, shift.id, role, wanted, there))
    return found


def duties_from_grid(
    problem: RosterProblem, cells: Sequence[GridDuty], original: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Duties (``tables.DUTIES``) from cells whose groups are all named.

    A duty that stands in ``original`` too keeps its post; others take the first free post of their
    (date, group, shift, role).
    """
    shifts = {s.id: s for s in problem.hotline.shifts}
    people = {a.id: a for a in problem.agents}
    kept: dict[tuple[str, date, str, str, str], str] = {}
    for row in rows_of(original) if original is not None else ():
        day = pd.Timestamp(row.date).date()
        kept[str(row.agent), day, str(row.shift), str(row.group), str(row.role)] = str(row.post)
    taken = {
        (kept[key], duty.cell.role)
        for duty in cells
        if (key := (duty.agent, duty.date, duty.cell.shift, str(duty.cell.group), duty.cell.role)) in kept
    }
    rows = []
    for duty in cells:
        cell, shift = duty.cell, shifts[duty.cell.shift]
        start, end = duty_times(duty.date, shift, problem.zone)
        post = kept.get((duty.agent, duty.date, cell.shift, str(cell.group), cell.role))
        if post is None:
            post = _free_post(duty, taken, problem)
            taken.add((post, cell.role))
        usual = usual_remote(problem, people.get(duty.agent), cell.role)
        rows.append(
            {
                "agent": duty.agent,
                "date": pd.Timestamp(duty.date),
                "shift": cell.shift,
                "group": cell.group,
                "post": post,
                "role": cell.role,
                "start": start,
                "end": end,
                "breaks": break_words(shift),
                "remote": usual if cell.remote is None else cell.remote,
            }
        )
    frame = duties_frame(rows, problem.hotline.time_zone)
    return frame.sort_values(["start", "group", "post", "role", "agent"], ignore_index=True)


def _free_post(duty: GridDuty, taken: set[tuple[str, str]], problem: RosterProblem) -> str:
    """The first free post; a B covers several posts, so that B number n stands on the first of its posts."""
    group = str(duty.cell.group)
    step = max(problem.hotline.group(group).posts_per_backup, 1) if duty.cell.role == "B" else 1
    number = 1
    while (post := post_id(duty.date.isoformat(), duty.cell.shift, group, number)) and (
        (post, duty.cell.role) in taken
    ):
        number += step
    return post
