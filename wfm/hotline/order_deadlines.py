"""When work orders are due, by the interval in which they are received (§72 of the semantics)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.hotline.model import Hotline

__all__ = ["after_hours", "after_working_days", "office_closes", "order_deadlines_s"]

Floats = NDArray[np.float64]

_DAYS_MOST = 3660


def order_deadlines_s(hotline: Hotline, grid: TimeGrid, calendar: WorkingCalendar) -> Floats:
    """Deadline of an order of each class received in each interval, in seconds from the grid's start; ``(C, T)``.

    Hours run from the interval's start. Working days leave out the day of receipt and end with the last watch of the
    office (Civil Code, Arts. 201 and 203); where no working day is allowed and the office closes in or before the
    interval, the next working day holds the deadline. In years whose days off are not announced the statutory
    ones count.
    """
    starts_s = np.arange(len(grid)) * grid.interval_s
    due = np.empty((len(hotline.work_orders), len(grid)))
    for row, order in enumerate(hotline.work_orders):
        if order.deadline_h is not None:
            due[row] = starts_s + order.deadline_h * 3600
        else:
            due[row] = _after_working_days(hotline, grid, calendar, order.deadline_working_days or 0)
    return due


def after_working_days(hotline: Hotline, calendar: WorkingCalendar, received: datetime, count: int) -> datetime:
    """When something received at a moment is due by working days, as :func:`order_deadlines_s` counts them.

    Args:
        hotline: its office hours and time zone.
        calendar: its working days.
        received: timezone-aware moment of receipt.
        count: working days allowed; with none, something received at or after the office closes is due on the next.
    """
    last = _working_day(calendar, received.astimezone(ZoneInfo(hotline.time_zone)).date(), count)
    if count == 0 and office_closes(hotline, last).astimezone(UTC) <= received.astimezone(UTC):
        last = _working_day(calendar, last, 1)
    return office_closes(hotline, last)


def office_closes(hotline: Hotline, day: date) -> datetime:
    """The end of the office's last watch, with which a deadline on that day ends (Civil Code, Art. 203)."""
    closes_min = max(watch.minutes[1] for watch in hotline.office_work.watches)
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(hotline.time_zone)) + timedelta(minutes=closes_min)


def after_hours(received: datetime, hours: float) -> datetime:
    """When something received at a moment is due by hours, which run by true time."""
    return (received.astimezone(UTC) + timedelta(hours=hours)).astimezone(received.tzinfo)


def _after_working_days(hotline: Hotline, grid: TimeGrid, calendar: WorkingCalendar, count: int) -> Floats:
    closes_min = max(watch.minutes[1] for watch in hotline.office_work.watches)
    day = (grid.dates - np.datetime64(grid.first, "D")).astype(np.int64)
    closing = _closing(grid, closes_min)
    last = [_working_day(calendar, one, count) for one in grid.day_list]
    due = np.array([closing(one) for one in last])[day]
    if count == 0:
        next_day = np.array([closing(_working_day(calendar, one, 1)) for one in last])[day]
        due = np.where(due <= (np.arange(len(grid)) + 1) * grid.interval_s, next_day, due)
    return due


def _closing(grid: TimeGrid, closes_min: int) -> Callable[[date], float]:
    """When the office closes on a day, in true seconds from the grid's start."""
    zone, origin = ZoneInfo(grid.time_zone), grid.starts[0].tz_convert("UTC").to_pydatetime()

    def closing(day: date) -> float:
        # Aware times add by the clock on the wall; only their difference in UTC is true time.
        clock = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=closes_min)
        return float((clock.astimezone(UTC) - origin).total_seconds())

    return closing


def _working_day(calendar: WorkingCalendar, day: date, count: int) -> date:
    """As ``WorkingCalendar.add_working_days``, on into years that are not announced."""
    left, at = count, day
    for _ in range(_DAYS_MOST):
        if left == 0 and (count > 0 or calendar.is_working_day(at)):
            break
        at += timedelta(days=1)
        left -= left > 0 and calendar.is_working_day(at)
    return at
