"""The models that can be asked for by name: the mean of recent days against pandas, trees against what any forecast must obey."""

from __future__ import annotations

import sys
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from wfm.calendar import DayKind, TimeGrid, WorkingCalendar, day_marks
from wfm.errors import BadInput
from wfm.forecast import forecast_calls
from wfm.forecast.boosting import forecast_boosted
from wfm.forecast.models import MODELS, find_model
from wfm.forecast.recent_mean import RECENT_WEEKS, forecast_recent_mean
from wfm.forecast.scores import SCORED_QUANTILES

PLAIN, CHINA = WorkingCalendar(None), WorkingCalendar("CN")
ZONE = "Asia/Shanghai"
SHAPE = np.sin(np.pi * np.clip((np.arange(24) - 7) / 14, 0, 1)) ** 2  # closed from 21:00 to 7:00
WEEK = np.array([1.2, 1.0, 1.0, 0.95, 0.9, 0.5, 0.4])


def table_of(grid, counts):
    frames = [
        pd.DataFrame(
            {
                "line": pd.Series([line] * len(grid), dtype="string"),
                "interval": grid.starts,
                "first_attempts": np.asarray(calls, dtype=float),
                "answered": np.asarray(calls, dtype=float),
                "handle_s": np.asarray(calls, dtype=float) * 240.0,
            }
        )
        for line, calls in counts.items()
    ]
    return pd.concat(frames, ignore_index=True)


def run(model, actuals, past, ahead, calendar=PLAIN, lines=("a",), **changes):
    settings = {"seed": 5, "paths": 20, "aht_prior_s": dict.fromkeys(lines, 240.0)} | changes
    origin = datetime.combine(ahead.first, datetime.min.time(), tzinfo=ZoneInfo(ahead.time_zone))
    return model(actuals, past, ahead, calendar, list(lines), origin=origin, **settings)


def weeks(days, seed=1, calls=300.0, first=date(2025, 3, 3)):
    grid = TimeGrid(first, days, 60, ZONE)
    level = WEEK[[d.weekday() for d in grid.day_list]]
    rate = calls * np.outer(level, SHAPE / SHAPE.sum()).ravel()
    return grid, np.random.default_rng(seed).poisson(rate).astype(float), rate


PAST, CALLS, _ = weeks(84)
AHEAD = TimeGrid(PAST.first + timedelta(days=84), 14, 60, ZONE)


# -- the mean of recent days


@pytest.mark.parametrize("days", [84, 30, 9])
def test_the_recent_mean_is_the_mean_of_the_last_six_days_of_the_weekday(days):
    past, calls, _ = weeks(days)
    ahead = TimeGrid(past.first + timedelta(days=days), 14, 60, ZONE)
    found = run(forecast_recent_mean, table_of(past, {"a": calls}), past, ahead)
    at = past.starts
    frame = pd.DataFrame({"calls": calls, "day": at.date, "weekday": at.day_of_week, "hour": at.hour})
    latest = (
        frame.groupby("weekday")["day"].transform(lambda d: d.rank(method="dense", ascending=False)) <= RECENT_WEEKS
    )
    means = frame[latest].groupby(["weekday", "hour"])["calls"].mean()
    assert found.mean[0] == pytest.approx([means[t.weekday(), t.hour] for t in ahead.starts])


def test_hours_not_recorded_do_not_count_in_the_recent_mean():
    observed = np.ones(84 * 24, dtype=bool)
    observed[77 * 24 + 10] = observed[70 * 24 + 10] = False  # ten o'clock of the last two Mondays
    found = run(forecast_recent_mean, table_of(PAST, {"a": CALLS}), PAST, AHEAD, observed=observed)
    mondays = CALLS.reshape(12, 7, 24)[:, 0, 10]
    assert found.mean[0][10] == pytest.approx(mondays[6:10].mean())


