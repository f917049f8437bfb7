"""A quick answer is the requirement of the changed hotline, seat for seat, and moves the way it must."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.plan import Plan, RosterSummary
from scenarios.quick_answer import QuickAnswers
from scenarios.quick_change import (
    Change,
    changed_hotline,
    changed_summary,
    changed_targets,
    knobs_of,
    line_factors,
)
from scenarios.quick_people import people_for
from scenarios.strictness import bought_by_hours, costs_of, strict_knobs, values_tried
from wfm.errors import BadInput
from wfm.hotline import Agent, Hotline, calendar_of, grid_of, targets_of
from wfm.staffing import compute_requirement, compute_workload

MONDAY = date(2026, 9, 14)


def text(word: str) -> dict[str, str]:
    return {"en": word, "zh": word}


def hotline_of(**more: Any) -> Hotline:
    """Two lines by day, pooled at night, closed from 04:00 to 06:00 where asked."""
    base: dict[str, Any] = {
        "id": "quick",
        "number": "12348",
        "name": text("Quick"),
        "calendar": {"country": None},
        "standard": "GB/T33358",
        "seats": {"built": 60, "opened": 45},
        "ring_s": 3,
        "shrinkage": {"unplanned_share": 0.05},
        "lines": [
            {
                "id": "general",
                "name": text("g"),
                "demand": {"calls_per_day": 400},
                "handling": {"talk_s": 240, "wrap_s": 40},
                "patience": {"mean_s": 150},
            },
            {
                "id": "wages",
                "name": text("w"),
                "demand": {"calls_per_day": 150},
                "handling": {"talk_s": 400, "wrap_s": 80},
                "patience": {"mean_s": 90},
            },
        ],
        "groups": [
            {"id": "day-g", "name": text("g"), "lines": ["general"], "from": "08:00", "to": "20:00"},
            {"id": "day-w", "name": text("w"), "lines": ["wages"], "from": "08:00", "to": "20:00"},
            {"id": "night", "name": text("n"), "lines": ["general", "wages"], "from": "20:00", "to": "08:00"},
        ],
        "call_back": {"missed_calls": True, "delay_s": 600},
        "satisfaction": {"asked_share": 0.5, "satisfied_share": 0.9, "basically_satisfied_share": 0.06,
                         "not_satisfied_share": 0.04, "call_back_share": 1, "call_back_s": 120},
        "contracts": [{"id": "contract", "name": text("c"), "employee": False, "hours_per_week_max": 20,
                       "duties_per_4_weeks_max": 10}],
        "shifts": [{"id": "d", "name": text("d"), "short": text("d"), "start": "08:00", "end": "20:00"}],
    }  # fmt: skip
    return Hotline.model_validate(base | more)


def forecast_of(hotline: Hotline, days: int) -> pd.DataFrame:
    grid = grid_of(hotline, MONDAY, days)
    hour = grid.minutes / 60
    shape = 0.15 + np.exp(-(((hour - 10) / 2.2) ** 2)) + 0.9 * np.exp(-(((hour - 15.5) / 2.4) ** 2))
    parts = []
    for line, calls, aht in (("general", 15.0, 270.0), ("wages", 6.0, 460.0)):
        mean = calls * shape * np.where(np.arange(len(grid)) % 96 < 48, 1.0, 0.9)
        spread = np.sqrt(mean + (0.15 * mean) ** 2)
        parts.append(
            pd.DataFrame(
                {
                    "line": line,
                    "interval": grid.starts,
                    "mean": mean,
                    "p025": np.clip(mean - 1.96 * spread, 0, None),
                    "p10": mean - 1.2816 * spread,
                    "p50": mean,
                    "p90": mean + 1.2816 * spread,
                    "p975": mean + 1.96 * spread,
                    "aht_s": aht + 20 * (hour > 18),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def plan_of(hotline: Hotline, days: int = 3, level: Any = "interval") -> Plan:
    """A plan with its forecast and requirement; the rest is empty."""
    forecast, grid = forecast_of(hotline, days), grid_of(hotline, MONDAY, days)
    targets = targets_of(hotline)
    workload = compute_workload(hotline, forecast, grid, calendar_of(hotline), targets)
    nothing = pd.DataFrame()
    return Plan(
        hotline=hotline, first=MONDAY, days=days, seed=1, version="0", inputs={}, history="synthetic", history_days=1,
        forecast_model="m", replications=2, reproducible=True, level=level, confidence=None, forecast=forecast,
        requirement=compute_requirement(hotline, workload, targets, level), cover=nothing, duties=nothing, daily=nothing,
        replication_kpis=nothing, compliance=nothing, scorecard=(),
        roster=RosterSummary("optimal", True, 0, 0, 0, 0, 0, 0, 0.0), findings=(), day_kinds={},
    )  # fmt: skip


def by_the_book(plan: Plan, change: Change) -> pd.DataFrame:
    """The requirement of the changed hotline as a plan computes it."""
    hotline, targets = changed_hotline(plan.hotline, change), changed_targets(plan.hotline, change)
    summary = changed_summary(plan.forecast, change)
    grid = grid_of(hotline, plan.first, plan.days)
    workload = compute_workload(hotline, summary, grid, calendar_of(hotline), targets)
    return compute_requirement(hotline, workload, targets, plan.level)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_of(hotline_of())


@pytest.fixture(scope="module")
def quick(plan: Plan) -> QuickAnswers:
    return QuickAnswers(plan)


CHANGES = [
    Change(),
    Change(volume=1.35),
    Change(volume=0.5),
    Change(aht=1.2),
    Change(patience=0.4),
    Change(shrinkage=0.2),
    Change(ivr=0.3),
    Change(confidence=90.0),
    Change(limits={"mean-answer-time": 8.0}),
    Change(limits={"connection-rate": 0.985}),
    Change(volume=1.1, aht=0.9, patience=2.0, shrinkage=0.1, ivr=0.1, limits={"mean-answer-time": 30.0}),
    Change(volume=3.0),
]


@pytest.mark.parametrize("change", CHANGES, ids=range(len(CHANGES)))
def test_seats_are_those_of_the_requirement(plan: Plan, quick: QuickAnswers, change: Change) -> None:
    book = by_the_book(plan, change)
    told = quick.answer(change)
    shape = told.seats.shape
    assert (told.seats == book["seats"].to_numpy().reshape(shape)).all()
    assert (told.heads == book["heads"].to_numpy().reshape(shape)).all()
    assert (told.reason == book["reason"].to_numpy(dtype=object).reshape(shape)).all()
    assert (told.wanted - told.seats == book["short_seats"].to_numpy().reshape(shape)).all()
    for name in ("asa_s", "service_level", "abandon_share"):
        expected = book[name].to_numpy(dtype=float).reshape(shape)
        np.testing.assert_allclose(getattr(told, name), expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("change", CHANGES[:8], ids=range(8))
def test_a_day_by_itself_has_the_seats_it_has_in_the_whole(quick: QuickAnswers, change: Change) -> None:
    whole = quick.answer(change)
    for offset in range(3):
        day = quick.answer(change, [MONDAY + timedelta(days=offset)])
        assert (day.seats == whole.seats[:, 48 * offset : 48 * (offset + 1)]).all()


@pytest.mark.parametrize("change", [Change(), Change(volume=1.2), Change(limits={"connection-rate": 0.97})])
def test_the_day_level_too(change: Change) -> None:
    plan = plan_of(hotline_of(), level="day")
    told = QuickAnswers(plan).answer(change)
    assert (told.seats.ravel() == by_the_book(plan, change)["seats"].to_numpy()).all()


def test_callers_who_call_again_are_computed_in_full() -> None:
    lines = hotline_of().model_dump(mode="json", by_alias=True)["lines"]
    lines[0]["redial"]["share"] = 0.5
    plan = plan_of(hotline_of(lines=lines))
    told = QuickAnswers(plan).answer(Change(volume=1.2))
    assert told.in_full
    assert (told.seats.ravel() == by_the_book(plan, Change(volume=1.2))["seats"].to_numpy()).all()


def test_a_closed_night_and_few_opened_seats() -> None:
    hours = ["08:00", "22:00"]
    opening = {"weekday": hours, "weekend": hours, "holiday": hours}
    for seats in ({"built": 60, "opened": 45}, {"built": 60, "opened": 9}):
        hotline = hotline_of(opening=opening, seats=seats, call_back={"missed_calls": True, "closed_calls": True})
        plan = plan_of(hotline)
        for change in (Change(), Change(volume=1.3)):
            told = QuickAnswers(plan).answer(change)
            assert (told.seats.ravel() == by_the_book(plan, change)["seats"].to_numpy()).all()


@settings(max_examples=25, deadline=None)
@given(st.floats(0.4, 2.0), st.floats(0.01, 0.8))
def test_more_calls_longer_calls_and_absence_never_take_less(volume: float, more: float) -> None:
    quick = _QUICK
    day = [MONDAY]
    base = quick.answer(Change(volume=volume), day)
    assert quick.answer(Change(volume=volume + more), day).wanted.sum() >= base.wanted.sum()
    absent = quick.answer(Change(volume=volume, shrinkage=min(0.05 + more, 0.9)), day)
    assert (absent.heads >= base.heads).all()
    assert (absent.seats == base.seats).all()


@settings(max_examples=20, deadline=None)
@given(st.floats(4.0, 60.0), st.floats(0.5, 30.0), st.floats(0.8, 0.97), st.floats(0.001, 0.02))
def test_stricter_limits_and_surer_days_never_take_less(limit: float, looser: float, share: float, more: float) -> None:
    quick, day = _QUICK, [MONDAY]
    strict = quick.answer(Change(limits={"mean-answer-time": limit}), day)
    loose = quick.answer(Change(limits={"mean-answer-time": limit + looser}), day)
    assert (strict.wanted >= loose.wanted).all()
    high = quick.answer(Change(limits={"connection-rate": share + more}), day)
    assert (high.wanted >= quick.answer(Change(limits={"connection-rate": share}), day).wanted).all()


_QUICK = QuickAnswers(plan_of(hotline_of(), days=1))


def test_confidence_raises_the_calls_of_each_line_as_its_forecast_spreads(plan: Plan) -> None:
    # Bands were made with a coefficient of variation of 0.15: gamma quantiles of that spread, from scipy.
    from scipy import stats

    cv2 = 0.15**2
    for confidence in (80.0, 95.0):
        expected = stats.gamma.ppf(confidence / 100, 1 / cv2, scale=cv2)
        for factor in line_factors(plan.forecast, confidence).values():
            assert factor == pytest.approx(expected, rel=1e-3)
    assert set(line_factors(plan.forecast, None).values()) == {1.0}
    assert set(line_factors(plan.forecast, 50.0).values()) == {1.0}


def test_what_is_out_of_range_is_said(plan: Plan, quick: QuickAnswers) -> None:
    for change, words in (
        (Change(limits={"nothing": 1.0}), "no target"),
        (Change(ivr=1.2), "served by the IVR"),
        (Change(shrinkage=1.0), "unplanned absence"),
        (Change(volume=-1.0), "out of range"),
        (Change(confidence=10.0), "confidence"),
    ):
        with pytest.raises(BadInput, match=words):
            quick.answer(change)


def test_knobs_are_those_of_the_hotline(plan: Plan) -> None:
    knobs = {knob.key: knob for knob in knobs_of(plan.hotline, 0.9)}
    assert knobs["shrinkage"].default == 5
    assert knobs["limit-mean-answer-time"].default == 15
    assert knobs["limit-connection-rate"].default == 95
    assert knobs["confidence"].default == 90
    assert all(knob.least <= knob.default <= knob.most for knob in knobs.values())


def test_strictness_costs_more_the_stricter(plan: Plan, quick: QuickAnswers) -> None:
    def ask(_plan: Plan, change: Change, days: Any) -> Any:
        return quick.answer(change, days)

    for knob in strict_knobs(knobs_of(plan.hotline)):
        table = costs_of(ask, plan, Change(), knob, [MONDAY])
        assert list(table["value"]) == values_tried(knob)
        hours = list(table["agent_hours"])
        assert hours == sorted(hours, reverse=knob.unit == "s")
        assert table.loc[table["planned"], "extra_h"].tolist() == [0.0]
    bought = bought_by_hours(ask, plan, Change(), "mean-answer-time", MONDAY)
    assert bought is not None
    values = bought["value"].dropna()
    assert (values.diff().dropna() <= 1e-9).all()  # each seat more shortens the answer time
    assert values.min() >= plan.hotline.ring_s


def test_people_are_counted_by_hours_and_by_duties(plan: Plan) -> None:
    duties = pd.DataFrame(
        {
            "date": [pd.Timestamp(MONDAY)] * 8,
            "shift": ["d"] * 8,
            "role": ["A"] * 4 + ["B"] * 4,
            "agent": list("abcdefgh"),
        }
    )
    agents = [
        Agent(id="a", name="a", lines=("general",), contract="contract", staff_kind="x"),
    ]
    # 8 duties of A and B a day; a head takes up 10 in four weeks × taken_share.
    taken = plan.hotline.long_view.outlook("contract").taken_share
    by_duties = 8 / (10 / 28 * taken)
    by_hours = 4 * plan.hotline.shifts[0].paid_h / (20 / 7 * taken)
    found = people_for(replace(plan, duties=duties), agents, [MONDAY], 1.5)
    assert found == pytest.approx(1.5 * max(by_duties, by_hours))
