"""Who is on a post, and who takes over when A is absent: always an answer."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd
import pytest

from scheduler.who import posts_at, who_covers
from wfm.errors import BadInput
from wfm.hotline import Agent, Group, RosterRules

NINE = datetime(2026, 9, 14, 9)  # noqa: DTZ001


def a_roster(make, rows, agents, *, posts_per_backup=1, posts=None, **rules):
    """Problem and duties; rows are (agent, day, shift, role, number of the post, remote)."""
    group = Group(id="all", name=make.text("all"), lines=("general",), posts_per_backup=posts_per_backup)
    hotline = make.hotline(groups=(group,), rules=RosterRules(**rules))
    problem = make.problem(hotline, agents, make.posts(posts or [(0, "day", 4, 4)]))
    duties = make.duties(hotline, [row[:4] for row in rows])
    duties["post"] = [
        f"{d:%Y-%m-%d}/{s}/all/{row[4]:02d}" for d, s, row in zip(duties["date"], duties["shift"], rows, strict=True)
    ]
    duties["remote"] = [row[5] if len(row) > 5 else False for row in rows]
    return problem, duties


def test_the_b_of_the_post_takes_over(make):
    """§87"""
    rows = [("a0", 0, "day", "A", 1), ("a1", 0, "day", "B", 1), ("a2", 0, "day", "A", 2), ("a3", 0, "day", "B", 2)]
    problem, duties = a_roster(make, rows, make.agents(4), standby_delay_min=10)
    found = who_covers(problem, duties, "2026-09-14/day/all/02", NINE)
    assert (found.a, found.covered_by) == ("a2", "a2")
    assert [(s.agent, s.how, s.delay_min) for s in found.stand_ins] == [
        ("a3", "backup", 10),
        ("a1", "other_backup", 10),
    ]
    assert "A is a2 until 16:00" in found.text.en
    assert "A岗为 a2" in found.text.zh
    gone = who_covers(problem, duties, "day/all/02", NINE, absent=["a2"])
    assert (gone.covered_by, gone.absent) == ("a3", True)
    assert who_covers(problem, duties, "day/all/02", NINE, absent=["a2", "a3"]).covered_by == "a1"


def test_one_b_for_several_posts_stands_in_once(make):
    """§87"""
    rows = [("a0", 0, "day", "A", 1), ("a1", 0, "day", "A", 2), ("a2", 0, "day", "A", 3), ("b0", 0, "day", "B", 1)]
    rows += [("b1", 0, "day", "B", 3)]
    agents = [*make.agents(3), *(Agent(id=b, lines=("general",)) for b in ("b0", "b1"))]
    problem, duties = a_roster(make, rows, agents, posts_per_backup=2)
    first = who_covers(problem, duties, "day/all/01", NINE, absent=["a0", "a1"])
    second = who_covers(problem, duties, "day/all/02", NINE, absent=["a0", "a1"])
    assert (first.covered_by, second.covered_by) == ("b0", "b1")
    assert "already stands in on 2026-09-14/day/all/01" in second.text.en


def test_the_partner_keeps_the_own_post(make):
    """§87"""
    agents = [Agent(id="p", lines=("general",), pair="q"), Agent(id="q", lines=("general",), pair="p")]
    rows = [("p", 0, "day", "A", 1), ("q", 0, "day", "A", 2)]
    problem, duties = a_roster(make, rows, agents)
    (stand_in,) = who_covers(problem, duties, "day/all/01", NINE).stand_ins
    assert (stand_in.agent, stand_in.how, stand_in.keeps) == ("q", "partner", "2026-09-14/day/all/02")
    assert "who keeps post" in stand_in.text.en
    assert "仍守" in stand_in.text.zh


def test_the_way_counts_for_a_b_who_does_not_answer_remotely(make):
    """§87"""
    agents = [Agent(id=name, lines=("general",), travel_min=45) for name in ("a", "b", "c", "d")]
    rows = [("a", 0, "day", "A", 1), ("b", 0, "day", "B", 1), ("c", 0, "day", "A", 2), ("d", 0, "day", "B", 2, True)]
    problem, duties = a_roster(make, rows, agents, standby_delay_min=5)
    assert [(s.agent, s.delay_min) for s in who_covers(problem, duties, "day/all/01", NINE).stand_ins] == [
        ("b", 45),
        ("d", 5),
    ]
    problem, duties = a_roster(make, rows, agents, standby_delay_min=5, standby_remote=False)
    assert who_covers(problem, duties, "day/all/01", NINE).stand_ins[0].delay_min == 5


def test_nobody_is_an_answer_too_and_says_why(make):
    """§87"""
    agents = [Agent(id="p", lines=("general",), pair="q"), Agent(id="q", lines=("general",), pair="p")]
    problem, duties = a_roster(make, [("p", 0, "day", "A", 1)], agents)
    found = who_covers(problem, duties, "day/all/01", NINE)
    assert found.stand_ins == ()
    assert "the post has no B; the partner, q, is not on duty" in found.text.en
    unfilled = who_covers(problem, duties, "day/all/03", NINE)
    assert (unfilled.a, unfilled.covered_by) == ("", "")
    assert "nobody is A" in unfilled.text.en


def test_a_post_that_is_not_on_is_refused(make):
    problem, duties = a_roster(make, [("a0", 0, "day", "A", 1)], make.agents(1))
    assert posts_at(problem, duties, NINE) == ["2026-09-14/day/all/01"]
    assert posts_at(problem, duties, NINE + timedelta(hours=7)) == [], "the end of a duty is not part of it"
    for post, at in (("day/all/09", NINE), ("none", NINE), ("day/all/01", NINE + timedelta(hours=9))):
        with pytest.raises(BadInput, match="no post"):
            who_covers(problem, duties, post, at)


def test_every_post_of_a_built_roster_has_an_answer_at_every_hour(make):
    """§87"""
    from scheduler import build_roster

    group = Group(id="all", name=make.text("all"), lines=("general",), posts_per_backup=2)
    hotline = make.hotline(groups=(group,))
    posts = make.posts([(d, s, 3, 2) for d in range(3) for s in ("day", "evening", "night")])
    problem = make.problem(hotline, make.agents(25), posts, days=3)
    duties = build_roster(problem, seconds=3, reproducible=True).duties
    for hour in range(1, 72, 4):
        at = pd.Timestamp(make.monday) + pd.Timedelta(hours=hour)
        there = posts_at(problem, duties, at.to_pydatetime())
        assert len(there) == 3
        for post in there:
            found = who_covers(problem, duties, post, at.to_pydatetime())
            assert found.stand_ins
            assert found.stand_ins[0].how == "backup"
            assert {s.agent for s in found.stand_ins}.isdisjoint({found.a})
