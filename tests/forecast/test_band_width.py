"""Bands stretched by what past bands held: laws that are right, too wide and too narrow, drawn and looked at again."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.forecast.band_width import PRIOR_CELLS, STRETCH_MAX, STRETCH_MIN, band_stretch, stretched_quantile
from wfm.forecast.counts import smooth_quantile
from wfm.forecast.hindcast import DayCheck
from wfm.forecast.history import DAY_TYPES, History

SHARE = np.sin(np.pi * (np.arange(24) + 0.5) / 24) ** 2
SHARE /= SHARE.sum()


def hindcast(days, *, calls=2000.0, true_alpha=0.02, told_alpha=0.02, day_sd=0.05, told_day_sd=None, seed=1):
    """Days predicted again whose counts come from known laws, and the stretch found where another law was told."""
    rng = np.random.default_rng(seed)
    level = np.exp(rng.normal(0, day_sd, days) - day_sd**2 / 2)
    mean = calls * level[:, None] * SHARE
    rate = mean * (rng.gamma(1 / true_alpha, true_alpha, mean.shape) if true_alpha else 1.0)
    first = date(2025, 3, 3)
    history = History(
        ["a"],
        [first + timedelta(days=n) for n in range(days)],
        rng.poisson(rate).astype(float)[None],
        np.ones((1, days, 24)),
        np.zeros(days, dtype=np.int64),
        frozenset(),
        (),
        60,
    )
    told = day_sd if told_day_sd is None else told_day_sd
    check = DayCheck(1.0, 1.0, 0.0, np.arange(days), np.full(days, np.log(calls) - told**2 / 2), np.full(days, told**2))
    share = np.tile(SHARE, (DAY_TYPES, 1))
    return band_stretch(history, 0, check, share, np.full(share.shape, told_alpha))


def test_the_right_law_needs_no_stretch():
    assert np.mean([hindcast(70, seed=s) for s in range(5)], axis=0) == pytest.approx([1.0, 1.0], abs=0.04)
    assert hindcast(200, true_alpha=0.0, told_alpha=0.0, day_sd=0.0) == pytest.approx([1.0, 1.0], abs=0.04)


def test_a_law_too_wide_is_drawn_in_and_one_too_narrow_let_out():
    """Counts of busy hours: the half-width goes with the standard deviation √(λ + αλ²), here nearly with √α."""
    wide = hindcast(300, calls=100_000.0, true_alpha=0.02, told_alpha=0.04, day_sd=0.0)
    assert wide == pytest.approx(np.full(2, np.sqrt(0.5)), abs=0.06)
    narrow = hindcast(300, calls=100_000.0, true_alpha=0.02, told_alpha=0.012, day_sd=0.0)
    assert narrow == pytest.approx(np.full(2, np.sqrt(0.02 / 0.012)), abs=0.1)


def test_what_few_hours_say_is_shrunk_to_the_law():
    """n hours weigh n ÷ (n + 300): from three days of busy hours little is learned, from three hundred nearly all."""
    few = np.mean([hindcast(3, told_alpha=0.06, day_sd=0.0, seed=s) for s in range(40)], axis=0)
    many = hindcast(300, told_alpha=0.06, day_sd=0.0)
    weight = 3 * 24 / (3 * 24 + PRIOR_CELLS)
    assert np.log(few[0]) == pytest.approx(weight * np.log(many[0]), rel=0.3)
    assert many[0] < 0.85


def test_the_stretch_is_bounded():
    assert hindcast(300, calls=1e5, true_alpha=0.0, told_alpha=0.5, day_sd=0.0).tolist() == [STRETCH_MIN] * 2
    assert hindcast(300, calls=1e5, true_alpha=0.5, told_alpha=0.0, day_sd=0.0).tolist() == [STRETCH_MAX] * 2


def test_no_hindcast_no_stretch():
    nothing = np.zeros(0)
    empty = DayCheck(1.0, 1.0, 0.0, np.zeros(0, dtype=np.int64), nothing, nothing)
    history = History(["a"], [], np.zeros((1, 0, 24)), np.zeros((1, 0, 24)), np.zeros(0, np.int64), frozenset(), (), 60)
    assert band_stretch(history, 0, empty, np.zeros((DAY_TYPES, 24)), np.zeros((DAY_TYPES, 24))).tolist() == [1, 1]
    assert hindcast(50, calls=50.0, told_alpha=0.5).tolist() == [1, 1]  # no hour with five calls


def test_stretched_bands_of_the_days_looked_at_hold_their_share():
    """What the conformal rule promises of its own days: with the law twice too wide the stretched band holds 80 and 95 %."""
    rng = np.random.default_rng(5)
    stretch = hindcast(400, calls=20_000.0, true_alpha=0.02, told_alpha=0.05, day_sd=0.0)
    mean = np.tile(20_000.0 * SHARE, 400)[None]
    came = rng.poisson(mean * rng.gamma(50.0, 0.02, mean.shape))
    told = np.full(mean.shape, 0.05)
    for band, tolerance in ((0.80, 0.03), (0.95, 0.02)):
        low, high = (stretched_quantile(0.5 + s * band / 2, mean, told, stretch[None]) for s in (-1, 1))
        assert ((came >= low) & (came <= high)).mean() == pytest.approx(band, abs=tolerance)
        plain = [smooth_quantile(0.5 + s * band / 2, mean, told) for s in (-1, 1)]
        assert ((came >= plain[0]) & (came <= plain[1])).mean() > band + 0.03


# -- quantiles


def test_the_factor_at_each_band_is_its_own_and_goes_over_between():
    mean, dispersion, stretch = np.array([[400.0]]), np.array([[0.02]]), np.array([[0.8, 1.2]])
    middle = smooth_quantile(0.5, mean, dispersion)

    def factor(q):
        off = stretched_quantile(q, mean, dispersion, stretch) - middle
        return float((off / (smooth_quantile(q, mean, dispersion) - middle))[0, 0])

    assert [factor(q) for q in (0.1, 0.9)] == pytest.approx([0.8, 0.8])
    assert [factor(q) for q in (0.025, 0.975)] == pytest.approx([1.2, 1.2])
    assert factor(0.3) == factor(0.7) == pytest.approx(0.8)
    assert 0.8 < factor(0.95) < 1.2
    assert factor(0.999) == pytest.approx(1.2)
    assert stretched_quantile(0.5, mean, dispersion, stretch) == pytest.approx(middle)


LEVELS = (0.001, 0.01, 0.025, 0.05, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 0.95, 0.975, 0.99, 0.999)


@settings(max_examples=100, deadline=None)
@given(
    mean=st.floats(0, 5000),
    dispersion=st.floats(0, 3),
    inner=st.floats(STRETCH_MIN, STRETCH_MAX),
    outer=st.floats(STRETCH_MIN, STRETCH_MAX),
)
def test_quantiles_never_cross_whatever_the_factors(mean, dispersion, inner, outer):
    law = np.array([[mean]]), np.array([[dispersion]]), np.array([[inner, outer]])
    found = [stretched_quantile(q, *law)[0, 0] for q in LEVELS]
    assert (np.diff(found) >= -1e-9).all()


def test_lines_are_stretched_apart():
    mean, dispersion = np.full((2, 3), 50.0), np.zeros((2, 3))
    stretch = np.array([[1.0, 1.0], [1.5, 1.5]])
    found = stretched_quantile(0.9, mean, dispersion, stretch)
    assert found[0] == pytest.approx(smooth_quantile(0.9, mean[0], dispersion[0]))
    middle = smooth_quantile(0.5, 50.0, 0.0)
    assert found[1] - middle == pytest.approx(1.5 * (found[0] - middle))


def test_few_calls_keep_their_law_and_many_are_stretched():
    stretch, dispersion = np.array([[0.7, 0.9]]), np.array([[0.1]])
    for q in (0.025, 0.1, 0.9, 0.975):
        for mean in (0.4, 3.0, 5.0):
            cell = np.array([[mean]])
            assert stretched_quantile(q, cell, dispersion, stretch) == pytest.approx(
                smooth_quantile(q, cell, dispersion)
            )
        cell = np.array([[10.0]])
        off = [
            f - smooth_quantile(0.5, cell, dispersion)
            for f in (stretched_quantile(q, cell, dispersion, stretch), smooth_quantile(q, cell, dispersion))
        ]
        assert off[0] / off[1] == pytest.approx(0.9 if q in (0.025, 0.975) else 0.7)


LEVELS = (0.001, 0.01, 0.025, 0.05, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 0.95, 0.975, 0.99, 0.999)


@settings(max_examples=80, deadline=None)
@given(
    mean=st.floats(0.0, 5000.0),
    dispersion=st.floats(0.0, 3.0),
    inner=st.floats(STRETCH_MIN, STRETCH_MAX),
    more=st.floats(0.0, 1.0),
)
def test_a_higher_probability_never_has_a_lower_quantile(mean, dispersion, inner, more):
    """Where the ends are stretched at least as much as the middle, as bands of calls ask."""
    outer = inner + more * (STRETCH_MAX - inner)
    cell = (np.array([[mean]]), np.array([[dispersion]]), np.array([[inner, outer]]))
    found = np.array([stretched_quantile(q, *cell)[0, 0] for q in LEVELS])
    assert (np.diff(found) >= -1e-9).all()
    assert found[0] >= 0.0
