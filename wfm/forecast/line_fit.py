"""One line's fitted days, how wide its bands must be, and how the days of the lines go together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.calendar import DayKind
from wfm.forecast.day_features import DayFeatures, marked_after
from wfm.forecast.day_process import SEEN_MIN, DayProcess, Prediction, fit_days
from wfm.forecast.history import HOLIDAY, History
from wfm.forecast.interval_profile import Profiles

__all__ = [
    "LineFit",
    "correlation_of_lines",
    "day_exposure",
    "features_to_come",
    "fit_line",
    "log_recent_mean",
    "widened",
    "with_recent_mean",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

COMMON_PRIOR, COMMON_PRIOR_SD = 0.5, 0.3
"""Correlation of the day factors of two lines before the history has spoken."""
RECENT_DAYS = 6
"""Days of one type that the recent mean takes."""
LEVEL_VARIANCE_MAX = 1.0
"""Most variance of a log day level that is believed."""


@dataclass(frozen=True)
class LineFit:
    """The day process of a line and what it leaves over. H days of history.

    ``residual`` (H,): log of actual over fitted day, NaN where the day does not count; ``chance`` (H,): its variance by chance
    alone; ``day_variance``: variance of the days' own noise without accidents.
    """

    process: DayProcess
    residual: Floats
    chance: Floats
    day_variance: float


def day_exposure(history: History, number: int, profile: Profiles) -> Floats:
    """Share of each day's calls that fell into observed intervals of one line, (H,); 0 on closed days."""
    exposure: Floats = (profile.share[history.types] * history.exposure[number]).sum(axis=1)
    return np.where(np.isin(history.types, list(history.closed_types)), 0.0, exposure)


def _unexpected_closures(history: History) -> NDArray[np.bool_]:
    """Days (H,) without a call on any line though days of their type are open, or not recorded at all."""
    closed_type = np.isin(history.types, list(history.closed_types))
    result: NDArray[np.bool_] = (history.totals.sum(axis=0) <= 0) & ~closed_type
    return result


def fit_line(
    history: History, number: int, profile: Profiles, features: DayFeatures, factors: Mapping[DayKind, float]
) -> LineFit | None:
    """Fit the days of line ``number``; None where none was seen.

    Args:
        history: the past.
        number: position of the line.
        profile: its interval shares.
        features: of the days of the history.
        factors: prior ratio of each kind of day to a weekday.
    """
    exposure = day_exposure(history, number, profile)
    process = fit_days(history.totals[number], exposure, features, factors)
    if process is None:
        return None
    residual, chance = np.full(len(features), np.nan), np.ones(len(features))
    used = exposure > 0
    place = np.flatnonzero(used)[np.isin(features.number[used], process.features.number)]
    residual[place], chance[place] = process.residual, process.chance
    ordinary = process.weight > 0.5
    spread = process.residual[ordinary] ** 2 - process.chance[ordinary]
    day_variance = float(np.mean(spread)) if ordinary.any() else process.own
    return LineFit(process, residual, chance, max(day_variance, 0.1 * process.own, 1e-5))


def features_to_come(features: DayFeatures, history: History, days: int) -> DayFeatures:
    """Features of the history's days and of those to come, with days after closures marked.

    Args:
        features: of the history's days, then of the ``days`` to forecast.
        history: the past.
        days: how many are to come.
    """
    closed = np.concatenate([_unexpected_closures(history), np.zeros(days, dtype=bool)])
    return marked_after(features, closed, np.arange(len(features)) < len(features) - days)


def log_recent_mean(full_days: Floats, types: Ints, wanted: Ints) -> Floats:
    """Log of the mean calls of the last six days of each type wanted, (W,); NaN where the type was never seen.

    Args:
        full_days: (D,) calls of each day, were it fully observed; NaN where it was not.
        types: (D,) their day types.
        wanted: (W,) day types.
    """
    means = {}
    for kind in np.unique(wanted).tolist():
        alike = full_days[(types == kind) & np.isfinite(full_days)][-RECENT_DAYS:]
        means[kind] = float(np.log(alike.mean() + 0.5)) if len(alike) else np.nan
    return np.array([means[kind] for kind in wanted.tolist()])


def with_recent_mean(
    prediction: Prediction, history: History, number: int, profile: Profiles, types: Ints, weight: float
) -> Prediction:
    """The prediction averaged with the mean of recent days of the same type, quantile by quantile.

    Of two lognormal laws whose logs vary alike the average of the quantiles' logs has the average of the log means
    (Vincent averaging; Ratcliff 1979, *Psychological Bulletin* 86:446–461).

    Args:
        prediction: of D days.
        history: the past.
        number: position of the line.
        profile: its interval shares.
        types: (D,) types of the days predicted.
        weight: of the recent mean. Days of a type never seen, and holidays, keep their own.
    """
    exposure = day_exposure(history, number, profile)
    seen = exposure > SEEN_MIN
    full = np.where(seen, history.totals[number] / np.maximum(exposure, SEEN_MIN), np.nan)
    recent = log_recent_mean(full, history.types, types)
    usable = np.isfinite(recent) & (types < HOLIDAY)
    mean = np.where(usable, (1.0 - weight) * prediction.mean + weight * np.nan_to_num(recent), prediction.mean)
    return Prediction(mean, prediction.covariance, prediction.own)


def widened(prediction: Prediction, near: float, far: float, leads: Floats) -> Prediction:
    """The prediction with its standard deviations multiplied by ``near`` up to a week ahead, going over to ``far`` at four.

    Args:
        prediction: of D days.
        near: factor at one to seven days.
        far: factor from 28 days on.
        leads: (D,) days after the history.
    """
    factor = near + (far - near) * np.clip((leads - 7.0) / 21.0, 0.0, 1.0)
    level = prediction.covariance * np.outer(factor, factor)
    biggest = np.maximum(level.diagonal() / LEVEL_VARIANCE_MAX, 1.0) ** 0.5
    return Prediction(prediction.mean, level / np.outer(biggest, biggest), prediction.own * near**2)


def correlation_of_lines(fits: list[LineFit]) -> float:
    """Correlation of the lines' log day factors, chance taken out, shrunk to 0.5 (sd 0.3)."""
    above, below = COMMON_PRIOR / COMMON_PRIOR_SD**2, 1.0 / COMMON_PRIOR_SD**2
    for a in range(len(fits)):
        for b in range(a):
            one, two = fits[a], fits[b]
            both = np.isfinite(one.residual) & np.isfinite(two.residual)
            if both.sum() < 7:
                continue
            scale = np.sqrt(one.day_variance * two.day_variance)
            spread_one = one.day_variance + one.chance[both]
            spread_two = two.day_variance + two.chance[both]
            x = np.clip(one.residual[both] / np.sqrt(spread_one), -3, 3)
            y = np.clip(two.residual[both] / np.sqrt(spread_two), -3, 3)
            shown = float(np.mean(np.sqrt(spread_one * spread_two)))
            found = float(np.mean(x * y)) * shown / scale
            precision = float(both.sum()) * scale**2 / shown**2
            above += precision * found
            below += precision
    return float(np.clip(above / below, 0.0, 0.95))
