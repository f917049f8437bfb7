"""How wide the bands must be and how fast habits change: forecast the last weeks from what was known before them, and look.

A fit is surer of its own past than of the future. The days of the last weeks are predicted again from the days before them;
the errors in units of the predicted spread say by how much that spread was wrong, near and far. Profiles are fitted anew at
some origins with several half-lives: what they make of the fortnight after says which half-life fits the line, and how much
more than by chance its intervals vary.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wfm.forecast.day_features import DayFeatures
from wfm.forecast.day_process import SEEN_MIN
from wfm.forecast.history import History
from wfm.forecast.interval_profile import Profiles, dispersion_by_type_and_time, fit_profiles
from wfm.forecast.line_fit import LineFit, day_exposure, log_recent_mean

__all__ = ["HALF_LIVES_DAYS", "DayCheck", "ProfileCheck", "check_days", "check_profiles", "mixed_profiles"]

Floats = NDArray[np.float64]

HALF_LIVES_DAYS = (35.0, 120.0, 600.0)
"""Ages at which a day's profile counts half that are tried on every line."""
PROFILE_ORIGINS, PROFILE_STEP_DAYS, TRAINING_DAYS = 4, 14, 28
DAY_ORIGINS, DAY_STEP_DAYS, DAYS_AHEAD, WEEK_DAYS = 10, 7, 28, 7
PRIOR_SCALE, PRIOR_DAYS = 1.1, 20.0
"""Before any hindcast the spread is taken 10 % wider than the fit says, with the weight of 20 days."""
FAR_WEIGHT = 0.3
"""What a day counts in four-week hindcasts: their windows overlap and their days share a level."""
RECENT_WEIGHT, RECENT_WEIGHT_MAX = 0.15, 0.6
"""Weight of the recent mean before the hindcasts have spoken, and at most."""
RECENT_PRIOR_DAYS = 60.0
"""Days' worth of trust in that weight."""
BOUND = 3.0
"""Standardised errors beyond this count as this."""
NORMAL_80, NORMAL_95 = 1.2816, 1.9600


@dataclass(frozen=True)
class ProfileCheck:
    """What the hindcasts say of one line: ``weights`` of the half-lives (H,), interval ``dispersion`` (DAY_TYPES, S) if known."""

    weights: Floats
    dispersion: Floats | None


@dataclass(frozen=True)
class DayCheck:
    """What the hindcasts say of one line's days.

    ``near``, ``far``: factors on the spread of day levels up to a week ahead and at four; ``weight`` of the recent mean. H days up
    to a week ahead that were predicted again: their places ``day`` in the history, ``log_mean`` and ``variance`` of their levels.
    """

    near: float
    far: float
    weight: float
    day: NDArray[np.int64]
    log_mean: Floats
    variance: Floats


@dataclass(frozen=True)
class _Fortnight:
    """What came in one line's fortnight and the shares expected with each half-life: (D, S), (D, S), (H, D, S), (D,)."""

    calls: Floats
    exposure: Floats
    shares: Floats
    types: NDArray[np.int64]


def mixed_profiles(history: History, checks: list[ProfileCheck]) -> list[Profiles]:
    """The profiles of every line at the end of the history, its half-lives mixed by their weights."""
    fits = [_profiles(history, half_life) for half_life in HALF_LIVES_DAYS]
    mixed = []
    for i, check in enumerate(checks):
        share = sum(w * fit[i].share for w, fit in zip(check.weights.tolist(), fits, strict=True))
        dispersion = sum(w * fit[i].dispersion for w, fit in zip(check.weights.tolist(), fits, strict=True))
        mixed.append(Profiles(np.asarray(share), float(dispersion)))
    return mixed


def check_profiles(history: History) -> list[ProfileCheck]:
    """Fit profiles at a few origins of the past and see what they make of the fortnight after."""
    seen: list[list[_Fortnight]] = [[] for _ in history.lines]
    for back in range(1, PROFILE_ORIGINS + 1):
        known = len(history.dates) - PROFILE_STEP_DAYS * back
        if known < TRAINING_DAYS:
            break
        past, after = _days(history, slice(0, known)), _days(history, slice(known, known + PROFILE_STEP_DAYS))
        fits = [_profiles(past, half_life) for half_life in HALF_LIVES_DAYS]
        for i in range(len(history.lines)):
            if past.calls[i].sum() > 0 and (day_exposure(past, i, fits[0][i]) > 0.5).sum() >= TRAINING_DAYS // 2:
                shares = np.stack([fit[i].share[after.types] for fit in fits])
                seen[i].append(_Fortnight(after.calls[i], after.exposure[i], shares, after.types))
    return [_judged(fortnights) for fortnights in seen]


