"""A tally laid out as a counter of the dynamic program: gains, bounds and costs day by day.

Values are in the tally's greatest common divisor. Bounds are as tight as the runs of days allow: over a long roster the
least hours still to be worked leave a counter only a few possible values on each day.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scheduler.costs import COST_OWED

if TYPE_CHECKING:
    from scheduler.lines.personal import Personal
    from scheduler.lines.tallies import Tally

__all__ = ["Counter", "lay_counter"]

Ints = NDArray[np.int64]
WINDOW_DAYS = 28
NOWHERE = -(10**12)


@dataclass(frozen=True)
class Counter:
    """One counter, days as in ``Personal.days``.

    Attributes:
        gain: (days, 1 + kinds, classes).
        low, high, base: (days,) as :func:`~scheduler.lines.shortest_line.shortest_line` reads them.
        width: indices needed.
        closing: days after which a span closes, with ``costs`` of each absolute value.
        values: amounts that its indices stand for at the end of a span that goes on behind a growing roster; empty otherwise.
        impossible: whether no line can keep the bounds.
        forced: whether a least that costs beyond everything is kept by the bounds, as far as counting says it can be reached.
    """

    gain: Ints
    low: Ints
    high: Ints
    base: Ints
    width: int
    closing: list[int]
    costs: list[NDArray[np.float64]]
    values: Ints
    impossible: bool
    forced: bool


def lay_counter(
    me: Personal, number: int, amounts: Ints, open_day: NDArray[np.bool_], *, force: bool
) -> Counter | None:
    """Lay out tally ``number``; None when it cannot be followed. ``amounts`` and ``open_day`` are (days, kinds).

    ``force``: no line below a least that costs beyond everything, where counting says that it can be reached.
    """
    tally = me.tallies[number]
    spans = _spans(me, tally)
    if not spans or me.n_kinds == 0:
        return None
    gain = _gains(me, tally, amounts, [first for first, _, _ in spans])
    days = me.days
    unit = 0
    for value in np.unique(np.concatenate([gain.ravel(), tally.given])).tolist():
        unit = gcd(unit, int(value))
    unit = max(unit, 1)
    n = len(days)
    low, high, base = (np.zeros(n, dtype=np.int64) for _ in range(3))
    closing, costs = [], []
    impossible = forced = False
    inside = np.zeros(n, dtype=bool)
    for first, last, place in spans:
        inside[first : last + 1] = True
        span = tally.spans[place]
        start, ahead = 0, 0
        if not tally.sliding:
            start = tally.amount(tally.given, me.weekend, range(span.start, max(span.start, days.start)))
            ahead = tally.amount(tally.given, me.weekend, range(min(span.stop, days.stop), span.stop))
        least, most = _reach(me, gain, open_day, first, last)
        # least, most: (days of the span + 1, 2) least and most gained until, and from, each day.
        top = int(tally.most[place]) - ahead
        owed = int(tally.least[place]) - ahead
        if len(tally.lowest):
            owed = int(tally.lowest[place]) - ahead
        hard = force and (tally.owed >= COST_OWED or len(tally.lowest) > 0)
        hard = hard and owed > 0 and start + int(most[0][-1]) >= owed
        forced |= hard
        for k, day in enumerate(range(first, last + 1)):
            cap = top
            if tally.sliding and span.start < days.start:
                window = range(max(0, days[day] - WINDOW_DAYS + 1), days.start)
                cap = max(0, top - int(tally.given[window.start : window.stop].sum()))
            if tally.sliding:
                cap = max(cap, int(least[0][k]))  # what is given (training) is no fault of the line
            floor = start + int(least[0][k])
            ceiling = min(cap, start + int(most[0][k]))
            if hard:
                floor = max(floor, owed - int(most[1][k]))
            low[day], high[day] = -(-floor // unit), ceiling // unit
            impossible |= high[day] < low[day]
            base[day] = start // unit if k == 0 else low[day - 1]
        if tally.whole is not None and place == len(tally.spans) - 1:
            continue
        closing.append(last)
        values = np.arange(int(high[last]) + 1) * unit if high[last] >= 0 else np.zeros(1, dtype=np.int64)
        costs.append(tally.cost_of(values + ahead, place) if not tally.sliding else np.zeros(len(values)))
    gain = np.where(inside[:, None, None], gain, 0) // unit
    width = int(np.max(high - low, initial=0)) + 1
    width = max(width, 1)
    ends = np.arange(width) + low[-1] if tally.whole is not None else np.zeros(0, dtype=np.int64)
    return Counter(gain, low, high, base, width, closing, costs, ends * unit, impossible, forced)


def _spans(me: Personal, tally: Tally) -> list[tuple[int, int, int]]:
    """(first, last, span) of the line's days that a counter follows one after another."""
    days = me.days
    if tally.sliding:
        # Windows that end inside the line hold all its days so far; of a longer line, blocks of 28 days from its end.
        n = len(days)
        blocks = [(max(0, stop - WINDOW_DAYS), stop - 1) for stop in range(n, 0, -WINDOW_DAYS)]
        place = next((k for k, s in enumerate(tally.spans) if s.start < days.start), 0)
        if n > WINDOW_DAYS:
            whole = next((k for k, s in enumerate(tally.spans) if s.start >= days.start), place)
            return [(first, last, whole) for first, last in reversed(blocks)]
        return [(0, n - 1, place)]
    found = []
    for place, span in enumerate(tally.spans):
        first, last = max(span.start, days.start) - days.start, min(span.stop, days.stop) - 1 - days.start
        if first <= last:
            found.append((first, last, place))
    return found


