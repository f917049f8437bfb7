"""Marks of days: against public tables, astronomy, the Hebrew calendar's own arithmetic, and an independent package."""

from __future__ import annotations

import math
import warnings
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfm.calendar import DayKind, DayMark, WorkingCalendar, day_marks, festival_runs
from wfm.calendar.festivals import chinese_new_year, festivals_on
from wfm.i18n import Text

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import chinese_calendar

CHINA = WorkingCalendar("CN")
ISRAEL = WorkingCalendar("IL", weekend=(4, 5))
USA = WorkingCalendar("US")
DAY = timedelta(days=1)

# 正月初一
NEW_YEARS = [
    "1998-01-28",
    "1999-02-16",
    "2000-02-05",
    "2001-01-24",
    "2002-02-12",
    "2003-02-01",
    "2004-01-22",
    "2005-02-09",
    "2006-01-29",
    "2007-02-18",
    "2008-02-07",
    "2009-01-26",
    "2010-02-14",
    "2011-02-03",
    "2012-01-23",
    "2013-02-10",
    "2014-01-31",
    "2015-02-19",
    "2016-02-08",
    "2017-01-28",
    "2018-02-16",
    "2019-02-05",
    "2020-01-25",
    "2021-02-12",
    "2022-02-01",
    "2023-01-22",
    "2024-02-10",
    "2025-01-29",
    "2026-02-17",
    "2027-02-06",
    "2028-01-26",
    "2029-02-13",
    "2030-02-03",
    "2031-01-23",
    "2032-02-11",
    "2033-01-31",
    "2034-02-19",
    "2035-02-08",
]


def span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def mark(calendar: WorkingCalendar, year: int, month: int, day: int) -> DayMark:
    return day_marks(calendar, [date(year, month, day)])[0]


def new_moon_in_beijing(k: int) -> date:
    """Date in Beijing of the k-th new moon since 2000; Meeus, *Astronomical Algorithms* (2nd ed.), chapter 49."""
    t = k / 1236.85
    e = 1 - 0.002516 * t - 0.0000074 * t**2
    sun = math.radians(2.5534 + 29.10535670 * k - 0.0000014 * t**2)
    moon = math.radians(201.5643 + 385.81693528 * k + 0.0107582 * t**2)
    f = math.radians(160.7108 + 390.67050284 * k - 0.0016118 * t**2)
    node = math.radians(124.7746 - 1.56375588 * k + 0.0020672 * t**2)
    terms = (
        (-0.40720, moon),
        (0.17241 * e, sun),
        (0.01608, 2 * moon),
        (0.01039, 2 * f),
        (0.00739 * e, moon - sun),
        (-0.00514 * e, moon + sun),
        (0.00208 * e * e, 2 * sun),
        (-0.00111, moon - 2 * f),
        (-0.00057, moon + 2 * f),
        (0.00056 * e, 2 * moon + sun),
        (-0.00042, 3 * moon),
        (0.00042 * e, sun + 2 * f),
        (0.00038 * e, sun - 2 * f),
        (-0.00024 * e, 2 * moon - sun),
        (-0.00017, node),
    )
    days = 2451550.09766 + 29.530588861 * k + 0.00015437 * t**2 + sum(a * math.sin(x) for a, x in terms)
    beijing = days - 65 / 86400 + 8 / 24  # dynamical time is about a minute ahead in these decades
    return date.fromordinal(math.floor(beijing + 0.5) - 1721425)


def hebrew_new_year(year: int) -> date:
    """1 Tishri of the Hebrew year that begins in autumn of ``year``, by the molad and the four postponements.

    Reingold and Dershowitz, *Calendrical Calculations*, chapter 8; day 0 is the eve of the Hebrew epoch.
    """

    def elapsed(hebrew_year: int) -> int:
        months = (235 * hebrew_year - 234) // 19
        days = 29 * months + (12084 + 13753 * months) // 25920
        return days + (3 * (days + 1) % 7 < 3)

    before, this, after = (elapsed(year + 3761 + n) for n in (-1, 0, 1))
    delay = 2 if after - this == 356 else 1 if this - before == 382 else 0
    return date.fromordinal(this + delay - 1373427)


