"""The check of a roster of which a few cells were changed: only rules of the people and the days that were touched.

A rule of a person looks at that person's duties alone; a rule of a day at the duties and posts of that day (and, of
nights, of the days around it). What was found of everybody and of every day else stays true.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable
from datetime import date, timedelta

import pandas as pd

from scheduler.checker.checks import CHECKS
from scheduler.checker.view import RosterView
from scheduler.checker.violation import Violation
from scheduler.problem import RosterProblem

__all__ = ["RULES_OF_A_DAY", "check_changed"]

RULES_OF_A_DAY = ("firm_share", "night_people", "two_people", "posts_surplus", "posts_filled", "standing_pairs")
"""Rules about several people on one day; all others are about one person."""

_AROUND = timedelta(days=1)
_ORDER = {rule: n for n, rule in enumerate(CHECKS)}


def check_changed(
    view: RosterView, found: Iterable[Violation], people: Collection[str], days: Collection[date]
) -> list[Violation]:
    """What the checker finds in the roster after a change, as :func:`scheduler.checker.check_roster` would.

    Args:
        view: the roster after the change.
        found: what was found before it.
        people: everybody of whom a duty was changed.
        days: the days on which those duties begin.
    """
    who = frozenset(people)
    # A night is judged together with whoever is there before midnight and after.
    near = frozenset(day + n * _AROUND for day in days for n in (-1, 0, 1))
    kept = [v for v in found if (v.date not in near if v.rule in RULES_OF_A_DAY else v.agent not in who)]
    of_people, of_days = _of_people(view, who), _of_days(view, near)
    fresh = []
    for rule, check in CHECKS.items():
        if rule in RULES_OF_A_DAY:
            fresh += [v for v in check(of_days) if v.date in near]
        else:
            fresh += [v for v in check(of_people) if v.agent in who]
    return sorted([*kept, *fresh], key=lambda v: _ORDER[v.rule])


def _of_people(view: RosterView, people: frozenset[str]) -> RosterView:
    mine = {name: view.by_agent[name] for name in people if name in view.by_agent}
    return RosterView(
        view.problem,
        [d for duties in mine.values() for d in duties if not d.past],
        mine,
        view.agents,
        view.shifts,
        {name: contract for name, contract in view.contracts.items() if name in people},
        view.training,
    )


def _of_days(view: RosterView, days: frozenset[date]) -> RosterView:
    return RosterView(
        _posts_of(view.problem, days),
        [d for d in view.duties if d.date in days],
        view.by_agent,
        view.agents,
        view.shifts,
        view.contracts,
        view.training,
    )


def _posts_of(problem: RosterProblem, days: frozenset[date]) -> RosterProblem:
    """The problem with the posts of these days only; nothing in it needs to be judged a second time."""
    fewer = copy.copy(problem)
    inside = problem.posts["date"].isin([pd.Timestamp(day) for day in days])
    object.__setattr__(fewer, "posts", problem.posts[inside])
    return fewer
