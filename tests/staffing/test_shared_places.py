"""The best split of places for given prices is the best of all splits."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.queueing import Goal
from wfm.staffing.day_level import day_level_seats
from wfm.staffing.day_terms import Cells, day_terms
from wfm.staffing.shared_places import best_split, tight_intervals

GOALS = [Goal("asa_s", 10.0), Goal("abandon_share", 0.2)]


@settings(deadline=None, derandomize=True, max_examples=60)
@given(
    load=st.lists(st.sampled_from([0.5, 2.0, 3.5]), min_size=6, max_size=6),
    room=st.lists(st.integers(0, 6), min_size=2, max_size=2),
    price=st.lists(st.sampled_from([0.0, 3.0, 20.0, 80.0]), min_size=2, max_size=2),
)
def test_no_split_is_cheaper(load: list[float], room: list[int], price: list[float]) -> None:
    calls = np.array(load)
    interval = np.array([0, 1, 0, 1, 0, 1])
    cells = Cells(calls, calls / 300, np.full(6, 300.0), np.full(6, 90.0), interval, np.ones(6, dtype=np.int64))
    most = 1 + np.array(room)[interval]
    day = day_terms(GOALS, cells, most, most, np.array(room), np.zeros(2), np.zeros(2))
    found = best_split(day, np.array(price))

    def cost(level: np.ndarray) -> float:
        return float(level.sum() + np.array(price) @ day.excess_at(level))

    best = min(
        cost(np.array(level))
        for level in product(*(range(min(room[t], 3) + 1) for t in interval))
        if all(sum(n for n, t in zip(level, interval, strict=True) if t == i) <= room[i] for i in (0, 1))
    )
    assert (np.bincount(interval, weights=found.level) <= room).all()
    assert found.bound == pytest.approx(cost(found.level))
    assert found.bound <= best + 1e-9
    if found.level.max() <= 3:
        assert found.bound == pytest.approx(best)
    assert tight_intervals(day).tolist() == [n > 0 for n in room]


def test_groups_that_compete_for_places_are_decided_with_proof() -> None:
    # The mean answer time binds, so that it pays to let one group go where places are few.
    at = np.linspace(0, 1, 24)
    profile = 0.15 + np.exp(-(((at - 0.42) / 0.1) ** 2)) + 0.8 * np.exp(-(((at - 0.65) / 0.09) ** 2))
    aht = np.array([[420.0], [600.0], [500.0]]) + np.zeros((1, 24))
    rate = np.array([[7.0], [2.0], [15.0]]) * profile / aht
    goals = [Goal("asa_s", 2.7), Goal("wait_exceeds", 0.13, t_s=37), Goal("abandon_share", 0.115)]
    day = np.zeros(24, dtype=np.int64)
    opened = int(1.2 * (rate * aht).sum(axis=0).max())
    found = day_level_seats(goals, rate, aht, 110.0, 0.0, 0, opened, 3600.0, day)
    assert found.proven[0]
    assert found.kept[0]
    assert (found.seats.sum(axis=0) <= opened).all()
    assert (found.seats.sum(axis=0) == opened).any()
    wide = day_level_seats(goals, rate, aht, 110.0, 0.0, 0, 500, 3600.0, day)
    assert wide.staff_hours[0] < found.staff_hours[0]
