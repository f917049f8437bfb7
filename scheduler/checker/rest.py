"""Rest: one duty a day, no overlap, rest between duties, a rest day in each week."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from scheduler.checker.view import RosterView
from scheduler.checker.violation import Violation
from wfm.i18n import both

__all__ = ["one_duty_a_day", "overlapping_duties", "rest_between_shifts", "weekly_rest_day"]


def one_duty_a_day(view: RosterView) -> Iterator[Violation]:
    """At most one duty, A or B, begins on a day."""
    for agent, mine in view.by_agent.items():
        fresh = {d.date for d in mine if not d.past}
        for day, count in Counter(d.date for d in mine).items():
            if count > 1 and day in fresh:
                text = both("{agent} has {count} duties on {date}; one is allowed", agent=agent, count=count, date=day)
                yield Violation("one_duty_a_day", agent, day, text)


def overlapping_duties(view: RosterView) -> Iterator[Violation]:
    """Nobody is on two duties at once."""
    for agent, mine in view.by_agent.items():
        for before, after in pairwise(mine):
            if after.start < before.end and not after.past:
                text = both(
                    "{agent}: the duties of {first} and {second} overlap",
                    agent=agent,
                    first=before.date,
                    second=after.date,
                )
                yield Violation("overlapping_duties", agent, after.date, text)


def rest_between_shifts(view: RosterView) -> Iterator[Violation]:
    """From the end of a duty to the start of the next there are ``rest_between_shifts_h`` hours: the contract's, else the hotline's.

    Good practice (as 11 h in EU Directive 2003/88, Art. 3), found in no Chinese statute.
    """
    usual = view.problem.hotline.rules.rest_between_shifts_h
    for agent, mine in view.by_agent.items():
        contract = view.contracts.get(agent)
        least = usual if contract is None or contract.rest_between_shifts_h is None else contract.rest_between_shifts_h
        ended = None
        for duty in mine:
            if ended is not None and not duty.past:
                rested = max(0.0, (duty.start - ended).total_seconds() / 3600)
                if rested < least - 1e-9:
                    text = both(
                        "{agent} begins on {date} after {rested:g} h of rest; {least:g} h are needed",
                        agent=agent,
                        date=duty.date,
                        rested=round(rested, 2),
                        least=least,
                    )
                    yield Violation("rest_between_shifts", agent, duty.date, text)
            ended = duty.end if ended is None else max(ended, duty.end)


def weekly_rest_day(view: RosterView) -> Iterator[Violation]:
    """Each calendar week (Monday first) has ``weekly_rest_days_min`` days without a minute of duty."""
    least = view.problem.hotline.rules.weekly_rest_days_min
    for agent, mine in view.by_agent.items():
        worked: dict[date, set[date]] = defaultdict(set)
        fresh: set[date] = set()
        for duty in mine:
            for day in duty.touched:
                monday = day - timedelta(days=day.weekday())
                worked[monday].add(day)
                if not duty.past:
                    fresh.add(monday)
        for monday, days in worked.items():
            if monday in fresh and 7 - len(days) < least:
                text = both(
                    "{agent} has {free} days off in the week of {monday}; {least} are needed",
                    agent=agent,
                    free=7 - len(days),
                    monday=monday,
                    least=least,
                )
                yield Violation("weekly_rest_day", agent, monday, text)
