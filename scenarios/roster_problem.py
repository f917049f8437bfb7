"""From posts and people to the roster's problem."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from scenarios.scenario import Scenario
from scheduler import RosterProblem
from wfm.hotline import calendar_of

__all__ = ["roster_problem"]

BORDER_DAYS = 7
"""Days around the period whose kind the rules may ask for, beside those of the history."""


def roster_problem(
    scenario: Scenario, first: date, days: int, posts: pd.DataFrame, *, history: pd.DataFrame | None = None
) -> RosterProblem:
    """The roster's problem: the scenario's people and rules, and the posts of the period.

    Raises:
        BadInput: the posts do not fit the hotline or the period.
    """
    calendar = calendar_of(scenario.hotline)
    around = [first + timedelta(days=n) for n in range(-BORDER_DAYS, days + BORDER_DAYS)]
    past = set() if history is None else {pd.Timestamp(day).date() for day in history["date"]}
    return RosterProblem(
        hotline=scenario.hotline,
        agents=scenario.agents,
        leave=scenario.leave,
        first=first,
        days=days,
        posts=posts,
        history=history,
        day_kinds={day: calendar.kind(day) for day in {*around, *past}},
        wishes=scenario.wishes,
        pins=scenario.pins,
        busy=scenario.busy,
        balances=scenario.balances,
    )
