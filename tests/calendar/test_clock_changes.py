"""Days of 23 and 25 hours: no call is lost or counted twice, and no profile moves by an hour."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.forecast import forecast_calls
from wfm.forecast.history import read_history, slots_of
from wfm.records import RecordStore, aggregate_actuals
from wfm.tables import CALLS, check_table

Floats = NDArray[np.float64]

CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29), 23),
    ("Europe/Berlin", date(2026, 10, 25), 25),
    ("America/New_York", date(2026, 3, 8), 23),
    ("America/New_York", date(2026, 11, 1), 25),
    ("Asia/Jerusalem", date(2026, 3, 27), 23),
    ("Asia/Jerusalem", date(2026, 10, 25), 25),
]
PLAIN = WorkingCalendar(None)
"""No holidays, so that nothing but the clock differs from day to day."""


def law(grid: TimeGrid, opens_min: int = 0, closes_min: int = 1440) -> Floats:
    """Calls an hour by local time of day: night calls too, and a steep rise at 09:00."""
    hour = grid.minutes / 60
    rate = 20 + 300 * np.exp(-(((hour - 10.5) / 1.2) ** 2)) * (hour >= 9) + 60 * (np.abs(hour - 2) < 2)
    return np.where((grid.minutes >= opens_min) & (grid.minutes < closes_min), rate, 0.0) * grid.interval_min / 60


def actuals_of(grid: TimeGrid, counts: Floats) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "line": "general",
            "interval": grid.starts,
            "first_attempts": counts,
            "answered": counts,
            "handle_s": counts * 200.0,
        }
    )


def by_day(grid: TimeGrid, counts: Floats) -> Floats:
    day = (grid.dates - np.datetime64(grid.first, "D")).astype(np.int64)
    return np.bincount(day, weights=counts, minlength=grid.days)


def call_table(moments: list[datetime], zone: str) -> pd.DataFrame:
    arrived = pd.DatetimeIndex(pd.to_datetime(moments, utc=True)).tz_convert(zone)
    frame = pd.DataFrame(
        {
            "call": [f"c{n}" for n in range(len(moments))],
            "line": "general",
            "arrived_at": arrived,
            "queued_at": arrived,
            "answered_at": arrived + pd.Timedelta(seconds=5),
            "ended_at": arrived + pd.Timedelta(seconds=65),
            "outcome": "answered",
            "talk_s": 60.0,
        }
    )
    return check_table(CALLS, frame)


def moments_around(zone: str, change: date, seconds: list[int]) -> list[datetime]:
    """Moments from local midnight of the day before a change, in true time."""
    start = datetime(change.year, change.month, change.day, tzinfo=ZoneInfo(zone)).astimezone(UTC) - timedelta(days=1)
    return [start + timedelta(seconds=s) for s in seconds]


@settings(deadline=None, max_examples=20)
@given(
    st.sampled_from(CHANGES),
    st.sampled_from([15, 30, 60]),
    st.lists(st.integers(0, 71 * 3600 - 1), min_size=1, max_size=60),
)
def test_calls_are_conserved_by_interval_and_by_local_day(
    change: tuple[str, date, int], interval_min: int, seconds: list[int]
) -> None:
    """§121 Against the standard library's local dates, call by call."""
    zone, day, _hours = change
    moments = moments_around(zone, day, seconds)
    grid = TimeGrid(day - timedelta(days=1), 3, interval_min, zone)
    actuals = aggregate_actuals(call_table(moments, zone), grid, ["general"], 5)
    offered = actuals["offered"].to_numpy(float)
    assert offered.sum() == len(moments)
    expected = Counter(moment.astimezone(ZoneInfo(zone)).date() for moment in moments)
    assert dict(zip(grid.day_list, by_day(grid, offered).tolist(), strict=True)) == {
        d: float(expected[d]) for d in grid.day_list
    }
    spots = Counter(
        (local.date(), (local.hour * 60 + local.minute) // interval_min)
        for local in (moment.astimezone(ZoneInfo(zone)) for moment in moments)
    )
    history = read_history(
        actuals.assign(first_attempts=offered),
        grid,
        PLAIN,
        ["general"],
        origin=grid.ends[-1].to_pydatetime(),
        observed=np.ones(len(grid), dtype=bool),
    )
    for row, local_day in enumerate(history.dates):
        for slot, calls in enumerate(history.calls[0, row]):
            assert calls == spots[local_day, slot]


@pytest.mark.parametrize(("zone", "change", "hours"), CHANGES)
@pytest.mark.parametrize("interval_min", [15, 30, 60])
def test_exposure_tells_the_hour_left_out_and_the_hour_that_came_twice(
    zone: str, change: date, hours: int, interval_min: int
) -> None:
    """§121"""
    grid = TimeGrid(change - timedelta(days=2), 5, interval_min, zone)
    history = read_history(
        actuals_of(grid, law(grid)),
        grid,
        PLAIN,
        ["general"],
        origin=grid.ends[-1].to_pydatetime(),
        observed=np.ones(len(grid), dtype=bool),
    )
    per_hour = 60 // interval_min
    on_change = history.exposure[0, history.dates.index(change)]
    assert on_change.sum() == hours * per_hour
    odd = np.flatnonzero(on_change != 1)
    assert len(odd) == per_hour
    assert set(on_change[odd]) == {0.0 if hours == 23 else 2.0}
    # Which hour: the one that the standard library skips or repeats.
    zone_info = ZoneInfo(zone)
    for slot in range(24 * per_hour):
        clock = datetime(change.year, change.month, change.day, slot // per_hour, tzinfo=zone_info)
        ambiguous = clock.utcoffset() != clock.replace(fold=1).utcoffset()
        assert ambiguous == (slot in odd)
    for row, day in enumerate(history.dates):
        if day != change:
            assert (history.exposure[0, row] == 1).all()
    np.testing.assert_allclose(history.totals[0], by_day(grid, law(grid)))


def test_stored_calls_are_given_back_by_the_same_local_days(tmp_path) -> None:
    """§121 Each change, one call in every ten minutes of three days, through the files."""
    for zone, change, hours in CHANGES:
        moments = moments_around(zone, change, list(range(0, (48 + hours) * 3600, 600)))
        store = RecordStore(tmp_path / zone.replace("/", "-") / change.isoformat(), "small")
        store.add(call_table(moments, zone), "a", "recorded", time_zone=zone)
        grid = TimeGrid(change - timedelta(days=1), 3, 30, zone)
        offered = store.actuals(grid, ["general"], 5)["offered"].to_numpy(float)
        assert (offered == 3).all()
        assert by_day(grid, offered).tolist() == [144.0, hours * 6.0, 144.0]


@pytest.mark.parametrize(
    ("zone", "change", "hours", "interval_min", "place"),
    [(*change, step, "in the forecast") for change, step in zip(CHANGES, (30, 60, 15, 30, 60, 30), strict=True)]
    + [(*change, step, "in the history") for change, step in zip(CHANGES[::2], (60, 30, 30), strict=True)],
)
def test_forecasts_keep_to_the_local_clock(zone: str, change: date, hours: int, interval_min: int, place: str) -> None:
    """§121 A law of the local time of day without noise: the forecast gives it back, the rise at 09:00 included, an hour
    left out is missing from the day's total, and an hour that comes twice is in it twice."""
    first = change + timedelta(days=3) if place == "in the history" else change - timedelta(days=3)
    past = TimeGrid(first - timedelta(days=42), 42, interval_min, zone)
    ahead = TimeGrid(first, 7, interval_min, zone)
    truth = law(ahead)
    forecast = forecast_calls(
        actuals_of(past, law(past)),
        past,
        ahead,
        WorkingCalendar(None, weekend=()),
        ["general"],
        origin=ahead.starts[0].to_pydatetime(),
        paths=10,
        seed=1,
        aht_prior_s={"general": 200.0},
    )
    mean = forecast.mean[0]
    np.testing.assert_allclose(by_day(ahead, mean), by_day(ahead, truth), rtol=0.02)
    around_nine = (ahead.minutes >= 8 * 60) & (ahead.minutes < 10 * 60)
    np.testing.assert_allclose(mean[around_nine], truth[around_nine], rtol=0.15, atol=1.0)
    assert np.abs(mean - truth).sum() / truth.sum() < 0.05
    if place == "in the forecast":
        usual = by_day(ahead, mean)[(change - first).days - 1]
        on_change = by_day(ahead, mean)[(change - first).days]
        night = 80.0 if 1 <= _changed_hour(zone, change) < 4 else 20.0
        assert on_change - usual == pytest.approx(night if hours == 25 else -night, abs=0.25 * night)
    assert forecast.paths.shape == (10, 1, len(ahead))
    totals = forecast.day_totals().sort_values("date")
    np.testing.assert_allclose(totals["mean"], by_day(ahead, mean))
    assert [pd.Timestamp(day).date() for day in totals["date"]] == ahead.day_list


def _changed_hour(zone: str, change: date) -> int:
    found = ZoneInfo(zone)
    hours = [datetime(change.year, change.month, change.day, h, tzinfo=found) for h in range(24)]
    return next(h.hour for h in hours if h.utcoffset() != h.replace(fold=1).utcoffset())


@pytest.mark.parametrize(("zone", "change", "hours"), CHANGES[:4])
def test_a_closed_night_stays_closed_when_clocks_change_in_it(zone: str, change: date, hours: int) -> None:
    """§121 Open 08:00 to 20:00 by the local clock: nothing before or after, and whole hours inside."""
    first = change - timedelta(days=3)
    past = TimeGrid(first - timedelta(days=42), 42, 30, zone)
    ahead = TimeGrid(first, 7, 30, zone)
    is_open = (ahead.minutes >= 480) & (ahead.minutes < 1200)
    assert is_open.sum() == 7 * 24
    forecast = forecast_calls(
        actuals_of(past, law(past, 480, 1200)),
        past,
        ahead,
        WorkingCalendar(None, weekend=()),
        ["general"],
        origin=ahead.starts[0].to_pydatetime(),
        paths=5,
        seed=1,
        aht_prior_s={"general": 200.0},
        open_mask=is_open,
    )
    assert (forecast.mean[0][~is_open] == 0).all()
    assert (forecast.paths[:, 0, ~is_open] == 0).all()
    np.testing.assert_allclose(by_day(ahead, forecast.mean[0]), by_day(ahead, law(ahead, 480, 1200)), rtol=0.02)
    assert len(ahead) == 6 * 48 + 2 * hours
    assert slots_of(ahead).max() == 47
