"""How many people in the back office, for how many days, would clear what is overdue and keep what is due.

Open items, and the new ones that come on an average day, are worked earliest deadline first in the office's watches
(:mod:`wfm.staffing.earliest_deadline`), from the moment on. What is overdue gets a new deadline: the end of the
office's hours after the working days in which it is to be cleared. The time per item is that of the hotline's class.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.orders_due import OrdersDue
from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.hotline import Hotline, WorkOrderClass, calendar_of, grid_of, minutes_of
from wfm.hotline.order_deadlines import after_working_days
from wfm.i18n import Text, both
from wfm.staffing import DeferredWork
from wfm.staffing.back_office import watch_seconds
from wfm.staffing.deferred_items import DeferredClass
from wfm.staffing.earliest_deadline import Hands, repeated, serve_by_deadline

__all__ = ["ClearingCover", "Cover", "clearing_cover", "item_seconds"]

Floats = NDArray[np.float64]

HORIZON_DAYS = 28
"""Days that are looked ahead; what is due later is taken to be due at their end at the earliest."""
PEOPLE_MOST = 512
_NOTHING_S = 1.0


@dataclass(frozen=True, slots=True)
class Cover:
    """What so many people come to.

    Attributes:
        people: at work at once, throughout the office's watches.
        hours_per_day: their time at work on a working day.
        late: items now open that they finish late; overdue ones count as late when they miss the day to clear them by.
        cleared_at: when the last overdue item is done; None beyond the horizon.
        items_per_day: open items of the mean kind that they can do on a working day.
    """

    people: int
    hours_per_day: float
    late: float
    cleared_at: datetime | None
    items_per_day: float


@dataclass(frozen=True, slots=True)
class ClearingCover:
    """The smallest cover, and others beside it.

    Attributes:
        clear_by: deadline that overdue items are given.
        working_days: working days in which they are to be cleared.
        hours: time that all open items take.
        smallest: the fewest people who are late with nothing that any number could still do in time.
        others: fewer and more people, for comparison; the smallest among them.
        unavoidable: open items that no number of people can finish in time.
        new_hours_per_day: work of new items on an average calendar day.
        notes: what is assumed.
    """

    clear_by: datetime
    working_days: int
    hours: float
    smallest: Cover
    others: tuple[Cover, ...]
    unavoidable: float
    new_hours_per_day: float
    notes: tuple[Text, ...]


def item_seconds(hotline: Hotline, items: pd.DataFrame) -> Floats:
    """Back-office work that each open item still takes; a class that is not the hotline's takes the mean of its classes."""
    classes = {order.id: order for order in hotline.work_orders}
    mean = _mean_handling_s(hotline)
    found = []
    for kind, name, contacted in zip(items["kind"], items["class"], items["contacted"], strict=True):
        order = classes.get(name)
        if kind == "call_back":
            found.append(hotline.satisfaction.call_back_s)
        elif order is None:
            found.append(mean)
        else:
            found.append(order.handling_s - (order.first_contact_s if contacted else 0.0))
    return np.array(found, dtype=np.float64)


def _mean_handling_s(hotline: Hotline) -> float:
    weights = [order.per_answered_call for order in hotline.work_orders]
    if not weights or not sum(weights):
        return hotline.satisfaction.call_back_s
    return float(np.average([order.handling_s for order in hotline.work_orders], weights=weights))


