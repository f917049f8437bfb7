"""Better answers, window after window: the posts begun in a stretch of time are free, the others stay.

Large neighbourhood search. With the free posts go all columns that share a row with them (breaks, heads short or serving),
so that a window is a small program of its own: a few hundred columns, whose relaxation takes some milliseconds. Where the
relaxation's cost is no lower than what is there, the window cannot be improved; else a dive tries, and where that fails in a
small window, branch and bound. Every other window may also end at another answer of the same cost, which moves the search
along where many answers cost the same. Windows grow where nothing can be gained and shrink where dives fail.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from scheduler.shifts.branch_and_bound import branch
from scheduler.shifts.dive import HASTE, dive
from scheduler.shifts.program_parts import Part, rest_of, rounded, step_of
from scheduler.shifts.relaxation import Relaxation
from scheduler.shifts.work_budget import Budget

__all__ = ["better_windows"]

Floats = NDArray[np.float64]

WIDE = 48
"""Slots of a window at first."""
NARROW = 6.0
"""Slots of a window at least."""
GROWN, SHRUNK = 1.08, 0.97
"""How windows change where nothing can be gained, and else."""
EXACT = 150
"""Whole columns up to which a window that no dive improves is given to branch and bound."""
EXACT_NODES = 200
"""Nodes for it."""
IDLE = 120
"""Windows in a row without a gain after which the search ends."""


def better_windows(
    part: Part, best: Floats, bound: float, budget: Budget, seed: int, gap: float, tell: Callable[[], None]
) -> tuple[Floats, bool]:
    """An answer no worse than ``best``, until the budget is spent, the gap closed, or nothing is left to try; and whether
    the search was interrupted."""
    rng = np.random.default_rng(seed)
    by_columns = part.matrix.tocsc()
    wide = float(min(part.slots, WIDE))
    step = step_of(part)
    value = float(part.cost @ best)
    idle = turn = 0
    try:
        while budget.left_s > 0 and idle < IDLE and value - bound > gap * max(1.0, abs(value)):
            turn += 1
            free = _free(part, by_columns, rng, wide)
            window = rest_of(part, by_columns, free, best)
            there = float(window.cost @ best[free])
            better = there - max(0.5 * step, 1e-7 * max(1.0, abs(value)))
            below = better if turn % 2 else there + 1e-7 * max(1.0, abs(there))
            relaxed = Relaxation(window, budget, tell)
            x, least = relaxed.solve()
            found = None if x is None or least > below else dive(relaxed, x, HASTE, below=below)
            settled = least > better
            if not settled and found is None and window.whole.sum() <= EXACT:
                exact = branch(window, window.low, window.high, 0.0, EXACT_NODES, budget, tell)
                found = None if exact.x is None else rounded(window, exact.x)
                settled = exact.status == 0
            idle += 1
            if found is not None and float(window.cost @ found) <= below:
                best = best.copy()
                best[free] = found
                now = float(part.cost @ best)
                idle = 0 if now < value - 1e-9 else idle
                value = now
            if settled and len(free) == len(best):
                break
            wide = min(wide * GROWN, part.slots) if settled else max(wide * SHRUNK, min(NARROW, part.slots))
    except KeyboardInterrupt:
        return best, True
    return best, False


def _free(part: Part, by_columns: sparse.csc_array, rng: np.random.Generator, wide: float) -> NDArray[np.int64]:
    """Posts begun in a window, and whatever shares a row with them, rising."""
    first = int(rng.integers(part.slots))
    inside = (part.at < 0) | ((part.at - first) % part.slots < wide)
    lead = np.flatnonzero(part.lead & inside)
    rows = np.unique(by_columns[:, lead].indices)
    near = np.unique(part.matrix[rows].indices)
    return np.sort(np.concatenate([lead, near[~part.lead[near]]])).astype(np.int64)
