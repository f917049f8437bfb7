"""The smallest whole number from which on something holds, for many cells at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from wfm.queueing.poisson import Floats

__all__ = ["fewest"]

Holds = Callable[[NDArray[np.intp], Floats], NDArray[np.bool_]]
"""Whether it holds in these cells for these numbers, one number a cell."""


def fewest(holds: Holds, least: Floats, guess: Floats, most: Floats) -> Floats:
    """The smallest whole number from ``least`` to ``most`` that holds; infinite where not even ``most`` does.

    What holds for a number must hold for every larger one. ``guess`` (any number) is where the search
    begins, and the cost grows with the logarithm of the distance from it. One-dimensional arrays.
    """
    failing, holding = least - 1, np.full_like(least, np.inf)
    at = np.clip(np.ceil(guess), least, most)
    step = np.maximum(np.floor(np.sqrt(at) / 2), 1.0)
    cells = np.flatnonzero(least <= most)
    while cells.size:
        good = holds(cells, at[cells])
        holding[cells[good]], failing[cells[~good]] = at[cells[good]], at[cells[~good]]
        cells = cells[(holding - failing > 1)[cells] & ~(~good & (at[cells] >= most[cells]))]
        low, high = failing[cells], holding[cells]
        upward = np.minimum(low + step[cells], most[cells])
        downward = np.maximum(high - step[cells], low + 1)
        bracketed = np.isfinite(high) & (low >= least[cells])
        next_at = np.where(np.isinf(high), upward, np.where(bracketed, np.floor((low + high) / 2), downward))
        at[cells] = next_at
        step[cells] *= 2
    return holding
