"""Chinese days against the State Council's notices and against an independent package."""

from __future__ import annotations

import warnings
from datetime import date, timedelta

import pytest

from wfm.calendar import DayKind, WorkingCalendar
from wfm.calendar.published import announced_years, published_days
from wfm.errors import BadInput
from wfm.i18n import use_language

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import chinese_calendar

CHINA = WorkingCalendar("CN")


OURS = announced_years("CN") or range(0)
THEIRS = {day.year for day in chinese_calendar.constants.holidays}
BOTH_KNOW = [year for year in OURS if year in THEIRS]


def span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


# 国务院办公厅关于2026年部分节假日安排的通知
NOTICE_2026_OFF = {
    "元旦": span(date(2026, 1, 1), date(2026, 1, 3)),
    "春节": span(date(2026, 2, 15), date(2026, 2, 23)),
    "清明节": span(date(2026, 4, 4), date(2026, 4, 6)),
    "劳动节": span(date(2026, 5, 1), date(2026, 5, 5)),
    "端午节": span(date(2026, 6, 19), date(2026, 6, 21)),
    "中秋节": span(date(2026, 9, 25), date(2026, 9, 27)),
    "国庆节": span(date(2026, 10, 1), date(2026, 10, 7)),
}
NOTICE_2026_WORKED = [
    date(2026, 1, 4),
    date(2026, 2, 14),
    date(2026, 2, 28),
    date(2026, 5, 9),
    date(2026, 9, 20),
    date(2026, 10, 10),
]


def test_2026_is_the_notice_of_the_state_council() -> None:
    off = {day for days in NOTICE_2026_OFF.values() for day in days}
    for day in span(date(2026, 1, 1), date(2026, 12, 31)):
        if day in off:
            expected = DayKind.HOLIDAY
        elif day in NOTICE_2026_WORKED:
            expected = DayKind.MAKEUP
        else:
            expected = DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WEEKDAY
        assert CHINA.kind(day) is expected, day


@pytest.mark.parametrize(("festival", "days"), NOTICE_2026_OFF.items())
def test_holidays_of_2026_carry_their_names(festival: str, days: list[date]) -> None:
    for day in days:
        name = CHINA.name(day)
        assert name is not None
        assert name.zh == festival or (festival == "春节" and name.zh == "农历除夕"), day
        assert not any("一" <= letter <= "鿿" for letter in name.en), day


def test_make_up_days_are_named_for_their_holiday() -> None:
    name = CHINA.name(date(2026, 9, 20))
    assert name is not None
    assert name.zh == "国庆节调休上班"
    assert name.en == "Make-up working day for National Day"


def test_ordinary_days_have_no_name() -> None:
    assert CHINA.name(date(2026, 9, 21)) is None
    assert CHINA.name(date(2026, 9, 19)) is None


def test_both_packages_know_every_year_since_2004() -> None:
    """The years compared below are all that both know; neither package leaves one out."""
    assert BOTH_KNOW[:23] == list(range(2004, 2027))
    assert set(range(min(THEIRS), max(THEIRS) + 1)) == THEIRS


@pytest.mark.parametrize("year", BOTH_KNOW)
def test_working_days_agree_with_chinesecalendar(year: int) -> None:
    """Every day of every year both packages know.

    One difference: for New Year 2006 the State Council's notice lets 31 December 2005, a Saturday, be worked
    (12月31日(星期六)上班). chinesecalendar has that notice's days from 1 January 2006 only.
    """
    differing = [
        day
        for day in span(date(year, 1, 1), date(year, 12, 31))
        if CHINA.is_working_day(day) != chinese_calendar.is_workday(day)
    ]
    assert differing == ([date(2005, 12, 31)] if year == 2005 else [])
    if year == 2005:
        assert CHINA.kind(date(2005, 12, 31)) is DayKind.MAKEUP
        assert CHINA.kind(date(2006, 1, 3)) is DayKind.HOLIDAY


@pytest.mark.parametrize("year", BOTH_KNOW)
def test_holidays_agree_with_chinesecalendar(year: int) -> None:
    """All days that chinesecalendar calls a holiday are one here. Where a notice says "and rests with the weekend"
    (与周末连休), here the weekend belongs to the holiday and there it does not: such days are weekend days
    beside a holiday, and never working days."""
    for day in span(date(year, 1, 1), date(year, 12, 31)):
        ours = CHINA.kind(day) is DayKind.HOLIDAY
        theirs = day in chinese_calendar.constants.holidays
        if ours != theirs:
            assert ours, day
            assert day.weekday() >= 5, day
            assert not chinese_calendar.is_workday(day), day


