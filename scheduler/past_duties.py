"""Duties of the past that bind the roster: the last published roster's tail, as the model reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from scheduler.shift_times import paid_minutes, utc_minutes
from scheduler.table_rows import rows_of
from wfm.hotline import Shift

if TYPE_CHECKING:
    from scheduler.slots import Slots

__all__ = ["PastDuty", "past_duties"]


@dataclass(frozen=True, slots=True)
class PastDuty:
    """A duty of the history; ``day`` may lie before the arrays."""

    agent: int
    day: int
    shift: Shift | None
    shift_id: str
    role: str
    start: int
    """Start and end in UTC minutes."""
    end: int
    minute: int
    """Minute of the local day at which it begins."""
    paid_min: int
    spills: bool
    remote: bool


def past_duties(slots: Slots) -> list[PastDuty]:
    """Duties of the history before the period, of people who are still there, by start."""
    if slots.problem.history is None:
        return []
    share = slots.problem.hotline.rules.standby_hours_share
    found = []
    for row in rows_of(slots.problem.history):
        agent = slots.agent_numbers.get(str(row.agent))
        date = pd.Timestamp(row.date).date()
        if agent is None or date >= slots.problem.first:
            continue
        shift = slots.shifts.get(str(row.shift))
        start, end = utc_minutes(row.start), utc_minutes(row.end)
        begin = pd.Timestamp(row.start).tz_convert(slots.problem.zone)
        until = pd.Timestamp(row.end).tz_convert(slots.problem.zone)
        paid = paid_minutes(shift, date, begin, until) if shift else end - start
        found.append(
            PastDuty(
                agent=agent,
                day=slots.day_of(date),
                shift=shift,
                shift_id=str(row.shift),
                role=str(row.role),
                start=start,
                end=end,
                minute=shift.start_min if shift else begin.hour * 60 + begin.minute,
                paid_min=paid if row.role == "A" else round(paid * share),
                spills=(until - pd.Timedelta(minutes=1)).date() > date,
                remote=bool(row.remote),
            )
        )
    return sorted(found, key=lambda d: (d.start, d.end, d.agent))
