"""Tails of the gamma (Poisson) distribution over its own height: what every blocking probability is made of.

With the height h = y^x·e^(−y)/Γ(x+1), the upper tail Q(x, y) and the lower tail P(x, y),

    Q/h = Γ*·√(πx/2)·erfcx(z) + W,    P/h = Γ*·√(πx/2)·erfcx(−z) − W,
    z = η·√(x/2),   η²/2 = y/x − 1 − ln(y/x)   (η has the sign of y − x).

W = Σ βₙηⁿ solves W′ − xηW = x(Γ* − η/(y/x − 1)): matching powers gives β₍ₙ₋₁₎ = αₙ + (n+1)·β₍ₙ₊₁₎/x from the
top down, with αₙ the Taylor coefficients of η/(y/x − 1), and Γ* = 1 + β₁/x. As both tails are divided by
the height, no exponential is lost to rounding: relative error about 1e-14 (growing with z² to 1e-11).

Valid for ``x ≥ 10`` and y/x from 0.37 to 2.2, where |η| < 0.91 and 26 terms are enough (the Taylor series
converges for |η| < 2√π). Source: N. M. Temme (1987), "On the computation of the incomplete gamma functions
for large values of the parameters"; A. Gil, J. Segura, N. M. Temme (2012), SIAM J. Sci. Comput. 34, section 2.3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from wfm.queueing.poisson import Floats

__all__ = ["ALPHA", "SMALL", "eta_of", "in_reach", "log_lower_ratio", "log_one_plus", "log_upper_ratio"]

_X_FROM = 10.0
_LOWEST, _HIGHEST = 0.37, 2.2
_TERMS = 26
_STEEP = 20.0
"""z beyond which erfcx(−z) = 2·exp(z²) to the last digit; it would overflow at 26."""

_ROUGH_FROM = 1e4
SMALL = 0.1
"""Of |m| up to which m − ln(1 + m) can be had from a short series."""


def _taylor(terms: int) -> tuple[float, ...]:
    """α₀ … of η/m, with m = y/x − 1 as a power series in η from m·m′ = η·(1 + m)."""
    m = [0.0, 1.0]
    for k in range(2, terms + 2):
        crossed = sum(m[i] * (k + 1 - i) * m[k + 1 - i] for i in range(2, k))
        m.append((m[k - 1] - crossed) / (k + 1))
    alpha = [1.0]
    for k in range(1, terms + 1):
        alpha.append(-sum(m[j + 1] * alpha[k - j] for j in range(1, k + 1)))
    return tuple(alpha)


ALPHA = _taylor(_TERMS)
"""Taylor coefficients of η/(y/x − 1) in η."""


def in_reach(x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Where the expansions hold."""
    return (x >= _X_FROM) & (y >= _LOWEST * x) & (y <= _HIGHEST * x)


def log_one_plus(log_value: Floats) -> Floats:
    """ln(1 + e^value), without overflow."""
    return np.maximum(log_value, 0.0) + np.log1p(np.exp(-np.abs(log_value)))


def log_upper_ratio(x: Floats, y: Floats) -> Floats:
    """ln(Q(x, y) / h) in reach; one-dimensional arrays of one length."""
    z, scale, w = _expanded(x, y)
    return _log_sum(z, scale, w)


def log_lower_ratio(x: Floats, y: Floats) -> Floats:
    """ln(P(x, y) / h) in reach; one-dimensional arrays of one length."""
    z, scale, w = _expanded(x, y)
    return _log_sum(-z, scale, -w)


def _expanded(x: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
    """z, Γ*·√(πx/2) and W."""
    inverse = 1 / x
    m = (y - x) * inverse
    # A rounding of m would put z off by one of √x.
    eta = eta_of(m, (x > _ROUGH_FROM) & (np.abs(m) < SMALL))
    w = np.zeros_like(x)
    above, here = np.zeros_like(x), np.zeros_like(x)
    term = np.empty_like(x)
    for n in range(_TERMS, 0, -1):
        # ``above`` holds β of n + 1 and becomes β of n − 1.
        np.multiply(inverse, n + 1.0, out=term)
        above *= term
        above += ALPHA[n]
        w *= eta
        w += above
        above, here = here, above
    half = 0.5 * x
    return eta * np.sqrt(half), (1 + above * inverse) * np.sqrt(np.pi * half), w


def eta_of(m: Floats, rough: NDArray[np.bool_]) -> Floats:
    """η of m = y/x − 1; ``rough`` are those of |m| < :data:`SMALL` where rounding of m − ln(1 + m) would be felt."""
    half_square = m - np.log1p(m)
    if rough.any():
        half_square[rough] = _beyond_log(m[rough])
    return np.copysign(np.sqrt(2 * half_square), m)


def _beyond_log(m: Floats) -> Floats:
    """m − ln(1 + m) with all digits for small m, from ln(1 + m) = 2·artanh(m/(2 + m))."""
    r = m / (2 + m)
    square = r * r
    series = np.zeros_like(r)
    for k in range(15, 1, -2):
        series = series * square + 1 / k
    beyond: Floats = r * (m - 2 * square * series)
    return beyond


def _log_sum(z: Floats, scale: Floats, w: Floats) -> Floats:
    """ln(scale·erfcx(z) + w)."""
    steep = z < -_STEEP
    if not steep.any():
        return np.log(scale * special.erfcx(z) + w)
    result = np.log(scale * special.erfcx(np.maximum(z, -_STEEP)) + w)
    result[steep] = np.log(2 * scale[steep]) + z[steep] ** 2
    return result
