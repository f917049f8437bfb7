"""A roster as cells that can be changed: what stands on a day of a person, and what follows from a change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from scheduler.checker import RosterView, Violation, check_changed, check_view, read_history, read_rows, view_of_duties
from scheduler.checker.view import Duty
from scheduler.duties import post_id
from scheduler.duties_table import duties_frame
from scheduler.firm_places import firm_of_place
from scheduler.own_times import breaks_within, own_times, times_of
from scheduler.problem import RosterProblem
from wfm.calendar import DayKind

__all__ = ["EMPTY", "Cell", "CellPlace", "LiveRoster", "PersonTotals", "StandingDuty", "cells_of", "live_roster"]

CellPlace = tuple[str, date]
"""The person and the day of a cell."""


@dataclass(frozen=True, slots=True, order=True)
class StandingDuty:
    """A duty as a cell holds it: shift, group, role, whether it is away from the centre, and its times where they are not
    its shift's (``08:30-19:30``; an end that is not after the begin is on the next day)."""

    shift: str
    group: str
    role: str
    remote: bool = False
    times: str = ""

    def plain(self) -> list[Any]:
        """Plain values, to be kept."""
        known = [self.shift, self.group, self.role, self.remote]
        return [*known, self.times] if self.times else known


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands on one day of one person: duties in the order of the hotline's shifts, and whether it is decided."""

    duties: tuple[StandingDuty, ...] = ()
    pinned: bool = False

    def plain(self) -> dict[str, Any]:
        """Plain values, to be kept."""
        return {"duties": [d.plain() for d in self.duties], "pinned": self.pinned}

    @staticmethod
    def of_plain(values: Mapping[str, Any]) -> Cell:
        """A cell from plain values."""
        return Cell(tuple(StandingDuty(*d) for d in values["duties"]), bool(values["pinned"]))


EMPTY = Cell()


@dataclass(frozen=True, slots=True)
class PersonTotals:
    """What a person carries in the roster: paid hours (standbys by ``rules.standby_hours_share``), duties, nights, weekends
    (calendar weeks with a duty on a weekend day), duties on public holidays, standbys."""

    hours: float
    duties: int
    nights: int
    weekends: int
    holidays: int
    standbys: int


@dataclass(frozen=True)
class LiveRoster:
    """A roster between two changes; a change makes another one and leaves this as it is.

    Attributes:
        problem: people, rules, period and posts.
        cells: every cell that holds something.
        rows: the duties of each such cell, with post and times.
        violations: what the independent checker finds.
    """

    problem: RosterProblem
    cells: Mapping[CellPlace, Cell]
    rows: Mapping[CellPlace, tuple[Duty, ...]]
    violations: tuple[Violation, ...]
    _view: RosterView = field(repr=False)

    def cell(self, agent: str, day: date) -> Cell:
        """What stands there."""
        return self.cells.get((agent, day), EMPTY)

    def with_cells(self, wanted: Mapping[CellPlace, Cell]) -> LiveRoster:
        """The roster with other contents in these cells.

        A duty that stays keeps its post; another one takes the first post of its day, shift and group that has nobody
        in its role.
        """
        changed = {place: cell for place, cell in wanted.items() if cell != self.cells.get(place, EMPTY)}
        if not changed:
            return self
        cells, rows = dict(self.cells), dict(self.rows)
        free = [place for place, cell in changed.items() if cell.duties != cells.get(place, EMPTY).duties]
        left = {place: _kept(rows.pop(place, ()), changed[place]) for place in free}
        days = {day for _, day in free}
        taken = {(d.post, d.role) for place, duties in rows.items() if place[1] in days for d in duties}
        taken |= {(d.post, d.role) for duties in left.values() for d in duties}
        for place, cell in changed.items():
            cells[place] = cell
            if cell == EMPTY:
                del cells[place]
        for place in free:
            duties = tuple(_placed(self.problem, place, changed[place], left[place], taken))
            if duties:
                rows[place] = duties
        view = _changed_view(self._view, rows, free)
        judged = tuple(
            check_changed(view, self.violations, {a for a, _ in free if firm_of_place(a) is None}, days)
            if free
            else self.violations
        )
        return LiveRoster(self.problem, cells, rows, judged, view)

    def duties(self) -> pd.DataFrame:
        """All duties (``tables.DUTIES``)."""
        return duties_of_rows(self.problem, (d for mine in self.rows.values() for d in mine))

    def totals(self, agent: str) -> PersonTotals:
        """What the person carries."""
        mine = [d for d in self._view.by_agent.get(agent, ()) if not d.past]
        weekend = self.problem.hotline.calendar.weekend
        weeks = {d.date - timedelta(days=d.date.weekday()) for d in mine if d.date.weekday() in weekend}
        shifts, night = self._view.shifts, {s.id for s in self.problem.hotline.shifts if s.night}
        return PersonTotals(
            hours=round(sum(self._view.hours(d) for d in mine if d.shift in shifts), 6),
            duties=len(mine),
            nights=sum(d.shift in night for d in mine),
            weekends=len(weeks),
            holidays=sum(self.problem.kind_of(d.date) is DayKind.HOLIDAY for d in mine),
            standbys=sum(d.role == "B" for d in mine),
        )


