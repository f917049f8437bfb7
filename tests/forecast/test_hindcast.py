"""Hindcasts against truths drawn on purpose: which half-life fits, how much intervals vary, and whether days' bands are right."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from wfm.calendar import WorkingCalendar
from wfm.forecast import KIND_FACTORS, hindcast
from wfm.forecast.day_features import day_features
from wfm.forecast.day_kernels import PARTS, kind_offset
from wfm.forecast.day_process import DayProcess
from wfm.forecast.hindcast import HALF_LIVES_DAYS, PRIOR_SCALE, check_days, check_profiles, mixed_profiles
from wfm.forecast.history import DAY_TYPES, History, day_types
from wfm.forecast.interval_profile import Profiles
from wfm.forecast.line_fit import LineFit, fit_line, widened

PLAIN = WorkingCalendar(None)
FIRST = date(2024, 1, 1)
HOURS = np.arange(24)
MORNING = np.exp(-(((HOURS - 9.5) / 3) ** 2)) + 0.02
MORNING /= MORNING.sum()
EVENING = np.exp(-(((HOURS - 15.5) / 3) ** 2)) + 0.02
EVENING /= EVENING.sum()


def history_of(calls, exposure=None):
    """Lines of counts (L, D, S), recorded whole."""
    calls = np.asarray(calls, dtype=float)
    days = [FIRST + timedelta(days=n) for n in range(calls.shape[1])]
    seen = np.ones(calls.shape) if exposure is None else exposure
    return History(
        [f"line {n}" for n in range(len(calls))],
        days,
        calls * seen,
        seen,
        day_types(days, PLAIN),
        frozenset(),
        (),
        1440 // calls.shape[2],
    )


def drawn(shares, calls=800.0, alpha=0.0, seed=1):
    rng = np.random.default_rng(seed)
    mean = calls * shares
    return rng.poisson(mean * (rng.gamma(1 / alpha, alpha, mean.shape) if alpha else 1.0))


# -- profiles


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_stable_habits_ask_for_a_long_memory_and_new_ones_for_a_short(seed):
    stable = np.tile(MORNING, (280, 1))
    changed = np.where(np.arange(280)[:, None] < 220, MORNING, 0.5 * MORNING + 0.5 * EVENING)
    along = np.linspace(0, 1, 280)[:, None]
    drifting = (1 - along) * MORNING + along * EVENING
    found = check_profiles(history_of([drawn(s, seed=seed) for s in (stable, changed, drifting)]))
    assert np.average(HALF_LIVES_DAYS, weights=found[0].weights) > 300
    assert found[0].weights[0] < 0.05
    for check in found[1:]:
        assert check.weights[0] > 0.95
    for check in found:
        assert check.weights.sum() == pytest.approx(1.0)


def test_the_mixed_profile_follows_new_habits_and_stays_a_profile():
    """Where nothing ever changed, the shares come near the truth; after a change two months ago, nearer the new than the old."""
    stable, new = np.tile(MORNING, (280, 1)), 0.5 * MORNING + 0.5 * EVENING
    changed = np.where(np.arange(280)[:, None] < 220, MORNING, new)
    history = history_of([drawn(stable), drawn(changed)])
    profiles = mixed_profiles(history, check_profiles(history))
    for profile in profiles:
        assert profile.share.sum(axis=1) == pytest.approx(np.ones(DAY_TYPES))
        assert (profile.share >= 0).all()
    steady, moved = (profile.share[0] for profile in profiles)
    assert np.abs(steady - MORNING).sum() < 0.03
    assert np.abs(moved - new).sum() < 0.5 * np.abs(moved - MORNING).sum()


@pytest.mark.parametrize("alpha", [0.0, 0.02, 0.1])
def test_the_dispersion_of_intervals_is_found(alpha):
    """Counts of gamma rates with variance α about their share: six lines, the hours with calls enough to tell."""
    found = check_profiles(history_of([drawn(np.tile(MORNING, (200, 1)), alpha=alpha, seed=n) for n in range(6)]))
    busy = MORNING > 0.03
    told = np.array([check.dispersion[:5][:, busy].mean() for check in found])
    assert told.mean() == pytest.approx(alpha, rel=0.2, abs=0.003)


def test_hours_that_vary_more_are_told_apart():
    """From 9 to 12 each count varies with α = 0.3, in other hours by chance and 0.02."""
    rng = np.random.default_rng(4)
    alpha = np.where((HOURS >= 9) & (HOURS < 12), 0.3, 0.02)
    mean = 3000 * np.tile(np.full(24, 1 / 24), (200, 1))
    check = check_profiles(history_of([rng.poisson(mean * rng.gamma(1 / alpha, alpha, mean.shape))]))[0]
    wild, calm = check.dispersion[:5, 9:12].mean(), np.delete(check.dispersion[:5], range(9, 12), axis=1).mean()
    assert wild > 4 * calm


def test_a_short_history_weighs_all_half_lives_alike():
    check = check_profiles(history_of([drawn(np.tile(MORNING, (30, 1)))]))[0]
    assert check.weights == pytest.approx(np.full(3, 1 / 3))
    assert check.dispersion is None


def test_a_line_without_calls_weighs_all_half_lives_alike():
    found = check_profiles(history_of([drawn(np.tile(MORNING, (120, 1))), np.zeros((120, 24))]))
    assert found[0].dispersion is not None
    assert found[1].weights == pytest.approx(np.full(3, 1 / 3))
    assert found[1].dispersion is None


# -- days


NAMES = ("level", "weekday", "level over weeks", "level over days")
OWN = 0.004


def days_of_the_model(seed, days=240, told=1.0, jump=0.0, only_level=False):
    """One line drawn from the day process, checked with its variances multiplied by ``told`` as if they had been fitted.

    Args:
        seed: of the draws.
        days: of history.
        told: what the process thinks of its variances, over the truth.
        jump: log by which the level rises 45 days before the end.
        only_level: the process knows nothing but one level for all days.
    """
    parts = tuple(p for p in PARTS if p.name in NAMES)
    assert len(parts) == len(NAMES)
    features = day_features([FIRST + timedelta(days=n) for n in range(days)], PLAIN)
    offset = kind_offset(features.types, KIND_FACTORS)
    shared = np.array([p.name != "level" for p in parts])
    variances = np.array([p.variance for p in parts])
    covariance = sum(v * p.kernel(features, features) for v, p in zip(variances * shared, parts, strict=True))
    rng = np.random.default_rng(seed)
    logs = rng.multivariate_normal(np.zeros(days), covariance + OWN * np.eye(days), method="cholesky")
    logs += 11.0 + offset + jump * (np.arange(days) >= days - 45)
    calls = np.rint(np.exp(logs))
    history = history_of(calls[None, :, None])
    ones = np.ones(days)
    process = DayProcess(
        features,
        np.log(calls) - offset,
        told * OWN * ones,
        parts[:1] if only_level else parts,
        variances[:1] if only_level else np.where(shared, told, 1.0) * variances,
        told * OWN,
        ones,
        np.zeros(days),
        1.0 / calls,
        KIND_FACTORS,
    )
    fit = LineFit(process, np.zeros(days), 1.0 / calls, told * OWN)
    return logs, check_days(history, 0, fit, features, Profiles(np.ones((DAY_TYPES, 1)), 0.0))


@pytest.mark.parametrize("told", [0.25, 1.0, 4.0])
def test_the_spread_of_days_is_judged_by_its_truth(told):
    """With variances told at k times the truth the factor is 1/√k, shrunk to 1.1 by 20 days beside the 70 of ten weeks."""
    near = [days_of_the_model(seed, told=told)[1].near for seed in range(12)]
    wanted = (70 * np.log(told**-0.5) + 20 * np.log(PRIOR_SCALE)) / 90
    assert np.mean(np.log(near)) == pytest.approx(wanted, abs=0.08)


def test_four_weeks_ahead_are_judged_beside_one():
    far = [days_of_the_model(seed)[1].far for seed in range(12)]
    assert np.exp(np.mean(np.log(far))) == pytest.approx(1.0, abs=0.12)


def test_days_predicted_again_lie_in_their_bands():
    """Of days drawn from the model 80 and 95 % lie within 1.28 and 1.96 standard deviations of what was said of them."""
    z = []
    for seed in range(12):
        logs, check = days_of_the_model(seed)
        assert sorted(check.day.tolist()) == list(range(170, 240))
        z.extend((logs[check.day] - check.log_mean) / np.sqrt(check.variance))
    for limit, share in ((1.2816, 0.80), (1.96, 0.95)):
        assert np.mean(np.abs(z) < limit) == pytest.approx(share, abs=0.04)


def test_the_mean_of_recent_days_counts_more_where_the_model_fails():
    right = [days_of_the_model(seed)[1].weight for seed in range(12)]
    blind = [days_of_the_model(seed, jump=0.6, only_level=True)[1].weight for seed in range(6)]
    assert np.mean(right) < 0.25
    assert min(blind) > 0.4


def test_no_day_is_predicted_from_later_ones(monkeypatch):
    """A jump 45 days before the end changes nothing that was said of earlier days."""
    monkeypatch.setattr(hindcast, "RECENT_WEIGHT_MAX", 0.0)
    _, calm = days_of_the_model(3)
    _, jumped = days_of_the_model(3, jump=0.3)
    early = calm.day < 198  # the week that begins on day 191 is predicted before the jump on day 195
    assert early.sum() == 28
    assert calm.day.tolist() == jumped.day.tolist()
    assert jumped.log_mean[early] == pytest.approx(calm.log_mean[early], abs=1e-9)
    assert np.abs(jumped.log_mean[~early] - calm.log_mean[~early]).min() > 0.001


def test_a_short_history_keeps_the_prior():
    _, check = days_of_the_model(1, days=30)
    assert (check.near, check.far, len(check.day)) == (PRIOR_SCALE, PRIOR_SCALE, 0)


def test_a_fitted_line_says_how_sure_it_is():
    """Lines drawn with steady levels and 8 % of their own a day, fitted and checked: two further weeks lie in the bands."""
    z = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        days = 154
        features = day_features([FIRST + timedelta(days=n) for n in range(days)], PLAIN)
        shape = np.array([0.15, 0.0, 0.0, -0.05, -0.1, -0.6, -0.8])[np.arange(days) % 7]
        logs = 7.5 + shape + rng.normal(0, 0.08, days)
        calls = rng.poisson(np.exp(logs)).astype(float)
        past = history_of(calls[None, :140, None])
        profile = Profiles(np.ones((DAY_TYPES, 1)), 0.0)
        before, after = features.at(slice(0, 140)), features.at(slice(140, None))
        fit = fit_line(past, 0, profile, before, KIND_FACTORS)
        assert fit is not None
        check = check_days(past, 0, fit, before, profile)
        told = widened(fit.process.predict(after), check.near, check.far, np.arange(1.0, 15.0))
        z.extend((np.log(calls[140:]) - told.mean) / np.sqrt(told.variance + 1.0 / calls[140:]))
    assert len(z) == 70
    # Chance of 70 days: ±1.96·√(0.8·0.2/70) = ±0.09 about 80 %, a little more as days of one line go together.
    assert 0.68 < np.mean(np.abs(z) < 1.2816) < 0.92
    assert np.mean(np.abs(z) < 1.96) > 0.88
