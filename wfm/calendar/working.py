"""The working calendar: kinds of day, working days, and deadlines counted in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from functools import cached_property

from wfm.calendar.published import DayKind, PublishedDay, announced_years, published_days, statutory_days
from wfm.calendar.special_days import SpecialDays, named_dates, special_on
from wfm.errors import BadInput
from wfm.i18n import Text, say

__all__ = ["WorkingCalendar"]

DAY = timedelta(days=1)


class WorkingCalendar:
    """Which days are worked.

    A hotline's own days stand above the published ones, and those above the weekend. A calendar is a value: two with
    the same days are equal, and none changes.

    Args:
        country: ISO country whose statutory days hold; None for none.
        weekend: weekend days, Monday is 0.
        extra_days: days that the hotline supplies itself, with their names.
        years_supplied: years not yet announced whose days are all given in ``extra_days``.
        special_days: days that bring other calls for a cause of their own, whatever kind they are.
        announced_until: last Chinese year whose notice is taken as known; None: as many as are. With it the calendar is
            what it was at some time in the past.

    Raises:
        BadInput: the country is not known.
    """

    def __init__(
        self,
        country: str | None = "CN",
        weekend: Iterable[int] = (5, 6),
        extra_days: Mapping[date, tuple[DayKind, Text | None]] | None = None,
        years_supplied: Iterable[int] = (),
        special_days: Iterable[SpecialDays] = (),
        announced_until: int | None = None,
    ) -> None:
        self.country = country
        self.weekend = frozenset(weekend)
        self.extra_days = dict(extra_days or {})
        self.years_supplied = frozenset(years_supplied)
        self.special_days = tuple(special_days)
        self.announced_until = announced_until if country == "CN" else None
        self._announced = None if country is None else announced_years(country)
        if self._announced is not None and self.announced_until is not None:
            self._announced = range(self._announced[0], min(self._announced[-1], self.announced_until) + 1)

    def _value(self) -> tuple[object, ...]:
        return (
            self.country,
            self.weekend,
            frozenset(self.extra_days.items()),
            self.years_supplied,
            self.special_days,
            self.announced_until,
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WorkingCalendar) and self._value() == other._value()

    @cached_property
    def _hash(self) -> int:
        return hash(self._value())

    def __hash__(self) -> int:
        return self._hash

    def special(self, day: date) -> tuple[str, ...]:
        """Identifiers of the special days that ``day`` is one of; usually none."""
        return special_on(_plain(day), self.special_days)

    def with_special(self, days: Mapping[date, str]) -> WorkingCalendar:
        """This calendar with more special days, date → name; days of one name have one cause."""
        return WorkingCalendar(
            self.country,
            self.weekend,
            self.extra_days,
            self.years_supplied,
            (*self.special_days, *named_dates(days)),
            self.announced_until,
        )

    def as_announced_until(self, year: int) -> WorkingCalendar:
        """This calendar as it was known when ``year`` was the last Chinese year announced; elsewhere unchanged.

        For looking back without knowing what came later: notices come late in the year before.
        """
        return WorkingCalendar(
            self.country, self.weekend, self.extra_days, self.years_supplied, self.special_days, year
        )

    def kind(self, day: date) -> DayKind:
        """What the day is. In a year that is not announced only statutory days differ from their weekday."""
        day = _plain(day)
        if day in self.extra_days:
            return self.extra_days[day][0]
        published = self._published(day)
        if published is not None:
            return published.kind
        return DayKind.WEEKEND if day.weekday() in self.weekend else DayKind.WEEKDAY

    def name(self, day: date) -> Text | None:
        """The holiday's or make-up day's name; None on ordinary days."""
        day = _plain(day)
        if day in self.extra_days:
            return self.extra_days[day][1]
        published = self._published(day)
        return None if published is None else published.name

    def provisional(self, day: date) -> bool:
        """Whether the day's year is not announced yet: its statutory days are known, its moved days are not."""
        return not self.is_announced(day.year)

    def is_working_day(self, day: date) -> bool:
        """Whether the day is a weekday or a make-up working day."""
        return self.kind(day) in (DayKind.WEEKDAY, DayKind.MAKEUP)

    def require_announced(self, first: date, last: date) -> None:
        """Insist that every year from ``first`` to ``last`` has been announced or supplied.

        Raises:
            BadInput: one has not; the sentence says what can be done.
        """
        for year in range(first.year, last.year + 1):
            if self.is_announced(year):
                continue
            known = self._announced or range(0)
            template = (
                say(
                    "the State Council has not announced the holidays and make-up days of {year} (known: {first} to {last}); wait for the notice, or give the hotline's own days in calendar.days and name {year} in calendar.years_supplied",
                    year=year,
                    first=known[0],
                    last=known[-1],
                )
                if self.country == "CN"
                else say(
                    "the holidays and make-up days of {year} are not known for {country} (known: {first} to {last}); give the hotline's own days in calendar.days and name {year} in calendar.years_supplied",
                    year=year,
                    country=self.country,
                    first=known[0],
                    last=known[-1],
                )
            )
            raise BadInput(template)

    def add_working_days(self, day: date, n: int) -> date:
        """The ``n``-th working day after ``day``; ``day`` itself is not counted (Civil Code, Art. 201).

        With ``n`` = 0: ``day`` itself if it is worked, else the next working day (Art. 203).

        Raises:
            BadInput: the count reaches a year that is not announced, or no day is ever worked.
        """
        if n < 0:
            raise BadInput(say("working days must not be negative, found {n}", n=n))
        at = _plain(day)
        left = n
        idle = 0
        while left > 0 or (n == 0 and not self.is_working_day(at)):
            at += DAY
            self.require_announced(at, at)
            worked = self.is_working_day(at)
            left -= worked
            idle = 0 if worked else idle + 1
            if idle > 366:
                raise BadInput(say("the calendar has no working day in the year after {day}", day=day.isoformat()))
        self.require_announced(_plain(day), at)
        return at

    def deadline(self, received: datetime, working_days: int, closes: time) -> datetime:
        """When something received must be done: the business hours' end on the last working day.

        The day of receipt is not counted (Civil Code, Art. 201); the period ends with the business hours
        of its last day, which is a working day (Art. 203). ``time(0, 0)`` as ``closes`` means midnight at the
        end of that day.

        Args:
            received: timezone-aware moment of receipt, in the hotline's own time zone.
            working_days: length of the period.
            closes: end of business hours.

        Raises:
            BadInput: a year on the way is not announced.
            TypeError: ``received`` has no time zone.
        """
        if received.tzinfo is None:
            raise TypeError("a deadline needs a moment with its time zone")
        last = self.add_working_days(received.date(), working_days)
        due = _moment(last, closes, received)
        if due < received:  # due on the day of receipt, but received after business hours
            due = _moment(self.add_working_days(last, 1), closes, received)
        return due

    @property
    def announced(self) -> range | None:
        """Years whose moved days and make-up days are published; None where no days are moved."""
        return self._announced

    def is_announced(self, year: int) -> bool:
        """Whether all days of a year are known: announced, or supplied by the hotline."""
        return self._announced is None or year in self._announced or year in self.years_supplied

    def _published(self, day: date) -> PublishedDay | None:
        if self.country is None:
            return None
        until = self.announced_until
        if until is not None:
            if day.year > until:
                name = statutory_days(self.country, day.year).get(day)
                return None if name is None else PublishedDay(DayKind.HOLIDAY, name)
            if day.year == until and day.month == 12:
                return None  # no festival falls into December: what is moved there is moved by the next year's notice
        return published_days(self.country, day.year).get(day)


def _moment(day: date, closes: time, like: datetime) -> datetime:
    return datetime.combine(day + DAY if closes == time(0, 0) else day, closes, tzinfo=like.tzinfo)


def _plain(day: date) -> date:
    """``day`` without a time: a datetime or Timestamp is a date too, and would never equal one."""
    return day.date() if isinstance(day, datetime) else day
