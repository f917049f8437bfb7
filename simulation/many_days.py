"""Many independent days of a hotline at once, first come first served, with given seats per interval.

The recursion of Kiefer and Wolfowitz (1955, "On the theory of queues with many servers", Trans. AMS 78:1–18) with
patience: callers in the order in which they ask for an agent take the seat that can begin soonest; who would
have to wait longer than patience leaves and touches no seat. It needs no events, and one step serves the k-th
caller of every day together. A caller who asked earlier is never overtaken on a seat that could serve both, so
that the order of asking is the order of service and the recursion is exact.

Seats stand in groups and are on duty by interval; a seat whose interval is over finishes the call in hand, and
those of the last interval stay until everybody is served. Of several free seats the one idle longest takes the
call (§16 of the semantics). Call-backs of missed calls and satisfaction call-backs occupy seats that are free
while nobody waits, and are not interrupted; they are begun before the next call of their own line, so that one
may come a little late where seats serve several lines. Left out are busy circuits, redials and absence: these
are the days of seats that are manned.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from simulation.day_calls import DayCalls
from wfm.metrics import COUNTS, KPIS, THREE_RINGS_S
from wfm.standards import Target
from wfm.tables import WAIT_THRESHOLDS_S

__all__ = ["days_kept", "play_days"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

CACHE_CELLS = 24_000
"""Cells (days × seats) of one step: as many as stay in a core's own cache."""
PLACES = 32
"""Call-backs of one line that may wait at once; more are dropped, as none of them would be done that day."""


def play_days(calls: DayCalls, seats: Integers) -> dict[str, Floats]:
    """Play every day with these seats.

    Args:
        calls: callers of D days.
        seats: ``(G, T)`` seats of each group on duty in each interval of the window.

    Returns:
        ``wfm.metrics.COUNTS`` of each day, all lines together; arrays ``(D,)``. ``handle_s`` is the time of
        answered calls, ``staffed_s`` the seats' time in the intervals that count.

    Raises:
        ValueError: ``seats`` has another shape, or holds a negative number.
    """
    centre = calls.centre
    if seats.shape != (len(centre.group_ids), calls.intervals) or (seats < 0).any():
        raise ValueError(
            f"seats: expected {(len(centre.group_ids), calls.intervals)} of at least 0, found {seats.shape}"
        )
    begin = np.empty_like(calls.queued_s)
    if begin.size:
        floor = _Floor(calls, seats)
        step = max(1, CACHE_CELLS // floor.size)
        for start in range(0, calls.days, step):
            floor.play(slice(start, start + step), begin)
    return _counts(calls, begin, seats)


def days_kept(counts: dict[str, Floats], targets: Iterable[Target]) -> Flags:
    """Which days keep every target, each taken over the day alone; a day without a call keeps it (§52). Shape ``(D,)``."""
    kept = np.ones(len(counts["offered"]), dtype=bool)
    for target in targets:
        kpi = KPIS[target.kpi]
        above = sum((counts[name] for name in kpi.numerator), np.zeros(len(kept)))
        below = sum((counts[name] for name in kpi.denominator), np.zeros(len(kept)))
        below = below - sum((counts[name] for name in kpi.denominator_less), np.zeros(len(kept)))
        ratio = np.divide(above, below, out=np.full(len(kept), np.nan), where=below > 0)
        kept &= np.isnan(ratio) | _met(target, ratio)
    return kept


def _met(target: Target, values: Floats) -> Flags:
    limit = target.limit
    if limit is None or target.operator is None:
        return np.ones(len(values), dtype=bool)
    tests = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}
    return np.asarray(tests[target.operator](values, limit))


