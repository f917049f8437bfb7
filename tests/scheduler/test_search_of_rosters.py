"""The bound from lines of work against the whole linear program; the search as it is watched, begun and interrupted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from scheduler import build_roster
from scheduler.checker import assert_roster_legal, check_roster, is_legal, objective_parts
from scheduler.costs import COST_UNFILLED
from scheduler.goal import goal_of
from scheduler.lines.column_generation import Generator
from scheduler.slots import Slots
from wfm.hotline import Agent, Contract, CountLimit, Leave, RosterRules, Wish


def generator_of(problem, workers=1):
    slots = Slots(problem)
    return Generator(slots, goal_of(slots), goes_on=lambda: True, spend=lambda _: None, workers=workers)


@st.composite
def small_problems(draw, make):
    """Two or three people, at most four posts on five days: few enough to try every roster."""
    rows = draw(
        st.lists(
            st.tuples(st.integers(0, 4), st.sampled_from(("day", "evening", "night")), st.integers(1, 2), st.just(0)),
            min_size=2,
            max_size=4,
            unique_by=lambda r: r[:2],
        ).filter(lambda rows: sum(a + b for _, _, a, b in rows) <= 4)
    )
    limit = st.sampled_from(
        (
            (),
            (CountLimit(count="duties", least=1, most=2),),
            (CountLimit(count="nights", most=0, weight=40),),
            (CountLimit(count="hours", least=12),),
        )
    )
    contract = Contract(
        id="contract",
        name=make.text("c"),
        employee=False,
        hours_per_week_min=draw(st.sampled_from((0, 12))),
        hours_per_week_max=draw(st.sampled_from((12, 16, 40))),
        consecutive_days_min=draw(st.sampled_from((1, 1, 2))),
        days_off_in_a_row_min=draw(st.sampled_from((1, 2))),
        limits=draw(limit),
    )
    hotline = make.hotline(
        contracts=(contract,), rules=RosterRules(fairness_weight=0, forward_rotation=draw(st.booleans()))
    )
    agents = [Agent(id=f"a{n}", lines=("general",), night=draw(st.booleans())) for n in range(draw(st.integers(2, 3)))]
    posts = make.posts(rows)
    if draw(st.booleans()):
        posts = posts.assign(short_cost=300.0)
    leave = [Leave(agent="a0", first=make.monday, last=make.monday)] if draw(st.booleans()) else []
    wishes = [
        Wish(agent="a1", date=make.monday + timedelta(days=rows[0][0]), wanted=draw(st.booleans()), weight=25),
        Wish(agent="a0", date=make.monday + timedelta(days=rows[1][0]), shift=rows[1][1], wanted=True, weight=9),
    ]
    problem = make.problem(hotline, agents, posts, leave=leave)
    return replace(problem, wishes=tuple(wishes[: draw(st.integers(0, 2))])), rows


@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(data=st.data())
def test_the_bound_never_exceeds_the_cheapest_roster(make, data):
    problem, rows = data.draw(small_problems(make))
    singles = [(day, shift) for day, shift, a, _ in rows for _ in range(a)]
    names = [a.id for a in problem.agents]
    table = {
        (who, day, shift): make.duties(problem.hotline, [(who, day, shift, "A")])
        for who, (day, shift) in product(names, set(singles))
    }
    some = next(iter(table.values()))
    best = np.inf
    for choice in product([None, *names], repeat=len(singles)):
        mine = [table[who, *post] for who, post in zip(choice, singles, strict=True) if who]
        duties = pd.concat(mine, ignore_index=True) if mine else some.iloc[:0]
        if is_legal(check_roster(problem, duties)):
            best = min(best, sum(objective_parts(problem, duties).values()))
    generator = generator_of(problem)
    generator.find_bound(200)
    assert generator.bound <= best + 1e-6
    roster = build_roster(problem, seconds=1, reproducible=True)
    assert roster.bound <= best <= roster.objective


@settings(max_examples=4, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(data=st.data())
def test_the_bound_is_the_value_of_the_linear_program_over_all_lines(make, data):
    """Every legal line of every person, written out, and one linear program over them, solved by HiGHS."""
    rows = data.draw(
        st.lists(
            st.tuples(st.integers(0, 6), st.sampled_from(("day", "evening", "night")), st.integers(1, 2), st.just(0)),
            min_size=3,
            max_size=5,
            unique_by=lambda r: r[:2],
        )
    )
    contract = Contract(
        id="contract",
        name=make.text("c"),
        employee=False,
        hours_per_week_min=data.draw(st.sampled_from((0, 20))),
        hours_per_week_max=data.draw(st.sampled_from((16, 24))),
        days_off_in_a_row_min=data.draw(st.sampled_from((1, 2))),
    )
    rules = RosterRules(fairness_weight=0, rest_between_shifts_h=11)
    hotline = make.hotline(contracts=(contract,), rules=rules)
    wishes = tuple(
        Wish(agent=f"a{n}", date=make.monday + timedelta(days=rows[n][0]), wanted=False, weight=35) for n in (0, 1)
    )
    problem = replace(make.problem(hotline, make.agents(2), make.posts(rows)), wishes=wishes)
    by_day = {}
    for number, (day, shift, _, _) in enumerate(rows):
        by_day.setdefault(day, []).append((number, shift))
    costs, person, covers = [], [], []
    for who, agent in enumerate(problem.agents):
        alone = make.problem(hotline, [agent], make.posts(rows))
        alone = replace(alone, wishes=[w for w in wishes if w.agent == agent.id])
        full = make.duties(hotline, [(agent.id, day, shift, "A") for day, shift, _, _ in rows])
        for chosen in product(*[[None, *there] for there in by_day.values()]):
            taken = [c[0] for c in chosen if c]
            duties = full.iloc[taken]
            if is_legal(check_roster(alone, duties)):
                parts = objective_parts(alone, duties)
                costs.append(parts["wishes"] + parts["hours_owed"])
                person.append(who)
                covers.append(np.isin(np.arange(len(rows)), taken).astype(float))
    need = np.array([a for _, _, a, _ in rows], dtype=float)
    cover = np.column_stack([np.array(covers).T, np.eye(len(rows))])
    one = np.array([[float(p == who) for p in person] + [0.0] * len(rows) for who in range(2)])
    solved = linprog(
        [*costs, *[float(COST_UNFILLED["A"])] * len(rows)],
        A_eq=np.vstack([one, cover]),
        b_eq=np.concatenate([[1.0, 1.0], need]),
        bounds=[(0, None)] * (len(costs) + len(rows)),
    )
    generator = generator_of(problem, workers=data.draw(st.sampled_from((1, 2))))
    generator.find_bound(400)
    generator.close()
    assert generator.bound == pytest.approx(solved.fun, rel=1e-3, abs=1e-3)
    assert generator.bound <= solved.fun + 1e-4 * max(1.0, abs(solved.fun))


@pytest.fixture(scope="module")
def fortnight(make):
    """Seven people, two weeks of three shifts, with nights limited and wishes: good, but not proven at once."""
    contract = Contract(
        id="contract", name=make.text("c"), employee=True, hours_per_week_max=40, nights_per_4_weeks_max=4
    )
    posts = make.posts([(d, s, 1, 0) for d in range(14) for s in ("day", "evening", "night")])
    rng = np.random.default_rng(3)
    wishes = tuple(
        Wish(agent=f"a{a}", date=make.monday + timedelta(days=int(d)), wanted=False, weight=int(w))
        for a in range(7)
        for d, w in zip(rng.choice(14, 4, replace=False), rng.integers(1, 60, 4), strict=True)
    )
    return replace(make.problem(make.hotline(contracts=(contract,)), make.agents(7), posts, days=14), wishes=wishes)


def test_what_is_watched_only_gets_better(fortnight):
    told = []
    roster = build_roster(fortnight, seconds=2, reproducible=True, watch=lambda *pair: told.append(pair))
    objectives, bounds = zip(*told, strict=True)
    assert list(objectives) == sorted(objectives, reverse=True)
    assert list(bounds) == sorted(bounds)
    assert all(bound <= objective for objective, bound in told)
    assert len(set(objectives)) > 1
    assert roster.objective <= objectives[-1]
    assert roster.bound == pytest.approx(min(bounds[-1], roster.objective))
    assert_roster_legal(fortnight, roster.duties)


def test_an_interrupted_search_gives_the_best_so_far(fortnight):
    told = []

    def watch(objective, bound):
        told.append(objective)
        if len(set(told)) > 1:
            raise KeyboardInterrupt

    roster = build_roster(fortnight, seconds=600, keep_on_interrupt=True, watch=watch)
    assert roster.interrupted
    assert roster.objective <= told[-1]
    assert_roster_legal(fortnight, roster.duties)
    with pytest.raises(KeyboardInterrupt):
        build_roster(fortnight, seconds=600, watch=watch)


def test_a_search_that_is_not_interrupted_does_not_say_so(make):
    problem = make.problem(make.hotline(), make.agents(3), make.posts([(0, "day", 1, 0)]))
    assert not build_roster(problem, seconds=5, keep_on_interrupt=True).interrupted


def test_the_start_is_where_the_search_begins(fortnight):
    good = build_roster(fortnight, seconds=1, reproducible=True)
    told = []

    def stop_at_once(objective, bound):
        told.append(objective)
        raise KeyboardInterrupt

    again = build_roster(fortnight, seconds=600, start=good.duties, keep_on_interrupt=True, watch=stop_at_once)
    assert told[0] <= good.objective
    assert again.objective <= good.objective
    # Of a start that breaks rules the rest is kept.
    broken = good.duties.copy()
    broken.loc[0, "agent"] = next(a.id for a in fortnight.agents if a.id != broken.loc[0, "agent"])
    again = build_roster(fortnight, seconds=600, start=broken, keep_on_interrupt=True, watch=stop_at_once)
    assert_roster_legal(fortnight, again.duties)
    kept = again.duties.merge(good.duties, on=["agent", "date", "shift"])
    assert len(kept) >= len(good.duties) - 3


def test_a_reproducible_search_does_not_depend_on_the_workers(fortnight):
    one, two, other = (
        build_roster(fortnight, seconds=0.3, seed=seed, reproducible=True, workers=workers)
        for seed, workers in ((5, 1), (5, 2), (6, 1))
    )
    pd.testing.assert_frame_equal(one.duties, two.duties)
    assert (one.objective, one.bound) == (two.objective, two.bound)
    assert not one.duties[["agent", "date"]].equals(other.duties[["agent", "date"]])


def test_processor_time_ends_the_search(fortnight, monkeypatch):
    """A processor clock that jumps past the budget at the first new roster: whatever the wall clock says, it is over."""
    from scheduler import solver

    spent = [0.0]
    monkeypatch.setattr(solver.time, "process_time", lambda: spent[0])
    heard = []

    def watch(objective, bound):
        heard.append(objective)
        if len(set(heard)) > 1:
            spent[0] = 1e6

    roster = build_roster(fortnight, cpu_seconds=1000, seconds=1e-9, watch=watch)
    assert len(set(heard)) > 1, "the other limit does not count"
    assert not roster.interrupted
    assert_roster_legal(fortnight, roster.duties)
