"""Rolling origins: what a model is handed on each morning, which mornings count, and scores of models whose truth is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.errors import BadInput
from wfm.forecast import Forecast, forecast_calls
from wfm.forecast.backtest import TRAINING_DAYS_MIN, Series, backtest, choose_origins
from wfm.forecast.recent_mean import forecast_recent_mean
from wfm.forecast.sample_paths import PathRecipe
from wfm.forecast.scores import SCORED_QUANTILES

FIRST = date(2025, 3, 3)
HOUR = 60


def series_of(counts, *, observed=None, interval_min=HOUR, zone="UTC", first=FIRST):
    """Series of lines → counts over whole days."""
    size = len(next(iter(counts.values())))
    grid = TimeGrid(first, size * interval_min // 1440, interval_min, zone)
    frames = []
    for line, calls in counts.items():
        kept = np.ones(size, dtype=bool) if observed is None else observed
        frames.append(
            pd.DataFrame(
                {
                    "line": pd.Series([line] * int(kept.sum()), dtype="string"),
                    "interval": grid.starts[kept],
                    "first_attempts": np.asarray(calls, dtype=float)[kept],
                    "offered": np.asarray(calls, dtype=float)[kept],
                    "answered": 0.0,
                    "handle_s": np.nan,
                }
            )
        )
    return Series(
        pd.concat(frames, ignore_index=True),
        grid,
        tuple(counts),
        WorkingCalendar(None),
        observed,
        dict.fromkeys(counts, 180.0),
    )


def known_rates(rates):
    """A model that knows the rate of every interval: ``rates`` line → function of the forecast's grid."""

    def model(actuals, history_grid, grid, calendar, lines, *, origin, seed, paths, **rest):
        mean = np.stack([rates[line](grid) for line in lines])
        return Forecast(
            grid=grid,
            lines=lines,
            origin=origin,
            model="known",
            paths=np.zeros((paths, *mean.shape)),
            mean=mean,
            aht_s=np.full(mean.shape, 180.0),
            dispersion=np.zeros(mean.shape),
            recipe=PathRecipe(np.ones((paths, len(lines), grid.days)), np.zeros(mean.shape), seed),
        )

    return model


def flat(rate):
    return lambda grid: np.full(len(grid), float(rate))


def drawn(days, rate=20.0, seed=1):
    return np.random.default_rng(seed).poisson(rate, days * 24)


def test_the_last_mornings_that_leave_the_horizon_whole():
    series = series_of({"a": drawn(60)})
    last = FIRST + timedelta(days=59)
    found = choose_origins(series, 28, 8)
    assert found == [last - timedelta(days=27 + n) for n in range(7, -1, -1)]
    assert choose_origins(series, 1, 1) == [last]


def test_mornings_begin_where_asked():
    series = series_of({"a": drawn(60)})
    first = date(2025, 4, 10)
    assert choose_origins(series, 7, 3, first) == [first + timedelta(days=n) for n in range(3)]
    assert choose_origins(series, 7, 400, first)[-1] == FIRST + timedelta(days=59)


def test_no_morning_before_a_fortnight_of_records():
    series = series_of({"a": drawn(40)})
    begin = FIRST + timedelta(days=TRAINING_DAYS_MIN)
    assert choose_origins(series, 7, 400)[0] == begin
    assert choose_origins(series, 7, 2, FIRST)[0] == begin


def test_mornings_are_days_with_records():
    """Nine days are missing; where records are not marked, days without calls are none."""
    observed = np.repeat(~np.isin(np.arange(60), range(30, 39)), 24)
    calls = np.where(observed, drawn(60), 0)
    for series in (series_of({"a": calls}, observed=observed), series_of({"a": calls})):
        found = choose_origins(series, 1, 100)
        missing = {FIRST + timedelta(days=n) for n in range(30, 39)}
        assert len(found) == 60 - TRAINING_DAYS_MIN - 9
        assert not missing & set(found)


