"""Every rule of a conflict either gives way in an offer that was tried out, or is told not to be offered, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from scheduler import build_roster, explain_shortage
from scheduler.relaxed_problem import relaxed_problem
from wfm.hotline import Agent, Busy, Contract, LabourLaw, Pin, RosterRules


def contract(make, **more: Any) -> Contract:
    return Contract(**{"id": "contract", "name": make.text("c"), "employee": False, "hours_per_week_max": 168, **more})


def conflict_of(make, agents, posts, *, rules=None, law=None, shifts=None, days=7, contract_=None, **requests):
    hotline = make.hotline(
        contracts=(contract_ or contract(make),),
        rules=rules or RosterRules(),
        labour_law=law or LabourLaw(in_force=False),
        shifts=shifts or make.standard_shifts,
    )
    problem = replace(make.problem(hotline, agents, make.posts(posts), days=days), **requests)
    return problem, explain_shortage(problem, seconds=20, reproducible=True)[0]


def way_of(conflict, rule):
    return next((w for w in conflict.relaxations if {c.rule for c in w.changes} == {rule}), None)


def held(conflict):
    return dict(conflict.held_firm)


def assert_works(problem, way):
    assert way is not None
    assert way.text.en
    assert way.text.zh != way.text.en
    assert build_roster(relaxed_problem(problem, way.changes), seconds=5).unfilled.empty


def test_a_decided_day_off_may_be_worked_a_duty_elsewhere_stays(make):
    posts = [(0, "day", 1, 0), (0, "evening", 1, 0)]
    pins = [Pin(agent="a0", date=make.monday)]
    problem, conflict = conflict_of(make, make.agents(2), posts, pins=pins)
    assert_works(problem, way_of(conflict, "pins"))
    elsewhere = [Pin(agent="a0", date=make.monday, shift="evening")]
    problem, conflict = conflict_of(make, make.agents(1), posts, pins=elsewhere)
    assert way_of(conflict, "pins") is None


@pytest.mark.parametrize(("kind", "offered"), [("training", True), ("busy", False)])
def test_training_may_move_a_court_date_may_not(make, kind, offered):
    at = datetime.combine(make.monday, datetime.min.time())
    busy = [Busy(agent="a0", start=at + timedelta(hours=10), end=at + timedelta(hours=12), kind=kind)]
    problem, conflict = conflict_of(make, make.agents(1), [(0, "day", 1, 0)], busy=busy)
    assert [r.rule for r in conflict.rules] == ["busy"]
    if offered:
        assert_works(problem, way_of(conflict, "busy"))
        assert way_of(conflict, "busy").text.en == "moving the training of a0 on 2026-09-14 resolves it"
        assert "busy" not in held(conflict)
    else:
        assert way_of(conflict, "busy") is None
        assert "not the scheduler's to move" in held(conflict)["busy"].en


def test_runs_and_pauses_give_way_step_by_step(make):
    short = contract(make, consecutive_days_min=3)
    problem, conflict = conflict_of(make, make.agents(1), [(2, "day", 1, 0)], contract_=short)
    way = way_of(conflict, "consecutive_days_min")
    assert_works(problem, way)
    assert (way.changes[0].before, way.changes[0].after) == ("3", "1")
    paused = contract(make, days_off_in_a_row_min=3)
    problem, conflict = conflict_of(make, make.agents(1), [(0, "day", 1, 0), (3, "day", 1, 0)], contract_=paused)
    way = way_of(conflict, "days_off_in_a_row")
    assert_works(problem, way)
    assert (way.changes[0].before, way.changes[0].after) == ("3", "2")


def test_shifts_that_may_not_follow_each_other_may_if_nothing_else_is_broken(make):
    shifts = tuple(
        s.model_copy(update={"not_followed_by": ("day",)}) if s.id == "evening" else s for s in make.standard_shifts
    )
    problem, conflict = conflict_of(
        make,
        make.agents(1),
        [(0, "evening", 1, 0), (1, "day", 1, 0)],
        shifts=shifts,
        rules=RosterRules(rest_between_shifts_h=0),
    )
    assert_works(problem, way_of(conflict, "not_followed_by"))


def test_three_hours_of_overtime_are_offered_as_the_exception_that_the_law_names(make):
    """Labour Law, Art. 41: one hour a day, three for special reasons. Ten hours are an exception, twelve are never lawful."""
    employee = contract(make, employee=True)
    for end, offered in (("18:00", True), ("20:00", False)):
        shifts = (make.shift("long", "08:00", end),)
        problem, conflict = conflict_of(
            make, make.agents(1), [(0, "long", 1, 0)], shifts=shifts, law=LabourLaw(in_force=True), contract_=employee
        )
        assert [r.rule for r in conflict.rules] == ["law_hours_a_day"]
        way = way_of(conflict, "law_hours_a_day")
        if offered:
            assert_works(problem, way)
            assert "Art. 41" in way.text.en
            assert "第41条" in way.text.zh
        else:
            assert way is None
            assert "a longer day is not lawful (Labour Law, Art. 41)" in held(conflict)["law_hours_a_day"].en


def test_what_the_law_or_the_person_forbids_is_said_and_never_offered(make):
    employee = contract(make, employee=True)
    law = LabourLaw(in_force=True)
    week = [(d, "day", 1, 0) for d in range(7)]
    lax = RosterRules(weekly_rest_days_min=0, consecutive_days_max=28)
    _, conflict = conflict_of(make, make.agents(1), week, law=law, contract_=employee, rules=lax)
    assert way_of(conflict, "law_rest_day") is None
    assert "Art. 38" in held(conflict)["law_rest_day"].en
    assert "第38条" in held(conflict)["law_rest_day"].zh

    _, conflict = conflict_of(make, make.agents(1), week, rules=RosterRules(consecutive_days_max=28))
    assert way_of(conflict, "weekly_rest_day") is None
    assert "law's least (Labour Law, Art. 38)" in held(conflict)["weekly_rest_day"].en

    at = datetime.combine(make.monday, datetime.min.time())
    nursing = [Busy(agent="a0", start=at, end=at + timedelta(days=60), kind="protected")]
    _, conflict = conflict_of(make, make.agents(1), [(1, "night", 1, 0)], law=law, contract_=employee, busy=nursing)
    assert "Arts. 61, 63" in held(conflict)["protected"].en

    nobody = [Agent(id="a0", lines=("general",), night=False)]
    _, conflict = conflict_of(make, nobody, [(0, "night", 1, 0)])
    assert held(conflict)["night_ability"].en.endswith("nobody is put on nights who works none")


def test_rest_below_its_floor_is_not_offered(make):
    close = (make.shift("late", "16:00", "24:00"), make.shift("early", "06:00", "14:00"))
    _, conflict = conflict_of(make, make.agents(1), [(0, "late", 1, 0), (1, "early", 1, 0)], shifts=close)
    assert way_of(conflict, "rest_between_shifts") is None
    assert "rest is not offered below 8 h" in held(conflict)["rest_between_shifts"].en
