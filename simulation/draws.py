"""Random durations from uniform numbers, one uniform each: by inversion, mixtures by composition.

Only scalar ``math`` calls: array versions of the logarithm differ from the scalar one in the last bit
on some machines, and equal keys must give equal durations in every engine. :func:`sample` and
:func:`normal_quantile` are written so that Numba compiles them as they stand.
"""

from __future__ import annotations

from enum import IntEnum
from math import exp, gamma, inf, isinf, log, log1p, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "NO_TABLES",
    "Law",
    "Shape",
    "constant",
    "empirical",
    "exponential",
    "hyperexponential",
    "lognormal",
    "mean_of",
    "normal_quantile",
    "quantile_table",
    "sample",
    "weibull",
]

Law = tuple[int, float, float, float]
"""A distribution as four numbers: its :class:`Shape` and three parameters."""

NO_TABLES: NDArray[np.float64] = np.zeros((0, 2))
"""Quantile tables of a centre that needs none."""

TABLE_STEPS = 1000
"""Steps of probability in a quantile table."""


class Shape(IntEnum):
    """Shape of a distribution of durations, and what its two parameters mean."""

    CONSTANT = 0
    """value"""
    EXPONENTIAL = 1
    """mean"""
    LOGNORMAL = 2
    """mean and standard deviation of the logarithm"""
    WEIBULL = 3
    """scale, 1 ÷ shape"""
    HYPEREXPONENTIAL = 4
    """probability of the first phase, its mean, mean of the second"""
    EMPIRICAL = 5
    """row of the quantile tables"""


def constant(value_s: float) -> Law:
    """Always ``value_s``; ``inf`` is allowed (a caller who never gives up)."""
    return (int(Shape.CONSTANT), float(value_s), 0.0, 0.0)


def exponential(mean_s: float) -> Law:
    """Exponential with this mean; a mean of 0 is always 0, an infinite mean never ends."""
    if mean_s <= 0 or isinf(mean_s):
        return constant(mean_s)
    return (int(Shape.EXPONENTIAL), float(mean_s), 0.0, 0.0)


def lognormal(mean_s: float, cv: float) -> Law:
    """Lognormal with this mean and coefficient of variation; a mean of 0 is always 0."""
    if mean_s <= 0 or cv <= 0:
        return constant(mean_s)
    variance = log1p(cv * cv)
    return (int(Shape.LOGNORMAL), log(mean_s) - variance / 2, sqrt(variance), 0.0)


def weibull(mean_s: float, shape: float) -> Law:
    """Weibull with this mean; a hazard that falls with time has a shape below 1. A mean of 0 is always 0."""
    if mean_s <= 0 or isinf(mean_s):
        return constant(mean_s)
    return (int(Shape.WEIBULL), mean_s / gamma(1 + 1 / shape), 1 / shape, 0.0)


def hyperexponential(first_share: float, first_mean_s: float, second_mean_s: float) -> Law:
    """Exponential with the first mean for this share, with the second for the others."""
    return (int(Shape.HYPEREXPONENTIAL), float(first_share), float(first_mean_s), float(second_mean_s))


def empirical(row: int) -> Law:
    """The distribution of this row of the centre's quantile tables."""
    return (int(Shape.EMPIRICAL), float(row), 0.0, 0.0)


def quantile_table(probability: ArrayLike, duration_s: ArrayLike) -> NDArray[np.float64]:
    """A row for a centre's quantile tables: durations at equal steps of probability from 0 to 1.

    Args:
        probability: increasing, within 0 … 1.
        duration_s: quantiles there, not falling; the last may be infinite (callers who never give up).
    """
    steps = np.linspace(0.0, 1.0, TABLE_STEPS + 1)
    known, value = np.asarray(probability, dtype=float), np.asarray(duration_s, dtype=float)
    finite = np.isfinite(value)
    row: NDArray[np.float64] = np.interp(steps, known[finite], value[finite])
    if not finite.all():
        row[steps > known[finite][-1] + 1e-9] = inf  # not the last finite step itself, whatever rounding says
    return row