def clearing_cover(hotline: Hotline, due: OrdersDue, working_days: int, people: Sequence[int] = ()) -> ClearingCover:
    """The smallest back office from now on that clears what is overdue within ``working_days`` and is late with nothing else.

    Args:
        hotline: its classes and office.
        due: what is open.
        working_days: working days in which overdue items are to be cleared; 0: today.
        people: numbers of people to tell of as well.
    """
    calendar, now = calendar_of(hotline), due.now
    grid = grid_of(hotline, now.date(), HORIZON_DAYS)
    clear_by = after_working_days(hotline, calendar, now, working_days)
    backlog = _Backlog(hotline, due, grid, calendar, clear_by)
    best = backlog.late(PEOPLE_MOST)
    low, high = 0, 1
    while high < PEOPLE_MOST and backlog.late(high) > best + 0.01:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if backlog.late(middle) <= best + 0.01 else (middle, high)
    smallest = high if len(due.items) else 0
    told = sorted({n for n in (smallest - 2, smallest - 1, smallest, smallest + 1, *people) if n > 0})
    covers = {n: backlog.cover(n) for n in {*told, smallest}}
    unknown = ~due.items["class"].isin([order.id for order in hotline.work_orders]) & (due.items["kind"] == "order")
    notes = []
    if unknown.any():
        notes.append(
            both(
                "{n} open orders are of no class of the hotline's; they are taken to need {minutes:.0f} min each, the mean of its classes.",
                n=int(unknown.sum()),
                minutes=_mean_handling_s(hotline) / 60,
            )
        )
    if due.count("none"):
        notes.append(both("{n} open orders have no deadline and are not counted here.", n=due.count("none")))
    return ClearingCover(
        clear_by=clear_by,
        working_days=working_days,
        hours=float(backlog.open_s.sum()) / 3600,
        smallest=covers[smallest],
        others=tuple(covers[n] for n in told),
        unavoidable=best,
        new_hours_per_day=backlog.new_hours_per_day,
        notes=tuple(notes),
    )


