"""Shifts over the day are the cheapest: against every choice of agents, and never cheaper than free seats."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wfm.errors import BadInput
from wfm.queueing import Goal, delay, goal_terms
from wfm.staffing.day_level import day_level_seats
from wfm.staffing.day_shifts import ShiftSeats, day_shift_seats

LOST = Goal("abandon_share", 0.1)
LONG = Goal("wait_exceeds", 0.1, t_s=40)
ASA = Goal("asa_s", 20)
# Six intervals; the last shift runs past midnight, which lies after the fourth.
COVERS = np.array([[1, 1, 1, 0, 0, 0], [0, 1, 1, 1, 0, 0], [0, 0, 0, 1, 1, 1], [1, 1, 1, 1, 1, 1]], dtype=bool)
HOURS = np.array([3.0, 3.0, 3.0, 5.5])
DAY = np.array([0, 0, 0, 0, 1, 1])


def place(goals: list[Goal], rate: Any, opened: int = 50, **more: Any) -> ShiftSeats:
    given = {"aht_s": 300.0, "patience_s": 90.0, "blended_erlang": 0.0, "minimum": 1} | more
    return day_shift_seats(
        goals,
        np.asarray(rate, dtype=float),
        given.pop("aht_s"),
        given.pop("patience_s"),
        given.pop("blended_erlang"),
        given.pop("minimum"),
        opened,
        3600.0,
        given.pop("day", DAY),
        given.pop("covers", COVERS),
        given.pop("hours", HOURS),
        **given,
    )


TOP = 6


def cheapest(goals: list[Goal], rate: np.ndarray) -> float:
    """Hours of the best of all agents and all seats up to six that they can fill."""
    seats = np.arange(1, TOP + 1)
    cells, levels = rate.size, len(seats)
    spread = np.repeat(rate.ravel(), levels)
    solved = delay(spread, np.full(spread.size, 300.0), np.tile(seats, cells).astype(float), np.full(spread.size, 90.0))
    kept = np.ones((levels,) * cells, dtype=bool)
    index = np.indices(kept.shape).reshape(cells, -1)
    for goal in goals:
        above, below = (np.where(spread > 0, t * spread, 0.0).reshape(cells, levels) for t in goal_terms(goal, solved))
        for day in (0, 1):
            here = np.flatnonzero(day == DAY)
            total = [sum(t[c, index[c]] for c in here) for t in (above, below)]
            kept &= goal.kept_by(total[0] / total[1]).reshape(kept.shape)
    for axis in range(cells):  # seats may stay empty
        kept = np.logical_or.accumulate(kept, axis=axis)
    agents = np.array(list(product(range(TOP + 1), repeat=len(HOURS))))
    on_duty = agents @ COVERS
    good = (on_duty >= 1).all(axis=1)
    good[good] = kept[tuple(np.minimum(on_duty[good], TOP).T - 1)]
    return float((agents[good] @ HOURS).min(initial=np.inf))


@settings(deadline=None, derandomize=True, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(
    load=st.lists(st.sampled_from([0.2, 0.8, 1.5, 2.5]), min_size=6, max_size=6),
    goals=st.sampled_from([[LOST], [ASA], [LONG, LOST], [ASA, LONG], [Goal("service_level", 0.8, t_s=20), LOST]]),
)
def test_no_choice_of_agents_is_cheaper(load: list[float], goals: list[Goal]) -> None:
    rate = np.array([load]) / 300.0
    found = place(goals, rate)
    assert found.proven
    assert found.kept.all()
    assert (found.seats <= found.on_duty).all()
    np.testing.assert_array_equal(found.on_duty, found.agents @ COVERS)
    best = cheapest(goals, rate)
    assert found.hours <= best
    assert found.hours == best or found.seats.max() > TOP
    assert found.bound_hours == pytest.approx(found.hours)


def test_a_seat_may_stay_empty_where_the_mean_of_the_answered_gains() -> None:
    # Alone, a mean answer time is kept best where a crowded interval answers few.
    rate = np.array([[0.2, 0.2, 5.0, 0.2, 0.2, 0.2]]) / 300.0
    goal = Goal("asa_s", 25)
    found = place([goal], rate)
    assert found.proven
    assert found.kept.all()
    assert found.hours == cheapest([goal], rate)


def test_shifts_never_cost_less_than_free_seats() -> None:
    rng = np.random.default_rng(4)
    rate = rng.uniform(0.5, 4, (2, 6)) / 300.0
    found = place([LOST, LONG, Goal("occupancy", 0.8)], rate)
    free = day_level_seats([LOST, LONG, Goal("occupancy", 0.8)], rate, 300.0, 90.0, 0.0, 1, 50, 3600.0, DAY)
    assert found.proven
    assert found.gap == 0
    assert found.kept.all()
    assert (rate * 300 / found.seats <= 1.3).all()
    assert (found.agents @ COVERS.sum(axis=1)).sum() >= free.staff_hours.sum()
    np.testing.assert_allclose(found.values[:, 2], np.nan)


@pytest.mark.parametrize("limit", [0.05, 0.15, 0.2, 0.25])
@pytest.mark.parametrize("opened", [3, 4])
def test_places_limit_seats_and_not_agents(limit: float, opened: int) -> None:
    rate = np.array([[1.0, 1.0, 1.0, 1.0, 1.0, 1.0], [0.5, 0.5, 0.5, 2.5, 0.5, 0.5]]) / 300.0
    goal = Goal("abandon_share", limit)
    found = place([goal], rate, opened)
    assert (found.seats.sum(axis=0) <= opened).all()
    assert (found.seats <= found.on_duty).all()
    assert found.proven
    # One shift covers everything: what free seats can keep, enough agents can.
    free = day_level_seats([goal], rate, 300.0, 90.0, 0.0, 1, opened, 3600.0, DAY)
    assert found.kept.all() == free.kept.all()
    assert np.isinf(found.bound_hours) == (not free.kept.all())
    assert found.hours >= place([goal], rate).hours or not free.kept.all()


def test_a_group_takes_only_its_own_shifts() -> None:
    rate = np.full((2, 6), 1.0) / 300.0
    allowed = np.array([[True, True, True, False], [False, False, False, True]])
    found = place([LOST], rate, allowed=allowed)
    assert not found.agents[~allowed].any()
    assert found.kept.all()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"hours": np.array([3.0, 0.0, 3.0, 5.0])}, "hours of a shift"),
        ({"covers": COVERS[:1], "hours": HOURS[:1]}, "no shift covers it"),
        ({"minimum": 60}, "50 are opened"),
    ],
)
def test_one_sentence_where_shifts_cannot_do_it(change: dict[str, Any], word: str) -> None:
    with pytest.raises(BadInput, match=word):
        place([LOST], np.full((1, 6), 0.003), **change)