def mean_of(law: Law, tables: NDArray[np.float64] = NO_TABLES) -> float:
    """Mean of the distribution, in seconds; infinite if it may never end."""
    shape, first, second, third = law
    if shape == Shape.LOGNORMAL:
        return exp(first + second * second / 2)
    if shape == Shape.WEIBULL:
        return first * gamma(1 + second)
    if shape == Shape.HYPEREXPONENTIAL:
        return first * second + (1 - first) * third
    if shape == Shape.EMPIRICAL:
        return float(((tables[int(first), 1:] + tables[int(first), :-1]) / 2).mean())
    return first


def sample(shape: int, first: float, second: float, third: float, u: float, tables: NDArray[np.float64]) -> float:
    """The duration of a law at ``u`` in (0, 1); ``tables`` are the centre's quantile tables, a row each.

    Exponential phases and the Weibull are taken at 1 − u, so that −log(u) needs no subtraction.
    """
    if shape == 1:
        return -first * log(u)
    if shape == 2:
        return exp(first + second * normal_quantile(u))
    if shape == 3:
        return first * float((-log(u)) ** second)
    if shape == 4:
        if u <= first:
            return -second * log(u / first)
        return -third * log((u - first) / (1.0 - first))
    if shape == 5:
        row = tables[int(first)]
        at = u * (len(row) - 1)
        low = int(at)
        below, above = row[low], row[low + 1]
        if isinf(above):
            return float(below) if at == low else inf
        return float(below + (at - low) * (above - below))
    return first


def normal_quantile(p: float) -> float:
    """Quantile of the standard normal distribution, to about 1e-16.

    Wichura 1988, "Algorithm AS 241: the percentage points of the normal distribution", PPND16.
    """
    q = p - 0.5
    if -0.425 <= q <= 0.425:
        r = 0.180625 - q * q
        above = 2509.0809287301226727 * r + 33430.575583588128105
        above = above * r + 67265.770927008700853
        above = above * r + 45921.953931549871457
        above = above * r + 13731.693765509461125
        above = above * r + 1971.5909503065514427
        above = above * r + 133.14166789178437745
        above = above * r + 3.387132872796366608
        below = 5226.495278852545925 * r + 28729.085735721942674
        below = below * r + 39307.89580009271061
        below = below * r + 21213.794301586595867
        below = below * r + 5394.1960214247511077
        below = below * r + 687.1870074920579083
        below = below * r + 42.313330701600911252
        below = below * r + 1.0
        return q * above / below
    r = sqrt(-log(p if q <= 0 else 1.0 - p))
    if r <= 5.0:
        r -= 1.6
        above = 7.7454501427834140764e-4 * r + 0.0227238449892691845833
        above = above * r + 0.24178072517745061177
        above = above * r + 1.27045825245236838258
        above = above * r + 3.64784832476320460504
        above = above * r + 5.7694972214606914055
        above = above * r + 4.6303378461565452959
        above = above * r + 1.42343711074968357734
        below = 1.05075007164441684324e-9 * r + 5.475938084995344946e-4
        below = below * r + 0.0151986665636164571966
        below = below * r + 0.14810397642748007459
        below = below * r + 0.68976733498510000455
        below = below * r + 1.6763848301838038494
        below = below * r + 2.05319162663775882187
        below = below * r + 1.0
    else:
        r -= 5.0
        above = 2.01033439929228813265e-7 * r + 2.71155556874348757815e-5
        above = above * r + 0.0012426609473880784386
        above = above * r + 0.026532189526576123093
        above = above * r + 0.29656057182850489123
        above = above * r + 1.7848265399172913358
        above = above * r + 5.4637849111641143699
        above = above * r + 6.6579046435011037772
        below = 2.04426310338993978564e-15 * r + 1.4215117583164458887e-7
        below = below * r + 1.8463183175100546818e-5
        below = below * r + 7.868691311456132591e-4
        below = below * r + 0.0148753612908506148525
        below = below * r + 0.13692988092273580531
        below = below * r + 0.59983220655588793769
        below = below * r + 1.0
    return above / below if q > 0 else -above / below
