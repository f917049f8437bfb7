"""Counts and draws against SciPy's distributions, and the properties that scenarios rely on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from wfm.forecast import count_quantile, smooth_quantile
from wfm.forecast.counts import count_cdf
from wfm.forecast.keyed_draws import keyed_uniforms

means = st.floats(1e-4, 3000)
dispersions = st.one_of(st.just(0.0), st.floats(1e-5, 3.0))
chances = st.floats(1e-6, 1 - 1e-6)


@settings(max_examples=300, deadline=None)
@given(u=chances, mean=means, dispersion=dispersions)
def test_quantile_is_the_smallest_count_that_reaches_the_chance(u: float, mean: float, dispersion: float) -> None:
    k = float(count_quantile(u, mean, dispersion))
    law = stats.poisson(mean) if dispersion == 0 else stats.nbinom(1 / dispersion, 1 / (1 + dispersion * mean))
    assert k == int(k) >= 0
    assert law.cdf(k) >= u - 1e-9
    assert k == 0 or law.cdf(k - 1) <= u + 1e-9


def test_moments_of_inverted_uniforms() -> None:
    u = (np.arange(200_000) + 0.5) / 200_000
    drawn = count_quantile(u, 12.0, 0.1)
    assert drawn.mean() == pytest.approx(12.0, rel=1e-4)
    assert drawn.var() == pytest.approx(12.0 + 0.1 * 144.0, rel=2e-3)


@settings(max_examples=200, deadline=None)
@given(u=chances, mean=means, factor=st.floats(1.0, 3.0), dispersion=dispersions)
def test_a_larger_mean_never_gives_fewer(u: float, mean: float, factor: float, dispersion: float) -> None:
    assert count_quantile(u, mean * factor, dispersion) >= count_quantile(u, mean, dispersion)


def test_nothing_comes_where_nothing_is_expected() -> None:
    assert (count_quantile([0.01, 0.99], 0.0, [0.0, 0.5]) == 0).all()
    assert (smooth_quantile(0.99, np.zeros(3), 0.1) == 0).all()
    assert count_cdf(-1, 5.0, 0.1) == 0


@settings(max_examples=100, deadline=None)
@given(mean=means, dispersion=dispersions)
def test_smooth_quantiles_lie_in_order_and_near_the_exact_ones(mean: float, dispersion: float) -> None:
    levels = [0.025, 0.1, 0.5, 0.9, 0.975]
    smooth = np.array([smooth_quantile(q, mean, dispersion) for q in levels])
    exact = np.array([count_quantile(q, mean, dispersion) for q in levels])
    assert (np.diff(smooth) >= 0).all()
    assert (np.abs(smooth - exact) <= 0.5 + 1e-9).all()


def test_smooth_bands_hold_small_counts_with_their_nominal_chance() -> None:
    """Averaged over means, the band from p10 to p90 holds a Poisson count in 80 % (whole-number quantiles: 86 %)."""
    grid = np.linspace(3, 12, 400)
    low, high = smooth_quantile(0.1, grid, 0.0), smooth_quantile(0.9, grid, 0.0)
    held = stats.poisson.cdf(np.floor(high), grid) - stats.poisson.cdf(np.ceil(low) - 1, grid)
    assert held.mean() == pytest.approx(0.80, abs=0.01)


def test_a_draw_depends_on_what_it_is_for_alone() -> None:
    whole = keyed_uniforms(7, 3, "general", "calls", 1000, 500)
    assert (keyed_uniforms(7, 3, "general", "calls", 1137, 50) == whole[137:187]).all()
    others = [
        keyed_uniforms(8, 3, "general", "calls", 1000, 500),
        keyed_uniforms(7, 4, "general", "calls", 1000, 500),
        keyed_uniforms(7, 3, "women", "calls", 1000, 500),
        keyed_uniforms(7, 3, "general", "day", 1000, 500),
    ]
    for other in others:
        assert abs(np.corrcoef(whole, other)[0, 1]) < 0.15


def test_draws_are_uniform_and_independent() -> None:
    drawn = np.concatenate([keyed_uniforms(1, path, "general", "calls", 0, 400) for path in range(50)])
    assert stats.kstest(drawn, "uniform").pvalue > 0.001
    assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 0.03
    first = np.array([keyed_uniforms(1, path, "general", "calls", 0, 1)[0] for path in range(3000)])
    assert stats.kstest(first, "uniform").pvalue > 0.001
