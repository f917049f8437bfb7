"""Shared agents against every subset of lines, closed cases of two lines, and the price of cutting them apart."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.errors import BadInput
from wfm.hotline import targets_of
from wfm.queueing import Goal
from wfm.staffing import compute_requirement, compute_workload, lines_together
from wfm.staffing.lines_together import pooled_seats, skill_group_seats
from wfm.staffing.separation_price import price_of_hotline, price_of_separation
from wfm.staffing.skill_subsets import binding_sets

AHT, PATIENCE = 300.0, 180.0
GOAL = Goal("wait_exceeds", 0.2, t_s=15.0)


def sets(*lines: tuple[int, ...]) -> list[frozenset[int]]:
    return [frozenset(x) for x in lines]


@pytest.fixture
def fewest(chain: Any) -> Any:
    """The fewest seats by the queue's balance equations, tried one after the other."""

    def of(load: float) -> int:
        n = 0
        while load > 0 and (n == 0 or chain(load / AHT, AHT, n, PATIENCE).waits_over(15.0) > 0.2):
            n += 1
        return n

    return of


@pytest.mark.parametrize("load", [0.7, 3.0, 11.0])
def test_two_like_lines_from_apart_to_together(fewest: Any, load: float) -> None:
    one, two = fewest(load), fewest(2 * load)
    apart = skill_group_seats([load, load], AHT, PATIENCE, GOAL, sets((0,), (1,)))
    assert apart.seats.ravel().tolist() == [one, one]
    together = skill_group_seats([load, load], AHT, PATIENCE, GOAL, sets((0, 1)))
    assert together.seats.ravel().tolist() == [two]
    # n1 + g ≥ n(a), n2 + g ≥ n(a), n1 + n2 + g ≥ n(2a): no fewer than 2·n(a) − n(2a) need to know both.
    shared = skill_group_seats([load, load], AHT, PATIENCE, GOAL, sets((0,), (1,), (0, 1)))
    assert shared.cost.tolist() == [two]
    assert shared.seats[2, 0] == max(2 * one - two, 0)
    # A dear generalist replaces two specialists' spare seats only while that is cheaper.
    dear = skill_group_seats([load, load], AHT, PATIENCE, GOAL, sets((0,), (1,), (0, 1)), [1.0, 1.0, 2.5])
    assert dear.seats.ravel().tolist() == [one, one, 0]


def test_safety_is_what_the_requirement_has_above_the_load() -> None:
    found = skill_group_seats([4.0, 9.0], AHT, PATIENCE, GOAL, sets((0, 1), (1,)))
    for at, lines in enumerate(found.sets):
        load = sum([4.0, 9.0][x] for x in lines)
        assert load + found.safety[at, 0] * np.sqrt(load) == pytest.approx(found.required[at, 0])
    assert found.binding.any()
    assert found.bound == pytest.approx(found.cost)


def every_set(count: int) -> list[frozenset[int]]:
    return [frozenset(s) for size in range(1, count + 1) for s in combinations(range(count), size)]


def least_cost(required: dict[frozenset[int], int], skills: list[frozenset[int]], costs: list[float]) -> float:
    """By trying every number of seats of every group."""
    most = max(required.values())
    best = np.inf
    for seats in product(range(most + 1), repeat=len(skills)):
        cost = float(np.dot(seats, costs))
        if cost < best and all(
            sum(n for n, known in zip(seats, skills, strict=True) if known & lines) >= need
            for lines, need in required.items()
        ):
            best = cost
    return best


skill = st.frozensets(st.integers(0, 2), min_size=1)


@settings(max_examples=25, deadline=None)
@given(
    loads=st.lists(st.floats(0.05, 2.5), min_size=3, max_size=3),
    skills=st.lists(skill, min_size=1, max_size=2, unique=True),
    premium=st.floats(0.0, 0.6),
)
def test_cheapest_of_all_that_keep_every_set(loads: list[float], skills: list[frozenset[int]], premium: float) -> None:
    skills = [*skills, *(frozenset({x}) for x in range(3) if not any(x in k for k in skills))]
    costs = [1 + premium * (len(known) - 1) for known in skills]
    found = skill_group_seats(loads, AHT, PATIENCE, GOAL, skills, costs)
    members = np.array([[x in s for x in range(3)] for s in every_set(3)])
    need = pooled_seats(members, np.array(loads)[:, None], np.full((3, 1), AHT), np.full((3, 1), PATIENCE), [GOAL])
    # Sets whose agents fall apart into different people are asked for part by part.
    required = {s: int(n) for s, n in zip(every_set(3), need[:, 0], strict=True) if hangs_together(s, skills)}
    assert found.cost[0] == pytest.approx(least_cost(required, skills, costs))
    assert found.bound[0] == pytest.approx(found.cost[0])


def hangs_together(lines: frozenset[int], skills: list[frozenset[int]]) -> bool:
    reached = {min(lines)}
    for _ in range(3):
        reached |= {x for known in skills if known & reached for x in known & lines}
    return reached == set(lines)


@settings(max_examples=20, deadline=None)
@given(
    loads=st.lists(st.floats(0.1, 20), min_size=3, max_size=3),
    skills=st.lists(skill, min_size=2, max_size=4),
    learner=st.integers(0, 1),
    learned=st.integers(0, 2),
)
def test_a_line_learned_never_costs_a_seat(
    loads: list[float], skills: list[frozenset[int]], learner: int, learned: int
) -> None:
    skills = [*skills, frozenset({0}), frozenset({1}), frozenset({2})]
    before = skill_group_seats(loads, AHT, PATIENCE, GOAL, skills).cost[0]
    skills[learner] |= {learned}
    assert skill_group_seats(loads, AHT, PATIENCE, GOAL, skills).cost[0] <= before


