"""Nobody works while away: leave, and weekdays on which a person cannot be rostered."""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.checker.view import RosterView
from scheduler.checker.violation import Violation
from wfm.i18n import both

__all__ = ["leave", "weekdays"]


def leave(view: RosterView) -> Iterator[Violation]:
    """No minute of a duty lies on a day of leave."""
    for duty in view.duties:
        for absent in view.problem.leave:
            if absent.agent != duty.agent:
                continue
            for day in duty.touched:
                if absent.first <= day <= absent.last:
                    text = both("{agent} is on leave on {date}", agent=duty.agent, date=day)
                    yield Violation("leave", duty.agent, day, text)


def weekdays(view: RosterView) -> Iterator[Violation]:
    """A duty begins on a weekday on which the person can be rostered."""
    for duty in view.duties:
        person = view.agents.get(duty.agent)
        if person is not None and person.weekdays[duty.date.weekday()] != "1":
            text = both("{agent} cannot be rostered on the weekday of {date}", agent=duty.agent, date=duty.date)
            yield Violation("weekdays", duty.agent, duty.date, text)