@pytest.mark.parametrize(("days", "horizon"), [(14, 1), (40, 28), (30, 17)])
def test_records_too_short_are_refused(days, horizon):
    last = FIRST + timedelta(days=days - 1)
    with pytest.raises(BadInput, match=rf"from {FIRST} to {last} hold no origin with 14 days before it and {horizon} "):
        choose_origins(series_of({"a": drawn(days)}), horizon, 5)


def test_no_model_is_handed_what_it_cannot_know():
    """§126 The latest interval handed over ends where the first one to forecast begins; older ones than asked are left out too."""
    observed = np.arange(60 * 24) % 5 > 0
    series = series_of({"a": drawn(60), "b": drawn(60, 3)}, observed=observed)
    handed = []

    def spy(actuals, history_grid, grid, calendar, lines, *, origin, observed, **rest):
        handed.append((actuals, history_grid, grid, origin, observed))
        return known_rates({"a": flat(20), "b": flat(3)})(
            actuals, history_grid, grid, calendar, lines, origin=origin, **rest
        )

    origins = choose_origins(series, 7, 5)
    backtest(series, spy, "spy", horizons_days=[1, 7], origins=origins, history_weeks=3)
    assert [origin.date() for _, _, _, origin, _ in handed] == origins
    for actuals, past, ahead, origin, seen in handed:
        intervals = pd.DatetimeIndex(actuals["interval"])
        assert past.ends[-1] == ahead.starts[0] == origin
        assert (intervals.max() < origin, past.days, ahead.days) == (True, 21, 7)
        assert intervals.min() >= past.starts[0] == pd.Timestamp(origin) - pd.Timedelta(days=21)
        # Which intervals were recorded is told for just the past: those with rows.
        assert past.starts[seen].equals(intervals.unique().sort_values())


@pytest.mark.parametrize("model", [forecast_recent_mean, forecast_calls])
def test_what_came_later_changes_no_forecast(model):
    calls = drawn(49, 15.0)
    seen = {}

    def recorded(*given, origin, **rest):
        found = model(*given, origin=origin, **rest)
        seen.setdefault(origin.date(), []).append(found)
        return found

    origin = FIRST + timedelta(days=35)
    later = np.where(np.arange(49 * 24) >= 35 * 24, 10 * calls + 7, calls)
    for counts in (calls, later):
        backtest(series_of({"a": counts}), recorded, "m", horizons_days=[7], origins=[origin])
    one, other = seen[origin]
    np.testing.assert_array_equal(one.mean, other.mean)
    for q in SCORED_QUANTILES:
        np.testing.assert_array_equal(one.quantile(q), other.quantile(q))


def test_a_morning_counts_for_a_horizon_that_ends_within_the_records():
    series = series_of({"a": drawn(50)})
    origins = choose_origins(series, 1, 50, FIRST + timedelta(days=20))  # 30 mornings to the last day
    found = backtest(series, known_rates({"a": flat(20)}), "known", horizons_days=[1, 7, 28, 31], origins=origins)
    assert [found.scores["a", h].origins for h in (1, 7, 28)] == [30, 24, 3]
    assert [found.scores["a", h].cells for h in (1, 7, 28)] == [30 * 24, 24 * 7 * 24, 3 * 28 * 24]
    assert ("a", 31) not in found.scores
    assert found.origins == tuple(origins)
    assert found.model == "known"


