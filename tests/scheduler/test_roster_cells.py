"""A roster changed cell by cell is judged as a whole one would be, and keeps its posts."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.checker import RULES_OF_A_DAY, check_roster
from scheduler.roster_cells import EMPTY, Cell, StandingDuty, live_roster
from scheduler.roster_grid import roster_grid
from wfm.hotline import Agent, Busy, Contract, CountLimit, Group, Leave, Pin, RosterRules

MONDAY = date(2026, 9, 14)
SHIFTS = ("day", "evening", "night")


def duty(shift="day", role="A", group="all"):
    return StandingDuty(shift, group, role)


def cell(*duties, pinned=False):
    return Cell(tuple(duties), pinned)


def strict(make, **more):
    """A hotline in which every kind of rule can be broken."""
    contract = Contract(
        id="contract",
        name=make.text("contract"),
        employee=True,
        hours_per_week_max=40,
        duties_per_4_weeks_max=12,
        nights_per_4_weeks_max=3,
        consecutive_days_min=2,
        days_off_in_a_row_min=2,
        limits=(
            CountLimit(count="weekends", over="four_weeks", most=1),
            CountLimit(count="hours", over="week", least=8),
        ),
    )
    return make.hotline(
        contracts=(contract,),
        lines=(make.line("general"), make.line("other")),
        groups=(
            Group(id="all", name=make.text("all"), lines=("general",), posts_per_backup=2),
            Group(id="few", name=make.text("few"), lines=("other",)),
        ),
        rules=RosterRules(
            consecutive_days_max=4,
            consecutive_nights_max=1,
            firm_share_max=0.5,
            night_people_min=2,
            forward_rotation=True,
        ),
    )


def a_strict_problem(make, days=14):
    people = [
        Agent(
            id=f"a{n}",
            lines=("general",) if n % 5 else ("other",),
            night=n % 3 > 0,
            firm=f"f{n % 2}",
            pair={0: "a1", 1: "a0", 2: "a3", 3: "a2"}.get(n, ""),
            weekdays="1111110" if n == 4 else "1111111",
        )
        for n in range(8)
    ]
    rows = [(d, shift, 2, 1) for d in range(days) for shift in SHIFTS]
    posts = make.posts(rows)
    problem = make.problem(strict(make), people, posts, days=days, leave=[Leave(agent="a2", first=MONDAY, last=MONDAY)])
    return replace(
        problem,
        pins=(Pin(agent="a7", date=MONDAY + timedelta(days=2), shift="evening"),),
        busy=(Busy.model_validate({"agent": "a6", "start": "2026-09-16 01:00", "end": "2026-09-16 03:00"}),),
        history=make.duties(problem.hotline, [("a0", -1, "night", "A"), ("a1", -2, "day", "A")]),
    )


def judged(violations):
    return Counter((v.rule, v.agent, v.date, v.text) for v in violations)


PLACES = st.tuples(st.integers(0, 7), st.integers(0, 13))
DUTIES = st.builds(StandingDuty, st.sampled_from(SHIFTS), st.sampled_from(["all", "few"]), st.sampled_from("AB"))
CELLS = st.builds(Cell, st.lists(DUTIES, max_size=2, unique_by=lambda d: (d.shift, d.role)).map(tuple), st.booleans())
STEPS = st.lists(st.dictionaries(PLACES, CELLS, min_size=1, max_size=4), min_size=1, max_size=12)


@pytest.fixture(scope="module")
def problem(make):
    return a_strict_problem(make)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=STEPS)
def test_changes_are_judged_as_the_whole_roster_is(make, problem, steps):
    begun = [(f"a{n % 8}", n % 14, SHIFTS[n % 3], "A") for n in range(40)]
    start = make.duties(problem.hotline, list(dict.fromkeys(begun)))
    live = live_roster(problem, start)
    assert judged(live.violations) == judged(check_roster(problem, start))
    for step in steps:
        live = live.with_cells({(f"a{n}", MONDAY + timedelta(days=d)): wanted for (n, d), wanted in step.items()})
    assert judged(live.violations) == judged(check_roster(problem, live.duties()))


def test_every_rule_can_be_seen_in_this_comparison(make, problem):
    """The comparison above would be worth little if its rosters broke few rules."""
    every = {
        (f"a{n}", MONDAY + timedelta(days=d)): cell(duty(SHIFTS[(n + d) % 3])) for n in range(8) for d in range(14)
    }
    live = live_roster(problem, make.duties(problem.hotline, [("a0", 0, "day", "A")])).with_cells(every)
    rules = {v.rule for v in live.violations}
    assert rules >= {
        "rest_between_shifts",
        "weekly_rest_day",
        "hours_per_week",
        "duties_in_four_weeks",
        "nights_in_four_weeks",
        "consecutive_days",
        "counted_limits",
        "law_rest_day",
        "leave",
        "weekdays",
        "busy",
        "pins",
        "skills",
        "night_ability",
        "posts_surplus",
        "posts_filled",
        "firm_share",
        "forward_rotation",
    }
    assert rules & set(RULES_OF_A_DAY)


def test_a_duty_put_in_takes_the_free_post(make):
    problem = make.problem(make.hotline(), make.agents(4), make.posts([(0, "day", 3, 1)]))
    day = MONDAY
    empty = make.duties(problem.hotline, [("a0", 1, "day", "A")])
    live = live_roster(problem, empty)
    for n in range(3):
        live = live.with_cells({(f"a{n}", day): cell(duty())})
    posts = {a: rows[0].post for (a, d), rows in live.rows.items() if d == day}
    assert posts == {f"a{n}": f"2026-09-14/day/all/0{n + 1}" for n in range(3)}
    # The second one goes, and whoever comes next stands where that one stood; the others stay.
    live = live.with_cells({("a1", day): EMPTY}).with_cells({("a3", day): cell(duty())})
    assert live.rows["a3", day][0].post == "2026-09-14/day/all/02"
    assert live.rows["a2", day][0].post == "2026-09-14/day/all/03"
    # Pinning changes neither duty nor post.
    pinned = live.with_cells({("a3", day): cell(duty(), pinned=True)})
    assert pinned.rows["a3", day][0].post == "2026-09-14/day/all/02"
    assert pinned.cell("a3", day).pinned
    assert pinned.violations == live.violations


def test_two_people_exchange_their_duties_in_one_change(make):
    problem = make.problem(make.hotline(), make.agents(2), make.posts([(0, "day", 1, 0), (0, "night", 1, 0)]))
    live = live_roster(problem, make.duties(problem.hotline, [("a0", 0, "day", "A"), ("a1", 0, "night", "A")]))
    first, second = live.cell("a0", MONDAY), live.cell("a1", MONDAY)
    swapped = live.with_cells({("a0", MONDAY): second, ("a1", MONDAY): first})
    assert swapped.cell("a0", MONDAY).duties == (duty("night"),)
    assert not [v for v in swapped.violations if v.rule.startswith("posts")]
    back = swapped.with_cells({("a0", MONDAY): first, ("a1", MONDAY): second})
    assert back.cells == live.cells
    assert judged(back.violations) == judged(live.violations)
    assert live.cell("a0", MONDAY) == first  # a change leaves the roster before it as it was


def test_the_b_of_several_posts_stands_on_the_first_of_them(make):
    hotline = make.hotline(groups=(Group(id="all", name=make.text("all"), lines=("general",), posts_per_backup=3),))
    problem = make.problem(hotline, make.agents(3), make.posts([(0, "day", 6, 2)]))
    live = live_roster(problem, make.duties(hotline, [("a2", 1, "day", "A")]))
    live = live.with_cells({("a0", MONDAY): cell(duty(role="B"))}).with_cells({("a1", MONDAY): cell(duty(role="B"))})
    assert [live.rows[a, MONDAY][0].post[-2:] for a in ("a0", "a1")] == ["01", "04"]


def test_totals_are_those_of_the_grid(make, problem):
    live = live_roster(problem, make.duties(problem.hotline, [("a0", 0, "night", "A"), ("a1", 5, "day", "B")]))
    live = live.with_cells({("a0", MONDAY + timedelta(days=6)): cell(duty("evening"))})
    rows = {row.agent: row for row in roster_grid(problem, live.duties()).rows}
    for agent in ("a0", "a1", "a2"):
        found, row = live.totals(agent), rows[agent]
        assert (found.hours, found.duties, found.nights, found.weekends, found.standbys) == (
            row.hours,
            row.duties,
            row.nights,
            row.weekends,
            row.standbys,
        )
    assert live.totals("a0").hours == 16.0
    assert live.totals("a0").nights == 1


def test_plain_values_come_back_as_the_same_cell():
    kept = cell(duty("night", "B"), pinned=True)
    assert Cell.of_plain(kept.plain()) == kept
    assert Cell.of_plain(EMPTY.plain()) == EMPTY


@pytest.fixture(scope="module")
def large(make):
    """200 people × 31 days with 3,720 duties."""
    problem = make.problem(
        make.hotline(),
        make.agents(200, firm="f"),
        make.posts([(d, shift, 30, 10) for d in range(31) for shift in SHIFTS]),
        days=31,
    )
    draws = np.random.default_rng(3)
    cells = {
        (f"a{agent}", MONDAY + timedelta(days=day)): cell(duty(SHIFTS[n % 3], "A" if n < 90 else "B"))
        for day in range(31)
        for n, agent in enumerate(draws.permutation(200)[:120])
    }
    begun = make.duties(problem.hotline, [("a0", 0, "day", "A")])
    return problem, live_roster(problem, begun).with_cells({("a0", MONDAY): EMPTY, **cells})


def test_a_large_roster_changed_again_and_again_is_judged_as_the_whole_check_does(large):
    problem, live = large
    assert len(live.duties()) == 120 * 31
    draws = np.random.default_rng(4)
    for _ in range(12):
        agent, day = f"a{draws.integers(200)}", MONDAY + timedelta(days=int(draws.integers(31)))
        wanted = cell(duty(SHIFTS[draws.integers(3)])) if live.cell(agent, day) == EMPTY else EMPTY
        live = live.with_cells({(agent, day): wanted})
    assert judged(live.violations) == judged(check_roster(problem, live.duties()))
