"""When a duty asks for work and when for a break."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from wfm.hotline import minutes_of
from wfm.records.spans import Spans, milliseconds, no_spans, union, without

__all__ = ["DutyTimes", "duty_times"]


@dataclass(frozen=True, eq=False, slots=True)
class DutyTimes:
    """One duty: its span in milliseconds since 1970 UTC, and what it asks for when."""

    agent: str
    date: date
    start: int
    end: int
    breaks: Spans

    @property
    def whole(self) -> Spans:
        """From start to end; ``(1, 2)``."""
        return np.array([[self.start, self.end]], dtype=np.int64)

    @property
    def work(self) -> Spans:
        """The duty less its breaks."""
        return without(self.whole, self.breaks)


def duty_times(duties: pd.DataFrame, time_zone: str) -> list[DutyTimes]:
    """Every duty of ``tables.DUTIES`` that answers calls (role A), by agent and start.

    Breaks are clock times of ``time_zone``; one before the duty's start by the clock lies on the next day. What of a
    break lies outside its duty is left out.
    """
    zone = ZoneInfo(time_zone)
    answering = duties[duties["role"] == "A"]
    starts, ends = milliseconds(answering["start"]), milliseconds(answering["end"])
    found = []
    days = answering["date"].dt.date
    for row, day, start, end in zip(
        answering.itertuples(index=False), days, starts.tolist(), ends.tolist(), strict=True
    ):
        begin = pd.Timestamp(start, unit="ms", tz="UTC").tz_convert(zone)
        breaks = _breaks(row.breaks, begin, zone)
        kept = np.clip(breaks, start, end)
        found.append(DutyTimes(str(row.agent), day, start, end, union(kept)))
    return sorted(found, key=lambda d: (d.agent, d.start, d.end))


def _breaks(words: object, begin: pd.Timestamp, zone: ZoneInfo) -> Spans:
    if not isinstance(words, str) or not words:
        return no_spans()
    start_min = begin.hour * 60 + begin.minute
    found = []
    for pause in words.split(";"):
        first, last = (minutes_of(clock.strip()) for clock in pause.split("-"))
        from_min = start_min + (first - start_min) % 1440
        to_min = from_min + (last - first) % 1440
        found.append([_moment(begin.date(), minute, zone) for minute in (from_min, to_min)])
    return np.array(found, dtype=np.int64)


def _moment(day: date, minute: int, zone: ZoneInfo) -> int:
    # Aware times add by the clock on the wall, which is what a break's hours mean.
    clock = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minute)
    return round((clock.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))
