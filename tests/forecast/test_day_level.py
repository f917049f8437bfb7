"""Day-type effects and the drifting level, against planted truth and an independent solution."""

from __future__ import annotations

import numpy as np
import pytest

from wfm.calendar import DayKind
from wfm.forecast import KIND_FACTORS
from wfm.forecast.day_level import (
    DRIFT_SHARES,
    RHOS,
    SCALES,
    design_rows,
    fit_day_effects,
    fit_level_drift,
    known_level,
)
from wfm.forecast.history import HOLIDAY, MAKEUP

WEEK = np.array([0, 1, 2, 3, 4, 7 + 5, 7 + 6])


def ratio(effects, types_a: int, types_b: int) -> float:  # type: ignore[no-untyped-def]
    rows, offset = design_rows(np.array([types_a, types_b]), KIND_FACTORS)
    a, b = effects.log_mean(rows, offset)
    return float(np.exp(a - b))


def test_planted_effects_are_found() -> None:
    types = np.tile(WEEK, 26)
    true = np.array([500, 420, 400, 400, 380, 150, 90.0])[np.arange(len(types)) % 7]
    rng = np.random.default_rng(1)
    totals = rng.poisson(true * rng.gamma(400, 1 / 400, len(types)))
    effects = fit_day_effects(totals.astype(float), np.ones(len(types)), types, np.ones(len(types)), KIND_FACTORS)
    rows, offset = design_rows(WEEK, KIND_FACTORS)
    np.testing.assert_allclose(np.exp(effects.log_mean(rows, offset)), [500, 420, 400, 400, 380, 150, 90], rtol=0.04)
    assert effects.day_variance == pytest.approx(1 / 400, rel=0.7)


def test_a_partly_observed_day_counts_for_its_part() -> None:
    types = np.tile(WEEK[:5], 8)
    exposure = np.where(np.arange(40) % 3 == 0, 0.25, 1.0)
    effects = fit_day_effects(400.0 * exposure, exposure, types, np.ones(40), KIND_FACTORS)
    rows, offset = design_rows(np.array([0]), KIND_FACTORS)
    assert np.exp(effects.log_mean(rows, offset))[0] == pytest.approx(400, rel=0.01)


def test_kinds_never_seen_keep_their_assumed_ratio() -> None:
    types = np.tile(WEEK[:5], 8)
    effects = fit_day_effects(np.full(40, 300.0), np.ones(40), types, np.ones(40), KIND_FACTORS)
    assert ratio(effects, 12, 0) == pytest.approx(KIND_FACTORS[DayKind.WEEKEND], rel=0.01)
    assert ratio(effects, HOLIDAY, 0) == pytest.approx(KIND_FACTORS[DayKind.HOLIDAY], rel=0.01)
    assert ratio(effects, MAKEUP, 0) == pytest.approx(KIND_FACTORS[DayKind.MAKEUP], rel=0.01)


def test_holidays_follow_the_weekends_that_were_seen() -> None:
    types = np.tile(WEEK, 12)
    totals = np.where(types >= 7, 270.0, 300.0)
    effects = fit_day_effects(totals, np.ones(84), types, np.ones(84), KIND_FACTORS)
    assert ratio(effects, 12, 0) == pytest.approx(0.9, rel=0.02)
    assert ratio(effects, HOLIDAY, 12) == pytest.approx(0.45 / 0.6, rel=0.03)


def test_one_holiday_moves_the_estimate_only_part_of_the_way() -> None:
    types = np.append(np.tile(WEEK, 12), HOLIDAY)
    totals = np.append(np.where(np.tile(WEEK, 12) >= 7, 180.0, 300.0), 300.0)
    effects = fit_day_effects(totals, np.ones(85), types, np.ones(85), KIND_FACTORS)
    assert 0.45 < ratio(effects, HOLIDAY, 0) < 1.0


def test_few_calls_do_not_make_weekdays_different() -> None:
    types = np.tile(WEEK[:5], 4)
    totals = np.tile([4.0, 2, 3, 2, 4], 4)  # 20 days, 60 calls
    quiet = fit_day_effects(totals, np.ones(20), types, np.ones(20), KIND_FACTORS)
    busy = fit_day_effects(totals * 100, np.ones(20), types, np.ones(20), KIND_FACTORS)
    assert ratio(quiet, 0, 1) < 1.6
    assert ratio(busy, 0, 1) == pytest.approx(2.0, rel=0.1)


def test_one_absurd_day_does_not_move_the_level() -> None:
    types = np.tile(WEEK[:5], 10)
    rng = np.random.default_rng(5)
    totals = rng.poisson(300, 50).astype(float)
    rows, offset = design_rows(np.array([2]), KIND_FACTORS)
    calm = fit_day_effects(totals, np.ones(50), types, np.ones(50), KIND_FACTORS).log_mean(rows, offset)[0]
    totals[27] = 3000.0
    wild = fit_day_effects(totals, np.ones(50), types, np.ones(50), KIND_FACTORS).log_mean(rows, offset)[0]
    assert abs(wild - calm) < 0.1


def test_the_filter_equals_direct_conditioning() -> None:
    """The same Gaussian model solved by conditioning on all days at once (no recursion)."""
    rng = np.random.default_rng(3)
    days, variance = 40, 0.04
    y = rng.normal(0, 0.08, days)  # no day so odd that the filter would cap it
    y[[5, 6, 20]] = np.nan
    noise = rng.uniform(0.001, 0.02, days)
    drift = fit_level_drift(y, noise, variance)
    seen = np.isfinite(y)
    lag = np.abs(np.subtract.outer(np.arange(days), np.arange(days)))
    for g in (25, 47, 90, len(drift.rho) - 1):
        share = np.tile(np.repeat(DRIFT_SHARES, len(SCALES)), len(RHOS))[g]
        total = np.tile(SCALES, len(RHOS) * len(DRIFT_SHARES))[g] * variance
        state = share * total * drift.rho[g] ** lag
        observed = (state + np.diag((1 - share) * total + noise))[np.ix_(seen, seen)]
        towards = state[-1, seen]
        assert drift.level[g] == pytest.approx(float(towards @ np.linalg.solve(observed, y[seen])), abs=1e-9)
        left = state[-1, -1] - towards @ np.linalg.solve(observed, towards)
        assert drift.variance[g] == pytest.approx(float(left), abs=1e-9)


def test_a_lasting_shift_is_followed_and_fades_where_levels_return() -> None:
    rng = np.random.default_rng(4)
    shifted = np.append(rng.normal(0, 0.03, 120), rng.normal(0.25, 0.03, 25))
    near, far = fit_level_drift(shifted, np.full(145, 1e-4), 0.02).ahead(np.array([1.0, 28.0]))[0]
    assert near == pytest.approx(0.25, abs=0.05)
    assert 0 < far <= near
    calm = fit_level_drift(rng.normal(0, 0.05, 145), np.full(145, 1e-4), 0.0025).ahead(np.array([1.0]))[0]
    assert abs(calm[0]) < 0.03


def test_uncertainty_grows_with_the_lead() -> None:
    rng = np.random.default_rng(5)
    level = np.cumsum(rng.normal(0, 0.05, 150))
    spread = fit_level_drift(level - level.mean(), np.full(150, 1e-4), float(level.var())).ahead(np.arange(1.0, 29.0))[
        1
    ]
    assert (np.diff(spread) >= -1e-12).all()
    assert known_level(0.01).ahead(np.array([1.0, 9.0]))[1] == pytest.approx([0.01, 0.01])
