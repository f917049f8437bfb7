"""Solving one part of the program of shift choice: exactly where it is small, else by a dive and windows.

The second and third step of :mod:`scheduler.shifts.solve_program`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scheduler.shifts.branch_and_bound import INFEASIBLE, branch
from scheduler.shifts.dive import CARE, HASTE, dive
from scheduler.shifts.program_parts import Part, rounded, step_of, stepped
from scheduler.shifts.relaxation import Relaxation
from scheduler.shifts.windows import better_windows
from scheduler.shifts.work_budget import Budget

__all__ = ["PROVEN", "Answer", "Status", "solve_part"]

Floats = NDArray[np.float64]
Status = Literal["optimal", "feasible", "interrupted", "infeasible", "unknown"]

PROVEN = 1e-6
"""Relative gap at which an answer counts as optimal."""
SMALL = 1500
"""Whole columns up to which a part is first given to branch and bound as it is."""
EXACT_SHARE = 0.5
"""Of the work, so much goes to branch and bound where a part is small."""
TOO_FAR = 0.01
"""Gap above which a dive is made again with care."""
LAST_NODES = 1000
"""Nodes of branch and bound where no dive found an answer."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What was found."""

    x: Floats | None
    objective: float
    bound: float
    status: Status


def solve_part(
    part: Part,
    budget: Budget,
    seed: int,
    gap: float,
    hurried: bool,
    tell: Callable[[], None],
    start: Floats | None = None,
) -> Answer:
    """The best answer found for one part within about the budget, no worse than ``start``; hurried: the first one.

    Raises:
        KeyboardInterrupt: interrupted before an answer was found.
    """
    best = start
    status: Status = "feasible"
    bound = -np.inf
    try:
        relaxed = Relaxation(part, budget, tell)
        x, value = relaxed.solve()
        if x is None:
            return _without_relaxation(part, budget, tell)
        bound = stepped(part, value)
        if part.whole.sum() <= SMALL and not hurried:
            exact = _exact(part, bound, gap, budget, tell)
            bound = max(bound, exact.bound)
            if exact.status == "infeasible":
                return exact
            if exact.x is not None and (best is None or exact.objective < part.cost @ best - 1e-9):
                best = exact.x
        if best is None:
            best = dive(relaxed, x, HASTE)
            if best is None or part.cost @ best - bound > TOO_FAR * abs(bound):
                relaxed.bounded(part.low, part.high)
                again = dive(relaxed, x, CARE)
                if again is not None and (best is None or part.cost @ again < part.cost @ best):
                    best = again
        if best is None:
            found = branch(part, part.low, part.high, 0.01, LAST_NODES, budget, tell)
            if found.x is None:
                none: Status = "infeasible" if found.status == INFEASIBLE else "unknown"
                return Answer(None, np.inf, np.inf if none == "infeasible" else bound, none)
            best = rounded(part, found.x)
        if not hurried:
            best, stopped = better_windows(part, best, bound, budget, seed, max(gap, PROVEN), tell)
            status = "interrupted" if stopped else status
    except KeyboardInterrupt:
        if best is None:
            raise
        status = "interrupted"
    value = float(part.cost @ best)
    if value - bound <= PROVEN * max(1.0, abs(value)):
        return Answer(best, value, value, "optimal")
    return Answer(best, value, min(bound, value), status)


def _without_relaxation(part: Part, budget: Budget, tell: Callable[[], None]) -> Answer:
    """What HiGHS makes of a part whose relaxation GLOP did not solve, mostly because it has no answer."""
    relaxed = branch(part, part.low, part.high, 0.0, LAST_NODES, budget, tell, whole=False)
    if relaxed.status == INFEASIBLE:
        return Answer(None, np.inf, np.inf, "infeasible")
    found = branch(part, part.low, part.high, 0.01, LAST_NODES, budget, tell)
    if found.x is None:
        none: Status = "infeasible" if found.status == INFEASIBLE else "unknown"
        return Answer(None, np.inf, np.inf if none == "infeasible" else -np.inf, none)
    best = rounded(part, found.x)
    value = float(part.cost @ best)
    return Answer(best, value, min(value, stepped(part, float(found.mip_dual_bound))), "feasible")


def _exact(part: Part, bound: float, gap: float, budget: Budget, tell: Callable[[], None]) -> Answer:
    """Branch and bound of the whole part; an answer less than one step of the cost above the bound is the least."""
    best, value = None, np.inf
    size = max(1.0, abs(bound))
    until = budget.left_s * (1 - EXACT_SHARE)
    while True:
        near = max(gap, 0.98 * step_of(part) / size)
        nodes = budget.nodes(part.matrix.nnz, budget.left_s - until)
        if not nodes:
            return Answer(best, value, bound, "feasible")
        found = branch(part, part.low, part.high, near, nodes, budget, tell)
        if found.status == INFEASIBLE:
            return Answer(None, np.inf, np.inf, "infeasible")
        if found.mip_dual_bound is not None:
            bound = max(bound, stepped(part, float(found.mip_dual_bound)))
        if found.x is not None and found.fun < value - 1e-9:
            best = rounded(part, found.x)
            value = float(part.cost @ best)
        if found.status != 0 or near <= gap or float(found.fun) <= max(size, bound) * (1 + PROVEN):
            return Answer(best, value, bound, "feasible")
        size = abs(float(found.fun))