def _gains(me: Personal, tally: Tally, amounts: Ints, begins: list[int]) -> Ints:
    days = me.days
    n_classes = len(me.runs.spilling)
    given = tally.given[days.start : days.stop]
    gain = np.zeros((len(days), me.n_kinds + 1, n_classes), dtype=np.int64)
    k = amounts.shape[1]
    if tally.kind == "touched":
        gain[:, 0, :] = np.maximum(given[:, None], me.runs.spilling[None, :])
        gain[:, 1:, :] = 1
        return gain
    gain[:, 1 : k + 1, :] = amounts[:, :, None]
    if tally.kind == "weekends":
        weekend = me.weekend[days.start : days.stop]
        before = me.weekend[days.start - 1 : days.stop - 1]
        for day in np.flatnonzero(weekend & before).tolist():
            if day not in begins:
                gain[day, 1:, 1:] = 0  # the day before was worked: this weekend is counted
        return gain
    gain += given[:, None, None]
    return gain


def _reach(
    me: Personal, gain: Ints, open_day: NDArray[np.bool_], first: int, last: int
) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints]]:
    """((least, least to come), (most, most to come)) gained from ``first`` until each day of the span, and after it."""
    by_day = gain.max(axis=2)
    by_day = np.where(np.concatenate([np.ones((len(open_day), 1), dtype=bool), open_day], axis=1), by_day, NOWHERE)
    least_day = gain.min(axis=(1, 2))
    span = slice(first, last + 1)
    least = np.cumsum(least_day[span])
    if last - first < 14:
        top = by_day[span].max(axis=1)
        most = np.cumsum(top)
        return (least, least[-1] - least), (most, most[-1] - most)
    ahead = np.concatenate([me.runs.to_off[:, None], me.runs.to_work], axis=1)
    possible = ahead >= 0
    reached = np.zeros(me.n_runs, dtype=np.int64)
    if first == 0:
        reached[:] = NOWHERE
        reached[me.runs.begin] = 0
    most = np.zeros(last - first + 1, dtype=np.int64)
    for k, day in enumerate(range(first, last + 1)):
        values = np.where(possible, reached[:, None] + by_day[day][None, :], NOWHERE)
        reached = np.full(me.n_runs, NOWHERE, dtype=np.int64)
        np.maximum.at(reached, ahead[possible], values[possible])
        most[k] = reached.max()
    to_come = np.zeros(last - first + 1, dtype=np.int64)
    togo = np.zeros(me.n_runs, dtype=np.int64)
    for k in range(last - first, 0, -1):
        values = np.where(possible, togo[np.maximum(ahead, 0)] + by_day[first + k][None, :], NOWHERE)
        togo = values.max(axis=1)
        to_come[k - 1] = togo.max()
    return (least, least[-1] - least), (np.maximum(most, NOWHERE // 2), np.maximum(to_come, 0))