def test_errors_are_those_of_the_records_by_pandas():
    """A flat forecast of 20: the error of each horizon summed over the rolling windows, and last week's as the naive one."""
    calls = drawn(45)
    series = series_of({"a": calls})
    origins = choose_origins(series, 7, 6)
    found = backtest(series, known_rates({"a": flat(20)}), "known", horizons_days=[1, 7], origins=origins)
    frame = pd.Series(calls.astype(float), index=series.grid.starts)
    law = stats.poisson(20)
    median = law.ppf(0.5)
    # Of days the smooth medians are added up: the count spread over (k − ½, k + ½).
    smooth = median - 0.5 + (0.5 - law.cdf(median - 1)) / law.pmf(median)
    naive = frame.diff(7 * 24)[frame.index < pd.Timestamp(origins[0], tz="UTC")].abs().mean()
    for days in (1, 7):
        windows = [frame[str(o) : str(o + timedelta(days=days - 1))] for o in origins]
        off = sum((w - median).abs().sum() for w in windows)
        all_calls = sum(w.sum() for w in windows)
        score = found.scores["a", days]
        assert score.wape_share == pytest.approx(off / all_calls)
        assert score.bias_share == pytest.approx(sum((20 - w).sum() for w in windows) / all_calls)
        daily = sum((w.resample("D").sum() - 24 * smooth).abs().sum() for w in windows)
        assert score.day_wape_share == pytest.approx(daily / all_calls)
        assert score.mase == pytest.approx(off / sum(len(w) for w in windows) / naive)


