"""Everybody is able to do the duty: lines, dialects, staff kind, nights."""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.checker.view import Duty, RosterView
from scheduler.checker.violation import Violation
from wfm.hotline import Agent
from wfm.i18n import both

__all__ = ["dialects", "night_ability", "skills"]


def skills(view: RosterView) -> Iterator[Violation]:
    """The person answers calls, and every line of the group."""
    hotline = view.problem.hotline
    answers = {k.id for k in hotline.staff_kinds if k.answers_calls}
    lines = {g.id: g.lines for g in hotline.groups}
    for duty, person in _held(view):
        if hotline.staff_kinds and person.staff_kind not in answers:
            text = both(
                "{agent}, {date}: staff of kind {kind} answer no calls",
                agent=duty.agent,
                date=duty.date,
                kind=person.staff_kind,
            )
            yield Violation("skills", duty.agent, duty.date, text)
        lacking = [line for line in lines.get(duty.group, ()) if line not in person.lines]
        if lacking:
            text = both(
                "{agent}, {date}: {group} needs the line {line}, which {agent} does not answer",
                agent=duty.agent,
                date=duty.date,
                group=duty.group,
                line=lacking[0],
            )
            yield Violation("skills", duty.agent, duty.date, text)


def dialects(view: RosterView) -> Iterator[Violation]:
    """The person speaks every dialect and language that the group, the shift or the posts ask for."""
    for duty, person in _held(view):
        for asked in view.problem.dialects_for(duty.date, duty.group, duty.shift):
            if asked not in person.dialects:
                text = both(
                    "{agent}, {date}: {shift} of {group} needs {dialect}, which {agent} does not speak",
                    agent=duty.agent,
                    date=duty.date,
                    shift=duty.shift,
                    group=duty.group,
                    dialect=asked,
                )
                yield Violation("dialects", duty.agent, duty.date, text)
                break


def night_ability(view: RosterView) -> Iterator[Violation]:
    """Only who may work nights has a night duty."""
    for duty, person in _held(view):
        if not person.night and view.is_night(duty):
            text = both("{agent} does not work nights, but has one on {date}", agent=duty.agent, date=duty.date)
            yield Violation("night_ability", duty.agent, duty.date, text)


def _held(view: RosterView) -> Iterator[tuple[Duty, Agent]]:
    """Duties of this roster, each with its person; those of unknown people are another check's."""
    for duty in view.duties:
        person = view.agents.get(duty.agent)
        if person is not None:
            yield duty, person
