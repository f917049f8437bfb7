"""Months ahead against the published calendar, minimum cover counted by hand, and the counts of heads."""

from __future__ import annotations

import calendar
from dataclasses import replace
from datetime import date, timedelta

import chinese_calendar
import numpy as np
import pytest

from wfm.calendar import DayKind
from wfm.errors import BadInput
from wfm.hotline import Agent, Hotline, calendar_of
from wfm.staffing.heads_needed import heads_needed, hours_per_head, planned_absence, teams_of
from wfm.staffing.long_view import (
    MonthWork,
    Rostered,
    calls_of_demand,
    month_after,
    month_factor,
    month_work,
)

OCTOBER = date(2026, 10, 1)
YEAR_2026 = [date(2026, m, 1) for m in range(1, 13)]


def sized(hotline: Hotline, months: list[date], first: date | None = None) -> list[MonthWork]:
    return month_work(hotline, calls_of_demand(hotline), months, first or months[0])


def quiet(hotline_of, **changes):
    """Nobody calls: two seats stay open round the clock all the same."""
    base = {
        "calendar": {"country": "CN"},
        "lines": [
            {
                "id": "general",
                "name": {"en": "g", "zh": "g"},
                "demand": {"calls_per_day": 0},
                "handling": {"talk_s": 200},
                "patience": {"mean_s": 120},
            }
        ],
        "groups": [
            {
                "id": "floor",
                "name": {"en": "f", "zh": "f"},
                "lines": ["general"],
                "minimum_seats": 2,
                "posts_per_backup": 0,
            }
        ],
        "shifts": [
            {
                "id": "d",
                "name": {"en": "d", "zh": "d"},
                "short": {"en": "d", "zh": "d"},
                "start": "08:00",
                "end": "16:00",
            }
        ],
        "shrinkage": {"unplanned_share": 0, "planned_share": 0},
    }
    return hotline_of(**(base | changes))


def contract(**more):
    return {"id": "contract", "name": {"en": "c", "zh": "c"}, "employee": True} | more


def agent(number=1, **more):
    return Agent.model_validate({"id": str(number), "lines": ["general"], **more})


def test_days_of_2026_are_those_of_the_state_councils_notice(make_hotline):
    """Working days against the chinesecalendar package, holidays against the notice: 7 in October, and 10 October worked."""
    work = sized(quiet(make_hotline), YEAR_2026)
    for month in work:
        days = [month.month + timedelta(days=n) for n in range(calendar.monthrange(2026, month.month.month)[1])]
        worked = sum(chinese_calendar.is_workday(day) for day in days)
        assert month.days[DayKind.WEEKDAY] + month.days[DayKind.MAKEUP] == worked, month.month
        assert sum(month.days.values()) == len(days)
        assert not month.provisional
    assert work[9].days == {DayKind.WEEKDAY: 17, DayKind.WEEKEND: 6, DayKind.HOLIDAY: 7, DayKind.MAKEUP: 1}
    assert sum(m.days[DayKind.WEEKDAY] + m.days[DayKind.MAKEUP] for m in work) == 248


def test_a_year_not_announced_has_its_statutory_days_and_says_so(make_hotline):
    """13 statutory days in 2027, none moved; New Year's Eve of the moon is 5 February 2027."""
    hotline = quiet(make_hotline)
    work = sized(hotline, [date(2027, m, 1) for m in range(1, 13)])
    assert all(month.provisional for month in work)
    assert sum(month.days[DayKind.HOLIDAY] for month in work) == 13
    assert sum(month.days[DayKind.MAKEUP] for month in work) == 0
    assert work[1].days[DayKind.HOLIDAY] == 4
    assert [calendar_of(hotline).kind(date(2027, 2, d)) for d in (5, 6, 7, 8)] == [DayKind.HOLIDAY] * 4


def test_minimum_cover_counts_the_hours_of_the_month(make_hotline):
    for month in sized(quiet(make_hotline), YEAR_2026):
        days = calendar.monthrange(2026, month.month.month)[1]
        assert month.seat_h == pytest.approx(2 * 24 * days)
        assert month.counted_h == pytest.approx(2 * 24 * days)
        assert month.calls_per_day == 0


