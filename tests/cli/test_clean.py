"""``wfm clean``: proposals, accepting, undoing and adding, in words and as JSON."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from wfm.cli import main
from wfm.home import home_folder
from wfm.hotline import find_hotline, grid_of, load_hotline
from wfm.records import RecordStore
from wfm.records.cleaning import MarkHistory, observed_mask, special_days
from wfm.tables import CALLS, check_table

HOTLINE = "nanxun-12368"
FIRST = date(2026, 3, 2)


@pytest.fixture(scope="module")
def calls() -> pd.DataFrame:
    """Six weeks of calls, ten to five, one day of them missing."""
    rng = np.random.default_rng(1)
    line = load_hotline(find_hotline(HOTLINE)).line_ids[0]
    days = [n for n in range(42) if n != 23]
    counts = rng.poisson(120, len(days))
    day = np.repeat(days, counts)
    arrived = pd.Timestamp(FIRST, tz="Asia/Shanghai") + pd.to_timedelta(
        day * 86_400 + 36_000 + rng.integers(0, 7 * 3600, len(day)), unit="s"
    )
    frame = pd.DataFrame(
        {"call": [f"c{n}" for n in range(len(day))], "line": line, "arrived_at": arrived, "outcome": "closed"}
    )
    return check_table(CALLS, frame)


@pytest.fixture
def clean(calls: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Runs the command on a data folder of its own; returns its exit code and what it printed."""
    monkeypatch.setenv("WFM_HOME", str(tmp_path))
    monkeypatch.setattr("getpass.getuser", lambda: "li")
    RecordStore(tmp_path, HOTLINE).add(calls, "b", "recorded", time_zone="Asia/Shanghai")

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["clean", HOTLINE, *arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def marks_of(run, *arguments: str) -> list[dict]:
    code, out, _ = run(*arguments, "--json")
    assert code == 0
    return json.loads(out)["marks"]


def test_a_missing_day_is_proposed_accepted_and_undone(clean) -> None:
    (gap,) = marks_of(clean)
    assert (gap["kind"], gap["status"], gap["line"], gap["by"]) == ("gap", "proposed", None, "li")
    assert (gap["start"], gap["end"]) == ("2026-03-25T00:00:00+08:00", "2026-03-26T00:00:00+08:00")
    assert gap["found"] == 0
    assert 110 < gap["usual"] < 130
    assert gap["reason"]["en"].startswith("no call all day, where 1")
    assert "全天没有来电" in gap["reason"]["zh"]
    assert [m["status"] for m in marks_of(clean, "--accept", "all")] == ["accepted"]
    hotline = load_hotline(find_hotline(HOTLINE))
    grid = grid_of(hotline, FIRST, 42)
    history = MarkHistory(home_folder(), HOTLINE)
    seen = observed_mask(history.marks(), grid, hotline.line_ids)
    assert sorted(set(np.asarray(grid.dates)[~seen[0]].tolist())) == [date(2026, 3, 25)]
    assert [m["status"] for m in marks_of(clean, "--undo", gap["id"])] == ["undone"]
    assert observed_mask(history.marks(), grid, hotline.line_ids).all()
    assert [m["status"] for m in marks_of(clean)] == ["undone"]
    assert [m["status"] for m in marks_of(clean, "--accept", gap["id"])] == ["accepted"]
    assert len(RecordStore(home_folder(), HOTLINE).calls(FIRST, date(2026, 4, 12))) > 4000


def test_the_same_in_words(clean) -> None:
    code, out, _ = clean()
    assert code == 0
    for words in ("2026-03-25", "gap", "proposed", "no call all day", "1 proposed: --accept MARK"):
        assert words in out
    code, out, _ = clean("--lang", "zh", "--accept", "all")
    for words in ("缺口", "已采纳", "全天没有来电"):
        assert words in out
    code, out, _ = clean("--from", "2026-03-02", "--to", "2026-03-10", "--lang", "en")
    assert "Nothing is out of the ordinary." in out


def test_a_gap_that_is_filled_in_later_is_told(clean, calls: pd.DataFrame) -> None:
    marks_of(clean, "--accept", "all")
    missing = calls[calls["arrived_at"].dt.date == date(2026, 3, 24)]
    later = missing.assign(call=missing["call"] + "-later", arrived_at=missing["arrived_at"] + pd.Timedelta(days=1))
    RecordStore(home_folder(), HOTLINE).add(check_table(CALLS, later), "b2", "recorded", time_zone="Asia/Shanghai")
    _, out, _ = clean()
    assert "accepted" in out
    assert "is not found any more: --undo" in out


def test_people_add_days_and_ranges(clean) -> None:
    (added,) = (
        m for m in marks_of(clean, "--add", "2026-03-10..2026-03-11", "--reason", "flood") if m["kind"] != "gap"
    )
    assert (added["kind"], added["status"], added["end"]) == ("special_day", "accepted", "2026-03-12T00:00:00+08:00")
    history = MarkHistory(home_folder(), HOTLINE)
    assert special_days(history.marks(), "Asia/Shanghai") == {date(2026, 3, 10): "flood", date(2026, 3, 11): "flood"}
    line = load_hotline(find_hotline(HOTLINE)).line_ids[0]
    asked = (
        "--add",
        "2026-03-12T10:00..2026-03-12T11:30",
        "--reason",
        "exchange down",
        "--kind",
        "outage",
        "--line",
        line,
    )
    (outage,) = (m for m in marks_of(clean, *asked) if m["kind"] == "outage")
    assert (outage["line"], outage["start"], outage["end"]) == (
        line,
        "2026-03-12T10:00:00+08:00",
        "2026-03-12T11:30:00+08:00",
    )
    assert [e.event for e in history.events()].count("accepted") == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--add", "2026-03-10"), "--add and --reason go together"),
        (("--reason", "flood"), "--add and --reason go together"),
        (("--add", "2026-03-11..2026-03-10", "--reason", "x"), "2026-03-11..2026-03-10"),
        (("--add", "yesterday", "--reason", "x"), "--add: found 'yesterday'"),
        (("--add", "2026-03-11", "--reason", "x", "--kind", "odd"), "--kind: found 'odd', allowed are gap"),
        (("--add", "2026-03-11", "--reason", "x", "--line", "odd"), "--line: found 'odd'"),
        (("--accept", "nonsense"), "found mark nonsense"),
        (("--undo", "nonsense"), "found mark nonsense"),
        (("--from", "tomorrow"), "--from: found 'tomorrow'"),
        (("--from", "2026-03-11", "--to", "2026-03-10"), "--to: found 2026-03-10, allowed are days from 2026-03-11"),
    ],
)
def test_bad_input_is_one_sentence_and_keeps_nothing(clean, arguments: tuple[str, ...], words: str) -> None:
    code, _, err = clean(*arguments)
    assert code == 2
    assert words in err.splitlines()[-1]
    assert not [m for m in MarkHistory(home_folder(), HOTLINE).marks() if m.status != "proposed"]


def test_without_records_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setenv("WFM_HOME", str(tmp_path))
    assert main(["clean", HOTLINE]) == 2
    assert "there are no call records of nanxun-12368" in capsys.readouterr().err
