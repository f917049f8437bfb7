"""``wfm review`` as a person types it: what it prints, what it refuses."""

import json
import re
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from scenarios.keep_plan import keep_plan
from scenarios.plan import Plan, RosterSummary
from scenarios.plan_folder import write_plan
from scenarios.preparation import prepare
from scenarios.scenario import load_scenario
from scenarios.simulated_day import presence_duties
from scenarios.simulated_records import calls_as_recorded
from simulation import centre_of, play
from wfm.cli import main
from wfm.records import RecordStore
from wfm.staffing import compute_requirement, compute_workload
from wfm.store import open_store

pytestmark = pytest.mark.usefixtures("home")
FIRST = "2026-09-15"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two days planned on two seats and played with twice the calls; a folder, and the home where both lie."""
    home = tmp_path_factory.mktemp("home")
    prepared = prepare(load_scenario("nanxun-12368"), date(2026, 9, 15), 2, seed=1, paths=4, home=home)
    hotline, grid = prepared.hotline, prepared.grid
    summary = prepared.forecast.summary()
    workload = compute_workload(hotline, summary, grid, prepared.calendar)
    requirement = compute_requirement(hotline, workload, prepared.targets)
    seats = np.where(prepared.open_mask, 2.0, 0.0)[None]
    duties = presence_duties(seats, [g.id for g in hotline.groups], grid)
    cover = requirement[["group", "interval"]].assign(rostered_a=2.0, rostered_b=0.0)
    days = pd.DataFrame({"date": pd.to_datetime(prepared.grid.day_list)})
    plan = Plan(
        hotline=hotline, first=prepared.grid.first, days=2, seed=1, version="x", inputs={}, history="synthetic",
        history_days=84, forecast_model="m", replications=2, reproducible=True, level="interval", confidence=None,
        forecast=summary, requirement=requirement, cover=cover, duties=duties, daily=days, replication_kpis=pd.DataFrame({"replication": [0, 1]}),
        compliance=days, scorecard=(), findings=(), day_kinds={},
        roster=RosterSummary("optimal", True, 0.0, 0.0, 0, 0, 0, 0, 0.0),
    )  # fmt: skip
    calls = np.random.default_rng(3).poisson(2.0 * prepared.forecast.mean)[None]
    centre = centre_of(hotline, grid, prepared.open_mask, calls, None, duties)
    records = calls_as_recorded(play(centre, 1, 0), centre, grid)
    RecordStore(home, hotline.id).add(records, "played", "recorded", time_zone=hotline.time_zone)
    folder = tmp_path_factory.mktemp("plans") / "court"
    write_plan(plan, folder, lambda _plan: b"")
    return home, folder, plan


@pytest.fixture
def home(made, monkeypatch):
    monkeypatch.setenv("WFM_HOME", str(made[0]))
    return made[0]


def test_a_missed_day_is_told_in_sentences_with_their_numbers(made, capsys):
    assert (
        main(["review", "nanxun-12368", "--from", FIRST, "--plan", str(made[1]), "--by", "formula", "--all-days"]) == 0
    )
    shown = " ".join(capsys.readouterr().out.split())
    assert re.search(r"Tuesday 15 September answered after [\d.]+ s on average where [\d.]+ s was planned", shown)
    assert re.search(r"\d+ % more calls than forecast \(\d+ for \d+\) added [\d.]+ s \(± [\d.]+\)\.", shown)
    assert "who was there is not recorded, so absence and lateness stand here" in shown
    assert "Forecast against what came" in shown


def test_json_holds_the_split_and_sums_to_the_gap(made, capsys):
    words = ["review", "nanxun-12368", "--from", FIRST, "--to", "2026-09-16", "--plan", str(made[1]), "--json"]
    assert main([*words, "--all-days", "--replications", "20"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["by"], found["replications"]) == ("simulation", 20)
    assert [d["day"] for d in found["days"]] == ["2026-09-15", "2026-09-16"]
    for day in found["days"]:
        assert day["not_recorded"][0] == "seats"
        assert day["facts"]["volume"]["actual"] > 1.5 * day["facts"]["volume"]["planned"]
        for row in day["targets"]:
            total = sum(c["value"] for c in row["causes"]) + row["luck"]
            assert total == pytest.approx(row["observed"] - row["planned"], abs=1e-9)
            assert "seats" not in {c["factor"] for c in row["causes"]}
            assert row["usual_low"] <= row["explained"] <= row["usual_high"]
    assert found["forecast"]["bias"] < -0.3
    assert found["forecast"]["coverage"][0]["band"] == 0.8


def test_the_store_is_asked_where_no_folder_is_named(made, capsys):
    assert main(["review", "nanxun-12368", "--from", FIRST]) == 2
    assert "no plan holds a recorded day from 2026-09-15 to 2026-09-15" in capsys.readouterr().err
    keep_plan(open_store(), made[2], made[1])
    assert (
        main(
            ["review", "nanxun-12368", "--from", "2026-09-16", "--to", "2026-09-17", "--by", "formula", "--lang", "zh"]
        )
        == 0
    )
    shown = capsys.readouterr().out
    assert "没有通话记录的日子：2026-09-17" in shown
    assert "前一天晚上" in shown


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--from", "15.9."], "--from: found '15.9.', allowed is a date such as 2026-09-14"),
        (["--from", FIRST, "--to", "2026-09-01"], "--from, --to: found -13 days, allowed are 1 to 84"),
        (["--from", FIRST, "--by", "guess"], "--by: found 'guess', allowed are simulation, formula"),
        (["--from", "2026-03-02"], "no call records from 2026-03-02 to 2026-03-02; import them with wfm import"),
        (["--from", FIRST, "--replications", "3"], "--replications: found 3, allowed are 20 to 10000"),
        (["--from", FIRST, "--plan", "nowhere"], "nowhere holds no plan"),
    ],
)
def test_what_cannot_be_reviewed_is_one_sentence(words, sentence, capsys):
    assert main(["review", "nanxun-12368", *words]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1 or "error:" in error.splitlines()[-1]


def test_days_beyond_the_plan_are_named(made, capsys):
    home = made[0]
    store = RecordStore(home, "nanxun-12368")
    calls = store.calls(made[2].first, made[2].first)
    later = calls.assign(call="later-" + calls["call"].astype(str))
    for name in ("arrived_at", "queued_at", "answered_at", "ended_at", "called_back_at"):
        later[name] = later[name] + timedelta(days=30)
    store.add(later, "later", "recorded", time_zone="Asia/Shanghai")
    words = [
        "review",
        "nanxun-12368",
        "--from",
        "2026-09-16",
        "--to",
        "2026-10-15",
        "--plan",
        str(made[1]),
        "--by",
        "formula",
    ]
    assert main(words) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "No plan holds: 2026-10-15." in shown
    assert "No call records on: 2026-09-17–2026-10-14." in shown
