"""The hotline's calendar, its time grid, and who serves which line when."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from wfm.calendar import DayKind, TimeGrid, WorkingCalendar
from wfm.hotline.model import Hotline
from wfm.hotline.parts import minutes_of

__all__ = ["calendar_of", "grid_of", "open_intervals", "opening_hours", "serving_groups"]

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def calendar_of(hotline: Hotline) -> WorkingCalendar:
    """The working calendar that the hotline keeps.

    Raises:
        BadInput: the holidays of its country are not known.
    """
    setting = hotline.calendar
    return WorkingCalendar(
        setting.country,
        setting.weekend,
        {day.date: (DayKind(day.kind), day.name) for day in setting.days},
        setting.years_supplied,
        [cause.days for cause in setting.special_days],
    )


def grid_of(hotline: Hotline, first: date, days: int) -> TimeGrid:
    """The hotline's intervals over ``days`` local days from ``first``.

    Raises:
        BadInput: the period is empty or too long, or clocks change so that intervals do not fit a day.
    """
    return TimeGrid(first, days, hotline.interval_min, hotline.time_zone)


def opening_hours(hotline: Hotline, day: date, calendar: WorkingCalendar) -> tuple[int, int] | None:
    """Minutes after midnight between which agents answer on ``day``; None when closed.

    A make-up day keeps the hours of ordinary weekdays; hours given for a single weekday do not hold on
    holidays and make-up days.
    """
    kind, opening = calendar.kind(day), hotline.opening
    if kind is DayKind.HOLIDAY:
        hours = opening.holiday
    elif kind is DayKind.MAKEUP:
        hours = opening.weekday
    else:
        usual = opening.weekend if kind is DayKind.WEEKEND else opening.weekday
        hours = dict(opening.by_weekday).get(_WEEKDAYS[day.weekday()], usual)  # type: ignore[call-overload]
    return None if hours is None else (minutes_of(hours[0]), minutes_of(hours[1]))


def open_intervals(hotline: Hotline, grid: TimeGrid, calendar: WorkingCalendar) -> NDArray[np.bool_]:
    """Whether agents answer in each interval; shape ``(T,)``.

    An interval is open when the hotline is open at any moment of it, so that nobody calls in vain.
    """
    opens = np.zeros(grid.days, dtype=np.int64)
    closes = np.zeros(grid.days, dtype=np.int64)
    for n, day in enumerate(grid.day_list):
        hours = opening_hours(hotline, day, calendar)
        if hours is not None:
            opens[n], closes[n] = hours
    at = (grid.dates - np.datetime64(grid.first, "D")).astype(np.int64)
    found: NDArray[np.bool_] = (grid.minutes + grid.interval_min > opens[at]) & (grid.minutes < closes[at])
    return found


def serving_groups(hotline: Hotline, grid: TimeGrid) -> dict[str, NDArray[np.object_]]:
    """For each line, the id of the group that serves it in each interval, ``""`` where none does; shape ``(T,)``."""
    found: dict[str, NDArray[np.object_]] = {}
    minutes = np.unique(grid.minutes)
    for line_id in hotline.line_ids:
        serving = np.full(len(grid), "", dtype=object)
        for minute in minutes:
            group = hotline.group_of(line_id, int(minute))
            if group is not None:
                serving[grid.minutes == minute] = group.id
        found[line_id] = serving
    return found
