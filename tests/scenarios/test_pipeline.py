"""A small hotline planned end to end: what must hold of every plan."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scenarios.comparison import compare_plans
from scenarios.pipeline import STAGES, PlanSettings, plan_hotline
from scenarios.plan_folder import find_plans, plan_files, read_plan, write_plan
from scenarios.scenario import load_scenario
from scheduler import rostered_agents
from wfm.calendar import DayKind
from wfm.errors import BadInput
from wfm.execution import no_progress
from wfm.hotline import Leave, grid_of
from wfm.metrics import COUNTS
from wfm.tables import DUTIES, REQUIREMENT, check_table

FIRST = date(2026, 9, 14)
SETTINGS = PlanSettings(first=FIRST, days=7, seed=5, replications=6, roster_seconds=20)


@pytest.fixture(scope="module")
def scenario():
    return load_scenario("nanxun-12368")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("empty-home")


@pytest.fixture(scope="module")
def plan(scenario, home):
    return plan_hotline(scenario, SETTINGS, home)


@pytest.fixture(scope="module")
def busier(tmp_path_factory, home):
    path = tmp_path_factory.mktemp("what-if") / "busier.yaml"
    path.write_text("extends: nanxun-12368\nset:\n  lines.*.demand.scale: 1.5\n", encoding="utf-8")
    return plan_hotline(load_scenario(path), SETTINGS, home)


def test_tables_keep_their_declarations(plan):
    check_table(REQUIREMENT, plan.requirement)
    check_table(DUTIES, plan.duties)


def test_every_call_has_exactly_one_fate(plan):
    fates = ["blocked", "closed", "ivr_abandoned", "ivr_completed", "answered", "abandoned"]
    np.testing.assert_allclose(plan.daily["offered"], plan.daily[fates].sum(axis=1), atol=1e-9)
    assert (plan.daily["called_back"] <= plan.daily[["abandoned", "blocked", "closed"]].sum(axis=1) + 1e-9).all()


def test_simulated_arrivals_agree_with_the_forecast(plan):
    forecast, offered = plan.forecast["mean"].sum(), plan.daily["offered"].sum()
    # 6 paths of one week; the redials of a few per cent come on top.
    assert offered == pytest.approx(forecast, rel=0.15)


def test_agents_on_duty_follow_from_the_duties(plan):
    grid = grid_of(plan.hotline, FIRST, 7)
    again = rostered_agents(plan.duties, plan.hotline, grid)
    keys = ["group", "interval"]
    merged = plan.cover.merge(again, on=keys, suffixes=("", "_again"))
    assert len(merged) == len(plan.cover)
    np.testing.assert_allclose(merged["rostered_a"], merged["rostered_a_again"])


def test_never_more_agents_than_seats_opened(plan):
    assert plan.cover.groupby("interval")["rostered_a"].sum().max() <= plan.hotline.seats.opened


def test_a_legal_full_roster_meets_the_requirement_everywhere(plan):
    assert plan.roster.legal
    assert plan.roster.unfilled == 0
    both = plan.requirement.merge(plan.cover, on=["group", "interval"])
    assert (both["rostered_a"] >= both["heads"] - 1e-9).all()


def test_every_a_has_a_b_who_is_somebody_else(plan):
    pairs = plan.duties.pivot(index="post", columns="role", values="agent")
    assert pairs.notna().all().all()
    assert (pairs["A"] != pairs["B"]).all()


def test_day_kinds_name_the_make_up_day(plan):
    assert plan.day_kinds["2026-09-20"]["kind"] == DayKind.MAKEUP
    assert plan.day_kinds["2026-09-14"]["kind"] == DayKind.WEEKDAY


def test_the_same_inputs_give_the_same_bytes(plan, scenario, home):
    """§50"""
    again = plan_hotline(scenario, replace(SETTINGS, workers=2), home)
    assert plan_files(again) == plan_files(plan)


def test_another_seed_gives_other_calls(plan, scenario, home):
    other = plan_hotline(scenario, replace(SETTINGS, seed=6), home)
    assert other.inputs["hotline"] == plan.inputs["hotline"]
    assert not other.replication_kpis.equals(plan.replication_kpis)


def test_a_plan_reads_back_as_it_was_written(plan, tmp_path):
    write_plan(plan, tmp_path / "p", lambda _: b"<html></html>")
    again = read_plan(tmp_path / "p")
    assert plan_files(again) == plan_files(plan)
    assert again.hotline == plan.hotline
    assert again.duties["start"].dt.tz is not None
    assert find_plans(tmp_path) == [tmp_path / "p"]
    names = {p.name for p in (tmp_path / "p").iterdir()}
    assert {"forecast.csv", "requirement.csv", "duties.csv", "scorecard.json", "report.html", "plan.json"} <= names


def test_a_failure_while_writing_leaves_the_old_plan_and_nothing_else(plan, tmp_path):
    write_plan(plan, tmp_path / "p", lambda _: b"old")

    def fail(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_plan(plan, tmp_path / "p", fail)
    assert (tmp_path / "p" / "report.html").read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["p"]
    write_plan(plan, tmp_path / "p", lambda _: b"new")
    assert (tmp_path / "p" / "report.html").read_bytes() == b"new"
    assert [p.name for p in tmp_path.iterdir()] == ["p"]


def test_a_folder_of_somebody_else_is_left_alone(plan, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(BadInput, match="no plan"):
        write_plan(plan, tmp_path / "letters", lambda _: b"")
    with pytest.raises(BadInput, match="is a file"):
        write_plan(plan, tmp_path / "letters" / "a.txt", lambda _: b"")
    assert (tmp_path / "letters" / "a.txt").read_text(encoding="utf-8") == "mine"


def test_a_damaged_plan_is_named(plan, tmp_path):
    write_plan(plan, tmp_path / "p", lambda _: b"")
    (tmp_path / "p" / "scorecard.json").write_text("[{", encoding="utf-8")
    with pytest.raises(BadInput, match="damaged"):
        read_plan(tmp_path / "p")
    with pytest.raises(BadInput, match="no plan"):
        read_plan(tmp_path)


def test_common_random_numbers_make_more_demand_never_fewer_calls(plan, busier):
    """§51"""
    base = plan.daily.groupby("date")["offered"].sum()
    more = busier.daily.groupby("date")["offered"].sum()
    assert (more >= base).all()
    assert more.sum() / base.sum() == pytest.approx(1.5, rel=0.1)


def test_a_comparison_pairs_and_is_nothing_against_itself(plan, busier):
    comparison = compare_plans([plan, plan, busier])
    assert comparison.paired
    for row in comparison.rows:
        same = row.differences[1]
        if same is not None:
            assert (same.mean, same.low, same.high) == (0, 0, 0)
    hours = next(c for c in comparison.costs if c.unit == "h")
    assert hours.values[0] == hours.values[1] <= hours.values[2]
    assert comparison.sentences[0].zh != comparison.sentences[0].en


def test_plans_of_another_seed_are_not_called_paired(plan):
    """§51"""
    assert not compare_plans([plan, replace(plan, seed=99)]).paired
    with pytest.raises(BadInput):
        compare_plans([plan])


def test_too_few_seats_say_where_how_many_and_what_mends_it(tmp_path, home):
    path = tmp_path / "one-seat.yaml"
    path.write_text("extends: nanxun-12368\nset:\n  seats.opened: 1\n  lines.*.demand.scale: 3\n", encoding="utf-8")
    short = plan_hotline(load_scenario(path), SETTINGS, home)
    assert short.cover.groupby("interval")["rostered_a"].sum().max() <= 1
    problems = [f for f in short.findings if f.severity == "problem"]
    seats = next(f for f in problems if "too few" in f.text.en)
    assert seats.remedy is not None
    assert "seats built but not opened" in seats.remedy.en
    missed = [row for row in short.scorecard if row.status == "missed"]
    assert missed
    for row in missed:
        assert any(row.name.en in f.text.en for f in problems)


def test_a_target_that_no_seats_can_keep_says_so_instead_of_asking_for_seats(tmp_path, home):
    path = tmp_path / "slow.yaml"
    path.write_text("extends: nanxun-12368\nset: {ring_s: 16}\n", encoding="utf-8")
    slow = plan_hotline(load_scenario(path), replace(SETTINGS, days=2), home)
    missed = next(f for f in slow.findings if f.text.en.startswith("Mean answer time:"))
    assert "ringing alone takes 16 s" in missed.remedy.en
    assert sum("ringing alone" in f.text.en for f in slow.findings) == 0


def test_a_roster_that_nobody_could_build_is_refused_with_its_reason(scenario, home):
    """§47"""
    away = [Leave(agent=a.id, first=FIRST, last=FIRST + timedelta(days=6), reason="") for a in scenario.agents]
    with pytest.raises(BadInput, match=r"the roster is impossible: .*--allow-gaps"):
        plan_hotline(replace(scenario, leave=away), SETTINGS, home)


def test_gaps_are_planned_around_when_asked_and_named(scenario, home):
    """§47"""
    gone = scenario.agents[3:]
    away = [Leave(agent=a.id, first=FIRST, last=FIRST + timedelta(days=6), reason="") for a in gone]
    plan = plan_hotline(replace(scenario, leave=away), replace(SETTINGS, allow_gaps=True), home)
    assert plan.roster.status == "partial"
    assert plan.roster.unfilled > 0
    assert set(plan.duties["agent"]) <= {a.id for a in scenario.agents[:3]}
    assert any("unfilled" in f.text.en for f in plan.findings if f.severity == "problem")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"days": 0}, "--days"),
        ({"replications": 1}, "--replications"),
        ({"first": date(2031, 3, 3)}, "2031"),
    ],
)
def test_what_cannot_be_planned_is_refused_before_any_work(scenario, home, change, word):
    told = []

    def watch(stage):
        told.append(stage)
        return no_progress

    with pytest.raises(BadInput, match=word):
        plan_hotline(scenario, replace(SETTINGS, **change), home, watch)
    assert told == []


def test_progress_is_told_for_every_stage(scenario, home):
    told = {}

    def watch(stage):
        def progress(done, total, /):
            told[stage] = done / max(total, 1)

        return progress

    plan = plan_hotline(scenario, replace(SETTINGS, days=1, replications=2, level="day", confidence=0.8), home, watch)
    assert set(told) | {"compilation"} == set(STAGES)  # compiled once on a machine, then no stage any more
    assert (plan.level, plan.confidence) == ("day", 0.8)
    assert all(share == 1 for share in told.values()), told


def test_days_csv_holds_counts_that_make_the_scorecard(plan):
    days = plan.daily.groupby("date")[list(COUNTS)].sum()
    row = next(r for r in plan.scorecard if r.kpi == "asa_s")
    for day, value in row.by_day.items():
        found = days.loc[pd.Timestamp(day)]
        assert value == pytest.approx(found["wait_answered_s"] / found["answered"])


def test_the_hotline_in_the_plan_is_the_scenario(plan, scenario):
    assert plan.hotline == scenario.hotline
    assert isinstance(scenario.folder, Path)
