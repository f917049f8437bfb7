"""The smallest whole number from which on something holds, for many cells at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from wfm.queueing.poisson import Floats

__all__ = ["fewest"]

Holds = Callable[[NDArray[np.intp], Floats], NDArray[np.bool_]]
"""Whether it holds in these cells (a cell may stand several times) for these numbers."""
_AT_ONCE = 24
"""Numbers looked at in one call: for few cells a call costs little more with many numbers than with one."""


def fewest(holds: Holds, least: Floats, guess: Floats, most: Floats) -> Floats:
    """The smallest whole number from ``least`` to ``most`` that holds; infinite where not even ``most`` does.

    What holds for a number must hold for every larger one. ``guess`` (any number) is where the search
    begins, and the cost grows with the logarithm of the distance from it. One-dimensional arrays.
    """
    failing, holding = least - 1, np.full_like(least, np.inf)
    width = max(_AT_ONCE // max(least.size, 1), 2)
    step = np.maximum(np.floor(np.sqrt(np.maximum(guess, 0.0)) / 4), 1.0)
    start = np.clip(np.ceil(guess) - step * (width // 2), least, most) - step
    cells = np.flatnonzero(least <= most)
    while cells.size:
        low, high = failing[cells, None], holding[cells, None]
        ranks = np.arange(1.0, width + 1)
        with np.errstate(invalid="ignore"):
            inside = low + np.ceil((high - low) * ranks / (width + 1))
        upward = start[cells, None] + step[cells, None] * ranks
        tried = np.where(np.isinf(high), upward, inside)
        tried = np.clip(tried, low + 1, np.minimum(most[cells, None], np.where(np.isinf(high), np.inf, high - 1)))
        good = holds(np.repeat(cells, width), tried.ravel()).reshape(tried.shape)
        holding[cells] = np.minimum(holding[cells], np.where(good, tried, np.inf).min(axis=1))
        below = ~good & (tried < holding[cells, None])
        failing[cells] = np.maximum(failing[cells], np.where(below, tried, -np.inf).max(axis=1))
        start[cells] = failing[cells]
        step[cells] *= 2 * width
        cells = cells[(holding[cells] - failing[cells] > 1) & (failing[cells] < most[cells])]
    return holding
