"""Every rule: a roster where it bites and one where it does not, for the checker and for the builder.

Each case is a tiny problem in which the rule alone leaves posts open. The same duties, planted by
hand, must be found by the checker; with the rule relaxed the builder fills every post and the
checker is silent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from scheduler import build_roster
from scheduler.checker import CHECKS, assert_roster_legal, check_roster, is_legal
from wfm.hotline import Agent, Contract, Group, Leave, RosterRules, StaffKind


@dataclass
class Case:
    """Posts by (day, shift, posts_a, posts_b), the planted duties, and what the rule leaves open."""

    rule: str
    posts: list[tuple[int, str, int, int]]
    planted: list[tuple[str, int, str, str]]
    open_posts: int
    strict: dict[str, Any] = field(default_factory=dict)
    relaxed: dict[str, Any] = field(default_factory=dict)
    agents: list[dict[str, Any]] = field(default_factory=lambda: [{}])
    relaxed_agents: list[dict[str, Any]] | None = None
    leave: list[tuple[str, int, int]] = field(default_factory=list)
    relaxed_leave: list[tuple[str, int, int]] = field(default_factory=list)
    history: list[tuple[str, int, str, str]] = field(default_factory=list)
    days: int = 14
    first: int = 0


def days(numbers: range | list[int], shift: str = "day", a: int = 1, b: int = 0) -> list[tuple[int, str, int, int]]:
    return [(n, shift, a, b) for n in numbers]


def held(
    numbers: range | list[int], shift: str = "day", agent: str = "a0", role: str = "A"
) -> list[tuple[str, int, str, str]]:
    return [(agent, n, shift, role) for n in numbers]


FREE = {"weekly_rest_days_min": 0, "consecutive_days_max": 28, "consecutive_nights_max": 28, "rest_between_shifts_h": 0}
TWO = [{}, {}]

CASES = [
    Case("one_duty_a_day", [(0, "day", 1, 0), (0, "evening", 1, 0)], [("a0", 0, "day", "A"), ("a0", 0, "evening", "A")], 1, relaxed_agents=TWO),
    Case("one_duty_a_day", [(0, "day", 1, 1)], [("a0", 0, "day", "A"), ("a0", 0, "day", "B")], 1, relaxed_agents=TWO),
    Case("rest_between_shifts", [(0, "evening", 1, 0), (1, "day", 1, 0)], [("a0", 0, "evening", "A"), ("a0", 1, "day", "A")], 1, relaxed={"rest_between_shifts_h": 8}),
    Case("rest_between_shifts", [(0, "evening", 0, 1), (1, "day", 1, 0)], [("a0", 0, "evening", "B"), ("a0", 1, "day", "A")], 1, relaxed={"rest_between_shifts_h": 8}),
    Case("rest_between_shifts", [(0, "night", 1, 0)], held([0], "night"), 1, history=[("a0", -1, "evening", "A")], relaxed={"rest_between_shifts_h": 0}),
    Case("weekly_rest_day", days(range(7)), held(range(7)), 1, strict={"consecutive_days_max": 28}, relaxed={"weekly_rest_days_min": 0}),
    Case("weekly_rest_day", days(range(2, 7)), held(range(2, 7)), 1, strict={"consecutive_days_max": 28}, history=held([0, 1]), first=2, relaxed={"weekly_rest_days_min": 0}),
    Case("weekly_rest_day", [*days(range(5)), (5, "late", 1, 0)], [*held(range(5)), ("a0", 5, "late", "A")], 1, relaxed={"weekly_rest_days_min": 0}),
    Case("hours_per_week", days(range(5)), held(range(5)), 1, strict={"hours_per_week_max": 32}, relaxed={"hours_per_week_max": 40}),
    Case("hours_per_week", days(range(5), a=0, b=1), held(range(5), role="B"), 1, strict={"hours_per_week_max": 32, "standby_hours_share": 1.0}, relaxed={"standby_hours_share": 0.0}),
    Case("duties_in_four_weeks", days([0, 2, 8], a=0, b=1), held([0, 2, 8], role="B"), 1, strict={"duties_per_4_weeks_max": 2}, relaxed={"duties_per_4_weeks_max": 3}),
    Case("duties_in_four_weeks", days([0, 8]), held([0, 8]), 1, strict={"duties_per_4_weeks_max": 2}, history=held([-19]), relaxed={"duties_per_4_weeks_max": 3}),
    Case("nights_in_four_weeks", days([0, 8], "night"), held([0, 8], "night"), 1, strict={"nights_per_4_weeks_max": 1}, relaxed={"nights_per_4_weeks_max": 2}),
    Case("consecutive_days", days(range(3, 7)), held(range(3, 7)), 1, strict={"consecutive_days_max": 3}, relaxed={"consecutive_days_max": 4}),
    Case("consecutive_days", days(range(2)), held(range(2)), 1, strict={"consecutive_days_max": 3}, history=held([-1, -2]), relaxed={"consecutive_days_max": 4}),
    Case("consecutive_nights", days(range(2, 5), "night"), held(range(2, 5), "night"), 1, strict={"consecutive_nights_max": 2}, relaxed={"consecutive_nights_max": 3}),
    Case("leave", days([0, 1]), held([0, 1]), 1, leave=[("a0", 1, 3)]),
    Case("leave", [(0, "late", 1, 0)], held([0], "late"), 1, leave=[("a0", 1, 1)]),
    Case("weekdays", days([4, 5]), held([4, 5]), 1, agents=[{"weekdays": "1111100"}], relaxed_agents=[{}]),
    Case("skills", days([0]), held([0]), 1, agents=[{"lines": ("other",)}], relaxed_agents=[{}]),
    Case("skills", days([0]), held([0]), 1, agents=[{"staff_kind": "manager"}], relaxed_agents=[{}]),
    Case("night_ability", days([0], "night"), held([0], "night"), 1, agents=[{"night": False}], relaxed_agents=[{}]),
    Case("firm_share", days([0], a=4), [(f"a{n}", 0, "day", "A") for n in range(4)], 2, agents=[{"firm": "F"}] * 4, strict={"firm_share_max": 0.5}, relaxed={"firm_share_max": 1.0}),
]  # fmt: skip


FURTHER_RULES = {
    "counted_limits",
    "dialects",
    "consecutive_days_min",
    "days_off_in_a_row",
    "not_followed_by",
    "forward_rotation",
    "night_people",
    "law_hours_a_day",
    "law_rest_day",
    "law_overtime",
    "busy",
    "protected",
    "centre_closed",
    "standby_within",
    "pins",
    "pins_kept",
    "limits_owed",
    "posts_surplus",
}
"""Rules whose cases stand in test_further_rules.py and test_dialects.py."""


def contract_and_rules(changes: dict[str, Any]) -> tuple[Contract, RosterRules]:
    contract = {k: v for k, v in changes.items() if k in Contract.model_fields}
    rules = {k: v for k, v in changes.items() if k in RosterRules.model_fields}
    text = {"en": "c", "zh": "c"}
    return (
        Contract.model_validate(
            {"id": "contract", "name": text, "employee": False, "hours_per_week_max": 168, **contract}
        ),
        RosterRules.model_validate(rules),
    )


def problem_of(make, case: Case, *, relaxed: bool):
    contract, rules = contract_and_rules({**case.strict, **case.relaxed} if relaxed else case.strict)
    kinds = (
        StaffKind(id="duty-officer", name=make.text("officer"), answers_calls=True),
        StaffKind(id="manager", name=make.text("manager"), answers_calls=False),
    )
    late = make.shift("late", "20:00", "04:00")
    hotline = make.hotline(contracts=(contract,), rules=rules, staff_kinds=kinds, shifts=(*make.standard_shifts, late))
    chosen = case.relaxed_agents if relaxed and case.relaxed_agents else case.agents
    agents = [Agent(**{"id": f"a{n}", "lines": ("general",), **more}) for n, more in enumerate(chosen)]
    leave = [
        Leave(agent=a, first=make.monday + timedelta(days=low), last=make.monday + timedelta(days=high))
        for a, low, high in (case.relaxed_leave if relaxed else case.leave)
    ]
    history = make.duties(hotline, case.history) if case.history else None
    return make.problem(
        hotline,
        agents,
        make.posts(case.posts),
        days=case.days,
        leave=leave,
        history=history,
        first=make.monday + timedelta(days=case.first),
    ), hotline


@pytest.mark.parametrize("case", CASES, ids=[f"{c.rule}-{n}" for n, c in enumerate(CASES)])
def test_where_it_bites(make, case):
    """§46 among them: standby counts for rest and duties, its hours by their share."""
    problem, hotline = problem_of(make, case, relaxed=False)
    roster = build_roster(problem, seconds=10)
    assert roster.unfilled["missing"].sum() == case.open_posts
    assert roster.status == "partial"
    assert roster.objective == roster.bound, "a tiny problem is solved to the end"
    assert roster.reasons
    found = check_roster(problem, roster.duties)
    assert {v.rule for v in found} == {"posts_filled"}
    assert_roster_legal(problem, roster.duties)

    planted = check_roster(problem, make.duties(hotline, case.planted))
    assert case.rule in {v.rule for v in planted}
    assert not is_legal(planted)
    broken = next(v for v in planted if v.rule == case.rule)
    assert broken.text.en
    assert broken.text.zh


@pytest.mark.parametrize("case", CASES, ids=[f"{c.rule}-{n}" for n, c in enumerate(CASES)])
def test_where_it_does_not(make, case):
    problem, _ = problem_of(make, case, relaxed=True)
    roster = build_roster(problem, seconds=10)
    assert roster.unfilled.empty
    assert roster.status == "optimal"
    assert check_roster(problem, roster.duties) == []


def test_every_rule_of_the_builder_has_its_check_and_its_case():
    from scheduler.rules import RULES

    assert {r.name for r in RULES} <= set(CHECKS)
    elsewhere = {"known_names", "shift_times", "overlapping_duties", "two_people", "posts_filled", "standing_pairs"}
    assert {c.rule for c in CASES} == set(CHECKS) - elsewhere - FURTHER_RULES


def test_the_standing_pair_takes_turns(make):
    """One A post a day, one pair, one other agent: somebody of the pair is there every working day."""
    agents = [
        Agent(id="p", lines=("general",), pair="q"),
        Agent(id="q", lines=("general",), pair="p"),
        Agent(id="x", lines=("general",)),
    ]
    problem = make.problem(make.hotline(), agents, make.posts(days(range(5))))
    roster = build_roster(problem, seconds=10)
    assert set(roster.duties["agent"]) == {"p", "q"}
    assert check_roster(problem, roster.duties) == []
    planted = check_roster(problem, make.duties(problem.hotline, held(range(5), agent="x")))
    assert [v.rule for v in planted] == ["standing_pairs"] * 5
    assert is_legal(planted)


def test_a_pair_on_leave_together_is_reported(make):
    agents = [
        Agent(id="p", lines=("general",), pair="q"),
        Agent(id="q", lines=("general",)),
        Agent(id="x", lines=("general",)),
    ]
    leave = [Leave(agent=a, first=make.monday, last=make.monday) for a in ("p", "q")]
    problem = make.problem(make.hotline(), agents, make.posts(days([0, 1])), leave=leave)
    roster = build_roster(problem, seconds=10)
    assert [t.en for t in roster.reasons] == ["2026-09-14: the pair p and q is away together: neither can come"]
    assert [v.rule for v in check_roster(problem, roster.duties)] == ["standing_pairs"]


def test_pairs_do_not_bind_on_weekends_at_night_or_beyond_the_posts(make):
    agents = [Agent(id=a, lines=("general",), pair=b) for a, b in (("p", "q"), ("q", "p"), ("r", "s"), ("s", "r"))]
    problem = make.problem(make.hotline(), agents, make.posts([(5, "day", 1, 0), (0, "day", 1, 0), (1, "night", 1, 0)]))
    roster = build_roster(problem, seconds=10)
    assert check_roster(problem, roster.duties) == []


def test_partner_of_an_a_is_the_b_of_the_same_post(make):
    group = Group(id="all", name=make.text("all"), lines=("general",), posts_per_backup=1)
    agents = [Agent(id=a, lines=("general",), pair=b) for a, b in (("p", "q"), ("q", "p"), ("r", "s"), ("s", "r"))]
    problem = make.problem(make.hotline(groups=(group,)), agents, make.posts([(0, "day", 2, 2)]))
    duties = build_roster(problem, seconds=10).duties
    partner = {"p": "q", "q": "p", "r": "s", "s": "r"}
    posts = duties.groupby("post")["agent"].apply(set)
    roles = duties.set_index("agent")["role"]
    if roles["p"] != roles["q"]:
        assert all(partner[next(iter(people))] in people for people in posts)


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [("agent", "stranger", "known_names"), ("shift", "none", "known_names"), ("group", "none", "known_names")],
)
def test_names_nobody_knows(make, column, value, rule):
    problem = make.problem(make.hotline(), make.agents(2), make.posts(days([0])))
    duties = make.duties(problem.hotline, held([0]))
    duties[column] = value
    assert rule in {v.rule for v in check_roster(problem, duties)}


def test_times_that_are_not_the_shifts(make):
    problem = make.problem(make.hotline(), make.agents(2), make.posts(days([0])))
    duties = make.duties(problem.hotline, held([0]))
    assert check_roster(problem, duties) == []
    duties["end"] += duties["end"].iloc[0] - duties["start"].iloc[0]
    assert [v.rule for v in check_roster(problem, duties)] == ["shift_times"]


def test_overlapping_duties_of_two_days(make):
    long = make.shift("long", "12:00", "11:00")
    hotline = make.hotline(shifts=(*make.standard_shifts, long), rules=RosterRules(rest_between_shifts_h=0))
    problem = make.problem(hotline, make.agents(1), make.posts([(0, "long", 1, 0), (1, "day", 1, 0)]))
    assert "overlapping_duties" in {
        v.rule for v in check_roster(problem, make.duties(hotline, [("a0", 0, "long", "A"), ("a0", 1, "day", "A")]))
    }
    assert build_roster(problem, seconds=5).unfilled["missing"].sum() == 1


def test_a_post_has_one_a_and_another_person_as_b(make):
    problem = make.problem(make.hotline(), make.agents(2), make.posts([(0, "day", 1, 1)]))
    duties = make.duties(problem.hotline, [("a0", 0, "day", "A"), ("a1", 0, "day", "B")])
    duties["post"] = "2026-09-14/day/all/01"
    assert check_roster(problem, duties) == []
    duties["role"] = "A"
    assert "two_people" in {v.rule for v in check_roster(problem, duties)}
    same = make.duties(problem.hotline, [("a0", 0, "day", "A"), ("a0", 0, "day", "B")])
    same["post"] = "2026-09-14/day/all/01"
    assert "two_people" in {v.rule for v in check_roster(problem, same)}
