"""What past days teach: planted laws are found again, and bands hold on days that were not learned from."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.forecast.intraday_blocks import BlockDays, block_minutes, blocks_of
from wfm.forecast.intraday_factor import WIDTHS, LineLearning, day_factors_given
from wfm.forecast.intraday_learning import learn_intraday, learn_line

BLOCKS, EXPECTED = 24, 150.0


def planted(days: int, seed: int, *, variance: float, wave: float, hours: float = 2.0) -> np.ndarray:
    """Counts (D, B) with a gamma day factor, a wave in logs and Poisson chance."""
    rng = np.random.default_rng(seed)
    clock = np.arange(BLOCKS) * 0.5
    root = np.linalg.cholesky(np.exp(-np.abs(clock[:, None] - clock) / hours) + 1e-9 * np.eye(BLOCKS))
    ripple = np.exp(np.sqrt(wave) * rng.standard_normal((days, BLOCKS)) @ root.T - wave / 2)
    factor = rng.gamma(1 / variance, variance, (days, 1))
    return rng.poisson(EXPECTED * factor * ripple).astype(float)


def days_of(counts: np.ndarray, variance: float) -> BlockDays:
    mean = np.full(counts.shape, EXPECTED)
    return BlockDays(mean, mean.copy(), counts / mean - 1, np.full(len(counts), variance))


def test_a_planted_wave_is_found() -> None:
    learned = learn_line(days_of(planted(400, 3, variance=0.01, wave=0.008), 0.01), 0.5)
    assert learned.wave_variance == pytest.approx(0.008, rel=0.2)
    assert 1.4 < learned.wave_hours < 2.9
    assert np.array(WIDTHS) @ np.array(learned.width_share) == pytest.approx(1.0, rel=0.25)
    assert all(0.85 < t < 1.15 for t in learned.trust)
    assert learned.spread == pytest.approx(1.0, abs=0.1)


def test_where_there_is_no_wave_none_is_found() -> None:
    learned = learn_line(days_of(planted(300, 4, variance=0.02, wave=0.0), 0.02), 0.5)
    assert learned.wave_variance < 4e-4


def test_days_wider_than_forecast_are_noticed() -> None:
    """A forecast that claims a tenth of the true variance is believed less: the morning counts for more."""
    learned = learn_line(days_of(planted(200, 5, variance=0.04, wave=0.0), 0.004), 0.5)
    assert np.array(WIDTHS) @ np.array(learned.width_share) == pytest.approx(10, rel=0.3)


def test_a_morning_that_misleads_is_trusted_less() -> None:
    """Surplus before 06:00 that has nothing to do with the rest of the day gets little weight then."""
    rng = np.random.default_rng(6)
    counts = planted(300, 6, variance=0.002, wave=0.0)
    counts[:, :4] = rng.poisson(EXPECTED * rng.gamma(1 / 0.02, 0.02, (300, 1)), (300, 4))
    learned = learn_line(days_of(counts, 0.02), 0.5)
    assert learned.trust_at(4) < 0.5
    assert learned.trust_at(16) > learned.trust_at(4) + 0.2


def test_bands_hold_on_days_not_learned_from() -> None:
    """The block ahead of 200 new days, standardised as predicted, has variance near 1 at each of three times of day."""
    law = {"variance": 0.01, "wave": 0.008}
    learned = learn_line(days_of(planted(300, 8, **law), 0.01), 0.5)
    fresh = planted(200, 9, **law)
    for start in (6, 12, 18):
        errors = []
        for day in fresh:
            precision = np.where(np.arange(BLOCKS) < start, EXPECTED, 0.0)[None]
            found = day_factors_given(precision, (day / EXPECTED - 1)[None], np.array([0.01]), 1.0, [learned], 0.5)
            spread = np.sqrt(found.variance[0, start] + found.mean[0, start] / EXPECTED)
            errors.append((day[start] / EXPECTED - found.mean[0, start]) / spread)
        assert np.var(errors) == pytest.approx(1.0, abs=0.3)
        assert np.mean(errors) == pytest.approx(0.0, abs=0.2)


def test_no_rest_is_predicted_better_by_theory_alone() -> None:
    """Where days have waves, what was learned leaves smaller errors on new days than the day factor alone."""
    law = {"variance": 0.003, "wave": 0.016}
    learned = learn_line(days_of(planted(200, 11, **law), 0.003), 0.5)
    errors = {"learned": 0.0, "theory": 0.0}
    for day in planted(200, 12, **law):
        precision = np.where(np.arange(BLOCKS) < 10, EXPECTED, 0.0)[None]
        for name, known in (("learned", learned), ("theory", LineLearning())):
            found = day_factors_given(precision, (day / EXPECTED - 1)[None], np.array([0.003]), 1.0, [known], 0.5)
            errors[name] += float(np.abs(day[10:13] - EXPECTED * found.mean[0, 10:13]).sum())
    assert errors["learned"] < 0.95 * errors["theory"]


def test_blocks_count_what_was_seen() -> None:
    """Half-hours of 10-minute intervals: expected calls add up; the ratio's variance is 1/M + a·Σm²/M²."""
    place = np.arange(6) // 3
    mean, precision, ratio = blocks_of(
        np.array([3.0, 1, 2, 9, 9, 9]), np.array([1.0, 2, 3, 0, 0, 0]), np.full(6, 0.1), place, 2
    )
    assert mean.tolist() == [6.0, 0.0]
    assert 1 / precision[0] == pytest.approx(1 / 6 + 0.1 * (1 + 4 + 9) / 36)
    assert precision[1] == 0
    assert ratio.tolist() == [0.0, 0.0]
    assert [block_minutes(m) for m in (5, 10, 15, 20, 30, 45, 60)] == [30, 30, 30, 40, 30, 45, 60]


def history_of(days: int, seed: int = 2) -> tuple[pd.DataFrame, TimeGrid]:
    grid = TimeGrid(date(2026, 3, 2), days, 60, "Asia/Shanghai")
    rng = np.random.default_rng(seed)
    profile = np.where((np.arange(24) >= 8) & (np.arange(24) < 20), 40.0, 0.0)
    factor = np.repeat(rng.gamma(50, 1 / 50, days), 24)
    counts = rng.poisson(np.tile(profile, days) * factor)
    table = pd.DataFrame(
        {"line": "a", "interval": grid.starts, "first_attempts": counts * 1.0, "answered": 0.0, "handle_s": 0.0}
    )
    return table, grid


def test_learning_looks_back_and_never_ahead() -> None:
    actuals, grid = history_of(70)
    origin = grid.starts[60 * 24].to_pydatetime()
    calendar = WorkingCalendar(None, weekend=(5, 6))
    asked = {"origin": origin, "aht_prior_s": {"a": 180.0}, "weeks": 4}
    learned = learn_intraday(actuals, grid, calendar, ["a"], **asked)
    assert learned.days == 28
    other = actuals.copy()
    other.loc[other["interval"] >= pd.Timestamp(origin), "first_attempts"] = 900.0
    assert learn_intraday(other, grid, calendar, ["a"], **asked) == learned
    assert learned.of("unknown") == LineLearning()


def test_a_short_past_teaches_nothing() -> None:
    actuals, grid = history_of(30)
    learned = learn_intraday(
        actuals,
        grid,
        WorkingCalendar(None, weekend=(5, 6)),
        ["a"],
        origin=grid.starts[0].to_pydatetime() + timedelta(days=30),
        aht_prior_s={"a": 180.0},
    )
    assert learned.days == 0
    assert learned.of("a") == LineLearning()
