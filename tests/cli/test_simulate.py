"""``wfm simulate`` as a person and as a program meet it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scenarios.scenario import load_scenario
from wfm.cli import app
from wfm.tables import SIMULATED_OUTCOMES, WRITTEN_CALLS, check_table

LIBRARY = Path(__file__).parents[2] / "scenarios" / "library"
DAY = ["--start", "2026-09-14", "--days", "1"]
HERE = ["--executor", "in-process"]
SIMPY = [*HERE, "--engine", "simpy"]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(app, "COMMANDS", ("simulate", "plan"))
    monkeypatch.setenv("WFM_LANG", "en")
    monkeypatch.setenv("WFM_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def ran(*arguments: str) -> tuple[int, str, str]:
        code = app.run(["simulate", *arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return ran


def test_every_call_is_written_and_the_figures_are_those_of_the_calls(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "calls.parquet"
    code, out, err = run("nanxun-12368", *DAY, *SIMPY, "--replications", "6", "--calls-out", str(file), "--json")
    assert code == 0
    assert "Simulation" in err
    found = json.loads(out)
    calls = pd.read_parquet(file)
    assert list(calls.columns) == WRITTEN_CALLS.column_names
    assert len(check_table(WRITTEN_CALLS, calls)) == len(calls) == found["calls"] == found["calls_out"]["rows"]
    assert calls["replication"].unique().tolist() == list(range(6))
    assert not calls.duplicated(["replication", "call", "attempt"]).any()
    answered = calls["outcome_name"] == "answered"
    assert (calls["agent"] >= 0).tolist() == answered.tolist()
    assert calls["answered_s"].notna().tolist() == answered.tolist()
    assert calls.loc[answered, "group_name"].unique().tolist() == ["court"]
    assert calls.loc[~answered, ["group_name", "agent_name"]].isna().all(axis=None)
    assert calls["line_name"].unique().tolist() == ["litigation"]
    assert calls["outcome_name"].tolist() == [SIMULATED_OUTCOMES[k] for k in calls["outcome"]]
    # The KPI by hand: each replication's mean answer time, their mean, and its Student interval.
    wait = (calls["answered_s"] - calls["queued_s"]).where(answered)
    means = wait.groupby(calls["replication"]).mean().to_numpy()
    half = 2.5705818 * means.std(ddof=1) / np.sqrt(6)  # t with 5 degrees of freedom
    assert found["kpi"]["mean"] == pytest.approx(means.mean())
    assert found["kpi"]["half_width"] == pytest.approx(half, rel=1e-6)
    row = next(r for r in found["scorecard"] if r["target"] == "mean-answer-time")
    assert row["value"] == pytest.approx(means.mean())
    assert found["replications"] == 6
    assert found["engine"] == "simpy"
    assert found["seed"] == 1
    assert set(found["inputs"]) >= {"hotline", "agents", "records", "standard"}


def test_a_rerun_reads_what_is_finished_and_says_so(run: Run) -> None:
    arguments = ["nanxun-12368", *DAY, *HERE, "--replications", "4"]
    first = json.loads(run(*arguments, "--json")[1])
    again = json.loads(run(*arguments, "--json")[1])
    assert (first["resumed"], again["resumed"]) == (0, 4)
    assert again["scorecard"] == first["scorecard"]
    code, out, _ = run(*arguments)
    assert code == 0
    assert "all read from an earlier run" in out


def test_processes_give_what_one_process_gives(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    arguments = ["nanxun-12368", *DAY, "--replications", "10", "--engine", "simpy", "--json"]
    found = []
    for name in ("in-process", "processes"):
        monkeypatch.setenv("WFM_HOME", str(tmp_path / name))
        code, out, _ = run(*arguments, "--executor", name, "--workers", "2")
        assert code == 0
        found.append(json.loads(out))
    assert found[0]["scorecard"] == found[1]["scorecard"]
    assert found[0]["kpi"] == found[1]["kpi"]
    assert found[1]["resumed"] == 0


def test_replications_until_the_kpi_is_precise(run: Run) -> None:
    code, out, _ = run("nanxun-12368", *DAY, *HERE, "--precision", "0.6s", "--kpi", "asa_s", "--json")
    assert code == 0
    found = json.loads(out)["kpi"]
    assert found["reached"] is True
    assert 0 < found["half_width"] <= 0.6
    code, out, _ = run(
        "nanxun-12368", *DAY, *HERE, "--precision", "2%", "--kpi", "connection_rate_daily_mean", "--seed", "2"
    )
    assert code == 0
    assert "Total connection rate" in out
    assert "± " in out
    assert "a second; engine: compiled" in out


def test_a_what_if_of_more_calls_meets_a_plan(run: Run, plan: Path) -> None:
    """The plan's roster gives what the plan says; under another scenario it is said that something differs."""
    planned = json.loads((plan / "scorecard.json").read_text(encoding="utf-8"))
    code, out, _ = run("nanxun-12368", "--plan", str(plan), *HERE, "--json")
    assert code == 0
    found = json.loads(out)
    assert found["replications"] == 4
    assert found["first"] == "2026-09-14"
    assert found["days"] == 2
    values = {row["target"]: row["value"] for row in found["scorecard"]}
    assert values == pytest.approx({row["target"]: row["value"] for row in planned}, nan_ok=True)
    assert not [note for note in found["notes"] if "Not as when the plan" in note["en"]]
    Path("more.yaml").write_text("extends: nanxun-12368\nset: {lines.*.demand.scale: 2}\n", encoding="utf-8")
    code, out, _ = run("more.yaml", "--plan", str(plan), *HERE)
    assert code == 0
    assert "Not as when the plan was made: hotline." in out


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan of two days; its records come from the same demand as those of every test."""
    folder = tmp_path_factory.mktemp("plan") / "nanxun"
    arguments = ["plan", "nanxun-12368", "--out", str(folder), "--start", "2026-09-14", "--days", "2"]
    arguments += ["--replications", "4", "--roster-seconds", "3"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WFM_HOME", str(folder.parent / "home"))
        assert app.run(arguments) == 0
    return folder


def _hotline(tmp_path: Path, found: str, instead: str) -> str:
    folder = tmp_path / "changed"
    shutil.copytree(LIBRARY / "nanxun-12368", folder)
    path = folder / "hotline.yaml"
    text = path.read_text(encoding="utf-8")
    assert found in text
    path.write_text(text.replace(found, instead, 1), encoding="utf-8")
    return str(folder)


def _refused(run: Run, arguments: list[str], words: list[str]) -> None:
    code, out, err = run(*arguments)
    assert code == 2, err
    assert out == ""
    assert "Traceback" not in err
    last = err.strip().splitlines()[-1]
    assert last.startswith("error: ")
    assert err.count("error: ") == 1
    for word in words:
        assert word in last, last


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--replications", "0"], ["--replications", "0", "1 to"]),
        (["--replications", "-3"], ["--replications", "-3"]),
        (["--replications", "2.5"], ["--replications", "2.5", "whole number"]),
        (["--replications", "9", "--precision", "1%"], ["--precision", "--replications"]),
        (["--precision", "soon"], ["--precision", "'soon'", "1%", "0.5s"]),
        (["--precision", "0%"], ["--precision", "'0%'"]),
        (["--precision", "nan"], ["--precision", "'nan'"]),
        (["--precision", "-0.5s"], ["--precision", "'-0.5s'"]),
        (["--precision", "100%"], ["--precision", "'100%'"]),
        (["--precision", "0.5s", "--kpi", "abandon_share"], ["--precision", "abandon_share", "not in seconds"]),
        (["--kpi", "speed"], ["--kpi", "'speed'", "asa_s"]),
        (["--engine", "simula"], ["--engine", "'simula'", "compiled", "simpy"]),
        (["--executor", "cloud"], ["executor", "'cloud'", "in-process", "processes", "dask"]),
        (["--executor", "dask"], ["executor dask", "scheduler"]),
        (["--executor", "dask", "--scheduler", "tcp://127.0.0.1:9"], ["executor dask", "tcp://127.0.0.1:9"]),
        (["--scheduler", "tcp://127.0.0.1:8786"], ["--scheduler", "--executor dask"]),
        (["--workers", "0"], ["workers", "0"]),
        (["--seed", "-1"], ["--seed", "-1"]),
        (["--days", "0"], ["--days", "0", "92"]),
        (["--start", "14.9.2026"], ["--start", "14.9.2026"]),
        (["--calls-out", "calls.csv"], ["calls.csv", ".parquet"]),
        (["--calls-out", "nowhere/calls.parquet"], ["nowhere", "no folder"]),
        (["--plan", "nowhere"], ["nowhere", "no plan"]),
    ],
)
def test_a_wrong_option_is_refused_in_one_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, options: list[str], words: list[str]
) -> None:
    monkeypatch.setattr("wfm.execution.REACHED_WITHIN_S", 1)
    period = [] if {"--days", "--start"} & set(options) else DAY
    _refused(run, ["nanxun-12368", *period, *options], words)
    assert [p.name for p in tmp_path.iterdir() if p.name != "home"] == []


@pytest.mark.parametrize(
    ("found", "instead", "words"),
    [
        ("talk_s: 170", "talk_s: -170", ["talk_s: should be greater than 0 (found -170)"]),
        ("talk_s: 170", "talk_s: .nan", ["talk_s: should be a finite number (found nan)"]),
        ("menu_s: 18", "menu_s: -1", ["ivr.menu_s: should be at least 0 (found -1)"]),
        ("self_service_share: 0.35", "self_service_share: 1.2", ["ivr.self_service_share: should be at most 1 (found 1.2)"]),
        ("self_service_share: 0.35", "self_service_share: 0.99", ["self_service_share and hang_up_share together must not exceed 1"]),
    ],
)  # fmt: skip
def test_a_wrong_hotline_is_refused_with_its_place(
    run: Run, tmp_path: Path, found: str, instead: str, words: list[str]
) -> None:
    _refused(run, [_hotline(tmp_path, found, instead), *DAY], ["hotline.yaml:", *words])


def test_a_line_that_no_agent_can_serve_is_refused(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(LIBRARY / "guiyang-12345", folder)
    agents = pd.read_csv(folder / "agents.csv", dtype=str, keep_default_na=False)
    agents["lines"] = "public"
    agents.to_csv(folder / "agents.csv", index=False)
    _refused(run, [str(folder), *DAY], ["nobody can answer line enterprise"])


def test_a_roster_of_nobody_or_without_a_group_is_refused(run: Run, plan: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(plan, copy)
    duties = (copy / "duties.csv").read_text(encoding="utf-8-sig").splitlines()
    (copy / "duties.csv").write_text(duties[0] + "\n", encoding="utf-8")
    _refused(run, ["nanxun-12368", "--plan", str(copy), *HERE], ["no A duty", "nobody would answer"])
    (copy / "duties.csv").write_text("\n".join([duties[0], *(d.replace(",court,", ",park,") for d in duties[1:])]))
    _refused(run, ["nanxun-12368", "--plan", str(copy), *HERE], ["unknown group 'park'", "court"])


def test_a_plan_of_another_hotline_or_another_period_is_refused(run: Run, plan: Path) -> None:
    _refused(run, ["guizhou-12348", "--plan", str(plan)], ["--plan", "nanxun-12368", "guizhou-12348"])
    _refused(run, ["nanxun-12368", "--plan", str(plan), "--days", "3"], ["--days", "own period"])
    _refused(run, ["nanxun-12368", "--plan", str(plan), "--start", "2026-09-21"], ["--start", "own period"])


def test_it_speaks_chinese(run: Run) -> None:
    code, out, _ = run("nanxun-12368", *DAY, *HERE, "--replications", "3", "--lang", "zh")
    assert code == 0
    assert load_scenario("nanxun-12368").hotline.name.zh in out
    assert "达标记分卡" in out or "记分卡" in out
    assert "3 次重复" in out


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_ctrl_c_while_calls_are_written_leaves_nothing(tmp_path: Path) -> None:
    arguments = ["simulate", "nanxun-12368", *DAY, *HERE, "--replications", "600"]
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "wfm.cli", *arguments, "--calls-out", str(tmp_path / "calls.parquet")],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "WFM_HOME": str(tmp_path / "home"), "WFM_LANG": "en"},
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("Simulation"):  # the calls are being written
            process.send_signal(signal.SIGINT)
            break
    out, rest = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert "interrupted" in rest
    assert "Traceback" not in rest
    assert [p.name for p in tmp_path.iterdir()] == ["home"]