def test_heads_are_hours_by_the_hours_that_are_left_of_a_month(make_hotline):
    """Two seats round the clock in a month of 30 days: 1,440 h; 165.36 h less leave 10 ÷ 248, training 4 ÷ 165.36, illness 1 %."""
    view = {"hours_settled_over_months": 1, "contracts": [{"id": "contract"}]}
    hotline = quiet(make_hotline, contracts=[contract(hours_per_week_max=44)], long_view=view)
    team = teams_of(hotline, [agent()])[0]
    found = heads_needed(hotline, team, sized(hotline, [date(2026, 11, 1)]))[0]
    away = 10 / 248 + 4 / 165.36 + 0.01
    assert planned_absence(hotline, team.members[0]) == pytest.approx(away)
    assert found.by_hours == pytest.approx(1440 / (165.36 * (1 - away)))
    assert found.needed == found.by_hours
    assert found.reason == "hours"


def test_planned_absence_is_not_counted_twice(make_hotline):
    """Leave and training are inside ``planned_share``; illness that is known beforehand comes on top."""
    shrinkage = {"unplanned_share": 0.05, "planned_share": 0.2}
    hotline = quiet(make_hotline, contracts=[contract()], shrinkage=shrinkage)
    member = teams_of(hotline, [agent()])[0].members[0]
    assert planned_absence(hotline, member) == pytest.approx(0.21)
    assert hours_per_head(hotline, member, 30) == pytest.approx(165.36 * 0.79)
    half = replace(member, contract=member.contract.model_copy(update={"hours_per_week_max": 20}))
    assert hours_per_head(hotline, half, 28) == pytest.approx(80 * 0.79)


def test_absence_that_leaves_nothing_is_refused(make_hotline):
    view = {"contracts": [{"id": "contract", "leave_days_per_year": 200, "sick_share": 0.3}]}
    hotline = quiet(make_hotline, contracts=[contract()], long_view=view)
    with pytest.raises(BadInput, match=r"long_view\.contracts\.contract.*less than 100 %"):
        planned_absence(hotline, teams_of(hotline, [agent()])[0].members[0])


def some_month(month: date, hours: float, duties: dict[date, int], nights: int = 0) -> MonthWork:
    return MonthWork(
        month=month,
        days=dict.fromkeys(DayKind, 0),
        provisional=False,
        factor=1.0,
        calls_per_day=0.0,
        seat_h=hours,
        rostered=Rostered(hours, 0.0, duties, nights),
        counted_h=hours,
        back_office_h=0.0,
        short_seats=0,
    )


def test_hours_settled_over_three_months_are_their_mean(make_hotline):
    hotline = quiet(make_hotline, contracts=[contract(hours_per_week_max=44)])
    team = teams_of(hotline, [agent()])[0]
    months = [some_month(month_after(OCTOBER, n), h, {}) for n, h in enumerate((900.0, 1500.0, 1200.0))]
    per_head = hours_per_head(hotline, team.members[0], 31)
    assert [h.by_hours * per_head for h in heads_needed(hotline, team, months)] == pytest.approx([1200, 1200, 1350])


def test_contracted_people_are_counted_by_duties_nights_and_presence(make_hotline):
    """November: 420 duties, 60 of them nights, 28 on the fullest Sunday, which half of the people leave free."""
    pool = [
        agent(1, night=True, weekdays="1111111"),
        agent(2, night=False, weekdays="1111100"),
    ]
    limits = {"duties_per_4_weeks_max": 12, "nights_per_4_weeks_max": 2, "hours_per_week_max": 20}
    view = {"contracts": [{"id": "contract", "taken_share": 0.5}]}
    hotline = quiet(make_hotline, contracts=[contract(employee=False, **limits)], long_view=view)
    team = teams_of(hotline, pool)[0]
    sunday, monday = date(2026, 11, 1), date(2026, 11, 2)
    month = some_month(sunday, 2100.0, {sunday: 28, monday: 392}, 60)
    found = heads_needed(hotline, team, [month])[0]
    assert found.by_hours == pytest.approx(2100 / (20 * 30 / 7 * 0.5))
    assert found.by_duties == pytest.approx(420 / (12 * 30 / 28 * 0.5))
    assert found.by_nights == pytest.approx(60 / (2 * 30 / 28 * 0.5 * 0.5))
    assert found.by_presence == pytest.approx(max(28 / 0.5, 392 / 1))
    assert found.reason == "presence"


