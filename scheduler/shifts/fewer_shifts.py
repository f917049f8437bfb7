"""Few distinct shifts: which starts and lengths to keep, where only so many may be in use or each of them costs.

A limit on distinct shifts makes the choice one of sets, for which the linear relaxation says little (a shift in use for
one post of a possible hundred counts as a hundredth of a shift). The set is therefore chosen by dropping: the relaxation
over the shifts still allowed says which are used least; a part of these goes, until the limit is kept; then single
shifts are left out, exchanged (for neighbours in start or length first, then for any other) or added as long as that
helps. Sets are compared by one relaxation whose columns open and close, each time solved from the last basis. A bound
comes from the relaxation without the limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from scheduler.shifts.implicit_model import Limits, shift_program
from scheduler.shifts.program_parts import whole_part
from scheduler.shifts.relaxation import Relaxation
from scheduler.shifts.shift_space import ShiftSpace
from scheduler.shifts.work_budget import Budget

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


def few_kinds(space: ShiftSpace, need: Counts, budget: Budget) -> frozenset[int] | None:
    """The shift kinds to keep; None where distinct shifts are neither limited nor priced, or the program is small.

    Args:
        need: ``(G, T)`` heads.
        budget: work for comparing sets, about.
    """
    design = space.design
    if (design.shifts_max is None and design.cost_per_shift == 0) or len(space) <= EXACT_OPTIONS:
        return None
    limits = Limits(counted=False, short_price_per_h=SHORT_FACTOR * design.cost_per_h)
    made = shift_program(space, need, limits)
    part = whole_part(made.program)
    relaxed = Relaxation(part, budget, lambda: None)

    def cost_of(kinds: frozenset[int]) -> tuple[float, Counts]:
        """Cost of the relaxation, and the kinds that it uses, least used first."""
        high = part.high.copy()
        high[made.posts[~np.isin(space.kind, list(kinds))]] = 0.0
        relaxed.bounded(part.low, high)
        x, value = relaxed.solve()
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
    while len(used) > 1 and (len(used) > most or worse < PATIENCE) and budget.left_s > -budget.seconds:
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
    return _exchanged(space, best, best_cost, most, cost_of, budget)


def _exchanged(
    space: ShiftSpace,
    best: frozenset[int],
    best_cost: float,
    most: int,
    cost_of: Callable[[frozenset[int]], tuple[float, Counts]],
    budget: Budget,
) -> frozenset[int]:
    """Single kinds left out, exchanged for neighbours in start or length, then for any other, or added, while that helps and
    work is left."""
    offered = np.unique(space.kind).tolist()
    near = _neighbours(space)

    def moves() -> Iterator[frozenset[int]]:
        if len(best) > 1:
            yield from (best - {kind} for kind in sorted(best))
        for others in (near, dict.fromkeys(offered, offered)):
            for kind in sorted(best):
                yield from (best - {kind} | {other} for other in others[kind] if other not in best)
        if len(best) < most:
            yield from (best | {other} for other in offered if other not in best)

    while True:
        for tried in moves():
            if budget.left_s <= 0:
                return best
            value, used = cost_of(tried)
            if value < best_cost - 1e-9:
                best, best_cost = frozenset(used.tolist()), value
                break
        else:
            return best


def _neighbours(space: ShiftSpace) -> dict[int, list[int]]:
    """For each kind those one step of start or length, or of both, away."""
    places = {(k.start_min, k.length_min): n for n, k in enumerate(space.kinds)}
    starts, lengths = sorted({p[0] for p in places}), sorted({p[1] for p in places})
    found: dict[int, list[int]] = {}
    for number, kind in enumerate(space.kinds):
        s, m = starts.index(kind.start_min), lengths.index(kind.length_min)
        at = [
            (starts[(s + ds) % len(starts)], lengths[m + dm])
            for ds, dm in ((-1, 0), (1, 0), (0, 1), (0, -1), (-1, 1), (1, -1))
            if 0 <= m + dm < len(lengths)
        ]
        found[number] = [places[place] for place in at if place in places]
    return found
