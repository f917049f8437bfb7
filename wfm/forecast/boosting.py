"""Gradient-boosted trees beside the day model: LightGBM with a Poisson objective, of the optional extra ``forecast``.

One row an interval of a past day, as it looked some days before: the mean of its type of day and time of day until then, the
level of the last fortnight, and what the calendar says. (Ke et al. 2017, "LightGBM: a highly efficient gradient boosting
decision tree", NeurIPS 30.)
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.errors import BadInput
from wfm.forecast.arrivals import forecast_calls
from wfm.forecast.day_features import DayFeatures, day_features
from wfm.forecast.forecast_table import Forecast
from wfm.forecast.history import History, read_history, slots_of
from wfm.forecast.recent_mean import recent_days
from wfm.forecast.sample_paths import draw_paths
from wfm.i18n import say

__all__ = ["MODEL", "forecast_boosted"]

Floats = NDArray[np.float64]

MODEL = "boosted"
WEIGHT = 0.3
"""Weight of the trees; the rest is the default model's."""
LEADS_DAYS = (1, 7, 21)
"""How far ahead a past day is looked at."""
FORTNIGHT, BEGIN_DAYS, TRAINING_DAYS = 14, 28, 365
TREES = 150
PARAMETERS: dict[str, Any] = {
    "objective": "poisson",
    "learning_rate": 0.06,
    "num_leaves": 24,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.9,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}


def forecast_boosted(
    actuals: pd.DataFrame,
    history_grid: TimeGrid,
    grid: TimeGrid,
    calendar: WorkingCalendar,
    lines: list[str],
    *,
    origin: datetime,
    seed: int,
    observed: NDArray[np.bool_] | None = None,
    **rest: Any,
) -> Forecast:
    """The default forecast averaged with boosted trees, quantile by quantile; arguments as ``forecast_calls``.

    Raises:
        BadInput: LightGBM is not installed.
    """
    try:
        import lightgbm
    except ImportError:
        raise BadInput(
            say("--model boosted: LightGBM is not installed; install it with pip install 'wfm[forecast]'")
        ) from None
    plain = forecast_calls(
        actuals, history_grid, grid, calendar, lines, origin=origin, seed=seed, observed=observed, **rest
    )
    history = read_history(actuals, history_grid, calendar, lines, origin=origin, observed=observed)
    days = len(history.dates)
    if days <= BEGIN_DAYS + max(LEADS_DAYS):
        return replace(plain, model=MODEL)
    features = day_features([*history.dates, *grid.day_list], calendar)
    dates = np.asarray(grid.dates).astype("datetime64[D]")
    day = (dates - np.datetime64(grid.day_list[0], "D")).astype(np.int64)
    slots = slots_of(grid)
    mean = plain.mean.copy()
    for i in range(len(lines)):
        rows, counts = _training_rows(history, i, features)
        if not counts.sum():
            continue
        data = lightgbm.Dataset(rows, counts, categorical_feature=[0])
        trees = lightgbm.train({**PARAMETERS, "seed": seed}, data, TREES)
        ahead = np.concatenate([_day_rows(history, i, features, days + d, days) for d in range(grid.days)])
        found = np.asarray(trees.predict(ahead)).reshape(grid.days, -1)[day, slots]
        mean[i] = np.where(mean[i] > 0, (1.0 - WEIGHT) * mean[i] + WEIGHT * found, 0.0)
    recipe = plain.recipe
    paths = plain.paths if recipe is None else draw_paths(recipe, grid, lines, mean)
    return replace(plain, mean=mean, paths=paths, model=MODEL)


def _training_rows(history: History, line: int, features: DayFeatures) -> tuple[Floats, Floats]:
    """Rows of the days that were observed and their counts."""
    rows, counts = [], []
    for day in range(max(BEGIN_DAYS, len(history.dates) - TRAINING_DAYS), len(history.dates)):
        seen = history.exposure[line, day] == 1
        if not seen.any():
            continue
        for lead in LEADS_DAYS:
            if day - lead >= BEGIN_DAYS // 2:
                rows.append(_day_rows(history, line, features, day, day - lead + 1)[seen])
                counts.append(history.calls[line, day, seen])
    return (np.concatenate(rows), np.concatenate(counts)) if rows else (np.zeros((0, 1)), np.zeros(0))


def _day_rows(history: History, line: int, features: DayFeatures, day: int, known: int) -> Floats:
    """What is known of the intervals of one day before day ``known`` begins, (S, features)."""
    slots = history.calls.shape[2]
    past = slice(0, known)
    before = replace(
        history,
        dates=history.dates[past],
        calls=history.calls[line : line + 1, past],
        exposure=history.exposure[line : line + 1, past],
        types=history.types[past],
    )
    alike = recent_days(before, features.types[day : day + 1])[0]
    alike = alike[alike >= 0]
    recent = slice(max(0, known - FORTNIGHT), known)
    columns = [
        np.full(slots, float(features.types[day])),
        np.arange(slots, dtype=float),
        _rate(history.calls[line, alike], history.exposure[line, alike]),
        _rate(history.calls[line, recent], history.exposure[line, recent]),
        np.full(slots, _rate(history.calls[line, recent], history.exposure[line, recent]).sum()),
        *(
            np.full(slots, float(value))
            for value in (
                features.turn[day],
                features.work_turn[day],
                features.before[day],
                features.after[day],
                day - known + 1,
            )
        ),
    ]
    return np.column_stack(columns)


def _rate(calls: Floats, exposure: Floats) -> Floats:
    times = exposure.sum(axis=0)
    rate: Floats = np.divide(calls.sum(axis=0), times, out=np.zeros(calls.shape[1]), where=times > 0)
    return rate
