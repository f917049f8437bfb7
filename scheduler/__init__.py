"""Who works when: shift cover, rosters with A and B on every post, and the checker.

``cover_shifts`` chooses posts, ``build_roster`` assigns people, ``scheduler.checker`` judges,
``rostered_agents`` counts who is there. Names load lazily: the solver is imported on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scheduler.ab_posts import AbPosts, ab_posts
    from scheduler.alternatives import Alternative, find_alternatives
    from scheduler.conflict import Conflict, Relaxation
    from scheduler.counting import refuse_impossible
    from scheduler.cover import Cover, cover_shifts
    from scheduler.coverage import rostered_agents
    from scheduler.export import read_duties, write_duties
    from scheduler.ical import roster_calendar
    from scheduler.pay import PaidTime, paid_spans, paid_time
    from scheduler.problem import POST_COLUMNS, RosterProblem
    from scheduler.relief import RelaxationCosts
    from scheduler.repair_damage import ChangeCosts
    from scheduler.settlement import Settlement, settle_attendance
    from scheduler.shifts import ShiftChoice, SkillSet, choose_shifts, choose_weekly_shifts
    from scheduler.solve import Roster, build_roster
    from scheduler.who import PostCover, StandIn, posts_at, who_covers
    from scheduler.why_not import WhyNot, explain_shortage, find_conflicts

__all__ = [
    "POST_COLUMNS",
    "AbPosts",
    "Alternative",
    "ChangeCosts",
    "Conflict",
    "Cover",
    "PaidTime",
    "PostCover",
    "Relaxation",
    "RelaxationCosts",
    "Roster",
    "RosterProblem",
    "Settlement",
    "ShiftChoice",
    "SkillSet",
    "StandIn",
    "WhyNot",
    "ab_posts",
    "build_roster",
    "choose_shifts",
    "choose_weekly_shifts",
    "cover_shifts",
    "explain_shortage",
    "find_alternatives",
    "find_conflicts",
    "paid_spans",
    "paid_time",
    "posts_at",
    "read_duties",
    "refuse_impossible",
    "roster_calendar",
    "rostered_agents",
    "settle_attendance",
    "who_covers",
    "write_duties",
]

_HOME = {
    "Settlement": "settlement",
    "roster_calendar": "ical",
    "settle_attendance": "settlement",
    "AbPosts": "ab_posts",
    "ab_posts": "ab_posts",
    "PaidTime": "pay",
    "paid_spans": "pay",
    "paid_time": "pay",
    "PostCover": "who",
    "StandIn": "who",
    "posts_at": "who",
    "who_covers": "who",
    "ChangeCosts": "repair_damage",
    "find_alternatives": "alternatives",
    "Alternative": "alternatives",
    "find_conflicts": "why_not",
    "RelaxationCosts": "relief",
    "Relaxation": "conflict",
    "Conflict": "conflict",
    "WhyNot": "why_not",
    "explain_shortage": "why_not",
    "Cover": "cover",
    "refuse_impossible": "counting",
    "cover_shifts": "cover",
    "rostered_agents": "coverage",
    "read_duties": "export",
    "write_duties": "export",
    "POST_COLUMNS": "problem",
    "RosterProblem": "problem",
    "Roster": "solve",
    "build_roster": "solve",
    "ShiftChoice": "shifts.shift_choice",
    "SkillSet": "shifts.skill_sets",
    "choose_shifts": "shifts.choosing",
    "choose_weekly_shifts": "shifts.choosing",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(f"scheduler.{_HOME[name]}"), name)
