"""What has come of a day so far, in half-hour blocks of the local clock: expected, counted, and how much chance is in it.

Blocks keep the algebra small (at most 48 a day) whatever the interval. Of a block with M expected calls, the
ratio counted ÷ M varies by chance with 1/M + Σ a·m²/M² (negative binomial intervals; see ``counts``); the
inverse of that is the block's precision.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.calendar import TimeGrid

__all__ = ["BlockDays", "block_minutes", "block_of", "blocks_of"]

Floats = NDArray[np.float64]

BLOCK_MIN = 30
"""Blocks are this long, or one interval where that is longer."""


@dataclass(frozen=True)
class BlockDays:
    """Days of one line in B blocks of the local clock.

    ``mean`` (D, B): calls expected in the part that was seen; ``precision`` (D, B): inverse variance of chance of
    counted ÷ expected, 0 where nothing was seen; ``ratio`` (D, B): counted ÷ expected − 1, 0 where nothing was
    seen; ``variance`` (D,): variance of the day factor as forecast.
    """

    mean: Floats
    precision: Floats
    ratio: Floats
    variance: Floats


def block_minutes(interval_min: int) -> int:
    """The shortest multiple of the interval, half an hour or more, that divides the day."""
    length = interval_min
    while length < BLOCK_MIN or 1440 % length:
        length += interval_min
    return length


def block_of(grid: TimeGrid) -> NDArray[np.int64]:
    """Block of each interval by its local clock time, (T,); an hour that comes twice falls into the same blocks."""
    found: NDArray[np.int64] = np.asarray(grid.minutes, dtype=np.int64) // block_minutes(grid.interval_min)
    return found


def blocks_of(
    counted: Floats, expected: Floats, dispersion: Floats, place: NDArray[np.int64], size: int
) -> tuple[Floats, Floats, Floats]:
    """Expected calls, precision and ratio of the blocks of one day, (B,) each.

    Args:
        counted: (T,) calls in the seen part of each interval.
        expected: (T,) calls expected in that part; 0 where nothing was seen.
        dispersion: (T,) NB2 dispersion of an interval's count given its day.
        place: (T,) block of each interval.
        size: number of blocks B.
    """
    usable = expected > 0
    mean: Floats = np.bincount(place, weights=np.where(usable, expected, 0.0), minlength=size).astype(np.float64)
    came = np.bincount(place, weights=np.where(usable, counted, 0.0), minlength=size)
    excess = np.bincount(place, weights=np.where(usable, dispersion * expected**2, 0.0), minlength=size)
    some = mean > 0
    precision = np.divide(mean**2, mean + excess, out=np.zeros(size), where=some)
    ratio = np.divide(came, mean, out=np.ones(size), where=some) - 1.0
    return mean, precision, ratio
