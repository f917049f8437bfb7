"""Teams work the same shifts where they can: at a cost that others weigh against, never against what is decided."""

from __future__ import annotations

from dataclasses import replace

from scheduler import build_roster
from scheduler.checker import check_roster, objective_parts
from wfm.hotline import Agent, Pin, RosterRules


def apart(make, pins=()):
    """Days times teams that work in two shifts, counted by hand, and what the checker counts for it at weight 5."""
    agents = [Agent(id=f"a{n}", lines=("general",), team="red" if n < 2 else "blue") for n in range(4)]
    posts = make.posts([(d, s, 2, 0) for d in range(4) for s in ("day", "evening")])
    rules = RosterRules(team_weight=5, fairness_weight=0, rest_between_shifts_h=0)
    problem = replace(make.problem(make.hotline(rules=rules), agents, posts), pins=pins)
    roster = build_roster(problem, seconds=5)
    assert roster.unfilled.empty
    assert check_roster(problem, roster.duties) == []
    team = {a.id: a.team for a in agents}
    days = roster.duties.assign(team=roster.duties["agent"].map(team)).groupby(["date", "team"])
    return sum(mine["shift"].nunique() - 1 for _, mine in days), objective_parts(problem, roster.duties)["teams"]


def test_a_team_is_together_on_every_day(make):
    assert apart(make) == (0, 0)


def test_what_is_decided_splits_both_teams_on_that_day_alone(make):
    """Red has a day and an evening on Monday, so that blue fills the other post of each."""
    pins = [Pin(agent="a0", date=make.monday, shift="day"), Pin(agent="a1", date=make.monday, shift="evening")]
    assert apart(make, pins) == (2, 10)
