"""How many calls a day brings: day-type effects, a drifting level, and what is left to chance.

Two layers. A negative-binomial regression with recency weights and Gaussian priors on the effects
(iteratively reweighted least squares; McCullagh and Nelder, *Generalized Linear Models*, §2.5, with a
ridge penalty) gives the mean of each day type; a kind of day never seen keeps its prior factor. The
residuals in logs then carry a first-order autoregressive level under day noise, filtered by Kalman's
recursion over a grid of parameters whose posterior weights are kept: near days lean on the latest
level, far days return to the mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.calendar import DayKind
from wfm.forecast.history import HOLIDAY, MAKEUP

__all__ = ["DayEffects", "LevelDrift", "design_rows", "fit_day_effects", "fit_level_drift", "known_level"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

EFFECTS = 4 + 14
"""Level, weekend, holiday, make-up, and the deviation of each ordinary day type."""
SD_LEVEL, SD_WEEKEND, SD_HOLIDAY, SD_MAKEUP = 10.0, 0.7, 0.4, 0.2
SD_DEVIATION = 0.15
"""Prior spread of the effects (logs); that of single weekdays is re-estimated from the data."""

RHOS = (0.0, 0.6, 0.8, 0.9, 0.96, 0.99)
RHO_PRIOR = (0.5, 0.8, 1.0, 1.2, 1.2, 1.0)
DRIFT_SHARES = (0.15, 0.35, 0.6, 0.85)
SCALES = (0.5, 0.75, 1.0, 1.4, 2.0)


def design_rows(types: Ints, factors: Mapping[DayKind, float]) -> tuple[Floats, Floats]:
    """Design matrix (D, EFFECTS) and prior log factor (D,) of days of the given types."""
    rows = np.zeros((len(types), EFFECTS))
    offset = np.zeros(len(types))
    rows[:, 0] = 1.0
    weekend = ((types >= 7) & (types < 14)) | (types == HOLIDAY)
    rows[weekend, 1] = 1.0
    offset[weekend] = np.log(factors[DayKind.WEEKEND])
    rows[types == HOLIDAY, 2] = 1.0
    offset[types == HOLIDAY] = np.log(factors[DayKind.HOLIDAY])
    rows[types == MAKEUP, 3] = 1.0
    offset[types == MAKEUP] = np.log(factors[DayKind.MAKEUP])
    ordinary = np.flatnonzero(types < 14)
    rows[ordinary, 4 + types[ordinary]] = 1.0
    return rows, offset


@dataclass(frozen=True)
class DayEffects:
    """Posterior of the effects in logs: ``mean`` (EFFECTS,), ``covariance``, day noise ``day_variance``."""

    mean: Floats
    covariance: Floats
    day_variance: float

    def log_mean(self, rows: Floats, offset: Floats) -> Floats:
        """Log of the expected day total, (D,)."""
        result: Floats = rows @ self.mean + offset
        return result


def fit_day_effects(
    totals: Floats, exposure: Floats, types: Ints, weights: Floats, factors: Mapping[DayKind, float]
) -> DayEffects:
    """Fit the day-type effects of one line.

    Args:
        totals: (D,) calls of each day.
        exposure: (D,) share of the day that was observed, in shares of a day's calls; 0 leaves it out.
        types: (D,) day types.
        weights: (D,) recency weights.
        factors: prior ratio of each kind of day to a weekday.
    """
    rows, offset = design_rows(types, factors)
    used = exposure > 0.02
    rows, offset = rows[used], offset[used] + np.log(exposure[used])
    counts, weight = totals[used], weights[used]
    sd = np.array([SD_LEVEL, SD_WEEKEND, SD_HOLIDAY, SD_MAKEUP, *[SD_DEVIATION] * 14])
    beta = np.zeros(EFFECTS)
    beta[0] = np.log((counts.sum() + 0.5) / np.exp(offset).sum())
    variance = 0.02
    covariance = np.diag(sd**2)
    start = beta[0]
    for _ in range(25):
        eta = rows @ beta + offset
        mean = np.exp(np.clip(eta, -20, 20))
        noise = mean + variance * mean**2
        residual = np.clip((counts - mean) / np.sqrt(noise), -3.0, 3.0) * np.sqrt(noise)
        precision = weight * mean**2 / noise
        gradient = rows.T @ (weight * mean * residual / noise) - (beta - np.eye(EFFECTS)[0] * start) / sd**2
        information = (rows * precision[:, None]).T @ rows + np.diag(1.0 / sd**2)
        covariance = np.linalg.inv(information)
        step = np.clip(covariance @ gradient, -1.0, 1.0)
        beta = beta + step
        variance = _day_variance(counts, np.exp(np.clip(rows @ beta + offset, -20, 20)), weight, variance)
        sd[4:] = _deviation_sd(beta[4:], covariance.diagonal()[4:], types[used])
        if np.abs(step).max() < 1e-5:
            break
    return DayEffects(beta, covariance, variance)


def _day_variance(counts: Floats, mean: Floats, weight: Floats, before: float) -> float:
    """Squared cv of a day's total beyond Poisson; residuals capped, shrunk toward a prior of 0.1² by 4 days."""
    noise = mean + before * mean**2
    squared = np.minimum((counts - mean) ** 2, 9.0 * noise)
    trust = mean**2 / noise**2  # weights of the efficient moment estimator
    days = float(weight.sum())
    below = float((weight * trust * mean**2).sum())
    found = float((weight * trust * (squared - mean)).sum()) / max(below, 1e-12)
    reliable = below / max(float((weight * trust * noise * mean).sum()) ** 0.5, 1e-12) if below > 0 else 0.0
    heard = days * min(1.0, reliable)
    return max(1e-5, (heard * max(found, 0.0) + 4.0 * 0.01) / (heard + 4.0))


