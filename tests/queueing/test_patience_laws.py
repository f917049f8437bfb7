"""Laws of patience against SciPy's distributions, quadrature, and the product-limit estimate in its textbook example."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats

from wfm.errors import BadInput
from wfm.queueing import (
    PatienceLaw,
    empirical_patience,
    exponential_patience,
    hyperexponential_patience,
    lognormal_patience,
    mixed_patience,
    patience_from_waits,
    weibull_patience,
)

TIMES = np.array([0.0, 1e-6, 0.01, 1.0, 7.0, 30.0, 90.0, 400.0, 3000.0])


def lognormal(mean: float, cv: float) -> stats.rv_continuous:
    variance = np.log1p(cv**2)
    return stats.lognorm(np.sqrt(variance), scale=mean * np.exp(-variance / 2))


def weibull(mean: float, shape: float) -> stats.rv_continuous:
    return stats.weibull_min(shape, scale=mean / special.gamma(1 + 1 / shape))


PAIRS = [
    (exponential_patience(90), stats.expon(scale=90)),
    (weibull_patience(90, 0.6), weibull(90, 0.6)),
    (weibull_patience(90, 1.0), stats.expon(scale=90)),
    (weibull_patience(90, 3.0), weibull(90, 3.0)),
    (lognormal_patience(90, 0.3), lognormal(90, 0.3)),
    (lognormal_patience(90, 2.0), lognormal(90, 2.0)),
]


@pytest.mark.parametrize(("law", "true"), PAIRS)
def test_named_laws_are_the_distributions_of_that_name(law: PatienceLaw, true: stats.rv_continuous) -> None:
    curve = law.curve(TIMES)
    assert np.allclose(curve.survival, true.sf(TIMES), rtol=1e-12, atol=1e-300)
    assert np.allclose(curve.given_up, true.cdf(TIMES), rtol=1e-12, atol=1e-300)
    assert law.mean_s == pytest.approx(true.mean(), rel=1e-12)
    for t in (7.0, 90.0, 400.0):
        waited = integrate.quad(true.sf, 0, t, epsabs=0, epsrel=1e-12)[0]
        lost = integrate.quad(true.cdf, 0, t, epsabs=0, epsrel=1e-12)[0]
        at = law.curve(np.array([t]))
        assert at.survived_s[0] == pytest.approx(waited, rel=1e-11)
        assert at.lost_s[0] == pytest.approx(lost, rel=1e-9)
    assert law.integrated_survival(np.array([1e9]))[0] == pytest.approx(true.mean(), rel=1e-9)


def test_the_hazard_at_zero_is_the_slope_of_survival_there() -> None:
    step = np.array([1e-9])
    for law in (exponential_patience(90), weibull_patience(90, 1.0), hyperexponential_patience([10, 300], [0.2, 0.8])):
        assert law.hazard_at_zero == pytest.approx(law.curve(step).given_up[0] / step[0], rel=1e-6)
    assert weibull_patience(90, 0.9).hazard_at_zero == np.inf
    assert weibull_patience(90, 1.1).hazard_at_zero == 0
    assert lognormal_patience(90, 1).hazard_at_zero == 0
    assert empirical_patience([0, 5]).hazard_at_zero == np.inf
    assert empirical_patience([4, 5]).hazard_at_zero == 0


def test_a_mixture_is_the_mean_of_its_laws() -> None:
    first, second = stats.expon(scale=30), lognormal(200, 0.8)
    weights = np.array([[3.0, 1.0], [0.0, 5.0]])
    law = mixed_patience([exponential_patience(30), lognormal_patience(200, 0.8)], weights)
    t = np.array([40.0, 40.0])
    assert np.allclose(law.survival(t), [0.75 * first.sf(40) + 0.25 * second.sf(40), second.sf(40)], rtol=1e-13)
    assert np.allclose(law.mean_s, [0.75 * 30 + 0.25 * 200, 200])
    assert law.cells == 2
    nodes = law.survival(np.array([[1.0, 40.0], [1.0, 40.0]]))
    assert np.allclose(nodes[:, 1], law.survival(t))
    only_second = law.at(np.array([1, 1, 0]))
    assert np.allclose(only_second.survival(np.full(3, 40.0)), law.survival(t)[[1, 1, 0]])


def test_callers_who_never_give_up_may_be_mixed_in() -> None:
    law = mixed_patience([exponential_patience(60), exponential_patience(np.inf)], [0.75, 0.25])
    assert law.never_share == 0.25
    assert law.mean_s == np.inf
    assert law.survival(np.array([1e9]))[0] == 0.25
    assert law.integrated_survival(np.array([1e9]))[0] == pytest.approx(0.25e9 + 45)
    nobody = mixed_patience([exponential_patience(60), exponential_patience(np.inf)], [1.0, 0.0])
    assert nobody.mean_s == 60
    assert nobody.never_share == 0


def test_laws_are_the_same_for_all_cells_or_have_parameters_per_cell() -> None:
    cells = np.array([2, 0])
    for law in (exponential_patience(9), lognormal_patience(9, 1), weibull_patience(9, 2), empirical_patience([1, 2])):
        assert law.cells is None
        assert law.at(cells) is law
    law = lognormal_patience([10.0, 20.0, 30.0], 1.0)
    assert law.cells == 3
    assert np.allclose(law.at(cells).mean_s, [30, 10])
    assert weibull_patience(10, [1.0, 2.0]).cells == 2
    assert mixed_patience([law, exponential_patience(5)], [1, 1]).cells == 3


def test_empirical_patience_steps_at_its_times() -> None:
    law = empirical_patience([30, 10, 10, 60], [1, 1, 1, 2])
    t = np.array([0.0, 9.999, 10.0, 29.0, 30.0, 60.0, 100.0])
    curve = law.curve(t)
    assert np.allclose(curve.survival, [1, 1, 0.6, 0.6, 0.4, 0, 0], atol=1e-15)
    assert np.allclose(curve.given_up, 1 - curve.survival, atol=1e-15)
    assert np.allclose(curve.survived_s, [0, 9.999, 10, 21.4, 22, 34, 34])
    assert np.allclose(curve.lost_s, t - curve.survived_s)
    assert law.mean_s == pytest.approx(34)
    assert law.breaks_s.tolist() == [10, 30, 60]


def test_the_product_limit_estimate_in_its_textbook_example() -> None:
    # Remission under 6-MP (E. J. Freireich et al. 1963; survival as in D. G. Kleinbaum and M. Klein, table 2.1 ff.).
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    law = patience_from_waits(ended + censored, [True] * len(ended) + [False] * len(censored))
    t = np.array([5.9, 6, 7, 10, 13, 16, 22, 23, 35])
    published = [1, 0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482, 0.4482]
    assert np.allclose(law.survival(t), published, atol=6e-5)
    # Beyond the last record: the exponential through that point.
    rest = law.survival(np.array([35.0]))[0]
    assert law.survival(np.array([70.0]))[0] == pytest.approx(rest**2, rel=1e-12)
    numeric = integrate.quad(lambda u: law.survival(np.array([u]))[0], 0, 80, points=[*t[1:], 35], limit=200)[0]
    assert law.integrated_survival(np.array([80.0]))[0] == pytest.approx(numeric, rel=1e-9)
    curve = law.curve(np.array([20.0, 80.0]))
    assert np.allclose(curve.survived_s + curve.lost_s, [20, 80])
    assert np.allclose(curve.survival + curve.given_up, 1)


def test_without_censoring_the_estimate_is_the_sample() -> None:
    times = [3.0, 8.0, 8.0, 20.0]
    law, sample = patience_from_waits(times, [True] * 4), empirical_patience(times)
    t = np.array([1.0, 3.0, 8.0, 19.0, 20.0, 50.0])
    assert np.allclose(law.survival(t), sample.survival(t), atol=1e-15)
    assert law.mean_s == pytest.approx(sample.mean_s)


def test_the_estimate_finds_the_law_behind_waits_cut_short_by_answers() -> None:
    rng = np.random.default_rng(20261003)
    patience, offered = 120 * rng.weibull(1.5, 40_000), rng.exponential(80, 40_000)
    law = patience_from_waits(np.minimum(patience, offered), patience < offered)
    t = np.array([20.0, 60.0, 120.0, 200.0])
    # Greenwood's standard error stays below 0.006 there; 5 of them.
    assert np.allclose(law.survival(t), np.exp(-((t / 120) ** 1.5)), atol=0.03)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0, 1e4), min_size=1, max_size=12),
    st.floats(1, 1e4),
    st.floats(0.2, 5),
    st.floats(0.02, 5),
    st.lists(st.floats(0.01, 1), min_size=3, max_size=3),
)
def test_shares_and_times_add_up_and_only_fall(
    steps: list[float], mean: float, shape: float, cv: float, weights: list[float]
) -> None:
    laws = [empirical_patience(steps), weibull_patience(mean, shape), lognormal_patience(mean, cv)]
    t = np.concatenate([[0.0], np.geomspace(1e-6, 1e6, 200)])
    for law in (*laws, mixed_patience(laws, weights)):
        curve = law.curve(t)
        assert np.allclose(curve.survival + curve.given_up, 1, rtol=0, atol=1e-13)
        assert np.allclose(curve.survived_s + curve.lost_s, t, rtol=1e-12)
        assert (np.diff(curve.survival) <= 1e-15).all()
        assert (np.diff(curve.survived_s) >= -1e-9 * t[1:]).all()
        assert curve.survived_s[-1] <= law.mean_s * (1 + 1e-9)


@pytest.mark.parametrize(
    "make",
    [
        lambda: exponential_patience(0),
        lambda: exponential_patience(np.nan),
        lambda: exponential_patience(np.ones((2, 2))),
        lambda: weibull_patience(np.inf, 1),
        lambda: weibull_patience(90, 0),
        lambda: weibull_patience([1, 2], [1, 2, 3]),
        lambda: lognormal_patience(-1, 1),
        lambda: lognormal_patience(90, 0),
        lambda: hyperexponential_patience([10, 20], [1, -1]),
        lambda: hyperexponential_patience([10, 20], [0, 0]),
        lambda: hyperexponential_patience([10, 20], [1, 1, 1]),
        lambda: hyperexponential_patience([[10, 20]], [1, 1]),
        lambda: mixed_patience([], []),
        lambda: mixed_patience([exponential_patience([1.0, 2.0])], [[1.0]] * 3),
        lambda: empirical_patience([]),
        lambda: empirical_patience([-1]),
        lambda: empirical_patience([1, np.inf]),
        lambda: empirical_patience([1, 2], [1]),
        lambda: empirical_patience([1, 2], [0, 0]),
        lambda: patience_from_waits([], []),
        lambda: patience_from_waits([1, 2], [True]),
        lambda: patience_from_waits([1, -2], [True, True]),
        lambda: patience_from_waits([1, 2], [False, False]),
        lambda: patience_from_waits([0, 2], [True, False]),
    ],
)
def test_numbers_that_describe_no_law_are_refused(make) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadInput) as refused:
        make()
    assert "\n" not in str(refused.value)
