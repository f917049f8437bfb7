"""Each duty names people, shifts and groups that exist, and has its shift's times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pandas as pd

from scheduler.checker.view import Duty, RosterView
from scheduler.checker.violation import Violation
from wfm.hotline import Shift
from wfm.i18n import both

__all__ = ["known_names", "shift_times"]


def known_names(view: RosterView) -> Iterator[Violation]:
    """Agent, shift and group of every duty exist, and the role is A or B."""
    groups = {g.id for g in view.problem.hotline.groups}
    for duty in view.duties:
        if duty.agent not in view.agents:
            text = both("{date}: unknown agent {agent}", date=duty.date, agent=duty.agent)
        elif duty.shift not in view.shifts:
            text = both("{agent}, {date}: unknown shift {shift}", agent=duty.agent, date=duty.date, shift=duty.shift)
        elif duty.group not in groups:
            text = both("{agent}, {date}: unknown group {group}", agent=duty.agent, date=duty.date, group=duty.group)
        elif duty.role not in ("A", "B"):
            text = both(
                "{agent}, {date}: role must be A or B, found {role}", agent=duty.agent, date=duty.date, role=duty.role
            )
        else:
            continue
        yield Violation("known_names", duty.agent, duty.date, text)


def shift_times(view: RosterView) -> Iterator[Violation]:
    """A duty begins and ends with its shift."""
    judged: dict[tuple[date, str, datetime, datetime], bool] = {}
    for duty in view.duties:
        shift = view.shifts.get(duty.shift)
        if shift is None:
            continue
        key = (duty.date, duty.shift, duty.start, duty.end)
        if key not in judged:  # the same for everybody on the shift
            judged[key] = _is_its_shift(view.problem.hotline.time_zone, duty, shift)
        if not judged[key]:
            text = both(
                "{agent}, {date}: the duty {start} to {end} is not the shift {shift} ({from_} to {to})",
                agent=duty.agent,
                date=duty.date,
                start=duty.start.strftime("%Y-%m-%d %H:%M"),
                end=duty.end.strftime("%Y-%m-%d %H:%M"),
                shift=shift.id,
                from_=shift.start,
                to=shift.end,
            )
            yield Violation("shift_times", duty.agent, duty.date, text)


def _is_its_shift(zone: str, duty: Duty, shift: Shift) -> bool:
    midnight = pd.Timestamp(duty.date)
    start = midnight + pd.Timedelta(minutes=shift.start_min)
    end = start + pd.Timedelta(minutes=shift.length_min)
    wall = [pd.Timestamp(t).tz_localize(None) for t in (duty.start, duty.end)]
    if wall == [start, end]:
        return True
    skipped = [t.tz_localize(zone, ambiguous=True, nonexistent="shift_forward") for t in (start, end)]
    return all(
        abs(t - pd.Timestamp(d)) <= pd.Timedelta(hours=1) for t, d in zip(skipped, (duty.start, duty.end), strict=True)
    ) and (
        skipped[0].utcoffset() != (skipped[0] - pd.Timedelta(days=1)).utcoffset()
        or skipped[1].utcoffset() != (skipped[1] - pd.Timedelta(days=1)).utcoffset()
    )
