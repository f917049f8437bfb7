"""Durations by inversion, against scipy's distributions."""

from __future__ import annotations

from math import exp, inf, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from simulation.draws import NO_TABLES, constant, exponential, lognormal, mean_of, normal_quantile, sample


@given(st.floats(2**-54, 1 - 2**-53))
def test_normal_quantile_agrees_with_scipy(p: float) -> None:
    assert normal_quantile(p) == pytest.approx(special.ndtri(p), rel=1e-12, abs=1e-15)


@given(st.floats(1, 5000), st.floats(0.05, 5), st.floats(1e-12, 1 - 1e-12))
def test_lognormal_is_the_quantile_of_its_mean_and_cv(mean_s: float, cv: float, u: float) -> None:
    """§8"""
    sigma = sqrt(np.log1p(cv**2))
    expected = stats.lognorm.ppf(u, sigma, scale=mean_s * exp(-(sigma**2) / 2))
    assert sample(*lognormal(mean_s, cv), u, NO_TABLES) == pytest.approx(expected, rel=1e-9)
    assert mean_of(lognormal(mean_s, cv)) == pytest.approx(mean_s)


@given(st.floats(1, 5000), st.floats(1e-12, 1 - 1e-12))
def test_exponential_is_the_quantile_from_above(mean_s: float, u: float) -> None:
    """§8"""
    assert sample(*exponential(mean_s), u, NO_TABLES) == pytest.approx(stats.expon.isf(u, scale=mean_s), rel=1e-9)


def test_zero_and_never() -> None:
    assert sample(*exponential(0), 0.3, NO_TABLES) == 0
    assert sample(*exponential(inf), 0.3, NO_TABLES) == inf
    assert sample(*lognormal(0, 1), 0.3, NO_TABLES) == 0
    assert sample(*constant(7), 0.3, NO_TABLES) == 7
