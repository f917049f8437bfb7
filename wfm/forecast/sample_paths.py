"""Sample paths: a day factor common to the intervals of a day and partly to the lines, then counts.

    x = fading level + day noise + uncertain day-type effect        (logs; one number a path, line, day)
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
from wfm.forecast.day_level import LevelDrift
from wfm.forecast.keyed_draws import keyed_uniforms

__all__ = ["DayUncertainty", "PathRecipe", "draw_day_factors", "draw_paths"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class DayUncertainty:
    """What is uncertain about one line's days of the forecast.

    ``drift``: filtered level; ``leads`` (D,): days after the history; ``effect_rows`` (D, K) and ``effect_root`` (K, K): the day-type effects deviate by
    ``effect_rows @ effect_root @ z``.
    """

    drift: LevelDrift
    leads: Floats
    effect_rows: Floats
    effect_root: Floats

    def variance(self) -> Floats:
        """Variance of the log day factor, (D,)."""
        spread = ((self.effect_rows @ self.effect_root) ** 2).sum(axis=1)
        spread = spread + self.drift.ahead(self.leads)[1]
        result: Floats = np.minimum(spread, 1.0)
        return result


@dataclass(frozen=True)
class PathRecipe:
    """What paths are drawn from: ``day_factors`` (P, L, D) with mean 1, ``interval_dispersion`` (L, T), seed."""

    day_factors: Floats
    interval_dispersion: Floats
    seed: int


def draw_day_factors(
    days: list[DayUncertainty], lines: list[str], first_day: int, *, paths: int, seed: int, common_share: float
) -> Floats:
    """Factors (P, L, D) on the mean of each day, with mean 1.

    Args:
        days: one per line.
        lines: their names, which key the draws.
        first_day: number of the first forecast day since 1970.
        paths: number of paths P.
        seed: seed of the plan.
        common_share: correlation of the lines' day factors.
    """
    length = len(days[0].leads)
    shared, own = np.sqrt(common_share), np.sqrt(1.0 - common_share)
    factors = np.ones((paths, len(lines), length))
    variances = [line.variance() for line in days]
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
            effects = line.effect_root.shape[1]
            z: Floats = special.ndtri(keyed_uniforms(seed, path, name, "effects", 0, effects + 2))
            together = special.ndtri(keyed_uniforms(seed, path, "", "effects", 0, effects))
            log_factor: Floats = line.effect_rows @ (line.effect_root @ (shared * together + own * z[:effects]))
            log_factor = log_factor + _drift_path(
                line.drift,
                line.leads,
                mixed["level"],
                mixed["day"],
                start_z=float(z[effects]),
                choice_z=float(z[effects + 1]),
            )
            factors[path, i] = np.exp(np.clip(log_factor, -3.0, 3.0) - variances[i] / 2.0)
    return factors


def _drift_path(
    drift: LevelDrift, leads: Floats, level_z: Floats, day_z: Floats, *, start_z: float, choice_z: float
) -> Floats:
    """One path of the log day factor about its mean: parameters, start, innovations and day noise."""
    g = min(int(np.searchsorted(np.cumsum(drift.weight), special.ndtr(choice_z))), len(drift.weight) - 1)
    state = drift.level[g] + np.sqrt(drift.variance[g]) * start_z
    rho, spread = drift.rho[g], drift.drift_variance[g]
    path = np.empty(len(leads))
    before = 0.0
    for d, lead in enumerate(leads):
        fade = rho ** (lead - before)
        state = fade * state + np.sqrt((1.0 - fade**2) * spread) * level_z[d]
        path[d] = state
        before = lead
    centred: Floats = path - drift.ahead(leads)[0] + np.sqrt(drift.day_variance[g]) * day_z
    return centred


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
