"""The day model against closed forms of Bayesian regression and against truths that it is to find."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.calendar import DayKind, WorkingCalendar
from wfm.forecast import KIND_FACTORS
from wfm.forecast.day_features import day_features, marked_after
from wfm.forecast.day_kernels import PARTS, kind_offset
from wfm.forecast.day_process import DayProcess, fit_days
from wfm.forecast.history import HOLIDAY, MAKEUP

MONDAY = date(2025, 3, 3)
PLAIN = WorkingCalendar(None)
CHINA = WorkingCalendar("CN")


def features_of(first, days, calendar=PLAIN):
    return day_features([first + timedelta(days=n) for n in range(days)], calendar)


def fitted(totals, features, exposure=None):
    seen = np.ones(len(totals)) if exposure is None else exposure
    process = fit_days(np.asarray(totals, dtype=float), seen, features, KIND_FACTORS)
    assert process is not None
    return process


def expected(process, features):
    return np.exp(process.predict(features).mean)


def test_two_days_that_share_a_level_are_predicted_as_by_hand():
    """Normal prior N(0, s²), n days of noise v: mean n·ȳ/(n + v/s²), variance s²·v/(n·s² + v) (Gelman et al., BDA3, eq. 2.12)."""
    level = next(p for p in PARTS if p.name == "level")
    features = features_of(MONDAY, 5)
    seen, noise = np.array([0.3, 0.1, 0.2, 0.4]), 0.05
    process = DayProcess(
        features.at(slice(0, 4)),
        seen,
        np.full(4, noise),
        (level,),
        np.array([2.0]),
        noise,
        np.ones(4),
        np.zeros(4),
        np.zeros(4),
        KIND_FACTORS,
    )
    found = process.predict(features.at(slice(4, 5)))
    assert found.mean[0] == pytest.approx(seen.sum() / (4 + noise / 2.0))
    assert found.covariance[0, 0] == pytest.approx(2.0 * noise / (4 * 2.0 + noise))
    early = process.predict(features.at(slice(4, 5)), known=2)
    assert early.mean[0] == pytest.approx(seen[:2].sum() / (2 + noise / 2.0))


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), days=st.integers(1, 60))
def test_what_days_share_is_a_covariance_for_any_history(seed, days):
    rng = np.random.default_rng(seed)
    first = MONDAY + timedelta(days=int(rng.integers(0, 800)))
    features = features_of(first, days + 28, CHINA)
    process = fitted(rng.poisson(rng.uniform(0.5, 500), days), features.at(slice(0, days)))
    found = process.predict(features.at(slice(days, None)))
    assert np.linalg.eigvalsh(found.covariance).min() > -1e-9
    assert (found.variance > 0).all()


def test_the_mean_over_the_prior_of_a_kind_is_its_ratio():
    types = np.array([0, 7 + 5, HOLIDAY, MAKEUP])
    offset = kind_offset(types, KIND_FACTORS)
    variance = {p.name: p.variance for p in PARTS}
    spread = [0.0, variance["weekend"], variance["weekend"] + variance["holiday"], variance["make-up day"]]
    kinds = (DayKind.WEEKDAY, DayKind.WEEKEND, DayKind.HOLIDAY, DayKind.MAKEUP)
    assert np.exp(offset + np.array(spread) / 2) == pytest.approx([KIND_FACTORS[k] for k in kinds])


def test_weekdays_are_learned():
    shape = np.array([1.3, 1.1, 1.0, 1.0, 0.9, 0.3, 0.2])
    features = features_of(MONDAY, 91)
    process = fitted(np.round(np.tile(800 * shape, 12)), features.at(slice(0, 84)))
    assert expected(process, features.at(slice(84, 91))) == pytest.approx(800 * shape, rel=0.03)


def test_half_a_day_observed_counts_as_half_a_day():
    """§122 A day recorded in part counts by its share of a day's calls."""
    features = features_of(MONDAY, 43)
    exposure = np.where(np.arange(42) % 3 == 0, 0.5, 1.0)
    totals = np.where(features.types[:42] >= 7, 300.0, 600.0) * exposure
    process = fitted(totals, features.at(slice(0, 42)), exposure)
    assert expected(process, features.at(slice(42, 43)))[0] == pytest.approx(600, rel=0.02)


def test_an_accident_is_forgotten():
    rng = np.random.default_rng(1)
    totals = rng.poisson(1000, 70).astype(float)
    features = features_of(MONDAY, 77)
    calm = expected(fitted(totals, features.at(slice(0, 70))), features.at(slice(70, 77)))
    totals[66] = 40  # an outage on Thursday, four days before the forecast
    process = fitted(totals, features.at(slice(0, 70)))
    assert expected(process, features.at(slice(70, 77))) == pytest.approx(calm, rel=0.03)
    assert process.weight[66] < 0.05


