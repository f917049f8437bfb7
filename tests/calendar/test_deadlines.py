"""Deadlines by hand: Civil Code Art. 201 (the first day is not counted) and Art. 203 (a last day that is a rest day
moves to the next working day; it ends with business hours)."""

from __future__ import annotations

import warnings
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from wfm.calendar import WorkingCalendar
from wfm.errors import BadInput

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import chinese_calendar

ZONE = ZoneInfo("Asia/Shanghai")
CHINA = WorkingCalendar("CN")
CLOSES = time(17, 30)


def at(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("received", "working_days", "due"),
    [
        # Mon 14 Sept: Tue, Wed, Thu.
        (at(9, 14), 3, at(9, 17, 17, 30)),
        # Fri 18 Sept: Sunday 20 Sept is worked (make-up), then Mon, Tue.
        (at(9, 18), 3, at(9, 22, 17, 30)),
        # Thu 24 Sept: 25–27 Mid-Autumn; Mon 28, Tue 29, Wed 30.
        (at(9, 24), 3, at(9, 30, 17, 30)),
        # Wed 30 Sept: 1–7 National Day; Thu 8, Fri 9, Sat 10 (make-up), 11 rest, Mon 12.
        (at(9, 30), 3, at(10, 10, 17, 30)),
        (at(9, 30), 4, at(10, 12, 17, 30)),
        # Received on a holiday: the first working day is the 8th.
        (at(10, 3), 1, at(10, 8, 17, 30)),
        # 15 working days from Mon 14 Sept: 15–18 (4), 20–24 (9), 28–30 (12), 8–10 Oct (15).
        (at(9, 14), 15, at(10, 10, 17, 30)),
        # Received minutes before midnight is still received that day.
        (at(9, 14, 23, 59), 1, at(9, 15, 17, 30)),
        # None: the same day; on a rest day the next working day; after hours the next working day.
        (at(9, 14), 0, at(9, 14, 17, 30)),
        (at(9, 19), 0, at(9, 20, 17, 30)),
        (at(9, 14, 18), 0, at(9, 15, 17, 30)),
    ],
)
def test_deadlines_by_hand(received: datetime, working_days: int, due: datetime) -> None:
    """§43"""
    assert CHINA.deadline(received, working_days, CLOSES) == due


def test_business_hours_until_midnight() -> None:
    assert CHINA.deadline(at(9, 14), 1, time(0, 0)) == at(9, 16, 0)


def test_a_deadline_in_an_unannounced_year_is_refused() -> None:
    """§44"""
    with pytest.raises(BadInput, match="2027"):
        CHINA.deadline(at(12, 28), 10, CLOSES)


def test_a_moment_without_time_zone_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError):
        CHINA.deadline(datetime(2026, 9, 14), 1, CLOSES)  # noqa: DTZ001


def test_a_calendar_without_working_days_says_so() -> None:
    with pytest.raises(BadInput):
        WorkingCalendar(None, weekend=range(7)).add_working_days(date(2026, 1, 1), 1)
    with pytest.raises(BadInput):
        CHINA.add_working_days(date(2026, 1, 1), -1)


@settings(deadline=None)
@given(st.dates(date(2024, 1, 1), date(2026, 6, 30)), st.integers(1, 60), st.integers(1, 60))
def test_working_days_add_up(day: date, first: int, second: int) -> None:
    """Counting on from a counted day is counting both at once, and the count between is what was asked."""
    halfway = CHINA.add_working_days(day, first)
    assert CHINA.is_working_day(halfway)
    assert CHINA.add_working_days(halfway, second) == CHINA.add_working_days(day, first + second)
    between = [date.fromordinal(n) for n in range(day.toordinal() + 1, halfway.toordinal() + 1)]
    assert sum(map(CHINA.is_working_day, between)) == first


@settings(deadline=None)
@given(st.dates(date(2004, 1, 1), date(2026, 10, 31)), st.integers(0, 25), st.integers(0, 1439))
def test_deadlines_over_moved_days_agree_with_chinesecalendar(day: date, working_days: int, minute: int) -> None:
    """§43 The package's own search for the working day, in every year it knows: the n-th working day after a day is
    found from the day after it. Spans over 31 December 2005, which the two packages see differently, are left out."""
    theirs = (
        chinese_calendar.find_workday(0, day)
        if working_days == 0
        else chinese_calendar.find_workday(working_days - 1, day + timedelta(days=1))
    )
    assume(not day <= date(2005, 12, 31) <= theirs)
    assert CHINA.add_working_days(day, working_days) == theirs
    received = datetime.combine(day, time(minute // 60, minute % 60), tzinfo=ZONE)
    late = received > datetime.combine(theirs, CLOSES, tzinfo=ZONE)
    last = chinese_calendar.find_workday(0, theirs + timedelta(days=1)) if late else theirs
    assert CHINA.deadline(received, working_days, CLOSES) == datetime.combine(last, CLOSES, tzinfo=ZONE)


def test_every_deadline_of_every_known_day_agrees_with_chinesecalendar() -> None:
    """§43 The four periods of the model rules (3, 5, 10 and 15 working days) from each day of 2006 to 2026."""
    day, end = date(2006, 1, 1), date(2026, 11, 30)
    worked = [
        d for d in (day + timedelta(days=n) for n in range((end - day).days + 31)) if chinese_calendar.is_workday(d)
    ]
    after = 0
    while day <= end:
        while worked[after] <= day:
            after += 1
        for period in (3, 5, 10, 15):
            assert CHINA.add_working_days(day, period) == worked[after + period - 1], day
        day += timedelta(days=1)
