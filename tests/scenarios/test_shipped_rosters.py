"""The five shipped hotlines, rostered for four weeks with the Spring Festival of 2026 in them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from scenarios.expectations import expected_arrivals
from scenarios.roster import RosterAsked, build_scenario_roster
from scenarios.roster_problem import roster_problem
from scenarios.scenario import load_scenario
from scheduler import cover_shifts
from scheduler.checker import assert_roster_legal, objective_parts
from wfm.calendar import DayKind
from wfm.hotline import calendar_of, grid_of, targets_of
from wfm.staffing import compute_requirement, compute_workload

SHIPPED = ("nanxun-12368", "guizhou-12348", "jiangsu-12348", "guiyang-12345", "convenience-lines")
FIRST = date(2026, 2, 9)
FESTIVAL = [date(2026, 2, 15) + timedelta(n) for n in range(9)]
MADE_UP = [date(2026, 2, 14), date(2026, 2, 28)]


def assumed_posts(hotline):
    """Posts from the hotline's assumed demand alone: the forecast, learned from records, is the long test's."""
    grid, calendar = grid_of(hotline, FIRST, 28), calendar_of(hotline)
    arrivals = expected_arrivals(hotline, grid, calendar)
    summary = pd.concat(
        pd.DataFrame(
            {"line": line.id, "interval": grid.starts, "mean": arrivals[line.id], "aht_s": line.handling.mean_s}
        )
        for line in hotline.lines
    )
    workload = compute_workload(hotline, summary, grid, calendar)
    requirement = compute_requirement(hotline, workload, targets_of(hotline), "interval")
    return cover_shifts(hotline, requirement, grid, calendar).posts


def assert_sound(scenario, result):
    """Legal by the checker, every post filled or a reason given, and nothing claimed that is not proven."""
    calendar = calendar_of(scenario.hotline)
    assert all(calendar.kind(day) is DayKind.HOLIDAY for day in FESTIVAL)
    assert all(calendar.kind(day) is DayKind.MAKEUP for day in MADE_UP)
    problem = roster_problem(scenario, FIRST, 28, result.posts)
    assert_roster_legal(problem, result.duties)
    assert result.legal
    assert not result.violations
    assert result.unfilled.empty or result.reasons
    assert result.status != "optimal" or (result.objective == result.bound and result.unfilled.empty)
    assert result.bound <= result.objective
    assert sum(result.parts.values()) == pytest.approx(result.objective)
    counted = {name: cost for name, cost in objective_parts(problem, result.duties).items() if cost}
    assert {name: cost for name, cost in result.parts.items() if name != "fairness"} == pytest.approx(counted)
    everybody = result.quality["fairness"][0]
    festive = result.duties["date"].isin([pd.Timestamp(d) for d in FESTIVAL]).sum()
    assert everybody["holidays"]["mean"] * everybody["people"] == pytest.approx(festive, abs=0.01 * everybody["people"])


@pytest.mark.parametrize("name", SHIPPED)
def test_four_weeks_with_the_spring_festival(name):
    scenario = load_scenario(name)
    asked = RosterAsked(FIRST, 28, posts=assumed_posts(scenario.hotline), seconds=1.0)
    result = build_scenario_roster(scenario, asked, Path("unused"))
    assert len(result.duties) > 0
    assert_sound(scenario, result)


@pytest.mark.endure
@pytest.mark.parametrize("name", SHIPPED)
def test_four_weeks_from_the_forecast(name, tmp_path):
    scenario = load_scenario(name)
    result = build_scenario_roster(scenario, RosterAsked(FIRST, 28, seconds=60.0), tmp_path)
    assert_sound(scenario, result)
    assert result.unfilled.empty
