"""Work on statutory holidays is paid by a multiple (Labour Law, Art. 44 (3)): 300 % on the 13 statutory days alone.

Only employees fall under it; contracted professionals are paid their rate. Days off moved beside a holiday (调休) are
none of the 13: of the National Day week only 1 to 3 October are.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler.settlement import PaidSpan
from wfm.calendar import statutory_days
from wfm.hotline import Agent, Hotline

__all__ = ["holiday_spans"]


def holiday_spans(hotline: Hotline, agents: Iterable[Agent], first: date, last: date) -> tuple[PaidSpan, ...]:
    """The statutory days from ``first`` to ``last``, midnight to midnight, for each employee; none where no such law holds."""
    if hotline.law is None or hotline.calendar.country is None:
        return ()
    days = {
        day
        for year in range(first.year, last.year + 1)
        for day in statutory_days(hotline.calendar.country, year)
        if first <= day <= last
    }
    employed = {c.id for c in hotline.contracts if c.employee}
    zone = ZoneInfo(hotline.time_zone)
    spans = []
    for agent in agents:
        if agent.contract not in employed:
            continue
        for day in sorted(days):
            begin, end = (datetime(d.year, d.month, d.day, tzinfo=zone) for d in (day, day + timedelta(days=1)))
            spans.append(PaidSpan(agent.id, begin, end, hotline.law.holiday_factor))
    return tuple(spans)
