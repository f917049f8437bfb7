"""How many calls a day brings: an additive Gaussian process on the logs of the day totals.

What days have in common is in :mod:`wfm.forecast.day_kernels`. The variances of the parts are the most probable ones
(marginal likelihood with log-normal priors; Rasmussen and Williams 2006, eqs. 5.8 and 5.9; the restricted maximum likelihood of
mixed models). A day's own noise is Student's t with two degrees of freedom by scale mixture (Lange, Little and Taylor 1989,
*JASA* 84:881–896): an accident weighs little. Chance (Poisson) is added by the expected calls. What is predicted of several
days comes with its covariance, so that paths keep their level from day to day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dpotrf, dpotri, dpotrs
from scipy.optimize import minimize

from wfm.calendar import DayKind
from wfm.forecast.day_features import DayFeatures
from wfm.forecast.day_kernels import PARTS, Part, kind_offset

__all__ = ["DayProcess", "Prediction", "fit_days"]

Floats = NDArray[np.float64]

FREEDOM = 2.0
"""Degrees of freedom of a day's own noise."""
NOISE, NOISE_LOG_SD = 0.004, 1.0
"""Prior of the squared scale of a day's own noise (logs), and how surely it is known."""
SWEEPS, SWEEPS_LEARNING, STEPS = 5, 2, 25
LEARNING_DAYS = 400
"""Latest days that decide on the variances; older ones still count for the effects."""
YEAR_VARIANCES = (1e-5, 3e-4, 1e-3, 3e-3, 1e-2)
SEEN_MIN = 0.02
"""Share of a day's calls that must have been observed for the day to count."""
FEW_CALLS = 20.0
"""Below this count a day's log is replaced by the working response of a Poisson regression."""


@dataclass(frozen=True)
class Prediction:
    """Log day levels ahead: ``mean`` (D,), ``covariance`` (D, D) of what days share, ``own`` variance of each day's noise."""

    mean: Floats
    covariance: Floats
    own: float

    @property
    def variance(self) -> Floats:
        """Variance of each day's log level, own noise included, (D,)."""
        result: Floats = self.covariance.diagonal() + self.own
        return result


@dataclass(frozen=True)
class DayProcess:
    """A fitted line. N days of history are used.

    ``features``, ``seen`` (N,): log calls of a fully observed day less the prior of its kind; ``noise`` (N,): variance of each; ``parts``
    with their ``variances``; ``own``: squared scale of a day's noise; ``weight`` (N,): 1 for an ordinary day, near 0 for an
    accident; ``residual`` (N,): log of seen over fitted; ``chance`` (N,): its variance by chance alone.
    """

    features: DayFeatures
    seen: Floats
    noise: Floats
    parts: tuple[Part, ...]
    variances: Floats
    own: float
    weight: Floats
    residual: Floats
    chance: Floats
    factors: Mapping[DayKind, float]

    @cached_property
    def shared(self) -> Floats:
        """Covariance of what the days of the history share, (N, N)."""
        return _covariance(self.parts, self.variances, self.features, self.features)

    def predict(self, features: DayFeatures, *, known: int | None = None) -> Prediction:
        """Levels of some days, from all days of the history or the first ``known`` of them."""
        end = len(self.seen) if known is None else known
        past = self.features.at(slice(0, end))
        own_cov = self.shared[:end, :end].copy()
        own_cov[np.diag_indices(end)] += self.noise[:end]
        cross = _covariance(self.parts, self.variances, past, features)
        ahead = _covariance(self.parts, self.variances, features, features)
        factor, failed = dpotrf(own_cov, lower=1, overwrite_a=1)
        if failed:
            raise FloatingPointError("the covariance of the history is not positive definite")
        solved, _ = dpotrs(factor, np.column_stack([self.seen[:end], cross]), lower=1)
        mean = cross.T @ solved[:, 0] + kind_offset(features.types, self.factors)
        covariance = ahead - cross.T @ solved[:, 1:]
        return Prediction(mean, (covariance + covariance.T) / 2.0, self.own)


def fit_days(
    totals: Floats, exposure: Floats, features: DayFeatures, factors: Mapping[DayKind, float]
) -> DayProcess | None:
    """Fit one line; None where no day was seen.

    Args:
        totals: (D,) calls of each day.
        exposure: (D,) share of the day's calls that fell into observed intervals; 0 leaves the day out.
        features: of the D days.
        factors: prior ratio of each kind of day to a weekday.
    """
    used = exposure > SEEN_MIN
    if not used.any():
        return None
    totals, exposure, features = totals[used], exposure[used], features.at(used)
    span = float(features.number[-1] - features.number[0])
    offset = kind_offset(features.types, factors)
    long_enough = [(p, p.kernel(features, features)) for p in PARTS if span >= p.days_min]
    # What no day of the history has stays at its prior, and need not be learned.
    chosen = [(p, k) for p, k in long_enough if not p.learned or (k.diagonal() > 0).any()]
    parts, kernels = tuple(p for p, _ in chosen), [k for _, k in chosen]
    variances = np.array([p.variance for p in parts])
    own, weight = NOISE, np.ones(len(totals))
    usual = float(np.log((totals.sum() + 0.5) / (exposure * np.exp(offset)).sum()))
    fitted = np.full(len(totals), usual)
    recent = features.number >= features.number[-1] - LEARNING_DAYS
    seen = chance = residual = np.zeros(0)
    for sweep in range(SWEEPS):
        expected = np.exp(np.clip(fitted + offset, -20.0, 20.0)) * exposure
        seen = _response(totals, exposure, offset, fitted, expected) - usual
        chance = 1.0 / np.maximum(np.where(totals >= FEW_CALLS, totals, expected), 0.05)
        if sweep < SWEEPS_LEARNING:
            variances, own = _learn(parts, kernels, variances, own, seen, weight, chance, recent)
        noise = own / weight + chance
        covariance = np.tensordot(variances, kernels, axes=1)
        covariance[np.diag_indices(len(seen))] += noise
        inverse = _inverse(covariance)
        pull = inverse @ seen
        residual = noise * pull
        fitted = seen - residual + usual
        squared = np.maximum(residual**2 + noise - noise**2 * inverse.diagonal() - chance, 0.0)
        weight = (FREEDOM + 1.0) / (FREEDOM + squared / own)
    place = next((i for i, p in enumerate(parts) if p.kernel is _YEAR), None)
    if place is not None:
        variances[place] = _learn_year(kernels, variances, place, seen, own / weight + chance)
    noise = own / weight + chance
    return DayProcess(features, seen + usual, noise, parts, variances, own, weight, residual, chance, factors)


