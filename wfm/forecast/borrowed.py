"""What a line without history borrows from the lines that have one: how far their calls are from what was assumed of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["RATIO_MAX", "borrowed"]

Floats = NDArray[np.float64]

RATIO_MAX = 3.0
"""The others' calls correct an assumption by no more than this factor, up or down."""
PSEUDO_CALLS = 5.0
"""Calls' worth of trust in the ratio of all intervals together, for each interval."""


def borrowed(assumed: Floats, forecast: Floats, assumed_of_others: Floats) -> Floats:
    """The assumed calls of a new line, corrected as the assumptions of the other lines turned out, (T,).

    A line's assumption times the others' forecast over the others' assumption: the level, the profile and the weekdays that
    the centre has and nobody assumed. Intervals of few calls lean on the ratio of all.

    Args:
        assumed: (T,) mean calls of the new line.
        forecast: (L, T) mean calls of lines with history.
        assumed_of_others: (L, T) what was assumed of these.
    """
    found, hoped = forecast.sum(axis=0), assumed_of_others.sum(axis=0)
    if hoped.sum() <= 0:
        return assumed
    whole = found.sum() / hoped.sum()
    ratio = (found + PSEUDO_CALLS * whole) / (hoped + PSEUDO_CALLS)
    result: Floats = assumed * np.clip(ratio, 1.0 / RATIO_MAX, RATIO_MAX)
    return result