def test_a_contract_that_leaves_no_night_to_anybody_is_named(make_hotline):
    limits = {"nights_per_4_weeks_max": 0}
    hotline = quiet(make_hotline, contracts=[contract(employee=False, **limits)])
    team = teams_of(hotline, [agent()])[0]
    with pytest.raises(BadInput, match=r"2026-10: .*nights_per_4_weeks_max"):
        heads_needed(hotline, team, [some_month(OCTOBER, 10.0, {OCTOBER: 2}, 1)])


def busy(hotline_of, calls: float, **changes):
    line = {
        "id": "general",
        "name": {"en": "g", "zh": "g"},
        "demand": {"calls_per_day": calls, "profile": "flat"},
        "handling": {"talk_s": 300},
        "patience": {"mean_s": 120},
    }
    return quiet(hotline_of, lines=[line], seats={"built": 400, "opened": 400}, **changes)


def test_twice_the_calls_take_less_than_twice_the_heads(make_hotline):
    hours = [sized(busy(make_hotline, calls), [OCTOBER])[0].seat_h for calls in (300, 600, 1200)]
    assert hours[0] < hours[1] < 2 * hours[0]
    assert hours[1] < hours[2] < 2 * hours[1]


def test_growth_and_season_move_calls_and_never_lower_hours(make_hotline):
    months = [month_after(OCTOBER, n) for n in (0, 12, 24)]
    flat = sized(busy(make_hotline, 800), months, OCTOBER)
    grown = sized(busy(make_hotline, 800, long_view={"growth_per_year": 0.1}), months, OCTOBER)
    assert [month.factor for month in grown] == pytest.approx([1, 1.1, 1.21])
    assert [month.factor for month in flat] == pytest.approx([1, 1, 1])
    assert grown[0].seat_h == flat[0].seat_h
    assert grown[1].seat_h > flat[1].seat_h
    assert grown[2].calls_per_day == pytest.approx(1.21 * flat[2].calls_per_day)


def test_only_the_ratios_of_month_factors_matter(make_hotline):
    factors = [1.0, 2.0, 3.0] * 4
    one = busy(make_hotline, 800, long_view={"month_factors": factors})
    other = busy(make_hotline, 800, long_view={"month_factors": [x * 2.5 for x in factors]})
    for hotline in (one, other):
        typical = calls_of_demand(hotline)
        found = [month_factor(hotline, typical, month, YEAR_2026[0]) for month in YEAR_2026[:3]]
        assert found == pytest.approx([0.5, 1.0, 1.5])


def test_growth_of_recorded_days_counts_from_their_middle_and_keeps_their_season(make_hotline):
    hotline = busy(make_hotline, 800, long_view={"growth_per_year": 0.2, "month_factors": [1.0] * 11 + [1.3]})
    typical = replace(calls_of_demand(hotline), level_of=date(2026, 12, 15))
    assert month_factor(hotline, typical, date(2026, 12, 1), OCTOBER) == pytest.approx(1.0)
    assert month_factor(hotline, typical, date(2027, 12, 1), OCTOBER) == pytest.approx(1.2, rel=1e-3)
    assert month_factor(hotline, typical, date(2027, 11, 1), OCTOBER) == pytest.approx(1.2 ** (11 / 12) / 1.3, rel=1e-3)


def test_calls_of_a_like_day_are_the_demand_by_kind(make_hotline):
    typical = calls_of_demand(busy(make_hotline, 800))
    sums = {kind: float(calls.sum()) for kind, calls in typical.by_kind.items()}
    assert sums == pytest.approx(
        {DayKind.WEEKDAY: 800, DayKind.WEEKEND: 480, DayKind.HOLIDAY: 360, DayKind.MAKEUP: 720}
    )


