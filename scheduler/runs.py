"""Runs of days with duties and of days off, of one agent: which of them are too short to stand.

A day counts as worked when a duty begins on it; leave is time off like any other. What lies before the roster is unknown
without a history: a run that reaches the first day (or its eve) may have begun earlier. A run that reaches the last day may go on after
it. A run wholly in the past is not judged.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from scheduler.slots import PAST_DAYS, Slots

__all__ = ["runs_of", "short_gaps", "short_runs"]

Row = NDArray[np.bool_]


def runs_of(row: Row) -> list[tuple[int, int]]:
    """(first, last) day of every run of set days."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], row, [False])).astype(np.int8)))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def short_runs(slots: Slots, row: Row, fresh: Row, least: int) -> list[tuple[int, int]]:
    """(first, last) of runs of worked days that are shorter than ``least`` and not excused.

    ``row`` and ``fresh`` are (days,): a duty begins on the day, and it is one of this roster.
    """
    found = []
    for first, last in runs_of(row):
        unknown_before = slots.problem.history is None and first <= PAST_DAYS
        open_after = last >= slots.period.stop - 1
        if last - first + 1 < least and not unknown_before and not open_after and fresh[first : last + 1].any():
            found.append((first, last))
    return found


def short_gaps(row: Row, fresh: Row, least: int) -> list[tuple[int, int]]:
    """(last day worked before, first day worked after) of gaps of fewer than ``least`` days off that a fresh duty ends."""
    runs = runs_of(row)
    return [(a, b) for (_, a), (b, _) in pairwise(runs) if b - a - 1 < least and fresh[b]]
