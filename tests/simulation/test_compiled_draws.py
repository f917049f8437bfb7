"""Compiled draws are those of Python, bit for bit."""

from math import inf, isinf, nextafter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation import compiled_draws, draws, keyed

WORDS = st.integers(0, 2**64 - 1)
SEATED = draws.quantile_table((0, 0.3, 0.9, 1), (0, 20, 400, 900))
ENDLESS = draws.quantile_table((0, 0.5, 0.8, 1), (0, 60, 500, inf))
TABLES = np.vstack([SEATED, ENDLESS])
EDGES = [2.0**-54, 2.0**-53, 1e-300, 0.075, nextafter(0.075, 0), 0.5, nextafter(0.5, 0), 0.8, 0.925, 1 - 2.0**-53]

seconds = st.floats(0, 1e6)
laws = st.one_of(
    st.builds(draws.constant, st.one_of(seconds, st.just(inf))),
    st.builds(draws.exponential, seconds),
    st.builds(draws.lognormal, seconds, st.floats(0, 5)),
    st.builds(draws.weibull, seconds, st.floats(0.2, 8)),
    st.builds(draws.hyperexponential, st.floats(0.01, 0.99), seconds, seconds),
    st.builds(draws.empirical, st.integers(0, 1)),
)
shares = st.one_of(st.sampled_from(EDGES), st.floats(2.0**-54, 1 - 2.0**-53))


@settings(deadline=None)  # the first call compiles
@given(WORDS)
def test_the_hash_mixes_alike(z: int):
    assert int(compiled_draws.mix(np.uint64(z))) == keyed.mix(z)


@settings(deadline=None)  # the first call compiles
@given(WORDS, WORDS, WORDS)
def test_draws_and_their_streams_are_equal_on_any_key(first: int, second: int, third: int):
    """§78"""
    words = (np.uint64(first), np.uint64(second), np.uint64(third))
    assert int(compiled_draws.stream(*words)) == keyed.stream(first, second, third)
    assert compiled_draws.draw(*words) == keyed.draw(first, second, third)


@settings(deadline=None)  # the first call compiles
@given(laws, st.lists(shares, min_size=1, max_size=20))
def test_durations_are_equal_for_every_law_and_to_the_edges_of_probability(law: draws.Law, numbers: list[float]):
    """§78"""
    table = compiled_draws.law_table(draws.constant(7), law)
    for u in numbers:
        expected = draws.sample(*law, u, TABLES)
        assert compiled_draws.duration(table, 1, u, TABLES) == expected, (law, u)


def test_thousands_of_ordinary_durations_are_equal():
    """§78"""
    base = keyed.stream(5, 6, keyed.Purpose.WRAP_UP)
    several = (draws.exponential(200), draws.lognormal(300, 0.8), draws.weibull(90, 0.6), draws.empirical(1))
    table = compiled_draws.law_table(*several)
    for k, law in enumerate(several):
        for call in range(5000):
            u = keyed.draw(base, call, 1)
            assert compiled_draws.duration(table, k, u, TABLES) == draws.sample(*law, u, TABLES)


def test_the_highest_uniform_number_may_be_one_that_never_ends():
    assert isinf(compiled_draws.duration(compiled_draws.law_table(draws.empirical(1)), 0, 1 - 2.0**-53, TABLES))


def test_this_installation_computes_alike():
    assert compiled_draws.differences() == []


def test_an_installation_that_computes_otherwise_is_noticed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(draws, "log", lambda u: nextafter(float(np.log(u)), 0))
    assert any(found.startswith("exponential(") for found in compiled_draws.differences())
