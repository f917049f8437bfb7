"""Solving one part of the program of shift choice: exactly where it is small, else by a dive and windows.

The second and third step of :mod:`scheduler.shifts.solve_program`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from scheduler.shifts.program_parts import Part, cut_part, rounded, step_of, stepped

__all__ = ["PROVEN", "WHOLE", "Answer", "Clock", "Status", "run_part", "solve_part"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Status = Literal["optimal", "feasible", "interrupted", "infeasible", "unknown"]

WHOLE = 1e-6
"""A number so near to a whole one is whole."""
PROVEN = 1e-6
"""Relative gap at which an answer counts as optimal."""
SMALL = 1500
"""Whole columns up to which a part is first given to branch and bound as it is."""
HASTE = (0.5, 0.3)
"""Of the posts that are no whole numbers, so many are raised before the next relaxation; those below this part of the next
whole number are let go instead."""
CARE = (0.3, 0.15)
"""The same where haste has led too far from the bound."""
TOO_FAR = 0.01
"""Gap above which a dive is made again with care."""
WINDOW_S = 4.0
"""Time for one window."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What was found."""

    x: Floats | None
    objective: float
    bound: float
    status: Status


class Clock:
    """When the time is up."""

    def __init__(self, seconds: float) -> None:
        self.ends = time.monotonic() + seconds

    @property
    def left_s(self) -> float:
        """Seconds left; below zero when it is up."""
        return self.ends - time.monotonic()


def solve_part(
    part: Part,
    seconds: float,
    seed: int,
    gap: float,
    hurried: bool,
    tell: Callable[[], None],
    start: Floats | None = None,
) -> Answer:
    """The best answer found for one part in about ``seconds``, no worse than ``start``; hurried: the first that is found.

    Raises:
        KeyboardInterrupt: interrupted before an answer was found.
    """
    clock = Clock(seconds)
    best = start
    status: Status = "feasible"
    try:
        relaxed = run_part(part, part.low, part.high, None, max(30.0, clock.left_s), 0.0, tell)
        if relaxed.status == 2:
            return Answer(None, np.inf, np.inf, "infeasible")
        if relaxed.x is None:
            return Answer(None, np.inf, -np.inf, "unknown")
        bound = stepped(part, float(relaxed.fun))
        if part.whole.sum() <= SMALL and not hurried:
            # An answer less than one step of the cost above the bound is the least.
            size = max(1.0, abs(bound))
            while True:
                near = max(gap, 0.98 * step_of(part) / size)
                found = run_part(part, part.low, part.high, part.whole, clock.left_s, near, tell)
                if found.status == 2:
                    return Answer(None, np.inf, np.inf, "infeasible")
                if found.mip_dual_bound is not None:
                    bound = max(bound, stepped(part, float(found.mip_dual_bound)))
                if found.x is not None and (best is None or found.fun < part.cost @ best - 1e-9):
                    best = rounded(part, found.x)
                if found.status != 0 or near <= gap or float(found.fun) <= max(size, bound) * (1 + PROVEN):
                    break
                size = abs(float(found.fun))
        if best is None:
            best = _dive(part, relaxed.x, HASTE, clock, tell)
            far = best is None or (clock.left_s > 0 and part.cost @ best - bound > TOO_FAR * abs(bound))
            if far:
                again = _dive(part, relaxed.x, CARE, clock, tell)
                if again is not None and (best is None or part.cost @ again < part.cost @ best):
                    best = again
        if best is None:
            found = run_part(part, part.low, part.high, part.whole, max(5.0, clock.left_s), 0.01, tell)
            if found.status == 2:
                return Answer(None, np.inf, np.inf, "infeasible")
            if found.x is None:
                return Answer(None, np.inf, bound, "unknown")
            best = rounded(part, found.x)
        if not hurried:
            best = _windows(part, best, bound, clock, seed, gap, tell)
    except KeyboardInterrupt:
        if best is None:
            raise
        status = "interrupted"
    value = float(part.cost @ best)
    if value - bound <= PROVEN * max(1.0, abs(value)):
        return Answer(best, value, value, "optimal")
    return Answer(best, value, min(bound, value), status)


