"""§124 The day model averaged with the mean of recent days, and bands as wide as the past asks for."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfm.forecast.day_process import Prediction
from wfm.forecast.hindcast import RECENT_WEIGHT_MAX, _weight_of_recent
from wfm.forecast.history import HOLIDAY, MAKEUP, History
from wfm.forecast.interval_profile import Profiles
from wfm.forecast.line_fit import log_recent_mean, widened, with_recent_mean

WEEKS = 9


@pytest.fixture
def history():
    """Nine weeks of one line with two intervals a day: week n brings 100 + 10·n calls each day, its weekend half."""
    days = [date(2026, 3, 2) + timedelta(days=n) for n in range(7 * WEEKS)]
    types = np.array([d.weekday() + (7 if d.weekday() > 4 else 0) for d in days])
    totals = np.array([100.0 + 10 * (n // 7) for n in range(len(days))]) * np.where(types > 6, 0.5, 1.0)
    calls = np.repeat(totals[:, None] / 2, 2, axis=1)[None]
    return History(["calls"], days, calls, np.ones_like(calls), types, frozenset(), (), 720)


EVEN = Profiles(np.full((16, 2), 0.5), 0.0)


def test_the_mean_of_the_last_six_days_of_a_type(history):
    full = history.totals[0]
    found = log_recent_mean(full, history.types, np.array([0, 12, HOLIDAY]))
    weeks = np.arange(WEEKS - 6, WEEKS)
    assert np.exp(found[:2]) == pytest.approx([np.mean(100 + 10 * weeks) + 0.5, np.mean(100 + 10 * weeks) / 2 + 0.5])
    assert np.isnan(found[2])


def test_the_average_of_two_laws_has_the_average_of_their_log_means(history):
    model = Prediction(np.log([200.0, 90.0, 80.0]), 0.01 * np.eye(3), 0.02)
    types = np.array([0, HOLIDAY, MAKEUP])
    found = with_recent_mean(model, history, 0, EVEN, types, 0.25)
    monday = np.mean(100 + 10 * np.arange(WEEKS - 6, WEEKS)) + 0.5
    # Geometric mean of the medians on Monday; a holiday and a make-up day keep the model's own.
    assert np.exp(found.mean) == pytest.approx([200**0.75 * monday**0.25, 90, 80])
    assert found.covariance is model.covariance


@given(st.integers(0, 1000))
def test_the_weight_is_that_of_the_better_one_and_bounded(seed):
    rng = np.random.default_rng(seed)
    truth, noise = rng.normal(size=400), rng.normal(size=400)
    assert _weight_of_recent(0.2 * truth, truth + noise) < 0.15  # the recent mean is worse: less than its prior
    assert 0.15 < _weight_of_recent(truth + noise, 0.2 * truth) <= RECENT_WEIGHT_MAX


def test_bands_widen_from_one_week_to_four():
    before = Prediction(np.zeros(3), np.diag([0.01, 0.01, 0.01]), 0.04)
    after = widened(before, 1.2, 2.0, np.array([7.0, 17.5, 28.0]))
    assert after.covariance.diagonal() == pytest.approx([0.01 * 1.44, 0.01 * 1.6**2, 0.01 * 4])
    assert after.own == pytest.approx(0.04 * 1.44)


def test_a_level_nobody_knows_is_not_wider_than_can_be_believed():
    before = Prediction(np.zeros(2), np.array([[4.0, 2.0], [2.0, 1.0]]), 0.0)
    after = widened(before, 1.0, 1.0, np.ones(2))
    assert after.covariance == pytest.approx(np.ones((2, 2)))  # correlation 1 stays
