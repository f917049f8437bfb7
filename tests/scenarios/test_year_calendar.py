"""A year of the calendar against the notice of the General Office of the State Council for 2026 (国办发明电)."""

from __future__ import annotations

from datetime import date

from scenarios.scenario import load_scenario
from scenarios.year_calendar import year_calendar
from wfm.calendar import DayKind

COURT = load_scenario("nanxun-12368").hotline


def test_2026_is_as_the_state_council_announced_it() -> None:
    found = year_calendar(COURT, 2026)
    assert found.announced
    assert [(first, last) for _, first, last in found.holidays] == [
        (date(2026, 1, 1), date(2026, 1, 3)),
        (date(2026, 2, 15), date(2026, 2, 23)),
        (date(2026, 4, 4), date(2026, 4, 6)),
        (date(2026, 5, 1), date(2026, 5, 5)),
        (date(2026, 6, 19), date(2026, 6, 21)),
        (date(2026, 9, 25), date(2026, 9, 27)),
        (date(2026, 10, 1), date(2026, 10, 7)),
    ]
    assert found.holidays[1][0].zh.startswith("春节")
    assert found.makeup == (
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    )
    # 261 weekdays less 19 that are off, and 6 make-up days.
    assert found.working_days == 248


def test_weeks_begin_on_monday_and_hold_every_day_once() -> None:
    found = year_calendar(COURT, 2026)
    days = [day.day for month in found.months for week in month for day in week if day is not None]
    assert days == [date.fromordinal(date(2026, 1, 1).toordinal() + n) for n in range(365)]
    for month in found.months:
        for week in month:
            assert len(week) == 7
            assert all(day is None or day.day.weekday() == n for n, day in enumerate(week))


def test_hours_follow_the_kind_of_day() -> None:
    days = {d.day: d for m in year_calendar(COURT, 2026).months for w in m for d in w if d is not None}
    assert days[date(2026, 2, 14)].kind is DayKind.MAKEUP
    assert days[date(2026, 2, 14)].hours == (510, 1050)  # 08:30–17:30, as on a weekday
    assert days[date(2026, 2, 16)].hours is None


def test_a_year_ahead_is_not_announced() -> None:
    found = year_calendar(COURT, 2031)
    assert not found.announced
    assert found.makeup == ()
    assert any(first <= date(2031, 10, 1) <= last for _, first, last in found.holidays)
