"""Errors of forecasts: worked by hand, and coverage against bands whose true share is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfm.review.forecast_accuracy import accuracy_of, brown_signal, forecast_cells, naive_error, trigg_signal

ZONE = "Asia/Shanghai"


def cells_of(actual, mean, *, days=1, half=0.0, wide=0.0):
    starts = pd.date_range("2026-09-14", periods=len(actual) // days, freq="30min", tz=ZONE)
    at = starts.append([starts + pd.Timedelta(days=d) for d in range(1, days)])
    mean = np.asarray(mean, dtype=float)
    frame = pd.DataFrame({"line": "a", "interval": at, "mean": mean, "actual": np.asarray(actual, dtype=float)})
    frame["p10"], frame["p90"] = np.maximum(mean - half, 0), mean + half
    frame["p025"], frame["p975"] = np.maximum(mean - wide, 0), mean + wide
    frame["date"] = frame["interval"].dt.tz_localize(None).dt.normalize()
    return frame


def test_errors_are_those_worked_by_hand() -> None:
    """§110 WAPE is Σ|F−A| ÷ ΣA, bias Σ(F−A) ÷ ΣA, MASE the mean |F−A| over that of a week before."""
    found = accuracy_of(cells_of([10, 20, 30, 40], [12, 18, 33, 37], days=2), scale=5.0)
    assert found.wape == pytest.approx(10 / 100)
    assert found.bias == pytest.approx(0.0)
    assert found.mase == pytest.approx(2.5 / 5.0)
    assert found.day_wape == pytest.approx(0.0)
    assert (found.cells, found.days, found.calls) == (4, 2, 100.0)


def test_nothing_recorded_gives_nothing_defined() -> None:
    found = accuracy_of(cells_of([0, 0], [0, 0]))
    assert np.isnan([found.wape, found.bias, found.mase, found.day_wape]).all()
    assert found.coverage[0].cells == 0
    assert np.isnan(found.coverage[0].share)


def test_cells_that_nobody_recorded_are_left_out() -> None:
    starts = pd.date_range("2026-09-14", periods=3, freq="30min", tz=ZONE)
    summary = pd.DataFrame(
        {"line": "a", "interval": starts, "mean": 5.0, "p025": 1.0, "p10": 2.0, "p90": 8.0, "p975": 9.0}
    )
    actuals = pd.DataFrame({"line": "a", "interval": starts, "first_attempts": [4.0, np.nan, np.nan]})
    actuals["offered"], actuals["queued"] = [5.0, 6.0, np.nan], [5.0, 6.0, np.nan]
    assert forecast_cells(summary, actuals)["actual"].tolist() == [4.0, 6.0]


def test_the_naive_error_compares_with_the_week_before() -> None:
    starts = pd.date_range("2026-09-07 09:00", periods=2, freq="30min", tz=ZONE)
    later = starts + pd.Timedelta(days=7)
    actuals = pd.DataFrame({"line": "a", "interval": starts.append(later), "first_attempts": [10.0, 0.0, 14.0, 0.0]})
    assert naive_error(actuals) == pytest.approx(4.0), "a time that never has a call is no merit"
    assert np.isnan(naive_error(actuals.iloc[:2]))


def test_tracking_signals_follow_their_recursions() -> None:
    """§110 Brown's signal is Σe ÷ mean |e|; Trigg's is smoothed error ÷ smoothed absolute error, α = 0.2."""
    errors = [4.0, -2.0, 6.0]
    assert brown_signal(errors) == pytest.approx(8.0 / 4.0)
    smoothed = 0.2 * 6 + 0.8 * (0.2 * -2 + 0.8 * (0.2 * 4))
    spread = 0.2 * 6 + 0.8 * (0.2 * 2 + 0.8 * (0.2 * 4 + 0.8 * 4.0))
    assert trigg_signal(errors) == pytest.approx(smoothed / spread)
    # Always the same error: 1 − 0.8^n of the way to one.
    assert trigg_signal([3.0] * 10) == pytest.approx(1 - 0.8**10)
    assert trigg_signal([0.0, 0.0]) == 0.0


@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 3)), min_size=1, max_size=40))
def test_trigg_stays_within_one(errors) -> None:
    assert -1 - 1e-9 <= trigg_signal(errors) <= 1 + 1e-9


def test_coverage_of_a_band_with_a_known_share() -> None:
    """§110 A coverage's own interval draws whole days, as a day's cells err together; few days take the binomial law."""
    rng = np.random.default_rng(4)
    holds, wider = 0, 0
    for _ in range(60):
        shift = np.repeat(rng.normal(0, 1, 20), 24)  # a day's cells err together
        actual = 100 + 10 * (shift + rng.normal(0, 1, 480)) / np.sqrt(2)
        found = accuracy_of(cells_of(actual, np.full(480, 100.0), days=20, half=12.8155, wide=19.5996))
        band = found.coverage[0]
        assert band.by_days
        holds += band.low <= 0.80 <= band.high
        wider += band.high - band.low > 2 * 1.96 * np.sqrt(0.16 / 480)
    assert holds >= 50, "95 % intervals of 20 days hold the truth in at least 5 of 6"
    assert wider >= 55, "cells as independent would claim too much"


def test_the_binomial_interval_is_clopper_and_pearsons() -> None:
    # 8 of 10 inside: Clopper and Pearson (1934) give 44.4 % to 97.5 %.
    actual = [5.0] * 8 + [50.0] * 2
    band = accuracy_of(cells_of(actual, [5.0] * 10, half=1.0, wide=2.0)).coverage[0]
    assert not band.by_days
    assert (band.share, band.cells) == (0.8, 10)
    assert band.low == pytest.approx(0.444, abs=5e-4)
    assert band.high == pytest.approx(0.975, abs=5e-4)


def test_closed_hours_do_not_flatter_a_band() -> None:
    found = accuracy_of(cells_of([5.0, 50.0, 0.0, 0.0], [5.0, 5.0, 0.0, 0.0], half=0.0))
    assert found.coverage[0].cells == 2
    assert found.coverage[0].share == 0.5