_YEAR = next(p.kernel for p in PARTS if p.name == "time of the year")


def _response(totals: Floats, exposure: Floats, offset: Floats, fitted: Floats, expected: Floats) -> Floats:
    """Log calls of a full day less the prior of its kind; of days with few calls the working response of a Poisson regression
    (McCullagh and Nelder 1989, §2.5).
    """
    logs = np.log(np.maximum(totals, 0.5) / exposure) - offset
    working = fitted + np.clip((totals - expected) / np.maximum(expected, 1e-9), -3.0, 3.0)
    return np.where(totals >= FEW_CALLS, logs, working)


def _covariance(parts: tuple[Part, ...], variances: Floats, a: DayFeatures, b: DayFeatures) -> Floats:
    total = np.zeros((len(a), len(b)))
    for part, variance in zip(parts, variances.tolist(), strict=True):
        total += variance * part.kernel(a, b)
    return total


def _inverse(matrix: Floats) -> Floats:
    factor, failed = dpotrf(matrix, lower=1)
    if failed:
        raise FloatingPointError("the covariance of the history is not positive definite")
    lower, _ = dpotri(factor, lower=1)
    inverse: Floats = np.tril(lower) + np.tril(lower, -1).T
    return inverse


def _learn(
    parts: tuple[Part, ...],
    kernels: list[Floats],
    variances: Floats,
    own: float,
    seen: Floats,
    weight: Floats,
    chance: Floats,
    recent: NDArray[np.bool_],
) -> tuple[Floats, float]:
    """Most probable variances given the weights, from the recent days, by their gradient."""
    free = [i for i, p in enumerate(parts) if p.learned and p.kernel is not _YEAR]
    some = np.ix_(recent, recent)
    chosen = [np.ascontiguousarray(kernels[i][some]) for i in free]
    fixed = np.zeros((int(recent.sum()), int(recent.sum())))
    for i in set(range(len(parts))) - set(free):
        fixed += variances[i] * kernels[i][some]
    y, w, c = seen[recent], weight[recent], chance[recent]
    prior = np.log([*(parts[i].variance for i in free), NOISE])
    spread = np.array([*(parts[i].log_sd for i in free), NOISE_LOG_SD])

    def surprise(log_variances: Floats) -> tuple[float, Floats]:
        """Negative log posterior and its gradient."""
        v = np.exp(log_variances)
        covariance = fixed.copy()
        for kernel, x in zip(chosen, v[:-1].tolist(), strict=True):
            covariance += x * kernel
        covariance[np.diag_indices(len(y))] += v[-1] / w + c
        factor, failed = dpotrf(covariance, lower=1, overwrite_a=1)
        if failed:
            return 1e12, np.zeros(len(v))
        half_log = float(np.log(factor.diagonal()).sum())
        lower, _ = dpotri(factor, lower=1, overwrite_c=1)
        inverse = np.tril(lower) + np.tril(lower, -1).T
        pull = inverse @ y
        gap = np.outer(pull, pull) - inverse
        slope = [-0.5 * x * np.vdot(gap, kernel) for kernel, x in zip(chosen, v[:-1].tolist(), strict=True)]
        slope.append(-0.5 * v[-1] * float((gap.diagonal() / w).sum()))
        off = (log_variances - prior) / spread
        return 0.5 * float(y @ pull) + half_log + 0.5 * float(off @ off), np.array(slope) + off / spread

    start = np.log([*variances[free], own])
    bounds = [(p - 12.0, p + 6.0) for p in prior.tolist()]
    found = minimize(surprise, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": STEPS})
    learned = variances.copy()
    learned[free] = np.exp(found.x[:-1])
    return learned, float(np.exp(found.x[-1]))


def _learn_year(kernels: list[Floats], variances: Floats, place: int, seen: Floats, noise: Floats) -> float:
    """Variance of the yearly part, which only the whole history can tell, out of a few."""
    rest = np.tensordot(np.delete(variances, place), np.delete(kernels, place, axis=0), axes=1)
    rest[np.diag_indices(len(seen))] += noise
    prior = PARTS[[p.kernel for p in PARTS].index(_YEAR)]
    best, least = prior.variance, np.inf
    for variance in YEAR_VARIANCES:
        factor, failed = dpotrf(rest + variance * kernels[place], lower=1, overwrite_a=1)
        solved, _ = dpotrs(factor, seen, lower=1)
        off = np.log(variance / prior.variance) / prior.log_sd
        cost = 0.5 * float(seen @ solved) + float(np.log(factor.diagonal()).sum()) + 0.5 * off**2
        if not failed and cost < least:
            best, least = variance, cost
    return best
