"""``wfm plan`` and ``wfm compare`` as a person types them: what they print, write and refuse."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from wfm.cli import main
from wfm.store import open_store

QUICK = ["--start", "2026-09-14", "--days", "2", "--replications", "3", "--roster-seconds", "10"]


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """The folder of a finished plan, and what ``--json`` printed."""
    folder = tmp_path_factory.mktemp("plans") / "nanxun"
    done = subprocess.run(
        [sys.executable, "-m", "wfm.cli", "plan", "nanxun-12368", "--out", str(folder), "--json", *QUICK],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder, done


def test_json_is_one_document_and_progress_goes_elsewhere(planned):
    folder, done = planned
    summary = json.loads(done.stdout)
    assert summary["hotline"] == "nanxun-12368"
    assert summary["seed"] == 1
    assert set(summary["inputs"]) >= {"hotline", "agents", "leave", "records", "calendar", "standard"}
    assert "Simulation" in done.stderr
    rows = json.loads((folder / "scorecard.json").read_text(encoding="utf-8"))
    assert rows == summary["scorecard"]
    columns = {
        "target",
        "value",
        "low",
        "high",
        "p_met",
        "mc_half_width",
        "limit",
        "clause",
        "source",
        "status",
        "definition",
    }
    assert all(columns <= set(row) for row in rows)


def test_a_missed_target_is_no_error(planned):
    _folder, done = planned
    assert done.returncode == 0


def test_the_files_promised_are_there(planned):
    folder, _done = planned
    names = {p.name for p in folder.iterdir()}
    assert {"forecast.csv", "requirement.csv", "duties.csv", "scorecard.json", "report.html", "plan.json"} <= names
    head = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    assert head["seed"] == 1
    assert head["version"]
    assert head["inputs"]["hotline"]
    assert [p.name for p in folder.parent.iterdir()] == [folder.name]


def test_the_store_remembers_plan_forecast_and_roster(planned):
    folder, _done = planned
    store = open_store()
    kept = [p for p in store.plans("nanxun-12368") if p.folder == str(folder.resolve())]
    assert len(kept) == 1
    assert store.forecasts.records("nanxun-12368")
    assert store.rosters("nanxun-12368")
    assert store.audit()


def test_compare_prints_a_table_or_json(planned, capsys):
    folder, _done = planned
    assert main(["compare", str(folder), str(folder), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["paired"] is True
    assert all(d is None or d["mean"] == 0 for row in document["rows"] for d in row["differences"])
    assert main(["compare", str(folder), str(folder)]) == 0
    assert "Comparison" in capsys.readouterr().out
    assert main(["--lang", "zh", "compare", str(folder), str(folder)]) == 0
    assert "平均应答时限" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["plan", "guizhou-12384", "--out", "x"], ["guizhou-12384", "guizhou-12348"]),
        (["plan", "no/such/folder", "--out", "x"], ["no/such/folder"]),
        (["plan", "nanxun-12368", "--out", "x", "--start", "14.9.2026"], ["--start", "14.9.2026", "2026-09-14"]),
        (["plan", "nanxun-12368", "--out", "x", "--days", "0"], ["--days", "0", "92"]),
        (["plan", "nanxun-12368", "--out", "x", "--days", "many"], ["--days", "many", "whole number"]),
        (["plan", "nanxun-12368", "--out", "x", "--start", "2028-01-03"], ["2028", "State Council"]),
        (["plan", "nanxun-12368"], ["--out", "missing"]),
        (["plan", "nanxun-12368", "--out", "x", "--seed", "-1"], ["--seed", "-1"]),
        (["plan", "nanxun-12368", "--out", "x", "--roster-seconds", "nan"], ["--roster-seconds"]),
        (["compare", "nowhere", "nowhere"], ["nowhere", "no plan"]),
        (["nonsense"], ["nonsense", "plan"]),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(arguments, words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.strip().splitlines()) == 1
    assert "Traceback" not in printed.err
    for word in words:
        assert word in printed.err
    assert list(tmp_path.iterdir()) == []


def test_a_broken_hotline_names_line_and_column(tmp_path, capsys):
    source = Path(__file__).parents[2] / "scenarios" / "library" / "nanxun-12368"
    text = (source / "hotline.yaml").read_text(encoding="utf-8")
    start = text.index("talk_s:")
    line = text.count("\n", 0, start) + 1
    broken = text[:start] + "talk_s: -180 #" + text[start + len("talk_s:") :]
    (tmp_path / "hotline.yaml").write_text(broken, encoding="utf-8")
    assert main(["plan", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    message = capsys.readouterr().err
    assert f"hotline.yaml:{line}:" in message
    assert "-180" in message
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_ctrl_c_leaves_nothing_half_written(tmp_path):
    arguments = ["plan", "nanxun-12368", "--start", "2026-09-14", "--days", "28", "--out", str(tmp_path / "n")]
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "wfm.cli", *arguments],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "WFM_HOME": str(tmp_path / "home"), "WFM_LANG": "en"},
    )
    for line in process.stderr:
        if line.startswith("Shifts"):  # the roster and the simulation are still to come
            process.send_signal(signal.SIGINT)
            break
    _out, rest = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in rest
    assert "Traceback" not in rest
    assert [p.name for p in tmp_path.iterdir()] == ["home"]
    again = open_store(f"sqlite:///{tmp_path / 'home' / 'wfm.sqlite'}")
    assert again.plans() == []
