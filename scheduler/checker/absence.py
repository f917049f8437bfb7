"""Nobody works while away, busy, protected or too far: what keeps a person from a post whatever else is rostered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from scheduler.checker.view import Duty, RosterView
from scheduler.checker.violation import Violation
from wfm.hotline import Agent, Shift, minutes_of
from wfm.i18n import both

__all__ = [
    "busy",
    "centre_closed",
    "is_busy",
    "is_kept_from_nights",
    "is_pinned_elsewhere",
    "is_too_far",
    "leave",
    "pins",
    "pins_kept",
    "protected",
    "standby_within",
    "weekdays",
]


def leave(view: RosterView) -> Iterator[Violation]:
    """No minute of a duty lies on a day of leave."""
    for duty in view.duties:
        for absent in view.problem.leave:
            if absent.agent != duty.agent:
                continue
            for day in duty.touched:
                if absent.first <= day <= absent.last:
                    text = both("{agent} is on leave on {date}, but has a duty", agent=duty.agent, date=day)
                    yield Violation("leave", duty.agent, day, text)


def weekdays(view: RosterView) -> Iterator[Violation]:
    """A duty begins on a weekday on which the person can be rostered."""
    for duty in view.duties:
        person = view.agents.get(duty.agent)
        if person is not None and person.weekdays[duty.date.weekday()] != "1":
            text = both("{agent} cannot be rostered on the weekday of {date}", agent=duty.agent, date=duty.date)
            yield Violation("weekdays", duty.agent, duty.date, text)


def busy(view: RosterView) -> Iterator[Violation]:
    """No duty overlaps hours in which the person is in court, in training or otherwise busy."""
    for duty in view.duties:
        if is_busy(view, duty.agent, duty.start, duty.end):
            text = both(
                "{agent} is busy during the duty {shift} of {date}",
                agent=duty.agent,
                shift=duty.shift,
                date=duty.date,
            )
            yield Violation("busy", duty.agent, duty.date, text)


def is_busy(view: RosterView, agent: str, start: datetime, end: datetime) -> bool:
    """Whether busy hours of the person overlap the span."""
    return _overlaps(view, agent, start, end, "busy", "training")


def protected(view: RosterView) -> Iterator[Violation]:
    """Who is seven months pregnant or nurses a child under one has neither night nor overtime (Labour Law, Arts. 61, 63)."""
    for duty in view.duties:
        shift = view.shifts.get(duty.shift)
        if shift is not None and is_kept_from_nights(view, duty.agent, shift, duty.start, duty.end):
            text = both(
                "{agent} is protected from night work and overtime on {date} (Labour Law, Arts. 61, 63), but has {shift}",
                agent=duty.agent,
                date=duty.date,
                shift=duty.shift,
            )
            yield Violation("protected", duty.agent, duty.date, text)


def is_kept_from_nights(view: RosterView, agent: str, shift: Shift, start: datetime, end: datetime) -> bool:
    """Whether the person is protected, and the shift is night work or longer than the normal day."""
    if not _overlaps(view, agent, start, end, "protected"):
        return False
    law = view.problem.hotline.labour_law
    if shift.night or shift.paid_h > law.hours_per_day:
        return True
    if view.problem.hotline.law is None:
        return False
    first, last = minutes_of(law.night_from) % 1440, minutes_of(law.night_to) % 1440
    dark = {(first + n) % 1440 for n in range((last - first) % 1440)}
    return any((shift.start_min + n) % 1440 in dark for n in range(shift.length_min))


def _overlaps(view: RosterView, agent: str, start: datetime, end: datetime, *kinds: str) -> bool:
    for span in view.problem.busy:
        if span.agent == agent and span.kind in kinds:
            begin, finish = view.problem.busy_times(span)
            if begin < end and start < finish:
                return True
    return False


def centre_closed(view: RosterView) -> Iterator[Violation]:
    """On days on which the centre is closed only people who can answer remotely are on duty."""
    closed = view.problem.hotline.rules.centre_closed
    for duty in view.duties:
        person = view.agents.get(duty.agent)
        days = [day for day in duty.touched if any(span.first <= day <= span.last for span in closed)]
        if person is not None and days and not person.remote:
            text = both(
                "{agent} cannot answer remotely, but the centre is closed on {date}", agent=duty.agent, date=days[0]
            )
            yield Violation("centre_closed", duty.agent, days[0], text)


def standby_within(view: RosterView) -> Iterator[Violation]:
    """A B away from the centre answers remotely or lives at most ``standby_within_min`` minutes away."""
    for duty in view.duties:
        person = view.agents.get(duty.agent)
        if person is not None and duty.role == "B" and is_too_far(view, person):
            text = both(
                "{agent} stands by on {date}, but neither answers remotely nor lives within {minutes:g} min",
                agent=duty.agent,
                date=duty.date,
                minutes=view.problem.hotline.rules.standby_within_min,
            )
            yield Violation("standby_within", duty.agent, duty.date, text)


def is_too_far(view: RosterView, person: Agent) -> bool:
    """Whether the person may not stand by, being unable to take over in time."""
    rules = view.problem.hotline.rules
    if rules.standby_within_min is None or not rules.standby_remote or person.remote:
        return False
    return person.travel_min is None or person.travel_min > rules.standby_within_min


def pins(view: RosterView) -> Iterator[Violation]:
    """Nobody has another duty on a day on which a duty or a day off of theirs is already decided."""
    for duty in view.duties:
        if is_pinned_elsewhere(view, duty.agent, duty.date, duty.shift, duty.group, duty.role):
            text = both(
                "{agent} has {shift} on {date}, though something else is decided for that day",
                agent=duty.agent,
                shift=duty.shift,
                date=duty.date,
            )
            yield Violation("pins", duty.agent, duty.date, text)


def is_pinned_elsewhere(view: RosterView, agent: str, day: date, shift: str, group: str, role: str) -> bool:
    """Whether a pin of the person on the day asks for something else."""
    return any(
        p.agent == agent
        and p.date == day
        and not (p.shift == shift and p.group in ("", group) and p.role in ("", role))
        for p in view.problem.pins
    )


def pins_kept(view: RosterView) -> Iterator[Violation]:
    """Every duty that is already decided is in the roster."""
    there: dict[tuple[str, date], list[Duty]] = {}
    for duty in view.duties:
        there.setdefault((duty.agent, duty.date), []).append(duty)
    begin = view.problem.first - timedelta(days=1)
    for pin in view.problem.pins:
        if pin.shift and begin <= pin.date <= view.problem.last and (pin.agent, pin.date) not in there:
            text = both(
                "{agent} is to work {shift} on {date}, but has no duty", agent=pin.agent, shift=pin.shift, date=pin.date
            )
            yield Violation("pins_kept", pin.agent, pin.date, text)
