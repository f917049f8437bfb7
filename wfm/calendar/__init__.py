"""Time grids and working calendars."""

from wfm.calendar.day_marks import DayMark, FestivalRun, day_marks, festival_runs
from wfm.calendar.festivals import festival_name
from wfm.calendar.grid import TimeGrid
from wfm.calendar.possible import likely_calendar, possible_calendars
from wfm.calendar.published import DayKind, statutory_days
from wfm.calendar.special_days import SpecialDays
from wfm.calendar.unannounced import MovedShare, kind_chances, moved_share, unannounced_days
from wfm.calendar.working import WorkingCalendar

__all__ = [
    "DayKind",
    "DayMark",
    "FestivalRun",
    "MovedShare",
    "SpecialDays",
    "TimeGrid",
    "WorkingCalendar",
    "day_marks",
    "festival_name",
    "festival_runs",
    "kind_chances",
    "likely_calendar",
    "moved_share",
    "possible_calendars",
    "statutory_days",
    "unannounced_days",
]