class _Backlog:
    """Open and new items as work in the grid's intervals: one row a deadline of open items, one a class of new ones."""

    def __init__(
        self, hotline: Hotline, due: OrdersDue, grid: TimeGrid, calendar: WorkingCalendar, clear_by: datetime
    ) -> None:
        self.grid, self.calendar, self.hotline, self.now = grid, calendar, hotline, due.now
        items = due.items[due.items["state"] != "none"]
        self.open_s = item_seconds(hotline, items)
        spell = len(grid)
        self.here = _ended(grid, due.now)
        rows: list[tuple[DeferredClass, Floats, Floats, NDArray[np.int64]]] = []
        late = (items["state"] == "overdue").to_numpy(dtype=bool)
        deadlines = items["due_at"].where(~late, pd.Timestamp(clear_by))
        telephone = (items["kind"] == "call_back").to_numpy(dtype=bool)
        places = np.array([self._place(moment) for moment in deadlines], dtype=np.int64)
        self.late_rows: list[int] = []
        for overdue, calls, place in sorted({*zip(late.tolist(), telephone.tolist(), places.tolist(), strict=True)}):
            mine = (late == overdue) & (telephone == calls) & (places == place)
            count, work = np.zeros(spell), np.zeros(spell)
            count[self.here], work[self.here] = mine.sum(), self.open_s[mine].sum()
            if overdue:
                self.late_rows.append(len(rows))
            rows.append((_kind(f"open-{len(rows)}", by_telephone=calls), count, work, np.full(spell, place)))
        self.open_rows = len(rows)
        new_s = 0.0
        for name, per_day in zip(due.arriving["class"], due.arriving["per_day"], strict=True):
            row = self._new_row(str(name), float(per_day))
            rows.append(row)
            new_s += float(row[2].sum())
        self.new_hours_per_day = new_s / 3600 / max(1, grid.days)
        begin = np.arange(1, spell + 1)
        office = hotline.office_work
        may_call = (grid.minutes >= minutes_of(office.calls_from)) & (grid.minutes < minutes_of(office.calls_to))
        nothing = np.zeros((0, spell))
        self.work = DeferredWork(
            tuple(row[0] for row in rows),
            np.array([row[1] for row in rows]) if rows else nothing,
            np.array([row[2] for row in rows]) if rows else nothing,
            np.tile(begin, (len(rows), 1)),
            np.array([np.maximum(row[3], begin + 1) for row in rows]) if rows else nothing.astype(np.int64),
            may_call,
        )
        self.per_head = watch_seconds(hotline, grid, calendar).sum(axis=0)
        self.served: dict[int, tuple[Floats, Floats]] = {}

    def _place(self, moment: pd.Timestamp) -> int:
        """The interval before whose start an item is to be done; no later than the end of the horizon."""
        return min(max(_ended(self.grid, moment), self.here + 1), len(self.grid))

    def _new_row(self, name: str, per_day: float) -> tuple[DeferredClass, Floats, Floats, NDArray[np.int64]]:
        """New items of a class, as many each day, at the beginning of the office's hours; due as the class says."""
        hotline, grid = self.hotline, self.grid
        order = next((o for o in hotline.work_orders if o.id == name), None)
        seconds = hotline.satisfaction.call_back_s if order is None else order.handling_s
        count, due = np.zeros(len(grid)), np.zeros(len(grid), dtype=np.int64)
        opens = min(watch.minutes[0] for watch in hotline.office_work.watches)
        for day in grid.day_list:
            begin = datetime.combine(day, time(opens // 60, opens % 60), self.now.tzinfo)
            at = self._index(begin)
            if begin <= self.now:
                continue  # what came today is among the open items
            count[at] += per_day
            due[at] = at + self._allowed(begin, order)
        return _kind(name, by_telephone=order is None), count, count * seconds, due

    def _allowed(self, begin: datetime, order: WorkOrderClass | None) -> int:
        """Intervals from the beginning of an item to its deadline."""
        if order is not None and order.deadline_h is not None:
            return max(1, int(order.deadline_h * 3600 // self.grid.interval_s))
        survey = self.hotline.satisfaction
        days = survey.call_back_working_days if order is None else order.deadline_working_days or 0
        end = after_working_days(self.hotline, self.calendar, begin, days)
        return max(1, int((end - begin).total_seconds() // self.grid.interval_s))

    def _index(self, moment: datetime) -> int:
        return min(_ended(self.grid, moment), len(self.grid) - 1)

    def _serve(self, people: int) -> tuple[Floats, Floats]:
        """Share of each row in time, and what is left of each at the end of each interval."""
        if people not in self.served:
            at, lead = repeated(self.work)
            drawn = self.work.work_s[:, at].copy()
            drawn[: self.open_rows, :lead] = 0.0  # the open items are there once: not again before and after
            drawn[: self.open_rows, lead + len(self.grid) :] = 0.0
            hands = people * self.per_head
            found = serve_by_deadline(
                self.work, Hands(np.zeros(len(self.grid)), hands, agents_help=False), drawn_s=drawn
            )
            self.served[people] = found.on_time_share, found.waiting_s
        return self.served[people]

    def late(self, people: int) -> float:
        """Open items that so many people finish late."""
        if not self.open_rows:
            return 0.0
        share, _ = self._serve(people)
        counts = self.work.items[: self.open_rows, self.here]
        return float((counts * (1 - share[: self.open_rows])).sum())

    def cover(self, people: int) -> Cover:
        """What so many people come to."""
        hours = sum(watch.hours for watch in self.hotline.office_work.watches) * people
        per_item = self.open_s.mean() if len(self.open_s) else _mean_handling_s(self.hotline)
        working = [d for d in self.grid.day_list if self.calendar.is_working_day(d)]
        day_s = self._day_seconds(working[0]) if working else 0.0
        return Cover(people, hours, self.late(people), self._cleared(people), people * day_s / per_item)

    def _day_seconds(self, day: date) -> float:
        return float(self.per_head[self.grid.dates == np.datetime64(day, "D")].sum())

    def _cleared(self, people: int) -> datetime | None:
        if not self.late_rows:
            return self.now
        _, waiting = self._serve(people)
        left = waiting[self.late_rows].sum(axis=0)[self.here :]
        done = np.flatnonzero(left[1:] <= _NOTHING_S)
        if not done.size:
            return None
        return self.grid.ends[self.here + 1 + int(done[0])].to_pydatetime()


def _ended(grid: TimeGrid, moment: datetime) -> int:
    """How many intervals have ended by a moment: the index of the one that holds it."""
    return int((grid.ends <= pd.Timestamp(moment)).sum())


def _kind(name: str, *, by_telephone: bool) -> DeferredClass:
    return DeferredClass(name, Text(name, name), 1.0, by_telephone=by_telephone)
