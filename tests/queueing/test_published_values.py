"""Figures that others published or printed, to the digits they gave."""

from __future__ import annotations

from math import exp, factorial

import numpy as np
import pytest
from scipy.linalg import expm

from wfm.queueing import erlang_c, performance, wait_quantile

SIX = 1e-6
HALF_HOUR_OF_100 = 100 / 1800


def test_pyworkforce_erlang_c_documentation() -> None:
    # pyworkforce docs erlangc.md; R package ErlangC README: 100 calls / 30 min, AHT 3 min, 14 seats, 20 s.
    found = performance(HALF_HOUR_OF_100, 180, 14, 20)
    assert found.wait_probability == pytest.approx(0.1741319336, abs=5e-11)
    assert found.service_level == pytest.approx(0.8883500192, abs=5e-11)
    assert found.asa_s == pytest.approx(7.83594, abs=5e-6)


def test_pyworkforce_abandonment_tests() -> None:
    # pyworkforce test_abandonment.py: the same with mean patience 5 min; its "speed of answer" is the mean wait of all.
    found = performance(HALF_HOUR_OF_100, 180, 14, 20, 300)
    assert found.wait_probability == pytest.approx(0.1452601, abs=5e-8)
    assert found.abandon_share == pytest.approx(0.0139837, abs=5e-8)
    assert found.mean_wait_s / 60 == pytest.approx(0.0699187, abs=5e-8)
    assert found.occupancy == pytest.approx(0.7042973, abs=5e-8)
    assert found.service_level == pytest.approx(0.9167921, abs=5e-8)


def test_pyworkforce_erlang_a_documentation() -> None:
    # pyworkforce erlanga.md: 13 seats.
    found = performance(HALF_HOUR_OF_100, 180, 13, 20, 300)
    assert found.service_level == pytest.approx(0.8581777, abs=5e-8)
    assert found.abandon_share == pytest.approx(0.0249633, abs=5e-8)
    assert found.wait_probability == pytest.approx(0.2257971, abs=5e-8)
    assert found.mean_wait_s / 60 == pytest.approx(0.1248165, abs=5e-8)


def test_garnett_mandelbaum_reiman_without_abandonment() -> None:
    # Garnett, Mandelbaum, Reiman (2002), M/M/n row: λ 48/min, μ 1/min, n 50.
    rate = 48 / 60
    found = performance(rate, 60, 50, 20)
    assert found.mean_wait_s == pytest.approx(20.83, abs=5e-3)
    assert wait_quantile(rate, 60, 50, 0.9) == pytest.approx(58.14, abs=5e-3)
    assert found.mean_wait_s * rate == pytest.approx(16.67, abs=5e-3)


def test_garnett_mandelbaum_reiman_with_abandonment() -> None:
    # The same with θ = 0.5/min.
    found = performance(48 / 60, 60, 50, 20, 120)
    assert found.abandon_share == pytest.approx(0.030912, abs=5e-7)
    assert found.mean_wait_s == pytest.approx(3.7095, abs=5e-5)


@pytest.mark.parametrize(
    ("seats", "wait", "asa_s", "level"),
    [(7, 0.3241499, 48.622, 0.716313), (8, 0.1672665, 16.727, 0.863054)],
)
def test_koole_example(seats: int, wait: float, asa_s: float, level: float) -> None:
    # Koole-style example: λ 1/min, AHT 5 min, 20 s.
    found = performance(1 / 60, 300, seats, 20)
    assert found.wait_probability == pytest.approx(wait, abs=5e-8)
    assert found.asa_s == pytest.approx(asa_s, abs=5e-4)
    assert found.service_level == pytest.approx(level, abs=5e-7)
    assert erlang_c(5, seats) == pytest.approx(wait, abs=5e-8)


@pytest.mark.parametrize(
    ("theta", "printed", "low", "high"),
    [(0.0, "in target", 1812.6, 1819.7), (0.0, "asa", 0.097, 0.102), (1.0, "abandoned", 57.66, 59.56)],
)
def test_contactcenters_simulations(theta: float, printed: str, low: float, high: float) -> None:
    """contactcenters MMC.res and MMCAb.res: λ 4.2/min, μ 0.5/min, c 12, 8 h from empty, 20 s; printed intervals.

    The day starts empty, so the transient equations give the printed expectation; the same equations left
    running reach what the stationary formulas say.
    """
    rate, mu, c, within, states = 4.2, 0.5, 12, 1 / 3, 160
    k = np.arange(states)
    death = np.minimum(k, c) * mu + np.maximum(k - c, 0) * theta
    generator = np.diag(np.full(states - 1, rate), 1) + np.diag(death[1:], -1)
    generator -= np.diag(generator.sum(axis=1))
    # Σ of the state's probabilities over the day: ∫ p(s) ds by the block exponential.
    block = np.zeros((2 * states, 2 * states))
    block[:states, :states], block[:states, states:] = generator, np.eye(states)
    time_in_state = expm(block * 480.0)[0, states:]
    queue = np.maximum(k - c + 1, 0)
    value = {
        "in target": np.array([1.0 if q == 0 else _erlang_cdf(q, c * mu, within) for q in queue]) * rate,
        "asa": queue / (c * mu) / 480,
        "abandoned": np.maximum(k - c, 0) * theta,
    }[printed]
    assert low <= time_in_state @ value <= high

    settled = expm(generator * 1000.0)[0] @ value * 480
    found = performance(rate / 60, 60 / mu, c, 20, 60 / theta if theta else np.inf)
    stationary = {
        "in target": found.service_level * rate * 480,
        "asa": found.asa_s / 60,
        "abandoned": found.abandon_share * rate * 480,
    }[printed]
    assert stationary == pytest.approx(settled, rel=1e-8)


def _erlang_cdf(stages: int, rate: float, t: float) -> float:
    return 1 - sum(exp(-rate * t) * (rate * t) ** i / factorial(i) for i in range(stages))


def test_the_known_failures_of_the_closed_form() -> None:
    # Where e^y·y^(−x)·γ(x, y) fails quietly: true value 0.00373 (birth–death equations).
    assert performance(10.0, 1.0, 20, 0, 1000.0).wait_probability == pytest.approx(0.00373, abs=5e-6)
