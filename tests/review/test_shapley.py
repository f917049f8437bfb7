"""Shapley values: the axioms that define them, and the average over all orders in which factors could have changed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfm.errors import BadInput
from wfm.review.shapley import coalitions, shapley_weights, split_gap, split_values

NAMES = ("volume", "pattern", "ivr", "handling", "seats", "patience")
values = st.floats(-1e3, 1e3, allow_nan=False)
sizes = st.integers(1, 5)


@st.composite
def games(draw: Callable[..., object]) -> tuple[tuple[str, ...], dict[frozenset[str], float]]:
    n = draw(sizes)
    factors = NAMES[:n]  # type: ignore[misc]
    return factors, {c: draw(values) for c in coalitions(factors)}  # type: ignore[misc]


def by_orders(game: dict[frozenset[str], float], factors: tuple[str, ...]) -> dict[str, float]:
    """Shapley (1953) as he tells it: the mean over all orders of what a player adds on arrival."""
    shares = dict.fromkeys(factors, 0.0)
    for order in permutations(factors):
        there: frozenset[str] = frozenset()
        for name in order:
            shares[name] += game[there | {name}] - game[there]
            there = there | {name}
    return {name: total / factorial(len(factors)) for name, total in shares.items()}


@given(games())
def test_shares_are_the_average_over_all_orders(game: tuple[tuple[str, ...], dict[frozenset[str], float]]) -> None:
    """§109 A factor's share is its effect averaged over every order in which the factors could have changed."""
    factors, worth = game
    split = split_values(worth, factors)
    expected = by_orders(worth, factors)
    for name in factors:
        assert float(split.shares[name]) == pytest.approx(expected[name], abs=1e-8)


@given(games())
def test_shares_sum_to_the_gap_and_with_luck_to_what_was_observed(
    game: tuple[tuple[str, ...], dict[frozenset[str], float]],
) -> None:
    """§109 Shares sum to the gap between plan and evaluation; with luck they sum to what was observed less the plan."""
    factors, worth = game
    split = split_values(worth, factors)
    total = sum(float(share) for share in split.shares.values())
    assert total == pytest.approx(worth[frozenset(factors)] - worth[frozenset()], abs=1e-8)
    assert total + float(split.luck(17.0)) == pytest.approx(17.0 - worth[frozenset()], abs=1e-8)


@given(games(), st.data())
def test_factors_that_act_alike_have_equal_shares(
    game: tuple[tuple[str, ...], dict[frozenset[str], float]], data: st.DataObject
) -> None:
    factors, worth = game
    if len(factors) < 2:
        return
    one, other = data.draw(st.permutations(factors))[:2]
    swap = {one: other, other: one}
    # Made symmetric in the two: a coalition is worth as much as the one with the two exchanged.
    alike = {c: worth[c] + worth[frozenset(swap.get(name, name) for name in c)] for c in worth}
    shares = split_values(alike, factors).shares
    assert float(shares[one]) == pytest.approx(float(shares[other]), abs=1e-8)


@given(games(), st.data())
def test_a_factor_that_changes_nothing_has_no_share(
    game: tuple[tuple[str, ...], dict[frozenset[str], float]], data: st.DataObject
) -> None:
    factors, worth = game
    idle = data.draw(st.sampled_from(factors))
    shares = split_values({c: worth[c - {idle}] for c in worth}, factors).shares
    assert float(shares[idle]) == 0.0


@given(games(), st.data())
def test_shares_of_a_sum_are_sums_of_shares(
    game: tuple[tuple[str, ...], dict[frozenset[str], float]], data: st.DataObject
) -> None:
    factors, worth = game
    other = {c: data.draw(values) for c in coalitions(factors)}
    scale = data.draw(st.floats(-3, 3))
    mixed = split_values({c: worth[c] + scale * other[c] for c in worth}, factors).shares
    first, second = split_values(worth, factors).shares, split_values(other, factors).shares
    for name in factors:
        assert float(mixed[name]) == pytest.approx(float(first[name]) + scale * float(second[name]), abs=1e-7)


@pytest.mark.parametrize("n", range(1, 7))
def test_weights_of_a_factor_sum_to_one_over_what_it_joins(n: int) -> None:
    weights = shapley_weights(NAMES[:n])
    for name, its in weights.items():
        assert sum(w for c, w in its.items() if name in c) == pytest.approx(1.0)
        assert sum(its.values()) == pytest.approx(0.0, abs=1e-12)


def test_a_product_of_changes_is_shared_evenly() -> None:
    # Load = calls × handling time, both up by half: 1 → 2.25. Either is symmetric to the other.
    split = split_gap(
        lambda x: x["volume"] * x["handling"], {"volume": 1.0, "handling": 1.0}, {"volume": 1.5, "handling": 1.5},
        ["volume", "handling"],
    )  # fmt: skip
    assert float(split.shares["volume"]) == pytest.approx(0.625)
    assert float(split.gap) == pytest.approx(1.25)
    assert float(split.alone("volume")) == pytest.approx(0.5)


def test_several_values_are_split_at_once_and_each_coalition_evaluated_once() -> None:
    asked: list[tuple[float, ...]] = []

    def evaluate(x: dict[str, float]) -> np.ndarray:
        asked.append(tuple(x.values()))
        return np.array([x["volume"] + x["seats"], x["volume"] * x["seats"]])

    split = split_gap(evaluate, {"volume": 2.0, "seats": 3.0}, {"volume": 4.0, "seats": 5.0}, ["volume", "seats"])
    assert len(asked) == len(set(asked)) == 4
    np.testing.assert_allclose(split.shares["volume"], [2.0, 8.0])
    np.testing.assert_allclose(split.shares["seats"], [2.0, 6.0])


@pytest.mark.parametrize(
    ("factors", "words"),
    [([], "1 to 6 factors, found 0"), (list("abcdefg"), "found 7"), (["a", "a"], "twice"), (["x"], "factor x")],
)
def test_what_cannot_be_split_is_one_sentence(factors: list[str], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        split_gap(lambda _x: 0.0, dict.fromkeys("abcdefg", 0), dict.fromkeys("abcdefg", 1), factors)
