"""The law of a count: negative binomial by mean and dispersion, Poisson as its limit.

With mean m and dispersion a the variance is m + a·m² (NB2; Cameron and Trivedi, *Regression Analysis
of Count Data*, 2nd ed., eq. 3.26). Inversion of the distribution function makes a draw from a uniform
number: for the same uniform, a larger mean never gives a smaller count.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

__all__ = ["count_cdf", "count_quantile", "smooth_quantile"]

Floats = NDArray[np.float64]

POISSON_BELOW = 1e-7
"""Dispersion under which the Poisson law is used: they agree to 1e-7·m of the variance."""


def count_cdf(k: ArrayLike, mean: ArrayLike, dispersion: ArrayLike) -> Floats:
    """P(N ≤ k); zero for k < 0. Arguments broadcast."""
    k, mean, dispersion = np.broadcast_arrays(
        np.floor(np.asarray(k, float)), np.asarray(mean, float), np.asarray(dispersion, float)
    )
    shown = np.maximum(k, 0.0)
    poisson = dispersion < POISSON_BELOW
    spread = np.where(poisson, 1.0, dispersion)
    binomial = special.betainc(1.0 / spread, shown + 1.0, 1.0 / (1.0 + spread * mean))
    result: Floats = np.where(poisson, special.gammaincc(shown + 1.0, mean), binomial)
    return np.where(k < 0, 0.0, np.where(mean <= 0, 1.0, result))


def count_quantile(u: ArrayLike, mean: ArrayLike, dispersion: ArrayLike) -> Floats:
    """The smallest k with P(N ≤ k) ≥ u, for u in (0, 1); whole numbers as float, exact.

    Starts at the Cornish–Fisher expansion (normal quantile corrected for skewness), brackets the true
    quantile and bisects, so that the result never falls when the mean rises.
    """
    u, mean, dispersion = (
        np.array(x) for x in np.broadcast_arrays(*(np.asarray(x, float) for x in (u, mean, dispersion)))
    )
    shape = u.shape
    u, mean, dispersion = u.ravel(), mean.ravel(), dispersion.ravel()
    sd = np.sqrt(mean + dispersion * mean**2)
    skewness = np.divide(1.0 + 2.0 * dispersion * mean, sd, out=np.zeros_like(sd), where=sd > 0)
    z = special.ndtri(u)
    start: Floats = np.maximum(np.rint(mean + sd * (z + skewness * (z**2 - 1) / 6.0) - 0.5), 0.0)
    # The quantile lies in (low, high]; steps double away from the start until both ends are known.
    low, high = np.full_like(start, -1.0), start.copy()
    step = 1.0
    above = np.flatnonzero((mean > 0) & (count_cdf(start, mean, dispersion) < u))
    below = np.setdiff1d(np.flatnonzero((mean > 0) & (start > 0)), above)
    while above.size or below.size:
        low[above] = high[above]
        high[above] += step
        above = above[count_cdf(high[above], mean[above], dispersion[above]) < u[above]]
        tried = np.maximum(high[below] - step, -1.0)
        still = (tried >= 0) & (count_cdf(tried, mean[below], dispersion[below]) >= u[below])
        low[below[~still]] = tried[~still]
        high[below[still]] = tried[still]
        below = below[still]
        step *= 2.0
    wide = np.flatnonzero(high - low > 1)
    while wide.size:
        middle = np.floor((low[wide] + high[wide]) / 2.0)
        reached = count_cdf(middle, mean[wide], dispersion[wide]) >= u[wide]
        high[wide[reached]] = middle[reached]
        low[wide[~reached]] = middle[~reached]
        wide = wide[high[wide] - low[wide] > 1]
    high[mean <= 0] = 0.0
    return high.reshape(shape)


def smooth_quantile(q: float, mean: ArrayLike, dispersion: ArrayLike) -> Floats:
    """Quantile of the count spread evenly over (k − ½, k + ½): changes smoothly with the mean.

    A band between two such quantiles holds the count with nearly the nominal probability, where
    whole-number quantiles of small counts would hold it too often. Never below zero.
    """
    mean, dispersion = np.broadcast_arrays(np.asarray(mean, float), np.asarray(dispersion, float))
    k = count_quantile(q, mean, dispersion)
    below = count_cdf(k - 1.0, mean, dispersion)
    mass = count_cdf(k, mean, dispersion) - below
    inside = np.clip(np.divide(q - below, mass, out=np.full_like(mass, 0.5), where=mass > 0), 0.0, 1.0)
    return np.where(mean <= 0, 0.0, np.maximum(k - 0.5 + inside, 0.0))
