"""Rolling origins: forecast again and again from what was known on a morning of the past, and score what came."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.errors import BadInput
from wfm.execution import Progress, no_progress
from wfm.forecast.forecast_table import Forecast
from wfm.forecast.scores import SCORED_QUANTILES, Cells, Score, score_cells
from wfm.i18n import Text, say
from wfm.records import demand_column

__all__ = ["TRAINING_DAYS_MIN", "Backtest", "Series", "backtest", "choose_origins"]

Floats = NDArray[np.float64]

TRAINING_DAYS_MIN = 14
"""Days before the first origin without which a backtest says nothing."""
WEEK = timedelta(days=7)

Model = Callable[..., Forecast]
"""``forecast_calls`` or another with its arguments."""


@dataclass(frozen=True)
class Series:
    """Recorded calls of some lines, and which intervals were recorded.

    ``actuals``: columns of ``tables.ACTUALS``; ``grid``: its intervals; ``observed`` (T,): whether each was recorded, None where
    that has to be inferred.
    """

    actuals: pd.DataFrame
    grid: TimeGrid
    lines: tuple[str, ...]
    calendar: WorkingCalendar
    observed: NDArray[np.bool_] | None
    aht_prior_s: dict[str, float]
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Backtest:
    """Scores by line and horizon (``all``: the lines together), seconds of one core per origin and the origins."""

    model: str
    scores: dict[tuple[str, int], Score]
    origins: tuple[date, ...]
    seconds_per_origin: float


def choose_origins(series: Series, horizon_days: int, count: int, first: date | None = None) -> list[date]:
    """Days with records, one after the other: from ``first`` on, else the last ones that leave the longest horizon whole.

    Raises:
        BadInput: there are no such days.
    """
    recorded = _recorded_days(series)
    start = series.grid.first + timedelta(days=TRAINING_DAYS_MIN)
    end = recorded[-1] if recorded else series.grid.first
    if first is not None:
        able = [d for d in recorded if d >= max(first, start)][:count]
    else:
        able = [d for d in recorded if start <= d <= end - timedelta(days=horizon_days - 1)][-count:]
    if not able:
        raise BadInput(
            say(
                "backtest: the records from {first} to {last} hold no origin with {training} days before it and {days} days after it",
                first=series.grid.first,
                last=end,
                training=TRAINING_DAYS_MIN,
                days=horizon_days,
            )
        )
    return able


def backtest(
    series: Series,
    model: Model,
    name: str,
    *,
    horizons_days: Sequence[int],
    origins: Sequence[date],
    history_weeks: int = 104,
    seed: int = 1,
    progress: Progress = no_progress,
) -> Backtest:
    """Forecast from every origin and score each horizon: all intervals less than so many days after it.

    What an origin cannot know is cut off before the model is called. An origin counts for a horizon only if the horizon ends
    within the records.

    Args:
        series: the records.
        model: makes a forecast.
        name: of the model.
        horizons_days: in days.
        origins: mornings on which forecasts are made.
        history_weeks: how much of the past the model sees.
        seed: of the sample paths.
        progress: told origins done.
    """
    lines = list(series.lines)
    last = _recorded_days(series)[-1]
    parts: dict[str, list[Cells]] = {line: [] for line in lines}
    counts = _counts(series)
    began = time.process_time()
    for number, origin in enumerate(origins):
        days = min(max(horizons_days), (last - origin).days + 1)
        forecast = _forecast(series, model, origin, days, history_weeks, seed)
        for i, line in enumerate(lines):
            parts[line].append(_cells(series, forecast, i, counts[line], origin))
        progress(number + 1, len(origins))
    seconds = (time.process_time() - began) / len(origins)
    scores: dict[tuple[str, int], Score] = {}
    naive = {line: _naive_error(series, counts[line], origins[0]) for line in lines}
    by_line = {line: Cells.joined(parts[line]) for line in lines}
    if len(lines) > 1:
        by_line["all"] = Cells.joined(list(by_line.values()))
    for line, cells in by_line.items():
        for horizon in horizons_days:
            whole = cells.origin + horizon - 1 <= (last - date(1970, 1, 1)).days
            score = score_cells(cells.at(whole).within(horizon), naive.get(line))
            if score is not None:
                scores[line, horizon] = score
    return Backtest(name, scores, tuple(origins), seconds)


def _forecast(series: Series, model: Model, origin: date, days: int, history_weeks: int, seed: int) -> Forecast:
    whole = series.grid
    first = max(whole.first, origin - history_weeks * WEEK)
    past = TimeGrid(first, (origin - first).days, whole.interval_min, whole.time_zone)
    ahead = TimeGrid(origin, days, whole.interval_min, whole.time_zone)
    moment = datetime.combine(origin, clock(), tzinfo=ZoneInfo(whole.time_zone))
    interval = series.actuals["interval"]
    known = series.actuals[(interval >= past.starts[0]) & (interval < pd.Timestamp(moment))]
    observed = None
    if series.observed is not None:
        observed = series.observed[whole.locate(past.starts)]
    return model(
        known,
        past,
        ahead,
        series.calendar,
        list(series.lines),
        origin=moment,
        paths=1,
        seed=seed,
        aht_prior_s=series.aht_prior_s,
        observed=observed,
    )


def _cells(series: Series, forecast: Forecast, number: int, counts: Floats, origin: date) -> Cells:
    """The forecast's intervals that were recorded."""
    place = series.grid.locate(forecast.grid.starts)
    seen = place >= 0
    if series.observed is not None:
        seen &= series.observed[place]
    actual = counts[place]
    seen &= np.isfinite(actual)
    days = np.asarray(forecast.grid.dates).astype("datetime64[D]").astype(np.int64)[seen]
    recipe = forecast.recipe
    within_day = np.zeros(len(actual)) if recipe is None else recipe.interval_dispersion[number]
    return Cells(
        np.full(len(days), (origin - date(1970, 1, 1)).days, dtype=np.int64),
        days,
        actual[seen],
        np.stack([forecast.quantile(q)[number][seen] for q in SCORED_QUANTILES]),
        forecast.mean[number][seen],
        within_day[seen],
    )


