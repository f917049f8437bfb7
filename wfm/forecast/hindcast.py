"""How wide the bands must be: forecast the last weeks from what was known before them, and look.

A fit is surer of its own past than of the future. The model is refitted at weekly origins inside the
history; the errors of the week after each origin, in units of the predicted spread, say by how much
that spread was too small.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wfm.calendar import DayKind
from wfm.forecast.day_level import design_rows
from wfm.forecast.history import History
from wfm.forecast.interval_profile import (
    PROFILE_HALF_LIFE_DAYS,
    dispersion_by_type_and_time,
    fit_profiles,
    recency_weights,
)
from wfm.forecast.line_fit import day_exposure, fit_line

__all__ = ["HindcastCheck", "hindcast"]

Floats = NDArray[np.float64]

ORIGINS, STEP_DAYS, TRAINING_DAYS = 8, 7, 28
PRIOR_SCALE, PRIOR_DAYS = 1.15, 20.0
"""Before any hindcast the spread is taken 15 % wider than the fit says, with the weight of 20 days."""
NORMAL_80, NORMAL_95 = 1.2816, 1.9600


@dataclass(frozen=True)
class HindcastCheck:
    """One line's correction: factor on the spread of day levels; dispersion of intervals (DAY_TYPES, S), if known."""

    day_scale: float
    dispersion: Floats | None


@dataclass(frozen=True)
class _Week:
    """What came in one line's week and the shares that were expected, (D, S) each; day types (D,)."""

    calls: Floats
    exposure: Floats
    shares: Floats
    types: NDArray[np.int64]


def hindcast(history: History, factors: Mapping[DayKind, float], *, half_life_days: float) -> list[HindcastCheck]:
    """Check the spread of every line on the last :data:`ORIGINS` weeks of its own past."""
    errors: list[list[float]] = [[] for _ in history.lines]
    weeks: list[list[_Week]] = [[] for _ in history.lines]
    for back in range(1, ORIGINS + 1):
        known = len(history.dates) - STEP_DAYS * back
        if known < TRAINING_DAYS:
            break
        _check_week(history, known, factors, half_life_days, errors, weeks)
    return [HindcastCheck(_day_scale(np.array(e)), _dispersion(w)) for e, w in zip(errors, weeks, strict=True)]


def _check_week(
    history: History,
    known: int,
    factors: Mapping[DayKind, float],
    half_life_days: float,
    errors: list[list[float]],
    weeks: list[list[_Week]],
) -> None:
    """Forecast days ``known`` … ``known + 6`` from the days before; adds each line's errors and shares."""
    past, week = _days(history, slice(0, known)), _days(history, slice(known, known + STEP_DAYS))
    ages = np.array([(past.dates[-1] - d).days for d in past.dates], dtype=float)
    profiles = fit_profiles(past, ages, half_life_days=PROFILE_HALF_LIFE_DAYS)
    weights = recency_weights(ages, half_life_days)
    rows, offset = design_rows(week.types, factors)
    leads = np.array([(d - past.dates[-1]).days for d in week.dates], dtype=float)
    for i in range(len(history.lines)):
        if past.calls[i].sum() <= 0 or (day_exposure(past, i, profiles[i]) > 0.5).sum() < TRAINING_DAYS // 2:
            continue
        fit = fit_line(past, i, profiles[i], weights, factors)
        level, spread = fit.drift.ahead(leads)
        mean = np.exp(fit.effects.log_mean(rows, offset) + level)
        exposure = day_exposure(week, i, profiles[i])
        spread = spread + ((rows @ fit.effects.covariance) * rows).sum(axis=1)
        expected = mean * exposure
        used = exposure > 0.5
        z = np.log((week.totals[i] + 0.5) / np.maximum(expected, 1e-9)) / np.sqrt(spread + 1.0 / (expected + 0.5))
        errors[i].extend(z[used])
        weeks[i].append(_Week(week.calls[i], week.exposure[i], profiles[i].share[week.types], week.types))


def _days(history: History, chosen: slice) -> History:
    return replace(
        history,
        dates=history.dates[chosen],
        calls=history.calls[:, chosen],
        exposure=history.exposure[:, chosen],
        types=history.types[chosen],
    )


def _day_scale(z: Floats) -> float:
    """Factor that would have put 80 and 95 % of the errors inside their bands, shrunk to the prior."""
    if not len(z):
        return PRIOR_SCALE
    size = np.maximum(np.quantile(np.abs(z), [0.80, 0.95]) / np.array([NORMAL_80, NORMAL_95]), 0.2)
    found = float(np.log(size).mean())
    log_scale = (len(z) * found + PRIOR_DAYS * np.log(PRIOR_SCALE)) / (len(z) + PRIOR_DAYS)
    return float(np.clip(np.exp(log_scale), 0.8, 2.5))


def _dispersion(weeks: list[_Week]) -> Floats | None:
    """Dispersion of interval counts about shares that were fitted before them."""
    if not weeks:
        return None
    return dispersion_by_type_and_time(
        np.concatenate([week.calls for week in weeks]),
        np.concatenate([week.exposure for week in weeks]),
        np.concatenate([week.shares for week in weeks]),
        np.concatenate([week.types for week in weeks]),
    )