def test_growth_beyond_any_size_is_refused(make_hotline):
    hotline = busy(make_hotline, 800_000, long_view={"growth_per_year": 5})
    with pytest.raises(BadInput, match="growth_per_year: 5 makes more calls in 2029-09"):
        sized(hotline, [date(2029, 9, 1)], OCTOBER)


def test_people_who_neither_answer_nor_handle_are_in_no_team(make_hotline):
    kinds = [
        {"id": "duty-officer", "name": {"en": "d", "zh": "d"}, "answers_calls": True},
        {"id": "handler", "name": {"en": "h", "zh": "h"}, "answers_calls": False, "back_office": True},
        {"id": "manager", "name": {"en": "m", "zh": "m"}, "answers_calls": False},
    ]
    hotline = quiet(make_hotline, staff_kinds=kinds, contracts=[contract(), contract(id="office")])
    people = [
        agent(n, staff_kind=k, contract=c)
        for n, (k, c) in enumerate(
            [("duty-officer", "contract")] * 3
            + [("duty-officer", "office")]
            + [("handler", "office")] * 2
            + [("manager", "office")]
        )
    ]
    answering, back_office = teams_of(hotline, people)
    assert [(m.contract.id, m.people) for m in answering.members] == [("contract", 3), ("office", 1)]
    assert answering.mix == (0.75, 0.25)
    assert [(m.contract.id, m.people) for m in back_office.members] == [("office", 2)]


def test_back_office_hours_become_heads_at_the_occupancy_cap(make_hotline):
    """100 orders a day of 6 min take 10 h; at an occupancy of 80 % 12.5 h."""
    kinds = [
        {"id": "duty-officer", "name": {"en": "d", "zh": "d"}, "answers_calls": True},
        {"id": "handler", "name": {"en": "h", "zh": "h"}, "answers_calls": False, "back_office": True},
    ]
    orders = [{"id": "o", "name": {"en": "o", "zh": "o"}, "per_answered_call": 1, "handling_s": 360, "deadline_h": 240}]
    line = {
        "id": "general",
        "name": {"en": "g", "zh": "g"},
        "demand": {"calls_per_day": 100, "weekend_factor": 1, "holiday_factor": 1, "makeup_factor": 1},
        "handling": {"talk_s": 100},
        "patience": {"mean_s": 100_000},
    }
    hotline = quiet(make_hotline, lines=[line], staff_kinds=kinds, work_orders=orders, occupancy_max=0.8)
    month = sized(hotline, [date(2026, 11, 1)])[0]
    assert month.back_office_h == pytest.approx(30 * 12.5, rel=1e-3)


def test_standby_hours_count_by_their_share(make_hotline):
    groups = [
        {
            "id": "floor",
            "name": {"en": "f", "zh": "f"},
            "lines": ["general"],
            "minimum_seats": 2,
            "posts_per_backup": 2,
        }
    ]
    hotline = quiet(make_hotline, groups=groups, rules={"standby_hours_share": 0.25})
    month = sized(hotline, [date(2026, 11, 1)])[0]
    assert month.rostered.paid_b_h == pytest.approx(720)
    assert month.counted_h == pytest.approx(1440 + 0.25 * 720)
    # Shifts of eight hours: six A duties a day and half as many B.
    assert set(month.rostered.duties.values()) == {9}


def test_months_follow_each_other():
    assert month_after(date(2026, 12, 31), 1) == date(2027, 1, 1)
    assert month_after(date(2027, 1, 15), -1) == date(2026, 12, 1)
    assert np.all([month_after(OCTOBER, n).day == 1 for n in range(-40, 40)])


def test_processes_do_not_change_the_months(make_hotline):
    hotline = busy(make_hotline, 300)
    months = [OCTOBER, month_after(OCTOBER, 1)]
    typical = calls_of_demand(hotline)
    assert month_work(hotline, typical, months, OCTOBER, workers=2) == month_work(hotline, typical, months, OCTOBER)
