"""A stretch of days whose duties are looked for, while everybody's duties on all other days stay as they are.

A window of the whole period is the plain problem. A window in the middle of a roster reaches on over a tail of decided
days, until what is worked inside can no longer matter for runs of days and rest. A window at the front of a roster that
is still growing has nothing behind it: of every limit over longer spans it gets its share (:func:`tallies_of_window`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from scheduler.lines.outlook import Outlook
from scheduler.lines.tallies import NEVER, Tally
from scheduler.slots import PAST_DAYS, Slots
from scheduler.work import Work

__all__ = ["Window", "front_window", "inner_window", "line_days", "tallies_of_window", "weekends_whole", "whole_window"]

Ints = NDArray[np.int64]
LONGEST_TAIL = 14
"""Decided days behind the open ones that a line passes through, at most."""
HOURS_LET, WEEKENDS_LET = 2, 1
"""Duties below and beyond its share of the hours, and weekends beyond its share, that a growing roster's window is let."""
SHARE_COST, WEEKEND_COST = 1.0, 2.0
"""Cost of a duty, and of a weekend, that the share misses, of the dearest post."""
GOLDEN = 0.6180339887
"""Its multiples are spread evenly: people round their shares at different windows."""


@dataclass(frozen=True)
class Window:
    """Open days and what lies around them.

    Attributes:
        open: day numbers whose duties are looked for.
        days: the open days and the tail.
        around: everybody's duties on days that are not open.
        outside: the same without the tail.
        growing: the days behind are not rostered yet.
        whole: every day of the period is open.
        outlook: what can still come behind a growing roster.
        dearest: cost of the dearest post left open.
        follows: tables of what may follow what, by rest in minutes; filled when first asked for.
    """

    slots: Slots
    open: range
    days: range
    around: Work
    outside: Work
    growing: bool = False
    whole: bool = False
    outlook: Outlook | None = None
    dearest: float = 1.0
    follows: dict[int, tuple[NDArray[np.bool_], NDArray[np.bool_]]] = field(default_factory=dict)

    @property
    def tail(self) -> range:
        """The decided days behind the open ones that a line passes through."""
        return range(self.open.stop, self.days.stop)


def line_days(slots: Slots) -> range:
    """Day numbers that a line covers: the period, and its eve where posts begin on it."""
    eve = bool(slots.of_day[slots.period.start])
    return range(PAST_DAYS - 1 if eve else PAST_DAYS, slots.period.stop)


def whole_window(slots: Slots) -> Window:
    """All days are open."""
    history = Work.of_history(slots)
    days = line_days(slots)
    return Window(slots, days, days, history, history, whole=True)


def front_window(work: Work, first: int, last: int, outlook: Outlook, dearest: float) -> Window:
    """The days ``first`` to ``last`` (without) of a roster that holds nothing from ``first`` on."""
    days = range(first, weekends_whole(work.slots, last))
    growing = days.stop < work.slots.period.stop
    return Window(work.slots, days, days, work, work, growing=growing, outlook=outlook, dearest=dearest)


def inner_window(work: Work, first: int, last: int) -> Window:
    """The days ``first`` to ``last`` (without) of a whole roster."""
    slots = work.slots
    first = max(first, line_days(slots).start)
    while first > line_days(slots).start and slots.weekend_days[first] and slots.weekend_days[first - 1]:
        first -= 1
    last = min(last, slots.period.stop)
    stop = weekends_whole(slots, _settled(work, last))
    around = _without(work, range(first, last))
    return Window(slots, range(first, last), range(first, stop), around, _without(around, range(last, stop)))


def _without(work: Work, days: range) -> Work:
    work = work.copy()
    for day in days:
        for agent in np.flatnonzero(work.slot[:, day] >= 0).tolist():
            work.release(agent, day)
    return work


