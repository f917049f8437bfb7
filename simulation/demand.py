"""Calls of intervals drawn from rates: days and intervals that run above or below them, then chance (§76).

    N ~ Poisson(rate · F_day · F_interval)

Both factors are gamma with mean 1, the day's with coefficient of variation c and the interval's with v, so that

    mean N = μ,    Var N = μ + μ²·((1 + c²)(1 + v²) − 1),
    Cov of two intervals of a day = μ₁·μ₂·c²,    of two lines on a day = μ₁·μ₂·s·c²  (lines of equal c)

(doubly stochastic arrivals: Whitt 1999, "Dynamic staffing in a telephone call center aiming to immediately answer all
calls", Oper. Res. Letters 24:205–212; Avramidis, Deslauriers and L'Ecuyer 2004, Management Science 50:896–908, models
1 and 2). The day's factor of a line is the sum of a gamma part that all lines share and one of its own, with shapes s/c²
and (1 − s)/c²: sums of gamma numbers of one scale are gamma again, so that s is exactly the correlation of lines that vary
alike; lines of different c share the uniform number of the common part.

Every number is drawn by inversion from a keyed uniform (§6): the same path, line and interval meets the same luck whatever
the rate, and more calls are never fewer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from simulation.keyed import Purpose, stream, uniforms
from wfm.errors import BadInput
from wfm.forecast.counts import count_quantile
from wfm.i18n import say

__all__ = ["count_variance", "draw_counts"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

OWN, SHARED = 1, 2
"""Attempts in the keys of a day's factor: the part of a line, and that of all lines."""

NO_SPREAD = 1e-5
"""Spread, or part of a factor, that counts as none: it moves no count of less than a million calls by a hundredth of
its chance, and the quantile of a gamma number of shape 0 is not defined."""

BLOCK_CELLS = 50_000
"""Counts drawn in one go."""


