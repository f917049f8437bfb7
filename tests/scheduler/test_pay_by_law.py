"""Pay of employees at 150, 200 and 300 %: Labour Law, Art. 44, on days that anybody can count."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from scheduler import RosterProblem
from scheduler.pay import paid_spans, paid_time
from wfm.calendar import statutory_days
from wfm.hotline import Busy, Contract, LabourLaw, RosterRules

THURSDAY = date(2026, 10, 1)


def roster(make, rows, *, employee=True, first=None, history=None, busy=(), law=None, **rules):
    contract = Contract(id="contract", name=make.text("c"), employee=employee, hours_per_week_max=168, cost_per_h=10)
    shifts = (
        *make.standard_shifts,
        make.shift("nine", "08:00", "18:00", breaks=({"after_min": 240, "length_min": 60},)),
        make.shift("late", "20:00", "04:00"),
    )
    hotline = make.hotline(
        contracts=(contract,), shifts=shifts, rules=RosterRules(**rules), labour_law=law or LabourLaw()
    )
    first = first or make.monday
    past = make.duties(hotline, history, first=first) if history else None
    problem = RosterProblem(hotline, make.agents(1), [], first, 14, make.posts([], first=first), past, {}, busy=busy)
    return problem, make.duties(hotline, [("a0", d, s, r) for d, s, r in rows], first=first)


def test_the_law_has_thirteen_holidays():
    """§89: since 2025; of National Day 1 to 3 October, not 4 to 7."""
    for year in (2025, 2026, 2027):
        assert len(statutory_days("CN", year)) == 13
    october = [day.day for day in statutory_days("CN", 2026) if day.month == 10]
    assert october == [1, 2, 3]


def test_national_day_is_paid_three_times_for_three_days(make):
    """§89"""
    problem, duties = roster(make, [(n, "day", "A") for n in range(5)], first=THURSDAY)
    (found,) = paid_time(problem, duties)
    assert (found.holiday_h, found.normal_h, found.overtime_h, found.rest_day_h) == (24, 16, 0, 0)
    assert found.amount == pytest.approx(10 * (24 * 3 + 16))
    assert [(s.start.day, s.factor) for s in paid_spans(problem, duties)] == [(1, 3), (2, 3), (3, 3)]


def test_a_duty_across_midnight_is_a_holiday_only_up_to_it(make):
    """§89"""
    problem, duties = roster(make, [(2, "late", "A")], first=THURSDAY)
    (found,) = paid_time(problem, duties)
    assert (found.holiday_h, found.normal_h) == (4, 4)


def test_beyond_eight_hours_a_day_and_on_the_sixth_day(make):
    """§89: 9 h on each of five days, 8 h on the sixth: five hours of overtime, eight on a rest day."""
    rows = [(n, "nine", "A") for n in range(5)] + [(5, "day", "A")]
    problem, duties = roster(make, rows)
    (found,) = paid_time(problem, duties)
    assert (found.normal_h, found.overtime_h, found.rest_day_h, found.holiday_h) == (40, 5, 8, 0)
    assert found.amount == pytest.approx(10 * (40 + 5 * 1.5 + 8 * 2))
    last_hours = [(s.start.hour, s.end.hour) for s in paid_spans(problem, duties) if s.factor == 1.5]
    assert last_hours == [(17, 18)] * 5


def test_contracted_professionals_follow_their_contract(make):
    """§89"""
    rows = [(n, "nine", "A") for n in range(7)]
    problem, duties = roster(make, rows, employee=False)
    (found,) = paid_time(problem, duties)
    assert (found.normal_h, found.overtime_h + found.rest_day_h + found.holiday_h) == (63, 0)
    assert paid_spans(problem, duties) == []
    problem, duties = roster(make, rows, law=LabourLaw(in_force=False))
    assert paid_spans(problem, duties) == []


def test_the_history_and_training_fill_the_week(make):
    """§89"""
    monday = make.monday + timedelta(days=5)
    problem, duties = roster(
        make, [(0, "day", "A")], first=monday, history=[("a0", n, "day", "A") for n in range(-5, 0)]
    )
    (found,) = paid_time(problem, duties)
    assert (found.normal_h, found.rest_day_h) == (0, 8)
    start = datetime(2026, 9, 18, 16)  # noqa: DTZ001
    training = Busy(agent="a0", start=start, end=start + timedelta(hours=2), kind="training")
    problem, duties = roster(make, [(n, "day", "A") for n in range(5)], busy=[training])
    (found,) = paid_time(problem, duties)
    assert (found.normal_h, found.overtime_h) == (40, 2)


def test_standby_counts_by_its_share(make):
    """§89"""
    problem, duties = roster(make, [(0, "day", "B")], standby_hours_share=0.25)
    (found,) = paid_time(problem, duties)
    assert found.normal_h == 2


def test_comprehensive_hours_know_no_rest_day(make):
    """§89: of 117 h in a month with 100 normal ones 17 are overtime at 150 %."""
    rows = [(n, "nine", "A") for n in range(13)]
    problem, duties = roster(make, rows, first=date(2026, 8, 3), law=LabourLaw(accounting="month", hours_per_month=100))
    (found,) = paid_time(problem, duties)
    assert (found.normal_h, found.overtime_h, found.rest_day_h) == (100, 17, 0)


def test_no_hour_is_lost_or_counted_twice(make):
    """§89"""
    rows = [(n, s, "A") for n, s in enumerate(["nine", "late", "evening", "nine", "day", "nine", "late", "night"])]
    problem, duties = roster(make, rows, first=THURSDAY - timedelta(days=3))
    (found,) = paid_time(problem, duties)
    assert found.normal_h + found.overtime_h + found.rest_day_h + found.holiday_h == pytest.approx(67)
    spans = paid_spans(problem, duties)
    assert all(a.end <= b.start for a, b in pairwise(spans))
