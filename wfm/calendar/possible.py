"""Calendars that a year not announced may turn out to have, each whole: its days off hang together."""

from __future__ import annotations

from datetime import date, timedelta
from math import gcd

from wfm.calendar.published import DayKind
from wfm.calendar.unannounced import festival_behind, kind_chances
from wfm.calendar.working import WorkingCalendar
from wfm.errors import BadInput
from wfm.i18n import Text, say

__all__ = ["likely_calendar", "possible_calendars"]

DAY = timedelta(days=1)


def likely_calendar(calendar: WorkingCalendar, first: date, last: date) -> WorkingCalendar:
    """The calendar with each day from ``first`` to ``last`` of the kind that it most likely becomes.

    So runs of days off, their eves and make-up days are marked in a year not announced about as its notice will have
    them. The years stay provisional; in announced ones nothing changes.
    """
    found = {}
    for day, chances in _open_days(calendar, first, last):
        found[day] = max(chances, key=chances.__getitem__)
    return _with_kinds(calendar, found)


def possible_calendars(calendar: WorkingCalendar, first: date, last: date, count: int) -> list[WorkingCalendar]:
    """Equally likely calendars for the days from ``first`` to ``last``; only ``calendar`` where all days are certain.

    Every festival's notice is more generous in one than in another: with a generous one all the days are off, and all the
    make-up days worked, that a less generous one would have too. Over the calendars each day is of each kind in about
    the share that :func:`wfm.calendar.kind_chances` gives it, within one calendar's share. Festivals vary apart from each other
    (a lattice rule; Sloan and Joe 1994, *Lattice Methods for Multiple Integration*), without any random number.

    Raises:
        BadInput: fewer than one calendar is asked for.
    """
    if count < 1:
        raise BadInput(say("possible calendars: at least 1 is needed, found {found}", found=count))
    days = _open_days(calendar, first, last)
    if not days:
        return [calendar]
    behind = {day: festival_behind(calendar, day) for day, _ in days}
    festivals = list(dict.fromkeys(behind.values()))
    steps = [step for step in range(1, count + 1) if gcd(step, count) == 1]
    step_of = {festival: steps[n % len(steps)] for n, festival in enumerate(festivals)}
    found = []
    for n in range(count):
        kinds = {}
        for day, chances in days:
            at = ((n * step_of[behind[day]]) % count + 0.5) / count
            off, worked = chances.get(DayKind.HOLIDAY, 0.0), chances.get(DayKind.MAKEUP, 0.0)
            kinds[day] = DayKind.HOLIDAY if at < off else DayKind.MAKEUP if at < off + worked else calendar.kind(day)
        found.append(_with_kinds(calendar, kinds))
    return found


def _open_days(calendar: WorkingCalendar, first: date, last: date) -> list[tuple[date, dict[DayKind, float]]]:
    """Days that may still become another kind, with their chances."""
    span = (first + n * DAY for n in range((last - first).days + 1))
    rows = [(day, kind_chances(calendar, day)) for day in span]
    return [(day, chances) for day, chances in rows if chances != {calendar.kind(day): 1.0}]


def _with_kinds(calendar: WorkingCalendar, kinds: dict[date, DayKind]) -> WorkingCalendar:
    changed: dict[date, tuple[DayKind, Text | None]] = {
        day: (kind, None) for day, kind in kinds.items() if kind is not calendar.kind(day)
    }
    return WorkingCalendar(
        calendar.country,
        calendar.weekend,
        calendar.extra_days | changed,
        calendar.years_supplied,
        calendar.special_days,
        calendar.announced_until,
    )