@pytest.mark.parametrize("text", NEW_YEARS)
def test_chinese_new_year_is_that_of_the_public_table(text: str) -> None:
    day = date.fromisoformat(text)
    assert chinese_new_year(day.year) == day
    around = day_marks(CHINA, span(day - 40 * DAY, day + 40 * DAY))
    assert [m.spring_offset for m in around] == [n if abs(n) <= 30 else None for n in range(-40, 41)]


@pytest.mark.parametrize("year", range(1950, 2101))
def test_chinese_new_year_is_a_new_moon_by_astronomy(year: int) -> None:
    day = chinese_new_year(year)
    assert day is not None
    assert date(year, 1, 21) <= day <= date(year, 2, 21)
    near = round((day - date(2000, 1, 6)).days / 29.530588861)
    assert day in [new_moon_in_beijing(k) for k in (near - 1, near, near + 1)]


def test_chinese_new_year_is_not_guessed_where_the_moon_is_not_known() -> None:
    assert chinese_new_year(1900) is None
    assert chinese_new_year(2200) is None
    assert mark(USA, 2024, 2, 10).spring_offset is None


def test_spring_festival_of_2024() -> None:
    """§118 国务院办公厅关于2024年部分节假日安排的通知: 2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。"""
    days = day_marks(CHINA, span(date(2024, 2, 10), date(2024, 2, 17)))
    assert [(d.festival, d.place, d.run_days, d.kind) for d in days] == [
        ("spring_festival", place, 8, DayKind.HOLIDAY) for place in range(1, 9)
    ]
    assert all(d.before == d.after == 0 and d.next_festival is None for d in days)
    eve = mark(CHINA, 2024, 2, 9)  # 除夕, a working day in 2024
    assert (eve.kind, eve.before, eve.next_festival, eve.festival) == (DayKind.WEEKDAY, 1, "spring_festival", None)
    worked = mark(CHINA, 2024, 2, 4)
    assert (worked.kind, worked.before, worked.spring_offset) == (DayKind.MAKEUP, 6, -6)
    first_after = mark(CHINA, 2024, 2, 18)
    assert (first_after.kind, first_after.after, first_after.last_festival) == (DayKind.MAKEUP, 1, "spring_festival")
    assert [mark(CHINA, 2024, 2, d).after for d in (19, 24, 25)] == [2, 7, 0]
    assert [mark(CHINA, 2024, 2, d).before for d in (2, 3)] == [0, 7]


def test_national_day_and_mid_autumn_of_2025_are_one_run() -> None:
    """§118 通知: 国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。"""
    days = day_marks(CHINA, span(date(2025, 10, 1), date(2025, 10, 8)))
    assert [(d.festival, d.also, d.place, d.run_days) for d in days] == [
        ("national_day", ("mid_autumn",), place, 8) for place in range(1, 9)
    ]
    assert mark(CHINA, 2025, 9, 28).kind is DayKind.MAKEUP
    assert mark(CHINA, 2025, 9, 28).before == 3
    assert mark(CHINA, 2025, 10, 11).after == 3
    assert mark(CHINA, 2025, 10, 11).last_festival == "national_day"


def test_a_run_over_new_year_is_one_run_seen_from_either_year() -> None:
    """§118"""
    days = day_marks(CHINA, span(date(2022, 12, 30), date(2023, 1, 3)))
    assert [(d.festival, d.place, d.run_days) for d in days[1:4]] == [("new_year", n, 3) for n in (1, 2, 3)]
    assert (days[0].before, days[4].after) == (1, 1)


THEIR_NAMES = {
    "New Year's Day": "new_year",
    "Spring Festival": "spring_festival",
    "Tomb-sweeping Day": "qingming",
    "Labour Day": "labour_day",
    "Dragon Boat Festival": "dragon_boat",
    "Mid-autumn Festival": "mid_autumn",
    "National Day": "national_day",
    "Anti-Fascist 70th Day": "victory_day",
}


