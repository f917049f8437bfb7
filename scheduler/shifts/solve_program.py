"""Solving the integer programs of shift choice: bound first, then a dive to whole numbers, then window after window.

HiGHS (through SciPy) solves the linear relaxation of a week of 400 seats at 15 minutes with breaks in half a second, and
its bound is within a thousandth of the best whole-numbered answer; its search for that answer, and CP-SAT's, needs half
a minute for as much as one per cent. So the answer is found from the relaxation:

1. parts of the program that share no row are solved one by one; small ones exactly, by branch and bound;
2. *dive*: the posts nearest to the next whole number are raised to it, the relaxation is solved again, until all are
   whole; breaks follow (with all posts whole they form a flow);
3. *windows* (large neighbourhood search): all columns of a stretch of time are free, the others stay; a small integer
   program finds the best of them. Stretches grow where they are solved to the end, and shrink where they are not.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse
from scipy.sparse import csgraph

from scheduler.shifts.program import Program
from wfm.execution import Progress, no_progress

__all__ = ["Answer", "Status", "relax_program", "solve_program"]

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
TRIES = 6
"""A part is tried again so often at most."""
WINDOW_S = 4.0
"""Time for one window."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What was found."""

    x: Floats | None
    objective: float
    bound: float
    status: Status


@dataclass(frozen=True, eq=False)
class _Part:
    """A program, or a part of it, as arrays."""

    cost: Floats
    low: Floats
    high: Floats
    whole: Flags
    lead: Flags
    at: NDArray[np.int64]
    matrix: sparse.csr_array
    least: Floats
    most: Floats
    slots: int


class _Clock:
    def __init__(self, seconds: float) -> None:
        self.ends = time.monotonic() + seconds

    @property
    def left_s(self) -> float:
        return self.ends - time.monotonic()


def relax_program(program: Program, seconds: float = 60.0) -> tuple[Floats | None, float]:
    """The answer of the linear relaxation and its cost; None and infinity where there is none.

    Raises:
        KeyboardInterrupt: interrupted.
    """
    part = _whole(program)
    found = _run(part, part.low, part.high, None, seconds, 0.0, lambda: None)
    return (None, np.inf) if found.x is None else (found.x, float(found.fun))


def _whole(program: Program) -> _Part:
    return _Part(
        program.cost,
        *program.bounds,
        program.whole,
        program.lead,
        program.at,
        program.matrix,
        *program.sides,
        program.slots,
    )


def solve_program(
    program: Program,
    seconds: float,
    *,
    seed: int = 1,
    gap: float = PROVEN,
    known: dict[bytes, Answer] | None = None,
    progress: Progress = no_progress,
) -> Answer:
    """The best answer found in about ``seconds``, with the bound proven.

    ``optimal`` is said only of an answer whose cost the bound proves to be least. Ctrl-C ends the search with what is there
    (``interrupted``); before there is any answer it is raised.

    Args:
        gap: relative gap at which the search may stop before its time; what it found is then ``feasible``.
        known: answers of parts of earlier programs, by what they consist of; new ones are added.
        progress: told the share of the time spent, of 100.

    Raises:
        KeyboardInterrupt: interrupted before an answer was found.
    """
    if not program.width:
        return Answer(np.zeros(0), 0.0, 0.0, "optimal")
    every = _whole(program)
    empty = np.diff(every.matrix.indptr) == 0
    if (every.least[empty] > WHOLE).any() or (every.most[empty] < -WHOLE).any():
        return Answer(None, np.inf, np.inf, "infeasible")
    parts = _parts(every)
    clock = _Clock(seconds)
    known = {} if known is None else known
    names = [_fingerprint(part) for _, part in parts]
    alike = Counter(names)
    part_of = dict(zip(names, (part for _, part in parts), strict=True))
    tell = _share_told(progress, seconds, clock)
    sizes = {name: float(len(part.cost)) for name, part in part_of.items() if name not in known}
    hurried = False
    for name in list(sizes):
        share = sizes[name] / sum(sizes.values())
        answer = _solve_part(part_of[name], max(0.2, clock.left_s * share), seed, gap, hurried, tell)
        del sizes[name]
        known[name] = answer
        hurried = hurried or answer.status == "interrupted"
        if answer.x is None:
            return Answer(None, np.inf, -np.inf, answer.status)
    _better_parts(part_of, known, alike, clock, seed, gap, hurried, tell)
    hurried = hurried or any(known[name].status == "interrupted" for name in part_of)
    x = np.zeros(program.width)
    for name, (columns, _) in zip(names, parts, strict=True):
        x[columns] = known[name].x
    progress(100, 100)
    proven = all(known[name].status == "optimal" for name in part_of)
    return Answer(
        x,
        sum(known[name].objective * n for name, n in alike.items()),
        sum(known[name].bound * n for name, n in alike.items()),
        "optimal" if proven else "interrupted" if hurried else "feasible",
    )


