"""Day-level seats are the fewest of all: against every allocation, and against a programme without reductions."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wfm.queueing import Goal, delay, goal_terms
from wfm.staffing.day_level import DaySeats, day_level_seats

EASY = settings(deadline=None, max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def decide(goals: list[Goal], rate: Any, aht: Any, patience: Any, minimum: Any, opened: int, **more: Any) -> DaySeats:
    rate = np.asarray(rate, dtype=float)
    day = more.pop("day", np.zeros(rate.shape[1], dtype=int))
    blended = more.pop("blended", 0.0)
    return day_level_seats(goals, rate, aht, patience, blended, minimum, opened, 900.0, day, **more)


def level_terms(goals: list[Goal], rate: np.ndarray, aht: float, patience: float, top: int) -> np.ndarray:
    """Calls × (numerator, denominator) of 0 to ``top`` seats; ``(2, J, C, top + 1)``."""
    cells = np.repeat(rate.ravel(), top + 1)
    seats = np.tile(np.arange(top + 1.0), rate.size)
    solved = delay(cells, np.full_like(cells, aht), seats, np.full_like(cells, patience))
    terms = np.array([goal_terms(goal, solved) for goal in goals]).transpose(1, 0, 2) * cells * 900.0
    return np.where(cells > 0, terms, 0.0).reshape(2, len(goals), rate.size, top + 1)


def fewest_of_all(
    goals: list[Goal], rate: np.ndarray, aht: float, patience: float, minimum: int, opened: int, top: int
) -> int | None:
    """Σ seats of the best among all allocations up to ``top`` seats a cell."""
    terms = level_terms(goals, rate, aht, patience, top)
    every = np.array(list(product(range(minimum, top + 1), repeat=rate.size)))
    above, below = terms[:, :, np.arange(rate.size), every].sum(axis=-1)
    values = np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)
    good = (every.reshape(len(every), *rate.shape).sum(axis=1) <= opened).all(axis=1)
    for goal, value in zip(goals, values, strict=True):
        good &= goal.kept_by(value)
    return int(every[good].sum(axis=1).min()) if good.any() else None


GOALS = st.lists(
    st.one_of(
        st.builds(Goal, st.just("asa_s"), st.floats(3, 40), strict=st.booleans()),
        st.builds(Goal, st.just("wait_exceeds"), st.floats(0.02, 0.3), t_s=st.sampled_from([20.0, 37.0])),
        st.builds(Goal, st.just("abandon_share"), st.floats(0.02, 0.3), strict=st.booleans()),
        st.builds(Goal, st.just("service_level"), st.floats(0.5, 0.95), t_s=st.just(15.0)),
        st.builds(Goal, st.just("service_level_of_answered"), st.floats(0.5, 0.95), t_s=st.just(15.0)),
        st.builds(Goal, st.just("mean_wait_s"), st.floats(3, 40)),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda goal: goal.measure,
)


@EASY
@given(
    goals=GOALS,
    load=st.lists(st.sampled_from([0.0, 0.3, 0.9, 1.7, 2.6]), min_size=3, max_size=4).filter(any),
    patience=st.sampled_from([30.0, 120.0]),
    minimum=st.integers(0, 1),
    opened=st.sampled_from([2, 4, 100]),
)
def test_no_allocation_is_cheaper(
    goals: list[Goal], load: list[float], patience: float, minimum: int, opened: int
) -> None:
    top = 6
    rate = np.array([load]) / 240.0
    found = decide(goals, rate, 240.0, patience, minimum, opened)
    best = fewest_of_all(goals, rate, 240.0, patience, minimum, opened, top)
    assert found.proven[0]
    total = int(found.seats.sum())
    if best is None:
        # Places too few, or more seats in a cell than were tried.
        assert not found.kept[0] or found.seats.max() > top
        return
    assert found.kept[0]
    assert total == best or (total < best and found.seats.max() > top)
    assert found.bound_hours[0] == pytest.approx(total / 4)


@EASY
@given(goals=GOALS, opened=st.sampled_from([3, 4, 5, 9]), seed=st.integers(0, 5))
def test_groups_share_the_places(goals: list[Goal], opened: int, seed: int) -> None:
    rate = np.random.default_rng(seed).choice([0.2, 0.8, 1.5], (2, 2)) / 300.0
    found = decide(goals, rate, 300.0, 90.0, 1, opened)
    best = fewest_of_all(goals, rate, 300.0, 90.0, 1, opened, 6)
    assert (found.seats.sum(axis=0) <= opened).all()
    assert found.proven[0]
    if best is None:
        assert not found.kept[0] or found.seats.max() > 6
    else:
        assert found.kept[0]
        assert found.seats.sum() == best or found.seats.max() > 6
