"""Days that stand for others: means of recorded days, ratios of the demand where a kind was never recorded."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from scenarios.scenario import load_scenario
from scenarios.typical_calls import find_typical_calls, season_of_records, typical_calls_of
from wfm.calendar import DayKind
from wfm.hotline import calendar_of, grid_of
from wfm.records import RecordStore, generate_calls
from wfm.staffing.long_view import calls_of_demand

MONDAY = date(2026, 8, 3)  # four weeks without a holiday


@pytest.fixture(scope="module")
def hotline():
    return load_scenario("nanxun-12368").hotline


def actuals_of(hotline, grid, per_interval):
    """``per_interval(day)`` first attempts in every interval of a day, answered in 200 s each."""
    calls = np.array([float(per_interval(day)) for day in grid.dates.astype("datetime64[D]").astype(object)])
    return pd.DataFrame(
        {
            "line": hotline.line_ids[0],
            "interval": grid.starts,
            "first_attempts": calls,
            "answered": calls,
            "handle_s": calls * 200.0,
        }
    )


def typical(hotline, per_interval, days=28, season=()):
    grid = grid_of(hotline, MONDAY, days)
    actuals = actuals_of(hotline, grid, per_interval)
    return typical_calls_of(hotline, actuals, grid, calendar_of(hotline), season, calls_of_demand(hotline))


def test_means_by_kind_of_day(hotline):
    """Weekdays of 2 and 4 calls an interval, weekends of 1; holidays never recorded: the demand's 12 % of a weekday."""
    found = typical(hotline, lambda day: 1 if day.weekday() >= 5 else (2 if day.isocalendar().week % 2 else 4))
    assert found.by_kind[DayKind.WEEKDAY] == pytest.approx(np.full((1, 48), 3.0))
    assert found.by_kind[DayKind.WEEKEND] == pytest.approx(np.full((1, 48), 1.0))
    assert found.by_kind[DayKind.HOLIDAY] == pytest.approx(np.full((1, 48), 3 * 0.12))
    assert found.by_kind[DayKind.MAKEUP] == pytest.approx(np.full((1, 48), 3 * 0.9))
    assert found.aht_s == pytest.approx(np.full((1, 48), 200.0))
    assert abs((found.level_of - (MONDAY + timedelta(days=14))).days) <= 1


def test_days_without_any_call_are_not_recorded_and_too_few_weekdays_are_no_level(hotline):
    found = typical(hotline, lambda day: 0 if day.day > 16 else 2)
    assert found.by_kind[DayKind.WEEKDAY] == pytest.approx(np.full((1, 48), 2.0))
    assert typical(hotline, lambda day: 0 if day.day > 6 else 2) is None


def test_a_what_if_scales_the_recorded_level(hotline):
    lines = tuple(
        line.model_copy(update={"demand": line.demand.model_copy(update={"scale": 1.5})}) for line in hotline.lines
    )
    found = typical(hotline.model_copy(update={"lines": lines}), lambda day: 2)
    assert found.by_kind[DayKind.WEEKDAY].sum() == pytest.approx(48 * 3)
    assert found.by_kind[DayKind.HOLIDAY].sum() == pytest.approx(48 * 3 * 0.12)


class Year:
    """A store of thirteen months whose weekdays hold as many calls as the month's number, missing days aside."""

    def __init__(self, hotline, missing=()):
        self.hotline = hotline
        self.recorded = [d for n in range(396) if (d := date(2025, 8, 1) + timedelta(days=n)) not in missing]

    def actuals(self, grid, lines, short_abandon_s):
        table = actuals_of(self.hotline, grid, lambda day: day.month if day.weekday() < 5 else 50)
        return table[np.isin(table["interval"].dt.date, self.recorded)]


def test_the_season_is_that_of_weekdays_in_twelve_whole_months(hotline):
    store = Year(hotline)
    found = season_of_records(hotline, store, store.recorded)
    assert found == pytest.approx([month / 6.5 for month in range(1, 13)])
    gap = [date(2026, 3, 1) + timedelta(days=n) for n in range(20)]
    store = Year(hotline, gap)
    assert season_of_records(hotline, store, store.recorded) == ()


def test_without_records_the_demand_stands_in_and_records_are_named(hotline, tmp_path):
    first = date(2026, 10, 1)
    without = find_typical_calls(hotline, first, tmp_path)
    assert without.calls.level_of is None
    assert "demand settings" in without.note.en
    calls = generate_calls(hotline, date(2026, 8, 31), 14, 3)
    RecordStore(tmp_path, hotline.id).add(calls, "a" * 32, "recorded", time_zone=hotline.time_zone)
    found = find_typical_calls(hotline, first, tmp_path)
    assert found.note.en == "Calls: 14 recorded days, 2026-08-31 to 2026-09-13."
    weekdays = calls[calls["arrived_at"].dt.day_of_week < 5]
    assert found.calls.by_kind[DayKind.WEEKDAY].sum() == pytest.approx(len(weekdays) / 10, rel=0.1)
    # Years later the records still say what a day is like, and growth counts from them.
    assert find_typical_calls(hotline, date(2040, 1, 1), tmp_path).calls.level_of == found.calls.level_of
