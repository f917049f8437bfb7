"""The best that places can do where they cannot keep a day's goals: how little the worst goal need overrun its limit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from wfm.staffing.day_terms import Counts, DayTerms, Floats
from wfm.staffing.seat_path import seat_path

__all__ = ["Overrun", "least_overrun"]

_CUTS = 60
_CUT_GAP = 1e-5
_IDLE_CUTS = 3
"""Where an interval's last places fall on a straight piece of the hull, cuts end without closing the gap."""


@dataclass(frozen=True, slots=True)
class Overrun:
    """How near the places come to a day's limits; in parts of what they allow."""

    level: Counts
    """The levels found that overrun their worst row least, ``(C,)``."""
    bound: float
    """No levels overrun their worst row by less; 0 or below where none need to."""
    weights: Floats
    """The rows' weights that prove it, ``(R,)``."""


def least_overrun(day: DayTerms, start: Floats | None = None) -> Overrun:
    """The least overrun of the worst row: max over weights λ ≥ 0, Σ λ = 1, of the least λ·excess within the places.

    The inner optimum is marginal allocation until the places are full; the weights are found by cutting planes
    (J. E. Kelley 1960), from ``start`` if given.
    """
    rows, cells = len(day.base), np.arange(len(day.interval))
    last = day.allowed.sum(axis=1) - 1
    weights = np.full(rows, 1 / rows) if start is None else start
    bound, least, best = -np.inf, np.inf, np.zeros(len(cells), dtype=np.int64)
    cuts: list[Floats] = []
    idle = 0
    for _ in range(_CUTS):
        values = np.tensordot(weights, day.excess, axes=1)
        path = seat_path(values, day.allowed, day.interval, day.room)
        beyond = np.where(day.cut, values[cells, last] - weights @ day.floor, 0.0).sum()
        reached = float(weights @ day.base + values[:, 0].sum() - path.gain.sum() - beyond)
        idle = 0 if reached > bound + _CUT_GAP else idle + 1
        bound = max(bound, reached)
        level = path.levels_after(len(path.cell), len(cells))
        excess = day.excess_at(level)
        if excess.max() < least:
            least, best = float(excess.max()), level
        cuts.append(excess)
        if rows == 1 or least <= bound + _CUT_GAP or idle > _IDLE_CUTS:
            break
        # Largest z with z ≤ weights·excess for every allocation seen.
        solved = linprog(
            np.append(np.zeros(rows), -1.0),
            A_ub=np.column_stack([-np.array(cuts), np.ones(len(cuts))]),
            b_ub=np.zeros(len(cuts)),
            A_eq=np.append(np.ones(rows), 0.0)[None],
            b_eq=[1.0],
            bounds=[(0, None)] * rows + [(None, None)],
            method="highs",
        )
        if solved.x is None or solved.x[-1] <= bound + _CUT_GAP:
            break
        weights = np.maximum(solved.x[:-1], 0.0)
        weights /= weights.sum()
    return Overrun(best, bound, weights)
