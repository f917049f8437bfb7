"""Estimates against scipy and against their own coverage."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from simulation import estimate, half_width, paired_difference


def test_half_width_is_students_t() -> None:
    sample = np.array([1.0, 2.0, 4.0, 8.0, np.nan])
    low, high = stats.ttest_1samp(sample[:4], 0).confidence_interval(0.95)
    assert half_width(sample) == pytest.approx((high - low) / 2)
    assert np.isnan(half_width([3.0]))


def test_estimate_has_mean_and_quantiles() -> None:
    found = estimate(np.arange(1001.0))
    assert found.mean == 500
    assert found.low == pytest.approx(25)
    assert found.high == pytest.approx(975)
    assert found.replications == 1001
    assert estimate([np.nan]).replications == 0


def test_the_interval_covers_the_mean_as_often_as_it_says() -> None:
    rng = np.random.default_rng(8)
    samples = rng.gamma(4, size=(2000, 12))
    hits = [abs(row.mean() - 4) <= half_width(row) for row in samples]
    assert np.mean(hits) == pytest.approx(0.94, abs=0.02)


def test_paired_difference_is_the_paired_t_interval() -> None:
    rng = np.random.default_rng(9)
    shared = rng.normal(size=40) * 10
    first, second = shared + rng.normal(size=40), shared + 1 + rng.normal(size=40)
    expected = stats.ttest_rel(first, second).confidence_interval(0.95)
    found = paired_difference(first, second)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    with pytest.raises(ValueError, match="same length"):
        paired_difference(first, second[:3])
