"""Daily counts of a compiled replication, without a table of its calls: the sums of ``simulation.tallying``, bit for bit.

Sums of seconds depend in their last bits on the order of adding: here as there, the calls are added up in the order
(call, attempt), the groups in theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from simulation.calls import (
    ABANDONED,
    ANSWERED,
    BLOCKED,
    CALL_BACK_ACCEPTED,
    CLOSED,
    IVR_COMPLETED,
)
from simulation.centre import Centre
from simulation.compiled_tallies import (
    ACCEPTED,
    CALLED_BACK,
    CLOSED_OUTSIDE,
    CLOSED_WITHIN,
    FOUND_BUSY,
    GONE,
    GONE_15,
    GONE_OVER_40,
    GONE_SHORT,
    IVR_DONE,
    IVR_LEFT,
    SUM_ALL,
    SUM_ANSWERED,
    SUM_DIALLING,
    SUM_HANDLE,
    SUMS,
    THRESHOLDS,
    WHOLE,
    write_counts,
)
from simulation.kernels import inlined, kernel
from wfm.metrics import COUNTS, THREE_RINGS_S

__all__ = [
    "Cells",
    "cells_of",
    "count_replication",
    "count_rows",
    "interval_at",
    "share_staffed",
]

Records = NDArray[np.void]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_STAFFED = COUNTS.index("staffed_s")
_THRESHOLDS, _SLOWER = THRESHOLDS, len(THRESHOLDS)
_THREE_RINGS_S = THREE_RINGS_S


@dataclass(frozen=True, eq=False, kw_only=True)
class Cells:
    """Where the calls of a centre are counted: L lines on D dates, of T intervals and G groups."""

    interval_date: Integers
    """(T,)"""
    serving: Integers
    """(L, T)"""
    serves: Floats
    """(G, L, D) 1 where the group serves the line at some time of the date."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """(L, D, counts), of one replication's counts."""
        return (self.serves.shape[1], self.serves.shape[2], len(COUNTS))


_cells: WeakKeyDictionary[Centre, Cells] = WeakKeyDictionary()


def cells_of(centre: Centre) -> Cells:
    """The cells in which the centre's calls are counted, made once for each centre."""
    known = _cells.get(centre)
    if known is None:
        dates = np.ascontiguousarray(centre.interval_date, dtype=np.int64)
        serving = np.ascontiguousarray(centre.serving, dtype=np.int64)
        serves = np.zeros((len(centre.group_ids), len(centre.line_ids), len(centre.dates)))
        for line, groups in enumerate(serving):
            serves[groups, line, dates] = 1.0
        known = _cells[centre] = Cells(interval_date=dates, serving=serving, serves=serves)
    return known


def count_replication(centre: Centre, rows: Records, callers: int, stays: Records, out: Floats) -> None:
    """Fill the daily counts of a replication.

    Args:
        centre: the centre that was played.
        rows: every call, of ``simulation.flat_centre.ROW``; first attempts first, then redials as they came.
        callers: first attempts.
        stays: agents' stays as they were; fields ``group``, ``start_s``, ``end_s``.
        out: (L, D, counts), overwritten.
    """
    cells = cells_of(centre)
    _count(
        rows,
        callers,
        stays,
        (centre.interval_s, centre.ring_s, centre.short_abandon_s),
        cells.interval_date,
        cells.serving,
        cells.serves,
        out,
    )


@kernel
def _count(
    rows: Records,
    callers: int,
    stays: Records,
    seconds: tuple[float, float, float],
    interval_date: Integers,
    serving: Integers,
    serves: Floats,
    out: Floats,
) -> None:
    interval_s, ring_s, short_abandon_s = seconds
    served = np.zeros(serves.shape)
    count_rows(rows, callers, interval_s, ring_s, short_abandon_s, interval_date, serving, out, served)
    share_staffed(stays["group"], stays["start_s"], stays["end_s"], interval_s, interval_date, served, serves, out)


