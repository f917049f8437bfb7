"""Deadlines by hand: Civil Code Art. 201 (the first day is not counted) and Art. 203 (a last day that is a rest day
moves to the next working day; it ends with business hours)."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.calendar import WorkingCalendar
from wfm.errors import BadInput

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
