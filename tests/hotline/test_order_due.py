"""When a single order is due, against the deadlines by interval that sizing uses, and by hand over 调休."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.calendar import TimeGrid
from wfm.hotline import calendar_of, find_hotline, load_hotline, order_deadlines_s
from wfm.hotline.order_deadlines import after_hours, after_working_days, office_closes

HOTLINE = load_hotline(find_hotline("convenience-lines"))
CALENDAR = calendar_of(HOTLINE)
ZONE = ZoneInfo("Asia/Shanghai")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("received", "count", "due"),
    [
        # National Day 2026: 1–7 October off; Saturday 10 October and Sunday 20 September are worked instead.
        ("2026-09-30 10:00", 3, "2026-10-10 18:00"),
        ("2026-09-30 23:59", 1, "2026-10-08 18:00"),
        ("2026-10-03 09:00", 1, "2026-10-08 18:00"),
        ("2026-09-18 09:00", 1, "2026-09-20 18:00"),
        # Mid-Autumn Festival 2026: Friday 25 September.
        ("2026-09-24 08:00", 1, "2026-09-28 18:00"),
        ("2026-09-23 10:00", 3, "2026-09-29 18:00"),
        # Spring Festival 2026: 15–23 February off; 14 and 28 February, both Saturdays, are worked.
        ("2026-02-13 17:00", 2, "2026-02-24 18:00"),
        ("2026-02-14 10:00", 5, "2026-02-28 18:00"),
        # No working day allowed: until the office closes, or on the next one.
        ("2026-09-14 10:00", 0, "2026-09-14 18:00"),
        ("2026-09-14 18:00", 0, "2026-09-15 18:00"),
        ("2026-09-25 10:00", 0, "2026-09-28 18:00"),
    ],
)
def test_working_days_over_holidays_and_make_up_days(received, count, due):
    """§100"""
    assert after_working_days(HOTLINE, CALENDAR, at(received), count) == at(due)


def test_hours_run_by_true_time():
    berlin = ZoneInfo("Europe/Berlin")
    due = after_hours(datetime(2026, 3, 28, 12, tzinfo=berlin), 24)
    assert due.astimezone(UTC) == datetime(2026, 3, 29, 11, tzinfo=UTC)
    assert due.hour == 13, "clocks went forward in between"


def test_the_office_closes_with_its_last_watch():
    assert office_closes(HOTLINE, date(2026, 9, 14)) == at("2026-09-14 18:00")
    round_the_clock = load_hotline(find_hotline("guiyang-12345"))
    assert office_closes(round_the_clock, date(2026, 9, 14)) == at("2026-09-15 00:00")


@settings(max_examples=25, deadline=None)
@given(st.dates(date(2026, 1, 1), date(2026, 11, 1)), st.integers(0, 47))
def test_it_is_the_deadline_that_sizing_counts_with(day, interval):
    grid = TimeGrid(day, 1, 30, "Asia/Shanghai")
    due_s = order_deadlines_s(HOTLINE, grid, CALENDAR)
    for row, order in enumerate(HOTLINE.work_orders):
        due = after_working_days(HOTLINE, CALENDAR, grid.starts[interval].to_pydatetime(), order.deadline_working_days)
        assert (pd.Timestamp(due) - grid.starts[0]).total_seconds() == due_s[row, interval]
