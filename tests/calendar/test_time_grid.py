"""The time grid: every instant of the period in exactly one interval, also where clocks change."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.calendar import TimeGrid
from wfm.errors import BadInput

ZONES = [
    "Asia/Shanghai",
    "Asia/Jerusalem",
    "America/New_York",
    "America/Sao_Paulo",
    "Atlantic/Azores",
    "America/Havana",
]

grids = st.builds(
    TimeGrid,
    st.dates(date(1996, 1, 1), date(2030, 12, 1)),
    st.integers(1, 40),
    st.sampled_from([5, 6, 10, 15, 20, 30, 60]),
    st.sampled_from(ZONES),
)


@settings(deadline=None)
@given(grids, st.floats(-0.1, 1.1))
def test_every_instant_lies_in_exactly_one_interval(grid: TimeGrid, share: float) -> None:
    start, end = grid.starts[0], grid.ends[-1]
    moment = start + (end - start) * share
    inside = (grid.starts <= moment) & (moment < grid.ends)
    place = int(grid.locate(pd.DatetimeIndex([moment]))[0])
    if start <= moment < end:
        assert inside.sum() == 1
        assert place == int(np.flatnonzero(inside)[0])
    else:
        assert inside.sum() == 0
        assert place == -1


@settings(deadline=None)
@given(grids)
def test_intervals_follow_each_other_in_true_time(grid: TimeGrid) -> None:
    assert len(grid) == len(grid.starts) == len(grid.dates) == len(grid.minutes)
    assert ((grid.ends - grid.starts) == pd.Timedelta(minutes=grid.interval_min)).all()
    assert (grid.starts[1:] == grid.ends[:-1]).all()
    assert (grid.locate(grid.starts) == np.arange(len(grid))).all()
    assert str(grid.starts.tz) == grid.time_zone


@settings(deadline=None)
@given(grids)
def test_dates_and_minutes_are_local(grid: TimeGrid) -> None:
    """Against the standard library's own conversion, one interval at a time."""
    zone = ZoneInfo(grid.time_zone)
    for n in sorted({0, len(grid) // 3, len(grid) // 2, len(grid) - 1}):
        local = datetime.fromtimestamp(grid.starts[n].timestamp(), tz=zone)
        assert grid.dates[n] == np.datetime64(local.date(), "D")
        assert grid.minutes[n] == local.hour * 60 + local.minute
    assert [d.item() for d in np.unique(grid.dates)] == grid.day_list


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Asia/Jerusalem", date(2026, 3, 27), 23),
        ("Asia/Jerusalem", date(2026, 10, 25), 25),
        ("Asia/Jerusalem", date(1999, 4, 2), 23),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),  # clocks skip midnight itself
        ("Asia/Shanghai", date(2026, 3, 8), 24),
        ("Asia/Shanghai", date(1990, 4, 15), 23),  # China kept summer time from 1986 to 1991
    ],
)
def test_days_on_which_clocks_change(zone: str, day: date, hours: int) -> None:
    grid = TimeGrid(day - timedelta(days=1), 3, 30, zone)
    assert (grid.dates == np.datetime64(day, "D")).sum() == hours * 2
    assert len(grid) == (48 + hours) * 2


def test_an_hour_that_comes_twice_keeps_both() -> None:
    grid = TimeGrid(date(2026, 11, 1), 1, 60, "America/New_York")
    assert list(grid.minutes[:4]) == [0, 60, 60, 120]
    both = pd.DatetimeIndex(["2026-11-01 05:30", "2026-11-01 06:30"], tz="UTC")
    assert list(grid.locate(both)) == [1, 2]


def test_locate_takes_series_other_zones_and_missing_times() -> None:
    grid = TimeGrid(date(2026, 9, 14), 1, 30, "Asia/Shanghai")
    times = pd.Series(
        pd.to_datetime(
            ["2026-09-13 16:00", "2026-09-14 15:59:59.999", "2026-09-14 16:00", None], utc=True, format="ISO8601"
        )
    )
    assert list(grid.locate(times)) == [0, 47, -1, -1]
    with pytest.raises(TypeError):
        grid.locate(pd.DatetimeIndex(["2026-09-14 08:00"]))


@pytest.mark.parametrize(
    "arguments",
    [
        (date(2026, 1, 1), 0, 30, "Asia/Shanghai"),
        (date(2026, 1, 1), 7, 7, "Asia/Shanghai"),
        (date(2026, 1, 1), 7, 0, "Asia/Shanghai"),
        (date(2026, 1, 1), 7, 30, "Asia/Shangai"),
        (date(2026, 1, 1), 7, 30, "../etc/passwd"),
        (date(2026, 4, 5), 1, 60, "Australia/Lord_Howe"),  # the day is 24.5 hours long
    ],
)
def test_what_is_no_grid_is_refused(arguments: tuple[date, int, int, str]) -> None:
    with pytest.raises(BadInput):
        TimeGrid(*arguments)


def test_lord_howe_fits_half_hours() -> None:
    assert len(TimeGrid(date(2026, 4, 5), 1, 30, "Australia/Lord_Howe")) == 49