def test_a_holiday_never_seen_takes_sundays_in_the_recent_mean():
    """Qingming, 4 April 2025; and the make-up day of 27 April takes weekdays."""
    past, calls, _ = weeks(28)
    ahead = TimeGrid(past.first + timedelta(days=28), 28, 60, ZONE)  # from 31 March
    found = run(forecast_recent_mean, table_of(past, {"a": calls}), past, ahead, CHINA)
    daily = found.mean[0].reshape(28, 24).sum(axis=1)
    totals = calls.reshape(28, 24).sum(axis=1)
    off = [n for n in range(28) if n % 7 >= 5]
    worked = [n for n in range(28) if n % 7 < 5]
    assert CHINA.kind(ahead.day_list[4]) is DayKind.HOLIDAY
    assert daily[4] == pytest.approx(totals[off[-RECENT_WEEKS:]].mean())
    assert CHINA.kind(ahead.day_list[27]) is DayKind.MAKEUP
    assert daily[27] == pytest.approx(totals[worked[-RECENT_WEEKS:]].mean())


def test_bands_of_the_recent_mean_hold_counts_of_steady_lines():
    """Counts about steady rates: of 60 forecasts' intervals, bands hold about their share, at the least of it."""
    inside = []
    for seed in range(60):
        past, calls, rate = weeks(42, seed, 600.0)
        ahead = TimeGrid(past.first + timedelta(days=42), 7, 60, ZONE)
        found = run(forecast_recent_mean, table_of(past, {"a": calls}), past, ahead, paths=1)
        came = np.random.default_rng(1000 + seed).poisson(rate[: 7 * 24])
        low, high = found.quantile(0.1)[0], found.quantile(0.9)[0]
        busy = rate[: 7 * 24] > 5
        inside.append(((came >= low) & (came <= high))[busy].mean())
    assert 0.78 < np.mean(inside) < 0.92


# -- boosted trees


@pytest.fixture(scope="module")
def boosted():
    pytest.importorskip("lightgbm")
    past, busy, _ = weeks(84, 1)
    quiet = weeks(84, 2, 40.0)[1]
    actuals = table_of(past, {"a": busy, "b": quiet})
    return actuals, run(forecast_boosted, actuals, past, AHEAD, lines=("a", "b"))


def test_boosted_forecasts_are_numbers_from_zero(boosted):
    _, found = boosted
    assert found.mean.shape == (2, 14 * 24)
    assert np.isfinite(found.mean).all()
    assert (found.mean >= 0).all()
    assert (found.paths >= 0).all()
    quantiles = np.stack([found.quantile(q) for q in SCORED_QUANTILES])
    assert np.isfinite(quantiles).all()
    assert (np.diff(quantiles, axis=0) >= 0).all()


def test_the_same_seed_gives_the_same_boosted_forecast(boosted):
    actuals, found = boosted
    again = run(forecast_boosted, actuals, PAST, AHEAD, lines=("a", "b"))
    np.testing.assert_array_equal(found.mean, again.mean)
    np.testing.assert_array_equal(found.paths, again.paths)


def test_closed_hours_stay_closed_with_trees(boosted):
    actuals, _ = boosted
    is_open = (AHEAD.minutes >= 9 * 60) & (AHEAD.minutes < 17 * 60)
    found = run(forecast_boosted, actuals, PAST, AHEAD, lines=("a", "b"), open_mask=is_open)
    assert not found.mean[:, ~is_open].any()
    assert not found.paths[:, :, ~is_open].any()
    assert (found.mean[:, is_open] > 0).all()


def test_boosted_forecasts_come_near_the_truth(boosted):
    _, found = boosted
    rate = weeks(14)[2]
    assert np.abs(found.mean[0] - rate).sum() / rate.sum() < 0.10
    assert found.mean[0].sum() == pytest.approx(rate.sum(), rel=0.05)


def test_boosting_looks_at_nothing_after_the_origin(boosted):
    actuals, found = boosted
    later = table_of(AHEAD, {"a": np.full(len(AHEAD), 999.0), "b": np.full(len(AHEAD), 999.0)})
    again = run(forecast_boosted, pd.concat([actuals, later], ignore_index=True), PAST, AHEAD, lines=("a", "b"))
    np.testing.assert_array_equal(found.mean, again.mean)


