"""Cost against compliance: intervals as tabulated, fronts as drawn by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.trade_off import pareto_front, wilson


@pytest.mark.parametrize(
    ("kept", "of", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17, table I, method 3: Wilson score without continuity correction.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_intervals_of_shares_are_those_of_the_literature(kept: int, of: int, low: float, high: float) -> None:
    found = wilson(kept, of)
    assert found.p == pytest.approx(kept / of)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_the_front_is_what_nobody_beats_in_both() -> None:
    points = [(100, 0.5), (120, 0.9), (130, 0.9), (90, 0.2), (140, 0.85), (100, 0.5)]
    assert pareto_front(points) == [True, True, False, True, False, True]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=20))
def test_every_plan_off_the_front_is_beaten_by_one_on_it(points: list[tuple[int, int]]) -> None:
    front = pareto_front(points)
    best = [p for p, on in zip(points, front, strict=True) if on]
    assert best
    for (cost, surely), on in zip(points, front, strict=True):
        beaten = any(c <= cost and s >= surely and (c, s) != (cost, surely) for c, s in best)
        assert on != beaten
