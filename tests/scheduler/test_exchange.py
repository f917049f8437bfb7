"""Exchanges of days between two people, against every exchange there is, tried one by one with the independent checker."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from math import ceil

import numpy as np
import pandas as pd
import pytest

from scheduler.checker import check_roster, is_legal, objective_parts
from scheduler.duties import duties_of
from scheduler.goal import cost_of, goal_of
from scheduler.greedy import fill_posts
from scheduler.lines import exchange
from scheduler.lines.column_generation import Generator
from scheduler.lines.exchange import Exchange
from scheduler.slots import Slots
from scheduler.work import Work
from wfm.hotline import Agent, Contract, Group, Leave, RosterRules, Wish

DAYS = 6


def two_groups(make, contract, **rest):
    """A hotline of a group for everybody and one for those who may answer women."""
    return make.hotline(
        lines=(make.line("general"), make.line("women")),
        groups=(
            Group(id="all", name=make.text("all"), lines=("general",)),
            Group(id="women", name=make.text("women"), lines=("women",)),
        ),
        contracts=(contract,),
        **rest,
    )


def a_week(make, seed):
    """Four people and a group more for two of them, wishes, a day of leave, hours owed."""
    rng = np.random.default_rng(seed)
    contract = Contract(
        id="contract",
        name=make.text("c"),
        employee=False,
        hours_per_week_min=24,
        hours_per_week_max=40,
        nights_per_4_weeks_max=3,
    )
    rules = RosterRules(rest_between_shifts_h=11, consecutive_days_max=5, consecutive_nights_max=2)
    hotline = two_groups(make, contract, rules=rules)
    agents = [
        Agent(id=f"a{n}", contract="contract", lines=("general", "women")[: 1 + n % 2], night=n != 0) for n in range(4)
    ]
    rows = [
        (d, shift, 1, 0)
        for d in range(DAYS)
        for shift in ("day", "evening", "night")
        if rng.random() < (0.4 if shift == "night" else 0.8)
    ]
    posts = pd.concat([make.posts(rows), make.posts([(2, "day", 1, 0), (4, "evening", 1, 0)], group="women")])
    away = make.monday + timedelta(days=int(rng.integers(DAYS)))
    problem = make.problem(hotline, agents, posts, days=DAYS, leave=[Leave(agent="a3", first=away, last=away)])
    wishes = {}
    for n in range(6):
        day = make.monday + timedelta(days=int(rng.integers(DAYS)))
        wishes[n % 4, day] = Wish(
            agent=f"a{n % 4}", date=day, wanted=bool(rng.random() < 0.5), weight=int(rng.integers(1, 30))
        )
    return replace(problem, wishes=tuple(wishes.values()))


def exchanged(work, pair, first, last):
    """The roster after two people exchanged what they do on some days."""
    slots, trial = work.slots, work.copy()
    for day in range(first, last):
        here = [int(work.slot[agent, day]) for agent in pair]
        for agent, index in zip(pair, here, strict=True):
            if index >= 0:
                trial.release(agent, day)
        for agent, index in zip(pair, reversed(here), strict=True):
            if index >= 0:
                trial.assign(agent, slots.all[index])
    return trial


def legal(problem, work):
    """Whether the checker accepts the roster."""
    return is_legal(check_roster(problem, duties_of(work)))


def cost_from_duties(problem, work, goal):
    """The objective from the duties alone, unfairness by the fair bands."""
    duties = duties_of(work)
    unfair = 0
    for burden in goal.burdens:
        for agent, held in enumerate(work.slot.tolist()):
            carried = sum(int(burden.weight[index]) for index in held if index >= 0)
            beyond = max(carried - int(burden.high[agent]), int(burden.low[agent]) - carried, 0)
            units = ceil(beyond / burden.unit)
            unfair += 1 + 3 * (units - 1) if units else 0  # the first duty 1, each further one 3
    return sum(objective_parts(problem, duties).values()) + goal.fairness_scale * unfair


def improved(problem, seed):
    """A roster filled in haste, and the same after exchanges."""
    slots = Slots(problem)
    goal, rng = goal_of(slots), np.random.default_rng(seed)
    before = Work.of_history(slots)
    fill_posts(before, goal, rng)
    spent = []
    found = Exchange(Generator(slots, goal, lambda: True, spent.append)).improve(before, rng, lambda: True)
    assert sum(spent) > 0
    return before, before if found is None else found, goal


@pytest.mark.parametrize("seed", range(3))
def test_no_exchange_of_two_is_left_that_gains(make, monkeypatch, seed):
    monkeypatch.setattr(exchange, "TRIES", 1_000)
    problem = a_week(make, seed)
    before, after, goal = improved(problem, seed)
    assert (after.filled >= before.filled).all()
    assert legal(problem, after)
    cost = cost_from_duties(problem, after, goal)
    assert cost == cost_of(after, goal) <= cost_from_duties(problem, before, goal)
    days = list(after.slots.period)
    for pair in combinations(range(4), 2):
        for first, last in combinations([*days, days[-1] + 1], 2):
            other = exchanged(after, pair, first, last)
            if (other.slot != after.slot).any():
                assert cost_from_duties(problem, other, goal) >= cost or not legal(problem, other)


def test_a_lopsided_roster_is_evened_out(make):
    """One has all four nights, the other all four days: by exchanges both get two of each, and a day of the weekend."""
    rows = [(d, "night" if d % 2 else "day", 1, 0) for d in range(8)]
    hotline = make.hotline(rules=RosterRules(rest_between_shifts_h=8, consecutive_days_max=7))
    problem = make.problem(hotline, make.agents(2, night=True), make.posts(rows), days=8)
    slots = Slots(problem)
    goal, work = goal_of(slots), Work.of_history(slots)
    for slot in slots.all:
        work.assign(0 if slot.shift.night else 1, slot)
    assert work.night[0].sum() == 4
    found = Exchange(Generator(slots, goal, lambda: True, lambda _: None)).improve(
        work, np.random.default_rng(0), lambda: True
    )
    assert found is not None
    assert sorted(found.night.sum(axis=1).tolist()) == [2, 2]
    assert cost_from_duties(problem, found, goal) == 0


def test_an_open_post_is_filled_once_days_are_exchanged(make):
    """Only one is able to take the open post, and has the most hours already: some of them go to the other."""
    contract = Contract(id="contract", name=make.text("c"), employee=False, hours_per_week_max=40)
    hotline = two_groups(make, contract)
    agents = [
        Agent(id="both", contract="contract", lines=("general", "women")),
        Agent(id="general", contract="contract", lines=("general",)),
    ]
    posts = pd.concat([make.posts([(d, "day", 1, 0) for d in range(5)]), make.posts([(5, "day", 1, 0)], group="women")])
    problem = make.problem(hotline, agents, posts, days=DAYS)
    slots = Slots(problem)
    goal, work = goal_of(slots), Work.of_history(slots)
    for slot in slots.all:
        if slot.group == "all":
            work.assign(0, slot)
    found = Exchange(Generator(slots, goal, lambda: True, lambda _: None)).improve(
        work, np.random.default_rng(0), lambda: True
    )
    assert found is not None
    assert not found.missing().any()
    assert legal(problem, found)
    assert cost_from_duties(problem, found, goal) == cost_of(found, goal)


def test_who_got_a_duty_by_an_exchange_is_not_given_another_that_day(make, monkeypatch):
    """Two posts open on one day, three free then; giving the first exchanges somebody else onto that day."""
    hotline = make.hotline(rules=RosterRules(consecutive_days_max=7))
    problem = make.problem(hotline, make.agents(3), make.posts([(0, "day", 2, 0), (1, "day", 1, 0)]), days=2)
    slots = Slots(problem)
    goal, work = goal_of(slots), Work.of_history(slots)
    first, second = sorted(slots.all, key=lambda s: s.day)
    work.assign(0, second)
    search = Exchange(Generator(slots, goal, lambda: True, lambda _: None))
    gave = []

    def exchange_onto_the_day(agent, place, index):
        gave.append(agent)
        for taker in {1, 2} - {agent} if len(gave) == 1 else ():
            search.held[taker, place] = index  # what an exchange may do
        return True

    monkeypatch.setattr(search, "_fill_by", exchange_onto_the_day)
    search._begin(work)
    search.paid_in[0] += 10_000  # the one with a duty is asked last
    search._fill(work, np.random.default_rng(0), lambda: True)
    assert first.need == 2
    assert len(gave) == 2
    assert gave[1] == 0


def test_told_to_stop_it_stops(make):
    problem = a_week(make, 1)
    slots = Slots(problem)
    goal, rng = goal_of(slots), np.random.default_rng(1)
    work = Work.of_history(slots)
    fill_posts(work, goal, rng)
    asked = []

    def goes_on():
        asked.append(1)
        return False

    assert Exchange(Generator(slots, goal, lambda: True, lambda _: None)).improve(work, rng, goes_on) is None
    assert len(asked) == 1
