"""How uncertain a forecast says its days are: variance of the day factor, dispersion within the day, lines together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.forecast.forecast_table import Forecast

__all__ = ["common_share_of", "day_variance", "within_day_dispersion_of"]

Floats = NDArray[np.float64]

LEAST_VARIANCE, MOST_VARIANCE = 1e-4, 1.0
USUAL_SHARE = 0.5
"""Correlation of two lines' day factors where the forecast has too few paths to tell."""
PATHS_TO_TELL = 30


def within_day_dispersion_of(forecast: Forecast) -> Floats:
    """NB2 dispersion of an interval's count given its day, (L, T); Poisson where the forecast does not say."""
    if forecast.recipe is None:
        return np.zeros_like(forecast.mean)
    found: Floats = np.maximum(np.asarray(forecast.recipe.interval_dispersion, dtype=np.float64), 0.0)
    return found


def day_variance(forecast: Forecast) -> Floats:
    """Variance of each line's day factor, (L, D).

    Total over within-day dispersion where the forecast carries both, as 1 + total = (1 + within)·(1 + variance);
    else the covariance of the day's even and odd intervals over the paths, which chance does not enter.
    """
    dates = np.asarray(forecast.grid.dates).astype("datetime64[D]")
    day = np.unique(dates, return_inverse=True)[1]
    found = np.empty((len(forecast.lines), int(day.max()) + 1))
    for i in range(len(forecast.lines)):
        for d in range(found.shape[1]):
            here = np.flatnonzero((day == d) & (forecast.mean[i] > 0))
            found[i, d] = _variance(forecast, i, here) if len(here) else 0.0
    return np.clip(found, LEAST_VARIANCE, MOST_VARIANCE)


def _variance(forecast: Forecast, line: int, here: NDArray[np.intp]) -> float:
    if forecast.recipe is not None and forecast.dispersion is not None:
        within = np.maximum(forecast.recipe.interval_dispersion[line, here], 0.0)
        total = forecast.dispersion[line, here]
        return float(np.average((1.0 + total) / (1.0 + within) - 1.0, weights=forecast.mean[line, here]))
    if forecast.paths.shape[0] < PATHS_TO_TELL or len(here) < 2:
        return 0.0
    one, two = (forecast.paths[:, line, here[n::2]].sum(axis=1) for n in (0, 1))
    expected = forecast.mean[line, here[0::2]].sum() * forecast.mean[line, here[1::2]].sum()
    return float(np.cov(one, two)[0, 1] / max(expected, 1e-9))


def common_share_of(forecast: Forecast, day: int) -> float:
    """Correlation of the lines' log day factors on one day: the mean over pairs of lines; 1 for a single line."""
    if len(forecast.lines) == 1:
        return 1.0
    if forecast.recipe is None or forecast.paths.shape[0] < PATHS_TO_TELL:
        return USUAL_SHARE
    logs = np.log(np.maximum(forecast.recipe.day_factors[:, :, day], 1e-9))
    varied = logs.std(axis=0) > 0
    if varied.sum() < 2:
        return USUAL_SHARE
    table = np.corrcoef(logs[:, varied].T)
    pairs = table[np.triu_indices(len(table), 1)]
    return float(np.clip(pairs.mean(), 0.0, 0.95))
