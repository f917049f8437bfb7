"""A dive: from the relaxation's numbers to whole ones.

Of the columns that are half way to the next whole number or beyond, those nearest to it are raised, those just above a whole
number are let go, and the relaxation is solved again from where it stood, until all are whole. Posts and breaks go
together: breaks left to the end, when all posts are whole, are mostly halves that no longer fit (a meal of two slots and a
short break of one close circles of odd length), where posts that are still open make room for them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.shifts.program_parts import WHOLE, rounded
from scheduler.shifts.relaxation import Relaxation

__all__ = ["CARE", "HASTE", "Pace", "dive"]

Floats = NDArray[np.float64]

RAISED_MIN = 5
"""So many columns are raised at once at least."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How quickly columns become whole: the share of those half way or beyond that is raised before the next relaxation,
    and the part of the next whole number below which a column is let go."""

    posts_raised: float
    posts_below: float
    others_raised: float
    others_below: float


HASTE = Pace(0.5, 0.3, 0.8, 0.15)
CARE = Pace(0.2, 0.1, 0.3, 0.1)
"""Where haste has led too far from the bound."""


def dive(relaxed: Relaxation, x: Floats, pace: Pace, *, below: float = np.inf) -> Floats | None:
    """Whole numbers near the relaxation's solution ``x``; None where they break a limit or cost more than ``below``.

    Raises:
        KeyboardInterrupt: interrupted.
    """
    part = relaxed.part
    kinds = (
        (np.flatnonzero(part.lead & part.whole), pace.posts_raised, pace.posts_below),
        (np.flatnonzero(~part.lead & part.whole), pace.others_raised, pace.others_below),
    )
    found: Floats | None = x
    while found is not None:
        low, high = relaxed.low.copy(), relaxed.high.copy()
        above = found - np.floor(found + WHOLE)
        open_still = 0
        for columns, share, let_go in kinds:
            mine = columns[above[columns] > WHOLE]
            if not len(mine):
                continue
            open_still += len(mine)
            nearest = mine[np.argsort(-above[mine], kind="stable")]
            nearest = nearest[: max(1, int((above[nearest] >= 0.5 - WHOLE).sum()))]
            raised = nearest[: max(RAISED_MIN, int(share * len(nearest)))]
            low[raised] = np.ceil(found[raised] - WHOLE)
            dropped = np.setdiff1d(mine[above[mine] < let_go], raised)
            high[dropped] = np.floor(found[dropped] + WHOLE)
        if not open_still:
            return rounded(part, found)
        relaxed.bounded(low, high)
        found, cost = relaxed.solve()
        if found is None:
            # What was let go may be needed after all.
            relaxed.bounded(low, np.maximum(part.high, low))
            found, cost = relaxed.solve()
        if cost > below:
            return None
    return None
