"""The independent checker: says whether a roster is legal.

Every rule is checked here a second time from its parameters alone; nothing of the model side is
used. ``check_roster`` lists what is broken, ``assert_roster_legal`` fails on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd

from scheduler.checker import (
    ability,
    absence,
    counted,
    cover,
    firms,
    hours,
    law,
    limits,
    night_company,
    pairs,
    rest,
    rows,
    runs,
    sequence,
)
from scheduler.checker.hours import HoursOwed, hours_owed
from scheduler.checker.objective import OBJECTIVE_PARTS, BrokenWish, broken_wishes, objective_parts
from scheduler.checker.view import RosterView, view_roster
from scheduler.checker.violation import COVER_RULES, Violation
from scheduler.problem import RosterProblem

__all__ = [
    "CHECKS",
    "COVER_RULES",
    "OBJECTIVE_PARTS",
    "BrokenWish",
    "HoursOwed",
    "Violation",
    "assert_roster_legal",
    "broken_wishes",
    "check_roster",
    "hours_owed",
    "is_legal",
    "objective_parts",
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
    "counted_limits": counted.counted_limits,
    "consecutive_days_min": runs.consecutive_days_min,
    "days_off_in_a_row": runs.days_off_in_a_row,
    "not_followed_by": sequence.not_followed_by,
    "forward_rotation": sequence.forward_rotation,
    "night_people": night_company.night_people,
    "law_hours_a_day": law.law_hours_a_day,
    "law_rest_day": law.law_rest_day,
    "law_overtime": law.law_overtime,
    "leave": absence.leave,
    "weekdays": absence.weekdays,
    "busy": absence.busy,
    "protected": absence.protected,
    "centre_closed": absence.centre_closed,
    "standby_within": absence.standby_within,
    "pins": absence.pins,
    "skills": ability.skills,
    "dialects": ability.dialects,
    "night_ability": ability.night_ability,
    "firm_share": firms.firm_share,
    "two_people": cover.two_people,
    "posts_surplus": cover.posts_surplus,
    "posts_filled": cover.posts_filled,
    "standing_pairs": pairs.standing_pairs,
    "pins_kept": absence.pins_kept,
    "limits_owed": counted.limits_owed,
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
