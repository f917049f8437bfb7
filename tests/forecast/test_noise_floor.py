"""E|N − median| against sums over the probabilities of scipy's Poisson and negative binomial laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from wfm.forecast.noise_floor import deviation_from_median


def law(mean: float, dispersion: float):
    """scipy's frozen law of mean λ and variance λ + αλ²: size 1/α, probability 1/(1 + αλ)."""
    if dispersion == 0:
        return stats.poisson(mean)
    return stats.nbinom(1.0 / dispersion, 1.0 / (1.0 + dispersion * mean))


def summed(mean: float, dispersion: float) -> float:
    frozen = law(mean, dispersion)
    counts = np.arange(int(frozen.ppf(1.0 - 1e-13)) + 50)
    return float((np.abs(counts - frozen.median()) * frozen.pmf(counts)).sum())


@pytest.mark.parametrize("dispersion", [0.0, 1e-4, 0.01, 0.3, 1.0, 5.0])
@pytest.mark.parametrize("mean", [1e-9, 1e-3, 0.2, 0.69, 0.70, 1.0, 3.7, 25.0, 400.0, 6000.0])
def test_deviation_is_the_sum_over_the_probabilities(mean, dispersion):
    assert deviation_from_median(mean, dispersion) == pytest.approx(summed(mean, dispersion), rel=1e-7)


@settings(max_examples=40)
@given(mean=st.floats(0.01, 800), dispersion=st.one_of(st.just(0.0), st.floats(1e-3, 3)))
def test_deviation_is_the_sum_over_the_probabilities_for_any_law(mean, dispersion):
    assert deviation_from_median(mean, dispersion) == pytest.approx(summed(mean, dispersion), rel=1e-6)


def test_a_poisson_count_of_mean_one_by_hand():
    """Median 1: E|N − 1| = p(0) + Σ_{k≥2} (k − 1)p(k) = 2·p(0) = 2/e."""
    assert deviation_from_median(1.0) == pytest.approx(2.0 / np.e)


def test_counts_that_are_mostly_none_deviate_by_their_mean():
    """With median 0, E|N| = λ."""
    assert deviation_from_median([0.0, 1e-12, 0.3, 0.69]) == pytest.approx([0.0, 1e-12, 0.3, 0.69])


@pytest.mark.parametrize("mean", [0.4, 12.3, 150.0, 3000.0])
def test_vanishing_dispersion_is_poisson(mean):
    near = deviation_from_median(mean, [1e-5, 1e-6, 2e-7, 1e-8, 0.0])
    # The standard deviation of the count differs by the factor √(1 + αλ).
    gap = np.sqrt(1.0 + np.array([1e-5, 1e-6, 2e-7, 1e-8, 0.0]) * mean) - 1.0
    assert np.abs(near / near[-1] - 1.0) == pytest.approx(np.zeros(5), abs=1e-6 + 2.0 * gap.max())
    assert (np.abs(near / near[-1] - 1.0) <= 2.0 * gap + 1e-6).all()


@pytest.mark.parametrize("mean", [1e4, 1e6, 1e8])
def test_many_calls_deviate_as_a_normal_number(mean):
    """√(2λ/π), the mean absolute deviation of the normal law of variance λ."""
    assert deviation_from_median(mean) == pytest.approx(np.sqrt(2.0 * mean / np.pi), rel=2.0 / mean + 1e-6)


def test_very_dispersed_counts_deviate_as_a_gamma_number():
    """λ·Gamma(1/α) for large λ: its mean absolute deviation about the median, by scipy."""
    gamma = stats.gamma(2.0, scale=5e6 / 2.0)
    wanted = gamma.expect(lambda x: abs(x - gamma.median()), points=[gamma.median()], lb=0, ub=gamma.ppf(1 - 1e-15))
    assert deviation_from_median(5e6, 0.5) == pytest.approx(wanted, rel=1e-5)


@settings(max_examples=40)
@given(mean=st.floats(0.0, 1e5), dispersion=st.floats(0.0, 4.0))
def test_deviation_lies_below_the_standard_deviation(mean, dispersion):
    """E|N − m| ≤ E|N − λ| ≤ sd, and no deviation is below zero."""
    found = float(deviation_from_median(mean, dispersion))
    assert 0.0 <= found <= np.sqrt(mean + dispersion * mean**2) * (1 + 1e-9)


def test_arguments_broadcast():
    means, dispersions = np.array([[0.5], [7.0], [90.0]]), np.array([0.0, 0.2])
    found = deviation_from_median(means, dispersions)
    assert found.shape == (3, 2)
    assert found[2, 1] == deviation_from_median(90.0, 0.2)
