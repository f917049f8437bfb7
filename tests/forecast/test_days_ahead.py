"""Days to come, in years whose notice is known and in years whose notice is not."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from wfm.calendar import DayKind, TimeGrid, WorkingCalendar, kind_chances
from wfm.forecast import KIND_FACTORS, forecast_calls
from wfm.forecast.day_features import day_features
from wfm.forecast.day_process import Prediction, fit_days
from wfm.forecast.days_ahead import CALENDARS, DaysAhead, days_ahead
from wfm.forecast.history import HOLIDAY, MAKEUP, History, day_types

ZONE = "Asia/Shanghai"
CHINA = WorkingCalendar("CN")
OPEN = CHINA.as_announced_until(2024)  # how 2025 looked before its notice
FIRST = date(2023, 11, 1)
WINTER = TimeGrid(date(2024, 12, 9), 70, 60, ZONE)  # to 16 February; Spring Festival 2025: 29 January
AUTUMN = TimeGrid(date(2025, 9, 15), 35, 60, ZONE)


def history_until(day, calendar, calls=900.0, seed=1):
    """Steady calls by kind of day, recorded whole, one interval of 24 hours a day."""
    days = [FIRST + timedelta(days=n) for n in range((day - FIRST).days)]
    factor = {DayKind.WEEKDAY: 1.0, DayKind.WEEKEND: 0.5, DayKind.HOLIDAY: 0.2, DayKind.MAKEUP: 0.9}
    mean = calls * np.array([factor[CHINA.kind(d)] for d in days])
    totals = np.random.default_rng(seed).poisson(mean).astype(float)
    return History(
        ["a"],
        days,
        totals[None, :, None],
        np.ones((1, len(days), 1)),
        day_types(days, calendar),
        frozenset(),
        (),
        1440,
    )


def predicted(grid, calendar):
    history = history_until(grid.first, calendar)
    before, ahead = days_ahead(history, grid, calendar)
    process = fit_days(history.totals[0], np.ones(len(history.dates)), before, KIND_FACTORS)
    assert process is not None
    return ahead, ahead.predict(process.predict)


@pytest.mark.parametrize("grid", [WINTER, AUTUMN])
@pytest.mark.parametrize("calendar", [CHINA, WorkingCalendar(None)])
def test_days_that_are_known_turn_out_one_way(grid, calendar):
    history = history_until(grid.first, calendar)
    before, ahead = days_ahead(history, grid, calendar)
    assert len(ahead.ways) == 1
    whole = day_features([*history.dates, *grid.day_list], calendar)
    assert len(before) == len(history.dates)
    for features, wanted in (
        (before, whole.at(slice(0, len(history.dates)))),
        (ahead.ways[0], whole.at(slice(len(history.dates), None))),
    ):
        assert features.types.tolist() == wanted.types.tolist()
        assert features.feast.tolist() == wanted.feast.tolist()
        assert features.before.tolist() == wanted.before.tolist()


@pytest.mark.parametrize("grid", [WINTER, AUTUMN])
def test_a_year_not_announced_turns_out_many_ways_by_its_chances(grid):
    """§125 Over the ways each day is off, or worked for another, in about the share that past notices give it."""
    _, ahead = days_ahead(history_until(grid.first, OPEN), grid, OPEN)
    assert len(ahead.ways) == CALENDARS
    types = np.stack([way.types for way in ahead.ways])
    for place, day in enumerate(grid.day_list):
        chances = kind_chances(OPEN, day)
        for kind, number in ((DayKind.HOLIDAY, HOLIDAY), (DayKind.MAKEUP, MAKEUP)):
            share = (types[:, place] == number).mean()
            assert share == pytest.approx(chances.get(kind, 0.0), abs=1.0 / CALENDARS)


def test_days_near_feasts_are_less_sure_before_the_notice_and_others_are_not():
    _, known = predicted(WINTER, CHINA)
    ahead, unknown = predicted(WINTER, OPEN)
    types = np.stack([way.types for way in ahead.ways])
    moved = ((types == HOLIDAY) | (types == MAKEUP)).mean(axis=0)
    undecided = (types != types[0]).any(axis=0)
    even = (moved > 0.25) & (moved < 0.75)
    assert even.sum() >= 3
    assert (unknown.variance[even] > 3 * known.variance[even]).all()
    assert unknown.variance[undecided].mean() > 2 * known.variance[undecided].mean()
    near = np.array([way.feast != "" for way in ahead.ways]) | np.array(
        [way.before + way.after > 0 for way in ahead.ways]
    )
    ordinary = ~near.any(axis=0) & ~undecided & np.isnan(ahead.ways[0].spring)
    assert ordinary.sum() >= 20
    assert unknown.variance[ordinary] == pytest.approx(known.variance[ordinary], rel=0.05)
    assert unknown.mean[ordinary] == pytest.approx(known.mean[ordinary], abs=0.02)


def test_the_forecast_of_a_year_not_announced_has_wider_bands_near_feasts_and_says_so():
    past = TimeGrid(date(2024, 8, 5), (date(2024, 12, 30) - date(2024, 8, 5)).days, 240, ZONE)
    ahead = TimeGrid(date(2024, 12, 30), 42, 240, ZONE)
    factor = {DayKind.WEEKDAY: 1.0, DayKind.WEEKEND: 0.5, DayKind.HOLIDAY: 0.2, DayKind.MAKEUP: 0.9}
    rate = np.repeat([600.0 / 6 * factor[CHINA.kind(d)] for d in past.day_list], 6)
    calls = np.random.default_rng(3).poisson(rate).astype(float)
    actuals = pd.DataFrame(
        {
            "line": pd.Series(["a"] * len(past), dtype="string"),
            "interval": past.starts,
            "first_attempts": calls,
            "answered": calls,
            "handle_s": calls * 200.0,
        }
    )
    width = {}
    for calendar in (CHINA, OPEN):
        found = forecast_calls(
            actuals,
            past,
            ahead,
            calendar,
            ["a"],
            origin=datetime(2024, 12, 30, tzinfo=ZoneInfo(ZONE)),
            paths=300,
            seed=3,
            aht_prior_s={"a": 200.0},
        )
        totals = found.day_totals()
        width[calendar] = ((totals["p90"] - totals["p10"]) / totals["mean"]).to_numpy()
        said = any("2025" in note.en and "not announced" in note.en for note in found.notes)
        assert said == (calendar is OPEN)
    days = ahead.day_list
    chances = [kind_chances(OPEN, d) for d in days]
    even = [n for n, c in enumerate(chances) if 0.25 < c.get(DayKind.HOLIDAY, 0.0) + c.get(DayKind.MAKEUP, 0.0) < 0.75]
    assert width[OPEN][even].mean() > 1.3 * width[CHINA][even].mean()
    ordinary = [n for n, d in enumerate(days) if date(2025, 1, 6) <= d <= date(2025, 1, 12)]
    assert width[OPEN][ordinary] == pytest.approx(width[CHINA][ordinary], rel=0.1)


# -- the arithmetic of many ways, by hand


def two_ways():
    days = [date(2025, 3, 3), date(2025, 3, 4)]
    weekdays = day_features(days, WorkingCalendar(None))
    off = day_features(days, WorkingCalendar(None, extra_days={days[1]: (DayKind.HOLIDAY, None)}))
    return DaysAhead((weekdays, off))


def test_what_the_ways_differ_by_adds_to_the_variance():
    """Log levels (1, 1) and (1, 0) equally likely: mean (1, ½), variance of the second day larger by ¼."""
    within = np.array([[0.2, 0.1], [0.1, 0.3]])
    found = two_ways().predict(lambda f: Prediction(np.where(f.types == HOLIDAY, 0.0, 1.0), within, 0.05))
    assert found.mean.tolist() == [1.0, 0.5]
    assert found.covariance == pytest.approx(within + np.array([[0.0, 0.0], [0.0, 0.25]]))
    assert found.variance == pytest.approx([0.25, 0.6])


def test_a_day_closed_on_holidays_is_open_in_half_the_ways():
    assert two_ways().open_share(frozenset({HOLIDAY})).tolist() == [1.0, 0.5]
    assert two_ways().open_share(frozenset()).tolist() == [1.0, 1.0]


def test_profiles_are_averaged_over_the_ways():
    table = np.arange(16.0)[:, None] * np.ones((1, 3))
    assert two_ways().of_type(table).tolist() == [[0.0] * 3, [(1 + HOLIDAY) / 2] * 3]
