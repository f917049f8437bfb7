"""Counts drawn from rates against the moments and laws that follow from their definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simulation.demand import count_variance, draw_counts
from simulation.keyed import Purpose, uniform
from wfm.errors import BadInput

DATES = np.array([7, 7, 8, 8])
RATE = np.array([[12.0, 40.0, 12.0, 3.0], [25.0, 25.0, 60.0, 8.0], [5.0, 90.0, 5.0, 30.0]])
PATHS = 20_000


def covariance_error(a: np.ndarray, b: np.ndarray, expected: float) -> float:
    """How many standard errors the sample covariance lies from the expected one."""
    products = (a - a.mean()) * (b - b.mean())
    return float((products.mean() - expected) / (products.std(ddof=1) / np.sqrt(len(products))))


@pytest.mark.parametrize("shared", [0.0, 0.6, 1.0])
def test_moments_of_a_factor_for_the_day_and_one_for_the_interval(shared: float) -> None:
    """§76 Var N = μ + μ²((1+c²)(1+v²) − 1); intervals of a day: μ₁μ₂c²; lines: μ₁μ₂sc²; days: nothing."""
    c, v = 0.25, 0.4
    counts = draw_counts(RATE, DATES, day_cv=c, interval_cv=v, shared_share=shared, seed=11, paths=PATHS).astype(float)
    variance = RATE + RATE**2 * ((1 + c**2) * (1 + v**2) - 1)
    assert np.abs((counts.mean(axis=0) - RATE) / np.sqrt(variance / PATHS)).max() < 4
    assert count_variance(RATE, c, v) == pytest.approx(variance)
    for line in range(3):
        for interval in range(4):
            drawn = counts[:, line, interval]
            assert abs(covariance_error(drawn, drawn, variance[line, interval])) < 4
        same_day = RATE[line, 0] * RATE[line, 1] * c**2
        assert abs(covariance_error(counts[:, line, 0], counts[:, line, 1], same_day)) < 4
        assert abs(covariance_error(counts[:, line, 1], counts[:, line, 2], 0.0)) < 4
    for one, other in ((0, 1), (1, 2), (0, 2)):
        together = RATE[one, 1] * RATE[other, 1] * shared * c**2
        assert abs(covariance_error(counts[:, one, 1], counts[:, other, 1], together)) < 4
        assert abs(covariance_error(counts[:, one, 1], counts[:, other, 2], 0.0)) < 4


@pytest.mark.parametrize("shared", [0.0, 0.35, 1.0])
def test_a_count_with_one_factor_is_negative_binomial(shared: float) -> None:
    """§76 A gamma mixture of Poisson counts (Greenwood and Yule 1920), however much of the factor is shared."""
    c, mean = 0.5, 9.0
    counts = draw_counts([[mean], [mean]], [0], day_cv=c, shared_share=shared, seed=5, paths=PATHS)[:, :, 0]
    law = stats.nbinom(1 / c**2, 1 / (1 + c**2 * mean))
    for drawn in counts.T:
        edges = np.arange(1, 25)
        seen = np.bincount(np.digitize(drawn, edges), minlength=25)
        expected = np.diff(np.concatenate([[0], law.cdf(edges - 1), [1]])) * PATHS
        assert stats.chisquare(seen, expected).pvalue > 1e-4
    assert (counts[:, 0] != counts[:, 1]).any(), "the chance of single calls stays each line's own"


def test_without_factors_the_counts_are_poisson_and_independent() -> None:
    counts = draw_counts(RATE, DATES, seed=3, paths=PATHS)
    for cell in np.ndindex(3, 4):
        drawn, mean = counts[:, cell[0], cell[1]], RATE[cell]
        assert stats.chisquare(*binned(drawn, mean)).pvalue > 1e-5
    off = np.corrcoef(counts.reshape(PATHS, 12).T) - np.eye(12)
    assert np.abs(off).max() < 4.5 / np.sqrt(PATHS)


def binned(drawn: np.ndarray, mean: float) -> tuple[np.ndarray, np.ndarray]:
    edges = np.unique(np.maximum(stats.poisson(mean).ppf(np.linspace(0.02, 0.98, 20)), 1))
    seen = np.bincount(np.digitize(drawn, edges), minlength=len(edges) + 1)
    return seen, np.diff(np.concatenate([[0], stats.poisson(mean).cdf(edges - 1), [1]])) * len(drawn)


def test_lines_that_vary_unlike_share_what_they_can() -> None:
    """The common part of both lines comes from one uniform number: the correlation is positive and not above 1."""
    counts = draw_counts([[4000.0], [4000.0]], [0], day_cv=[0.1, 0.5], shared_share=1.0, seed=2, paths=4_000)
    first, second = counts[:, :, 0].T
    assert np.std(first) / 4000 == pytest.approx(0.1, rel=0.1)
    assert np.std(second) / 4000 == pytest.approx(0.5, rel=0.1)
    assert np.corrcoef(first, second)[0, 1] > 0.9


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0, 300), min_size=4, max_size=4),
    st.lists(st.floats(0, 200), min_size=4, max_size=4),
    st.floats(0, 3),
    st.floats(0, 3),
    st.floats(0, 1),
    st.integers(0, 2**64 - 1),
)
def test_higher_rates_never_bring_fewer_calls(
    rate: list[float], more: list[float], day_cv: float, interval_cv: float, shared: float, seed: int
) -> None:
    """§76 With the same keys a call that came at the lower rate comes at the higher one, too."""
    how = {"day_cv": day_cv, "interval_cv": interval_cv, "shared_share": shared, "seed": seed, "paths": 5}
    low = draw_counts([rate], DATES, **how)
    high = draw_counts([np.add(rate, more)], DATES, **how)
    assert (high >= low).all()
    assert (low[:, 0, np.array(rate) == 0] == 0).all()


def test_another_line_or_path_changes_no_count() -> None:
    """§6 Each count has a key of its own."""
    how = {"day_cv": 0.3, "interval_cv": 0.2, "shared_share": 0.5, "seed": 9}
    whole = draw_counts(RATE, DATES, paths=50, **how)
    assert np.array_equal(draw_counts(RATE[:2], DATES, paths=20, **how), whole[:20, :2])
    assert np.array_equal(draw_counts(RATE[:, :3], DATES[:3], paths=50, **how), whole[:, :, :3])
    assert np.array_equal(draw_counts(np.broadcast_to(RATE, (50, 3, 4)), DATES, paths=50, **how), whole)
    assert not np.array_equal(draw_counts(RATE, DATES, paths=50, **(how | {"seed": 10})), whole)


def test_the_key_of_a_count_is_path_line_and_interval() -> None:
    """§6 Poisson by inversion of the named uniform number, looked up in scipy's distribution."""
    counts = draw_counts(RATE, DATES, seed=77, paths=4)
    for path, line, interval in np.ndindex(counts.shape):
        u = uniform(77, path, Purpose.COUNT, line << 44 | interval << 20, 1)
        assert counts[path, line, interval] == stats.poisson(RATE[line, interval]).ppf(u)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rate": [[1.0, -1.0]]}, "at least 0"),
        ({"rate": [[1.0, np.nan]]}, "at least 0"),
        ({"day_cv": -0.1}, "-0.1"),
        ({"interval_cv": np.nan}, "nan"),
        ({"shared_share": 1.1}, "1.1"),
        ({"paths": 0}, "found 0"),
    ],
)
def test_bad_numbers_get_one_sentence(change: dict[str, object], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WFM_LANG", "en")
    asked = {"rate": [[1.0, 2.0]], "interval_date": [0, 0], "seed": 1, "paths": 2} | change
    with pytest.raises(BadInput, match=said):
        draw_counts(**asked)  # type: ignore[arg-type]


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="rate"):
        draw_counts([1.0, 2.0], [0, 0], seed=1, paths=2)
    with pytest.raises(ValueError, match="rate"):
        draw_counts(np.ones((3, 1, 2)), [0, 0], seed=1, paths=2)
