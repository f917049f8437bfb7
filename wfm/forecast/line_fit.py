"""One line's fitted day level, and how the levels of the lines go together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wfm.calendar import DayKind
from wfm.forecast.day_level import DayEffects, LevelDrift, design_rows, fit_day_effects, fit_level_drift
from wfm.forecast.history import History
from wfm.forecast.interval_profile import Profiles

__all__ = ["LineFit", "correlation_of_lines", "day_exposure", "fit_line"]

Floats = NDArray[np.float64]

COMMON_PRIOR, COMMON_PRIOR_SD = 0.5, 0.3
"""Correlation of the day factors of two lines before the history has spoken."""


@dataclass(frozen=True)
class LineFit:
    """Day-type effects, drifting level, and the residuals in logs (consecutive days, NaN where unknown)
    with their variance by chance alone.
    """

    effects: DayEffects
    drift: LevelDrift
    residual: Floats
    chance: Floats

    def widened(self, scale: float) -> LineFit:
        """The same fit with its day-to-day uncertainty multiplied by ``scale``."""
        drift = replace(
            self.drift,
            variance=self.drift.variance * scale**2,
            drift_variance=self.drift.drift_variance * scale**2,
            day_variance=self.drift.day_variance * scale**2,
        )
        return replace(self, drift=drift)


def day_exposure(history: History, number: int, profile: Profiles) -> Floats:
    """Share of each day's calls that fell into observed intervals of one line, (D,); 0 on closed days."""
    exposure: Floats = (profile.share[history.types] * history.exposure[number]).sum(axis=1)
    return np.where(np.isin(history.types, list(history.closed_types)), 0.0, exposure)


def fit_line(
    history: History, number: int, profile: Profiles, weights: Floats, factors: Mapping[DayKind, float]
) -> LineFit:
    """Fit the day types of line ``number``, then the level of what they leave over.

    Args:
        history: the past.
        number: position of the line.
        profile: its interval shares.
        weights: (D,) recency weights.
        factors: prior ratio of each kind of day to a weekday.
    """
    exposure = day_exposure(history, number, profile)
    totals = history.totals[number]
    effects = fit_day_effects(totals, exposure, history.types, weights, factors)
    rows, offset = design_rows(history.types, factors)
    used = exposure > 0.02
    expected = np.exp(effects.log_mean(rows, offset)) * exposure
    residual = np.full(len(totals), np.nan)
    residual[used] = np.log((totals[used] + 0.5) / np.maximum(expected[used], 1e-9))
    # In logs a mean-one factor averages below zero; the level must not fall for that.
    residual -= np.average(residual[used], weights=(weights * expected / (1 + expected))[used])
    days = (history.dates[-1] - history.dates[0]).days + 1
    by_date, chance = np.full(days, np.nan), np.ones(days)
    place = np.array([(d - history.dates[0]).days for d in history.dates])
    by_date[place], chance[place] = residual, 1.0 / (expected + 0.5)
    return LineFit(effects, fit_level_drift(by_date, chance, effects.day_variance), by_date, chance)


def correlation_of_lines(fits: list[LineFit]) -> float:
    """Correlation of the lines' log day factors, chance taken out, shrunk to 0.5 (sd 0.3)."""
    above, below = COMMON_PRIOR / COMMON_PRIOR_SD**2, 1.0 / COMMON_PRIOR_SD**2
    for a in range(len(fits)):
        for b in range(a):
            one, two = fits[a], fits[b]
            both = np.isfinite(one.residual) & np.isfinite(two.residual)
            if both.sum() < 7:
                continue
            scale = np.sqrt(one.effects.day_variance * two.effects.day_variance)
            spread_one = one.effects.day_variance + one.chance[both]
            spread_two = two.effects.day_variance + two.chance[both]
            x = np.clip(one.residual[both] / np.sqrt(spread_one), -3, 3)
            y = np.clip(two.residual[both] / np.sqrt(spread_two), -3, 3)
            shown = float(np.mean(np.sqrt(spread_one * spread_two)))
            found = float(np.mean(x * y)) * shown / scale
            precision = float(both.sum()) * scale**2 / shown**2
            above += precision * found
            below += precision
    return float(np.clip(above / below, 0.0, 0.95))