def test_a_new_level_is_followed_within_days():
    rng = np.random.default_rng(2)
    totals = np.concatenate([rng.poisson(1000, 80), rng.poisson(1400, 14)]).astype(float)
    features = features_of(MONDAY, 101)
    assert expected(fitted(totals, features.at(slice(0, 94))), features.at(slice(94, 101))).mean() == pytest.approx(
        1400, rel=0.06
    )


def test_the_turn_of_the_month_is_found():
    """Half again as many calls on the last day and the first two, as where wages and bills fall due."""
    rng = np.random.default_rng(3)
    features = features_of(date(2025, 1, 1), 210)
    true = 1000 * np.where((features.turn >= -1) & (features.turn <= 1), 1.5, 1.0)
    process = fitted(rng.poisson(true[:177]), features.at(slice(0, 177)))  # to 26 June
    ahead = features.at(slice(177, 205))
    assert expected(process, ahead) == pytest.approx(true[177:205], rel=0.12)


def test_the_time_of_the_year_is_found_in_two_years():
    rng = np.random.default_rng(4)
    features = features_of(date(2024, 1, 1), 760)
    true = 600 * np.exp(0.2 * np.sin(2 * np.pi * np.arange(760) / 365.25))
    process = fitted(rng.poisson(true[:730]), features.at(slice(0, 730)))
    assert expected(process, features.at(slice(730, 758))) == pytest.approx(true[730:758], rel=0.07)


def test_a_feast_comes_back():
    """Half the calls on National Day's week 2024: the forecast of 2025 expects fewer than on ordinary weekends."""
    rng = np.random.default_rng(5)
    first = date(2024, 8, 1)
    features = features_of(first, 440, CHINA)
    true = np.where(features.feast == "national_day", 150.0, np.where(features.types >= 7, 500.0, 900.0))
    known = (date(2025, 9, 25) - first).days
    process = fitted(rng.poisson(true[:known]), features.at(slice(0, known)))
    week = features.at(slice((date(2025, 10, 1) - first).days, (date(2025, 10, 4) - first).days))
    assert expected(process, week) == pytest.approx(np.full(3, 150.0), rel=0.35)


def test_a_special_day_seen_twice_is_expected_the_third_time():
    features = features_of(MONDAY, 100)
    named = tuple(("tax",) if n in (30, 60, 90) else () for n in range(100))
    features = replace(features, special=named)
    rng = np.random.default_rng(6)
    true = 500 * np.where([bool(s) for s in named], 2.5, 1.0)
    process = fitted(rng.poisson(true[:85]), features.at(slice(0, 85)))
    assert expected(process, features.at(slice(90, 91)))[0] == pytest.approx(1250, rel=0.2)
    assert expected(process, features.at(slice(91, 92)))[0] == pytest.approx(500, rel=0.06)


def test_three_calls_a_day_are_no_bias():
    """Logs of small counts would be off by a quarter: 200 lines of 3 calls a day are right on average."""
    rng = np.random.default_rng(7)
    features = features_of(MONDAY, 57)
    means = [
        expected(fitted(rng.poisson(3.0, 56), features.at(slice(0, 56))), features.at(slice(56, 57)))[0]
        for _ in range(40)
    ]
    assert np.mean(means) == pytest.approx(3.0, rel=0.12)


def test_more_days_make_surer():
    rng = np.random.default_rng(8)
    totals = rng.poisson(400, 200).astype(float)
    features = features_of(MONDAY, 201)
    few = fitted(totals[:30], features.at(slice(0, 30))).predict(features.at(slice(30, 31)))
    many = fitted(totals, features.at(slice(0, 200))).predict(features.at(slice(200, 201)))
    assert many.covariance[0, 0] < few.covariance[0, 0]


def test_the_day_after_a_closure_the_calendar_does_not_know_is_marked():
    features = features_of(MONDAY, 10)
    closed = np.isin(np.arange(10), [2])
    marked = marked_after(features, closed, np.arange(10) < 8)
    assert marked.after.tolist() == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    unknown = marked_after(features, np.isin(np.arange(10), [8]), np.arange(10) < 8)
    assert not unknown.after.any()


def test_working_days_from_the_turn_of_the_month():
    """October 2025 in China: 1 to 8 off, 11 a Saturday worked, so that the 9th is the first working day."""
    days = [date(2025, 10, d) for d in (1, 8, 9, 10, 11, 13, 30, 31)]
    assert day_features(days, CHINA).work_turn.tolist() == [0, 0, 0, 1, 2, 3, -2, -1]
    assert day_features(days, CHINA).turn.tolist() == [0, 7, 8, 9, 10, 12, -2, -1]


def test_no_day_seen_no_process():
    features = features_of(MONDAY, 5)
    assert fit_days(np.zeros(5), np.zeros(5), features, KIND_FACTORS) is None
