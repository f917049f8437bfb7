"""A year of a hotline's calendar: the kind and name of each day, its holidays, make-up days and special days."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from wfm.calendar import DayKind, WorkingCalendar
from wfm.hotline import Hotline, calendar_of, opening_hours
from wfm.i18n import Text

__all__ = ["CalendarDay", "YearCalendar", "year_calendar"]


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day. ``special`` names the hotline's own special days; ``hours`` minutes after midnight, None: closed."""

    day: date
    kind: DayKind
    name: Text | None
    special: tuple[Text, ...]
    hours: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class YearCalendar:
    """A year.

    Attributes:
        announced: whether all its days off and make-up days are known.
        supplied: whether the hotline supplied them itself, before they were announced.
        known: years whose moved days are published; None where no days are moved.
        months: twelve months, each as weeks from Monday to Sunday; None outside the month.
        holidays: runs of days off by holidays: their names, first, last.
        makeup: make-up working days.
        special: each special day's name and its days of the year.
        working_days: how many there are.
    """

    year: int
    announced: bool
    supplied: bool
    known: range | None
    months: tuple[tuple[tuple[CalendarDay | None, ...], ...], ...]
    holidays: tuple[tuple[Text, date, date], ...]
    makeup: tuple[date, ...]
    special: tuple[tuple[Text, tuple[date, ...]], ...]
    working_days: int


def year_calendar(hotline: Hotline, year: int) -> YearCalendar:
    """The hotline's calendar of a year.

    Raises:
        BadInput: the holidays of its country are not known.
    """
    calendar = calendar_of(hotline)
    names = {cause.id: cause.name for cause in hotline.calendar.special_days}
    days = [
        _day(hotline, calendar, names, date(year, 1, 1) + timedelta(days=n))
        for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
    ]
    special = {name: tuple(d.day for d in days if names[name] in d.special) for name in names}
    return YearCalendar(
        year=year,
        announced=calendar.is_announced(year),
        supplied=year in calendar.years_supplied,
        known=calendar.announced,
        months=tuple(_weeks([d for d in days if d.day.month == month]) for month in range(1, 13)),
        holidays=_runs(days),
        makeup=tuple(d.day for d in days if d.kind is DayKind.MAKEUP),
        special=tuple((names[name], found) for name, found in special.items() if found),
        working_days=sum(d.kind in (DayKind.WEEKDAY, DayKind.MAKEUP) for d in days),
    )


def _day(hotline: Hotline, calendar: WorkingCalendar, names: dict[str, Text], day: date) -> CalendarDay:
    special = tuple(names[cause] for cause in calendar.special(day) if cause in names)
    return CalendarDay(day, calendar.kind(day), calendar.name(day), special, opening_hours(hotline, day, calendar))


def _weeks(days: list[CalendarDay]) -> tuple[tuple[CalendarDay | None, ...], ...]:
    """Weeks from Monday on."""
    padded: list[CalendarDay | None] = [None] * days[0].day.weekday() + list(days)
    padded += [None] * (-len(padded) % 7)
    return tuple(tuple(padded[n : n + 7]) for n in range(0, len(padded), 7))


def _runs(days: list[CalendarDay]) -> tuple[tuple[Text, date, date], ...]:
    """Days off that touch each other, under the names that they carry, the most frequent first."""
    runs: list[list[CalendarDay]] = []
    for one in days:
        if one.kind is not DayKind.HOLIDAY:
            continue
        if runs and runs[-1][-1].day == one.day - timedelta(days=1):
            runs[-1].append(one)
        else:
            runs.append([one])
    return tuple((_names(run), run[0].day, run[-1].day) for run in runs)


def _names(run: list[CalendarDay]) -> Text:
    counted = Counter(one.name for one in run if one.name is not None).most_common()
    names = [Text(*(words.split(";")[0].strip() for words in (name.en, name.zh))) for name, _ in counted]
    shown = list(dict.fromkeys(names)) or [Text("–", "–")]
    return Text(", ".join(n.en for n in shown), "、".join(n.zh for n in shown))
