"""Cuts of a plan keep what the plan holds: sums are conserved, want is not hidden by surplus."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from dashboard import views
from dashboard.sentences import weak_sentence
from dashboard.tables import table_of
from scenarios.plan import Plan
from wfm.i18n import use_language


def test_demand_is_conserved(month_plan: Plan) -> None:
    total = month_plan.forecast["mean"].sum()
    assert views.demand(month_plan)["mean"].sum() == pytest.approx(total)
    assert views.demand_by_day(month_plan).to_numpy().sum() == pytest.approx(total)
    assert sum(views.demand(month_plan, line)["mean"].sum() for line in month_plan.hotline.line_ids) == pytest.approx(
        total
    )


def test_a_day_has_its_own_local_intervals(week_plan: Plan) -> None:
    frame = views.demand(week_plan, "general", date(2026, 9, 22))
    assert len(frame) == 48
    assert str(frame["interval"].iloc[0]) == "2026-09-22 00:00:00"
    assert frame["interval"].dt.tz is None


def test_surplus_elsewhere_hides_no_shortage(week_plan: Plan) -> None:
    frame = views.seats(week_plan, day=date(2026, 9, 22))
    at_nine = frame[frame["interval"] == "2026-09-22 09:00"].iloc[0]
    assert at_nine["short_heads"] == 2
    assert at_nine["rostered_a"] >= at_nine["heads"] - 2


def test_the_weak_hour_is_said(week_plan: Plan) -> None:
    assert views.weakest_day(week_plan) == date(2026, 9, 22)
    with use_language("en"):
        assert "Tue 22 Sep 09:00–09:30, Specialists, day (2 short)" in weak_sentence(week_plan)
    with use_language("zh"):
        assert "9月22日 周二 09:00–09:30" in weak_sentence(week_plan)


def test_typical_week_avoids_holidays(month_plan: Plan) -> None:
    week = views.typical_week(month_plan)
    assert len(week) == 7
    kinds = [month_plan.day_kinds[d.isoformat()]["kind"] for d in week]
    assert kinds.count("holiday") == 0
    assert week[0].weekday() == 0


def test_cover_maps_hold_gaps(week_plan: Plan) -> None:
    day = views.coverage_by_group(week_plan, date(2026, 9, 22))
    assert list(day.index) == ["day-general", "day-special", "night"]
    assert np.nanmin(day.to_numpy()) == -2
    hours = views.coverage_by_hour(week_plan)
    assert hours.shape == (24, 7)
    assert hours.loc[9].iloc[1] == -2


def test_duties_are_all_counted(week_plan: Plan) -> None:
    shifts = views.duties_by_shift(week_plan)
    assert int(shifts[["A", "B"]].to_numpy().sum()) == len(week_plan.duties)
    counts = views.duty_counts(week_plan)
    assert counts["duties"].sum() == len(week_plan.duties)
    nights = {s.id for s in week_plan.hotline.shifts if s.night}
    assert counts["nights"].sum() == week_plan.duties["shift"].isin(nights).sum()


def test_what_is_worked_out_from_a_plan_is_kept_with_that_plan(week_plan: Plan) -> None:
    again = replace(week_plan, forecast=week_plan.forecast.assign(mean=2 * week_plan.forecast["mean"]))
    first = views.demand_by_day(week_plan)
    assert views.demand_by_day(week_plan) is first
    assert views.demand_by_day(again).to_numpy().sum() == pytest.approx(2 * first.to_numpy().sum())
    assert views.demand(week_plan, day=date(2026, 9, 22)) is not views.demand(week_plan, day=date(2026, 9, 23))
    table_of(week_plan, "coverage")
    assert list(views.coverage_by_hour(week_plan).columns) == [pd.Timestamp(day) for day in views.day_list(week_plan)]