@pytest.mark.parametrize("year", [2019, 2020, 2021, 2022, 2023, 2025, 2026])
def test_holiday_spans_equal_those_of_chinesecalendar(year: int) -> None:
    """Years whose notices name every day of each span: no difference at all."""
    for day in span(date(year, 1, 1), date(year, 12, 31)):
        assert (CHINA.kind(day) is DayKind.HOLIDAY) == (day in chinese_calendar.constants.holidays), day


def test_last_announced_year_comes_from_the_data() -> None:
    years = announced_years("CN")
    assert years is not None
    assert years[0] == 2001
    assert 2026 in years
    # An announced year has make-up days; the year after the last has none, which is how the data show it.
    assert any(day.kind is DayKind.MAKEUP for day in published_days("CN", years[-1]).values())
    assert not any(day.kind is DayKind.MAKEUP for day in published_days("CN", years[-1] + 1).values())


def test_a_year_not_announced_has_its_statutory_days_and_is_provisional() -> None:
    """§44 全国年节及纪念日放假办法 (2024): New Year 1, Spring Festival 4, Qingming 1, Labour Day 2, Dragon Boat 1,
    Mid-Autumn 1, National Day 3 days: 13 in all."""
    years = announced_years("CN")
    assert years is not None
    year = years[-1] + 1
    holidays = [d for d in span(date(year, 1, 1), date(year, 12, 31)) if CHINA.kind(d) is DayKind.HOLIDAY]
    assert len(holidays) == 13
    assert {date(year, 1, 1), date(year, 5, 1), date(year, 5, 2), date(year, 10, 1), date(year, 10, 3)} <= set(holidays)
    assert date(year, 10, 4) not in holidays
    assert all(CHINA.provisional(day) for day in holidays)
    assert not CHINA.provisional(date(2026, 10, 1))


def test_a_year_not_announced_is_refused_with_what_can_be_done() -> None:
    """§44"""
    years = announced_years("CN")
    assert years is not None
    year = years[-1] + 1
    CHINA.require_announced(date(2025, 1, 1), date(2026, 12, 31))
    with use_language("en"), pytest.raises(BadInput) as caught:
        CHINA.require_announced(date(2026, 12, 1), date(year, 1, 10))
    message = str(caught.value)
    assert "State Council has not announced" in message
    assert str(year) in message
    assert "calendar.days" in message
    assert "calendar.years_supplied" in message
    with use_language("zh"), pytest.raises(BadInput, match="国务院尚未公布"):
        CHINA.require_announced(date(year, 1, 1), date(year, 1, 1))


def test_a_hotline_may_supply_an_unannounced_year() -> None:
    """§44"""
    years = announced_years("CN")
    assert years is not None
    year = years[-1] + 1
    own = WorkingCalendar(
        "CN",
        extra_days={date(year, 10, 4): (DayKind.HOLIDAY, None), date(year, 10, 9): (DayKind.MAKEUP, None)},
        years_supplied=[year],
    )
    own.require_announced(date(year, 1, 1), date(year, 12, 31))
    assert own.kind(date(year, 10, 4)) is DayKind.HOLIDAY
    assert own.kind(date(year, 10, 9)) is DayKind.MAKEUP
    assert own.kind(date(year, 10, 1)) is DayKind.HOLIDAY
    assert not own.provisional(date(year, 10, 1))


def test_own_days_stand_above_the_published() -> None:
    own = WorkingCalendar("CN", extra_days={date(2026, 10, 1): (DayKind.WEEKDAY, None)})
    assert own.is_working_day(date(2026, 10, 1))
    assert own.name(date(2026, 10, 1)) is None


def test_other_countries() -> None:
    israel = WorkingCalendar("IL", weekend=(4, 5))
    assert israel.kind(date(1999, 4, 1)) is DayKind.HOLIDAY  # first day of Passover 5759
    assert israel.kind(date(1999, 1, 1)) is DayKind.WEEKEND  # a Friday
    assert israel.kind(date(1999, 1, 3)) is DayKind.WEEKDAY  # a Sunday
    israel.require_announced(date(1999, 1, 1), date(2040, 1, 1))
    usa = WorkingCalendar("US")
    name = usa.name(date(2026, 7, 4))
    assert name is not None
    assert name.en == "Independence Day"
    hungary = WorkingCalendar("HU")
    # Hungary moves days too (21/2023. (IX. 22.) GM rendelet): Monday 19 August 2024 off, Saturday 3 August worked.
    assert hungary.kind(date(2024, 8, 19)) is DayKind.HOLIDAY
    assert hungary.kind(date(2024, 8, 3)) is DayKind.MAKEUP


def test_no_country_and_unknown_country() -> None:
    bare = WorkingCalendar(None)
    assert bare.kind(date(2026, 10, 1)) is DayKind.WEEKDAY
    assert bare.name(date(2026, 10, 1)) is None
    bare.require_announced(date(2000, 1, 1), date(2100, 1, 1))
    with pytest.raises(BadInput, match="ZZ"):
        WorkingCalendar("ZZ")
