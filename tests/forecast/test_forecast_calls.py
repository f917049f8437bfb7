"""The whole forecast on made histories whose law is known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from wfm.calendar import DayKind, TimeGrid, WorkingCalendar
from wfm.errors import BadInput
from wfm.forecast import Forecast, forecast_calls
from wfm.forecast.history import read_history
from wfm.tables import FORECAST

ZONE = "Asia/Shanghai"
CALENDAR = WorkingCalendar()
HISTORY = TimeGrid(date(2026, 6, 22), 84, 30, ZONE)  # twelve weeks before the plan; Dragon Boat Festival is over
PLAN = TimeGrid(date(2026, 9, 14), 28, 30, ZONE)
SHAPE = np.exp(-(((np.arange(48) / 2 - 10.5) / 3) ** 2)) + 0.7 * np.exp(-(((np.arange(48) / 2 - 16) / 2.5) ** 2)) + 0.03
SHAPE = SHAPE / SHAPE.sum()
FACTORS = {DayKind.WEEKDAY: 1.0, DayKind.WEEKEND: 0.5, DayKind.HOLIDAY: 0.4, DayKind.MAKEUP: 0.8}


def mean_of(grid: TimeGrid, calls: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    day = np.array([FACTORS[CALENDAR.kind(d)] for d in grid.day_list])
    return np.concatenate([calls * f * SHAPE for f in day])


def table_of(grid: TimeGrid, counts: Mapping[str, Any], aht_s: float = 300.0) -> pd.DataFrame:
    frames = [
        pd.DataFrame(
            {
                "line": line,
                "interval": grid.starts,
                "first_attempts": n,
                "answered": n,
                "handle_s": np.asarray(n) * aht_s,
            }
        )
        for line, n in counts.items()
    ]
    return pd.concat(frames, ignore_index=True)


def drawn(grid: TimeGrid, calls: float, seed: int, day_sd: float = 0.0) -> np.ndarray[Any, np.dtype[np.float64]]:
    rng = np.random.default_rng(seed)
    factor = np.repeat(np.exp(rng.normal(0, day_sd, grid.days) - day_sd**2 / 2), 48)
    return rng.poisson(mean_of(grid, calls) * factor).astype(float)


def run(actuals: pd.DataFrame, lines: list[str], **changes: Any) -> Forecast:
    settings: dict[str, Any] = {
        "history_grid": HISTORY,
        "grid": PLAN,
        "calendar": CALENDAR,
        "origin": datetime.fromisoformat("2026-09-14T00:00:00+08:00"),
        "seed": 11,
        "paths": 60,
        "aht_prior_s": dict.fromkeys(lines, 300.0),
    } | changes
    return forecast_calls(
        actuals, settings.pop("history_grid"), settings.pop("grid"), settings.pop("calendar"), lines, **settings
    )


def day_means(forecast: Forecast, line: int = 0) -> dict[date, float]:
    totals = forecast.mean[line].reshape(forecast.grid.days, -1).sum(axis=1)
    return dict(zip(forecast.grid.day_list, totals.tolist(), strict=True))


@pytest.fixture(scope="module")
def two_lines() -> tuple[pd.DataFrame, Forecast]:
    actuals = table_of(HISTORY, {"general": drawn(HISTORY, 400, 1, 0.08), "wages": drawn(HISTORY, 60, 2, 0.08)})
    return actuals, run(actuals, ["general", "wages"])


def test_means_come_near_the_truth(two_lines: tuple[pd.DataFrame, Forecast]) -> None:
    _, forecast = two_lines
    for line, calls in enumerate([400, 60]):
        truth = mean_of(PLAN, calls).reshape(28, 48)
        ordinary = [n for n, d in enumerate(PLAN.day_list) if CALENDAR.kind(d) in (DayKind.WEEKDAY, DayKind.WEEKEND)]
        found = forecast.mean[line].reshape(28, 48)[ordinary]
        assert np.abs(found.sum(1) - truth[ordinary].sum(1)).sum() / truth[ordinary].sum() < 0.07
        assert np.abs(found - truth[ordinary]).sum() / truth[ordinary].sum() < 0.15


def test_kinds_never_seen_are_borrowed_and_said_so(two_lines: tuple[pd.DataFrame, Forecast]) -> None:
    _, forecast = two_lines
    days = day_means(forecast)
    weekday = np.mean([days[date(2026, 9, d)] for d in range(14, 19)])
    assert CALENDAR.kind(date(2026, 9, 20)) is DayKind.MAKEUP
    assert days[date(2026, 9, 20)] / weekday == pytest.approx(0.9, rel=0.06)
    weekend = np.mean([days[date(2026, 9, d)] for d in (19, 26, 27)][:1])
    assert days[date(2026, 10, 1)] / weekend == pytest.approx(0.75, rel=0.1)
    spoken = [note.en for note in forecast.notes]
    assert any("No holiday" in note for note in spoken)
    assert any("make-up" in note for note in spoken)
    assert all(note.zh != note.en for note in forecast.notes)


def test_unseen_kinds_have_wider_bands(two_lines: tuple[pd.DataFrame, Forecast]) -> None:
    _, forecast = two_lines
    totals = forecast.day_totals().query("line == 'general'").set_index("date")
    width = (totals["p90"] - totals["p10"]) / totals["mean"]
    assert width[pd.Timestamp("2026-10-01")] > 1.5 * width[pd.Timestamp("2026-09-15")]


def test_paths_are_whole_counts_around_the_mean(two_lines: tuple[pd.DataFrame, Forecast]) -> None:
    actuals, _ = two_lines
    forecast = run(actuals, ["general", "wages"], paths=400)
    assert forecast.paths.shape == (400, 2, 28 * 48)
    assert (forecast.paths >= 0).all()
    assert (forecast.paths == np.rint(forecast.paths)).all()
    totals = forecast.paths.sum(axis=(0, 2)) / 400
    np.testing.assert_allclose(totals, forecast.mean.sum(axis=1), rtol=0.03)
    inside = (forecast.paths >= forecast.quantile(0.1)) & (forecast.paths <= forecast.quantile(0.9))
    assert inside[:, 0, forecast.mean[0] > 5].mean() == pytest.approx(0.8, abs=0.03)


def test_days_vary_as_a_whole(two_lines: tuple[pd.DataFrame, Forecast]) -> None:
    """The variance of a day's total is far above the sum of its intervals' own noise."""
    _, forecast = two_lines
    totals = forecast.paths[:, 0].reshape(60, 28, 48).sum(axis=2)[:, 0]
    assert totals.var() > 2 * totals.mean()


def test_lines_that_rise_together_are_drawn_together() -> None:
    """§123 Lines rise and fall together by a correlation learned from their days."""
    rng = np.random.default_rng(9)
    shared = np.repeat(np.exp(rng.normal(0, 0.2, 84)), 48)
    together = {name: rng.poisson(mean_of(HISTORY, 500) * shared).astype(float) for name in ("a", "b")}
    apart = {
        name: rng.poisson(mean_of(HISTORY, 500) * np.repeat(np.exp(rng.normal(0, 0.2, 84)), 48)).astype(float)
        for name in ("a", "b")
    }

    def correlation(counts: dict[str, Any]) -> float:
        week = TimeGrid(PLAN.first, 5, 30, ZONE)
        paths = (
            run(table_of(HISTORY, counts), ["a", "b"], grid=week, paths=300).paths.reshape(300, 2, 5, 48).sum(axis=3)
        )
        return float(np.mean([np.corrcoef(paths[:, 0, d], paths[:, 1, d])[0, 1] for d in range(5)]))

    assert correlation(together) > 0.6
    assert abs(correlation(apart)) < 0.3


def test_the_band_holds_what_comes_next() -> None:
    """Coverage of the 80 % band and of day totals over made futures from the same law."""
    inside, days_inside = [], []
    for seed in range(12):
        grid = TimeGrid(HISTORY.first, 91, 30, ZONE)
        counts = drawn(grid, 200, 100 + seed, 0.12)
        week = TimeGrid(PLAN.first, 7, 30, ZONE)
        actuals = table_of(HISTORY, {"a": counts[: 84 * 48]})
        forecast = run(actuals, ["a"], grid=week, paths=150)
        ordinary = np.repeat([CALENDAR.kind(d) is not DayKind.MAKEUP for d in week.day_list], 48)
        came = counts[84 * 48 :]
        busy = ordinary & (forecast.mean[0] > 2)
        inside.append(((came >= forecast.quantile(0.1)[0]) & (came <= forecast.quantile(0.9)[0]))[busy].mean())
        totals = forecast.day_totals()
        came_days = came.reshape(7, 48).sum(axis=1)
        days_inside.append(((came_days >= totals["p10"]) & (came_days <= totals["p90"]))[:6].mean())
    assert np.mean(inside) == pytest.approx(0.80, abs=0.05)
    assert np.mean(days_inside) == pytest.approx(0.80, abs=0.12)


def test_the_same_seed_gives_the_same_paths(two_lines: tuple[pd.DataFrame, Forecast]) -> None:
    actuals, forecast = two_lines
    again = run(actuals, ["general", "wages"])
    assert (again.paths == forecast.paths).all()
    assert (run(actuals, ["general", "wages"], paths=20).paths == forecast.paths[:20]).all()
    assert (run(actuals, ["general", "wages"], seed=12).paths != forecast.paths).any()


def test_scaling_keeps_the_random_numbers(two_lines: tuple[pd.DataFrame, Forecast]) -> None:
    _, forecast = two_lines
    more = forecast.scaled({"general": 1.2})
    assert (more.paths[:, 0] >= forecast.paths[:, 0]).all()
    assert (more.paths[:, 1] == forecast.paths[:, 1]).all()
    assert more.paths[:, 0].sum() / forecast.paths[:, 0].sum() == pytest.approx(1.2, rel=0.02)
    np.testing.assert_allclose(more.mean[0], forecast.mean[0] * 1.2)
    assert (forecast.scaled({"general": 1.0, "wages": 1.0}).paths == forecast.paths).all()
    assert forecast.scaled({"wages": 0.0}).paths[:, 1].sum() == 0
    assert (more.scaled({"general": 1 / 1.2}).paths == forecast.paths).mean() > 0.999
    with pytest.raises(BadInput, match="unknown line 'x'; known: general, wages"):
        forecast.scaled({"x": 1.0})
    with pytest.raises(BadInput, match="should be 0 or more"):
        forecast.scaled({"wages": -0.1})


def test_nothing_after_the_origin_is_looked_at(two_lines: tuple[pd.DataFrame, Forecast]) -> None:
    actuals, _ = two_lines
    origin = datetime.fromisoformat("2026-09-07T13:00:00+08:00")
    altered = actuals.copy()
    later = altered["interval"] >= pd.Timestamp(origin)
    altered.loc[later, ["first_attempts", "answered", "handle_s"]] *= 7.0
    one, two = (run(table, ["general", "wages"], origin=origin) for table in (actuals, altered))
    assert (one.mean == two.mean).all()
    assert (one.paths == two.paths).all()
    assert (one.aht_s == two.aht_s).all()


def test_closed_intervals_stay_empty(two_lines: tuple[pd.DataFrame, Forecast]) -> None:
    actuals, _ = two_lines
    is_open = (PLAN.minutes >= 8 * 60) & (PLAN.minutes < 20 * 60)
    forecast = run(actuals, ["general", "wages"], open_mask=is_open)
    assert forecast.paths[:, :, ~is_open].sum() == 0
    assert (forecast.quantile(0.975)[:, ~is_open] == 0).all()
    assert (forecast.mean[0, is_open] > 0).all()


def test_missing_days_do_not_lower_the_level() -> None:
    counts = drawn(HISTORY, 300, 3)
    whole = run(table_of(HISTORY, {"a": counts}), ["a"])
    gap = counts.copy()
    gap[70 * 48 : 75 * 48 + 20] = 0  # five days and a morning were lost
    holed = run(table_of(HISTORY, {"a": gap}), ["a"])
    assert holed.mean.sum() == pytest.approx(whole.mean.sum(), rel=0.03)
    assert any("taken as not recorded" in note.en and "2026-08-31" in note.en for note in holed.notes)
    told = np.ones(len(HISTORY), dtype=bool)
    told[70 * 48 : 75 * 48 + 20] = False
    assert run(table_of(HISTORY, {"a": gap}), ["a"], observed=told).mean.sum() == pytest.approx(
        whole.mean.sum(), rel=0.03
    )


def test_rows_may_be_absent_where_nothing_came(two_lines: tuple[pd.DataFrame, Forecast]) -> None:
    actuals, forecast = two_lines
    assert (run(actuals[actuals["first_attempts"] > 0], ["general", "wages"]).mean == forecast.mean).all()


def test_weekdays_without_a_single_call_are_closed() -> None:
    counts = drawn(HISTORY, 300, 4)
    weekend = np.repeat([d.weekday() >= 5 for d in HISTORY.day_list], 48)
    forecast = run(table_of(HISTORY, {"a": np.where(weekend, 0, counts)}), ["a"])
    days = day_means(forecast)
    assert days[date(2026, 9, 19)] == 0
    assert days[date(2026, 9, 18)] == pytest.approx(300, rel=0.1)
    assert any("Saturdays, Sundays" in n.en and "周六、周日" in n.zh for n in forecast.notes)


def test_a_line_that_began_late_counts_from_its_beginning() -> None:
    counts = drawn(HISTORY, 120, 5)
    late = counts.copy()
    late[: 56 * 48] = 0
    forecast = run(table_of(HISTORY, {"old": drawn(HISTORY, 300, 6), "new": late}), ["old", "new"])
    ordinary = [day_means(forecast, 1)[date(2026, 9, d)] for d in range(14, 19)]
    assert np.mean(ordinary) == pytest.approx(120, rel=0.12)
    assert any("begins on 2026-08-17" in note.en for note in forecast.notes)


@pytest.mark.parametrize("days", [1, 3, 7, 13])
def test_a_short_history_still_gives_a_sound_forecast(days: int) -> None:
    grid = TimeGrid(PLAN.first - timedelta(days=days), days, 30, ZONE)
    forecast = run(table_of(grid, {"a": drawn(grid, 300, 7)}), ["a"], history_grid=grid)
    totals = day_means(forecast)
    assert np.isfinite(forecast.mean).all()
    assert totals[date(2026, 9, 15)] == pytest.approx(300, rel=0.45 if days == 1 else 0.25)
    assert any(f"holds {days} days" in note.en for note in forecast.notes)


def test_few_calls_keep_a_smooth_profile() -> None:
    """Three calls a day fall on 48 half hours: a raw profile would leave most of them empty."""
    counts = {"big": drawn(HISTORY, 400, 8), "small": drawn(HISTORY, 3, 9)}
    forecast = run(table_of(HISTORY, counts), ["big", "small"])
    day = forecast.mean[1].reshape(28, 48)[0]
    assert day.sum() == pytest.approx(3, rel=0.35)
    assert (day[16:36] > 0.02).all()
    error = np.abs(day / day.sum() - SHAPE).sum()
    raw = counts["small"].reshape(84, 48)[np.arange(84) % 7 == 0].sum(axis=0)
    assert error < 0.5 * np.abs(raw / raw.sum() - SHAPE).sum()


def test_lines_without_history(two_lines: tuple[pd.DataFrame, Forecast]) -> None:
    actuals, _ = two_lines
    prior = mean_of(PLAN, 80)
    forecast = run(actuals, ["general", "fresh", "silent"], prior={"fresh": prior})
    np.testing.assert_allclose(forecast.mean[1], prior)
    assert forecast.paths[:, 2].sum() == 0
    assert (forecast.aht_s[1] == 300.0).all()
    spoken = " ".join(n.en for n in forecast.notes)
    assert "fresh has no history" in spoken
    assert "silent has no call" in spoken
    spread = forecast.paths[:, 1].sum(axis=1) / prior.sum()
    assert 0.15 < spread.std() < 0.45
    told = run(actuals, ["general", "fresh"], prior={"general": forecast.mean[0] / 2, "fresh": prior})
    np.testing.assert_allclose(
        told.mean[1], 2 * prior, rtol=1e-6
    )  # general has twice the calls that were assumed of it
    only = run(actuals.iloc[:0], ["fresh"], prior={"fresh": prior})
    np.testing.assert_allclose(only.mean[0], prior)


def test_handling_time_leans_on_the_line(two_lines: tuple[pd.DataFrame, Forecast]) -> None:
    counts = drawn(HISTORY, 400, 1)
    slow_evening = np.where(HISTORY.minutes >= 18 * 60, 600.0, 300.0)
    actuals = table_of(HISTORY, {"a": counts})
    actuals["handle_s"] = counts * slow_evening
    forecast = run(actuals, ["a"], aht_prior_s={"a": 1000.0})
    by_hour = forecast.aht_s[0].reshape(28, 48)[0]
    mean = actuals["handle_s"].sum() / counts.sum()
    assert by_hour[20] == pytest.approx(300, rel=0.03)
    assert by_hour[38] == pytest.approx(600, rel=0.15)
    assert min(300, mean) < by_hour[6] < 400  # hardly a call at 03:00: near the line's mean
    quiet = run(table_of(HISTORY, {"a": drawn(HISTORY, 0.05, 2)}), ["a"], aht_prior_s={"a": 1000.0})
    assert (quiet.aht_s > 850).all()


def test_clock_changes_keep_the_local_hour() -> None:
    """Berlin: the history ends before the clocks go back on 25 October 2026; the 25-hour day has 50 half hours."""
    zone = "Europe/Berlin"
    history = TimeGrid(date(2026, 8, 31), 49, 30, zone)
    plan = TimeGrid(date(2026, 10, 19), 14, 30, zone)
    calendar = WorkingCalendar(None)
    expected = 100 * SHAPE[history.minutes // 30]
    actuals = table_of(history, {"a": np.random.default_rng(3).poisson(expected)})
    forecast = run(
        actuals, ["a"], history_grid=history, grid=plan, calendar=calendar, origin=history.ends[-1].to_pydatetime()
    )
    assert len(plan) == 14 * 48 + 2
    monday_after = forecast.mean[0][(plan.dates == np.datetime64("2026-10-26")) & (plan.minutes == 630)][0]
    monday_before = forecast.mean[0][(plan.dates == np.datetime64("2026-10-19")) & (plan.minutes == 630)][0]
    assert monday_after == pytest.approx(monday_before, rel=0.1)
    spring = TimeGrid(date(2026, 3, 23), 14, 30, zone)  # a 23-hour day inside the history
    expected = 100 * SHAPE[spring.minutes // 30]
    past = read_history(
        table_of(spring, {"a": expected}), spring, calendar, ["a"], origin=spring.ends[-1].to_pydatetime()
    )
    assert past.exposure[0, 6].sum() == 46
    assert past.exposure[0, 7].sum() == 48


def test_summary_and_table(two_lines: tuple[pd.DataFrame, Forecast]) -> None:
    _, forecast = two_lines
    summary = forecast.summary()
    assert list(summary.columns) == ["line", "interval", "mean", "p025", "p10", "p50", "p90", "p975", "aht_s"]
    assert len(summary) == 2 * len(PLAN)
    bands = summary[["p025", "p10", "p50", "p90", "p975"]].to_numpy()
    assert (np.diff(bands, axis=1) >= 0).all()
    first = summary.query("line == 'wages'").iloc[20]
    assert first["interval"] == PLAN.starts[20]
    assert first["mean"] == forecast.mean[1, 20]
    table = forecast.to_table()
    assert list(table.columns) == FORECAST.column_names
    assert len(table) == 60 * 2 * len(PLAN)
    one = table[(table["line"] == "wages") & (table["path"] == 7) & (table["interval"] == PLAN.starts[20])]
    assert one["arrivals"].item() == forecast.paths[7, 1, 20]


def test_paths_alone_give_quantiles_and_scaling(two_lines: tuple[pd.DataFrame, Forecast]) -> None:
    _, forecast = two_lines
    bare = Forecast(PLAN, forecast.lines, forecast.origin, "other", forecast.paths, forecast.mean, forecast.aht_s)
    np.testing.assert_allclose(bare.quantile(0.5), np.median(forecast.paths, axis=0))
    assert (bare.scaled({"general": 2.0}).paths[:, 0] == 2 * forecast.paths[:, 0]).all()


def test_bad_input_is_one_sentence(two_lines: tuple[pd.DataFrame, Forecast]) -> None:
    actuals, _ = two_lines
    with pytest.raises(BadInput, match="at least one line"):
        run(actuals, [])
    with pytest.raises(BadInput, match="paths should be 1 or more, found 0"):
        run(actuals, ["general"], paths=0)
    with pytest.raises(BadInput, match="15 min cannot be learned from a history of 30 min"):
        run(actuals, ["general"], grid=TimeGrid(PLAN.first, 7, 15, ZONE))
    with pytest.raises(BadInput, match="found 5 intervals, but the grid has 1344"):
        run(actuals, ["general"], open_mask=np.ones(5, dtype=bool))
    with pytest.raises(BadInput, match="found 5 intervals, but the history grid has 4032"):
        run(actuals, ["general"], observed=np.ones(5, dtype=bool))
    with pytest.raises(BadInput, match="no handling time given for line general"):
        run(actuals, ["general"], aht_prior_s={})
    with pytest.raises(BadInput, match="no call of other"):
        run(actuals, ["other"])
    with pytest.raises(BadInput, match="prior of line general: 1344 means"):
        run(actuals, ["general"], prior={"general": np.ones(3)})