def check_days(history: History, number: int, fit: LineFit, features: DayFeatures, profile: Profiles) -> DayCheck:
    """Predict the days of the last weeks again, and the mean of recent days of their type beside them.

    Args:
        history: the past.
        number: position of the line.
        fit: its fitted days.
        features: of the days of the history.
        profile: its interval shares.
    """
    exposure = day_exposure(history, number, profile)
    full = np.where(exposure > SEEN_MIN, history.totals[number] / np.maximum(exposure, SEEN_MIN), np.nan)
    errors, others, spreads, leads, places, means, variances = [], [], [], [], [], [], []
    for back in range(1, DAY_ORIGINS + 1):
        first = len(history.dates) - DAY_STEP_DAYS * back
        known = int(np.searchsorted(fit.process.features.number, features.number[max(first, 0)]))
        if known < TRAINING_DAYS:
            break
        days = np.arange(first, min(first + DAYS_AHEAD, len(history.dates)))
        ahead = fit.process.predict(features.at(days), known=known)
        recent = log_recent_mean(full[:first], history.types[:first], history.types[days])
        expected = np.exp(ahead.mean) * exposure[days]
        actual = np.log((history.totals[number, days] + 0.5) / np.maximum(exposure[days], SEEN_MIN))
        counted = (exposure[days] > 0.5) & np.isfinite(recent)
        errors.append((actual - ahead.mean)[counted])
        others.append((actual - recent)[counted])
        spreads.append((ahead.variance + 1.0 / (expected + 0.5))[counted])
        leads.append((days - first + 1)[counted])
        places.append(days[counted])
        means.append(np.stack([ahead.mean[counted], recent[counted]]))
        variances.append(ahead.variance[counted])
    if not errors:
        nothing = np.zeros(0)
        return DayCheck(PRIOR_SCALE, PRIOR_SCALE, RECENT_WEIGHT, np.zeros(0, dtype=np.int64), nothing, nothing)
    error, other = np.concatenate(errors), np.concatenate(others)
    spread, lead = np.sqrt(np.concatenate(spreads)), np.concatenate(leads)
    weight = _weight_of_recent(error / spread, other / spread)
    z = ((1.0 - weight) * error + weight * other) / spread
    close = lead <= WEEK_DAYS
    near = _scale(z[close], PRIOR_SCALE, 1.0)
    mixed = np.array([1.0 - weight, weight]) @ np.concatenate(means, axis=1)
    return DayCheck(
        near,
        _scale(z[~close], near, FAR_WEIGHT),
        weight,
        np.concatenate(places)[close],
        mixed[close],
        np.concatenate(variances)[close] * near**2,
    )


def _weight_of_recent(error: Floats, other: Floats) -> float:
    """Weight of the recent mean that makes the combined squared error least (Bates and Granger 1969), shrunk; errors bounded."""
    error, other = np.clip(error, -BOUND, BOUND), np.clip(other, -BOUND, BOUND)
    gap = error - other
    prior = RECENT_PRIOR_DAYS * float(np.mean(gap**2)) + 1e-12
    found = (FAR_WEIGHT * float(error @ gap) + prior * RECENT_WEIGHT) / (FAR_WEIGHT * float(gap @ gap) + prior)
    return float(np.clip(found, 0.0, RECENT_WEIGHT_MAX))


def _profiles(history: History, half_life_days: float) -> list[Profiles]:
    ages = np.array([(history.dates[-1] - d).days for d in history.dates], dtype=float)
    return fit_profiles(history, ages, half_life_days=half_life_days)


def _judged(fortnights: list[_Fortnight]) -> ProfileCheck:
    """Weights by what the shares made of the calls (multinomial likelihood, tempered by overdispersion), and the dispersion left."""
    even = np.full(len(HALF_LIVES_DAYS), 1.0 / len(HALF_LIVES_DAYS))
    if not fortnights:
        return ProfileCheck(even, None)
    calls = np.concatenate([f.calls for f in fortnights])
    exposure = np.concatenate([f.exposure for f in fortnights])
    shares = np.concatenate([f.shares for f in fortnights], axis=1)
    likelihood, inflation = _likelihood(calls, exposure, shares)
    tempered = (likelihood - likelihood.max()) / max(float(inflation.min()), 1.0)
    weights = np.exp(tempered)
    weights /= weights.sum()
    mixed = np.tensordot(weights, shares, axes=1)
    types = np.concatenate([f.types for f in fortnights])
    return ProfileCheck(weights, dispersion_by_type_and_time(calls, exposure, mixed, types))


def _likelihood(calls: Floats, exposure: Floats, shares: Floats) -> tuple[Floats, Floats]:
    """Log-likelihood of each half-life's shares given the day totals (H,), and the inflation of chi-square (H,)."""
    open_shares = np.maximum(shares, 1e-9) * exposure
    sums = open_shares.sum(axis=2, keepdims=True)
    p = np.divide(open_shares, sums, out=np.zeros_like(open_shares), where=sums > 0)
    likelihood = (calls * np.log(np.maximum(p, 1e-12)) * (exposure > 0)).sum(axis=(1, 2))
    expected = p * calls.sum(axis=1)[None, :, None]
    cells = expected > 0.5
    squares = np.divide((calls - expected) ** 2, expected, out=np.zeros_like(expected), where=cells)
    capped = np.minimum(squares, 16.0)
    return likelihood, capped.sum(axis=(1, 2)) / np.maximum(cells.sum(axis=(1, 2)), 1)


def _days(history: History, chosen: slice) -> History:
    return replace(
        history,
        dates=history.dates[chosen],
        calls=history.calls[:, chosen],
        exposure=history.exposure[:, chosen],
        types=history.types[chosen],
    )


def _scale(z: Floats, prior: float, weight: float) -> float:
    """Factor that would have put 80 and 95 % of the errors inside their bands, shrunk to the prior."""
    if not len(z):
        return prior
    size = np.maximum(np.quantile(np.abs(z), [0.80, 0.95]) / np.array([NORMAL_80, NORMAL_95]), 0.2)
    found = float(np.log(size).mean())
    heard = weight * len(z)
    log_scale = (heard * found + PRIOR_DAYS * np.log(prior)) / (heard + PRIOR_DAYS)
    return float(np.clip(np.exp(log_scale), 0.4, 2.5))