def _deviation_sd(deviation: Floats, variance: Floats, types: Ints) -> Floats:
    """Spread of single weekdays about their kind, by expectation–maximisation with a prior of 4 weekdays."""
    sd = np.full(14, SD_DEVIATION)
    for kind in (range(7), range(7, 14)):
        seen = [k for k in kind if (types == k).any()]
        if seen:
            moment = float((deviation[seen] ** 2 + variance[seen]).sum())
            sd[list(kind)] = np.sqrt(np.clip((moment + 4 * SD_DEVIATION**2) / (len(seen) + 4), 0.02**2, 1.0))
    return sd


@dataclass(frozen=True)
class LevelDrift:
    """Filtered level at the end of the history for each parameter set of the grid (G,).

    ``weight`` are posterior probabilities; ``level`` and ``variance`` describe the state on the last
    day of the history; ``drift_variance`` is its stationary variance, ``day_variance`` that of the
    noise of single days.
    """

    weight: Floats
    rho: Floats
    level: Floats
    variance: Floats
    drift_variance: Floats
    day_variance: Floats

    def ahead(self, leads: Floats) -> tuple[Floats, Floats]:
        """Mean and variance of the log day factor ``leads`` days after the history, each (len(leads),)."""
        fade = self.rho[:, None] ** leads
        mean = fade * self.level[:, None]
        spread = fade**2 * self.variance[:, None] + (1 - fade**2) * self.drift_variance[:, None]
        spread = spread + self.day_variance[:, None]
        middle = self.weight @ mean
        return middle, self.weight @ (spread + (mean - middle) ** 2)


def known_level(day_variance: float) -> LevelDrift:
    """A level that is known and does not drift; single days vary by ``day_variance`` (logs)."""
    zero = np.zeros(1)
    return LevelDrift(np.ones(1), zero, zero, zero, zero, np.array([day_variance]))


def fit_level_drift(log_residual: Floats, noise: Floats, day_variance: float) -> LevelDrift:
    """Kalman filter of one line's level over the parameter grid.

    Args:
        log_residual: (D,) log of actual over expected day totals, consecutive days, NaN where unknown.
        noise: (D,) its variance by chance alone (Poisson).
        day_variance: total variance beyond Poisson, from the regression.
    """
    rho, share, scale = (x.ravel() for x in np.meshgrid(RHOS, DRIFT_SHARES, SCALES, indexing="ij"))
    prior = np.repeat(RHO_PRIOR, len(DRIFT_SHARES) * len(SCALES))
    total = scale * max(day_variance, 1e-5)
    drift, single = share * total, (1 - share) * total
    level, variance = np.zeros_like(rho), drift.copy()
    likelihood = np.log(prior)
    cap = 3.0
    for y, chance in zip(log_residual, noise, strict=True):
        level = rho * level
        variance = rho**2 * variance + (1 - rho**2) * drift
        if not np.isfinite(y):
            continue
        spread = variance + single + chance
        surprise = y - level
        bounded = np.clip(surprise, -cap * np.sqrt(spread), cap * np.sqrt(spread))
        likelihood += -0.5 * np.log(spread) - 0.5 * bounded**2 / spread
        gain = variance / spread
        level = level + gain * bounded
        variance = (1 - gain) * variance
    weight = np.exp(likelihood - likelihood.max())
    return LevelDrift(weight / weight.sum(), rho, level, variance, drift, single)
