"""What is to be done after the call: classes of deferred work, how much of each arises when, and when it is due.

* **Work orders** (工单) arise with answered calls. A class whose first contact has a deadline of its own
  counts twice: the first contact, and the rest.
* **Satisfaction call-backs** (回访) and **quality listening** (质检听音) arise with answered calls too.
* **Missed calls** (漏话) are called back by the agents: due within the hotline's opening hours for it,
  counted from the delay after the call, or from the next opening. An attempt that reaches nobody is taken
  to cost no handling time.

Deadlines in working days do not count the day of receipt and end with the office's hours of their last
day (Civil Code, Arts. 201 and 203); in a year whose days off are not announced the statutory ones count.
Deadlines in hours run by the clock. Work may begin in the interval after the one in which it arises, and
is in time when it is finished by the last whole interval before it is due, at least one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.hotline import Hotline, minutes_of
from wfm.i18n import Text, both

__all__ = ["DeferredClass", "DeferredWork", "Doers", "deferred_items"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]
Doers = Literal["agents", "anyone"]
"""Who does it: answering agents alone, or whoever does back-office work."""

_SATISFACTION_CV = 0.6
_LISTENING_CV = 0.4


@dataclass(frozen=True, slots=True)
class DeferredClass:
    """One class of deferred work."""

    id: str
    name: Text
    on_time_share_min: float
    doers: Doers = "anyone"
    by_telephone: bool = False
    """Done only while people may be called."""
    item_cv: float = 0.8
    """Standard deviation ÷ mean of the work per item."""


@dataclass(frozen=True, slots=True)
class DeferredWork:
    """Work that arises in each interval of a period; C classes, T intervals."""

    classes: tuple[DeferredClass, ...]
    items: Floats
    """Items that arise, mean; ``(C, T)``."""
    work_s: Floats
    """Seconds of work that they bring, mean; ``(C, T)``."""
    free_from: Counts
    """First interval in which they can be worked, at least the one after; ``(C, T)``, may lie beyond the period."""
    due: Counts
    """Interval before whose start they must be finished; ``(C, T)``, may lie beyond the period."""
    may_call: Flags
    """Whether people may be called; ``(T,)``."""

    def table(self, grid: TimeGrid) -> pd.DataFrame:
        """One row for each class and interval in which some arises: class, interval, due, items and work_s."""
        kind, at = np.nonzero(self.work_s > 0)
        steps = pd.to_timedelta(self.due[kind, at] * grid.interval_min, unit="min")
        return pd.DataFrame(
            {
                "class": np.array([c.id for c in self.classes], dtype=object)[kind],
                "interval": grid.starts[at],
                "due": grid.starts[0] + steps,
                "items": self.items[kind, at],
                "work_s": self.work_s[kind, at],
            }
        )


def deferred_items(
    hotline: Hotline,
    answered: Floats,
    missed: Floats,
    grid: TimeGrid,
    calendar: WorkingCalendar,
    *,
    aht_s: Floats | None = None,
    opened: Flags | None = None,
    asked_closed: Floats | None = None,
) -> DeferredWork:
    """Everything that answered and missed calls bring.

    Args:
        hotline: its work orders, survey, call-backs and office hours.
        answered: answered calls of each line and interval; ``(L, T)``.
        missed: callers who gave up for good; ``(L, T)``.
        grid: the period.
        calendar: working days.
        aht_s: handling times of call-backs to missed callers; ``(L, T)``, by default the lines' own.
        opened: whether agents answer; ``(T,)``, by default always.
        asked_closed: callers outside opening hours; ``(L, T)``, by default none.
    """
    spell = len(grid)
    clock = _Clock(hotline, grid, calendar)
    everyone = answered.sum(axis=0)
    now = np.arange(spell, dtype=np.int64)
    classes: list[DeferredClass] = []
    rows: list[tuple[Floats, Floats, Counts, Counts]] = []

    def add(
        kind: DeferredClass, items: Floats, item_s: Floats | float, due: Counts, free: Counts | None = None
    ) -> None:
        if (items * item_s).any():
            classes.append(kind)
            begin = now + 1 if free is None else free
            rows.append((items, items * item_s, begin, np.maximum(due, begin + 1)))

    for order in hotline.work_orders:
        arising = everyone * order.per_answered_call
        if order.first_contact_working_days is not None:
            first = DeferredClass(
                f"{order.id}:first-contact",
                both("{name}: first contact", name=order.name),
                order.first_contact_share_min,
                by_telephone=True,
                item_cv=order.handling_cv,
            )
            add(first, arising, order.first_contact_s, clock.working_days(order.first_contact_working_days))
        due = (
            clock.hours(order.deadline_h)
            if order.deadline_h is not None
            else clock.working_days(order.deadline_working_days or 0)
        )
        kind = DeferredClass(
            order.id,
            order.name,
            order.on_time_share_min,
            by_telephone=order.by_telephone,
            item_cv=order.handling_cv,
        )
        add(kind, arising, order.handling_s - order.first_contact_s, due)

    survey, office, back = hotline.satisfaction, hotline.office_work, hotline.call_back
    add(
        DeferredClass(
            "satisfaction-call-back",
            both("Satisfaction call-backs"),
            survey.on_time_share_min,
            by_telephone=True,
            item_cv=_SATISFACTION_CV,
        ),
        everyone * survey.call_backs_per_answer,
        survey.call_back_s,
        clock.working_days(survey.call_back_working_days),
    )
    add(
        DeferredClass(
            "quality-listening",
            both("Quality listening"),
            office.listening_on_time_share_min,
            item_cv=_LISTENING_CV,
        ),
        everyone * office.listening_share,
        office.listening_s,
        clock.working_days(office.listening_working_days),
    )
    handling = np.array([[line.handling.mean_s] for line in hotline.lines]) if aht_s is None else aht_s
    calling = missed * back.missed_calls
    if asked_closed is not None:
        calling = calling + asked_closed * back.closed_calls
    counted = calling.sum(axis=0)
    mean_s = np.divide((calling * handling).sum(axis=0), counted, out=np.zeros(spell), where=counted > 0)
    free, due = clock.opening_hours(
        back.delay_s, back.within_h, np.ones(spell, dtype=np.bool_) if opened is None else opened
    )
    add(
        DeferredClass("missed-calls", both("Call-backs of missed calls"), back.on_time_share_min, "agents"),
        counted,
        mean_s * back.reached_share,
        due,
        free,
    )
    if rows:
        items, work, begin, end = (np.stack(part) for part in zip(*rows, strict=True))
    else:
        items = work = np.zeros((0, spell))
        begin = end = np.zeros((0, spell), dtype=np.int64)
    return DeferredWork(tuple(classes), items, work, begin, end, clock.may_call)


class _Clock:
    """Deadlines as intervals of the grid, counted on beyond its end."""

    def __init__(self, hotline: Hotline, grid: TimeGrid, calendar: WorkingCalendar) -> None:
        self.grid, self.calendar = grid, calendar
        self.spell = len(grid)
        self.per_day = 1440 // grid.interval_min
        self.day = (grid.dates - np.datetime64(grid.first, "D")).astype(np.int64)
        self.first_of_day = np.searchsorted(self.day, np.arange(grid.days + 1))
        self.closes_min = max(watch.minutes[1] for watch in hotline.office_work.watches)
        office = hotline.office_work
        self.may_call: Flags = (grid.minutes >= minutes_of(office.calls_from)) & (
            grid.minutes < minutes_of(office.calls_to)
        )

    def working_days(self, count: int) -> Counts:
        """End of office hours on the ``count``-th working day after each interval's day."""
        # With no day to count, the day of receipt itself holds the deadline; what arises in the office's last
        # interval counts as come after hours.
        last = [self._working_day(day, count) for day in self.grid.day_list]
        due = np.array([self._closing(day) for day in last], dtype=np.int64)[self.day]
        if count == 0:
            after = np.array([self._closing(self._working_day(day, 1)) for day in last], dtype=np.int64)[self.day]
            due = np.where(due <= np.arange(self.spell) + 1, after, due)
        return due

    def hours(self, deadline_h: float) -> Counts:
        """Whole intervals before the deadline of what arises at each interval's start."""
        steps = int(deadline_h * 3600 / self.grid.interval_s + 1e-9)
        return np.arange(self.spell, dtype=np.int64) + steps

    def opening_hours(self, delay_s: float, within_h: float, opened: Flags) -> tuple[Counts, Counts]:
        """First interval after the delay, and the end of ``within_h`` opening hours from there."""
        steps = int((self.grid.interval_s / 2 + delay_s) // self.grid.interval_s)
        free = np.arange(self.spell, dtype=np.int64) + max(steps, 1)
        places = np.flatnonzero(opened)
        if not places.size:
            return free, free + 1
        wanted = max(int(np.ceil(within_h * 3600 / self.grid.interval_s - 1e-9)), 1)
        # Opening hours repeat with the period.
        laps, inside = np.divmod(free, self.spell)
        nth = np.searchsorted(places, inside) + wanted - 1
        more, at = np.divmod(nth, places.size)
        return free, ((laps + more) * self.spell + places[at] + 1).astype(np.int64)

    def _working_day(self, day: date, count: int) -> date:
        """As ``WorkingCalendar.add_working_days``, on into years that are not announced."""
        left, at = count, day
        for _ in range(3660):
            if left == 0 and (count > 0 or self.calendar.is_working_day(at)):
                break
            at += timedelta(days=1)
            left -= left > 0 and self.calendar.is_working_day(at)
        return at

    def _closing(self, day: date) -> int:
        """Interval whose start is the close of office hours on the day."""
        offset, steps = (day - self.grid.first).days, self.closes_min // self.grid.interval_min
        if offset < self.grid.days:
            return int(min(self.first_of_day[offset] + steps, self.first_of_day[offset + 1]))
        return self.spell + (offset - self.grid.days) * self.per_day + steps
