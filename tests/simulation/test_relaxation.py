"""Relaxation times against closed forms, full generators, and the transient equations."""

from __future__ import annotations

from math import inf, sqrt

import numpy as np
import pytest
from scipy import linalg

from simulation.draws import constant, exponential, hyperexponential, lognormal, weibull
from simulation.relaxation import quantiles, relaxation_s, warm_up_s

NEVER = constant(inf)


def generator(rate: float, aht: float, seats: int, patience: float, states: int) -> np.ndarray:
    """M/M/n+M cut at ``states``."""
    rates = np.zeros((states, states))
    for n in range(states - 1):
        rates[n, n + 1] = rate
        rates[n + 1, n] = min(n + 1, seats) / aht + max(0, n + 1 - seats) / patience
    return rates - np.diag(rates.sum(axis=1))


def slowest(rates: np.ndarray) -> float:
    return -1 / np.sort(np.linalg.eigvals(rates).real)[-2]


@pytest.mark.parametrize("load", [0.5, 5.0, 40.0])
@pytest.mark.parametrize("seats", [1, 30, 200])
def test_patience_as_long_as_calls_makes_a_queue_without_waiting_of_it(load: float, seats: int) -> None:
    """M/M/∞ relaxes at the rate of one server, whatever its load (Keilson 1979); so does M/M/n+M with θ = μ."""
    assert relaxation_s(load / 180, 180.0, seats, exponential(180.0), inf) == pytest.approx(180.0, rel=0.01)


@pytest.mark.parametrize("load", [0.5, 0.8, 0.9, 0.95])
def test_single_server(load: float) -> None:
    """M/M/1 (Morse 1955): τ = 1/(√μ − √λ)²."""
    expected = 60.0 / (1 - sqrt(load)) ** 2
    assert relaxation_s(load / 60, 60.0, 1, NEVER, inf) == pytest.approx(expected, rel=0.2)
    assert relaxation_s(load / 60, 60.0, 1, NEVER, inf) <= expected * 1.0001


@pytest.mark.parametrize(("load", "seats", "patience"), [(10.0, 14, 300.0), (50.0, 45, 120.0), (3.0, 4, 900.0)])
def test_the_gap_of_the_full_generator(load: float, seats: int, patience: float) -> None:
    expected = slowest(generator(load / 180, 180.0, seats, patience, 200))
    assert relaxation_s(load / 180, 180.0, seats, exponential(patience), inf) == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("circuits", [3, 5, 9])
def test_circuits_end_the_states(circuits: int) -> None:
    expected = slowest(generator(4 / 60, 60.0, 5, 100.0, circuits + 1))
    assert relaxation_s(4 / 60, 60.0, 5, exponential(100.0), circuits) == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize(("load", "seats", "patience"), [(10.0, 14, inf), (50.0, 52, 300.0), (57.0, 60, inf)])
def test_after_the_warm_up_hardly_anything_is_missing(load: float, seats: int, patience: float) -> None:
    """§77 From empty, by the transient birth–death equations: the share who wait is within 1 % of the steady one."""
    rates = generator(load / 180, 180.0, seats, patience, 260)
    law = NEVER if patience == inf else exponential(patience)
    time = warm_up_s(relaxation_s(load / 180, 180.0, seats, law, inf), load)
    found = linalg.expm(rates * time)[0]
    steady = linalg.expm(rates * (time * 8))[0]
    assert found[seats:].sum() == pytest.approx(steady[seats:].sum(), rel=0.01)
    half = linalg.expm(rates * (time / 5))[0]
    assert half[seats:].sum() < 0.99 * steady[seats:].sum(), "a fifth of it would not do"


def test_quantiles_of_a_law() -> None:
    middle = quantiles(exponential(100.0))
    assert (np.diff(middle) >= 0).all()
    assert middle.mean() == pytest.approx(100, rel=0.01)
    assert np.median(quantiles(hyperexponential(0.5, 1.0, 1e6))) > 1.0
    assert np.isinf(quantiles(NEVER)).all()


@pytest.mark.parametrize("law", [weibull(120, 0.5), lognormal(120, 1.5), constant(60), constant(0.0)])
def test_any_patience_has_a_relaxation_time(law: tuple[int, float, float, float]) -> None:
    found = [relaxation_s(load / 180, 180.0, 50, law, inf) for load in (30.0, 50.0, 80.0)]
    assert all(20 < tau < 2000 for tau in found)