def test_many_intervals_are_each_solved_as_alone() -> None:
    rng = np.random.default_rng(4)
    loads = rng.uniform(0, 20, (3, 60))
    skills = sets((0,), (1, 2), (0, 1, 2))
    together = skill_group_seats(loads, AHT, PATIENCE, GOAL, skills, [1.0, 1.2, 1.5])
    for at in range(0, 60, 7):
        alone = skill_group_seats(loads[:, at], AHT, PATIENCE, GOAL, skills, [1.0, 1.2, 1.5])
        assert together.cost[at] == pytest.approx(alone.cost[0])


def test_searching_for_sets_finds_what_listing_them_does(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    loads = rng.uniform(1, 25, (7, 4))
    skills = [*(frozenset({x}) for x in range(7)), frozenset(range(7)), frozenset({0, 1, 2})]
    costs = [1.0] * 7 + [1.15, 1.05]
    listed = skill_group_seats(loads, AHT, PATIENCE, GOAL, skills, costs)
    assert listed.complete
    monkeypatch.setattr(lines_together, "_SETS_MAX", 20)
    searched = skill_group_seats(loads, AHT, PATIENCE, GOAL, skills, costs)
    assert not searched.complete
    assert len(searched.sets) < len(listed.sets)
    assert searched.cost == pytest.approx(listed.cost, rel=2e-3)


def test_thirteen_lines_in_a_ring_need_arcs_only() -> None:
    ring = [frozenset({x, (x + 1) % 13}) for x in range(13)]
    found, complete = binding_sets(ring, 13, 4096)
    assert complete
    # Arcs of 1 to 11 lines from each of 13 places; one of 12 knows all agents, and so is the ring.
    assert len(found) == 13 * 11 + 1
    assert max(len(s) for s in found) == 13


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"skills": [frozenset({0})]}, "no agent can answer line 1"),
        ({"skills": [frozenset({0, 1, 2})]}, "lines 0 to 1"),
        ({"skills": [frozenset({0, 1}), frozenset()]}, "no line"),
        ({"costs": 0.0}, "cost of a seat"),
        ({"loads": [1.0, np.nan]}, "loads must be finite"),
        ({"aht_s": 0.0}, "handling times finite and above zero"),
    ],
)
def test_what_describes_no_lines_is_refused(change: dict[str, Any], words: str) -> None:
    good: dict[str, Any] = {"loads": [1.0, 2.0], "aht_s": AHT, "patience_s": PATIENCE, "goals": GOAL}
    with pytest.raises(BadInput, match=words):
        skill_group_seats(**(good | {"skills": [frozenset({0, 1})], "costs": 1.0} | change))


def test_the_price_of_two_like_lines_is_known(fewest: Any) -> None:
    loads = np.array([[3.0, 0.4], [3.0, 0.4]])
    times, patience = np.full((2, 2), AHT), np.full((2, 2), PATIENCE)
    serving = np.array([[0, 2], [1, 2]])
    table = price_of_separation(
        ["a", "b"], loads, times, patience, [GOAL], 0.5, serving=serving, skills=sets((0, 1)), minimum=1
    ).set_index("arrangement")
    apart = 2 * max(fewest(3.0), 1), 2 * max(fewest(0.4), 1)
    pooled = fewest(6.0), fewest(0.8)
    hours = table["seat_h"]
    assert hours["separate"] == 0.5 * sum(apart)
    assert hours["pooled"] == hours["merged"] == hours["shared"] == 0.5 * sum(pooled)
    # Apart by day, pooled at night, as the groups are.
    assert hours["present"] == 0.5 * (apart[0] + pooled[1])
    assert table.loc["pooled", "saved_share"] == pytest.approx(1 - sum(pooled) / sum(apart))
    assert table.loc["separate", "saved_h"] == 0
    assert table.loc["pooled", "most_seats"] == max(pooled)


def test_closed_hours_cost_nothing_and_open_ones_at_least_the_cover() -> None:
    loads = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    ones = np.ones_like(loads)
    serving = np.array([[0, 0, -1], [1, -1, -1]])
    table = price_of_separation(
        ["a", "b"], loads, ones * AHT, ones * PATIENCE, [GOAL], 1.0, serving=serving, skills=sets((0,), (1,)), minimum=2
    ).set_index("arrangement")["seat_h"]
    assert table["separate"] == 2 + 2 + 2
    assert table["pooled"] == 2 + 2


def test_present_groups_have_the_hours_of_the_requirement(make_hotline: Any, make_day: Any) -> None:
    day = make_day(make_hotline(), days=2)
    workload = compute_workload(day.hotline, day.forecast({"general": 20, "wages": 6}), day.grid, day.calendar)
    targets = targets_of(day.hotline)
    table = price_of_hotline(day.hotline, workload, targets).set_index("arrangement")["seat_h"]
    required = compute_requirement(day.hotline, workload, targets)
    assert table["present"] == pytest.approx((required["seats"] * required["interval_s"] / 3600).sum())
    assert table["pooled"] < table["present"] < table["separate"]
