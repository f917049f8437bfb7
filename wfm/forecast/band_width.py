"""How much wider or narrower than its law says a band must be, from what past bands of the same line held.

The negative binomial matches mean and variance; where accidents are many its middle is too wide and its ends are too narrow.
Half-widths of past bands are compared with what came (conformalised quantiles: Romano, Patterson and Candès 2019, NeurIPS 32,
with the error scaled by the half-width).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from wfm.forecast.counts import smooth_quantile
from wfm.forecast.hindcast import DayCheck
from wfm.forecast.history import History

__all__ = ["band_stretch", "stretched_quantile"]

Floats = NDArray[np.float64]

BANDS = (0.80, 0.95)
PRIOR_CELLS = 300.0
"""Intervals' worth of trust in the law itself."""
STRETCH_MIN, STRETCH_MAX = 0.6, 1.6
MEAN_MIN = 5.0
"""Intervals with fewer expected calls say little of widths: their bands begin at no call, which is inside."""


def band_stretch(history: History, number: int, check: DayCheck, share: Floats, dispersion: Floats) -> Floats:
    """Factors on the half-widths of the 80 and 95 % bands of one line, (2,).

    Args:
        history: the past.
        number: position of the line.
        check: its hindcast days.
        share: (DAY_TYPES, S) share of each interval in its day.
        dispersion: (DAY_TYPES, S) of the intervals, the day's level known.
    """
    if not len(check.day):
        return np.ones(2)
    types = history.types[check.day]
    exposure = history.exposure[number, check.day]
    mean = np.exp(check.log_mean + check.variance / 2.0)[:, None] * share[types]
    whole = (1.0 + dispersion[types]) * np.exp(check.variance)[:, None] - 1.0
    used = (exposure == 1) & (mean > MEAN_MIN)
    if not used.any():
        return np.ones(2)
    actual, mean, whole = history.calls[number, check.day][used], mean[used], whole[used]
    middle = smooth_quantile(0.5, mean, whole)
    found = np.ones(2)
    for place, band in enumerate(BANDS):
        high = smooth_quantile(0.5 + band / 2.0, mean, whole) - middle
        low = middle - smooth_quantile(0.5 - band / 2.0, mean, whole)
        off = actual - middle
        ratio = np.abs(off) / np.maximum(np.where(off > 0, high, low), 1e-9)
        heard = len(ratio)
        log_factor = heard * np.log(max(float(np.quantile(ratio, band)), 1e-3)) / (heard + PRIOR_CELLS)
        found[place] = np.clip(np.exp(log_factor), STRETCH_MIN, STRETCH_MAX)
    return found


def stretched_quantile(q: float, mean: Floats, dispersion: Floats, stretch: Floats) -> Floats:
    """The ``q`` quantile with its distance from the median stretched, (L, T); never below zero.

    Args:
        q: probability.
        mean: (L, T).
        dispersion: (L, T).
        stretch: (L, 2) factors at the 80 and 95 % bands; between and beyond them by the normal quantile of ``q``.
    """
    plain = smooth_quantile(q, mean, dispersion)
    if q == 0.5 or (stretch == 1.0).all():
        return plain
    inner, outer = (float(special.ndtri(0.5 + band / 2.0)) for band in BANDS)
    at = np.clip((abs(float(special.ndtri(q))) - inner) / (outer - inner), 0.0, 1.5)
    factor = stretch[:, :1] + (stretch[:, 1:] - stretch[:, :1]) * at
    factor = 1.0 + (factor - 1.0) * np.clip(mean / MEAN_MIN - 1.0, 0.0, 1.0)  # few calls keep their law, zero its place
    middle = smooth_quantile(0.5, mean, dispersion)
    result: Floats = np.maximum(middle + factor * (plain - middle), 0.0)
    return result
