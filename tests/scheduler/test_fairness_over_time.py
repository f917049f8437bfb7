"""Even shares look back: what somebody carried before this roster, more or less than the share, is made good."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler import build_roster
from scheduler.fairness import fair_burdens
from scheduler.slots import Slots
from wfm.calendar import DayKind
from wfm.errors import BadInput
from wfm.hotline import Balance, Leave, RosterRules, load_balances

NIGHTS = [(d, "night", 1, 0) for d in (0, 2, 4, 6)]


def nights_of(roster):
    return roster.duties[roster.duties["shift"] == "night"]["agent"].value_counts().to_dict()


def two_people(make, **more):
    """Four nights for two people."""
    rules = more.pop("rules", RosterRules())
    return replace(make.problem(make.hotline(rules=rules), make.agents(2), make.posts(NIGHTS)), **more)


def test_without_a_past_nights_are_even(make):
    assert nights_of(build_roster(two_people(make), seconds=5)) == {"a0": 2, "a1": 2}


def history_of(make, nights, weeks_back=1):
    """Nights of a0 and days of a1, alternately, in an earlier week."""
    days = [
        (a, d - 7 * weeks_back, s, "A") for n in range(nights) for a, d, s in (("a0", n, "night"), ("a1", n, "day"))
    ]
    return make.duties(make.hotline(), days)


def test_who_had_all_the_nights_before_has_fewer_now(make):
    """§93: four nights of one and none of the other before: even shares over both rosters are none and four, half more at most."""
    problem = two_people(make, history=history_of(make, 4))
    found = nights_of(build_roster(problem, seconds=5))
    assert found["a1"] >= 3
    alone = replace(problem, hotline=make.hotline(rules=RosterRules(fairness_weeks=0)))
    assert nights_of(build_roster(alone, seconds=5)) == {"a0": 2, "a1": 2}


def test_it_looks_back_so_many_weeks(make):
    old = two_people(make, history=history_of(make, 4, weeks_back=3), rules=RosterRules(fairness_weeks=2))
    assert nights_of(build_roster(old, seconds=5)) == {"a0": 2, "a1": 2}


def test_balances_stand_for_what_no_roster_knows(make):
    balances = [Balance(agent="a0", nights=2), Balance(agent="a1", nights=-2)]
    assert nights_of(build_roster(two_people(make, balances=balances), seconds=5)).get("a1", 0) >= 3
    with pytest.raises(BadInput, match="balances: unknown agent nobody"):
        two_people(make, balances=[Balance(agent="nobody")])


def burden(problem, name):
    return next(b for b in fair_burdens(Slots(problem)) if b.name == name)


def test_who_is_new_or_was_on_leave_owes_nothing(make):
    """The third had no duty in the history, the second half of it on leave: neither is asked for more than an even share."""
    posts = make.posts([(d, "night", 1, 0) for d in range(6)])
    history = make.duties(
        make.hotline(), [("a0", -14, "night", "A"), ("a0", -11, "night", "A"), ("a1", -3, "night", "A")]
    )
    leave = [Leave(agent="a1", first=make.monday - timedelta(days=14), last=make.monday - timedelta(days=8))]
    problem = replace(make.problem(make.hotline(), make.agents(3), posts, leave=leave), history=history)
    found = burden(problem, "nights")
    assert found.low[2] == found.high[2] == 2
    # a0 was there twice as long as a1 and has had twice as many nights
    assert found.low.tolist() == found.high.tolist() == [2, 2, 2]


def test_holidays_are_shared_for_themselves(make):
    """Two weekend days and two holidays: nobody has both holidays for both weekend days."""
    kinds = {make.monday + timedelta(days=d): DayKind.HOLIDAY for d in (1, 3)}
    posts = make.posts([(d, "day", 1, 0) for d in (1, 3, 5, 6)])
    problem = replace(make.problem(make.hotline(), make.agents(2), posts), day_kinds=kinds)
    duties = build_roster(problem, seconds=5).duties
    assert duties["agent"].value_counts().to_dict() == {"a0": 2, "a1": 2}
    assert set(duties[duties["date"].isin([np.datetime64(d) for d in kinds])]["agent"]) == {"a0", "a1"}


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_bands_hold_a_whole_sharing_whatever_was_before(make, data):
    """Posts are neither lost nor made: the bands' lower ends add up to no more than the nights, the upper ones to no less."""
    people = data.draw(st.integers(2, 5))
    balances = [
        Balance(agent=f"a{n}", nights=data.draw(st.integers(-9, 9)), hours=data.draw(st.integers(-50, 50)))
        for n in range(people)
    ]
    posts = make.posts([(d, "night", 1, 0) for d in range(data.draw(st.integers(1, 7)))])
    problem = replace(make.problem(make.hotline(), make.agents(people), posts), balances=balances)
    for name, unit in (("nights", 1), ("hours", 480)):
        found = burden(problem, name)
        assert found.low.sum() <= len(posts) * unit <= found.high.sum()
        assert (found.low >= 0).all()
        more = [b.nights if name == "nights" else b.hours for b in balances]
        order = np.argsort(more, kind="stable")
        assert (np.diff(found.high[order]) <= 0).all(), "who carried more has no larger share"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("工号,夜班\na0,2\na9,1\n", "balances.csv:3: agent: unknown agent 'a9'"),
        ("工号,夜班\na0,2\na0,1\n", "balances.csv:3: agent: a0 stands twice"),
        ("工号,夜班\na0,两个\n", "balances.csv:2: nights: must be a number between -10000 and 10000, found '两个'"),
        ("工号,夜晚\na0,1\n", "unknown column '夜晚'"),
    ],
)
def test_a_file_of_balances_is_read_or_refused(make, tmp_path, text, sentence):
    (tmp_path / "balances.csv").write_bytes("工号,夜班,工时\na0,2,-3.5\na1,,\n".encode("gbk"))
    assert load_balances(tmp_path, make.agents(2)) == [Balance(agent="a0", nights=2, hours=-3.5), Balance(agent="a1")]
    (tmp_path / "balances.csv").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=sentence):
        load_balances(tmp_path, make.agents(1))


def test_nobody_owes_more_weekend_duties_than_days_there(make):
    """§93: eight weekend posts in two weeks, two people free on all four days and one on Saturdays alone.

    In proportion to the weekend days on which they can be rostered: 8 × 4/10, 8 × 4/10 and 8 × 2/10.
    """
    agents = make.agents(3)
    agents[2] = agents[2].model_copy(update={"weekdays": "1111110"})
    rows = [(d, shift, 1, 0) for d in (5, 6, 12, 13) for shift in ("day", "evening")]
    rows += [(d, "day", 1, 0) for d in range(14) if d not in (5, 6, 12, 13)]
    slots = Slots(make.problem(make.hotline(), agents, make.posts(rows), days=14))
    weekends = next(b for b in fair_burdens(slots) if b.name == "rest_days")
    assert weekends.low.tolist() == [3, 3, 1]
    assert weekends.high.tolist() == [4, 4, 2]