def test_festivals_agree_with_chinesecalendar() -> None:
    """Each day that chinesecalendar lays to a festival lies in a run of that festival; its make-up days near one."""
    named = chinese_calendar.constants.holidays
    assert set(named.values()) == set(THEIR_NAMES)
    for day, name in named.items():
        ours = day_marks(CHINA, [day])[0]
        assert THEIR_NAMES[name] in (ours.festival, *ours.also), day
        assert ours.kind is DayKind.HOLIDAY
    for day, name in chinese_calendar.constants.workdays.items():
        ours = day_marks(CHINA, [day])[0]
        near = {run for d in (day - 12 * DAY, day + 12 * DAY) for run in festival_runs(CHINA, min(day, d), max(day, d))}
        assert ours.place == 0, day
        assert any(THEIR_NAMES[name] in run.festivals for run in near), day


@pytest.mark.parametrize("year", range(1995, 2036))
def test_jewish_holidays_agree_with_the_hebrew_calendar_arithmetic(year: int) -> None:
    """§118 Rosh Hashanah by molad and postponements; the other feasts lie at fixed distances from it."""
    new_year = hebrew_new_year(year)
    assert date(year, 9, 5) <= new_year <= date(year, 10, 5)
    for day, name in (
        (new_year, "Rosh Hashanah"),
        (new_year + DAY, "Rosh Hashanah"),
        (new_year + 9 * DAY, "Yom Kippur"),
        (new_year + 14 * DAY, "Sukkot"),
        (new_year + 21 * DAY, "Simchat Torah / Shemini Atzeret"),
        (new_year - 163 * DAY, "Pesach"),
        (new_year - 157 * DAY, "Seventh day of Pesach"),
        (new_year - 113 * DAY, "Shavuot"),
    ):
        assert festivals_on("IL", day) == (name,)
        ours = day_marks(ISRAEL, [day])[0]
        assert name in (ours.festival, *ours.also)
    yom_kippur = new_year + 9 * DAY
    eve = day_marks(ISRAEL, [yom_kippur - DAY])[0]
    if eve.kind is DayKind.WEEKDAY:
        assert (eve.before, eve.next_festival) == (1, "Yom Kippur")
    else:  # a Friday: the weekend's first day belongs to the run
        assert (eve.weekday, eve.place, eve.festival) == (4, 1, "Yom Kippur")


def test_a_moved_holiday_keeps_its_name() -> None:
    """§118 Israel's Independence Day 2024, 5 Iyar a Monday, was kept on Tuesday 14 May."""
    assert mark(ISRAEL, 2024, 5, 14).festival == "Independence Day"
    assert mark(USA, 2026, 7, 3).festival == "Independence Day"  # 4 July 2026 is a Saturday
    assert mark(USA, 2026, 7, 3).run_days == 3


@pytest.mark.parametrize("year", range(2000, 2031))
def test_american_holidays_by_their_rules(year: int) -> None:
    """§118 Thanksgiving is the fourth Thursday of November; Labor Day the first Monday of September, run of three."""
    thanksgiving = [d for d in span(date(year, 11, 1), date(year, 11, 30)) if d.weekday() == 3][3]
    assert mark(USA, year, 11, thanksgiving.day).festival == "Thanksgiving Day"
    assert mark(USA, year, 11, thanksgiving.day).run_days == 1
    assert (mark(USA, year, 11, thanksgiving.day - 1).before, mark(USA, year, 11, thanksgiving.day + 1).after) == (1, 1)
    labor = next(d for d in span(date(year, 9, 1), date(year, 9, 7)) if d.weekday() == 0)
    run = day_marks(USA, span(labor - 3 * DAY, labor + DAY))
    assert [(d.festival, d.place, d.before, d.after) for d in run] == [
        (None, 0, 1, 0),
        ("Labor Day", 1, 0, 0),
        ("Labor Day", 2, 0, 0),
        ("Labor Day", 3, 0, 0),
        (None, 0, 0, 1),
    ]
    assert [d.kind for d in run[1:4]] == [DayKind.WEEKEND, DayKind.WEEKEND, DayKind.HOLIDAY]


