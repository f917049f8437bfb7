"""Branch and bound by HiGHS (through SciPy), ended by a count of nodes and not by the clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from scheduler.shifts.program_parts import Part
from scheduler.shifts.relaxation import heard
from scheduler.shifts.work_budget import Budget

__all__ = ["INFEASIBLE", "branch"]

Floats = NDArray[np.float64]
GUARD_S = 20.0
"""Only where nodes are far dearer than they are counted does the clock end a search: after so long, or the whole budget."""
INFEASIBLE = 2
"""SciPy's status of a program without an answer."""


def branch(
    part: Part,
    low: Floats,
    high: Floats,
    gap: float,
    nodes: int,
    budget: Budget,
    tell: Callable[[], None],
    *,
    whole: bool = True,
) -> Any:
    """What :func:`scipy.optimize.milp` returns for the part with these bounds of its columns.

    Args:
        whole: False: of the relaxation.

    Raises:
        KeyboardInterrupt: interrupted.
    """
    rows = optimize.LinearConstraint(part.matrix, part.least, part.most) if len(part.least) else ()
    found = heard(
        lambda: optimize.milp(
            part.cost,
            integrality=(part.whole & whole).astype(np.int64),
            bounds=optimize.Bounds(low, high),
            constraints=rows,
            options={"node_limit": nodes, "mip_rel_gap": gap, "time_limit": max(GUARD_S, budget.seconds)},
        ),
        tell,
    )
    budget.branched(part.matrix.nnz, int(found.mip_node_count or 0))
    return found
