"""The time grid: equal intervals of true elapsed time over whole local days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.errors import BadInput
from wfm.i18n import say

__all__ = ["TimeGrid", "need_zone"]

NS_PER_MIN = 60_000_000_000


def need_zone(time_zone: str) -> None:
    """Refuse a time zone that is not known.

    Raises:
        BadInput: it is not.
    """
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput(say("unknown time zone {zone!r}", zone=time_zone)) from None


@dataclass(frozen=True)
class TimeGrid:
    """Intervals of ``interval_min`` minutes from local midnight of ``first`` over ``days`` local days.

    Every interval lasts the same true time. A day on which clocks change has 23 or 25 hours, and so
    fewer or more intervals; none straddles two dates.

    Raises:
        BadInput: the time zone is not known, the interval does not divide the day, or the period is
            empty or longer than ten years.
    """

    first: date
    days: int
    interval_min: int
    time_zone: str

    def __post_init__(self) -> None:
        if not 1 <= self.days <= 3660:
            raise BadInput(say("a period has 1 to 3660 days, found {days}", days=self.days))
        if self.interval_min < 1 or 1440 % self.interval_min:
            raise BadInput(
                say("an interval must divide the day of 1440 minutes, found {minutes}", minutes=self.interval_min)
            )
        need_zone(self.time_zone)
        lengths = np.diff(self._midnights)
        if (lengths % (self.interval_min * NS_PER_MIN)).any():
            odd = self.first + timedelta(days=int(np.flatnonzero(lengths % (self.interval_min * NS_PER_MIN))[0]))
            raise BadInput(
                say(
                    "{day} in {zone} is no whole number of {minutes}-minute intervals long, as clocks change; choose shorter intervals",
                    day=odd.isoformat(),
                    zone=self.time_zone,
                    minutes=self.interval_min,
                )
            )

    @cached_property
    def _midnights(self) -> NDArray[np.int64]:
        """First instant of each local day and of the day after the last, ns since 1970 UTC; shape ``(days + 1,)``."""
        zone = ZoneInfo(self.time_zone)
        epoch = datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))
        found = []
        for n in range(self.days + 1):
            day = self.first + timedelta(days=n)
            # fold=0: where midnight comes twice, the first; where clocks skip it, the instant of the skip.
            midnight = datetime(day.year, day.month, day.day, tzinfo=zone, fold=0)
            found.append(round((midnight - epoch) / timedelta(microseconds=1)) * 1000)
        return np.array(found, dtype=np.int64)

    def __len__(self) -> int:
        return int(self._midnights[-1] - self._midnights[0]) // (self.interval_min * NS_PER_MIN)

    @property
    def interval_s(self) -> float:
        """Length of an interval in seconds."""
        return self.interval_min * 60.0

    @cached_property
    def starts(self) -> pd.DatetimeIndex:
        """Start of each interval, in local time; shape ``(T,)``."""
        return self._local(self._midnights[0] + np.arange(len(self), dtype=np.int64) * self.interval_min * NS_PER_MIN)

    @property
    def ends(self) -> pd.DatetimeIndex:
        """End of each interval, in local time; shape ``(T,)``."""
        return self.starts + pd.Timedelta(minutes=self.interval_min)

    def _local(self, ns: NDArray[np.int64]) -> pd.DatetimeIndex:
        return pd.DatetimeIndex(ns.view("datetime64[ns]")).tz_localize("UTC").tz_convert(self.time_zone)

    @cached_property
    def dates(self) -> NDArray[np.datetime64]:
        """Local date of each interval, ``datetime64[D]``; shape ``(T,)``."""
        counts = np.diff(self._midnights) // (self.interval_min * NS_PER_MIN)
        first = np.datetime64(self.first, "D")
        found: NDArray[np.datetime64] = np.repeat(first + np.arange(self.days), counts)
        return found

    @cached_property
    def minutes(self) -> NDArray[np.int64]:
        """Local minutes after midnight at the start of each interval; an hour that comes twice gives them twice."""
        starts = self.starts
        return np.asarray(starts.hour * 60 + starts.minute, dtype=np.int64)

    @cached_property
    def day_list(self) -> list[date]:
        """The local dates, one each."""
        return [self.first + timedelta(days=n) for n in range(self.days)]

    def locate(self, times: pd.Series | pd.DatetimeIndex) -> NDArray[np.int64]:
        """Index of the interval that holds each moment, −1 outside the grid and for missing times.

        An interval holds its start and not its end.

        Raises:
            TypeError: the times have no time zone.
        """
        index = pd.DatetimeIndex(times)
        if index.tz is None:
            raise TypeError("times need a time zone")
        ns = index.as_unit("ns").asi8
        place = np.floor_divide(ns - self._midnights[0], self.interval_min * NS_PER_MIN)
        inside = (place >= 0) & (place < len(self)) & ~np.asarray(index.isna())
        found: NDArray[np.int64] = np.where(inside, place, -1)
        return found
