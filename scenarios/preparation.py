"""What every question about a coming period starts from: its grid and calendar, the history, and the forecast."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.expectations import expected_arrivals, expected_kind_factors
from scenarios.history import History, find_history, hotline_as_is
from scenarios.marked_history import learned_from
from scenarios.scenario import Scenario
from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.errors import BadInput
from wfm.execution import Progress, no_progress
from wfm.forecast import Forecast, forecast_calls
from wfm.hotline import Hotline, calendar_of, grid_of, open_intervals, targets_of
from wfm.i18n import say
from wfm.records.cleaning import MarkHistory
from wfm.standards import Target

T = TypeVar("T")

__all__ = ["DAYS_MAX", "Prepared", "StageProgress", "as_asked", "forecast_period", "prepare", "silent", "staged"]

DAYS_MAX = 92

StageProgress = Callable[[str], Progress]
"""Called with a stage's key; returns the progress to tell of it."""


def silent(_stage: str) -> Progress:
    """Tell nobody."""
    return no_progress


def staged(watch: StageProgress, key: str, work: Callable[[], T]) -> T:
    """Do the work of one stage, telling when it begins and ends."""
    progress = watch(key)
    progress(0, 1)
    result = work()
    progress(1, 1)
    return result


@dataclass(frozen=True, slots=True)
class Prepared:
    """A scenario and a coming period, forecast."""

    scenario: Scenario
    grid: TimeGrid
    calendar: WorkingCalendar
    targets: tuple[Target, ...]
    open_mask: NDArray[np.bool_]
    """Intervals in which agents answer, ``(T,)``."""
    history: History
    forecast: Forecast

    @property
    def hotline(self) -> Hotline:
        """The scenario's hotline."""
        return self.scenario.hotline


def prepare(
    scenario: Scenario,
    first: date,
    days: int,
    *,
    seed: int,
    paths: int,
    home: Path,
    watch: StageProgress = silent,
) -> Prepared:
    """Find the history, forecast the period with ``paths`` sample paths; stages ``history`` and ``forecast``.

    Raises:
        BadInput: the period is too long, its calendar is not announced, the seed is negative, or a part of
            the input cannot be planned.
    """
    if not 1 <= days <= DAYS_MAX:
        raise BadInput(say("--days: found {days}, allowed are 1 to {most}", days=days, most=DAYS_MAX))
    if seed < 0:
        raise BadInput(say("--seed: found {seed}, allowed are whole numbers from 0", seed=seed))
    hotline = scenario.hotline
    calendar = calendar_of(hotline)
    calendar.require_announced(first, first + timedelta(days=days - 1))
    grid = grid_of(hotline, first, days)
    open_mask = open_intervals(hotline, grid, calendar)
    history = staged(watch, "history", lambda: find_history(hotline, first, seed, home))
    history, calendar = learned_from(hotline, history, calendar, MarkHistory(home, hotline.id).marks())
    forecast = staged(
        watch,
        "forecast",
        lambda: forecast_period(hotline, history.actuals, history.grid, grid, calendar, seed=seed, paths=paths),
    )
    return Prepared(scenario, grid, calendar, targets_of(hotline), open_mask, history, forecast)


def forecast_period(
    hotline: Hotline,
    actuals: pd.DataFrame,
    past: TimeGrid,
    grid: TimeGrid,
    calendar: WorkingCalendar,
    *,
    seed: int,
    paths: int,
) -> Forecast:
    """The forecast of ``grid`` from ``actuals`` of the grid ``past``, known on the evening before; see :func:`as_asked`."""
    forecast = forecast_calls(
        actuals,
        past,
        grid,
        calendar,
        hotline.line_ids,
        origin=datetime.combine(grid.first, time(), tzinfo=ZoneInfo(hotline.time_zone)),
        paths=paths,
        seed=seed,
        aht_prior_s={line.id: line.handling.mean_s for line in hotline_as_is(hotline).lines},
        open_mask=open_intervals(hotline, grid, calendar),
        prior=expected_arrivals(hotline, grid, calendar),
        kind_factors=expected_kind_factors(hotline),
    )
    return as_asked(forecast, hotline)


def as_asked(forecast: Forecast, hotline: Hotline) -> Forecast:
    """The forecast with the calls and handling times of a what-if: ``demand.scale`` and ``handling.scale`` of each line."""
    calls = {line.id: line.demand.scale for line in hotline.lines if line.demand.scale != 1}
    times = np.array([[line.handling.scale] for line in hotline.lines])
    if (times != 1).any():
        forecast = replace(forecast, aht_s=forecast.aht_s * times)
    return forecast.scaled(calls) if calls else forecast