@inlined
def interval_at(time_s: float, guess: int, interval_s: float, intervals: int) -> int:
    """``min(time_s // interval_s, intervals − 1)``, quickly where ``guess`` is right."""
    if guess * interval_s < time_s < (guess + 1) * interval_s:
        return min(guess, intervals - 1)
    return min(int(time_s // interval_s), intervals - 1)


@kernel
def count_rows(
    rows: Records,
    callers: int,
    interval_s: float,
    ring_s: float,
    short_abandon_s: float,
    interval_date: Integers,
    serving: Integers,
    out: Floats,
    served: Floats,
) -> None:
    """Add calls up by line and date.

    Args:
        rows: of ``simulation.flat_centre.ROW``.
        callers: first attempts; the further attempts of a caller are added after the first.
        interval_s: length of an interval.
        ring_s: the centre's ring.
        short_abandon_s: who gives up sooner is a short abandon.
        interval_date: (T,) date of each interval.
        serving: (L, T) group of each line.
        out: (L, D, counts), overwritten but for ``staffed_s``, which is 0.
        served: (G, L, D), zeros; calls queued for each group.
    """
    lines, days = out.shape[:2]
    intervals = len(interval_date)
    whole = np.zeros((lines * days, WHOLE), dtype=np.int64)
    sums = np.zeros((lines * days, SUMS))
    caller, row = 0, -1
    while True:
        if row < 0:
            if caller == callers:
                break
            row = caller
            caller += 1
        call = rows[row]
        row = call.again
        line, outcome = int(call.line), call.outcome
        cell = line * days + interval_date[interval_at(call.arrived_s, int(call.interval), interval_s, intervals)]
        if not np.isnan(call.queued_s):
            at = interval_at(call.queued_s, int(call.queued_s / interval_s), interval_s, intervals)
            served[serving[line, at], line, interval_date[at]] += 1
        whole[cell, CALLED_BACK] += not np.isnan(call.called_back_s)
        if outcome == ANSWERED:
            wait_s = call.answered_s - call.queued_s
            exceeded = 0
            for threshold in range(_SLOWER):
                exceeded += wait_s > _THRESHOLDS[threshold]
            whole[cell, exceeded] += 1
            sums[cell, SUM_ANSWERED] += wait_s
            sums[cell, SUM_DIALLING] += call.answered_s - call.arrived_s
            sums[cell, SUM_ALL] += wait_s
            sums[cell, SUM_HANDLE] += call.spoken_s + call.wrap_s
        elif outcome == ABANDONED:
            wait_s = call.ended_s - call.queued_s
            sums[cell, SUM_ALL] += wait_s
            whole[cell, GONE] += 1
            whole[cell, GONE_SHORT] += wait_s < short_abandon_s
            whole[cell, GONE_15] += wait_s <= 15
            whole[cell, GONE_OVER_40] += wait_s > 40
        elif outcome == BLOCKED:
            whole[cell, FOUND_BUSY] += 1
        elif outcome == CLOSED:
            if call.ended_s > call.arrived_s:
                whole[cell, CLOSED_WITHIN] += 1
            else:
                whole[cell, CLOSED_OUTSIDE] += 1
        elif outcome == CALL_BACK_ACCEPTED:
            whole[cell, ACCEPTED] += 1
        elif outcome == IVR_COMPLETED:
            whole[cell, IVR_DONE] += 1
        else:
            whole[cell, IVR_LEFT] += 1
    write_counts(whole, sums, ring_s > _THREE_RINGS_S, out)


@kernel
def share_staffed(
    group: NDArray[np.int32] | Integers,
    start_s: Floats,
    end_s: Floats,
    interval_s: float,
    interval_date: Integers,
    served: Floats,
    serves: Floats,
    out: Floats,
) -> None:
    """Fill ``staffed_s`` of ``out``: the stays' time within the period, split over the lines of their group (§35).

    See :func:`simulation.tallying.staffed_seconds`; ``served`` comes from :func:`count_rows`, ``serves`` from :class:`Cells`.
    """
    groups, lines, days = served.shape
    intervals = len(interval_date)
    present_s = np.zeros(days)
    for g in range(groups):
        size = 0
        for stay in range(len(group)):
            size += group[stay] == g
        first, last = np.empty(size), np.empty(size)
        size = 0
        for stay in range(len(group)):
            if group[stay] == g:
                first[size] = start_s[stay]
                last[size] = end_s[stay]
                size += 1
        ends, starts = time_after(last, interval_s, intervals), time_after(first, interval_s, intervals)
        present_s[:] = 0
        for t in range(intervals):
            present_s[interval_date[t]] += -((ends[t + 1] - starts[t + 1]) - (ends[t] - starts[t]))
        for date in range(days):
            queued, lines_served = 0.0, 0.0
            for line in range(lines):
                queued += served[g, line, date]
                lines_served += serves[g, line, date]
            for line in range(lines):
                if queued > 0:
                    out[line, date, _STAFFED] += served[g, line, date] / queued * present_s[date]
                elif lines_served > 0:
                    out[line, date, _STAFFED] += serves[g, line, date] / lines_served * present_s[date]


@kernel
def time_after(moments: Floats, interval_s: float, intervals: int) -> Floats:
    """(T + 1,) Σ over ``moments``, which are put in order, of max(moment − edge, 0) for the edges of the intervals."""
    size, ordered = len(moments), moments
    _sort(ordered)
    tail = np.zeros(size + 1)
    for k in range(size - 1, -1, -1):
        tail[k] = ordered[k] if k == size - 1 else tail[k + 1] + ordered[k]
    result = np.empty(intervals + 1)
    after = 0
    for t in range(intervals + 1):
        edge = t * interval_s
        while after < size and ordered[after] <= edge:
            after += 1
        result[t] = tail[after] - (size - after) * edge
    return result


@kernel
def _sort(values: Floats) -> None:
    """Put in order, in place (Shell's sort: Numba takes seconds to compile NumPy's)."""
    size = len(values)
    gap = 1
    while gap < size // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for k in range(gap, size):
            value, at = values[k], k
            while at >= gap and values[at - gap] > value:
                values[at] = values[at - gap]
                at -= gap
            values[at] = value
        gap //= 3
