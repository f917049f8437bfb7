"""Time grids and working calendars."""

from wfm.calendar.grid import TimeGrid
from wfm.calendar.published import DayKind, statutory_days
from wfm.calendar.working import WorkingCalendar

__all__ = ["DayKind", "TimeGrid", "WorkingCalendar", "statutory_days"]
