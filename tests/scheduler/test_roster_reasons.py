"""An impossible or short roster says why, in both languages."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

from scheduler import RosterProblem, build_roster
from wfm.errors import BadInput
from wfm.hotline import Agent, Contract, Group, Leave


def test_more_nights_than_people_can_take(make):
    contract = Contract(
        id="contract", name=make.text("c"), employee=False, hours_per_week_max=168, nights_per_4_weeks_max=2
    )
    posts = make.posts([(d, "night", 1, 0) for d in range(28)])
    agents = [*make.agents(5), Agent(id="day-only", lines=("general",), night=False)]
    roster = build_roster(make.problem(make.hotline(contracts=(contract,)), agents, posts, days=28), seconds=5)
    assert roster.unfilled["missing"].sum() == 28 - 10
    assert roster.objective == roster.bound
    assert roster.reasons[0].en == (
        "the nights need 28 duties, but the 5 people who can work nights may take 10 at most within leave and "
        "the limits of their contracts: 18 stay unfilled"
    )
    assert "28" in roster.reasons[0].zh
    assert roster.reasons[0].zh != roster.reasons[0].en


def test_an_unfilled_post_counts_who_is_kept_away_by_what(make):
    contract = Contract(
        id="contract", name=make.text("c"), employee=False, hours_per_week_max=168, nights_per_4_weeks_max=1
    )
    agents = [
        *make.agents(3),
        Agent(id="never", lines=("general",), night=False),
        Agent(id="mon", lines=("general",), weekdays="1000000"),
    ]
    leave = [Leave(agent="a0", first=make.monday + timedelta(days=3), last=make.monday + timedelta(days=3))]
    history = make.duties(make.hotline(), [("a1", -3, "night", "A"), ("a2", -3, "night", "A")])
    problem = make.problem(
        make.hotline(contracts=(contract,)), agents, make.posts([(3, "night", 1, 0)]), leave=leave, history=history
    )
    roster = build_roster(problem, seconds=5)
    sentence = roster.reasons[-1].en
    assert sentence == (
        "2026-09-17 night (all): 1 of the A posts unfilled; of 4 able people: 1 on leave, 1 not there on this weekday, "
        "2 at the nights limit of four weeks"
    )


def test_nobody_answers_the_line(make):
    lines = (make.line("general"), make.line("women"))
    groups = (
        Group(id="g", name=make.text("g"), lines=("general",)),
        Group(id="w", name=make.text("w"), lines=("women",)),
    )
    hotline = make.hotline(lines=lines, groups=groups)
    roster = build_roster(make.problem(hotline, make.agents(3), make.posts([(0, "day", 1, 0)], "w")), seconds=5)
    assert roster.status == "partial"
    assert "nobody is able to answer all lines of w: all its posts (1) stay unfilled" in [t.en for t in roster.reasons]


def test_leave_covering_everyone(make):
    leave = [Leave(agent=f"a{n}", first=make.monday, last=make.monday + timedelta(days=6)) for n in range(3)]
    roster = build_roster(
        make.problem(make.hotline(), make.agents(3), make.posts([(0, "day", 2, 0)]), leave=leave), seconds=5
    )
    assert roster.duties.empty
    assert any("3 on leave" in t.en for t in roster.reasons)
    assert any("only 0 people" in t.en for t in roster.reasons)


def test_hours_owed_are_told(make):
    contract = Contract(id="contract", name=make.text("c"), employee=True, hours_per_week_min=32, hours_per_week_max=40)
    roster = build_roster(
        make.problem(
            make.hotline(contracts=(contract,)), make.agents(2), make.posts([(d, "day", 1, 0) for d in range(5)])
        ),
        seconds=5,
    )
    assert roster.status == "optimal"
    assert roster.reasons[0].en.startswith("below the least hours of their contract: 2 people, by 24 h in all")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"agents": []}, "at least one agent"),
        ({"days": 0}, "at least one day"),
        ({"agents": "twice"}, "the id a0 stands twice"),
        ({"contract": "other"}, "unknown contract other; known: contract"),
        ({"pair": "nobody"}, "the partner nobody is no other agent"),
        ({"leave": "stranger"}, "leave: unknown agent stranger"),
        ({"posts": {"shift": "none"}}, "posts: unknown shift none on 2026-09-14"),
        ({"posts": {"group": "none"}}, "posts: unknown group none on 2026-09-14"),
        (
            {"posts": {"date": pd.Timestamp("2027-01-01")}},
            "2027-01-01 lies outside the period 2026-09-14 to 2026-09-20",
        ),
        ({"posts": {"posts_a": -1}}, "a negative number of posts"),
        ({"posts": "twice"}, "stands twice; give one row"),
        ({"posts": "short"}, "the column posts_b is missing"),
    ],
)
def test_bad_input_is_one_sentence(make, change, sentence):
    agents = make.agents(2)
    if "agents" in change:
        agents = [agents[0], agents[0]] if change["agents"] == "twice" else []
    for key in ("contract", "pair"):
        if key in change:
            agents = [agents[0].model_copy(update={key: change[key]}), agents[1]]
    posts = make.posts([(0, "day", 1, 0)])
    if isinstance(change.get("posts"), dict):
        posts = posts.assign(**change["posts"])
    elif change.get("posts") == "twice":
        posts = pd.concat([posts, posts])
    elif change.get("posts") == "short":
        posts = posts.drop(columns="posts_b")
    leave = [Leave(agent="stranger", first=make.monday, last=make.monday)] if "leave" in change else []
    with pytest.raises(BadInput, match=sentence):
        RosterProblem(make.hotline(), agents, leave, make.monday, change.get("days", 7), posts, None, {})
