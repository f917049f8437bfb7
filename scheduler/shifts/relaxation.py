"""The linear relaxation of a part, solved again and again from its last basis.

GLOP, with the dual simplex method and without presolve, needs as long as HiGHS for the first solution of a week of 400 seats
(0.7 CPU-seconds), but after bounds were changed it goes on from the last basis: a dive of 13 relaxations takes half a
second where HiGHS, which SciPy starts afresh each time, takes 1.6.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import linear_solver_pb2, pywraplp  # type: ignore[attr-defined,unused-ignore]

from scheduler.shifts.program_parts import Part
from scheduler.shifts.work_budget import Budget

__all__ = ["Relaxation", "heard"]

Floats = NDArray[np.float64]
Found = TypeVar("Found")
PARAMETERS = "use_dual_simplex:true use_preprocessing:false use_scaling:false"
"""Entries are mostly ones, so that there is nothing to scale."""

GUARD_MS = 60_000
"""A relaxation that takes longer, of a size that no hotline has, is left to HiGHS."""


class Relaxation:
    """A part without whole numbers, whose columns' bounds may change."""

    def __init__(self, part: Part, budget: Budget, tell: Callable[[], None]) -> None:
        self.part, self.budget, self.tell = part, budget, tell
        self.low, self.high = part.low.copy(), part.high.copy()
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        self.solver.LoadModelFromProto(_as_proto(part))
        self.solver.SetSolverSpecificParametersAsString(PARAMETERS)
        self.solver.SetTimeLimit(GUARD_MS)
        self.columns = self.solver.variables()
        budget.built(part.matrix.nnz)

    def bounded(self, low: Floats, high: Floats) -> None:
        """Give the columns these bounds."""
        for n in np.flatnonzero((low != self.low) | (high != self.high)).tolist():
            self.columns[n].SetBounds(float(low[n]), float(high[n]))
        self.low, self.high = low, high

    def solve(self) -> tuple[Floats | None, float]:
        """The solution and its cost; None and infinity where none was found.

        Raises:
            KeyboardInterrupt: interrupted.
        """
        status = heard(self.solver.Solve, self.tell)
        self.budget.relaxed(self.part.matrix.nnz, self.solver.iterations())
        if status != pywraplp.Solver.OPTIMAL:
            return None, np.inf
        x = np.array([column.solution_value() for column in self.columns])
        return x, float(self.part.cost @ x)


def heard(work: Callable[[], Found], tell: Callable[[], None]) -> Found:
    """What ``work`` returns, from a thread of its own, so that an interruption is heard at once."""
    found: list[Found] = []
    thread = threading.Thread(target=lambda: found.append(work()), daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.2)
        tell()
    if not found:
        raise RuntimeError("the solver ended without an answer")
    return found[0]


def _as_proto(part: Part) -> linear_solver_pb2.MPModelProto:
    found = linear_solver_pb2.MPModelProto()
    for low, high, cost in zip(part.low.tolist(), part.high.tolist(), part.cost.tolist(), strict=True):
        found.variable.add(lower_bound=low, upper_bound=high, objective_coefficient=cost)
    edges, columns, values = part.matrix.indptr.tolist(), part.matrix.indices.tolist(), part.matrix.data.tolist()
    for n, (least, most) in enumerate(zip(part.least.tolist(), part.most.tolist(), strict=True)):
        found.constraint.add(
            lower_bound=least,
            upper_bound=most,
            var_index=columns[edges[n] : edges[n + 1]],
            coefficient=values[edges[n] : edges[n + 1]],
        )
    return found
