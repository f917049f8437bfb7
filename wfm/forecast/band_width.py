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
        stretch: (L, 2) factors at the 80 and 95 % bands. Inside the first its factor holds, beyond the second that one's; between
            them the distance grows evenly with the normal quantile of ``q``, so that quantiles never cross.
    """
    if q == 0.5 or (stretch == 1.0).all():
        return smooth_quantile(q, mean, dispersion)
    middle = smooth_quantile(0.5, mean, dispersion)
    side = 1.0 if q > 0.5 else -1.0

    def away(band: float) -> Floats:
        """How far the edge of a band lies from the median, on the side of ``q``."""
        return side * (smooth_quantile(0.5 + side * band / 2.0, mean, dispersion) - middle)

    few = np.clip(mean / MEAN_MIN - 1.0, 0.0, 1.0)  # few calls keep their law, zero its place
    factor = 1.0 + (stretch[:, :, None] - 1.0) * few[:, None, :]
    inner, outer = (float(special.ndtri(0.5 + band / 2.0)) for band in BANDS)
    at = abs(float(special.ndtri(q)))
    if at <= inner:
        distance = factor[:, 0] * away(abs(2.0 * q - 1.0))
    else:
        near, plain = factor[:, 0] * away(BANDS[0]), away(BANDS[1])
        far = np.maximum(factor[:, 1] * plain, near)
        if at <= outer:
            distance = near + (far - near) * (at - inner) / (outer - inner)
        else:
            ratio = np.divide(far, plain, out=np.ones_like(far), where=plain > 0)
            distance = ratio * away(abs(2.0 * q - 1.0))
    result: Floats = np.maximum(middle + side * distance, 0.0)
    return result
