"""Tiny problems against brute force: as many posts filled as any legal roster fills, no less fair."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler import build_roster
from scheduler.checker import check_roster, hours_owed, is_legal, objective_parts
from wfm.hotline import Contract, CountLimit, LabourLaw, Leave, Pin, RosterRules

COST_A, COST_B, COST_HOUR = 100_000, 10_000, 5


def every_roster(make, hotline, agents, posts):
    """All assignments of agents (or nobody) to single posts, as lists of duties."""
    singles = [(day, shift, role) for day, shift, a, b in posts for role in "A" * a + "B" * b]
    for choice in product([None, *agents], repeat=len(singles)):
        yield (
            [(who, day, shift, role) for who, (day, shift, role) in zip(choice, singles, strict=True) if who],
            [role for who, (_, _, role) in zip(choice, singles, strict=True) if not who],
        )


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_no_legal_roster_is_cheaper(make, data):
    posts = data.draw(
        st.lists(
            st.tuples(st.integers(0, 3), st.sampled_from(["day", "evening", "night"]), st.just(1), st.integers(0, 1)),
            min_size=1,
            max_size=3,
            unique_by=lambda r: r[:2],
        )
    )
    contract = Contract(
        id="contract",
        name=make.text("c"),
        employee=True,
        hours_per_week_min=data.draw(st.sampled_from([0, 8])),
        hours_per_week_max=data.draw(st.sampled_from([8, 16, 40])),
        nights_per_4_weeks_max=data.draw(st.sampled_from([0, 1, 4])),
    )
    rules = RosterRules(fairness_weight=0, consecutive_days_max=data.draw(st.integers(1, 3)))
    hotline = make.hotline(contracts=(contract,), rules=rules)
    agents = make.agents(data.draw(st.integers(1, 2)))
    leave = [Leave(agent="a0", first=make.monday, last=make.monday + timedelta(days=data.draw(st.integers(0, 2))))]
    problem = make.problem(hotline, agents, make.posts(posts), days=7, leave=leave)
    best = None
    for rows, open_roles in every_roster(make, hotline, [a.id for a in agents], posts):
        if not rows:
            continue
        duties = make.duties(hotline, rows)
        if not is_legal(check_roster(problem, duties)):
            continue
        owed = sum(-(-round(o.hours * 60, 6) // 60) for o in hours_owed(problem, duties))
        cost = open_roles.count("A") * COST_A + open_roles.count("B") * COST_B + COST_HOUR * owed
        best = cost if best is None else min(best, cost)
    roster = build_roster(problem, seconds=5)
    assert roster.objective == roster.bound
    if best is not None and len(roster.duties):
        assert roster.objective == pytest.approx(best, abs=COST_HOUR * len(agents))


FURTHER = [
    {"consecutive_days_min": 2},
    {"consecutive_days_min": 3, "days_off_in_a_row_min": 2},
    {"days_off_in_a_row_min": 2},
    {"limits": (CountLimit(count="duties", over="roster", least=2, most=2),)},
    {"limits": (CountLimit(count="hours", over="roster", least=12),), "consecutive_days_min": 2},
    {"limits": (CountLimit(count="shift", shift="day", over="week", most=1),)},
    {"limits": (CountLimit(count="standbys", over="roster", least=1),)},
    {"limits": (CountLimit(count="weekends", over="roster", most=0),)},
]


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_no_legal_roster_is_cheaper_under_the_further_rules(make, data):
    """Every assignment is judged by the checker and counted from outside; none beats the builder."""
    posts = data.draw(
        st.lists(
            st.tuples(st.integers(0, 5), st.sampled_from(["day", "evening", "night"]), st.just(1), st.integers(0, 1)),
            min_size=2,
            max_size=4,
            unique_by=lambda r: r[:2],
        ).filter(lambda rows: sum(a + b for _, _, a, b in rows) <= 4)
    )
    contract = Contract(
        id="contract",
        name=make.text("c"),
        employee=data.draw(st.booleans()),
        hours_per_week_max=168,
        **data.draw(st.sampled_from(FURTHER)),
    )
    rules = RosterRules(
        fairness_weight=0,
        rest_between_shifts_h=data.draw(st.sampled_from([0, 8, 11])),
        night_people_min=data.draw(st.sampled_from([1, 2])),
        standby_remote=data.draw(st.booleans()),
        standby_hours_share=0.5,
        forward_rotation=data.draw(st.booleans()),
    )
    law = LabourLaw(accounting="month", hours_per_month=data.draw(st.sampled_from([12, 165])), overtime_h_per_month=4)
    hotline = make.hotline(contracts=(contract,), rules=rules, labour_law=law)
    agents = make.agents(2)
    history = make.duties(hotline, [("a0", -1, "day", "A")]) if data.draw(st.booleans()) else None
    pins = [Pin(agent="a1", date=make.monday + timedelta(days=posts[0][0]), shift=posts[0][1])]
    problem = replace(
        make.problem(hotline, agents, make.posts(posts), days=7, history=history),
        pins=pins if data.draw(st.booleans()) else [],
    )
    roster = build_roster(problem, seconds=5)
    costs = []
    for rows, _ in every_roster(make, hotline, ["a0", "a1"], posts):
        duties = make.duties(hotline, rows) if rows else roster.duties.iloc[:0]
        if is_legal(check_roster(problem, duties)):
            costs.append(sum(objective_parts(problem, duties).values()))
    assert roster.objective == min(costs)
    assert 0 <= roster.objective - roster.bound < 1, "costs are whole numbers"
    assert sum(objective_parts(problem, roster.duties).values()) == roster.objective


def test_equal_people_share_equally(make):
    """28 nights, days and evenings among seven: four nights each, eight rest-day duties shared within one."""
    posts = make.posts([(d, s, 1, 0) for d in range(28) for s in ("day", "evening", "night")])
    contract = Contract(id="contract", name=make.text("c"), employee=True, hours_per_week_max=40)
    problem = make.problem(make.hotline(contracts=(contract,)), make.agents(7), posts, days=28)
    roster = build_roster(problem, seconds=20, workers=2)
    assert roster.status == "optimal"
    duties = roster.duties
    assert set(duties["agent"].value_counts()) == {12}
    assert set(duties.loc[duties["shift"] == "night", "agent"].value_counts()) == {4}
    weekend = duties[duties["date"].dt.day_of_week >= 5]["agent"].value_counts()
    assert weekend.max() - weekend.min() <= 1


def test_leave_shrinks_the_share(make):
    posts = make.posts([(d, "day", 2, 0) for d in range(28)])
    leave = [Leave(agent="a0", first=make.monday, last=make.monday + timedelta(days=13))]
    problem = make.problem(make.hotline(), make.agents(4), posts, days=28, leave=leave)
    roster = build_roster(problem, seconds=10)
    counts = roster.duties["agent"].value_counts()
    assert roster.status == "optimal"
    assert counts["a0"] == 8  # 56 duties over 3.5 people
    assert set(counts.drop("a0")) == {16}


def test_a_matters_more_than_b(make):
    problem = make.problem(make.hotline(), make.agents(2), make.posts([(0, "day", 1, 1), (0, "evening", 1, 1)]))
    roster = build_roster(problem, seconds=5)
    assert sorted(roster.duties["role"]) == ["A", "A"]
    assert roster.unfilled["role"].tolist() == ["B", "B"]
