"""Few distinct shifts: which starts and lengths to keep, where only so many may be in use or each of them costs.

A limit on distinct shifts makes the choice one of sets, for which the linear relaxation says little (a shift in use for
one post of a possible hundred counts as a hundredth of a shift). The set is therefore chosen by dropping: the relaxation
over the shifts still allowed says which are used least; a part of these goes, until the limit is kept; then single
shifts are exchanged for their neighbours in start or length as long as that helps. A bound comes from the relaxation
without the limit.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from scheduler.shifts.implicit_model import Limits, shift_program
from scheduler.shifts.shift_space import ShiftSpace
from scheduler.shifts.solve_program import relax_program

__all__ = ["few_kinds"]

Counts = NDArray[np.int64]
DROPPED_SHARE = 0.25
"""Of the shifts in use, so many go at once."""
EXACT_OPTIONS = 400
"""Up to so many options the sets are left to branch and bound."""
PATIENCE = 3
"""Further drops that do not help, before dropping ends."""
SHORT_FACTOR = 1000.0
"""While sets are compared, an hour short counts like so many paid hours."""


def few_kinds(space: ShiftSpace, need: Counts, seconds: float) -> frozenset[int] | None:
    """The shift kinds to keep; None where distinct shifts are neither limited nor priced, or the program is small.

    Args:
        need: ``(G, T)`` heads.
        seconds: time for comparing sets, about.
    """
    design = space.design
    if (design.shifts_max is None and design.cost_per_shift == 0) or len(space) <= EXACT_OPTIONS:
        return None
    until = time.monotonic() + seconds

    def cost_of(kinds: frozenset[int]) -> tuple[float, Counts]:
        """Cost of the relaxation, and the kinds that it uses, least used first."""
        limits = Limits(kinds=kinds, counted=False, short_price_per_h=SHORT_FACTOR * design.cost_per_h)
        made = shift_program(space, need, limits)
        x, value = relax_program(made.program)
        if x is None:
            return np.inf, np.array(sorted(kinds), dtype=np.int64)
        worked = np.array([k.work_h for k in space.kinds])[space.kind]
        use = np.bincount(space.kind, weights=x[made.posts] * worked, minlength=len(space.kinds))
        used = np.flatnonzero(use > 1e-6)
        return value + design.cost_per_shift * len(used), used[np.argsort(use[used], kind="stable")]

    most = design.shifts_max or len(space.kinds)
    best_cost, used = cost_of(frozenset(np.unique(space.kind).tolist()))
    best: frozenset[int] | None = frozenset(used.tolist()) if len(used) <= most else None
    worse = 0
    while len(used) > 1 and (len(used) > most or worse < PATIENCE) and time.monotonic() < until + seconds:
        kept = len(used) - max(1, int(DROPPED_SHARE * len(used)))
        kept = max(kept, most) if len(used) > most else kept
        value, used = cost_of(frozenset(used[len(used) - kept :].tolist()))
        if len(used) > most:
            continue
        if best is None or value < best_cost - 1e-9:
            best, best_cost, worse = frozenset(used.tolist()), value, 0
        else:
            worse += 1
    if best is None:
        best = frozenset(used[-most:].tolist())
        best_cost, _ = cost_of(best)
    return _exchanged(space, best, best_cost, most, cost_of, until)


def _exchanged(
    space: ShiftSpace,
    best: frozenset[int],
    best_cost: float,
    most: int,
    cost_of: Callable[[frozenset[int]], tuple[float, Counts]],
    until: float,
) -> frozenset[int]:
    """Single kinds exchanged for neighbours, added where the limit allows, while that helps and time is left."""
    places = {(k.start_min, k.length_min): n for n, k in enumerate(space.kinds)}
    starts, lengths = sorted({p[0] for p in places}), sorted({p[1] for p in places})
    moved = True
    while moved and time.monotonic() < until:
        moved = False
        for kind in sorted(best):
            at = space.kinds[kind]
            s, m = starts.index(at.start_min), lengths.index(at.length_min)
            for ds, dm in ((-1, 0), (1, 0), (0, 1), (0, -1), (-1, 1), (1, -1)):
                if time.monotonic() >= until:
                    return best
                m2 = m + dm
                other = places.get((starts[(s + ds) % len(starts)], lengths[m2])) if 0 <= m2 < len(lengths) else None
                if other is None or other in best:
                    continue
                tried = best - {kind} | {other}
                value, _ = cost_of(tried)
                if value < best_cost - 1e-9:
                    best, best_cost, moved = tried, value, True
                    break
    return best
