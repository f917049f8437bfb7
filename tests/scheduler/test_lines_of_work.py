"""Lines of work against brute force: every line of one person, judged and priced by the independent checker."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from scheduler.checker import check_roster, is_legal, objective_parts
from scheduler.costs import COST_OWED
from scheduler.goal import goal_of
from scheduler.lines.column_generation import Generator
from scheduler.lines.personal import personal_rules
from scheduler.lines.shortest_line import FORBIDDEN
from scheduler.lines.window import inner_window, whole_window
from scheduler.slots import Slots
from scheduler.work import Work
from wfm.errors import BadInput
from wfm.hotline import Agent, Busy, Contract, CountLimit, Group, LabourLaw, Leave, Pin, RosterRules

LINES_MAX = 100
COUNTS = ("duties", "hours", "nights", "weekends", "rest_days", "standbys", "shift")
SEARCHING = settings(
    max_examples=400 if os.environ.get("WFM_ENDURE") else 12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@st.composite
def limits(draw):
    count = draw(st.sampled_from(COUNTS))
    over = draw(st.sampled_from(("week", "four_weeks", "month", "roster", "roster")))
    unit = draw(st.sampled_from((8, 5.5))) if count == "hours" else 1
    least = None if over == "four_weeks" else draw(st.sampled_from((None, 1, 2, 4)))
    most = draw(st.sampled_from((0, 1, 2, 3) if least is None else (None, least, least + 1)))
    return CountLimit(
        count=count,
        over=over,
        shift=draw(st.sampled_from(("day", "long"))) if count == "shift" else "",
        least=None if least is None else least * unit,
        most=None if most is None else most * unit,
        weight=draw(st.sampled_from((None, None, 30, 7))),
    )


@st.composite
def requests(draw, problem):
    """Pins, court dates and training, those that cannot be left out."""
    begin = datetime(problem.first.year, problem.first.month, problem.first.day)  # noqa: DTZ001
    busy = []
    for _ in range(draw(st.sampled_from((0, 0, 1, 2)))):
        start = begin + timedelta(hours=draw(st.integers(-40, 24 * problem.days)))
        end = start + timedelta(hours=draw(st.integers(1, 10)))
        busy.append(Busy(agent="a0", start=start, end=end, kind=draw(st.sampled_from(("busy", "training")))))
    rows = list(problem.posts.itertuples(index=False))
    row = draw(st.sampled_from(rows))
    shift = draw(st.sampled_from(("", row.shift, None)))
    pins = [] if shift is None else [Pin(agent="a0", date=row.date.date(), shift=shift)]
    try:
        return replace(problem, busy=busy, pins=pins)
    except BadInput:
        return replace(problem, busy=busy)


@st.composite
def problems_of_one(draw, make):
    """One person, a few posts of which each day has at most four, everything a personal rule reads."""
    n_days = draw(st.integers(3, 7))
    first = make.monday + timedelta(days=draw(st.sampled_from((0, 1, 3, 4, 5, 12, 13))))
    day, evening, night = make.standard_shifts
    follows = draw(st.sampled_from(((), (), ("day",), ("night", "long"))))
    shifts = (
        day,
        evening.model_copy(update={"not_followed_by": follows}),
        night,
        make.shift("long", "20:00", "07:30", night=True),
    )
    cap = st.sampled_from((None, None, None, 1, 2))
    contract = Contract(
        id="contract",
        name=make.text("c"),
        employee=draw(st.sampled_from((False, False, True))),
        rest_between_shifts_h=draw(st.sampled_from((None, None, 12))),
        consecutive_days_max=draw(st.sampled_from((None, 1, 2, 4))),
        consecutive_nights_max=draw(st.sampled_from((None, 1))),
        consecutive_days_min=draw(st.sampled_from((1, 1, 2, 3))),
        days_off_in_a_row_min=draw(st.sampled_from((1, 1, 2, 3))),
        hours_per_week_min=draw(st.sampled_from((0, 0, 20))),
        hours_per_week_max=draw(st.sampled_from((20, 27, 40, 168))),
        duties_per_4_weeks_max=draw(cap),
        nights_per_4_weeks_max=draw(cap),
        limits=tuple(draw(st.lists(limits(), max_size=2))),
    )
    rules = RosterRules(
        rest_between_shifts_h=draw(st.sampled_from((0, 8, 11, 20))),
        weekly_rest_days_min=draw(st.sampled_from((0, 1, 3, 4))),
        consecutive_days_max=draw(st.sampled_from((2, 3, 6))),
        consecutive_nights_max=draw(st.sampled_from((1, 2, 6))),
        forward_rotation=draw(st.booleans()),
        standby_hours_share=draw(st.sampled_from((0.0, 0.5, 1.0))),
        fairness_weight=0,
    )
    law = LabourLaw(
        accounting=draw(st.sampled_from(("standard", "week", "month"))),
        hours_per_month=draw(st.sampled_from((16, 165.36))),
        overtime_h_per_month=draw(st.sampled_from((0, 36))),
    )
    served = {"all": "general", "also": "women"}
    groups = tuple(Group(id=name, name=make.text(name), lines=(line,)) for name, line in served.items())
    hotline = make.hotline(
        lines=tuple(make.line(line) for line in served.values()),
        shifts=shifts,
        contracts=(contract,),
        rules=rules,
        groups=groups,
        labour_law=law,
    )
    rows, lines = [], 1
    for number in range(-1 if draw(st.booleans()) else 0, n_days):
        names = ("night", "long") if number < 0 else ("day", "evening", "night", "long")
        places = draw(
            st.lists(st.tuples(st.sampled_from(names), st.sampled_from(("all", "also"))), max_size=3, unique=True)
        )
        standby = len(places) < 3 and draw(st.integers(0, 3)) == 0
        choices = 1 + len(places) + (standby and bool(places))
        if lines * choices > LINES_MAX:
            continue
        lines *= choices
        date = pd.Timestamp(first + timedelta(days=number))
        rows += [(date, group, shift, 1, int(standby and k == 0)) for k, (shift, group) in enumerate(places)]
    assume(rows)
    posts = pd.DataFrame(rows, columns=["date", "group", "shift", "posts_a", "posts_b"])
    leave = []
    if draw(st.integers(0, 3)) == 0:
        begin = first + timedelta(days=draw(st.integers(0, n_days - 1)))
        leave.append(Leave(agent="a0", first=begin, last=begin))
    past = draw(
        st.lists(
            st.tuples(st.just("a0"), st.integers(-9, -2), st.sampled_from(["day", "night", "long"]), st.just("A")),
            max_size=6,
            unique_by=lambda r: r[1],
        )
    )
    history = make.duties(hotline, past, first=first) if past else None
    weekdays = draw(st.sampled_from(("1111111", "1111111", "1101111")))
    agents = [Agent(id="a0", lines=("general", "women"), weekdays=weekdays)]
    problem = make.problem(hotline, agents, posts, days=n_days, leave=leave, history=history, first=first)
    return draw(requests(problem))


def duty_rows(make, problem, slots):
    """One row of the duties table for each slot, by hand."""
    first = problem.first
    days = [(slots.date_of(s.day) - first).days for s in slots.all]
    table = make.duties(
        problem.hotline, [("a0", d, s.shift.id, s.role) for d, s in zip(days, slots.all, strict=True)], first=first
    )
    return table.assign(group=[s.group for s in slots.all])


def every_line(problem, slots, days, table):
    """(slots of each day, legal, cost) of all lines: duties with what keeps them apart looked at by the checker alone."""
    choices = [[-1, *(s.index for s in slots.of_day[d])] for d in days]
    for chosen in product(*choices):
        duties = table.iloc[[k for k in chosen if k >= 0]]
        violations = check_roster(problem, duties)
        if not is_legal(violations):
            yield np.array(chosen), False, np.inf
            continue
        parts = objective_parts(problem, duties)
        unkept = sum(v.rule == "pins_kept" for v in violations)
        cost = parts["owed"] - COST_OWED * unkept + parts["hours_owed"] + parts["limits"]
        yield np.array(chosen), True, cost


def person_of(problem, followed=None):
    slots = Slots(problem)
    low = goal_of(slots).hours_low[0]
    return personal_rules(whole_window(slots), 0, low, slots.eligible[0], followed, force=False)


@SEARCHING
@given(data=st.data())
def test_the_cheapest_line_is_the_cheapest_of_all(make, data):
    problem = data.draw(problems_of_one(make))
    me = person_of(problem)
    slots = me.slots
    price = np.array(
        data.draw(st.lists(st.integers(-60, 40), min_size=len(slots.all), max_size=len(slots.all))), dtype=float
    )
    lines = list(every_line(problem, slots, me.days, duty_rows(make, problem, slots)))
    legal = {tuple(chosen): cost for chosen, fine, cost in lines if fine}
    total = {chosen: cost + sum(price[k] for k in chosen if k >= 0) for chosen, cost in legal.items()}
    best = min(total.values(), default=np.inf)
    for chosen, cost in legal.items():
        assert me.own_cost(np.array(chosen)) == cost, "what a line owes and exceeds"
    everything = person_of(problem, list(range(len(me.tallies))))
    for program in (me, everything):
        value, chosen = program.cheapest(price)
        if value >= FORBIDDEN:
            assert not legal, "there is a line, and none is found"
            continue
        assert value <= best + 1e-6, "no legal line costs less than the bound"
        found = tuple(chosen.tolist())
        if program.own_cost(chosen) < FORBIDDEN:
            assert found in legal, "a line that keeps all tallies is legal"
        exact = (
            len(program.followed) == len(program.tallies)
            and not any(t.sliding and t.weight for t in program.tallies)
            and not slots.law_accounts
        )
        if exact:
            assert value == pytest.approx(best)
            assert total[found] == pytest.approx(best)


@SEARCHING
@given(data=st.data())
def test_a_window_finds_the_cheapest_line_beside_what_stands(make, data):
    problem = data.draw(problems_of_one(make))
    slots = Slots(problem)
    whole = whole_window(slots)
    lines = list(every_line(problem, slots, whole.days, duty_rows(make, problem, slots)))
    legal = {tuple(chosen.tolist()): cost for chosen, fine, cost in lines if fine}
    assume(legal)
    stands = data.draw(st.sampled_from(sorted(legal)))
    first = data.draw(st.integers(0, len(whole.days) - 1))
    last = data.draw(st.integers(first + 1, len(whole.days)))
    work = Work.of_history(slots)
    for index in stands:
        if index >= 0:
            work.assign(0, slots.all[index])
    window = inner_window(work, whole.days[first], whole.days.start + last)
    low = goal_of(slots).hours_low[0]
    me = personal_rules(window, 0, low, slots.eligible[0], force=False)
    begin = window.open.start - whole.days.start
    price = np.array(
        data.draw(st.lists(st.integers(-60, 40), min_size=len(slots.all), max_size=len(slots.all))), dtype=float
    )
    beside = {x: c for x, c in legal.items() if x[:begin] == stands[:begin] and x[last:] == stands[last:]}
    constant = beside[stands] - me.own_cost(np.array(stands[begin:last]))
    for chosen, cost in beside.items():
        assert me.own_cost(np.array(chosen[begin:last])) == cost - constant, "what the days inside owe and exceed"
    total = {x: c - constant + sum(price[k] for k in x[begin:last] if k >= 0) for x, c in beside.items()}
    value, found = me.cheapest(price)
    assert value <= min(total.values()) + 1e-6, "no legal line costs less than the bound"
    if me.own_cost(found) < FORBIDDEN:
        assert (*stands[:begin], *found.tolist(), *stands[last:]) in legal


def test_a_least_that_cannot_be_reached_is_owed(make):
    """One post, but duties come two in a row: nobody can take it, and the hours stay owed."""
    contract = Contract(
        id="contract",
        name=make.text("c"),
        employee=False,
        hours_per_week_max=168,
        consecutive_days_min=2,
        limits=(CountLimit(count="hours", least=5.5),),
    )
    hotline = make.hotline(contracts=(contract,), rules=RosterRules(fairness_weight=0))
    history = make.duties(hotline, [("a0", -5, "day", "A")])
    problem = make.problem(hotline, make.agents(1), make.posts([(3, "evening", 1, 0)]), days=6, history=history)
    me = person_of(problem)
    value, chosen = me.cheapest(np.zeros(1))
    assert value == 6 * COST_OWED
    assert set(chosen.tolist()) == {-1}
    generator = Generator(me.slots, goal_of(me.slots), lambda: True, lambda _: None)
    value, line = generator.cheapest(0, np.zeros(1))
    assert value == 6 * COST_OWED
    assert line is not None
