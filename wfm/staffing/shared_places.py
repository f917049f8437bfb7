"""Groups that compete for the places of one interval: the best split for given prices of the goals, exactly.

Where an interval's places bind and the groups' excess is not convex, the hull of each group says too little: it
may pay to let one group go without so that another keeps its callers. For prices λ of the goals the best split of
at most m seats is a small dynamic programme over the groups; over the day it gives a Lagrangian bound that is never
below that of prices on places, and whole seats that fit (M. L. Fisher 1981, "The Lagrangian relaxation method").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wfm.staffing.day_terms import Counts, DayTerms, Flags, Floats

__all__ = ["Split", "best_split", "tight_intervals"]


@dataclass(frozen=True, slots=True)
class Split:
    """The levels that minimise Σ level + λ·excess within the places, and what that proves."""

    level: Counts
    """``(C,)``"""
    bound: float
    """No levels that keep the goals are fewer."""


def tight_intervals(day: DayTerms) -> Flags:
    """Intervals in which all levels together exceed the room, ``(T,)``."""
    wished = np.bincount(day.interval, weights=day.allowed.sum(axis=1) - 1, minlength=len(day.room))
    return np.asarray(wished > day.room)


def best_split(day: DayTerms, price: Floats) -> Split:
    """The optimum for the rows' prices ``(R,)``; cells of an interval are split only where it is tight."""
    cells, levels = day.allowed.shape
    counts = day.allowed.sum(axis=1)
    # One level more stands for all above the table: a level at least, and the floor of every excess.
    cost = np.full((cells, levels + 1), np.inf)
    cost[:, :levels] = np.where(day.allowed, np.arange(levels) + np.tensordot(price, day.excess, axes=1), np.inf)
    cost[day.cut, counts[day.cut]] = (counts + price @ day.floor)[day.cut]
    level = cost.argmin(axis=1)
    tight = tight_intervals(day)
    free = ~tight[day.interval]
    total = float(cost[free, level[free]].sum())
    if tight.any():
        some = np.flatnonzero(~free)
        # Cells of one interval side by side; a cell that another interval lacks has one level that costs nothing.
        order = some[np.argsort(day.interval[some], kind="stable")]
        at = np.searchsorted(np.flatnonzero(tight), day.interval[order])
        slot = np.arange(len(order)) - np.searchsorted(at, at)
        table = np.full((int(slot.max()) + 1, int(tight.sum()), levels + 1), np.inf)
        table[:, :, 0] = 0.0
        table[slot, at] = cost[order]
        sums, picked = _within_room(table, day.room[tight])
        level[order] = picked[slot, at]
        total += float(sums.sum())
    return Split(np.minimum(level, counts - 1).astype(np.int64), total + float(price @ day.base))


def _within_room(table: Floats, room: Counts) -> tuple[Floats, Counts]:
    """Least Σ over groups of ``table`` ``(G, T, L)`` with at most ``room`` ``(T,)`` levels; sums ``(T,)`` and levels ``(G, T)``."""
    groups, intervals, levels = table.shape
    width = int(room.max()) + 1
    best = np.zeros((intervals, width))
    chosen = np.zeros((groups, intervals, width), dtype=np.int64)
    for g in range(groups):
        after = np.full((intervals, width), np.inf)
        for k in range(min(levels, width)):
            offer = best[:, : width - k] + table[g, :, k][:, None]
            better = offer < after[:, k:]
            np.copyto(after[:, k:], offer, where=better)
            np.copyto(chosen[g][:, k:], k, where=better)
        best = after
    left = room.copy()
    rows = np.arange(intervals)
    picked = np.zeros((groups, intervals), dtype=np.int64)
    for g in range(groups - 1, -1, -1):
        picked[g] = chosen[g][rows, left]
        left = left - picked[g]
    return best[rows, room], picked
