"""Fees: signed-in time × rate, added up in whole cents."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.pay import paid_spans
from scheduler.settlement import PaidSpan, Presence, planned_presence, settle_attendance
from wfm.hotline import Agent, Break, Contract
from wfm.tables import DUTIES, empty_table

BEGIN = datetime(2026, 9, 14, tzinfo=UTC)


def contract(make, name, rate, employee=False):
    return Contract(id=name, name=make.text(name), employee=employee, hours_per_week_max=168, cost_per_h=rate)


def hotline_of(make, rates, **more):
    return make.hotline(contracts=tuple(contract(make, n, r) for n, r in rates.items()), **more)


def present(agent, start_h, hours):
    return Presence(agent, BEGIN + timedelta(hours=start_h), BEGIN + timedelta(hours=start_h + hours))


def no_duties():
    return empty_table(DUTIES, "UTC")


def test_hours_times_rate(make):
    hotline = hotline_of(make, {"c": 80.0, "d": 33.33})
    agents = [
        Agent(id="a", firm="甲所", contract="c", lines=("general",)),
        Agent(id="b", firm="甲所", contract="d", lines=("general",)),
        Agent(id="e", firm="乙所", contract="d", lines=("general",)),
    ]
    fees = settle_attendance(
        hotline, agents, no_duties(), [present("a", 0, 2.5), present("b", 0, 1), present("e", 1, 1.5)]
    )
    amounts = {p.agent: p.amount for p in fees.people}
    # 2.5 h × 80; 33.33; 1.5 h × 33.33 = 49.995, half up
    assert amounts == {"a": Decimal("200.00"), "b": Decimal("33.33"), "e": Decimal("50.00")}
    assert {f.firm: f.amount for f in fees.firms} == {"甲所": Decimal("233.33"), "乙所": Decimal("50.00")}
    assert fees.amount == Decimal("283.33")


def test_half_a_cent_is_rounded_up_once_a_person(make):
    hotline = hotline_of(make, {"c": 0.01})
    agents = [Agent(id="a", contract="c", lines=("general",))]
    twice = settle_attendance(hotline, agents, no_duties(), [present("a", 0, 0.5), present("a", 5, 0.5)])
    assert twice.amount == Decimal("0.01")  # one hour; each half alone would have become a cent too
    half = settle_attendance(hotline, agents, no_duties(), [present("a", 0, 0.5)])
    assert half.amount == Decimal("0.01")
    assert settle_attendance(hotline, agents, no_duties(), [present("a", 0, 0.4)]).amount == Decimal("0.00")


def test_overlapping_times_count_once(make):
    hotline = hotline_of(make, {"c": 10.0})
    agents = [Agent(id="a", contract="c", lines=("general",))]
    fees = settle_attendance(hotline, agents, no_duties(), [present("a", 0, 4), present("a", 3, 4), present("a", 1, 1)])
    assert (fees.people[0].signed_in_h, fees.amount) == (7.0, Decimal("70.00"))


def test_unpaid_breaks_of_a_duty_are_not_paid_and_paid_ones_are(make):
    lunch = (Break(after_min=240, length_min=60), Break(after_min=360, length_min=15, paid=True))
    shift = make.shift("day", "08:00", "17:00", breaks=lunch)
    hotline = hotline_of(make, {"c": 10.0}, shifts=(shift,), time_zone="UTC")
    agents = [Agent(id="a", contract="c", lines=("general",))]
    duties = make.duties(hotline, [("a", 0, "day", "A")])
    fees = settle_attendance(hotline, agents, duties, planned_presence(duties))
    person = fees.people[0]
    assert (person.signed_in_h, person.rostered_h, person.paid_h, person.amount) == (9.0, 8.0, 8.0, Decimal("80.00"))
    # away at lunch: nothing is taken off a second time
    away = settle_attendance(hotline, agents, duties, [present("a", 8, 4), present("a", 13, 4)])
    assert away.people[0].paid_h == 8.0


def test_time_off_duty_is_told_and_paid_only_if_it_shall_be(make):
    hotline = hotline_of(make, {"c": 10.0}, time_zone="UTC")
    agents = [Agent(id="a", contract="c", lines=("general",))]
    duties = make.duties(hotline, [("a", 0, "day", "A"), ("a", 1, "day", "A"), ("a", 2, "day", "B")])
    presence = [present("a", 7, 10)]  # 7:00 to 17:00, the duty is 8:00 to 16:00
    fees = settle_attendance(hotline, agents, duties, presence)
    assert (fees.people[0].off_duty_h, fees.people[0].paid_h, fees.people[0].missed) == (2.0, 10.0, 1)
    assert (fees.people[0].duties_a, fees.people[0].duties_b) == (2, 1)
    assert settle_attendance(hotline, agents, duties, presence, on_duty_only=True).amount == Decimal("80.00")


def test_somebody_unknown_has_no_rate(make):
    fees = settle_attendance(hotline_of(make, {"c": 10.0}), [], no_duties(), [present("x", 0, 3)])
    assert (fees.people[0].signed_in_h, fees.amount) == (3.0, Decimal("0.00"))


def test_statutory_holidays_are_paid_threefold_to_employees_alone(make):
    """Labour Law, Art. 44: of the days off around National Day only 1 to 3 October."""
    both = (contract(make, "staff", 20.0, employee=True), contract(make, "lawyer", 20.0))
    hotline = make.hotline(contracts=both)
    agents = [Agent(id="s", contract="staff", lines=("general",)), Agent(id="l", contract="lawyer", lines=("general",))]
    first = date(2026, 9, 28)
    problem = make.problem(hotline, agents, make.posts([]), days=14, first=first)
    duties = make.duties(hotline, [(a, d, "evening", "A") for a in "sl" for d in (2, 3, 6)], first=first)
    fees = settle_attendance(hotline, agents, duties, planned_presence(duties), paid_spans=paid_spans(problem, duties))
    # 8 h on 30 September, 1 October (threefold) and 4 October (a day off, but none of the 13)
    assert {p.agent: p.amount for p in fees.people} == {"s": Decimal("800.00"), "l": Decimal("480.00")}


minutes = st.integers(0, 6 * 24 * 60)
records = st.lists(st.tuples(st.sampled_from(["a0", "a1", "a2", "a3"]), minutes, st.integers(1, 900)), max_size=25)
rates = st.lists(st.integers(0, 50_000), min_size=2, max_size=2)


@given(records, rates)
def test_people_firms_and_attendance_agree(make, rows, cents):
    """Independent count: minute by minute in sets, with exact fractions."""
    hotline = hotline_of(make, {"c": cents[0] / 100, "d": cents[1] / 100})
    rate = {"c": Fraction(cents[0], 100), "d": Fraction(cents[1], 100)}
    agents = [Agent(id=f"a{n}", firm=["x", "x", "y", ""][n], contract="cddc"[n], lines=("general",)) for n in range(4)]
    presence = [
        Presence(a, BEGIN + timedelta(minutes=m), BEGIN + timedelta(minutes=m + length)) for a, m, length in rows
    ]
    fees = settle_attendance(hotline, agents, no_duties(), presence)
    assert (
        sum((p.amount for p in fees.people), Decimal(0))
        == sum((f.amount for f in fees.firms), Decimal(0))
        == fees.amount
    )
    exact = Fraction(0)
    for agent in agents:
        there = {minute for a, m, length in rows if a == agent.id for minute in range(m, m + length)}
        exact += Fraction(len(there), 60) * rate[agent.contract]
        mine = [p for p in fees.people if p.agent == agent.id]
        assert (len(mine) == 1) == bool(there)
        if mine:
            assert mine[0].signed_in_h == pytest.approx(len(there) / 60)
            assert abs(Fraction(mine[0].amount) - Fraction(len(there), 60) * rate[agent.contract]) <= Fraction(1, 200)
    assert abs(Fraction(fees.amount) - exact) <= Fraction(len(fees.people), 200)


@given(records, st.integers(1, 5))
def test_two_months_pay_what_one_would(make, rows, border_day):
    """Nobody is paid twice, or not at all, at the border of two months."""
    hotline = hotline_of(make, {"c": 60.0})
    agents = [Agent(id=f"a{n}", contract="c", lines=("general",)) for n in range(4)]
    presence = [
        Presence(a, BEGIN + timedelta(minutes=m), BEGIN + timedelta(minutes=m + length)) for a, m, length in rows
    ]
    border, end = BEGIN + timedelta(days=border_day), BEGIN + timedelta(days=8)
    whole = settle_attendance(hotline, agents, no_duties(), presence)
    parts = [
        settle_attendance(hotline, agents, no_duties(), presence, period=p) for p in ((BEGIN, border), (border, end))
    ]
    assert parts[0].amount + parts[1].amount == whole.amount  # 60 an hour: every minute is a whole amount


@given(records, st.integers(0, 5 * 1440), st.integers(1, 2000), st.sampled_from([1.5, 2.0, 3.0]))
def test_a_factor_pays_its_span_so_many_times(make, rows, begin, length, factor):
    hotline = hotline_of(make, {"c": 60.0})
    agents = [Agent(id="a0", contract="c", lines=("general",))]
    mine = [(m, n) for a, m, n in rows if a == "a0"]
    presence = [Presence("a0", BEGIN + timedelta(minutes=m), BEGIN + timedelta(minutes=m + n)) for m, n in mine]
    span = PaidSpan("a0", BEGIN + timedelta(minutes=begin), BEGIN + timedelta(minutes=begin + length), factor)
    there = {minute for m, n in mine for minute in range(m, m + n)}
    extra = len(there & set(range(begin, begin + length)))
    fees = settle_attendance(hotline, agents, no_duties(), presence, paid_spans=[span])
    assert fees.amount == Decimal(len(there)) + Decimal(str(factor - 1)) * extra