def _settled(work: Work, day: int) -> int:
    """The first day, from ``day``, before which everybody's run that begins on ``day`` is over and the rest after it taken."""
    slots = work.slots
    stop = min(slots.period.stop, day + LONGEST_TAIL)
    off_min = max((c.days_off_in_a_row_min for c in slots.contracts), default=1)
    ahead = work.on[:, day:stop]
    if not ahead.size:
        return day
    found = day + 1
    for row in ahead:
        change = np.flatnonzero(row != row[0])
        length = int(change[0]) if len(change) else len(row)
        found = max(found, day + (length if row[0] else min(length, off_min)) + 2)
    return min(found, stop)


def weekends_whole(slots: Slots, day: int) -> int:
    """``day``, or the next that does not divide a weekend."""
    while day < slots.period.stop and slots.weekend_days[day] and slots.weekend_days[day - 1]:
        day += 1
    return min(day, slots.period.stop)


def tallies_of_window(tallies: list[Tally], window: Window, agent: int, largest: Ints, *, shared: bool) -> list[Tally]:
    """The tallies as they bind inside the window: spans that do not touch it left out, of a growing roster the shares.

    Args:
        largest: (tallies,) most that one duty counts.
        shared: whether of a growing roster the window has its share alone, or all that is left.
    """
    if window.whole:
        return tallies
    return [
        found
        for tally, amount in zip(tallies, largest.tolist(), strict=True)
        if (found := _in_window(tally, window, agent, amount, shared=shared)) is not None
    ]


def _in_window(tally: Tally, window: Window, agent: int, largest: int, *, shared: bool) -> Tally | None:
    places = [k for k, s in enumerate(tally.spans) if s.start < window.days.stop and s.stop > window.days.start]
    if not places:
        return None
    tally = replace(
        tally,
        spans=tuple(tally.spans[k] for k in places),
        most=tally.most[places],
        least=tally.least[places],
        free=tally.free[places],
    )
    if not window.growing or window.outlook is None or tally.sliding:
        return tally
    if all(s.stop <= window.open.stop for s in tally.spans):
        return tally
    spans, most, least, free = list(tally.spans), tally.most.copy(), tally.least.copy(), tally.free.copy()
    lowest = np.zeros_like(least)
    whole: tuple[int, int] | None = None
    stop = window.open.stop
    duties = window.outlook.duties[agent]
    weekend = window.slots.weekend_days
    for place, span in enumerate(spans):
        if span.stop <= stop:
            continue
        begin = max(span.start, window.open.start)
        left = int(duties[begin] - duties[span.stop])
        share = int(duties[begin] - duties[stop]) / left if left else 0.0
        done = tally.amount(tally.given, weekend, range(span.start, stop))
        ahead = tally.amount(tally.given, weekend, range(stop, span.stop))
        spans[place] = range(span.start, stop)
        whole = (int(least[place]) - ahead, int(most[place]) - ahead)
        low, high = int(least[place]), min(int(most[place]), int(free[place]))
        least[place] = 0
        if most[place] < NEVER:
            most[place] -= ahead
        if free[place] < NEVER:
            free[place] -= ahead
        if not shared:
            continue
        if low > 0:
            aim = (low + high) / 2 if high < NEVER else low
            least[place] = done + max(0.0, (aim - done - ahead) * share)
            lowest[place] = max(0, int(least[place]) - HOURS_LET * largest)
        if high < NEVER:
            fair = done + int(max(0.0, (high - done - ahead) * share) + (agent * GOLDEN) % 1.0 * largest)
            free[place] = min(int(free[place]), max(fair, int(least[place]) + largest))
            if low > 0:
                most[place] = min(int(most[place]), int(free[place]) + HOURS_LET * largest)
            elif tally.kind == "weekends":
                most[place] = min(int(most[place]), int(free[place]) + WEEKENDS_LET)
    price = SHARE_COST * float(window.dearest) * tally.unit / max(1, largest)
    return replace(
        tally,
        spans=tuple(spans),
        most=most,
        least=least,
        free=free,
        lowest=lowest,
        whole=whole,
        owed=min(tally.owed, price) if tally.owed else 0.0,
        weight=max(tally.weight, price * (WEEKEND_COST if tally.kind == "weekends" else 1.0)),
    )
