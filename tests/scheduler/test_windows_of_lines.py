"""Rosters by windows: what can still come against every plan of days, and long rosters judged by the checker."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler import build_roster
from scheduler.checker import assert_roster_legal, objective_parts
from scheduler.duties import duties_of
from scheduler.goal import cost_of, goal_of
from scheduler.lines.by_windows import grow, redo
from scheduler.lines.column_generation import Generator
from scheduler.lines.diving import first_lines, nothing_decided
from scheduler.lines.outlook import outlook_of
from scheduler.lines.window import line_days
from scheduler.slots import PAST_DAYS, Slots
from scheduler.work import Work
from wfm.hotline import Contract, CountLimit, Leave, RosterRules

RULES = RosterRules(fairness_weight=0, weekly_rest_days_min=0, consecutive_days_max=7, rest_between_shifts_h=0)


def contract_of(make, **more):
    return Contract(id="contract", name=make.text("c"), employee=False, hours_per_week_max=168, **more)


def most_minutes(able, weekend, days_on, days_off, weekends, contract):
    """By trying every plan of days on and off after so many days on, or off, in a row."""
    on_most, on_least, off_least = contract
    best = None
    for plan in product((False, True), repeat=len(able)):
        if any(on and not can for on, can in zip(plan, able, strict=True)):
            continue
        row = [True] * days_on + [False] * days_off + list(plan)
        runs = []
        for on in row:
            if runs and runs[-1][0] == on:
                runs[-1][1] += 1
            else:
                runs.append([on, 1])
        fine = all(length <= on_most for on, length in runs if on)
        begun = 0 if days_on else 1  # the first run is whole as it is given; the last one may go on behind
        for place, (on, length) in enumerate(runs[:-1]):
            fine &= length >= (on_least if on else off_least) or (place < begun and not on and days_off >= off_least)
        spent = sum(any(plan[k] for k in range(len(plan)) if group[k]) for group in groups_of(weekend))
        if fine and spent <= weekends:
            best = max(best or 0, 480 * sum(plan))
    return best


def groups_of(weekend):
    """One row for each weekend, which of the days are its days."""
    starts = [k for k in range(len(weekend)) if weekend[k] and not (k and weekend[k - 1])]
    found = []
    for start in starts:
        row = [False] * len(weekend)
        for k in range(start, len(weekend)):
            if not weekend[k]:
                break
            row[k] = True
        found.append(row)
    return found


@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_the_outlook_is_the_best_plan_of_days(make, data):
    days = 10
    begin = data.draw(st.integers(0, 6))
    first = make.monday + timedelta(days=begin)
    contract = contract_of(
        make,
        consecutive_days_max=data.draw(st.integers(2, 5)),
        consecutive_days_min=data.draw(st.integers(1, 2)),
        days_off_in_a_row_min=data.draw(st.integers(1, 3)),
    )
    able = data.draw(st.lists(st.booleans(), min_size=days, max_size=days))
    if not any(able):
        able[0] = True
    posts = make.posts([(d, "day", 1, 0) for d in range(days) if able[d]], first=first)
    problem = make.problem(
        make.hotline(contracts=(contract,), rules=RULES), make.agents(1), posts, days=days, first=first
    )
    slots = Slots(problem)
    outlook = outlook_of(slots, line_days(slots), [PAST_DAYS], 3)
    weekend = [bool(slots.weekend_days[PAST_DAYS + d]) for d in range(days)]
    limits = (contract.consecutive_days_max, contract.consecutive_days_min, contract.days_off_in_a_row_min)
    on = data.draw(st.integers(0, limits[0]))
    off = 0 if on else data.draw(st.integers(1, 3))
    left = data.draw(st.integers(0, 3))
    if weekend[0] and slots.weekend_days[PAST_DAYS - 1] and on:
        return  # a weekend begun before belongs to what is done
    expected = most_minutes(able, weekend, on, off, left, limits)
    got = int(outlook.most[PAST_DAYS][0, int(outlook.place(0, np.array(on), np.array(off))), left])
    assert (got if got >= 0 else None) == expected


@pytest.fixture(scope="module")
def season(make):
    """Thirteen weeks, nine people of two kinds, hours within a narrow band over all of it, weekends and nights limited."""
    limits = (
        CountLimit(count="hours", least=424, most=440),
        CountLimit(count="weekends", most=8),
        CountLimit(count="shift", shift="night", most=20),
    )
    contract = contract_of(make, consecutive_days_max=5, consecutive_days_min=2, days_off_in_a_row_min=2, limits=limits)
    hotline = make.hotline(contracts=(contract,), rules=RULES)
    rows = [(d, shift, 2 if shift == "day" else 1, 0) for d in range(91) for shift in ("day", "evening", "night")]
    posts = make.posts(rows).assign(short_cost=100.0, surplus_cost=1.0)
    leave = [
        Leave(agent=f"a{n}", first=make.monday + timedelta(days=9 * n), last=make.monday + timedelta(days=9 * n + 6))
        for n in range(9)
    ]
    return make.problem(hotline, make.agents(9), posts, days=91, leave=leave)


def test_a_roster_grown_from_the_front_is_legal_and_owes_nothing(season):
    slots = Slots(season)
    goal = goal_of(slots)

    def make_generator(window):
        return Generator(slots, goal, lambda: True, lambda _: None, window=window)

    rng = np.random.default_rng(1)
    quick = grow(Work.of_history(slots), goal, make_generator, rng, lambda: 0.0)
    assert quick is not None
    costs = []
    for work in (quick, redo(quick, make_generator, rng, PAST_DAYS + 20, PAST_DAYS + 48)):
        assert work is not None
        duties = duties_of(work)
        assert_roster_legal(season, duties)
        parts = objective_parts(season, duties)
        assert parts["owed"] == 0
        assert sum(parts.values()) == cost_of(work, goal)
        costs.append(cost_of(work, goal))
    assert costs[1] <= costs[0]


@pytest.fixture(scope="module")
def built(season):
    return build_roster(season, cpu_seconds=3)


def test_a_season_is_built_and_its_bound_holds(season, built):
    roster = built
    assert_roster_legal(season, roster.duties)
    parts = objective_parts(season, roster.duties)
    assert sum(parts.values()) == roster.objective
    assert roster.bound <= roster.objective
    again = build_roster(season, seconds=1, reproducible=True)
    assert_roster_legal(season, again.duties)
    assert again.objective >= roster.bound, "nobody is below a bound"


def test_windows_do_not_divide_what_was_legal(built):
    """Days that are redone may join the runs beside them, never break them."""
    for _, mine in built.duties.groupby("agent"):
        days = sorted(mine["date"])
        runs, length = [], 1
        for a, b in pairwise(days):
            if (b - a).days == 1:
                length += 1
            else:
                assert (b - a).days >= 3, "two days off at least"
                runs.append(length)
                length = 1
        assert all(2 <= r <= 5 for r in runs[1:])


def test_what_some_people_keep_bounds_nothing(season):
    """The best beside lines that stay as they are says nothing of rosters without these."""
    slots = Slots(season)
    generator = Generator(slots, goal_of(slots), lambda: True, lambda _: None)
    lines = first_lines(generator, np.random.default_rng(1))
    assert lines is not None
    generator.master.restart(lines[:4], lines, nothing_decided(generator), 0)
    assert generator.generate(3) is not None
    assert generator.bound == -np.inf
    assert generator.prices is None
