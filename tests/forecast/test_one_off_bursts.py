"""A burst that came once, after an outage say, is no habit of its weekday."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.forecast import Forecast, forecast_calls

HISTORY = TimeGrid(date(2026, 3, 2), 42, 30, "UTC")  # six weeks from a Monday
WEEK = TimeGrid(date(2026, 4, 13), 7, 30, "UTC")
RATE = 40.0


def forecast_after(bursts: list[tuple[int, int]]) -> Forecast:
    """Forecast the week after Poisson calls of one rate, with ten times the rate in the given (day, slot)."""
    counts = np.random.default_rng(5).poisson(RATE, (42, 48)).astype(float)
    for day, slot in bursts:
        counts[day, slot] = 10 * RATE
    actuals = pd.DataFrame(
        {"line": "all", "interval": HISTORY.starts, "first_attempts": counts.ravel(), "answered": 0.0, "handle_s": 0.0}
    )
    return forecast_calls(
        actuals,
        HISTORY,
        WEEK,
        WorkingCalendar(None),
        ["all"],
        origin=datetime.fromisoformat("2026-04-13T00:00:00+00:00"),
        paths=1,
        seed=1,
        aht_prior_s={"all": 180.0},
    )


@pytest.mark.parametrize("week", range(6))
def test_one_burst_leaves_the_weekday_alone(week: int) -> None:
    wednesday = forecast_after([(7 * week + 2, 26)]).mean[0].reshape(7, 48)[2]
    # The mean of six Wednesdays would say 100.
    assert wednesday[26] == pytest.approx(RATE, rel=0.25)
    assert np.delete(wednesday, 26).mean() == pytest.approx(RATE, rel=0.06)


def test_a_burst_of_every_wednesday_is_kept() -> None:
    wednesday = forecast_after([(7 * week + 2, 26) for week in range(6)]).mean[0].reshape(7, 48)[2]
    assert wednesday[26] > 5 * RATE