def _better_parts(
    part_of: Mapping[bytes, _Part],
    known: dict[bytes, Answer],
    alike: Counter[bytes],
    clock: _Clock,
    seed: int,
    gap: float,
    hurried: bool,
    tell: Callable[[], None],
) -> None:
    """What is left of the time goes to the parts whose gap costs most, longer each time."""
    tried: Counter[bytes] = Counter()

    def open_cost(name: bytes) -> float:
        found = known[name]
        away = found.objective - found.bound
        return (
            0.0 if away <= max(gap, PROVEN) * max(1.0, abs(found.objective)) else alike[name] * away / 2 ** tried[name]
        )

    while not hurried and clock.left_s > 1.0:
        name = max(part_of, key=open_cost)
        if open_cost(name) <= 0 or tried[name] > TRIES:
            return
        open_parts = sum(open_cost(other) > 0 for other in part_of)
        before = known[name]
        seconds = min(clock.left_s, max(1.0, 2.0 ** tried[name] * clock.left_s / open_parts / 2))
        found = _solve_part(part_of[name], seconds, seed + tried[name] + 1, gap, False, tell, before.x)
        tried[name] += 1
        bound = max(before.bound, found.bound)
        best = found if found.objective < before.objective else before
        proven = best.objective - bound <= PROVEN * max(1.0, abs(best.objective))
        status: Status = "optimal" if proven else "interrupted" if found.status == "interrupted" else "feasible"
        known[name] = Answer(best.x, best.objective, best.objective if proven else bound, status)
        if found.status == "interrupted":
            return


def _fingerprint(part: _Part) -> bytes:
    """The same for parts that are the same but for the slots to which they belong, as alike days are."""
    matrix = part.matrix
    arrays = (part.cost, part.low, part.high, part.whole, part.lead, part.least, part.most)
    found = hashlib.sha256()
    for array in (*arrays, matrix.indptr, matrix.indices, matrix.data):
        found.update(np.ascontiguousarray(array).tobytes())
        found.update(b"|")
    return found.digest()


def _share_told(progress: Progress, seconds: float, clock: _Clock) -> Callable[[], None]:
    """Tells the share of the time spent."""

    def tell() -> None:
        progress(int(min(99.0, 100 * max(0.0, 1 - clock.left_s / seconds))), 100)

    return tell


def _parts(whole: _Part) -> list[tuple[NDArray[np.int64], _Part]]:
    """The parts that share no row, largest last, each with its columns."""
    rows, columns = whole.matrix.shape
    entries = whole.matrix.tocoo()
    graph = sparse.coo_array(
        (np.ones(entries.nnz), (entries.coords[0], entries.coords[1] + rows)), shape=(rows + columns, rows + columns)
    )
    _, label = csgraph.connected_components(graph, directed=False)
    row_label, column_label = label[:rows], label[rows:]
    found = []
    order = np.argsort(column_label, kind="stable")
    edges = np.flatnonzero(np.diff(column_label[order])) + 1
    row_order = np.argsort(row_label, kind="stable")
    sorted_rows = row_label[row_order]
    by_columns = whole.matrix.tocsc()
    for group in np.split(order, edges):
        name = column_label[group[0]]
        mine = row_order[np.searchsorted(sorted_rows, name) : np.searchsorted(sorted_rows, name, side="right")]
        found.append((group, _cut(whole, by_columns, group, mine)))
    return sorted(found, key=lambda one: len(one[0]))


def _cut(whole: _Part, by_columns: sparse.csc_array, columns: NDArray[np.int64], rows: NDArray[np.int64]) -> _Part:
    return _Part(
        whole.cost[columns],
        whole.low[columns],
        whole.high[columns],
        whole.whole[columns],
        whole.lead[columns],
        whole.at[columns],
        by_columns[:, columns].tocsr()[rows],
        whole.least[rows],
        whole.most[rows],
        whole.slots,
    )