def draw_counts(
    rate: ArrayLike,
    interval_date: ArrayLike,
    *,
    day_cv: ArrayLike = 0.0,
    interval_cv: ArrayLike = 0.0,
    shared_share: float = 0.0,
    seed: int,
    paths: int,
) -> Integers:
    """Counts ``(P, L, T)`` for ``Centre.arrivals``; path p is drawn with the keys of replication p.

    Args:
        rate: expected calls of each interval, ``(L, T)``, or ``(P, L, T)`` where paths differ.
        interval_date: ``(T,)`` number of each interval's date.
        day_cv: standard deviation ÷ mean of a day's factor: one, or ``(L,)``.
        interval_cv: the same of an interval's factor: one, ``(L,)`` or ``(L, T)``.
        shared_share: correlation of the lines' factors of one day, 0 … 1.
        seed: seed of every draw.
        paths: number of paths P.

    Raises:
        BadInput: a rate or a spread is negative or not a number, the share lies outside 0 … 1, or there is no path.
        ValueError: shapes do not fit together.
    """
    rates, date = np.asarray(rate, dtype=float), np.asarray(interval_date, dtype=np.int64)
    if rates.ndim not in (2, 3) or date.shape != rates.shape[-1:] or (rates.ndim == 3 and len(rates) != paths):
        raise ValueError(f"rate: expected (L, {date.size}) or ({paths}, L, {date.size}), found {rates.shape}")
    lines, intervals = rates.shape[-2:]
    day = np.broadcast_to(np.asarray(day_cv, dtype=float), (lines,))
    spread = np.asarray(interval_cv, dtype=float)
    within = np.broadcast_to(spread[:, None] if spread.ndim == 1 else spread, (lines, intervals))
    _require(rates, day, within, shared_share, paths)

    line = np.arange(lines, dtype=np.uint64)[:, None] << np.uint64(44)
    key = line | (np.arange(intervals, dtype=np.uint64) << np.uint64(20))
    counts = np.empty((paths, lines, intervals), dtype=np.int64)
    block = max(1, BLOCK_CELLS // max(1, lines * intervals))
    for first in range(0, paths, block):
        chosen = range(first, min(first + block, paths))
        mean = rates if rates.ndim == 2 else rates[chosen.start : chosen.stop]
        if day.any():
            mean = mean * _day_factors(day, shared_share, date, _streams(seed, chosen, Purpose.DAY_FACTOR))
        if within.any():
            mean = mean * _gamma_factors(within, uniforms(_streams(seed, chosen, Purpose.INTERVAL_FACTOR), key, 1))
        luck = uniforms(_streams(seed, chosen, Purpose.COUNT), key, 1)
        counts[chosen.start : chosen.stop] = count_quantile(luck, mean, 0.0)
    return counts


def count_variance(rate: ArrayLike, day_cv: ArrayLike = 0.0, interval_cv: ArrayLike = 0.0) -> Floats:
    """Variance of a count; arguments broadcast."""
    mean, day, within = (np.asarray(x, dtype=float) for x in (rate, day_cv, interval_cv))
    variance: Floats = mean + mean**2 * ((1 + day**2) * (1 + within**2) - 1)
    return variance


def _streams(seed: int, paths: range, purpose: Purpose) -> NDArray[np.uint64]:
    """One stream a path, ``(paths, 1, 1)``."""
    return np.array([stream(seed, path, purpose) for path in paths], dtype=np.uint64)[:, None, None]


def _day_factors(cv: Floats, shared_share: float, date: Integers, base: NDArray[np.uint64]) -> Floats:
    """``(paths, L, T)`` factor of each interval's day; ``base`` the paths' streams."""
    days, at = np.unique(date, return_inverse=True)
    of_day = days.astype(np.uint64) << np.uint64(20)
    of_line = np.arange(len(cv), dtype=np.uint64)[:, None] << np.uint64(44)
    varies = cv > NO_SPREAD
    shape = 1 / cv[varies, None] ** 2
    shared_share = 0.0 if shared_share < NO_SPREAD else 1.0 if shared_share > 1 - NO_SPREAD else shared_share
    parts = np.zeros((len(base), int(varies.sum()), len(days)))
    if shared_share > 0:
        parts += special.gammaincinv(shared_share * shape, uniforms(base, of_day, SHARED))
    if shared_share < 1:
        parts += special.gammaincinv((1 - shared_share) * shape, uniforms(base, of_line | of_day, OWN)[:, varies])
    factors = np.ones((len(base), len(cv), len(days)))
    factors[:, varies] = parts / shape
    return factors[:, :, at]


def _gamma_factors(cv: Floats, luck: Floats) -> Floats:
    """The quantiles of gamma numbers of mean 1, ``(paths, L, T)``; 1 where they do not vary."""
    factors = np.ones_like(luck)
    varies = cv > NO_SPREAD
    shape = 1 / cv[varies] ** 2
    factors[:, varies] = special.gammaincinv(shape, luck[:, varies]) / shape
    return factors


def _require(rates: Floats, day: Floats, within: Floats, shared_share: float, paths: int) -> None:
    if not (np.isfinite(rates).all() and (rates >= 0).all()):
        raise BadInput(say("simulation: expected calls per interval must be numbers of at least 0"))
    for spread in (day, within):
        bad = spread[~(np.isfinite(spread) & (spread >= 0))]
        if len(bad):
            found = f"{bad.flat[0]:g}"
            raise BadInput(
                say("simulation: the spread of days and intervals must be a number of at least 0, found {found}",
                    found=found)
            )  # fmt: skip
    if not 0 <= shared_share <= 1:
        found = f"{shared_share:g}"
        raise BadInput(
            say("simulation: the share of a day's factor that lines have in common must lie between 0 and 1, found {found}",
                found=found)
        )  # fmt: skip
    if paths < 1:
        raise BadInput(say("simulation: paths must be at least 1, found {n}", n=paths))
