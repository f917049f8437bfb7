"""All lines near the cheapest, and proofs by them, against every roster of small problems written out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from scheduler import build_roster
from scheduler.checker import check_roster, is_legal, objective_parts
from scheduler.goal import cost_of, goal_of
from scheduler.lines.all_lines import cost_to_go
from scheduler.lines.column_generation import Generator
from scheduler.lines.diving import work_of_lines
from scheduler.lines.proof import judge
from scheduler.lines.shortest_line import FORBIDDEN
from scheduler.slots import Slots
from wfm.hotline import Contract, CountLimit, Leave, RosterRules, Wish

MANY = 10_000
LIMITS = (
    (),
    (CountLimit(count="duties", least=1, most=2),),
    (CountLimit(count="nights", most=0, weight=40),),
    (CountLimit(count="hours", least=12),),
    (CountLimit(count="weekends", most=1), CountLimit(count="shift", shift="day", most=2)),
)


def generator_of(problem):
    slots = Slots(problem)
    return Generator(slots, goal_of(slots), goes_on=lambda: True, spend=lambda _: None)


def nothing():
    """Hears and says nothing."""


def thirty():
    """Seconds that are left."""
    return 30.0


@st.composite
def problems(draw, make, people, days, posts):
    """A problem for so many people, its rows of posts (day, shift, 1, 0) with every person able to serve all."""
    rows = draw(
        st.lists(
            st.tuples(st.sampled_from(days), st.sampled_from(("day", "evening", "night")), st.just(1), st.just(0)),
            min_size=2,
            max_size=posts,
            unique_by=lambda r: r[:2],
        )
    )
    contract = Contract(
        id="contract",
        name=make.text("c"),
        employee=False,
        hours_per_week_min=draw(st.sampled_from((0, 12))),
        hours_per_week_max=draw(st.sampled_from((16, 40))),
        consecutive_days_min=draw(st.sampled_from((1, 2))),
        days_off_in_a_row_min=draw(st.sampled_from((1, 2))),
        limits=draw(st.sampled_from(LIMITS)),
    )
    rules = RosterRules(
        fairness_weight=0,
        rest_between_shifts_h=draw(st.sampled_from((0, 11))),
        forward_rotation=draw(st.booleans()),
    )
    hotline = make.hotline(contracts=(contract,), rules=rules)
    table = make.posts(rows)
    if draw(st.booleans()):
        table = table.assign(short_cost=300.0, surplus_cost=draw(st.sampled_from((7.0, 90.0))))
    leave = [Leave(agent="a0", first=make.monday, last=make.monday)] if draw(st.booleans()) else []
    wishes = tuple(
        Wish(
            agent=f"a{n % people}",
            date=make.monday + timedelta(days=row[0]),
            shift=row[1],
            wanted=wanted,
            weight=weight,
        )
        for n, (row, wanted, weight) in enumerate(
            draw(
                st.lists(
                    st.tuples(st.sampled_from(rows), st.booleans(), st.integers(1, 60)),
                    max_size=3,
                    unique_by=lambda w: w[0],
                )
            )
        )
    )
    problem = make.problem(hotline, make.agents(people), table, days=max(days) + 1, leave=leave)
    return replace(problem, wishes=wishes), rows


def duties_table(make, problem, names, rows):
    """One row of duties for each person and post."""
    return {
        (who, *row[:2]): make.duties(problem.hotline, [(who, row[0], row[1], "A")]) for who in names for row in rows
    }


def chosen_lines(rows):
    """Every choice of at most one of the posts on each day."""
    by_day = {}
    for day, shift, _, _ in rows:
        by_day.setdefault(day, []).append((day, shift))
    return [[c for c in choice if c] for choice in product(*[[None, *there] for there in by_day.values()])]


@settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(data=st.data())
def test_all_lines_near_the_cheapest_are_found(make, data):
    """One person: every legal choice of posts whose cost lies within the limit is among the lines, each once."""
    problem, rows = data.draw(problems(make, 1, range(7), 5))
    table = duties_table(make, problem, ["a0"], rows)
    slots = Slots(problem)
    place = {(s.day - slots.day_of(make.monday), s.shift.id): s.index for s in slots.all}
    generator = generator_of(problem)
    reward = np.array(
        data.draw(st.lists(st.integers(-20, 80), min_size=len(slots.all), max_size=len(slots.all))), float
    )
    me = generator.people[0]
    ahead = cost_to_go(me, generator.price(0, reward)[0])
    value, _ = generator.cheapest(0, reward)
    if ahead is None:
        assert value >= FORBIDDEN
        return
    spare = data.draw(st.sampled_from((0.0, 10.0, 100.0)))
    lines = ahead.lines(spare, MANY)
    found = [frozenset(row[row >= 0].tolist()) for row in lines]
    assert len(set(found)) == len(found)
    fresh = generator.people[0]
    if fresh is me:
        assert ahead.least == pytest.approx(value)
    some = next(iter(table.values()))
    for chosen in chosen_lines(rows):
        duties = pd.concat([table["a0", *c] for c in chosen], ignore_index=True) if chosen else some.iloc[:0]
        if not is_legal(check_roster(problem, duties)):
            continue
        mine = frozenset(place[c] for c in chosen)
        parts = objective_parts(problem, duties)
        if parts["owed"] and me.forced:
            continue
        own = sum(parts[k] for k in ("owed", "hours_owed", "wishes", "limits"))
        cost = own - generator.goal.wish_base - sum(reward[k] for k in mine)
        assert (mine in found) or cost > ahead.least + spare, "a legal line within the limit is missing"
    if len(found) > 1:
        assert ahead.lines(spare, len(found) - 1) is None
        assert len(ahead.lines(spare, len(found))) == len(found)


@settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(data=st.data())
def test_the_verdict_agrees_with_every_roster(make, data):
    """Two people: what is said of a cost is true of the cheapest legal roster, found by trying all."""
    problem, rows = data.draw(problems(make, 2, range(5), 3))
    names = ["a0", "a1"]
    table = duties_table(make, problem, names, rows)
    some = next(iter(table.values()))
    surplus = "surplus_cost" in problem.posts
    takers = [None, "a0", "a1", *(["both"] if surplus else [])]
    best = np.inf
    for choice in product(takers, repeat=len(rows)):
        pairs = [(who, row) for taker, row in zip(choice, rows, strict=True) for who in _people(taker)]
        mine = [table[who, row[0], row[1]] for who, row in pairs]
        duties = pd.concat(mine, ignore_index=True) if mine else some.iloc[:0]
        if is_legal(check_roster(problem, duties)):
            best = min(best, sum(objective_parts(problem, duties).values()))
    generator = generator_of(problem)
    generator.find_bound(200)
    known = int(best) + data.draw(st.sampled_from((0, 1, 40)))
    found = judge(generator, known, thirty, nothing, lines_max=MANY)
    if found is None:
        assert best >= 1e5, "few lines, moderate costs: there is an answer"
        return
    assert found.bound <= best
    if known == best:
        assert found.bound == best, "nothing better exists: proven"
    elif found.lines is not None:
        roster = work_of_lines(generator, found.lines)
        assert cost_of(roster, generator.goal) == best == found.bound
    few = judge(generator, known, thirty, nothing, lines_max=3)
    assert few is None or few.bound <= best


def _people(taker):
    return () if taker is None else ("a0", "a1") if taker == "both" else (taker,)


@pytest.fixture(scope="module")
def odd(make):
    """Five people in runs of two duties or more for ten posts, no three of which agree: the linear program lies below."""
    contract = Contract(
        id="contract",
        name=make.text("c"),
        employee=False,
        hours_per_week_max=168,
        consecutive_days_max=3,
        consecutive_days_min=2,
        days_off_in_a_row_min=2,
        limits=(CountLimit(count="duties", most=9), CountLimit(count="weekends", most=1)),
    )
    hotline = make.hotline(contracts=(contract,), rules=RosterRules(fairness_weight=0, rest_between_shifts_h=11))
    posts = make.posts([(d, s, 1, 0) for d in range(14) for s in ("day", "night")]).assign(
        short_cost=50.0, surplus_cost=3.0
    )
    rng = np.random.default_rng(11)
    wishes = tuple(
        Wish(agent=f"a{a}", date=make.monday + timedelta(days=int(d)), shift=s, wanted=bool(w % 2), weight=int(w))
        for a in range(5)
        for d, s, w in zip(
            rng.choice(14, 6, replace=False), rng.choice(["day", "night"], 6), rng.integers(1, 30, 6), strict=True
        )
    )
    return replace(make.problem(hotline, make.agents(5), posts, days=14), wishes=wishes)


def test_a_better_roster_is_found_and_nothing_beyond_it(odd):
    """From a cost that nobody has reached: the roster found costs what is proven, and the next verdict confirms it."""
    generator = generator_of(odd)
    generator.find_bound(400)
    known = int(np.ceil(generator.bound)) + 25
    found = judge(generator, known, thirty, nothing, lines_max=50_000)
    assert found is not None
    assert found.lines is not None
    assert cost_of(work_of_lines(generator, found.lines), generator.goal) == found.bound
    assert found.bound > generator.bound, "the example has a gap"
    again = judge(generator, int(found.bound), thirty, nothing, lines_max=50_000)
    assert (again.bound, again.lines) == (found.bound, None)
    roster = build_roster(odd, seconds=30, workers=2)
    assert (roster.status, roster.objective) == ("optimal", found.bound)


def test_the_verdict_can_be_interrupted(odd):
    generator = generator_of(odd)
    generator.find_bound(400)

    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judge(generator, int(np.ceil(generator.bound)) + 25, thirty, stop, lines_max=50_000)


def test_a_person_without_a_line_below_the_cost_ends_the_matter(odd):
    """Below the bound nothing is looked for."""
    generator = generator_of(odd)
    generator.find_bound(400)
    low = int(np.ceil(generator.bound))
    assert judge(generator, low, thirty, nothing, lines_max=50_000).bound == low