def run_part(
    part: Part, low: Floats, high: Floats, whole: Flags | None, seconds: float, gap: float, tell: Callable[[], None]
) -> Any:
    """HiGHS in a thread of its own, so that an interruption is heard at once."""
    found: list[Any] = []

    def work() -> None:
        found.append(
            optimize.milp(
                part.cost,
                integrality=np.zeros(len(part.cost), dtype=np.int64) if whole is None else whole.astype(np.int64),
                bounds=optimize.Bounds(low, high),
                constraints=optimize.LinearConstraint(part.matrix, part.least, part.most) if len(part.least) else (),
                options={"time_limit": max(0.1, seconds), "mip_rel_gap": gap},
            )
        )

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.2)
        tell()
    if not found:
        raise RuntimeError("the solver ended without an answer")
    return found[0]


def _dive(part: Part, x: Floats, pace: tuple[float, float], clock: Clock, tell: Callable[[], None]) -> Floats | None:
    """Whole numbers near the relaxation's; None where they break a limit."""
    low, high = part.low.copy(), part.high.copy()
    lead = np.flatnonzero(part.lead & part.whole)
    while True:
        tell()
        above = x[lead] - np.floor(x[lead] + WHOLE)
        open_still = np.flatnonzero(above > WHOLE)
        if not len(open_still):
            break
        nearest = open_still[np.argsort(-above[open_still], kind="stable")]
        raised = lead[nearest[: max(5, int(pace[0] * len(nearest)))]]
        low[raised] = np.ceil(x[raised] - WHOLE)
        dropped = lead[open_still[above[open_still] < pace[1]]]
        dropped = np.setdiff1d(dropped, raised)
        high[dropped] = np.floor(x[dropped] + WHOLE)
        found = run_part(part, low, high, None, max(10.0, clock.left_s), 0.0, tell)
        if found.x is None:
            high[lead] = part.high[lead]
            found = run_part(part, low, high, None, max(10.0, clock.left_s), 0.0, tell)
        if found.x is None:
            return None
        x = found.x
    settled = np.rint(x[lead])
    low[lead] = settled
    for spare in (0.0, 1.0):
        high[lead] = np.minimum(part.high[lead], settled + spare)
        found = run_part(part, low, high, part.whole, max(5.0, clock.left_s), 1e-3, tell)
        if found.x is not None:
            return rounded(part, found.x)
    return None


def _windows(
    part: Part, best: Floats, bound: float, clock: Clock, seed: int, gap: float, tell: Callable[[], None]
) -> Floats:
    """Better answers, window after window, until the time is up, the gap closed, or nothing is left to try."""
    rng = np.random.default_rng(seed)
    by_columns = part.matrix.tocsc()
    wide = float(min(part.slots, 48))
    idle, step = 0, step_of(part)
    value = float(part.cost @ best)
    while clock.left_s > 0.5 and idle < 40:
        if value - bound <= max(gap, PROVEN) * max(1.0, abs(value)):
            break
        first = int(rng.integers(part.slots))
        away = (part.at - first) % part.slots
        free = np.flatnonzero((part.at < 0) | (away < wide))
        fixed = np.ones(len(best), dtype=bool)
        fixed[free] = False
        rows = np.unique(by_columns[:, free].indices).astype(np.int64)
        window = cut_part(part, by_columns, free, rows)
        base = part.matrix[rows][:, np.flatnonzero(fixed)] @ best[fixed]
        window = replace(window, least=window.least - base, most=window.most - base)
        near = max(1e-5, 0.98 * step / max(1.0, float(part.cost[free] @ best[free])))
        found = run_part(window, window.low, window.high, window.whole, min(WINDOW_S, clock.left_s), near, tell)
        if found.x is not None:
            tried = best.copy()
            tried[free] = rounded(window, found.x)
            there = float(part.cost @ tried)
            idle = 0 if there < value - 1e-9 else idle + 1
            if there <= value + 1e-9:
                best, value = tried, there
        else:
            idle += 1
        wide = min(wide * 1.25, part.slots) if found.status == 0 else max(wide * 0.8, 8.0)
        if found.status == 0 and len(free) == len(best):
            break
    return best
