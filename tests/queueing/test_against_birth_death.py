"""The formulas against independently solved equations, over many sizes."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from wfm.queueing import delay, erlang_b, erlang_c, performance, wait_exceeds, wait_quantile

REL = 1e-9
"""Relative error allowed for values of 1e-12 and more."""


def near(value: float, true: float, rel: float = REL) -> bool:
    return abs(value - true) <= rel * abs(true) if abs(true) >= 1e-12 else abs(value) < 2e-12


def blocking(load: Fraction, seats: int) -> Fraction:
    inverse = Fraction(1)
    for n in range(1, seats + 1):
        inverse = 1 + inverse * n / load
    return 1 / inverse


@pytest.mark.parametrize("load", [Fraction(1, 1000), Fraction(1, 3), Fraction(7), Fraction(2000), Fraction(10000)])
@pytest.mark.parametrize("seats", [0, 1, 2, 10, 60])
def test_erlang_b_and_c_are_the_exact_fractions(load: Fraction, seats: int) -> None:
    exact = blocking(load, seats)
    assert near(float(erlang_b(float(load), seats)), float(exact))
    if load < seats:
        waiting = exact * seats / (seats - load * (1 - exact))
        assert near(float(erlang_c(float(load), seats)), float(waiting))
    else:
        assert np.isnan(erlang_c(float(load), seats))


def test_erlang_b_at_ten_thousand_seats() -> None:
    loads = np.array([9000.0, 9900.0, 10000.0, 10100.0, 12000.0])
    inverse = np.ones_like(loads)
    for n in range(1, 10_001):
        inverse = 1 + inverse * n / loads
    assert np.allclose(erlang_b(loads, 10_000), 1 / inverse, rtol=1e-10, atol=0)


def test_continuous_erlang_b_keeps_its_recursion() -> None:
    # 1/B(x, a) = 1 + (x/a)/B(x − 1, a) for every real x (Jagerman 1974).
    seats, load = np.meshgrid(np.array([1.5, 3.7, 12.25, 99.9]), np.array([0.2, 4.0, 20.0, 150.0]))
    left = 1 / erlang_b(load, seats)
    assert np.allclose(left, 1 + seats / load / erlang_b(load, seats - 1), rtol=1e-11)


def cases(count: int) -> list[tuple[float, float, int, float]]:
    """(load, aht_s, seats, patience_s) over the whole range, from deep idleness to deep overload."""
    rng = np.random.default_rng(20260914)
    found: list[tuple[float, float, int, float]] = []
    while len(found) < count:
        load = 10 ** rng.uniform(-3, 4)
        aht, patience = 10 ** rng.uniform(0.5, 3.5), 10 ** rng.uniform(0, 4.93)
        spread = rng.normal() * rng.choice([1.0, 3.0, 8.0])
        seats = max(int(rng.choice([0, 1, 2])), round(load + spread * np.sqrt(load)))
        if max(load, seats) * patience / aht < 4e6 and (load - seats) * patience / aht < 1e6:
            found.append((load, aht, seats, patience))
    return found


@pytest.mark.parametrize(("load", "aht", "seats", "patience"), cases(150))
def test_erlang_a_over_the_whole_range(birth_death, load: float, aht: float, seats: int, patience: float) -> None:  # type: ignore[no-untyped-def]
    true = birth_death(load / aht, aht, seats, patience, 0.0)
    found = performance(load / aht, aht, seats, 20, patience)
    assert near(float(found.wait_probability), true.wait)
    assert near(float(found.abandon_share), true.abandon)
    assert near(float(found.mean_wait_s), true.mean_wait_s)
    if seats:
        assert near(float(found.asa_s), true.asa_s)
        assert near(float(found.occupancy), true.occupancy)


@pytest.mark.parametrize("t", [1.0, 20.0, 120.0])
@pytest.mark.parametrize(
    ("load", "aht", "seats", "patience"),
    [
        (0.05, 180, 1, 60),
        (0.5, 180, 2, 300),
        (10, 180, 14, 300),
        (10, 180, 10, 300),
        (10, 180, 6, 120),
        (10, 600, 13, 5),
        (4, 30, 5, 3600),
        (120, 360, 117, 120),
        (60, 240, 62, 20000),
        (200, 300, 150, 60),
        (40, 60, 50, 30000),
        (39.5, 489, 28, 5750),
        (17, 22.5, 1, 32.6),
        (2.7, 79, 1, 1390),
    ],
)
def test_waiting_time_distribution(birth_death, load: float, aht: float, seats: int, patience: float, t: float) -> None:  # type: ignore[no-untyped-def]
    true = birth_death(load / aht, aht, seats, patience, t)
    found = performance(load / aht, aht, seats, t, patience)
    assert near(float(found.service_level), true.answered_within)
    assert near(float(wait_exceeds(load / aht, aht, seats, t, patience)), true.waits_over)


def timed_cases(count: int) -> list[tuple[float, float, int, float, float]]:
    """(load, aht_s, seats, patience_s, t_s) with times from nanoseconds to several waits, where steps can be counted."""
    rng = np.random.default_rng(20261121)
    found: list[tuple[float, float, int, float, float]] = []
    for load, aht, seats, patience in cases(2000):
        t = 10 ** rng.uniform(-9, 1) * min(patience, aht / np.sqrt(max(load, 1)))
        longest = max(0.0, load * patience / aht - seats * patience / aht) + 12 * np.sqrt(load * patience / aht) + 100
        steps = t * (seats / aht + longest / patience)
        if steps < 2500 and longest < 30_000 and max(load, seats) * patience / aht < 4e6:
            found.append((load, aht, seats, patience, t))
    return found[:count]


@pytest.mark.parametrize(("load", "aht", "seats", "patience", "t"), timed_cases(120))
def test_endings_by_a_time_over_the_whole_range(  # type: ignore[no-untyped-def]
    birth_death, load: float, aht: float, seats: int, patience: float, t: float
) -> None:
    true = birth_death(load / aht, aht, seats, patience, t)
    at = np.array([t])
    solved = delay(np.array([load / aht]), np.array([aht]), np.array([float(seats)]), np.array([patience]))
    assert near(solved.answered_within(at)[0], true.answered_within)
    assert near(solved.abandoned_within(at)[0], true.abandoned_within)
    assert near(solved.waits_over(at)[0][0], true.waits_over)
    # The quantile of what the chain leaves waiting is that time again, where its tail is not flat to the last digit.
    if 1e-6 < true.waits_over < 0.9 * true.wait:
        assert near(wait_quantile(load / aht, aht, seats, 1 - true.waits_over, patience), t)
