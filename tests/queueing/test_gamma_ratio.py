"""The expansion of the incomplete gamma function beside sums of positive terms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from wfm.queueing.gamma_ratio import in_reach, log_lower_ratio, log_upper_ratio
from wfm.queueing.gamma_slope import has_slope, mean_log_below


def cells(count: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    x = 10 ** rng.uniform(1, 3.5, count)
    y = x * rng.uniform(0.38, 2.19, count)
    return x, y


def test_upper_tail_is_the_sum_of_poisson_terms() -> None:
    # Q(n, a) over the height a^n e^(−a)/n! is Σ_{k<n} n!/(k!·a^(n−k)).
    x, y = cells(200)
    n = np.floor(x)
    y *= n / x
    assert in_reach(n, y).all()
    found = log_upper_ratio(n, y)
    for place in range(n.size):
        terms = np.log(np.arange(n[place], 0, -1)) - np.log(y[place])
        exact = np.logaddexp.reduce(np.cumsum(terms.astype(np.longdouble)))
        assert found[place] == pytest.approx(float(exact), rel=1e-13, abs=2e-12)


def test_lower_tail_is_its_power_series() -> None:
    # P(x, y) over the height is Σ_{k≥0} y^k/((x+1)…(x+k)).
    x, y = cells(200)
    assert in_reach(x, y).all()
    found = log_lower_ratio(x, y)
    for place in range(x.size):
        k = np.arange(1, int(4 * y[place] + 400))
        terms = np.cumsum((np.log(y[place]) - np.log(x[place] + k)).astype(np.longdouble))
        exact = np.logaddexp.reduce(np.concatenate([[0.0], terms]))
        assert found[place] == pytest.approx(float(exact), rel=1e-13, abs=2e-12)


def test_mean_log_below_is_the_integral_of_its_density() -> None:
    x, y = cells(400)
    some = has_slope(x, y)
    x, y = x[some], y[some]
    assert x.size > 40
    found = mean_log_below(x, y)
    for place in range(x.size):
        q, top = x[place], y[place]
        peak = max(np.log(top / q), 0.0)

        def density(h: float, q: float = q, top: float = top, peak: float = peak) -> float:
            return float(np.exp(-top * (np.exp(-h) - np.exp(-peak)) - q * (h - peak)))

        ends = (0.0, peak + 60 / np.sqrt(q))
        bends = {"points": [peak], "epsabs": 0, "epsrel": 1e-11, "limit": 400}
        whole = quad(density, *ends, **bends)[0]
        first = quad(lambda h: h * density(h), *ends, **bends)[0]
        assert found[place] == pytest.approx(first / whole, rel=1e-9)
