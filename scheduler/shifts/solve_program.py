"""Solving the integer programs of shift choice: bound first, then a dive to whole numbers, then window after window.

The relaxation of a week of 400 seats at 15 minutes with breaks takes 0.7 CPU-seconds, and its bound is within two hundredths
of a per cent of the best whole-numbered answer; the search for that answer, by branch and bound or by CP-SAT, needs half a
minute for as much as one per cent. So the answer is found from the relaxation:

1. parts of the program that share no row are solved one by one; small ones exactly, by branch and bound;
2. *dive* (:mod:`scheduler.shifts.dive`): columns near the next whole number are raised to it, the relaxation is solved again
   from its last basis, until all are whole;
3. *windows* (:mod:`scheduler.shifts.windows`, large neighbourhood search): posts begun in a stretch of time are free, the
   others stay; a dive of that small program finds a better answer, or its relaxation shows that there is none.

Work is counted, not timed (:mod:`scheduler.shifts.work_budget`): the same seed gives the same answer on every machine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from scheduler.shifts.program import Program
from scheduler.shifts.program_parts import WHOLE, Part, fingerprint, parts_of, whole_part
from scheduler.shifts.relaxation import Relaxation
from scheduler.shifts.solve_part import PROVEN, Answer, Status, solve_part
from scheduler.shifts.work_budget import Budget
from wfm.execution import Progress, no_progress

__all__ = ["Answer", "Status", "relax_program", "solve_program"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

TRIES = 6
"""A part is tried again so often at most."""


def relax_program(program: Program) -> tuple[Floats | None, float]:
    """The answer of the linear relaxation and its cost; None and infinity where there is none.

    Raises:
        KeyboardInterrupt: interrupted.
    """
    part = whole_part(program)
    empty = np.diff(part.matrix.indptr) == 0
    if (part.least[empty] > WHOLE).any() or (part.most[empty] < -WHOLE).any():
        return None, np.inf
    return Relaxation(part, Budget(np.inf), lambda: None).solve()


def solve_program(
    program: Program,
    seconds: float,
    *,
    seed: int = 1,
    gap: float = PROVEN,
    known: dict[bytes, Answer] | None = None,
    whole: Budget | None = None,
    progress: Progress = no_progress,
) -> Answer:
    """The best answer found in about ``seconds``, with the bound proven.

    ``optimal`` is said only of an answer whose cost the bound proves to be least. Ctrl-C ends the search with what is there
    (``interrupted``); before there is any answer it is raised.

    Args:
        gap: relative gap at which the search may stop before its time; what it found is then ``feasible``.
        known: answers of parts of earlier programs, by what they consist of; new ones are added.
        whole: budget of which these seconds are a part.
        progress: told the share of the work spent, of 100.

    Raises:
        KeyboardInterrupt: interrupted before an answer was found.
    """
    if not program.width:
        return Answer(np.zeros(0), 0.0, 0.0, "optimal")
    every = whole_part(program)
    empty = np.diff(every.matrix.indptr) == 0
    if (every.least[empty] > WHOLE).any() or (every.most[empty] < -WHOLE).any():
        return Answer(None, np.inf, np.inf, "infeasible")
    parts = parts_of(every)
    budget = Budget(seconds, whole)
    known = {} if known is None else known
    names = [fingerprint(part) for _, part in parts]
    alike = Counter(names)
    part_of = dict(zip(names, (part for _, part in parts), strict=True))
    tell = _share_told(progress, budget)
    sizes = {name: float(len(part.cost)) for name, part in part_of.items() if name not in known}
    hurried = False
    for name in list(sizes):
        share = sizes[name] / sum(sizes.values())
        answer = solve_part(part_of[name], Budget(max(0.05, budget.left_s * share), budget), seed, gap, hurried, tell)
        del sizes[name]
        known[name] = answer
        hurried = hurried or answer.status == "interrupted"
        if answer.x is None:
            return Answer(None, np.inf, -np.inf, answer.status)
    _better_parts(part_of, known, alike, budget, seed, gap, hurried, tell)
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
    part_of: Mapping[bytes, Part],
    known: dict[bytes, Answer],
    alike: Counter[bytes],
    budget: Budget,
    seed: int,
    gap: float,
    hurried: bool,
    tell: Callable[[], None],
) -> None:
    """What is left of the work goes to the parts whose gap costs most, longer each time."""
    tried: Counter[bytes] = Counter()

    def open_cost(name: bytes) -> float:
        found = known[name]
        away = found.objective - found.bound
        return (
            0.0 if away <= max(gap, PROVEN) * max(1.0, abs(found.objective)) else alike[name] * away / 2 ** tried[name]
        )

    while not hurried and budget.left_s > 1.0:
        name = max(part_of, key=open_cost)
        if open_cost(name) <= 0 or tried[name] > TRIES:
            return
        open_parts = sum(open_cost(other) > 0 for other in part_of)
        before = known[name]
        seconds = min(budget.left_s, max(1.0, 2.0 ** tried[name] * budget.left_s / open_parts / 2))
        part = Budget(seconds, budget)
        found = solve_part(part_of[name], part, seed + tried[name] + 1, gap, False, tell, before.x)
        tried[name] += 1
        bound = max(before.bound, found.bound)
        best = found if found.objective < before.objective else before
        proven = best.objective - bound <= PROVEN * max(1.0, abs(best.objective))
        status: Status = "optimal" if proven else "interrupted" if found.status == "interrupted" else "feasible"
        known[name] = Answer(best.x, best.objective, best.objective if proven else bound, status)
        if found.status == "interrupted":
            return


def _share_told(progress: Progress, budget: Budget) -> Callable[[], None]:
    """Tells the share of the work spent."""

    def tell() -> None:
        progress(int(min(99.0, 100 * budget.spent_s / budget.seconds)), 100)

    return tell