def test_a_history_too_short_for_trees_gives_the_default_forecast():
    pytest.importorskip("lightgbm")
    past, calls, _ = weeks(35)
    ahead = TimeGrid(past.first + timedelta(days=35), 7, 60, ZONE)
    actuals = table_of(past, {"a": calls})
    boosted = run(forecast_boosted, actuals, past, ahead)
    np.testing.assert_array_equal(boosted.mean, run(forecast_calls, actuals, past, ahead).mean)
    assert boosted.model == "boosted"


def test_boosting_without_lightgbm_is_refused_in_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(BadInput) as refusal:
        run(forecast_boosted, table_of(PAST, {"a": CALLS}), PAST, AHEAD)
    assert "LightGBM is not installed" in str(refusal.value)
    assert "\n" not in str(refusal.value)


# -- by name


@pytest.mark.parametrize("name", MODELS)
def test_every_model_can_be_asked_for_by_its_name(name):
    assert find_model(name) is MODELS[name]


def test_a_name_that_is_none_is_refused_with_those_that_are():
    with pytest.raises(BadInput, match=r"found 'arima', allowed are default, recent-mean.* boosted"):
        find_model("arima")


# -- what a holiday calendar is worth


def chinese_calls(seed):
    """Two years that grow by a tenth a year: a third of the calls on holidays and a fifth in the Spring Festival's, half again
    on the day after, 0.75 on the eve, 0.9 on make-up days; every feast of every year differs by 20 % from its kind.
    """
    grid = TimeGrid(date(2023, 8, 1), (date(2025, 10, 20) - date(2023, 8, 1)).days, 240, ZONE)
    rng = np.random.default_rng(seed)
    whim, level = {}, []
    for day, mark in zip(grid.day_list, day_marks(CHINA, grid.day_list), strict=True):
        kind = CHINA.kind(day)
        if kind is DayKind.HOLIDAY:
            factor = 0.2 if mark.festival == "spring_festival" else 0.33
        elif kind is DayKind.MAKEUP:
            factor = 0.9
        else:
            factor = 0.5 if kind is DayKind.WEEKEND else WEEK[day.weekday()]
        factor *= 0.75 if mark.before == 1 else 1.5 if mark.after == 1 else 1.0
        if mark.festival:
            factor *= whim.setdefault((mark.festival, day.year), np.exp(rng.normal(0, 0.2)))
        level.append(factor * 1.1 ** ((day - grid.first).days / 365))
    shape = SHAPE.reshape(6, 4).sum(axis=1) / SHAPE.sum()
    noise = np.exp(rng.normal(0, 0.06, grid.days) - 0.06**2 / 2)
    return grid, rng.poisson(1500 * np.outer(np.array(level) * noise, shape)).ravel().astype(float)


def test_a_holiday_calendar_halves_the_error_on_holidays_and_their_eves():
    """Two years of Chinese calls; Spring Festival and National Day are forecast a fortnight before the last of each."""
    grid, calls = chinese_calls(1)
    actuals = table_of(grid, {"a": calls})
    off = {CHINA: 0.0, PLAIN: 0.0}
    for origin in (date(2025, 1, 20), date(2025, 9, 22)):
        days = (origin - grid.first).days
        past, ahead = TimeGrid(grid.first, days, 240, ZONE), TimeGrid(origin, 25, 240, ZONE)
        came = calls[6 * days : 6 * (days + 25)]
        marks = day_marks(CHINA, ahead.day_list)
        kinds = [CHINA.kind(d) for d in ahead.day_list]
        near = np.repeat([k is DayKind.HOLIDAY or m.before == 1 for k, m in zip(kinds, marks, strict=True)], 6)
        assert near.sum() >= 8 * 6
        for calendar in off:
            found = run(forecast_calls, actuals, past, ahead, calendar, paths=1)
            off[calendar] += float(np.abs(found.quantile(0.5)[0] - came)[near].sum())
    assert off[CHINA] < 0.5 * off[PLAIN]
