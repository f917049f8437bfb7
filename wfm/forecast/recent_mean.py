"""The mean of the same kind of day in recent weeks: what most planners do by hand, and what every forecast must beat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.forecast.forecast_table import Forecast
from wfm.forecast.handling_time import forecast_handling_time
from wfm.forecast.history import HOLIDAY, History, day_types, read_history, slots_of
from wfm.forecast.sample_paths import PathRecipe, draw_paths

__all__ = ["MODEL", "RECENT_WEEKS", "forecast_recent_mean", "recent_days"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MODEL = "recent-mean"
RECENT_WEEKS = 6
DISPERSION_PRIOR, DISPERSION_CELLS = 0.02, 20.0
"""Dispersion before the recent days have spoken, and its weight in days."""
HALF_LIFE_DAYS = 91.0


def recent_days(history: History, types: Ints) -> NDArray[np.int64]:
    """The latest days of the history of the type of each day asked, (D, 6); −1 where there are fewer.

    A holiday or make-up day that was never seen takes Sundays or weekdays.
    """
    seen = history.exposure.sum(axis=(0, 2)) > 0
    found = np.full((len(types), RECENT_WEEKS), -1, dtype=np.int64)
    for row, kind in enumerate(types.tolist()):
        alike = seen & (history.types == kind)
        if not alike.any():
            alike = seen & ((history.types >= 7) if kind >= 7 and kind <= HOLIDAY else (history.types < 7))
        latest = np.flatnonzero(alike)[::-1][:RECENT_WEEKS]
        found[row, : len(latest)] = latest
    return found


def forecast_recent_mean(
    actuals: pd.DataFrame,
    history_grid: TimeGrid,
    grid: TimeGrid,
    calendar: WorkingCalendar,
    lines: list[str],
    *,
    origin: datetime,
    paths: int = 100,
    seed: int,
    aht_prior_s: Mapping[str, float],
    observed: NDArray[np.bool_] | None = None,
    **_unused: Any,
) -> Forecast:
    """Forecast each interval by its mean over the last six days of the same type; arguments as ``forecast_calls``."""
    history = read_history(actuals, history_grid, calendar, lines, origin=origin, observed=observed)
    types = day_types(grid.day_list, calendar)
    dates = np.asarray(grid.dates).astype("datetime64[D]")
    day = (dates - np.datetime64(grid.day_list[0], "D")).astype(np.int64)
    slots = slots_of(grid)
    recent = recent_days(history, types)
    used = (recent >= 0)[:, :, None]
    mean, dispersion = np.zeros((len(lines), len(grid))), np.zeros((len(lines), len(grid)))
    for i in range(len(lines)):
        calls = np.where(used, history.calls[i][recent], 0.0)
        exposure = np.where(used, history.exposure[i][recent], 0.0)
        times = exposure.sum(axis=1)
        rate = np.divide(calls.sum(axis=1), times, out=np.zeros_like(times), where=times > 0)
        squares = np.where(exposure > 0, (calls - rate[:, None] * exposure) ** 2, 0.0).sum(axis=1)
        # Of n counts about their own mean, n − 1 are free; a new one varies about that mean by (n + 1)/n as much.
        free = np.maximum(times - 1.0, 0.0)
        spread = np.maximum(squares - free * rate, 0.0).sum(axis=1) / np.maximum((free * rate**2).sum(axis=1), 1e-9)
        weight = free.max(axis=1)
        alpha = (weight * spread + DISPERSION_CELLS * DISPERSION_PRIOR) / (weight + DISPERSION_CELLS)
        n = np.maximum(times, 1.0)
        wide = alpha[:, None] * (1.0 + 1.0 / n) + np.divide(1.0, n * rate, out=np.zeros_like(rate), where=rate > 0)
        mean[i], dispersion[i] = rate[day, slots], wide[day, slots]
    recipe = PathRecipe(np.ones((paths, len(lines), grid.days)), dispersion, seed)
    return Forecast(
        grid=grid,
        lines=list(lines),
        origin=origin,
        model=MODEL,
        paths=draw_paths(recipe, grid, lines, mean),
        mean=mean,
        aht_s=forecast_handling_time(
            actuals, history_grid, grid, lines, origin=origin, prior_s=aht_prior_s, half_life_days=HALF_LIFE_DAYS
        ),
        dispersion=dispersion,
        recipe=recipe,
    )
