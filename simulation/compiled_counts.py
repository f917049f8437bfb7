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
    IVR_ABANDONED,
    IVR_COMPLETED,
)
from simulation.centre import Centre
from simulation.kernels import inlined, kernel
from wfm.metrics import COUNTS, THREE_RINGS_S
from wfm.tables import WAIT_THRESHOLDS_S

__all__ = [
    "Cells",
    "call_order",
    "cells_of",
    "count_replication",
    "count_rows",
    "interval_at",
    "share_staffed",
]

Records = NDArray[np.void]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_OFFERED = COUNTS.index("offered")
_BLOCKED = COUNTS.index("blocked")
_CLOSED = COUNTS.index("closed")
_IVR_ANSWERED = COUNTS.index("ivr_answered")
_IVR_COMPLETED = COUNTS.index("ivr_completed")
_IVR_ABANDONED = COUNTS.index("ivr_abandoned")
_QUEUED = COUNTS.index("queued")
_ANSWERED = COUNTS.index("answered")
_ABANDONED = COUNTS.index("abandoned")
_SHORT = COUNTS.index("short_abandoned")
_CALLED_BACK = COUNTS.index("called_back")
_WAIT_ANSWERED = COUNTS.index("wait_answered_s")
_WAIT_DIALLING = COUNTS.index("wait_dialling_s")
_WAIT_ALL = COUNTS.index("wait_all_s")
_WITHIN = COUNTS.index(f"answered_within_{WAIT_THRESHOLDS_S[0]}_s")
_GONE_15 = COUNTS.index("abandoned_within_15_s")
_OVER_40 = COUNTS.index("waited_over_40_s")
_RANG = COUNTS.index("rang_over_three")
_HANDLE = COUNTS.index("handle_s")
_STAFFED = COUNTS.index("staffed_s")
_LIMITS = len(WAIT_THRESHOLDS_S)
_THRESHOLDS = tuple(float(threshold) for threshold in WAIT_THRESHOLDS_S)
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
    out[:] = 0
    order = call_order(rows["call"], callers)
    count_rows(rows, order, interval_s, ring_s, short_abandon_s, interval_date, serving, out, served)
    share_staffed(stays["group"], stays["start_s"], stays["end_s"], interval_s, interval_date, served, serves, out)


@inlined
def interval_at(time_s: float, guess: int, interval_s: float, intervals: int) -> int:
    """``min(time_s // interval_s, intervals − 1)``, quickly where ``guess`` is right."""
    if guess * interval_s < time_s < (guess + 1) * interval_s:
        return min(guess, intervals - 1)
    return min(int(time_s // interval_s), intervals - 1)


@kernel
def call_order(call: NDArray[np.int32], callers: int) -> Integers:
    """Rows in the order (call, attempt), where rows 0 … callers − 1 are first attempts and redials follow as they came."""
    size = len(call)
    place = np.zeros(callers + 1, dtype=np.int64)
    for row in range(size):
        place[call[row] + 1] += 1
    for caller in range(callers):
        place[caller + 1] += place[caller]
    order = np.empty(size, dtype=np.int64)
    for row in range(size):
        caller = call[row]
        order[place[caller]] = row
        place[caller] += 1
    return order


@kernel
def count_rows(
    rows: Records,
    order: Integers,
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
        order: the rows to count, in the order of adding, see :func:`call_order`.
        interval_s: length of an interval.
        ring_s: the centre's ring.
        short_abandon_s: who gives up sooner is a short abandon.
        interval_date: (T,) date of each interval.
        serving: (L, T) group of each line.
        out: (L, D, counts), zeros; filled but for ``staffed_s``.
        served: (G, L, D), zeros; calls queued for each group.
    """
    lines, days, counts = out.shape
    intervals = len(interval_date)
    rang = ring_s > _THREE_RINGS_S
    cells = out.reshape(lines * days, counts)  # indexed below without views, whose references would be counted
    for row in order:
        call = rows[row]
        line, outcome = int(call.line), call.outcome
        cell = line * days + interval_date[interval_at(call.arrived_s, int(call.interval), interval_s, intervals)]
        cells[cell, _OFFERED] += 1
        if not np.isnan(call.queued_s):
            at = interval_at(call.queued_s, int(call.queued_s / interval_s), interval_s, intervals)
            served[serving[line, at], line, interval_date[at]] += 1
        if not np.isnan(call.called_back_s):
            cells[cell, _CALLED_BACK] += 1
        if outcome == ANSWERED:
            wait_s = call.answered_s - call.queued_s
            cells[cell, _IVR_ANSWERED] += 1
            cells[cell, _QUEUED] += 1
            cells[cell, _ANSWERED] += 1
            cells[cell, _WAIT_ANSWERED] += wait_s
            cells[cell, _WAIT_DIALLING] += call.answered_s - call.arrived_s
            cells[cell, _WAIT_ALL] += wait_s
            cells[cell, _HANDLE] += call.handle_s
            for k in range(_LIMITS):
                cells[cell, _WITHIN + k] += wait_s <= _THRESHOLDS[k]
            cells[cell, _OVER_40] += wait_s > 40
            cells[cell, _RANG] += rang
        elif outcome == ABANDONED:
            wait_s = call.ended_s - call.queued_s
            cells[cell, _IVR_ANSWERED] += 1
            cells[cell, _QUEUED] += 1
            cells[cell, _ABANDONED] += 1
            cells[cell, _WAIT_ALL] += wait_s
            cells[cell, _SHORT] += wait_s < short_abandon_s
            cells[cell, _GONE_15] += wait_s <= 15
            cells[cell, _OVER_40] += wait_s > 40
        elif outcome == BLOCKED:
            cells[cell, _BLOCKED] += 1
        elif outcome == CLOSED:
            cells[cell, _CLOSED] += 1
            cells[cell, _IVR_ANSWERED] += call.ended_s > call.arrived_s
        else:
            cells[cell, _IVR_ANSWERED] += 1
            cells[cell, _QUEUED] += outcome == CALL_BACK_ACCEPTED
            cells[cell, _IVR_COMPLETED] += outcome == IVR_COMPLETED
            cells[cell, _IVR_ABANDONED] += outcome == IVR_ABANDONED


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
