"""The contract's hours band in each calendar week; training counts as worked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from scheduler.checker.view import RosterView, view_roster
from scheduler.checker.violation import Violation
from scheduler.problem import RosterProblem
from wfm.i18n import both

__all__ = ["HoursOwed", "hours_owed", "hours_per_week"]


@dataclass(frozen=True, slots=True)
class HoursOwed:
    """Hours that a person stays below the contract's band in the week that begins on ``monday``."""

    agent: str
    monday: date
    hours: float


def _by_week(view: RosterView, agent: str) -> dict[date, float]:
    found: dict[date, float] = defaultdict(float)
    for duty in view.by_agent.get(agent, []):
        found[duty.date - timedelta(days=duty.date.weekday())] += view.hours(duty)
    for day, hours in view.training.get(agent, []):
        found[day - timedelta(days=day.weekday())] += hours
    return found


def hours_per_week(view: RosterView) -> Iterator[Violation]:
    """Paid hours of a calendar week to which the roster adds any stay within ``hours_per_week_max``."""
    contracts = {c.id: c for c in view.problem.hotline.contracts}
    for agent, mine in view.by_agent.items():
        if agent not in view.agents:
            continue
        most = contracts[view.agents[agent].contract].hours_per_week_max
        fresh = {d.date - timedelta(days=d.date.weekday()) for d in mine if not d.past and view.hours(d) > 0}
        for monday, worked in _by_week(view, agent).items():
            if monday in fresh and worked > most + 1e-6:
                text = both(
                    "{agent} works {worked:g} h in the week of {monday}; {most:g} h are allowed",
                    agent=agent,
                    worked=round(worked, 2),
                    monday=monday,
                    most=most,
                )
                yield Violation("hours_per_week", agent, monday, text)


def hours_owed(problem: RosterProblem, duties: pd.DataFrame) -> list[HoursOwed]:
    """Who stays below ``hours_per_week_min`` in which whole week of the period.

    The band's lower end shrinks with leave by the share of the person's weekdays that leave takes.
    Too few posts make hours owed unavoidable, so they do not make a roster illegal.
    """
    view = view_roster(problem, duties)
    contracts = {c.id: c for c in problem.hotline.contracts}
    off = {(x.agent, x.first + timedelta(days=n)) for x in problem.leave for n in range((x.last - x.first).days + 1)}
    found = []
    mondays = [day for n in range(problem.days - 6) if (day := problem.first + timedelta(days=n)).weekday() == 0]
    for agent in problem.agents:
        worked = _by_week(view, agent.id)
        for monday in mondays:
            usual = [monday + timedelta(days=n) for n in range(7) if agent.weekdays[n] == "1"]
            there = [day for day in usual if (agent.id, day) not in off]
            least = contracts[agent.contract].hours_per_week_min * (len(there) / len(usual) if usual else 0.0)
            if worked.get(monday, 0.0) < least - 1e-6:
                found.append(HoursOwed(agent.id, monday, least - worked.get(monday, 0.0)))
    return found