def test_a_model_that_knows_the_law_reaches_the_floor_and_its_coverage():
    shape = 5.0 + 40.0 * np.sin(np.pi * np.arange(24) / 24) ** 2

    def rate(grid):
        return shape[grid.minutes // HOUR]

    weeks = 120
    calls = np.random.default_rng(2).poisson(np.tile(shape, 7 * weeks))
    series = series_of({"a": calls})
    origins = [FIRST + timedelta(days=7 * n) for n in range(2, weeks)]  # windows that do not overlap
    found = backtest(series, known_rates({"a": rate}), "known", horizons_days=[7], origins=origins)
    score = found.scores["a", 7]
    # 20 000 intervals: chance moves the error by half a percent; the smooth median lies off the whole one by another 0.3.
    assert score.wape_over_poisson_floor == pytest.approx(1.0, abs=0.02)
    assert score.wape_over_floor == pytest.approx(score.wape_over_poisson_floor)
    assert score.cover_80.share == pytest.approx(0.80, abs=0.02)
    assert score.cover_95.share == pytest.approx(0.95, abs=0.01)
    assert score.bias_share == pytest.approx(0.0, abs=0.005)
    guess = known_rates({"a": lambda grid: 1.3 * rate(grid)})
    wrong = backtest(series, guess, "wrong", horizons_days=[7], origins=origins[:40]).scores["a", 7]
    assert wrong.wape_over_poisson_floor > 1.4
    assert wrong.bias_share == pytest.approx(0.3, abs=0.02)
    assert wrong.pinball_share > 1.3 * score.pinball_share


def test_the_default_model_comes_near_the_floor_and_its_bands_hold():
    """Levels that wander by 1 % a day, days of 5 % and intervals of α = 0.02 their own: close to what chance leaves."""
    rng = np.random.default_rng(1)
    days = 140
    shape = np.exp(-(((np.arange(24) - 10.5) / 3) ** 2)) + 0.7 * np.exp(-(((np.arange(24) - 16) / 2.5) ** 2)) + 0.01
    week = np.array([1.2, 1, 1, 0.95, 0.9, 0.5, 0.4])[np.arange(days) % 7]
    level = np.exp(np.cumsum(rng.normal(0, 0.01, days)) + rng.normal(0, 0.05, days))
    mean = 1500 * np.outer(week * level, shape / shape.sum())
    series = series_of({"a": rng.poisson(mean * rng.gamma(50, 0.02, mean.shape)).ravel()})
    origins = choose_origins(series, 7, 50)[::7]
    scores = [
        backtest(series, model, "m", horizons_days=[7], origins=origins).scores["a", 7]
        for model in (forecast_calls, forecast_recent_mean)
    ]
    assert [score.cells for score in scores] == [8 * 7 * 24] * 2
    assert 0.98 < scores[0].wape_over_floor < 1.2
    assert scores[0].cover_80.share == pytest.approx(0.80, abs=0.05)
    assert scores[0].cover_95.share == pytest.approx(0.95, abs=0.025)
    assert scores[0].pinball < scores[1].pinball


def test_lines_are_scored_apart_and_together():
    series = series_of({"a": drawn(45, 20.0, 1), "b": drawn(45, 4.0, 2)})
    origins = choose_origins(series, 7, 4)
    model = known_rates({"a": flat(20), "b": flat(5)})
    scores = backtest(series, model, "known", horizons_days=[7], origins=origins).scores
    assert set(scores) == {("a", 7), ("b", 7), ("all", 7)}
    a, b, both = scores["a", 7], scores["b", 7], scores["all", 7]
    assert both.cells == a.cells + b.cells
    assert both.origins == a.origins == 4
    calls = [c.reshape(45, 24)[-10:] for c in (drawn(45, 20.0, 1), drawn(45, 4.0, 2))]
    weight = np.array([sum(c[o : o + 7].sum() for o in range(4)) for c in calls])
    assert both.wape_share == pytest.approx(np.average([a.wape_share, b.wape_share], weights=weight))
    assert both.bias_share == pytest.approx(np.average([a.bias_share, b.bias_share], weights=weight))
    assert both.pinball == pytest.approx((a.pinball + b.pinball) / 2)
    assert set(backtest(series_of({"a": drawn(45)}), model, "k", horizons_days=[7], origins=origins).scores) == {
        ("a", 7)
    }


def test_intervals_that_were_not_recorded_are_not_scored():
    observed = np.ones(45 * 24, dtype=bool)
    observed[42 * 24 + 3 : 42 * 24 + 9] = False
    series = series_of({"a": drawn(45)}, observed=observed)
    origin = FIRST + timedelta(days=42)
    found = backtest(series, known_rates({"a": flat(20)}), "k", horizons_days=[1, 3], origins=[origin])
    assert [found.scores["a", h].cells for h in (1, 3)] == [18, 66]
    garbled = series_of({"a": np.where(observed, drawn(45), 9999)})  # rows that the records say are none
    again = backtest(
        replace(garbled, observed=observed), known_rates({"a": flat(20)}), "k", horizons_days=[3], origins=[origin]
    )
    score, other = found.scores["a", 3], again.scores["a", 3]
    assert (other.wape_share, other.pinball, other.cover_80) == (score.wape_share, score.pinball, score.cover_80)
    assert other.mase == pytest.approx(score.mase)


def test_a_day_of_23_hours_is_scored_whole():
    """New York's clocks go forward on 9 March 2025."""
    grid = TimeGrid(date(2025, 2, 10), 35, HOUR, "America/New_York")
    calls = np.random.default_rng(5).poisson(12, len(grid))
    frame = pd.DataFrame(
        {"line": pd.Series(["a"] * len(grid), dtype="string"), "interval": grid.starts, "first_attempts": calls * 1.0}
    )
    series = Series(frame, grid, ("a",), WorkingCalendar(None), np.ones(len(grid), dtype=bool), {"a": 180.0})
    origin = date(2025, 3, 8)
    model = known_rates({"a": flat(12)})
    scores = backtest(series, model, "k", horizons_days=[1, 2, 3], origins=[origin]).scores
    assert [scores["a", h].cells for h in (1, 2, 3)] == [24, 47, 71]


def test_progress_is_told_and_time_is_that_of_one_origin():
    told = []
    series = series_of({"a": drawn(45)})
    origins = choose_origins(series, 1, 3)
    found = backtest(
        series,
        known_rates({"a": flat(20)}),
        "k",
        horizons_days=[1],
        origins=origins,
        progress=lambda done, whole: told.append((done, whole)),
    )
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert found.seconds_per_origin >= 0.0


def test_the_morning_is_that_of_the_zone():
    series = series_of({"a": drawn(45)}, zone="Asia/Shanghai")
    seen = []

    def spy(*given, origin, **rest):
        seen.append(origin)
        return known_rates({"a": flat(20)})(*given, origin=origin, **rest)

    backtest(series, spy, "k", horizons_days=[1], origins=[date(2025, 4, 1)])
    assert seen[0].astimezone(UTC) == datetime(2025, 3, 31, 16, tzinfo=UTC)
