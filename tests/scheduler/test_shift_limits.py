"""Limits on chosen shifts: who knows what, hours a week, seats, posts, nights, and the roster before."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from scheduler.shifts import SkillSet, choose_shifts, skill_sets_of
from wfm.hotline import Agent, Seats, ShiftDesign

Make = Any


def test_people_with_both_skills_serve_where_they_are_needed(make: Make) -> None:
    """Law needs two in the morning, wages two in the afternoon. Apart that is four posts of 3 h each side of noon; people
    who know both do it in two posts of 6 h: as many hours; but with only two people it can be done only so."""
    hotline = make.two_groups()
    design = make.day_design.model_copy(update={"meal": None})
    heads = {
        "law": make.day_heads(dict.fromkeys(range(9, 12), 2)),
        "wages": make.day_heads(dict.fromkeys(range(12, 15), 2)),
    }
    requirement, grid = make.requirement(hotline, heads, first=make.monday)
    both = (SkillSet("both", ("law", "wages"), people=2),)
    choice = choose_shifts(hotline, requirement, grid, design=design, skill_sets=both, seconds=20)
    assert choice.status == "optimal"
    assert choice.short_h == 0
    assert choice.posts["posts"].sum() == 2
    served = choice.serving.groupby("group")["heads"].sum() * choice.horizon.slot_h
    assert served.to_dict() == {"law": 6.0, "wages": 6.0}
    make.check_conserved(choice)
    apart = (SkillSet("law", ("law",), people=1), SkillSet("wages", ("wages",), people=2))
    short = choose_shifts(hotline, requirement, grid, design=design, skill_sets=apart, seconds=20)
    assert short.short_h == 3.0  # one person of the two that law needs for three hours
    assert short.status == "optimal"
    assert short.cover.groupby("group")["short"].sum().to_dict() == {"law": 6, "wages": 0}


def test_a_mixed_team_costs_as_a_transport_problem_says(make: Make) -> None:
    """Shared skills against enumeration: heads of the specialist and the generalist sets, all splits tried."""
    hotline = make.two_groups()
    design = make.day_design.model_copy(
        update={"meal": None, "shortest_h": 4.0, "longest_h": 4.0, "start_grid_min": 120}
    )
    law, wages = {8: 1, 9: 2, 10: 2, 11: 1, 12: 1}, {10: 1, 11: 2, 12: 1, 13: 1}
    requirement, grid = make.requirement(
        hotline, {"law": make.day_heads(law), "wages": make.day_heads(wages)}, first=make.monday
    )
    sets = (SkillSet("law", ("law",)), SkillSet("both", ("law", "wages"), people=2))
    choice = choose_shifts(hotline, requirement, grid, design=design, skill_sets=sets, seconds=20)
    starts = [8, 10, 12, 14]
    best = np.inf
    options = list(itertools.product(range(3), repeat=4))
    for specialists, generalists in itertools.product(options, options):
        if sum(generalists) > 2:
            continue
        there = [
            {h: sum(n for s, n in zip(starts, posts, strict=True) if s <= h < s + 4) for h in range(8, 18)}
            for posts in (specialists, generalists)
        ]
        ok = all(
            there[1][h] >= wages.get(h, 0) and there[0][h] + there[1][h] - wages.get(h, 0) >= law.get(h, 0)
            for h in range(8, 18)
        )
        if ok:
            best = min(best, 4.0 * (sum(specialists) + sum(generalists)))
    assert choice.status == "optimal"
    assert choice.objective == best
    make.check_conserved(choice)


def test_skill_sets_are_the_agents_by_what_they_know(make: Make) -> None:
    hotline = make.two_groups()
    agents = [
        Agent(id="a", lines=("law",), contract="contract"),
        Agent(id="b", lines=("law", "wages"), contract="contract", weekdays="1111100"),
        Agent(id="c", lines=("law", "wages"), contract="contract", weekdays="1111100"),
        Agent(id="d", lines=("wages", "law"), contract="contract", weekdays="1111000"),
    ]
    found = skill_sets_of(hotline, agents)
    assert [(s.id, s.groups) for s in found] == [("law", ("law",)), ("law+wages", ("law", "wages"))]
    assert [s.people for s in found] == [0, 2]  # 6/7 and (5+5+4)/7 of a person a day
    assert found[1].hours_per_week == 3 * 168


def test_hours_a_week_bind(make: Make) -> None:
    hotline = make.hotline(interval_min=30)
    design = make.day_design.model_copy(update={"meal": None})
    requirement, grid = make.requirement(
        hotline, {"all": make.day_heads(dict.fromkeys(range(9, 12), 1), 7)}, 7, make.monday
    )
    free = choose_shifts(hotline, requirement, grid, design=design, seconds=20)
    assert (free.objective, free.short_h) == (21, 0)
    few = (SkillSet("all", ("all",), hours_per_week=12.0),)
    bound = choose_shifts(hotline, requirement, grid, design=design, skill_sets=few, seconds=20)
    assert (bound.objective, bound.short_h) == (12, 9)


def test_seats_are_a_cap(make: Make) -> None:
    hotline = make.hotline(interval_min=30, seats=Seats(built=3, opened=2))
    design = make.day_design.model_copy(update={"meal": None})
    requirement, grid = make.requirement(
        hotline, {"all": make.day_heads({9: 2, 10: 3, 11: 3, 12: 2})}, first=make.monday
    )
    opened = choose_shifts(hotline, requirement, grid, design=design, seconds=20)
    assert opened.cover["on_duty"].max() == 2
    assert opened.short_h == 2
    assert opened.status == "optimal"
    built = choose_shifts(hotline, requirement, grid, design=design, seats_opened=False, seconds=20)
    assert built.short_h == 0


def test_posts_at_least_bind(make: Make) -> None:
    hotline = make.hotline(interval_min=30)
    design = make.day_design.model_copy(update={"meal": None, "posts_min": 3})
    requirement, grid = make.requirement(
        hotline, {"all": make.day_heads({9: 1, 10: 4, 11: 4, 12: 1})}, first=make.monday
    )
    choice = choose_shifts(hotline, requirement, grid, design=design, seconds=20)
    assert choice.posts.groupby("shift")["posts"].sum().min() >= 3
    loose = choose_shifts(
        hotline, requirement, grid, design=make.day_design.model_copy(update={"meal": None}), seconds=20
    )
    assert loose.posts.groupby("shift")["posts"].sum().min() < 3
    assert loose.objective < choice.objective


def test_nights_only_where_they_are_allowed(make: Make) -> None:
    hotline = make.hotline(interval_min=30)
    requirement, grid = make.requirement(hotline, {"all": [1] * 48}, first=make.monday)
    design = ShiftDesign(start_grid_min=60, meal=None, short_breaks=None)
    allowed = choose_shifts(hotline, requirement, grid, design=design, seconds=20)
    assert allowed.short_h == 0
    assert any(s.kind.night for s in allowed.shifts)
    none = choose_shifts(hotline, requirement, grid, design=design.model_copy(update={"nights": False}), seconds=20)
    # A shift of 8 h from 01:00 lies 5 h in the night from 22:00 to 06:00; the earliest that is none begins at 04:00.
    assert not any(s.kind.night for s in none.shifts)
    assert none.unreachable_h == none.short_h == 4
    assert set(none.cover.loc[none.cover["short"] > 0, "slot"]) == set(range(4 * none.horizon.slots // 24))
    assert none.status == "optimal"


def test_duties_of_the_roster_before_serve_the_first_hours(make: Make) -> None:
    hotline = make.hotline(interval_min=30)
    requirement, grid = make.requirement(hotline, {"all": [1] * 12 + [0] * 36}, first=make.monday)
    design = ShiftDesign(start_grid_min=60, shortest_h=6, longest_h=6, meal=None, short_breaks=None)
    history = make.duties(make.with_shifts(hotline, make.shift("late", "20:00", "06:00")), [("a0", -1, "late", "A")])
    served = choose_shifts(hotline, requirement, grid, design=design, history=history, seconds=20)
    assert len(served.posts) == 0
    assert served.objective == 0
    alone = choose_shifts(hotline, requirement, grid, design=design, seconds=20)
    assert alone.posts["posts"].sum() == 1
