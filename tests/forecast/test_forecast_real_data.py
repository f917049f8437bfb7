"""Next week's calls of three real centres, from rolling origins, against the same-weekday mean of six weeks."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.forecast import forecast_calls

DATA = Path(os.environ.get("WFM_BENCH_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))
HORIZON = 7


@dataclass(frozen=True)
class Series:
    """A file of the benchmark data: its interval, its weekend, where to begin, and how far apart origins lie."""

    file: str
    interval_min: int
    weekend: tuple[int, ...]
    first: date
    step_days: int


SERIES = {
    "bank calls, 5 min": Series("bank_calls_5min_to_2003-09-12.parquet", 5, (5, 6), date(2003, 3, 3), 10),
    "Anonymous Bank, 6 min": Series("anonymous_bank_1999_6min_to_september.parquet", 6, (4, 5), date(1999, 1, 1), 16),
    "Seattle 911, hourly": Series("seattle_fire911_hourly_2015_2020.parquet", 60, (5, 6), date(2018, 1, 1), 37),
}


@pytest.mark.real_data
@pytest.mark.parametrize("name", SERIES)
def test_next_week(name: str) -> None:
    series = SERIES[name]
    path = DATA / series.file
    if not path.exists():
        pytest.skip(f"WFM_BENCH_DATA: no {series.file} in {DATA}")
    found = pd.read_parquet(path).dropna()
    calls = found["calls"].groupby(found["timestamp"].dt.floor(f"{series.interval_min}min")).sum()
    days = (calls.index[-1].date() - series.first).days + 1
    whole = TimeGrid(series.first, days, series.interval_min, "UTC")
    place = whole.locate(pd.DatetimeIndex(calls.index).tz_localize("UTC"))
    counts = np.zeros(len(whole))
    counts[place[place >= 0]] = calls.to_numpy()[place >= 0]
    by_day = counts.reshape(days, -1)
    size = by_day.shape[1]
    actuals = pd.DataFrame(
        {"line": "all", "interval": whole.starts, "first_attempts": counts, "answered": 0.0, "handle_s": 0.0}
    )
    error = plain_error = came_total = 0.0
    held: list[np.ndarray] = []  # type: ignore[type-arg]
    for n in range(12):
        origin_day = days - HORIZON - n * series.step_days
        history = TimeGrid(series.first, origin_day, series.interval_min, "UTC")
        week = TimeGrid(series.first + timedelta(days=origin_day), HORIZON, series.interval_min, "UTC")
        forecast = forecast_calls(
            actuals.iloc[: origin_day * size],
            history,
            week,
            WorkingCalendar(None, weekend=series.weekend),
            ["all"],
            origin=week.starts[0].to_pydatetime(),
            paths=1,
            seed=1,
            aht_prior_s={"all": 180.0},
        )
        mean, low, high = (
            x[0].reshape(HORIZON, size) for x in (forecast.mean, forecast.quantile(0.1), forecast.quantile(0.9))
        )
        for d in range(HORIZON):
            came = by_day[origin_day + d]
            past = [by_day[k] for k in range(origin_day + d - 7, -1, -7) if k < origin_day and by_day[k].sum() > 0][:6]
            if came.sum() == 0 or not past:  # closed, or not recorded
                continue
            plain = np.mean(past, axis=0)
            error += float(np.abs(came - mean[d]).sum())
            plain_error += float(np.abs(came - plain).sum())
            came_total += float(came.sum())
            held.append(((came >= low[d]) & (came <= high[d]))[plain > 0])
    wape, plain_wape = error / came_total, plain_error / came_total
    coverage = float(np.concatenate(held).mean())
    print(f"{name}: WAPE {wape:.1%}, six-week mean {plain_wape:.1%}, 80 % band holds {coverage:.1%}")
    assert wape <= 1.02 * plain_wape
    assert 0.72 <= coverage <= 0.88