class _Floor:
    """Seats and their windows of duty, ready to be played."""

    def __init__(self, calls: DayCalls, seats: Integers) -> None:
        centre, span = calls.centre, calls.intervals
        self.calls = calls
        serving = centre.serving[:, calls.first : calls.first + span]
        group = np.repeat(np.arange(len(seats)), seats.max(axis=1, initial=0))
        number = np.concatenate([np.arange(n) for n in seats.max(axis=1, initial=0)]).astype(np.int64)
        on = number[None, :] < seats.T[:, group]  # (T, S)
        if not len(group):  # nobody ever answers: one seat that never comes
            group, on = np.zeros(1, dtype=np.int64), np.zeros((span, 1), dtype=bool)
        self.size = len(group)
        self.interval_s = centre.interval_s
        self.window = np.vstack([_next_window(on, on, centre.interval_s), np.where(on[-1:], 0.0, np.inf)])
        may = on[None] & (serving[:, :, None] == group)
        # (L·T, S): when each seat can begin a call of this line that comes in this interval, were it not busy.
        self.ready = np.vstack([_next_window(on, mine, centre.interval_s) for mine in may])
        by_day = centre.by_day[calls.first : calls.first + span, None]
        self.next_by_day = _next_window(by_day, by_day, centre.interval_s)[:, 0]
        self.works = bool((calls.follow_up_s > 0).any()) or centre.call_back_missed

    def play(self, days: slice, begin: Floats) -> None:
        """Fill in when each caller of these days is, or would be, picked."""
        calls, centre = self.calls, self.calls.centre
        queued, patience = calls.queued_s[:, days], calls.patience_s[:, days]
        busy = calls.handle_s[:, days] + centre.ring_s
        span = calls.intervals
        cell = calls.line[:, days] * span + np.minimum(queued // self.interval_s, span - 1).astype(np.int64)
        size = queued.shape[1]
        base = np.arange(size) * self.size
        free = np.zeros(size * self.size)
        by_day_seats = free.reshape(size, self.size)
        soonest = np.empty((size, self.size))
        flat = soonest.ravel()
        window, at_end = self.window.ravel(), float(span)
        work = _Deferred(self, days, by_day_seats) if self.works else None
        for k in range(len(queued)):
            now = queued[k]
            if work is not None:
                work.begin_before(k, now, cell[k])
            np.take(self.ready, cell[k], axis=0, out=soonest)
            np.maximum(soonest, by_day_seats, out=soonest)
            seat = soonest.argmin(axis=1)
            at = base + seat
            start = np.maximum(flat[at], now)
            served = start - now <= patience[k]
            end = start + busy[k]
            then = np.minimum(end / self.interval_s, at_end)
            then[~served] = 0.0
            after = np.maximum(end, window[then.astype(np.int64) * self.size + seat])
            free[at] = np.where(served, after, free[at])
            begin[k, days] = start
            if work is not None:
                work.add_after(k, now, served, end)


class _Deferred:
    """Call-backs that wait for a free seat while nobody waits on the telephone."""

    def __init__(self, floor: _Floor, days: slice, free: Floats) -> None:
        calls, centre = floor.calls, floor.calls.centre
        self.floor, self.free, self.centre = floor, free, centre
        self.line = calls.line[:, days]
        self.follow_up = calls.follow_up_s[:, days]
        reached = calls.reached[:, days]
        back = np.where(reached, calls.handle_s[:, days] + centre.ring_s, centre.call_back_unreached_s)
        self.back = back * (calls.patience_s[:, days] >= 0) if centre.call_back_missed else np.zeros_like(back)
        self.patience = calls.patience_s[:, days]
        size, lines = self.line.shape[1], len(centre.line_ids)
        self.rows = np.arange(size)
        self.due = np.full((size, lines, PLACES), np.inf)
        self.length = np.zeros((size, lines, PLACES))
        self.next_due = np.full((size, lines), np.inf)

    def begin_before(self, k: int, now: Floats, cell: Integers) -> None:
        """Begin the waiting call-backs of the line about to call for which a seat was free before now."""
        rows = np.flatnonzero(self.next_due[self.rows, self.line[k]] < now)
        while len(rows):
            rows = self._begin_one(rows, self.line[k][rows], now, cell)

    def _begin_one(self, rows: Integers, line: Integers, now: Floats, cell: Integers) -> Integers:
        """Begin the call-back due first of each of these days, if it can; the days to look at again."""
        floor, due = self.floor, self.next_due[rows, line]
        soonest = np.maximum(floor.ready[cell[rows]], self.free[rows])
        seat = soonest.argmin(axis=1)
        start = np.maximum(soonest[np.arange(len(rows)), seat], due)
        can = start < now[rows]
        rows, line, seat, start = rows[can], line[can], seat[can], start[can]
        place = self.due[rows, line].argmin(axis=1)
        end = start + self.length[rows, line, place]
        then = np.minimum(end / floor.interval_s, floor.calls.intervals).astype(np.int64)
        self.free[rows, seat] = np.maximum(end, floor.window[then, seat])
        self.due[rows, line, place] = np.inf
        left = self.due[rows, line].min(axis=1)
        self.next_due[rows, line] = left
        return np.asarray(rows[left < now[rows]])

    def add_after(self, k: int, now: Floats, served: Flags, end: Floats) -> None:
        """What the call of this step leaves to be done."""
        length = np.where(served, self.follow_up[k], self.back[k])
        rows = np.flatnonzero(length > 0)
        if not len(rows):
            return
        answered, line = served[rows], self.line[k][rows]
        due = np.where(answered, end[rows], now[rows] + self.patience[k][rows] + self.centre.call_back_delay_s)
        at = np.minimum(due // self.floor.interval_s, len(self.floor.next_by_day) - 1).astype(np.int64)
        # A satisfaction call-back that falls due at night waits for the morning.
        due = np.where(answered, np.maximum(due, self.floor.next_by_day[at]), due)
        place = self.due[rows, line].argmax(axis=1)
        room = np.isinf(self.due[rows, line, place]) & np.isfinite(due)
        rows, line, due, place = rows[room], line[room], due[room], place[room]
        self.due[rows, line, place] = due
        self.length[rows, line, place] = length[rows]
        self.next_due[rows, line] = np.minimum(self.next_due[rows, line], due)


def _next_window(on: Flags, mine: Flags, interval_s: float) -> Floats:
    """From when seat s can begin a call in hand in interval t; ``(T, S)``.

    On duty for it: since when the seat has been on duty without a gap. Else the start of the next interval in
    which it is; infinite when none follows.
    """
    at = np.arange(len(on), dtype=float)[:, None] * interval_s
    fresh = on & ~np.vstack([np.zeros((1, on.shape[1]), dtype=bool), on[:-1]])
    since = np.maximum.accumulate(np.where(fresh, at, 0.0), axis=0)
    later = np.minimum.accumulate(np.where(mine, at, np.inf)[::-1], axis=0)[::-1]
    return np.where(mine, since, later)


def _counts(calls: DayCalls, begin: Floats, seats: Integers) -> dict[str, Floats]:
    centre = calls.centre
    wait = begin - calls.queued_s
    somebody = (calls.patience_s >= 0) & calls.counted
    answered = somebody & (wait <= calls.patience_s)
    abandoned = somebody & ~answered
    left_s = np.minimum(calls.patience_s, calls.intervals * centre.interval_s - calls.queued_s)
    to_answer_s = np.where(answered, wait + centre.ring_s, np.inf)
    to_give_up_s = np.where(abandoned, left_s, np.inf)

    def total(values: Floats | Flags) -> Floats:
        return np.asarray(values.sum(axis=0), dtype=float)

    found = {
        **calls.sums,
        "blocked": np.zeros(calls.days),
        "queued": total(somebody),
        "answered": total(answered),
        "abandoned": total(abandoned),
        "short_abandoned": total(to_give_up_s < centre.short_abandon_s),
        "called_back": calls.sums["called_back"] + total(abandoned & calls.reached),
        "wait_answered_s": total(np.where(answered, to_answer_s, 0.0)),
        "wait_dialling_s": total(np.where(answered, to_answer_s + calls.queued_s - calls.arrived_s, 0.0)),
        "wait_all_s": total(np.where(answered, to_answer_s, np.where(abandoned, left_s, 0.0))),
        "abandoned_within_15_s": total(to_give_up_s <= 15),
        "waited_over_40_s": total((answered & (to_answer_s > 40)) | (abandoned & (left_s > 40))),
        "rang_over_three": total(answered) * (centre.ring_s > THREE_RINGS_S),
        "handle_s": total(np.where(answered, calls.handle_s, 0.0)),
        "staffed_s": np.full(calls.days, float(seats[:, calls.counted_intervals].sum()) * centre.interval_s),
    }
    for threshold in WAIT_THRESHOLDS_S:
        found[f"answered_within_{threshold}_s"] = total(to_answer_s <= threshold)
    return {name: found[name] for name in COUNTS}
