"""What marks each day to callers: its kind, the festival it belongs to, and how near the next and the last one are.

A run of days off is an unbroken stretch of holidays and weekend days with at least one holiday. It bears the name of
the festival with the most days in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from wfm.calendar.festivals import chinese_new_year, festivals_named, festivals_on
from wfm.calendar.published import DayKind
from wfm.calendar.working import WorkingCalendar

__all__ = ["NEAR_DAYS", "SPRING_DAYS", "DayMark", "FestivalRun", "day_marks", "festival_runs"]

DAY = timedelta(days=1)
NEAR_DAYS = 7
"""How many days before and after a run of days off are marked."""
SPRING_DAYS = 30
"""How many days before and after the Chinese New Year are counted from it."""
MARGIN_DAYS = 45
"""Days looked at beyond the year, so that runs and distances over New Year come out whole."""
UNNAMED = "public_holiday"


@dataclass(frozen=True, slots=True)
class DayMark:
    """What marks one day.

    ``kind``: what the day is. ``weekday``: Monday is 0. ``festival``: identifier of the festival whose run of days off
    the day belongs to (in China ``spring_festival``, ``national_day`` …, elsewhere the English name), a weekend beside
    the holiday included; None outside runs. ``also``: further festivals of the same run (``mid_autumn`` in 2025).
    ``place``: 1-based place within the run, 0 outside; ``run_days``: length of the run, 0 outside.
    ``before``: outside runs the days until the next one begins, 1 on its eve, up to 7, else 0; ``next_festival`` is
    its festival. ``after``: outside runs the days since the last one ended, 1 on the first day after, up to 7, else 0;
    ``last_festival`` is its festival. ``spring_offset``: days from the Chinese New Year, −30 … 30, in China only.
    ``special``: identifiers of the hotline's own special days. ``provisional``: the year is not announced.
    """

    kind: DayKind
    weekday: int
    festival: str | None = None
    also: tuple[str, ...] = ()
    place: int = 0
    run_days: int = 0
    before: int = 0
    next_festival: str | None = None
    after: int = 0
    last_festival: str | None = None
    spring_offset: int | None = None
    special: tuple[str, ...] = ()
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class FestivalRun:
    """An unbroken stretch of days off, ``first`` to ``last``, with its ``festivals``, the one with most days first."""

    first: date
    last: date
    festivals: tuple[str, ...]

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.last - self.first).days + 1


def day_marks(calendar: WorkingCalendar, days: Sequence[date]) -> list[DayMark]:
    """The marks of each of ``days``, in their order; kept for each calendar and year once made."""
    marks = []
    for day in days:
        plain = day.date() if isinstance(day, datetime) else day
        marks.append(_marks_of_year(calendar, plain.year)[plain.timetuple().tm_yday - 1])
    return marks


def festival_runs(calendar: WorkingCalendar, first: date, last: date) -> list[FestivalRun]:
    """Runs of days off that touch ``first`` to ``last``, in order and whole (up to 45 days beyond either end)."""
    start, end = first - MARGIN_DAYS * DAY, last + MARGIN_DAYS * DAY
    runs = []
    stretch: list[date] = []
    day = start
    while day <= end + DAY:
        kind = calendar.kind(day) if day <= end else DayKind.WEEKDAY
        if kind in (DayKind.HOLIDAY, DayKind.WEEKEND):
            stretch.append(day)
        else:
            if stretch and stretch[-1] >= first and stretch[0] <= last:
                holidays = [d for d in stretch if calendar.kind(d) is DayKind.HOLIDAY]
                if holidays:
                    runs.append(FestivalRun(stretch[0], stretch[-1], _festivals_of(calendar, holidays)))
            stretch = []
        day += DAY
    return runs


def _festivals_of(calendar: WorkingCalendar, holidays: list[date]) -> tuple[str, ...]:
    """Festivals of a run's holidays, by falling number of days, then by date."""
    counted: Counter[str] = Counter()
    if calendar.country is not None:
        for day in holidays:
            counted.update(festivals_on(calendar.country, day))
    if not counted:
        for day in holidays:
            name = calendar.name(day)
            counted.update(() if name is None else festivals_named(calendar.country, name))
    return tuple(name for name, _ in counted.most_common()) or (UNNAMED,)


@lru_cache(maxsize=1024)
def _marks_of_year(calendar: WorkingCalendar, year: int) -> tuple[DayMark, ...]:
    """The marks of all days of a year."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    runs = festival_runs(calendar, first - NEAR_DAYS * DAY, last + NEAR_DAYS * DAY)
    in_run = {run.first + n * DAY: run for run in runs for n in range(run.days)}
    before = {run.first - n * DAY: (n, run) for run in reversed(runs) for n in range(NEAR_DAYS, 0, -1)}
    after = {run.last + n * DAY: (n, run) for run in runs for n in range(NEAR_DAYS, 0, -1)}
    offsets: dict[date, int] = {}
    if calendar.country == "CN":
        for new_year in (chinese_new_year(year), chinese_new_year(year + 1)):  # 21 January less 30 days is December
            if new_year is not None:
                offsets |= {new_year + n * DAY: n for n in range(-SPRING_DAYS, SPRING_DAYS + 1)}
    marks = []
    day = first
    while day <= last:
        run = in_run.get(day)
        until, coming = before.get(day, (0, None)) if run is None else (0, None)
        since, gone = after.get(day, (0, None)) if run is None else (0, None)
        marks.append(
            DayMark(
                kind=calendar.kind(day),
                weekday=day.weekday(),
                festival=None if run is None else run.festivals[0],
                also=() if run is None else run.festivals[1:],
                place=0 if run is None else (day - run.first).days + 1,
                run_days=0 if run is None else run.days,
                before=until,
                next_festival=None if coming is None else coming.festivals[0],
                after=since,
                last_festival=None if gone is None else gone.festivals[0],
                spring_offset=offsets.get(day),
                special=calendar.special(day),
                provisional=calendar.provisional(day),
            )
        )
        day += DAY
    return tuple(marks)
