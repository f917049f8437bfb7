"""Chances of a year not announced, counted again from an independent package's days and names."""

from __future__ import annotations

import warnings
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfm.calendar import (
    DayKind,
    WorkingCalendar,
    day_marks,
    kind_chances,
    likely_calendar,
    moved_share,
    possible_calendars,
    unannounced_days,
)
from wfm.calendar.published import announced_years
from wfm.errors import BadInput

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import chinese_calendar

CHINA = WorkingCalendar("CN")
DAY = timedelta(days=1)
OFF, WORKED = chinese_calendar.constants.holidays, chinese_calendar.constants.workdays
KNOWN = announced_years("CN") or range(0)
OPEN_YEAR = KNOWN[-1] + 1
BACK = range(2010, 2027)


def days_of(year: int) -> list[date]:
    return [date(year, 1, 1) + n * DAY for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]


def notices(festival: str, anchors: list[date], offset: int, weekday: int) -> tuple[int, int, int]:
    """Notices in which the day lay on this weekday: days off, make-up days, all; counted from chinesecalendar."""
    off = worked = seen = 0
    for anchor in anchors:
        day = anchor + offset * DAY
        if day.weekday() == weekday:
            seen += 1
            off += OFF.get(day) == festival
            worked += WORKED.get(day) == festival
    return off, worked, seen


@pytest.mark.parametrize("weekday", range(5))
def test_what_every_notice_gave_is_nearly_certain(weekday: int) -> None:
    """§120 4 to 7 October were off in every notice since 2004 in which the Mid-Autumn Festival came at another time."""
    anchors = [
        date(y, 10, 1) for y in range(2004, 2027) if all(OFF.get(date(y, 10, d)) == "National Day" for d in range(1, 8))
    ]
    for offset in (3, 4, 5, 6):
        off, _, seen = notices("National Day", anchors, offset, weekday)
        if seen:
            assert off == seen
            assert moved_share("national_day", offset, weekday, 2026).off > 0.8
            assert moved_share("national_day", offset, weekday, 2026).worked == 0.0


@pytest.mark.parametrize(
    ("festival", "theirs", "month_days"),
    [("labour_day", "Labour Day", (5, 1)), ("new_year", "New Year's Day", (1, 1))],
)
def test_shares_follow_the_notices_counted(festival: str, theirs: str, month_days: tuple[int, int]) -> None:
    """§120 The share of days and of make-up days that the notices of 2020 to 2026 gave, day by day: where all agree,
    the chance is on their side; together the chances sum to about what was counted."""
    anchors = [date(y, *month_days) for y in range(2020, 2027)]
    counted = expected = 0.0
    for anchor in anchors:
        for offset in range(-12, 13):
            day = anchor + offset * DAY
            off, worked, seen = notices(theirs, anchors, offset, day.weekday())
            share = moved_share(festival, offset, day.weekday(), 2026)
            if seen >= 2 and off == seen:
                assert share.off > 0.5, day
            if seen >= 2 and worked == seen:
                assert share.worked > 0.5, day
            if seen >= 2 and off == worked == 0:
                assert share.off + share.worked < 0.5, day
            counted += (OFF.get(day) == theirs) + (WORKED.get(day) == theirs)
            expected += share.off + share.worked
    assert expected == pytest.approx(counted, rel=0.15)


def test_a_notice_is_counted_by_its_age_and_the_coarser_share() -> None:
    """§120 Two notices, by hand: make-up days on the Sunday four days before 1 May, as in 2025 (27 April) and before.

    Recounted from chinesecalendar: any festival (half a notice) → festival (one notice) → festival by weekday, with
    a weight that halves in five years.
    """
    weights = {y: 0.5 ** ((2026 - y) / 5) for y in range(2004, 2027)}
    weekend = [y for y in weights if (date(y, 5, 1) - 4 * DAY).weekday() >= 5]
    sundays = [y for y in weekend if (date(y, 5, 1) - 4 * DAY).weekday() == 6]

    def worked(years: list[int]) -> float:
        return sum(weights[y] for y in years if WORKED.get(date(y, 5, 1) - 4 * DAY) == "Labour Day")

    share = moved_share("labour_day", -4, 6, 2026).worked
    for coarsest in (0.0, 1.0):  # whatever all festivals together say, the share lies between these
        by_festival = (worked(weekend) + 0.5 * coarsest) / (sum(weights[y] for y in weekend) + 0.5)
        by_weekday = (worked(sundays) + by_festival) / (sum(weights[y] for y in sundays) + 1)
        if coarsest == 0.0:
            assert by_weekday <= share
        else:
            assert share <= by_weekday
    assert {2025, 2014} <= set(sundays)
    assert WORKED.get(date(2025, 4, 27)) == "Labour Day"


