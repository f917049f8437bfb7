"""Patience by quantiles against SciPy's uniform and piecewise distributions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from wfm.errors import BadInput
from wfm.queueing import performance, tabled_patience

TIMES = np.array([0.0, 1e-6, 3.0, 10.0, 30.0, 59.999, 60.0, 200.0, 3000.0])


def test_two_quantiles_are_a_uniform_law() -> None:
    law, true = tabled_patience([0, 1], [20, 60]), stats.uniform(20, 40)
    curve = law.curve(TIMES)
    assert np.allclose(curve.survival, true.sf(TIMES), atol=1e-15)
    assert np.allclose(curve.given_up, true.cdf(TIMES), atol=1e-15)
    assert law.mean_s == pytest.approx(40)
    assert law.never_share == 0
    for t in (10.0, 30.0, 60.0, 200.0):
        at = law.curve(np.array([t]))
        assert at.survived_s[0] == pytest.approx(integrate.quad(true.sf, 0, t, points=[20, 60])[0], rel=1e-9)
        assert at.lost_s[0] == pytest.approx(t - at.survived_s[0], abs=1e-9)
    assert law.hazard_at_zero == 0
    assert tabled_patience([0, 0.5, 1], [0, 10, 30]).hazard_at_zero == pytest.approx(0.05)


def test_equal_times_give_up_together_and_the_rest_never() -> None:
    """30 % evenly within 30 s, 20 % at 60 s, half never."""
    law = tabled_patience([0, 0.3, 0.300001, 0.5], [0, 30, 60, 60])
    assert law.survival(np.array([15.0, 59.999, 60.0, 1e9])) == pytest.approx([0.85, 0.7, 0.5, 0.5], abs=2e-6)
    assert law.never_share == pytest.approx(0.5)
    assert np.isinf(law.mean_s)
    assert np.isinf(tabled_patience([0, 0.4, 1], [0, 0, 9]).hazard_at_zero)
    # ∫₀⁶⁰ survival = ∫₀³⁰ (1 − t/100) dt + 30 · 0.7
    assert law.integrated_survival(np.array([60.0]))[0] == pytest.approx(30 - 4.5 + 21, rel=1e-6)


def test_a_fine_table_of_the_exponential_law_is_erlang_a() -> None:
    share = np.append(np.linspace(0, 0.999, 2000), 0.9999999)
    law = tabled_patience(share, -90 * np.log1p(-share))
    near, exact = performance(0.06, 100, 5, 20, law), performance(0.06, 100, 5, 20, 90.0)
    assert near.abandon_share == pytest.approx(exact.abandon_share, rel=1e-4)
    assert near.service_level == pytest.approx(exact.service_level, rel=1e-4)


@pytest.mark.parametrize(
    ("share", "times", "said"),
    [
        ([0, 1], [0], "as many shares as times"),
        ([0], [0], "at least two"),
        ([0.1, 1], [0, 5], "rising from 0"),
        ([0, 0.5, 0.5], [0, 5, 6], "rising from 0"),
        ([0, 1.1], [0, 5], "at most 1"),
        ([0, 0.5, 1], [0, 7, 5], "not falling"),
        ([0, 1], [0, np.nan], "finite"),
    ],
)
def test_wrong_tables_are_refused(share: list[float], times: list[float], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        tabled_patience(share, times)