def _solve_part(
    part: _Part,
    seconds: float,
    seed: int,
    gap: float,
    hurried: bool,
    tell: Callable[[], None],
    start: Floats | None = None,
) -> Answer:
    clock = _Clock(seconds)
    best = start
    status: Status = "feasible"
    try:
        relaxed = _run(part, part.low, part.high, None, max(30.0, clock.left_s), 0.0, tell)
        if relaxed.status == 2:
            return Answer(None, np.inf, np.inf, "infeasible")
        if relaxed.x is None:
            return Answer(None, np.inf, -np.inf, "unknown")
        bound = _stepped(part, float(relaxed.fun))
        if part.whole.sum() <= SMALL and not hurried:
            # An answer less than one step of the cost above the bound is the least.
            size = max(1.0, abs(bound))
            while True:
                near = max(gap, 0.98 * _step(part) / size)
                found = _run(part, part.low, part.high, part.whole, clock.left_s, near, tell)
                if found.status == 2:
                    return Answer(None, np.inf, np.inf, "infeasible")
                if found.mip_dual_bound is not None:
                    bound = max(bound, _stepped(part, float(found.mip_dual_bound)))
                if found.x is not None and (best is None or found.fun < part.cost @ best - 1e-9):
                    best = _rounded(part, found.x)
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
            found = _run(part, part.low, part.high, part.whole, max(5.0, clock.left_s), 0.01, tell)
            if found.status == 2:
                return Answer(None, np.inf, np.inf, "infeasible")
            if found.x is None:
                return Answer(None, np.inf, bound, "unknown")
            best = _rounded(part, found.x)
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


def _step(part: _Part) -> float:
    """All costs are whole multiples of it; 0 where there is no such step, or columns that cost are no whole numbers."""
    costly = np.abs(part.cost) > 1e-12
    if not costly.any() or not part.whole[costly].all():
        return 0.0
    units = np.rint(part.cost[costly] * 1e4)
    if np.abs(units / 1e4 - part.cost[costly]).max() > 1e-10:
        return 0.0
    step = float(np.gcd.reduce(np.abs(units).astype(np.int64))) / 1e4
    return step if step >= 1e-3 else 0.0


def _stepped(part: _Part, bound: float) -> float:
    """The bound raised to the next value that the cost can take."""
    step = _step(part)
    return float(np.ceil(bound / step - 1e-6) * step) if step else bound


def _rounded(part: _Part, x: Floats) -> Floats:
    return np.where(part.whole, np.rint(x), x)


def _run(
    part: _Part, low: Floats, high: Floats, whole: Flags | None, seconds: float, gap: float, tell: Callable[[], None]
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


def _dive(part: _Part, x: Floats, pace: tuple[float, float], clock: _Clock, tell: Callable[[], None]) -> Floats | None:
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
        found = _run(part, low, high, None, max(10.0, clock.left_s), 0.0, tell)
        if found.x is None:
            high[lead] = part.high[lead]
            found = _run(part, low, high, None, max(10.0, clock.left_s), 0.0, tell)
        if found.x is None:
            return None
        x = found.x
    settled = np.rint(x[lead])
    low[lead] = settled
    for spare in (0.0, 1.0):
        high[lead] = np.minimum(part.high[lead], settled + spare)
        found = _run(part, low, high, part.whole, max(5.0, clock.left_s), 1e-3, tell)
        if found.x is not None:
            return _rounded(part, found.x)
    return None


def _windows(
    part: _Part, best: Floats, bound: float, clock: _Clock, seed: int, gap: float, tell: Callable[[], None]
) -> Floats:
    """Better answers, window after window, until the time is up, the gap closed, or nothing is left to try."""
    rng = np.random.default_rng(seed)
    by_columns = part.matrix.tocsc()
    wide = float(min(part.slots, 48))
    idle, step = 0, _step(part)
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
        window = _cut(part, by_columns, free, rows)
        base = part.matrix[rows][:, np.flatnonzero(fixed)] @ best[fixed]
        window = replace(window, least=window.least - base, most=window.most - base)
        near = max(1e-5, 0.98 * step / max(1.0, float(part.cost[free] @ best[free])))
        found = _run(window, window.low, window.high, window.whole, min(WINDOW_S, clock.left_s), near, tell)
        if found.x is not None:
            tried = best.copy()
            tried[free] = _rounded(window, found.x)
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
