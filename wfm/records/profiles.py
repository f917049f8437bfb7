"""How a day's calls spread over its hours: named shapes, and any 24 weights, made smooth.

The shapes are assumptions in want of records, each weight the share of an ordinary day's calls in
one hour (in tenths of a percent before normalising).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["PROFILES", "hourly_weights", "interval_shares"]

PROFILES: dict[str, tuple[float, ...]] = {
    # Working hours with a lunch dip; almost nothing at night.
    "office": (
        *(1, 1, 0.5, 0.5, 0.5, 1, 4, 18, 82, 124, 122, 104),
        *(60, 70, 112, 112, 98, 60, 16, 8, 6, 4, 2, 1),
    ),
    # People call at any hour; the working day still dominates.
    "round-the-clock": (
        *(14, 10, 8, 6, 6, 8, 15, 30, 55, 72, 75, 68),
        *(52, 52, 64, 66, 64, 58, 52, 56, 54, 45, 32, 20),
    ),
    # Morning and afternoon peaks, an evening shoulder, quiet nights.
    "two-peaks": (
        *(6, 4, 3, 2, 2, 4, 10, 28, 72, 106, 108, 86),
        *(46, 56, 88, 92, 82, 58, 40, 36, 30, 20, 12, 8),
    ),
    "flat": (1.0,) * 24,
}
"""Weights by hour of the named shapes."""


def hourly_weights(profile: str | Sequence[float]) -> NDArray[np.float64]:
    """Share of the day's calls in each hour, shape ``(24,)``, summing to 1.

    Args:
        profile: a name of :data:`PROFILES` or 24 weights that are not negative.

    Raises:
        KeyError: no such named shape.
    """
    weights = np.asarray(PROFILES[profile] if isinstance(profile, str) else tuple(profile), dtype=float)
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares


def interval_shares(profile: str | Sequence[float], interval_min: int) -> NDArray[np.float64]:
    """Share of the day's calls in each interval of the day, shape ``(1440 // interval_min,)``, summing to 1.

    The cumulative share is interpolated by a monotone cubic (Fritsch and Carlson 1980) that runs on
    past midnight, so that no share is negative, each hour keeps its weight and no step stands at the hour.
    """
    from scipy.interpolate import PchipInterpolator

    weights = hourly_weights(profile)
    cumulative = np.concatenate([[0.0], np.cumsum(np.tile(weights, 3))])
    curve = PchipInterpolator(np.arange(-24, 49, dtype=float), cumulative)
    edges = np.arange(0, 1441, interval_min) / 60.0
    steps = np.maximum(np.diff(curve(edges)), 0.0)
    shares: NDArray[np.float64] = steps / steps.sum()
    return shares
