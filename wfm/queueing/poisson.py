"""Poisson probabilities in logarithms: the yardstick that every queueing ratio is measured with.

Blocking and waiting probabilities are ratios of a tail of the Poisson (gamma) distribution to one of
its probabilities. Tails come from SciPy, probabilities from Loader's saddle-point form, which keeps
its digits where ``n·ln a − a − lnΓ(n+1)`` loses them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

__all__ = ["Floats", "log_poisson"]

Floats = NDArray[np.float64]

_STIRLING_FROM = 16.0
_HALF_LOG_2PI = 0.5 * np.log(2 * np.pi)


def _stirling_error(m: Floats) -> Floats:
    """lnΓ(m+1) − [(m + ½)·ln m − m + ½·ln 2π] for ``m ≥ 16`` (Stirling's series, error below 1e-16)."""
    squared = m * m
    inner = 1 / 1260 - (1 / 1680 - (1 / 1188 - 691 / 360360 / squared) / squared) / squared
    corrected: Floats = (1 / 12 - (1 / 360 - inner / squared) / squared) / m
    return corrected


def log_poisson(m: Floats, mean: Floats) -> Floats:
    """ln(mean^m · e^(−mean) / Γ(m+1)) for real ``m ≥ 0`` and ``mean ≥ 0``, elementwise.

    Both arguments have one shape. A mean of zero gives 0 for ``m = 0`` and −∞ else.

    Source: C. Loader (2000), "Fast and accurate computation of binomial probabilities", eq. 3.
    """
    large = m >= _STIRLING_FROM
    size = np.where(large, m, _STIRLING_FROM)
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = (mean - size) / size
        deviance = size * (excess - np.log1p(excess))
        saddle = -_stirling_error(size) - deviance - _HALF_LOG_2PI - 0.5 * np.log(size)
        direct = special.xlogy(m, mean) - mean - special.gammaln(m + 1)
    result: Floats = np.where(large, saddle, direct)
    return result
