"""How unlikely a count is, and which of many unlikely counts are believed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["believed", "negative_binomial_tails", "none_probability"]

Floats = NDArray[np.float64]


def negative_binomial_tails(count: Floats, mean: Floats, variation: Floats) -> tuple[Floats, Floats]:
    """P(X ≤ count) and P(X ≥ count) of Poisson counts around a gamma mean; same shape as ``count``.

    Args:
        count: what was found; fractions count as the whole number below for the upper tail, and above for the lower one.
        mean: of the counts, above 0.
        variation: coefficient of variation of the gamma mean, above 0.

    Source: P(X ≤ k) = I_p(r, k + 1) with r = 1 / variation² and p = r / (r + mean); Johnson, Kemp and Kotz,
    *Univariate Discrete Distributions* (2005), eq. 5.31.
    """
    from scipy.special import betainc

    shape = 1 / variation**2
    success = shape / (shape + mean)
    below: Floats = np.asarray(betainc(shape, np.ceil(count) + 1, success), dtype=float)
    floor = np.floor(count)
    # The mirrored function keeps its digits in the far tail, where one less the lower tail has none left.
    above = np.where(floor <= 0, 1.0, betainc(np.maximum(floor, 1), shape, 1 - success))
    return below, above


def none_probability(mean: Floats, variation: float) -> Floats:
    """P(X = 0) of Poisson counts around a gamma mean."""
    found: Floats = np.exp(-np.log1p(variation**2 * mean) / variation**2)
    return found


def believed(chance: Floats, false_share: float) -> NDArray[np.bool_]:
    """Which findings are believed when at most ``false_share`` of them may be false on average.

    Source: Benjamini and Hochberg (1995), step-up procedure.
    """
    flat = np.asarray(chance, dtype=float).ravel()
    order = np.argsort(flat, kind="stable")
    limit = false_share * np.arange(1, len(flat) + 1) / max(len(flat), 1)
    passed = np.flatnonzero(flat[order] <= limit)
    found = np.zeros(len(flat), dtype=bool)
    if len(passed):
        found[order[: passed[-1] + 1]] = True
    return found.reshape(np.shape(chance))
