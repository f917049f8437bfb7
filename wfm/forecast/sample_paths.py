"""Sample paths: a day factor common to the intervals of a day and partly to the lines, then counts.

    x = level that days share + noise of the day's own        (logs; one number a path, line, day)
    N ~ negative binomial with mean · exp(x − v/2), dispersion of the interval

Every normal number is √c · common + √(1 − c) · own, so that lines rise and fall together with
correlation c. All draws are keyed (see ``keyed_draws``): scenarios that differ in the mean alone see
the same days and, by inversion, counts that are monotone in the mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from wfm.calendar import TimeGrid
from wfm.forecast.counts import count_quantile
from wfm.forecast.day_process import Prediction
from wfm.forecast.keyed_draws import keyed_uniforms

__all__ = ["PathRecipe", "draw_day_factors", "draw_paths"]

Floats = NDArray[np.float64]

FACTOR_LOG_MAX = 3.0
"""A day of more than twenty times its expectation, or less than a twentieth, is not drawn."""


@dataclass(frozen=True)
class PathRecipe:
    """What paths are drawn from: ``day_factors`` (P, L, D) with mean 1, ``interval_dispersion`` (L, T), seed."""

    day_factors: Floats
    interval_dispersion: Floats
    seed: int


def draw_day_factors(
    days: list[Prediction], lines: list[str], first_day: int, *, paths: int, seed: int, common_share: float
) -> Floats:
    """Factors (P, L, D) on the mean of each day, with mean 1.

    Args:
        days: one per line, of the same D days in a row.
        lines: their names, which key the draws.
        first_day: number of the first forecast day since 1970.
        paths: number of paths P.
        seed: seed of the plan.
        common_share: correlation of the lines' day factors.
    """
    length = len(days[0].mean)
    shared, own = np.sqrt(common_share), np.sqrt(1.0 - common_share)
    factors = np.ones((paths, len(lines), length))
    roots = [_root(line.covariance) for line in days]
    for path in range(paths):
        common = {
            purpose: special.ndtri(keyed_uniforms(seed, path, "", purpose, first_day, length))
            for purpose in ("level", "day")
        }
        for i, (name, line) in enumerate(zip(lines, days, strict=True)):
            mixed = {
                purpose: shared * common[purpose]
                + own * special.ndtri(keyed_uniforms(seed, path, name, purpose, first_day, length))
                for purpose in ("level", "day")
            }
            log_factor = roots[i] @ mixed["level"] + np.sqrt(line.own) * mixed["day"]
            factors[path, i] = np.exp(np.clip(log_factor, -FACTOR_LOG_MAX, FACTOR_LOG_MAX) - line.variance / 2.0)
    return factors


def _root(covariance: Floats) -> Floats:
    """Lower triangular root; a little is added to the diagonal where rounding needs it."""
    jitter = 1e-10 * max(float(covariance.diagonal().max()), 1e-6)
    return np.asarray(np.linalg.cholesky(covariance + jitter * np.eye(len(covariance))), dtype=np.float64)


def draw_paths(
    recipe: PathRecipe, grid: TimeGrid, lines: list[str], mean: Floats, *, only: int | None = None
) -> Floats:
    """Counts (P, L, T) with the means ``mean`` (L, T), or (P, T) of the line number ``only``."""
    paths = recipe.day_factors.shape[0]
    dates = np.asarray(grid.dates).astype("datetime64[D]")
    day = np.unique(dates, return_inverse=True)[1]
    first = int(grid.starts[0].timestamp()) // (60 * grid.interval_min)
    chosen = list(range(len(lines))) if only is None else [only]
    uniforms = np.empty((paths, len(chosen), len(grid)))
    for path in range(paths):
        for j, i in enumerate(chosen):
            uniforms[path, j] = keyed_uniforms(recipe.seed, path, lines[i], "calls", first, len(grid))
    means = mean[chosen] * recipe.day_factors[:, chosen][:, :, day]
    dispersion = np.broadcast_to(recipe.interval_dispersion[chosen][None], means.shape)
    counts = count_quantile(uniforms, means, dispersion)
    return counts if only is None else counts[:, 0]
