"""The afternoon of a bank's days from their mornings, against no update and against the plain ratio."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.forecast import forecast_calls, learn_intraday, reforecast

pytestmark = pytest.mark.real_data

FILE = "bank_calls_5min_to_2003-09-12.parquet"
FIRST, DAYS, HISTORY = date(2003, 3, 3), 194, 84
ASKED = {"aht_prior_s": {"all": 180.0}}
CALENDAR = WorkingCalendar(None, weekend=(5, 6))


def test_twelve_o_clock_beats_no_update_and_the_ratio(bench_data: Path) -> None:
    """Every fourth weekday of the last ten weeks; what days teach is learned once, from the weeks before them."""
    found = pd.read_parquet(bench_data / FILE).dropna()
    calls = found["calls"].groupby(found["timestamp"].dt.floor("30min")).sum()
    whole = TimeGrid(FIRST, DAYS, 30, "UTC")
    counts = np.zeros(len(whole))
    counts[whole.locate(pd.DatetimeIndex(calls.index).tz_localize("UTC"))] = calls.to_numpy()
    actuals = pd.DataFrame(
        {"line": "all", "interval": whole.starts, "first_attempts": counts, "answered": 0.0, "handle_s": 0.0}
    )

    def part(day: int, days: int) -> tuple[TimeGrid, pd.DataFrame]:
        return TimeGrid(FIRST + timedelta(days=day), days, 30, "UTC"), actuals.iloc[48 * day : 48 * (day + days)]

    errors = dict.fromkeys(("none", "ratio", "update"), 0.0)
    open_days = [d for d in range(DAYS - 70, DAYS) if counts[48 * d : 48 * d + 48].sum() > 0]
    past, before = part(open_days[0] - HISTORY, HISTORY)
    learned = learn_intraday(before, past, CALENDAR, ["all"], origin=past.ends[-1].to_pydatetime(), **ASKED)
    for day in open_days[::4]:
        past, before = part(day - HISTORY, HISTORY)
        grid, today = part(day, 1)
        forecast = forecast_calls(
            before, past, grid, CALENDAR, ["all"], origin=grid.starts[0].to_pydatetime(), paths=2, seed=1, **ASKED
        )
        noon = datetime.fromisoformat(f"{grid.first}T12:00:00+00:00")
        updated = reforecast(forecast, today, noon, learned)
        came, mean = counts[48 * day + 24 : 48 * day + 48], forecast.mean[0]
        ratio = counts[48 * day : 48 * day + 24].sum() / mean[:24].sum()
        for way, values in (("none", mean[24:]), ("ratio", mean[24:] * ratio), ("update", updated.mean[0, 24:])):
            errors[way] += float(np.abs(values - came).sum())
    assert errors["update"] < 0.95 * errors["none"]
    assert errors["update"] < 0.97 * errors["ratio"]