def _counts(series: Series) -> dict[str, Floats]:
    """Calls of every line per interval of the grid, NaN where the records say nothing."""
    found = {}
    for line in series.lines:
        rows = series.actuals[series.actuals["line"] == line]
        place = series.grid.locate(pd.DatetimeIndex(rows["interval"]))
        counts = np.full(len(series.grid), np.nan if series.observed is not None else 0.0)
        values = demand_column(rows).to_numpy(dtype=float)
        counts[place[place >= 0]] = values[place >= 0]
        found[line] = counts
    return found


def _recorded_days(series: Series) -> list[date]:
    """Days with at least one recorded interval; where that is to be inferred, with a call."""
    if series.observed is not None:
        told = series.observed
    else:
        told = np.nansum(np.stack(list(_counts(series).values())), axis=0) > 0
    days = np.unique(np.asarray(series.grid.dates).astype("datetime64[D]")[told])
    return [d.astype(object) for d in days]


def _naive_error(series: Series, counts: Floats, first_origin: date) -> float | None:
    """Mean absolute error of the count a week before, over the intervals before the first origin."""
    place = series.grid.locate(series.grid.starts - pd.Timedelta(days=7))
    dates = np.asarray(series.grid.dates).astype("datetime64[D]")
    early = (place >= 0) & (dates < np.datetime64(first_origin, "D"))
    gap = np.abs(counts[early] - counts[place[early]])
    if series.observed is not None:
        gap = gap[series.observed[early] & series.observed[place[early]]]
    gap = gap[np.isfinite(gap)]
    return float(gap.mean()) if len(gap) else None
