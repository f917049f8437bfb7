"""What the hotline expects of its calls before any were recorded: a forecast's prior."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.calendar import DayKind, TimeGrid, WorkingCalendar
from wfm.hotline import Demand, Hotline
from wfm.records import interval_shares

__all__ = ["expected_arrivals", "expected_kind_factors"]


def _factor(demand: Demand, kind: DayKind) -> float:
    return {
        DayKind.WEEKDAY: 1.0,
        DayKind.WEEKEND: demand.weekend_factor,
        DayKind.HOLIDAY: demand.holiday_factor,
        DayKind.MAKEUP: demand.makeup_factor,
    }[kind]


def expected_kind_factors(hotline: Hotline) -> dict[DayKind, float]:
    """Calls on each kind of day ÷ calls on a weekday, lines weighted by their calls."""
    calls = sum(line.demand.calls_per_day for line in hotline.lines)
    if calls == 0:
        return dict.fromkeys(DayKind, 1.0)
    return {
        kind: sum(line.demand.calls_per_day * _factor(line.demand, kind) for line in hotline.lines) / calls
        for kind in DayKind
    }


def expected_arrivals(hotline: Hotline, grid: TimeGrid, calendar: WorkingCalendar) -> dict[str, NDArray[np.float64]]:
    """First attempts per line and interval, shape ``(T,)`` each, from ``demand`` alone, ``scale`` left out.

    Lines without any recorded call are forecast from this.
    """
    kinds = {day: calendar.kind(day) for day in grid.day_list}
    days = [kinds[day] for day in grid.dates.astype(object)]
    interval_of_day = grid.minutes // hotline.interval_min
    expected = {}
    for line in hotline.lines:
        shares = interval_shares(line.demand.profile, hotline.interval_min)
        factors = np.array([_factor(line.demand, kind) for kind in days])
        expected[line.id] = line.demand.calls_per_day * factors * shares[interval_of_day]
    return expected
