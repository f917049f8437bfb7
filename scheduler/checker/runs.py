"""Days worked and days off in a row: neither too short a run, nor too short a pause."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from scheduler.checker.view import RosterView
from scheduler.checker.violation import Violation
from wfm.i18n import both

__all__ = ["consecutive_days_min", "days_off_in_a_row"]

DAY = timedelta(days=1)


def consecutive_days_min(view: RosterView) -> Iterator[Violation]:
    """Once begun, duties begin on ``consecutive_days_min`` days in a row at least.

    Excused is a run that reaches the roster's last day, and without a history one that reaches its first.
    """
    problem = view.problem
    for agent, mine in view.by_agent.items():
        least = view.contracts[agent].consecutive_days_min if agent in view.contracts else 1
        if least == 1:
            continue
        fresh = {d.date for d in mine if not d.past}
        for run in _runs({d.date for d in mine}):
            cut = run[-1] >= problem.last or (problem.history is None and run[0] <= problem.first)
            if len(run) < least and not cut and fresh & set(run):
                text = both(
                    "{agent} works {length} days in a row from {date}; once begun, {least} are due",
                    agent=agent,
                    length=len(run),
                    date=run[0],
                    least=least,
                )
                yield Violation("consecutive_days_min", agent, run[0], text)


def days_off_in_a_row(view: RosterView) -> Iterator[Violation]:
    """Between duties lie ``days_off_in_a_row_min`` days off at least; a day off is one on which no duty begins, of leave too."""
    for agent, mine in view.by_agent.items():
        least = view.contracts[agent].days_off_in_a_row_min if agent in view.contracts else 1
        if least == 1:
            continue
        fresh = {d.date for d in mine if not d.past}
        for before, after in pairwise(_runs({d.date for d in mine})):
            free = (after[0] - before[-1]).days - 1
            if free < least and after[0] in fresh:
                text = both(
                    "{agent} has {free} days off before {date}; {least} in a row are due",
                    agent=agent,
                    free=free,
                    date=after[0],
                    least=least,
                )
                yield Violation("days_off_in_a_row", agent, after[0], text)


def _runs(days: set[date]) -> list[list[date]]:
    """Days in a row, run by run."""
    found: list[list[date]] = []
    for day in sorted(days):
        if found and found[-1][-1] == day - DAY:
            found[-1].append(day)
        else:
            found.append([day])
    return found
