"""Which shift may follow which on the next day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from scheduler.checker.view import Duty, RosterView
from scheduler.checker.violation import Violation
from wfm.i18n import both

__all__ = ["forward_rotation", "not_followed_by"]


def not_followed_by(view: RosterView) -> Iterator[Violation]:
    """On the day after a shift nobody begins one that its ``not_followed_by`` names."""
    for before, after in _neighbours(view):
        shift = view.shifts.get(before.shift)
        if shift is not None and after.shift in shift.not_followed_by:
            text = both(
                "{agent} begins {after} on {date}, the day after {before}, which it may not follow",
                agent=after.agent,
                after=after.shift,
                date=after.date,
                before=before.shift,
            )
            yield Violation("not_followed_by", after.agent, after.date, text)


def forward_rotation(view: RosterView) -> Iterator[Violation]:
    """On days worked in a row no shift begins earlier in the day than the one before (good practice, not statute)."""
    if not view.problem.hotline.rules.forward_rotation:
        return
    for before, after in _neighbours(view):
        if _minute(view, after) < _minute(view, before):
            text = both(
                "{agent} begins {after} on {date} earlier in the day than {before} the day before",
                agent=after.agent,
                after=after.shift,
                date=after.date,
                before=before.shift,
            )
            yield Violation("forward_rotation", after.agent, after.date, text)


def _neighbours(view: RosterView) -> Iterator[tuple[Duty, Duty]]:
    """Duties of one person on two days in a row, the second of this roster; the last of the day before counts."""
    for mine in view.by_agent.values():
        last: dict[date, Duty] = {d.date: d for d in mine}
        for duty in mine:
            before = last.get(duty.date - timedelta(days=1))
            if before is not None and not duty.past:
                yield before, duty


def _minute(view: RosterView, duty: Duty) -> int:
    """Minute of the local day at which the duty begins."""
    shift = view.shifts.get(duty.shift)
    if shift is not None:
        return shift.start_min
    start = duty.start.astimezone(ZoneInfo(view.problem.hotline.time_zone))
    return start.hour * 60 + start.minute
