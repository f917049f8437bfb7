"""Scenarios: the tree, deriving, runs kept apart from plans, comparing, sweeping; who may do what."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard.app import make_app
from dashboard.asked import Asked
from dashboard.desk import Desk
from dashboard.jobs.kinds import kind_of
from dashboard.pages.scenarios import PAGE
from dashboard.pages.scenarios.derive_actions import keep_draft
from dashboard.pages.scenarios.desk import scenario_desk
from dashboard.pages.scenarios.draft import draft_of, packed, unpacked
from dashboard.pages.scenarios.run_settings import settings_of
from dashboard.pages.scenarios.sweep_actions import submit_sweep, swept_of
from dashboard.pages.scenarios.tree_actions import submit_run
from dashboard.person import Person
from scenarios.kept_plans import working_plans
from scenarios.plan import Plan
from scenarios.sweep import SweepSettings, SweptParameter, sweep_points
from scenarios.sweep_folder import ask_sweep, points_of
from wfm.errors import BadInput
from wfm.i18n import Language, use_language

COURT = "nanxun-12368"
NAMES = ("storm", "Storm", "暴雨", "", "")


def words_of(part: Any) -> str:
    """Every text in a layout, joined."""
    if part is None or isinstance(part, bool):
        return ""
    if isinstance(part, (str, int, float)):
        return str(part)
    if isinstance(part, (list, tuple)):
        return " ".join(words_of(child) for child in part)
    found = [getattr(part, name, None) for name in ("children", "label", "description", "error", "placeholder")]
    return " ".join(words_of(one) for one in found)


def show(desk: Desk, **query: str) -> str:
    return words_of(PAGE.show(Asked("/scenarios", {"hotline": COURT, **query}), desk))


@pytest.fixture
def desk(tmp_path: Path, plans_folder: Path, monkeypatch: pytest.MonkeyPatch, plan_maker: Callable[..., Plan]) -> Desk:
    """A desk over an own home; planning is made up, faster where seats were added."""
    monkeypatch.setenv("WFM_HOME", str(tmp_path))

    def planned(scenario: Any, settings: Any, home: Path, watch: Any) -> Plan:
        faster = 1.0 if scenario.differences else 0.0
        plan = plan_maker(settings.first, settings.days, settings.seed, faster)
        return replace(plan, inputs={**scenario.input_hashes(), "records": "x"}, version="0.1.0")

    monkeypatch.setattr("scenarios.scenario_runs.plan_hotline", planned)
    return Desk(plans_folder, home=tmp_path, clock=lambda: datetime(2026, 9, 10, tzinfo=UTC))


def derive(desk: Desk, typed: dict[str, str], names: tuple[str, str, str, str, str] = NAMES, **query: str) -> str:
    asked = Asked("/scenarios", {"tab": "derive", "hotline": COURT, "set": packed(typed), **query})
    draft = draft_of(asked, desk)
    version = draft.editing.version if draft.editing else ""
    return keep_draft(desk, draft, names, version, "Li")


SETTINGS = settings_of("2026-09-21", 7, 20, 1)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_tree_tells_what_differs_and_that_nothing_ran(desk: Desk, language: Language) -> None:
    derive(desk, {"lines.*.demand.scale": "+20 %"})
    with use_language(language):
        words = show(desk)
    expected = {
        "en": ("2 scenarios, none with current results", "call volume +20 %", "never run", "Storm"),
        "zh": ("2个情景，尚无最新结果", "话务量 +20 %", "未运行", "暴雨"),
    }
    for part in expected[language]:
        assert part in words


def test_a_run_is_kept_apart_from_plans_and_grows_old(desk: Desk) -> None:
    key = derive(desk, {"seats.opened": "3"})
    job = desk.jobs.run_here(submit_run(desk, key, SETTINGS))
    assert job.state == "done", job.error
    assert kind_of(job.kind).opens(job).startswith("/scenarios?tab=tree")
    mine = scenario_desk(desk)
    (run,) = mine.runs()
    assert (run.scenario, run.first, run.days, run.seed, run.who) == ("storm", date(2026, 9, 21), 7, 1, "")
    assert sorted(desk.plans.names()) == ["four-weeks", "more-seats", "one-week"]
    (kept,) = desk.store.plans()
    assert kept.inputs["what_if"] == "storm"
    assert working_plans([kept, replace(kept, inputs={})]) == [replace(kept, inputs={})]
    assert desk.store.rosters() == []
    with use_language("en"):
        # The made-up plan misses one of its targets.
        assert "✕" in show(desk)
        assert "1,234" in show(desk)
        derive(desk, {"seats.opened": "2"}, edit="storm")
        assert "out of date: hotline changed" in show(desk)
    again = desk.jobs.run_here(submit_run(desk, key, SETTINGS))
    assert again.result["run"] != job.result["run"]
    with use_language("en"):
        assert "out of date" not in show(desk)


def test_the_same_scenario_is_not_run_twice_at_once(desk: Desk) -> None:
    submit_run(desk, COURT, SETTINGS)
    with pytest.raises(BadInput, match=r"already|正在"):
        submit_run(desk, COURT, SETTINGS)
    with use_language("en"):
        assert "Under way" in show(desk)
        assert "waiting" in show(desk)


def test_the_form_shows_every_parameter_with_unit_value_and_meaning(desk: Desk) -> None:
    with use_language("en"):
        words = show(desk, tab="derive")
        for part in ("Call volume", "Talk time", "now 4 seats", "seats.opened", "Opening on weekdays"):
            assert part in words
        words = show(desk, tab="derive", find="wrap-up")
        assert "tandard deviation ÷ mean of wrap-up" in words
        assert "No parameter holds" in show(desk, tab="derive", find="zebra crossing")
        words = show(desk, tab="derive", set="seats.opened=99")
        assert words.count("must not exceed the seats built (6), found 99") == 2  # at its field and beside it
    with use_language("zh"):
        words = show(desk, tab="derive", set="lines.*.demand.scale=+20 %")
        assert "话务量 +20 %" in words
        assert "开通座席" in words


def test_a_draft_in_the_address_comes_back_as_it_was() -> None:
    typed = {"lines.*.demand.scale": "+20 %", "lines.general.overflow": "[{group: night}]", "a": "x;y=z&ü"}
    assert unpacked(packed(typed)) == typed
    assert unpacked(";") == {}


def test_saving_checks_names_conflicts_and_emptiness(desk: Desk) -> None:
    with use_language("en"):
        with pytest.raises(BadInput, match="Nothing differs"):
            derive(desk, {})
        with pytest.raises(BadInput, match="Mend what is marked"):
            derive(desk, {"seats.opened": "99"})
        with pytest.raises(BadInput, match="lower-case letters"):
            derive(desk, {"seats.opened": "3"}, ("../x", "", "", "", ""))
        derive(desk, {"seats.opened": "3"})
        with pytest.raises(BadInput, match="already"):
            derive(desk, {"seats.opened": "2"})
        with pytest.raises(BadInput, match="already"):
            derive(desk, {"seats.opened": "2"}, (COURT, "", "", "", ""))
        asked = Asked("/scenarios", {"tab": "derive", "edit": "storm", "hotline": COURT})
        old = draft_of(asked, desk)
        assert old.typed == {"seats.opened": "3"}
        derive(desk, {"seats.opened": "2"}, edit="storm")
        with pytest.raises(BadInput, match="somebody else"):
            keep_draft(desk, old, NAMES, old.editing.version if old.editing else "", "Wang")
    told = [(e.who, e.action) for e in desk.store.audit() if e.object == "scenario storm"]
    assert told == [("Li", "change scenario"), ("Li", "derive scenario")]


def test_a_name_is_made_of_what_differs(desk: Desk) -> None:
    key = derive(desk, {"lines.*.demand.scale": "1.5"}, ("busy", "", "", "", ""))
    node = scenario_desk(desk).shelf.node(key)
    assert node.title.en.endswith("call volume +50 %")
    assert node.title.zh.endswith("话务量 +50 %")


def test_runs_are_compared_like_plans_and_exported(desk: Desk) -> None:
    key = derive(desk, {"seats.opened": "3"})
    names = [desk.jobs.run_here(submit_run(desk, k, SETTINGS)).result["run"] for k in (COURT, key)]
    with use_language("en"):
        words = show(desk, tab="compare", plans=",".join(names))
        for part in ("Paired", "−1.0\u00a0s", "Cost against compliance", "What each plan takes"):
            assert part in words
        assert "Choose two" in show(desk, tab="compare")
    client = make_app(desk).server.test_client()
    table = client.get(f"/download/scenarios/comparison.csv?plans={','.join(names)}", headers={"Accept-Language": "en"})
    rows = pd.read_csv(io.StringIO(table.data.decode("utf-8-sig")))
    asa = rows[rows["figure"] == "Mean answer time"].iloc[0]
    assert asa["Storm"] - asa.iloc[3] == pytest.approx(-1.0, abs=0.2)
    book = client.get(f"/download/scenarios/comparison.xlsx?plans={','.join(names)}")
    assert book.status_code == 200
    assert pd.read_excel(io.BytesIO(book.data), engine="calamine").shape[0] > 5
    folder = client.get(f"/download/scenarios/plan.zip?run={names[1]}")
    assert f"{names[1]}/plan.json" in zipfile.ZipFile(io.BytesIO(folder.data)).namelist()
    assert b"<html" in client.get(f"/download/scenarios/report?run={names[1]}").data
    for wrong in ("report?run=../../etc", "plan.zip?run=..", "comparison.csv?plans=a,b", "sweep.csv?sweep=.."):
        assert client.get(f"/download/scenarios/{wrong}").status_code == 404
    moved = client.get("/compare?plans=four-weeks,more-seats")
    assert moved.status_code == 302
    assert moved.headers["Location"] == "/scenarios?tab=compare&plans=four-weeks,more-seats"


def test_a_sweep_is_asked_shown_as_far_as_it_is_and_goes_on(desk: Desk) -> None:
    scenario = scenario_desk(desk).shelf.scenario(COURT)
    swept = [SweptParameter("lines.*.demand.scale", (1.0, 1.5, 2.0), True)]
    question = ask_sweep(COURT, scenario, swept, SweepSettings(date(2026, 9, 21), 1, 1, 4), desk.home)
    with use_language("en"):
        words = show(desk, tab="sweep", sweep=question.name)
        assert "No point is finished yet" in words
        assert "0 of 3 points are simulated" in words
        assert "Go on" in words
        ledger = points_of(desk.home, question)
        for point, asa in zip(sweep_points(swept)[:2], (5.0, 25.0), strict=True):
            ledger.keep(point, pd.DataFrame({"replication": range(4), "asa_s": [asa] * 4, "complies": [1.0] * 4}))
        words = show(desk, tab="sweep", sweep=question.name, kpi="asa_s")
        assert "Mean answer time keeps its limit up to call volume +25 %." in words  # 15 s lies halfway
        assert "2 of 3 points are simulated" in words
        job = submit_sweep(desk, question)
        assert submit_sweep(desk, question) == job
        assert "Sweep of" in show(desk, tab="sweep", sweep=question.name)
    client = make_app(desk).server.test_client()
    answer = client.get(f"/download/scenarios/sweep.csv?sweep={question.name}")
    rows = pd.read_csv(io.StringIO(answer.data.decode("utf-8-sig")))
    assert set(rows["lines.*.demand.scale"]) == {1.0, 1.5}
    parquet = client.get(f"/download/scenarios/sweep.parquet?sweep={question.name}")
    assert len(pd.read_parquet(io.BytesIO(parquet.data))) == len(rows)


def test_a_range_is_read_from_the_controls(desk: Desk) -> None:
    hotline = scenario_desk(desk).shelf.scenario(COURT).hotline
    swept = swept_of(hotline, "lines.*.demand.scale", "change", -20, 40, 4)
    assert swept.values == (0.8, 1.0, 1.2, 1.4)
    assert swept_of(hotline, "seats.opened", "value", 2, 4, 9).values == (2.0, 3.0, 4.0)
    for wrong in (("seats.opened", "value", 2, 99, 3), ("", "value", 1, 2, 3), ("seats.opened", "value", None, 2, 3)):
        with pytest.raises(BadInput):
            swept_of(hotline, *wrong)


def test_who_may_not_derive_sees_no_way_to(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("tree", "derive", "sweep"):
        monkeypatch.setattr(f"dashboard.pages.scenarios.{module}.here", lambda: Person("V", ("viewer",)))
    with use_language("en"):
        assert "Run all" not in show(desk)
        assert "Your role does not derive" in show(desk, tab="derive")
        assert "Run the sweep" not in show(desk, tab="sweep")
