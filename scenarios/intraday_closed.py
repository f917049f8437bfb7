"""Calls that will still come while the centre is closed: the forecast leaves them out, but rates over 24 hours count them."""

from __future__ import annotations

from datetime import datetime, timedelta

from wfm.calendar import WorkingCalendar
from wfm.hotline import Hotline
from wfm.metrics import COUNTS
from wfm.records import RecordStore, tally_calls

__all__ = ["RECENT_DAYS", "closed_counts_to_come"]

RECENT_DAYS = 28
"""Latest days whose evenings are looked at."""


def closed_counts_to_come(
    store: RecordStore, hotline: Hotline, calendar: WorkingCalendar, now: datetime
) -> dict[str, float]:
    """Counts that calls outside opening hours bring from now to midnight, by the mean of recent days of the same kind.

    Working days tell of working days, days off of days off. Call records alone know such calls; without them nothing is added.

    Args:
        store: call records.
        hotline: its thresholds.
        calendar: working days.
        now: in the hotline's time zone.
    """
    today = now.date()
    worked = calendar.is_working_day(today)
    days = [
        day
        for day in sorted(store.days())
        if today - timedelta(days=RECENT_DAYS) <= day < today and calendar.is_working_day(day) == worked
    ]
    if not days:
        return {}
    calls = store.calls(days[0], days[-1], time_zone=hotline.time_zone)
    arrived = calls["arrived_at"].dt
    later = (calls["outcome"] == "closed") & (arrived.time >= now.time()) & arrived.date.isin(days)
    if not later.any():
        return {}
    table = tally_calls(calls[later], hotline)
    return {name: float(table[name].to_numpy(float).sum()) / len(days) for name in COUNTS if name != "staffed_s"}
