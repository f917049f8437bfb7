"""The time in which shifts are chosen, cut into equal slots: a period of dates, or a week that repeats."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from math import gcd
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from scheduler.shift_times import at_minute, utc_minutes

if TYPE_CHECKING:
    from wfm.calendar import TimeGrid

__all__ = ["WEEK_MIN", "Horizon", "horizon_of", "slot_length", "weekly_horizon"]

Counts = NDArray[np.int64]
WEEK_MIN = 7 * 1440


@dataclass(frozen=True)
class Horizon:
    """T slots of equal length. Where it is cyclic the last slot is followed by the first.

    Slots outside a period (below 0, or T and beyond) have numbers too: a shift may reach across its borders.
    """

    slots: int
    slot_min: int
    cyclic: bool
    days: int
    """Days on which shifts begin, numbered from 0; a period may have day −1, its eve."""
    grid: TimeGrid | None = field(default=None, compare=False)
    """The period's intervals; None in a week that repeats."""

    @property
    def slot_h(self) -> float:
        """Length of a slot."""
        return self.slot_min / 60

    def slot_of(self, day: int, minute: int) -> int:
        """The slot that holds the moment ``minute`` minutes after the midnight that begins the day, on the wall clock."""
        if self.grid is None:
            return (day * 1440 + minute) // self.slot_min
        zone = ZoneInfo(self.grid.time_zone)
        moment = utc_minutes(at_minute(self._date(day), minute, zone))
        return (moment - self._begin) // self.slot_min

    def _date(self, day: int) -> date:
        assert self.grid is not None
        return self.grid.first + timedelta(days=day)

    @cached_property
    def _begin(self) -> int:
        assert self.grid is not None
        return utc_minutes(self.grid.starts[0])

    @cached_property
    def minute_of_day(self) -> Counts:
        """``(T,)`` local minutes after midnight at the start of each slot."""
        if self.grid is None:
            return np.arange(self.slots, dtype=np.int64) * self.slot_min % 1440
        per = self.grid.interval_min // self.slot_min
        return (self.grid.minutes[:, None] + np.arange(per) * self.slot_min).ravel()


def slot_length(interval_min: int, lengths_min: Iterable[int]) -> int:
    """The longest slot that intervals, starts, lengths and breaks are all whole numbers of."""
    return gcd(interval_min, *lengths_min)


def horizon_of(grid: TimeGrid, slot_min: int) -> Horizon:
    """The period of a grid, each interval cut into slots."""
    return Horizon(len(grid) * (grid.interval_min // slot_min), slot_min, cyclic=False, days=grid.days, grid=grid)


def weekly_horizon(slot_min: int) -> Horizon:
    """A week, Monday first, whose Sunday night runs into Monday."""
    return Horizon(WEEK_MIN // slot_min, slot_min, cyclic=True, days=7)
