"""Deferred work of a hotline: what is due when, the smallest cover with its proof, and training in the valleys."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.hotline import (
    Hotline,
    calendar_of,
    find_hotline,
    grid_of,
    library_folder,
    library_names,
    load_agents,
    load_hotline,
)
from wfm.staffing.back_office import BackOfficeCover, agents_help, back_office_cover, watch_seconds
from wfm.staffing.deferred_items import DeferredWork, deferred_items
from wfm.staffing.drawn_shares import on_time_shares
from wfm.staffing.drawn_work import day_variation, drawn_work
from wfm.staffing.earliest_deadline import Hands, repeated, serve_by_deadline
from wfm.staffing.valley_filling import fill_valleys, training_plan

TEXT = {"en": "x", "zh": "x"}
ANSWERS = {"id": "duty-officer", "name": TEXT, "answers_calls": True}
HANDLES = {"id": "handler", "name": TEXT, "answers_calls": False, "back_office": True}
SHANGHAI = ZoneInfo("Asia/Shanghai")


def order(deadline: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "case", "name": TEXT, "per_answered_call": 0.5, "handling_s": 600} | deadline | more


def brought(hotline: Hotline, first: date, days: int, per_interval: float = 4.0) -> tuple[DeferredWork, TimeGrid, Any]:
    grid, calendar = grid_of(hotline, first, days), calendar_of(hotline)
    answered = np.full((len(hotline.lines), len(grid)), per_interval / len(hotline.lines))
    return deferred_items(hotline, answered, 0 * answered, grid, calendar), grid, calendar


def due_at(work: DeferredWork, grid: TimeGrid, kind: str, moment: str) -> pd.Timestamp:
    table = work.table(grid)
    found = table[(table["class"] == kind) & (table["interval"] == pd.Timestamp(moment, tz=SHANGHAI))]
    return found["due"].iloc[0]


@pytest.mark.parametrize(
    ("received", "days", "due"),
    [
        # 1–7 October 2026 are off; Sunday 20 September and Saturday 10 October are worked for them.
        ("2026-09-29 15:00", 3, "2026-10-09 18:00"),  # 30 September, 8 and 9 October
        ("2026-09-30 23:30", 3, "2026-10-10 18:00"),  # 8, 9 and 10 October
        ("2026-10-03 08:00", 3, "2026-10-10 18:00"),
        ("2026-09-17 09:00", 3, "2026-09-21 18:00"),  # Friday, Sunday the 20th, Monday
        ("2026-09-17 09:00", 1, "2026-09-18 18:00"),
        ("2026-09-17 17:00", 0, "2026-09-17 18:00"),
        ("2026-09-17 17:30", 0, "2026-09-18 18:00"),  # what comes in the last interval comes after hours
        ("2026-09-17 18:00", 0, "2026-09-18 18:00"),
    ],
)
def test_working_days_across_national_day(make_hotline: Any, received: str, days: int, due: str) -> None:
    hotline = make_hotline(calendar={"country": "CN"}, work_orders=[order({"deadline_working_days": days})])
    work, grid, calendar = brought(hotline, date(2026, 9, 14), 28)
    assert due_at(work, grid, "case", received) == pd.Timestamp(due, tz=SHANGHAI)
    moment = datetime.fromisoformat(received).replace(tzinfo=SHANGHAI)
    if days:
        assert calendar.deadline(moment, days, time(18)) == pd.Timestamp(due, tz=SHANGHAI)


def test_years_without_notice_are_counted_by_statute(make_hotline: Any) -> None:
    hotline = make_hotline(calendar={"country": "CN"}, work_orders=[order({"deadline_working_days": 5})])
    first = date(WorkingCalendar("CN")._announced.stop - 1, 12, 28)  # type: ignore[union-attr]
    work, _, _ = brought(hotline, first, 4)
    assert (work.due > np.arange(4 * 48) + 1).all()


def test_hours_run_by_the_clock_and_first_contacts_are_due_apart(make_hotline: Any) -> None:
    orders = [
        order({"deadline_h": 2}),
        order({"deadline_working_days": 5}, id="slow", first_contact_working_days=1, first_contact_s=150),
    ]
    work, grid, _ = brought(make_hotline(work_orders=orders), date(2026, 9, 14), 7)
    assert due_at(work, grid, "case", "2026-09-15 03:30") == pd.Timestamp("2026-09-15 05:30", tz=SHANGHAI)
    assert due_at(work, grid, "slow:first-contact", "2026-09-15 03:30") == pd.Timestamp("2026-09-16 18:00", tz=SHANGHAI)
    assert due_at(work, grid, "slow", "2026-09-15 03:30") == pd.Timestamp("2026-09-22 18:00", tz=SHANGHAI)
    per_call = work.work_s.sum(axis=1) / (4.0 * len(grid))
    assert dict(zip((c.id for c in work.classes), per_call, strict=True)) == pytest.approx(
        {"case": 0.5 * 600, "slow:first-contact": 0.5 * 150, "slow": 0.5 * 450}
    )
    assert [c.on_time_share_min for c in work.classes] == [0.95, 0.99, 0.95]


def test_listening_and_call_backs_arise_with_calls(make_hotline: Any) -> None:
    hotline = make_hotline(
        satisfaction={"asked_share": 0.5, "call_back_s": 200},
        office_work={"listening_share": 0.1, "listening_s": 300},
        call_back={"missed_calls": True, "reached_share": 0.75, "delay_s": 1800, "within_h": 1},
    )
    grid, calendar = grid_of(hotline, date(2026, 9, 14), 7), calendar_of(hotline)
    answered = np.ones((2, len(grid)))
    missed = np.vstack([np.full(len(grid), 0.2), np.zeros(len(grid))])
    work = deferred_items(hotline, answered, missed, grid, calendar)
    seconds = dict(zip((c.id for c in work.classes), work.work_s.sum(axis=1) / len(grid), strict=True))
    assert seconds == pytest.approx(
        {
            "satisfaction-call-back": 2 * 0.5 * 0.1 * 200,
            "quality-listening": 2 * 0.1 * 300,
            "missed-calls": 0.2 * 0.75 * 240,
        }
    )
    called = [c.id for c in work.classes].index("missed-calls")
    assert work.classes[called].doers == "agents"
    # From the interval after 15 min and half an hour, within an hour of opening.
    assert work.free_from[called, 10] == 11
    assert work.due[called, 10] == 13


def test_missed_calls_wait_for_opening_hours(make_hotline: Any) -> None:
    hotline = make_hotline(call_back={"missed_calls": True, "closed_calls": True, "delay_s": 0, "within_h": 2})
    grid, calendar = grid_of(hotline, date(2026, 9, 14), 2), calendar_of(hotline)
    opened = (grid.minutes >= 540) & (grid.minutes < 1020)
    asked = np.vstack([np.where(opened, 0.0, 1.0), np.zeros(len(grid))])
    work = deferred_items(hotline, 0 * asked, 0 * asked, grid, calendar, opened=opened, asked_closed=asked)
    assert due_at(work, grid, "missed-calls", "2026-09-14 20:00") == pd.Timestamp("2026-09-15 11:00", tz=SHANGHAI)
    # After the last opening the next period's first hours follow.
    assert due_at(work, grid, "missed-calls", "2026-09-15 20:00") == pd.Timestamp("2026-09-16 11:00", tz=SHANGHAI)


def cover(hotline: Hotline, days: int = 7, per_interval: float = 4.0, spare: float = 0.0) -> BackOfficeCover:
    work, grid, calendar = brought(hotline, date(2026, 9, 14), days, per_interval)
    return back_office_cover(hotline, work, np.full(len(grid), spare), grid, calendar, replications=20)


def test_an_office_of_hand_counted_size(make_hotline: Any) -> None:
    """192 calls a day bring 96 orders of 10 min: 16 h a day, 112 h a week; a person does 5 × 8 h × 0.85 = 34 h."""
    hotline = make_hotline(staff_kinds=[ANSWERS, HANDLES], work_orders=[order({"deadline_working_days": 1})])
    work, grid, calendar = brought(hotline, date(2026, 9, 14), 7)
    assert work.work_s.sum() / 3600 == pytest.approx(112)
    assert watch_seconds(hotline, grid, calendar).sum() / 3600 == pytest.approx(5 * 8 * 0.85)
    found = back_office_cover(hotline, work, np.zeros(len(grid)), grid, calendar, replications=20)
    at_mean = int(found.watches["heads_mean"].iloc[0])
    per_head = watch_seconds(hotline, grid, calendar)
    shares = [in_time_by_flow(work, n * per_head[0]) for n in range(at_mean + 1)]
    assert shares[at_mean] >= 0.95
    assert n_h(at_mean) >= 112
    assert shares[at_mean - 1] < 0.95 or n_h(at_mean - 1) < 112
    assert found.proven
    assert found.heads >= at_mean
    assert found.classes["on_time_share"].min() >= 0.95
    assert found.p_met >= 0.9


def n_h(heads: int) -> float:
    return heads * 5 * 8 * 0.85


def in_time_by_flow(work: DeferredWork, capacity: np.ndarray) -> float:
    """Share that can be in time at best, by a linear program over a week that repeats (one class)."""
    spell = work.work_s.shape[1]
    begin, due, amount = [], [], []
    for t in np.flatnonzero(work.work_s[0] > 0):
        begin.append(int(work.free_from[0, t]))
        due.append(int(work.due[0, t]))
        amount.append(work.work_s[0, t])
    arcs = [(n, s % spell) for n in range(len(amount)) for s in range(begin[n], due[n]) if capacity[s % spell] > 0]
    if not arcs:
        return 0.0
    from scipy.sparse import coo_array

    rows = np.array([n for n, _ in arcs] + [len(amount) + s for _, s in arcs])
    columns = np.tile(np.arange(len(arcs)), 2)
    spent = coo_array((np.ones(2 * len(arcs)), (rows, columns)), shape=(len(amount) + spell, len(arcs))).tocsr()
    solved = linprog(-np.ones(len(arcs)), A_ub=spent, b_ub=np.concatenate([amount, capacity]))
    return float(-solved.fun / sum(amount))


def test_idle_agents_spare_the_office_where_they_may_help(make_hotline: Any) -> None:
    orders = [order({"deadline_working_days": 2})]
    both_kinds = make_hotline(work_orders=orders, staff_kinds=[ANSWERS | {"back_office": True}])
    apart = make_hotline(work_orders=orders, staff_kinds=[ANSWERS, HANDLES])
    assert agents_help(both_kinds)
    assert not agents_help(apart)
    helped, alone = cover(both_kinds, spare=1.0), cover(apart, spare=1.0)
    assert helped.heads == 0
    assert alone.heads > 0
    assert helped.schedule["agents_h"].sum() == pytest.approx(112)
    assert alone.schedule["office_h"].sum() == pytest.approx(112)
    assert alone.schedule["agents_h"].sum() == 0
    hours = pd.DatetimeIndex(alone.schedule["interval"])
    assert set(hours.hour) <= set(range(9, 18)) - {12}
    assert set(hours.day_of_week) == set(range(5))
    assert "idle" in helped.bottleneck.en


def test_limits_of_hours_need_watches_at_night(make_hotline: Any) -> None:
    orders = [order({"deadline_h": 2})]
    staff = [ANSWERS, HANDLES]
    by_day = cover(make_hotline(staff_kinds=staff, work_orders=orders))
    assert len(by_day.unreachable) == 1
    assert "outside the hours" in by_day.unreachable[0].en
    assert by_day.unreachable[0].zh != by_day.unreachable[0].en
    # Begun one interval after and finished within two hours: what comes from 07:30 to 17:30, on 5 of 7 days.
    assert by_day.classes["on_time_share"].iloc[0] == pytest.approx(5 / 7 * 20 / 48)
    every = ["weekday", "weekend", "holiday", "makeup"]
    watches = [
        {"id": name, "from": f"{start:02d}:00", "to": f"{start + 8:02d}:00", "days": every}
        for name, start in (("night", 0), ("day", 8), ("evening", 16))
    ]
    round_the_clock = make_hotline(staff_kinds=staff, work_orders=orders, office_work={"watches": watches})
    found = cover(round_the_clock)
    assert found.unreachable == ()
    assert (found.watches["heads_mean"] >= 1).all()
    # 4 calls in half an hour, half of them an order of 10 min: 0.667 erlangs, one person at 0.85 carries it.
    assert found.watches["heads_mean"].tolist() == [1, 1, 1]


@cache
def shipped(name: str) -> tuple[Hotline, DeferredWork, TimeGrid, Any]:
    hotline = load_hotline(find_hotline(name))
    grid, calendar = grid_of(hotline, date(2026, 9, 14), 14), calendar_of(hotline)
    per_interval = np.array([[line.demand.calls_per_day / 48] for line in hotline.lines])
    answered = np.repeat(per_interval, len(grid), axis=1)
    return hotline, deferred_items(hotline, answered, 0.02 * answered, grid, calendar), grid, calendar


@pytest.mark.parametrize("name", library_names())
def test_every_class_of_a_shipped_hotline_is_kept_and_one_person_less_fails(name: str) -> None:
    hotline, work, grid, calendar = shipped(name)
    no_valleys = np.zeros(len(grid))
    found = back_office_cover(hotline, work, no_valleys, grid, calendar, replications=20)
    office = found.classes[[c.doers == "anyone" for c in work.classes]]
    assert (office["on_time_share"] >= office["target_share"]).all()
    assert found.p_met >= 0.9
    assert (office["expected_share"] >= office["target_share"]).all()
    per_head = watch_seconds(hotline, grid, calendar)
    limits = np.array([c.on_time_share_min for c in work.classes])
    chosen = [n for n, c in enumerate(work.classes) if c.doers == "anyone"]
    total = work.work_s.sum(axis=1)
    mean = found.watches["heads_mean"].to_numpy()
    for w in np.flatnonzero(mean):
        fewer = mean - (np.arange(len(mean)) == w)
        served = serve_by_deadline(work, Hands(no_valleys, fewer @ per_head, False))
        done = (served.agents_s + served.office_s).sum(axis=1)
        late = (served.on_time_share < limits)[chosen].any()
        assert late or (done < total * (1 - 1e-5))[chosen].any(), found.watches["watch"].iloc[w]
    # What is worked is what arises: the schedule loses nothing.
    worked = found.schedule.groupby("class")["office_h"].sum() * 3600
    assert worked[[c.id for c in work.classes if c.doers == "anyone"]].to_numpy() == pytest.approx(
        total[chosen], rel=1e-3
    )


def test_the_stated_probability_holds_in_other_draws(make_hotline: Any) -> None:
    hotline = make_hotline(
        staff_kinds=[ANSWERS, HANDLES],
        work_orders=[order({"deadline_working_days": 1}, on_time_share_min=0.9)],
    )
    work, grid, calendar = brought(hotline, date(2026, 9, 14), 7)
    found = back_office_cover(hotline, work, np.zeros(len(grid)), grid, calendar, replications=200, seed=3)
    heads = found.watches["heads"].to_numpy()
    at, _ = repeated(work)
    office = (heads @ watch_seconds(hotline, grid, calendar))[at]
    fresh = np.array([drawn_work(work, day_variation(hotline), 48, 99, r)[0] for r in range(400)])
    shares = on_time_shares(work, np.zeros((400, len(at))), office, False, fresh)
    met = (shares[:, 0] >= 0.9).mean()
    assert met == pytest.approx(found.p_met, abs=0.06)
    assert shares.mean() == pytest.approx(found.classes["expected_share"].iloc[0], abs=0.01)


levels = st.lists(st.floats(0, 30), min_size=2, max_size=12)


@settings(max_examples=60, deadline=None)
@given(levels, st.floats(0.1, 200), st.lists(st.floats(0, 20), min_size=12, max_size=12))
def test_water_finds_the_lowest_peak(level: list[float], work: float, room: list[float]) -> None:
    """The same lowest peak as a linear program: min L with level + x ≤ L where x is laid, Σ x = work."""
    stands, most = np.array(level), np.array(room[: len(level)])
    laid = fill_valleys(stands, work, most)
    assert (laid >= 0).all()
    assert (laid <= most + 1e-9).all()
    if most.sum() <= work:
        assert laid.tolist() == most.tolist()
        return
    assert laid.sum() == pytest.approx(work)
    count = len(level)
    cost = np.append(np.zeros(count), 1.0)
    below = np.hstack([np.eye(count), -np.ones((count, 1))])
    solved = linprog(
        cost,
        A_ub=below,
        b_ub=-stands,
        A_eq=np.append(np.ones(count), 0.0)[None],
        b_eq=[work],
        bounds=[*((0, m) for m in most), (None, None)],
    )
    assert (stands + laid).max() == pytest.approx(solved.fun, abs=1e-6)
    raised = laid > 1e-9
    full = laid >= most - 1e-9
    # What is raised and not full stands level, and nothing that could take more lies lower.
    if (raised & ~full).any():
        height = (stands + laid)[raised & ~full]
        assert height.max() == pytest.approx(height.min(), abs=1e-6)
        assert ((stands + laid)[~full] >= height.min() - 1e-6).all()


def test_training_lies_in_the_valleys_of_office_hours() -> None:
    name = "jiangsu-12348"
    hotline = load_hotline(find_hotline(name))
    agents = load_agents(hotline, library_folder() / name)
    grid, calendar = grid_of(hotline, date(2026, 9, 14), 14), calendar_of(hotline)
    seats = 8 + 6 * np.sin((grid.minutes - 480) / 1440 * 4 * np.pi)
    plan = training_plan(hotline, agents, seats, grid, calendar, new_hires=3)
    answering = [a for a in agents if a.staff_kind == "duty-officer"]
    hours = sum(hotline.long_view.outlook(a.contract).training_h_per_month for a in answering) * 14 / (365.25 / 12)
    assert plan.regular_h == pytest.approx(hours)
    assert plan.people.sum() * 0.5 == pytest.approx(hours)
    assert plan.unplaced_h == pytest.approx(0, abs=1e-9)
    assert plan.induction_h == 3 * hotline.long_view.induction_h
    assert plan.induction_h >= 60
    busy = plan.people > 0
    assert (grid.minutes[busy] >= 540).all()
    assert (grid.minutes[busy] < 1080).all()
    assert all(calendar.is_working_day(day.astype(object)) for day in np.unique(grid.dates[busy]))
