"""The independent checker: says whether a roster is legal.

Every rule is checked here a second time from its parameters alone; nothing of the model side is
used. ``check_roster`` lists what is broken, ``assert_roster_legal`` fails on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd

from scheduler.checker import ability, absence, cover, firms, hours, limits, pairs, rest, rows
from scheduler.checker.hours import HoursOwed, hours_owed
from scheduler.checker.view import RosterView, view_roster
from scheduler.checker.violation import COVER_RULES, Violation
from scheduler.problem import RosterProblem

__all__ = [
    "CHECKS",
    "COVER_RULES",
    "HoursOwed",
    "Violation",
    "assert_roster_legal",
    "check_roster",
    "hours_owed",
    "is_legal",
]

CHECKS: dict[str, Callable[[RosterView], Iterator[Violation]]] = {
    "known_names": rows.known_names,
    "shift_times": rows.shift_times,
    "one_duty_a_day": rest.one_duty_a_day,
    "overlapping_duties": rest.overlapping_duties,
    "rest_between_shifts": rest.rest_between_shifts,
    "weekly_rest_day": rest.weekly_rest_day,
    "hours_per_week": hours.hours_per_week,
    "duties_in_four_weeks": limits.duties_in_four_weeks,
    "nights_in_four_weeks": limits.nights_in_four_weeks,
    "consecutive_days": limits.consecutive_days,
    "consecutive_nights": limits.consecutive_nights,
    "leave": absence.leave,
    "weekdays": absence.weekdays,
    "skills": ability.skills,
    "night_ability": ability.night_ability,
    "firm_share": firms.firm_share,
    "two_people": cover.two_people,
    "posts_filled": cover.posts_filled,
    "standing_pairs": pairs.standing_pairs,
}
"""One check per rule, by the rule's name."""


def check_roster(problem: RosterProblem, duties: pd.DataFrame) -> list[Violation]:
    """Everything that is broken or left open in ``duties`` (``tables.DUTIES``), rule by rule."""
    view = view_roster(problem, duties)
    return [violation for check in CHECKS.values() for violation in check(view)]


def is_legal(violations: list[Violation]) -> bool:
    """Whether none of the violations makes the roster illegal; open posts do not."""
    return not any(v.breaks_law for v in violations)


def assert_roster_legal(problem: RosterProblem, duties: pd.DataFrame) -> None:
    """Fail with the first violations unless the roster is legal. Open posts are no matter of law.

    Raises:
        AssertionError: a rule is broken.
    """
    broken = [v for v in check_roster(problem, duties) if v.breaks_law]
    assert not broken, "; ".join(f"{v.rule}: {v.text.en}" for v in broken[:10])