def live_roster(problem: RosterProblem, duties: pd.DataFrame, pinned: Iterable[CellPlace] = ()) -> LiveRoster:
    """A roster that can be changed, from its duties (``tables.DUTIES``)."""
    read = read_rows(problem, duties, past=False)
    view = view_of_duties(problem, read, read_history(problem))
    held = _by_cell(read)
    cells = _standing(problem, held)
    for place in pinned:
        cells[place] = Cell(cells.get(place, EMPTY).duties, pinned=True)
    found = [v for v in check_view(view) if v.agent == "" or firm_of_place(v.agent) is None]
    return LiveRoster(problem, cells, held, tuple(found), view)


def cells_of(problem: RosterProblem, duties: pd.DataFrame) -> dict[CellPlace, Cell]:
    """What stands in each cell that holds a duty (``tables.DUTIES``), unjudged."""
    return _standing(problem, _by_cell(read_rows(problem, duties, past=False)))


def _by_cell(read: Iterable[Duty]) -> dict[CellPlace, tuple[Duty, ...]]:
    rows: dict[CellPlace, list[Duty]] = {}
    for duty in sorted(read, key=lambda d: (d.start, d.role)):
        rows.setdefault((duty.agent, duty.date), []).append(duty)
    return {place: tuple(mine) for place, mine in rows.items()}


def _standing(problem: RosterProblem, rows: Mapping[CellPlace, Iterable[Duty]]) -> dict[CellPlace, Cell]:
    times = own_times(problem)
    return {
        place: Cell(tuple(StandingDuty(d.shift, d.group, d.role, d.remote, times(d)) for d in mine))
        for place, mine in rows.items()
    }


def duties_of_rows(problem: RosterProblem, rows: Iterable[Duty]) -> pd.DataFrame:
    """Duties as the checker holds them, as a table (``tables.DUTIES``)."""
    pauses = breaks_within(problem)
    found = [
        {
            "agent": d.agent,
            "date": pd.Timestamp(d.date),
            "shift": d.shift,
            "group": d.group,
            "post": d.post,
            "role": d.role,
            "start": d.start,
            "end": d.end,
            "breaks": pauses(d),
            "remote": d.remote,
        }
        for d in rows
    ]
    frame = duties_frame(found, problem.hotline.time_zone)
    return frame.sort_values(["start", "group", "post", "role", "agent"], ignore_index=True)


def _kept(duties: Sequence[Duty], cell: Cell) -> list[Duty]:
    """The duties of a cell that stay on their post."""
    wanted = [(d.shift, d.group, d.role) for d in cell.duties]
    return [d for d in duties if (d.shift, d.group, d.role) in wanted]


def _placed(
    problem: RosterProblem, place: CellPlace, cell: Cell, kept: Sequence[Duty], taken: set[tuple[str, str]]
) -> Iterable[Duty]:
    agent, day = place
    by_what = {(d.shift, d.group, d.role): d for d in kept}
    times = own_times(problem)
    for wanted in cell.duties:
        stays = by_what.get((wanted.shift, wanted.group, wanted.role))
        if stays is not None and times(stays) == wanted.times:
            yield replace(stays, remote=wanted.remote)
            continue
        start, end = times_of(problem, day, wanted.shift, wanted.times)
        if stays is not None:
            yield replace(stays, start=start, end=end, remote=wanted.remote)
            continue
        post = _free_post(problem, day, wanted, taken)
        taken.add((post, wanted.role))
        yield Duty(agent, day, wanted.shift, wanted.group, post, wanted.role, start, end, False, wanted.remote)


def _free_post(problem: RosterProblem, day: date, wanted: StandingDuty, taken: set[tuple[str, str]]) -> str:
    """The first free post; a B covers several posts, so that B number n stands on the first of its posts."""
    span = max(problem.hotline.group(wanted.group).posts_per_backup, 1) if wanted.role == "B" else 1
    number = 1
    while (post := post_id(day.isoformat(), wanted.shift, wanted.group, number), wanted.role) in taken:
        number += span
    return post


def _changed_view(
    view: RosterView, rows: Mapping[CellPlace, tuple[Duty, ...]], places: Sequence[CellPlace]
) -> RosterView:
    """The view after the duties of these cells changed."""
    by_agent = dict(view.by_agent)
    for agent in {agent for agent, _ in places}:
        days = {day for name, day in places if name == agent}
        mine = [d for d in by_agent.get(agent, ()) if d.past or d.date not in days]
        mine += [d for day in days for d in rows.get((agent, day), ())]
        mine.sort(key=lambda d: (d.start, d.end))
        by_agent[agent] = mine
        if not mine:
            del by_agent[agent]
    return RosterView(
        view.problem,
        [d for duties in rows.values() for d in duties],
        by_agent,
        view.agents,
        view.shifts,
        view.contracts,
        view.training,
    )
