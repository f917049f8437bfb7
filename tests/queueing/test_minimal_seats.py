"""The fewest seats are the fewest: one less fails, by equations solved without the formulas."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.errors import BadInput
from wfm.queueing import Goal, delay, keeps, minimal_seats, size_seats

GOALS = (
    Goal("service_level", 0.8, t_s=20),
    Goal("service_level_of_answered", 0.95, t_s=12),
    Goal("service_level_less_short", 0.9, t_s=12, short_s=5),
    Goal("asa_s", 15, strict=True),
    Goal("asa_s", 5),
    Goal("mean_wait_s", 10),
    Goal("wait_exceeds", 0.05, t_s=37),
    Goal("abandon_share", 0.03),
    Goal("occupancy", 0.85),
)


def test_the_minimum_may_lie_below_the_load(birth_death) -> None:  # type: ignore[no-untyped-def]
    # 600 calls / 30 min, AHT 6 min, patience 2 min: load 120. A search from the load misses the answer.
    rate, seats = 600 / 1800, 117
    assert minimal_seats(rate, 360, Goal("service_level", 0.8, t_s=20), 120) == seats
    assert birth_death(rate, 360, seats, 120, 20).answered_within >= 0.8
    assert birth_death(rate, 360, seats - 1, 120, 20).answered_within < 0.8


@pytest.mark.parametrize(
    ("rate", "aht", "patience"),
    [(0.002, 200, 60), (0.05, 180, 300), (0.05, 600, 45), (0.5, 300, 120), (0.02, 90, 3600)],
)
def test_one_seat_less_fails(birth_death, rate: float, aht: float, patience: float) -> None:  # type: ignore[no-untyped-def]
    def level(n: int) -> float:
        return birth_death(rate, aht, n, patience, 20).answered_within

    def answer_time(n: int) -> float:
        return birth_death(rate, aht, n, patience, 0).asa_s if n else np.inf

    def long_wait(n: int) -> float:
        return birth_death(rate, aht, n, patience, 37).waits_over

    def lost(n: int) -> float:
        return birth_death(rate, aht, n, patience, 0).abandon

    def busy(n: int) -> float:
        return birth_death(rate, aht, n, patience, 0).occupancy if n else np.inf

    for goal, kept in (
        (Goal("service_level", 0.8, t_s=20), lambda n: level(n) >= 0.8),
        (Goal("asa_s", 12, strict=True), lambda n: answer_time(n) < 12),
        (Goal("wait_exceeds", 0.05, t_s=37), lambda n: long_wait(n) <= 0.05),
        (Goal("abandon_share", 0.03), lambda n: lost(n) <= 0.03),
        (Goal("occupancy", 0.7), lambda n: busy(n) <= 0.7),
    ):
        n = int(minimal_seats(rate, aht, goal, patience))
        assert kept(n), goal
        assert n == 0 or not kept(n - 1), goal


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(1e-5, 20), min_size=1, max_size=20),
    st.floats(5, 1800),
    st.one_of(st.just(np.inf), st.floats(1, 1e5)),
    st.sampled_from(GOALS),
)
def test_every_cell_is_the_first_that_keeps_the_goal(
    rates: list[float], aht: float, patience: float, goal: Goal
) -> None:
    rate = np.array(rates)
    seats = minimal_seats(rate, aht, goal, patience)
    ahts, patiences, none = np.full_like(rate, aht), np.full_like(rate, patience), np.zeros_like(rate)
    assert keeps(goal, delay(rate, ahts, seats.astype(float), patiences), none).all()
    some = seats > 0
    fewer = delay(rate[some], ahts[some], seats[some] - 1.0, patiences[some])
    assert not keeps(goal, fewer, none[some]).any()


def test_several_goals_take_the_largest_and_name_it() -> None:
    rate = np.array([0.0005, 0.05, 5.0])
    found = size_seats(rate, 180, GOALS, 300)
    alone = np.array([minimal_seats(rate, 180, goal, 300) for goal in GOALS])
    assert (found.seats == alone.max(axis=0)).all()
    assert (alone[found.binding, np.arange(3)] == found.seats).all()


def test_work_that_yields_counts_in_the_occupancy() -> None:
    # 1 erlang of calls and 3 of other work under a cap of 0.8: 4 / 0.8.
    assert minimal_seats(1 / 180, 180, Goal("occupancy", 0.8), np.inf, other_work_erlang=3.0) == 5
    assert minimal_seats(0.0, 180, Goal("occupancy", 0.8), 60, other_work_erlang=3.0) == 4
    assert minimal_seats(0.0, 180, Goal("asa_s", 5), 60, other_work_erlang=3.0) == 0


def test_no_calls_need_no_seats() -> None:
    assert minimal_seats([0.0, 0.1], 60, GOALS, 60).tolist()[0] == 0
    assert size_seats(0.0, 60, GOALS, 60).binding == -1


def test_erlang_c_sizes_above_the_load() -> None:
    # pyworkforce and others publish 14 seats for 100 calls / 30 min, AHT 3 min, 80 % in 20 s.
    assert minimal_seats(100 / 1800, 180, Goal("service_level", 0.8, t_s=20)) == 14


@pytest.mark.parametrize(
    "goal",
    [
        Goal("service_level", 1.0, t_s=20),
        Goal("service_level", 0.5, t_s=-1),
        Goal("asa_s", 0.0),
        Goal("asa_s", -3.0),
        Goal("abandon_share", 0.0),
        Goal("wait_exceeds", 0.05, t_s=-1),
        Goal("occupancy", 0.0),
        Goal("asa_s", np.nan),
    ],
)
def test_a_goal_that_no_seats_keep_is_refused(goal: Goal) -> None:
    assert not goal.reachable
    with pytest.raises(BadInput, match="no number of seats"):
        minimal_seats(0.1, 60, goal, 60)


def test_of_several_goals_the_one_out_of_reach_is_named() -> None:
    goals = [Goal("asa_s", 15), Goal("service_level", 95, t_s=15), Goal("occupancy", 0.85)]
    with pytest.raises(BadInput, match=r"service level 95: .* below 1"):
        minimal_seats(0.1, 60, goals, 60)


@pytest.mark.parametrize("t", [np.nan, np.inf])
def test_a_time_without_end_is_refused(t: float) -> None:
    for goal in (Goal("service_level", 0.8, t_s=t), Goal("service_level_less_short", 0.8, t_s=15, short_s=t)):
        with pytest.raises(BadInput, match="finite number of seconds"):
            minimal_seats(0.1, 60, goal, 60)


@pytest.mark.parametrize(
    ("rate", "aht", "patience", "match"),
    [
        (np.nan, 60, 60, "arrivals"),
        (-0.1, 60, 60, "arrivals"),
        (0.1, 0.0, 60, "handling time"),
        (0.1, np.nan, 60, "handling time"),
        (0.1, 60, np.nan, "patience"),
        (0.1, 60, -1, "patience"),
    ],
)
def test_numbers_that_describe_no_queue_are_refused(rate: float, aht: float, patience: float, match: str) -> None:
    with pytest.raises(BadInput, match=match):
        minimal_seats([0.1, rate], aht, Goal("asa_s", 15), patience)


def test_handling_times_of_hours_are_sized(birth_death) -> None:  # type: ignore[no-untyped-def]
    # Three hours a call, in intervals of whatever length.
    rate, aht, patience = 1 / 1800, 10_800, 600
    n = int(minimal_seats(rate, aht, Goal("service_level", 0.9, t_s=20), patience))
    assert birth_death(rate, aht, n, patience, 20).answered_within >= 0.9
    assert birth_death(rate, aht, n - 1, patience, 20).answered_within < 0.9


def test_a_limit_that_asks_for_more_seats_than_a_country_has_is_refused() -> None:
    with pytest.raises(BadInput, match="occupancy ≤ 1e-09: asks for more than"):
        minimal_seats(10.0, 600, Goal("occupancy", 1e-9))
