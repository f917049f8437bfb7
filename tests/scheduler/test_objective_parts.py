"""The objective counted from a roster's duties alone, against sums made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.checker import OBJECTIVE_PARTS, broken_wishes, check_roster, is_legal, objective_parts
from wfm.hotline import Agent, Contract, CountLimit, RosterRules, Wish


def a_hotline(make, limits=(), **more):
    contract = Contract(
        id="contract",
        name=make.text("c"),
        employee=False,
        hours_per_week_max=168,
        limits=limits,
        **more.pop("contract", {}),
    )
    return make.hotline(contracts=(contract,), rules=RosterRules(**more))


def cost_of(problem, duties):
    parts = objective_parts(problem, duties)
    assert tuple(parts) == OBJECTIVE_PARTS
    return {name: cost for name, cost in parts.items() if cost}


def test_open_posts_and_people_beyond_them(make):
    """§90"""
    hotline = a_hotline(make)
    posts = make.posts([(0, "day", 3, 2), (1, "day", 1, 0), (2, "day", 0, 0)]).assign(
        short_cost=[None, 70, None], surplus_cost=[None, None, 9]
    )
    problem = make.problem(hotline, make.agents(4), posts)
    duties = make.duties(
        hotline, [("a0", 0, "day", "A"), ("a1", 0, "day", "B"), ("a0", 2, "day", "A"), ("a1", 2, "day", "A")]
    )
    assert cost_of(problem, duties) == {"unfilled_a": 200_070, "unfilled_b": 10_000, "surplus": 18}
    assert is_legal(check_roster(problem, duties))


def test_wishes_at_their_weight(make):
    """§90"""
    hotline = a_hotline(make, wish_weight=2.0)
    wishes = [
        Wish(agent="a0", date=make.monday, shift="day", wanted=True, weight=3),
        Wish(agent="a0", date=make.monday, shift="evening", wanted=True, weight=5),
        Wish(agent="a0", date=make.monday + timedelta(days=1), wanted=True, weight=7),
        Wish(agent="a0", date=make.monday + timedelta(days=2), shift="day", wanted=False, weight=11),
        Wish(agent="a0", date=make.monday + timedelta(days=2), shift="night", wanted=False, weight=13),
        Wish(agent="a0", date=make.monday - timedelta(days=1), wanted=True, weight=100),
    ]
    problem = replace(
        make.problem(hotline, make.agents(1), make.posts([(0, "day", 1, 0), (2, "day", 1, 0)])), wishes=wishes
    )
    duties = make.duties(hotline, [("a0", 0, "day", "A"), ("a0", 2, "day", "A")])
    assert cost_of(problem, duties) == {"wishes": 2 * (5 + 7 + 11)}
    broken = broken_wishes(problem, duties)
    assert [b.cost for b in broken] == [10, 14, 22]
    assert all(b.kind == "wish" and b.text.en and b.text.zh for b in broken)
    assert is_legal(check_roster(problem, duties))


@pytest.mark.parametrize(
    ("limit", "held", "units"),
    [
        (CountLimit(count="duties", over="roster", most=2, weight=4), [0, 1, 2, 3, 4], 3),
        (CountLimit(count="duties", over="roster", least=7, weight=4), [0, 1, 2, 3, 4], 2),
        (CountLimit(count="hours", over="roster", most=30.5, weight=4), [0, 1, 2, 3], 2),
        (CountLimit(count="hours", over="week", least=20, weight=4), [0, 1, 7, 8, 9], 4),
        (CountLimit(count="duties", over="week", most=2, weight=4), [0, 1, 2, 7, 8, 9, 10], 3),
        (CountLimit(count="duties", over="four_weeks", most=1, weight=4), [0, 2, 4], 2),
        (CountLimit(count="weekends", over="roster", most=1, weight=4), [5, 6, 12], 1),
        (CountLimit(count="rest_days", over="roster", most=1, weight=4), [5, 6, 12], 2),
        (CountLimit(count="shift", shift="night", over="roster", least=1, weight=4), [0], 1),
    ],
)
def test_weighted_limits_cost_by_the_unit_begun(make, limit, held, units):
    """§90"""
    hotline = a_hotline(make, (limit,))
    problem = make.problem(hotline, make.agents(1), make.posts([(d, "day", 1, 0) for d in held]), days=14)
    problem = replace(problem, day_kinds={make.monday + timedelta(days=6): "weekend"})
    duties = make.duties(hotline, [("a0", d, "day", "A") for d in held])
    assert cost_of(problem, duties) == {"limits": 4 * units}
    assert [b.cost for b in broken_wishes(problem, duties)] == [4 * units]


def test_what_is_owed_pairs_hours_and_teams(make):
    """§90"""
    hard = CountLimit(count="hours", over="roster", least=20)
    hotline = a_hotline(make, (hard,), contract={"hours_per_week_min": 12}, team_weight=3.0)
    agents = [
        Agent(id="p", lines=("general",), pair="q", team="red"),
        Agent(id="q", lines=("general",), pair="p", team="red"),
        Agent(id="x", lines=("general",), team="red"),
        Agent(id="y", lines=("general",), team="blue"),
    ]
    posts = make.posts([(0, "day", 2, 0), (0, "evening", 1, 0), (0, "night", 1, 0), (1, "day", 2, 0)])
    problem = make.problem(hotline, agents, posts)
    rows = [("p", 0, "day", "A"), ("q", 0, "evening", "A"), ("x", 0, "night", "A"), ("y", 0, "day", "A")]
    rows += [("x", 1, "day", "A"), ("y", 1, "day", "A")]
    parts = cost_of(problem, make.duties(hotline, rows))
    assert parts == {
        "owed": 1_000_000 * (12 + 12 + 4 + 4),
        "pairs": 20_000,
        "hours_owed": 5 * (4 + 4),
        "teams": 3 * 2,
    }
