"""The error that nobody can avoid: how far counts lie from their own median when their law is known."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.forecast.counts import POISSON_BELOW, count_cdf, count_quantile

__all__ = ["deviation_from_median"]

Floats = NDArray[np.float64]


def deviation_from_median(mean: ArrayLike, dispersion: ArrayLike = 0.0) -> Floats:
    """E|N − m| of a Poisson or negative binomial count N about its median m. Arguments broadcast.

    By the sum over k ≤ m: E|N − m| = 2·(m·F(m) − Σ_{k≤m} k·p(k)) − m + λ, where Σ_{k≤m} k·p(k) is λ·F(m − 1) for the Poisson
    law and λ times the distribution function at m − 1 of the negative binomial with one more in its size and the same
    probability otherwise (k·p(k) telescopes; Johnson, Kemp and Kotz 2005, *Univariate Discrete Distributions*, §5.2).

    Args:
        mean: λ, 0 or more.
        dispersion: α of the variance λ + α·λ²; 0 for Poisson.
    """
    lam, alpha = np.broadcast_arrays(np.asarray(mean, dtype=float), np.asarray(dispersion, dtype=float))
    median = count_quantile(0.5, lam, alpha)
    # Size r = 1/α grows by one: α/(1 + α) and mean λ·(1 + α) keep the probability r/(r + λ).
    poisson = alpha < POISSON_BELOW
    grown_alpha = np.where(poisson, 0.0, alpha / (1.0 + alpha))
    grown_mean = np.where(poisson, lam, lam * (1.0 + alpha))
    below = count_cdf(median, lam, alpha)
    weighed = lam * count_cdf(median - 1.0, grown_mean, grown_alpha)
    result: Floats = np.maximum(2.0 * (median * below - weighed) - median + lam, 0.0)
    return result