def test_chances_made_from_earlier_notices_met_what_was_announced() -> None:
    """§120 Each year of 2010 to 2026 from the notices before it: the chances sum to what came within a tenth, what
    was called likely came, and the squared error is under a third of that of believing that nothing moves."""
    rows: list[tuple[float, bool]] = []
    error = still = 0.0
    sums = {DayKind.HOLIDAY: [0.0, 0], DayKind.MAKEUP: [0.0, 0]}
    for year in BACK:
        past = CHINA.as_announced_until(year - 1)
        for day in days_of(year):
            if past.kind(day) is DayKind.HOLIDAY:
                continue
            chances = kind_chances(past, day)
            working = chinese_calendar.is_workday(day)
            truth = CHINA.kind(day)
            assert (truth in (DayKind.WEEKDAY, DayKind.MAKEUP)) == working
            error += sum((chances.get(kind, 0.0) - (kind is truth)) ** 2 for kind in DayKind)
            still += 2 * (past.kind(day) is not truth)
            for kind, found in sums.items():
                found[0] += chances.get(kind, 0.0)
                found[1] += kind is truth
                rows.append((chances.get(kind, 0.0), kind is truth))
    for said, came in sums.values():
        assert said == pytest.approx(came, rel=0.15)
    assert error < still / 3
    said, came = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    assert came[said >= 0.9].mean() > 0.9
    assert 0.15 < came[(said >= 0.2) & (said < 0.5)].mean() < 0.55
    assert came[said < 0.1].mean() < 0.02


def test_announced_and_statutory_days_are_certain() -> None:
    """§120"""
    for day in days_of(2025):
        assert kind_chances(CHINA, day) == {CHINA.kind(day): 1.0}
    assert not unannounced_days(CHINA, days_of(2025)).any()
    statutory = [d for d in days_of(OPEN_YEAR) if CHINA.kind(d) is DayKind.HOLIDAY]
    assert len(statutory) == 13
    assert not unannounced_days(CHINA, statutory).any()
    assert day_marks(CHINA, statutory)[0].provisional


def test_days_near_festivals_of_an_open_year_may_change_and_others_do_not() -> None:
    """§120"""
    days = days_of(OPEN_YEAR)
    may_change = dict(zip(days, unannounced_days(CHINA, days), strict=True))
    for day in (date(OPEN_YEAR, 10, 4), date(OPEN_YEAR, 10, 7), date(OPEN_YEAR, 5, 4)):
        if CHINA.kind(day) is DayKind.WEEKDAY:
            assert may_change[day]
            assert kind_chances(CHINA, day)[DayKind.HOLIDAY] > 0.3
    far = [d for d in days if d.month in (7, 8, 11) or (d.month == 3 and d.day < 20)]
    assert not any(may_change[d] for d in far)
    assert 30 < sum(may_change.values()) < 110


def test_the_end_of_an_announced_year_waits_for_the_next_notice() -> None:
    """§120 The notice for 2019 gave 31 December 2018, a Monday, and had 29 December worked (国办发明电〔2018〕15号)."""
    before = CHINA.as_announced_until(2018)
    assert before.kind(date(2018, 12, 31)) is DayKind.WEEKDAY
    assert before.kind(date(2018, 12, 29)) is DayKind.WEEKEND
    assert CHINA.kind(date(2018, 12, 31)) is DayKind.HOLIDAY
    assert CHINA.kind(date(2018, 12, 29)) is DayKind.MAKEUP
    assert list(unannounced_days(before, [date(2018, 12, 29), date(2018, 12, 31)])) == [True, True]
    assert kind_chances(before, date(2018, 12, 31))[DayKind.HOLIDAY] > 0.3
    assert not before.is_announced(2019)
    assert before.provisional(date(2019, 10, 4))
    assert before.kind(date(2019, 10, 4)) is DayKind.WEEKDAY
    assert before.kind(date(2019, 10, 1)) is DayKind.HOLIDAY


