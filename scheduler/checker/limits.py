"""Limits on how many duties and nights, in four weeks and in a row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from scheduler.checker.view import Duty, RosterView
from scheduler.checker.violation import Violation
from wfm.i18n import both

__all__ = ["consecutive_days", "consecutive_nights", "duties_in_four_weeks", "nights_in_four_weeks"]


def duties_in_four_weeks(view: RosterView) -> Iterator[Violation]:
    """Any 28 days in a row hold at most ``duties_per_4_weeks_max`` duties, A and B."""
    for agent, mine in view.by_agent.items():
        most = _limit(view, agent, "duties_per_4_weeks_max")
        if most is None:
            continue
        day, count = _fullest(mine)
        if day is not None and count > most:
            text = both(
                "{agent} has {count} duties in the 28 days to {date}; {most} are allowed",
                agent=agent,
                count=count,
                date=day,
                most=most,
            )
            yield Violation("duties_in_four_weeks", agent, day, text)


def nights_in_four_weeks(view: RosterView) -> Iterator[Violation]:
    """Any 28 days in a row hold at most ``nights_per_4_weeks_max`` nights, A and B (good practice, not statute)."""
    for agent, mine in view.by_agent.items():
        most = _limit(view, agent, "nights_per_4_weeks_max")
        if most is None:
            continue
        day, count = _fullest([d for d in mine if view.is_night(d)])
        if day is not None and count > most:
            text = both(
                "{agent} has {count} nights in the 28 days to {date}; {most} are allowed",
                agent=agent,
                count=count,
                date=day,
                most=most,
            )
            yield Violation("nights_in_four_weeks", agent, day, text)


def consecutive_days(view: RosterView) -> Iterator[Violation]:
    """Duties begin on at most ``consecutive_days_max`` days in a row: the contract's, else the hotline's."""
    usual = view.problem.hotline.rules.consecutive_days_max
    for agent, mine in view.by_agent.items():
        most = _limit(view, agent, "consecutive_days_max") or usual
        for last, length in _runs(mine):
            if length > most:
                text = both(
                    "{agent} works {length} days in a row to {date}; {most} are allowed",
                    agent=agent,
                    length=length,
                    date=last,
                    most=most,
                )
                yield Violation("consecutive_days", agent, last, text)


def consecutive_nights(view: RosterView) -> Iterator[Violation]:
    """Nights begin on at most ``consecutive_nights_max`` days in a row: the contract's, else the hotline's (good practice, not statute)."""
    usual = view.problem.hotline.rules.consecutive_nights_max
    for agent, mine in view.by_agent.items():
        most = _limit(view, agent, "consecutive_nights_max") or usual
        for last, length in _runs([d for d in mine if view.is_night(d)]):
            if length > most:
                text = both(
                    "{agent} works {length} nights in a row to {date}; {most} are allowed",
                    agent=agent,
                    length=length,
                    date=last,
                    most=most,
                )
                yield Violation("consecutive_nights", agent, last, text)


def _limit(view: RosterView, agent: str, name: str) -> int | None:
    contract = view.contracts.get(agent)
    found: int | None = None if contract is None else getattr(contract, name)
    return found


def _fullest(mine: list[Duty]) -> tuple[date | None, int]:
    """Last day and number of duties of the fullest 28 days that end with a duty of the roster."""
    best: tuple[date | None, int] = (None, 0)
    for duty in mine:
        if not duty.past:
            count = sum(timedelta(0) <= duty.date - d.date < timedelta(days=28) for d in mine)
            if count > best[1]:
                best = (duty.date, count)
    return best


def _runs(mine: list[Duty]) -> Iterator[tuple[date, int]]:
    """Last day and length of every run of days in a row with a duty, of runs that reach into the roster."""
    days = sorted({d.date for d in mine})
    fresh = {d.date for d in mine if not d.past}
    length = 0
    for place, day in enumerate(days):
        length = length + 1 if place and days[place - 1] == day - timedelta(days=1) else 1
        ends = place + 1 == len(days) or days[place + 1] != day + timedelta(days=1)
        if ends and day in fresh:
            yield day, length
