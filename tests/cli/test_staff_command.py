"""``wfm staff`` as a person and as a program meet it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scenarios import staff_by_simulation
from scenarios.scenario import load_scenario
from simulation.fewest_seats import Effort
from wfm.cli import app
from wfm.hotline import library_names, targets_of
from wfm.staffing import sized_targets

MONDAY = ["--start", "2026-09-14"]


@pytest.fixture(autouse=True)
def _only_this_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(app, "COMMANDS", ("staff",))
    monkeypatch.setenv("WFM_LANG", "en")
    monkeypatch.setenv("WFM_HOME", str(tmp_path / "home"))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = app.run(["staff", *arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


@pytest.mark.parametrize("name", library_names())
def test_both_levels_of_every_hotline(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """§54"""
    code, out, _ = run(capsys, name, *MONDAY, "--days", "3", "--json")
    assert code == 0
    found = json.loads(out)
    strict, loose = found["levels"]["interval"], found["levels"]["day"]
    assert 0 < loose["seat_hours"] <= strict["seat_hours"]
    assert loose["short_seat_hours"] == 0
    # What the day level promises: the standard's own measures hold, as expected values.
    hotline = load_scenario(name).hotline
    for target, _goal in sized_targets(hotline, targets_of(hotline)):
        for level in (strict, loose):
            assert target.met(level["values"][target.id]), (target.id, level["values"])
    requirement = pd.DataFrame(found["requirement"])
    hours = (requirement["seats"] * requirement["interval_s"]).sum() / 3600
    assert hours == pytest.approx(strict["seat_hours"])
    by_day = pd.DataFrame(found["by_day"])
    assert by_day["date"].tolist() == ["2026-09-14", "2026-09-15", "2026-09-16"]
    for level in ("interval", "day"):
        assert by_day[f"{level}_seat_hours"].sum() == pytest.approx(found["levels"][level]["seat_hours"])
    # Seats by what decides them are all seats.
    assert sum(found["decides"].values()) == pytest.approx(strict["seat_hours"])
    together = pd.DataFrame(found["lines_together"]).set_index("arrangement")["seat_h"]
    assert together["pooled"] <= together["present"] <= together["separate"] + 1e-9
    # The first requirement of the skill groups is the arrangement "shared", but for its one seat an open queue.
    groups = pd.DataFrame(found["skill_groups"])
    assert groups["seat_h"].sum() <= together["shared"] + 1e-9
    silent = {kind.id for kind in hotline.staff_kinds if not kind.answers_calls}
    assert groups["people"].sum() == sum(a.staff_kind not in silent for a in load_scenario(name).agents)
    # Training finds its hours, or says how many it does not.
    training = found["training"]
    laid = sum(training["people"]) * hotline.interval_min / 60
    assert laid + training["unplaced_h"] == pytest.approx(training["regular_h"], abs=1e-6)
    for kind in found["back_office"]["classes"]:
        assert kind["agents_h_per_day"] + kind["office_h_per_day"] == pytest.approx(kind["hours_per_day"], rel=1e-6)
        assert kind["on_time_share"] >= kind["target_share"]


def test_a_confidence_costs_hours_and_states_every_day(capsys: pytest.CaptureFixture[str]) -> None:
    sure: dict[str, dict] = {}
    for confidence in ("0.6", "0.95"):
        code, out, _ = run(
            capsys, "nanxun-12368", *MONDAY, "--days", "1", "--level", "day", "--confidence", confidence, "--json"
        )
        assert code == 0
        sure[confidence] = json.loads(out)["by_day"][0]
    for confidence, day in sure.items():
        assert day["reached"]
        assert abs(day["probability"] - float(confidence)) < 0.2 or day["probability"] > float(confidence)
        assert 0 < day["half_width"] < 0.1
    assert sure["0.95"]["chosen_seat_hours"] >= sure["0.6"]["chosen_seat_hours"]
    assert sure["0.95"]["probability"] >= sure["0.6"]["probability"]


def test_the_seats_are_written_whole(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "seats.csv"
    code, out, _ = run(capsys, "nanxun-12368", *MONDAY, "--days", "2", "--out", str(file))
    assert code == 0
    assert "What strictness costs" in out
    assert "Day by day" in out
    table = pd.read_csv(file, encoding="utf-8-sig")
    assert len(table) == 2 * 48 * len(load_scenario("nanxun-12368").hotline.groups)
    assert pd.to_datetime(table["interval"]).dt.tz is not None
    assert [p.name for p in tmp_path.iterdir() if p.name != "home"] == ["seats.csv"]


def test_more_places_wanted_than_opened_are_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    what_if = tmp_path / "crowded.yaml"
    what_if.write_text("extends: nanxun-12368\nset:\n  lines.*.demand.scale: 8\n  seats.opened: 3\n", encoding="utf-8")
    code, out, _ = run(capsys, str(what_if), *MONDAY, "--days", "1", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["levels"]["interval"]["short_seat_hours"] > 0
    assert found["levels"]["day"]["short_seat_hours"] > 0
    told = [note["en"] for note in found["notes"]]
    assert any("the 3 seats opened cannot keep it" in note and "limit 15" in note for note in told)
    seats = pd.DataFrame(found["requirement"]).groupby("interval")["seats"].sum()
    assert seats.max() == 3


def test_the_same_inputs_give_the_same_output(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("nanxun-12368", *MONDAY, "--days", "1", "--confidence", "0.8", "--json")
    assert run(capsys, *arguments)[1] == run(capsys, *arguments)[1]


@pytest.mark.parametrize("clock", ["plain", "backlog", "offered-load"])
def test_every_clock_gives_seats(capsys: pytest.CaptureFixture[str], clock: str) -> None:
    code, out, _ = run(capsys, "nanxun-12368", *MONDAY, "--days", "1", "--clock", clock, "--json")
    assert code == 0
    requirement = pd.DataFrame(json.loads(out)["requirement"])
    opened = requirement["lines"] != ""
    assert (requirement.loc[opened, "seats"] >= 1).all()
    assert np.isfinite(requirement.loc[opened & (requirement["arrivals"] > 0), "asa_s"].astype(float)).all()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--level", "week"],
        ["--clock", "sun"],
        ["--clock", "backlog", "--level", "day"],
        ["--clock", "plain", "--confidence", "0.9"],
        ["--confidence", "0.2"],
        ["--confidence", "1"],
        ["--confidence", "nan"],
        ["--days", "0"],
        ["--days", "1000"],
        ["--seed", "-1"],
        ["--by", "hand"],
        ["--each-line"],
        ["--absence"],
        ["--by", "simulation", "--confidence", "0.9"],
        ["--by", "simulation", "--clock", "plain"],
        ["--start", "14.9.2026"],
        ["--out", "nowhere/seats.csv"],
        ["--out", "seats.txt"],
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_bad_choices_get_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str], language: str
) -> None:
    monkeypatch.setenv("WFM_LANG", language)
    start = [] if "--start" in arguments else MONDAY
    code, out, err = run(capsys, "nanxun-12368", *start, *arguments)
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1
    assert "Traceback" not in err
    assert err.isascii() == (language == "en")


def test_the_tables_speak_chinese(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WFM_LANG", "zh")
    _, out, _ = run(capsys, "nanxun-12368", *MONDAY, "--days", "1")
    assert "从严口径的代价" in out
    assert "后台工作" in out
    assert "席位由何决定" in out


@pytest.fixture
def _little_effort(monkeypatch: pytest.MonkeyPatch) -> None:
    effort = Effort(small=6, large=20, check=40, checks=1, bound_rounds=1)
    monkeypatch.setattr(staff_by_simulation, "EXPECTED_DAY", effort)
    monkeypatch.setattr(staff_by_simulation, "PROBABLE_DAY", replace(effort, large=40))


@pytest.mark.usefixtures("_little_effort")
@pytest.mark.parametrize("more", [[], ["--confidence", "0.6"], ["--each-line", "--absence"]])
def test_seats_by_simulation_stand_beside_the_formulas(capsys: pytest.CaptureFixture[str], more: list[str]) -> None:
    arguments = ["nanxun-12368", *MONDAY, "--days", "1", "--by", "simulation", "--level", "day", *more, "--json"]
    code, out, _ = run(capsys, *arguments)
    assert code == 0
    found = json.loads(out)
    searched = found["simulation"]
    requirement = pd.DataFrame(found["requirement"])
    assert (requirement["seats"] * requirement["interval_s"]).sum() / 3600 == pytest.approx(searched["hours"])
    assert searched["bound_hours"] <= searched["hours"] + 1e-9
    assert searched["saved_hours"] == pytest.approx(searched["mended_hours"] - searched["hours"])
    assert 0 <= searched["gap"] < 1
    assert searched["by_day"][0]["date"] == "2026-09-14"
    assert {m["line"] for m in searched["measures"]} == ({"litigation"} if "--each-line" in more else {""})
    assert searched["probability"] == (0.6 if "--confidence" in more else None)
    if "--confidence" in more:
        assert searched["by_day"][0]["probability"] >= 0.6 or not searched["held"]
    assert found["by_day"][0]["simulated_hours"] == pytest.approx(searched["hours"])


@pytest.mark.usefixtures("_little_effort")
@pytest.mark.parametrize(("language", "words"), [("en", "What the search saved"), ("zh", "寻优节省了多少")])
def test_the_search_is_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    monkeypatch.setenv("WFM_LANG", language)
    code, out, _ = run(capsys, "nanxun-12368", *MONDAY, "--days", "1", "--by", "simulation", "--level", "interval")
    assert code == 0
    assert words in out