def test_the_likely_calendar_marks_runs_about_as_the_notices_had_them() -> None:
    """§120 From the notices before each year of 2016 to 2026: nine of ten days off, most make-up days, and under
    half as many wrong working days as the statutory days alone have."""
    wrong = unchanged = hit_off = off = hit_worked = worked = 0
    for year in range(2016, 2027):
        past = CHINA.as_announced_until(year - 1)
        days = days_of(year)
        likely = likely_calendar(past, days[0], days[-1])
        for day in days:
            theirs = chinese_calendar.is_workday(day)
            wrong += likely.is_working_day(day) != theirs
            unchanged += past.is_working_day(day) != theirs
            off += day in OFF
            hit_off += day in OFF and likely.kind(day) is DayKind.HOLIDAY
            worked += day in WORKED
            hit_worked += day in WORKED and likely.kind(day) is DayKind.MAKEUP
        assert likely.provisional(days[0])
    assert hit_off / off > 0.9
    assert hit_worked / worked > 0.6
    assert wrong < unchanged / 2
    october = [date(2024, 10, d) for d in range(1, 8)]
    seen = day_marks(likely_calendar(CHINA.as_announced_until(2023), date(2024, 1, 1), date(2024, 12, 31)), october)
    assert [(d.festival, d.place, d.run_days, d.provisional) for d in seen] == [
        ("national_day", n, 7, True) for n in range(1, 8)
    ]
    assert likely_calendar(CHINA, date(2024, 1, 1), date(2024, 12, 31)) == CHINA


@pytest.mark.parametrize(("year", "count"), [(2027, 7), (2028, 11), (2031, 20), (2033, 1)])
def test_possible_calendars_have_each_kind_as_often_as_its_chance(year: int, count: int) -> None:
    """§120"""
    days = days_of(year)
    base = CHINA.as_announced_until(2026)
    found = possible_calendars(base, days[0], days[-1], count)
    assert len(found) == count
    for day in days:
        chances = kind_chances(base, day)
        for kind in DayKind:
            share = np.mean([calendar.kind(day) is kind for calendar in found])
            assert abs(share - chances.get(kind, 0.0)) <= 1.0 / count, day
    assert found == possible_calendars(base, days[0], days[-1], count)
    assert all(calendar.provisional(days[0]) for calendar in found)


def test_days_off_of_a_possible_calendar_hang_together() -> None:
    """§120 National Day 2027 to 2035 without Mid-Autumn: each calendar's days off are one run that begins with 1 October
    or before, as in every notice; and calendars differ, festivals apart from each other."""
    runs = set()
    for year in (2027, 2029, 2030, 2032):
        for calendar in possible_calendars(CHINA.as_announced_until(2026), date(year, 1, 1), date(year, 12, 31), 13):
            off = [date(year, 10, d) for d in range(1, 9) if calendar.kind(date(year, 10, d)) is DayKind.HOLIDAY]
            assert off == [date(year, 10, 1) + n * DAY for n in range(len(off))]
            may = [date(year, 5, d) for d in range(1, 9) if calendar.kind(date(year, 5, d)) is DayKind.HOLIDAY]
            runs.add((year, len(off), len(may)))
    assert len({off for _, off, _ in runs}) > 1
    assert len({may for _, _, may in runs}) > 1
    assert possible_calendars(CHINA, date(2024, 1, 1), date(2024, 12, 31), 5) == [CHINA]
    with pytest.raises(BadInput):
        possible_calendars(CHINA, date(2024, 1, 1), date(2024, 12, 31), 0)


def test_supplied_years_own_days_and_other_countries_are_certain() -> None:
    """§120"""
    day = date(OPEN_YEAR, 10, 7)
    supplied = WorkingCalendar("CN", extra_days={day: (DayKind.HOLIDAY, None)}, years_supplied=[OPEN_YEAR])
    assert kind_chances(supplied, day) == {DayKind.HOLIDAY: 1.0}
    assert not unannounced_days(supplied, days_of(OPEN_YEAR)[:340]).any()  # December waits for the year after
    own = WorkingCalendar("CN", extra_days={day: (DayKind.WEEKDAY, None)})
    assert kind_chances(own, day) == {DayKind.WEEKDAY: 1.0}
    for calendar in (WorkingCalendar("US"), WorkingCalendar("IL", (4, 5)), WorkingCalendar(None)):
        assert not unannounced_days(calendar, days_of(OPEN_YEAR + 1)).any()


@given(st.dates(date(2005, 1, 1), date(2045, 12, 31)), st.integers(2004, 2026))
def test_chances_are_chances(day: date, until: int) -> None:
    calendar = CHINA.as_announced_until(until)
    chances = kind_chances(calendar, day)
    assert sum(chances.values()) == pytest.approx(1.0)
    assert all(0.0 < chance <= 1.0 for chance in chances.values())
    if day.weekday() < 5:
        assert DayKind.WEEKEND not in chances
    if calendar.kind(day) is DayKind.WEEKDAY:
        assert DayKind.MAKEUP not in chances
    assert bool(unannounced_days(calendar, [day])[0]) == (chances != {calendar.kind(day): 1.0})
