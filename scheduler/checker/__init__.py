"""The independent checker: says whether a roster is legal.

Every rule is checked here a second time from its parameters alone; nothing of the model side is
used. ``check_roster`` lists what is broken, ``assert_roster_legal`` fails on it.
"""

from __future__ import annotations

import pandas as pd

from scheduler.checker.changed import RULES_OF_A_DAY, check_changed
from scheduler.checker.checks import CHECKS
from scheduler.checker.hours import HoursOwed, hours_owed
from scheduler.checker.objective import OBJECTIVE_PARTS, BrokenWish, broken_wishes, objective_parts
from scheduler.checker.view import RosterView, read_history, read_rows, view_of_duties, view_roster
from scheduler.checker.violation import COVER_RULES, Violation
from scheduler.problem import RosterProblem

__all__ = [
    "CHECKS",
    "COVER_RULES",
    "OBJECTIVE_PARTS",
    "RULES_OF_A_DAY",
    "BrokenWish",
    "HoursOwed",
    "RosterView",
    "Violation",
    "assert_roster_legal",
    "broken_wishes",
    "check_changed",
    "check_roster",
    "check_view",
    "hours_owed",
    "is_legal",
    "objective_parts",
    "read_history",
    "read_rows",
    "view_of_duties",
]


def check_roster(problem: RosterProblem, duties: pd.DataFrame) -> list[Violation]:
    """Everything that is broken or left open in ``duties`` (``tables.DUTIES``), rule by rule."""
    return check_view(view_roster(problem, duties))


def check_view(view: RosterView) -> list[Violation]:
    """The same of a roster that was read before."""
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