def test_without_a_country_only_kinds_are_marked() -> None:
    days = span(date(2024, 1, 1), date(2024, 12, 31))
    for day, found in zip(days, day_marks(WorkingCalendar(None), days), strict=True):
        kind = DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WEEKDAY
        assert found == DayMark(kind, day.weekday())


def test_the_hotlines_own_days_off_are_runs_too() -> None:
    own = WorkingCalendar(
        None,
        extra_days={
            date(2024, 5, 17): (DayKind.HOLIDAY, Text("Founders' Day", "建院日")),
            date(2024, 8, 1): (DayKind.HOLIDAY, None),
        },
    )
    assert [mark(own, 2024, 5, d).festival for d in (16, 17, 18, 19, 20)] == [
        None,
        *["Founders' Day"] * 3,
        None,
    ]
    assert mark(own, 2024, 8, 1).festival == "public_holiday"
    worked = WorkingCalendar("CN", extra_days={date(2024, 10, 4): (DayKind.MAKEUP, None)})
    assert mark(worked, 2024, 10, 3).run_days == 3
    assert (mark(worked, 2024, 10, 4).before, mark(worked, 2024, 10, 4).after) == (1, 1)
    assert mark(worked, 2024, 10, 5).festival == "national_day"  # by its name alone: 5 to 7 October are moved


def test_a_supplied_year_bears_the_festivals_names() -> None:
    days = dict.fromkeys(span(date(2027, 10, 1), date(2027, 10, 7)), (DayKind.HOLIDAY, None))
    supplied = WorkingCalendar("CN", extra_days=days, years_supplied=[2027])
    found = day_marks(supplied, list(days))
    assert [(d.festival, d.place, d.run_days, d.provisional) for d in found] == [
        ("national_day", n, 7, False) for n in range(1, 8)
    ]


kinds = st.sampled_from(list(DayKind))
own_days = st.dictionaries(st.dates(date(2023, 12, 1), date(2024, 3, 31)), st.tuples(kinds, st.none()), max_size=40)


@given(own_days, st.dates(date(2023, 12, 10), date(2024, 3, 20)))
def test_places_and_distances_are_those_counted_day_by_day(days: dict[date, tuple[DayKind, None]], day: date) -> None:
    """§118"""
    calendar = WorkingCalendar(None, extra_days=days)

    def stretch(start: date) -> list[date]:
        if calendar.kind(start) not in (DayKind.HOLIDAY, DayKind.WEEKEND):
            return []
        left, right = start, start
        while calendar.kind(left - DAY) in (DayKind.HOLIDAY, DayKind.WEEKEND):
            left -= DAY
        while calendar.kind(right + DAY) in (DayKind.HOLIDAY, DayKind.WEEKEND):
            right += DAY
        whole = span(left, right)
        return whole if any(calendar.kind(d) is DayKind.HOLIDAY for d in whole) else []

    found = day_marks(calendar, [day])[0]
    run = stretch(day)
    assert found.run_days == len(run)
    assert found.place == (run.index(day) + 1 if run else 0)
    ahead = 0 if run else next((n for n in range(1, 8) if stretch(day + n * DAY)), 0)
    behind = 0 if run else next((n for n in range(1, 8) if stretch(day - n * DAY)), 0)
    assert (found.before, found.after) == (ahead, behind)
    assert (found.next_festival is None) == (ahead == 0)
    assert (found.last_festival is None) == (behind == 0)


def test_equal_calendars_are_one_value() -> None:
    assert WorkingCalendar("CN") == WorkingCalendar("CN", (6, 5))
    assert hash(WorkingCalendar("CN")) == hash(WorkingCalendar("CN", (6, 5)))
    own = WorkingCalendar("CN", extra_days={date(2026, 10, 8): (DayKind.HOLIDAY, None)})
    assert own != WorkingCalendar("CN")
    assert mark(own, 2026, 10, 8).run_days == 8
    assert mark(CHINA, 2026, 10, 7).run_days == 7
