"""Requests: what a swap or leave breaks, by the checker on the whole roster, and who could step in."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler import build_roster
from scheduler.checker import check_roster
from scheduler.requests_checked import check_leave, check_swap, takers_of
from scheduler.swaps import Swap
from wfm.errors import BadInput
from wfm.hotline import Agent, Contract, RosterRules


@pytest.fixture(scope="module")
def rostered(make):
    """Nine people, a week of three shifts; two of them work no nights."""
    contract = Contract(
        id="contract", name=make.text("c"), employee=True, hours_per_week_max=40, nights_per_4_weeks_max=4
    )
    agents = [Agent(id=f"a{n}", lines=("general",), night=n >= 2) for n in range(9)]
    posts = make.posts([(d, s, 1, 0) for d in range(7) for s in ("day", "evening", "night")])
    problem = make.problem(make.hotline(contracts=(contract,)), agents, posts)
    return problem, build_roster(problem, seconds=2, reproducible=True).duties


def fresh(problem, before, after):
    known = {v.text.en for v in check_roster(problem, before)}
    return {v.text.en for v in check_roster(problem, after) if v.text.en not in known and v.rule != "posts_filled"}


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_swap_is_ok_exactly_when_the_checker_finds_nothing_new(rostered, data):
    problem, duties = rostered
    one = duties.iloc[data.draw(st.integers(0, len(duties) - 1))]
    other = duties.iloc[data.draw(st.integers(0, len(duties) - 1))]
    if one["agent"] == other["agent"]:
        return
    found = check_swap(problem, duties, Swap(one["agent"], one["date"].date(), other["agent"], other["date"].date()))
    by_hand = duties.copy()
    by_hand.loc[by_hand.index == one.name, "agent"] = other["agent"]
    by_hand.loc[by_hand.index == other.name, "agent"] = one["agent"]
    expected = fresh(problem, duties, by_hand)
    assert {v.text.en for v in found.breaks} == expected
    assert found.ok == (not expected)
    assert len(found.duties) == len(duties)


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_takers_are_exactly_those_who_may(rostered, data):
    """Everybody else is tried by hand; whoever the checker lets take the duty is among the takers, ranked by cost."""
    problem, duties = rostered
    row = duties.iloc[data.draw(st.integers(0, len(duties) - 1))]
    takers = takers_of(problem, duties, row["agent"], row["date"].date())
    able = set()
    for person in problem.agents:
        if person.id != row["agent"]:
            handed = duties.copy()
            handed.loc[handed.index == row.name, "agent"] = person.id
            if not fresh(problem, duties, handed):
                able.add(person.id)
    assert {t.agent for t in takers} <= able
    assert len(takers) == min(len(able), 5)
    assert [t.cost for t in takers] == sorted(t.cost for t in takers)
    for taker in takers:
        mine = duties[duties["agent"] == taker.agent]
        assert taker.duties == len(mine) + 1
        assert taker.nights == int((mine["shift"] == "night").sum()) + (row["shift"] == "night")
        assert taker.hours == 8 * (len(mine) + 1)


def test_leave_names_the_duties_in_the_way_and_who_could_take_them(rostered):
    problem, duties = rostered
    row = duties[duties["shift"] == "night"].iloc[2]
    day = row["date"].date()
    found = check_leave(problem, duties, row["agent"], day, day)
    assert not found.ok
    assert {(v.rule, v.agent, v.date) for v in found.breaks} == {("leave", row["agent"], day)}
    assert len(found.to_cover) == 1
    covered = found.to_cover[0]
    assert (covered.agent, covered.date, covered.shift, covered.role) == (row["agent"], day, "night", "A")
    assert {t.agent for t in covered.takers} & {"a0", "a1"} == set()
    assert len(found.duties) == len(duties) - 1
    assert row["agent"] in str(found.breaks[0].text.zh)


def test_leave_on_free_days_is_ok(make, rostered):
    problem, duties = rostered
    worked = {(r.agent, r.date.date()) for r in duties.itertuples(index=False)}
    agent, day = next(
        (a.id, make.monday + timedelta(days=n))
        for a in problem.agents
        for n in range(7)
        if (a.id, make.monday + timedelta(days=n)) not in worked
    )
    found = check_leave(problem, duties, agent, day, day)
    assert found.ok
    assert found.to_cover == ()
    pd.testing.assert_frame_equal(found.duties, duties)


def test_a_night_that_reaches_into_the_leave_is_in_the_way(make):
    late = make.shift("late", "20:00", "08:00", night=True)
    problem = make.problem(
        make.hotline(shifts=(*make.standard_shifts, late), rules=RosterRules(rest_between_shifts_h=0)),
        make.agents(2),
        make.posts([(1, "late", 1, 0)]),
    )
    duties = make.duties(problem.hotline, [("a0", 1, "late", "A")])
    day = make.monday + timedelta(days=2)
    found = check_leave(problem, duties, "a0", day, day)
    assert {v.rule for v in found.breaks} == {"leave"}
    assert [c.date for c in found.to_cover] == [make.monday + timedelta(days=1)]
    assert [t.agent for t in found.to_cover[0].takers] == ["a1"]


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda p, d, day: check_leave(p, d, "nobody", day, day), "unknown agent nobody"),
        (lambda p, d, day: check_leave(p, d, "a0", day, day - timedelta(days=1)), "ends"),
        (lambda p, d, day: check_swap(p, d, Swap("a0", day + timedelta(days=30), "a1")), "a0 has no duty on"),
        (lambda p, d, day: check_swap(p, d, Swap("a0", day, "a0")), "a0 cannot swap with the same person"),
    ],
)
def test_bad_requests_are_refused_in_a_sentence(make, rostered, ask, sentence):
    problem, duties = rostered
    with pytest.raises(BadInput, match=sentence):
        ask(problem, duties, make.monday)
