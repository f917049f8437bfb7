"""``wfm intraday`` as a person types it: what it prints in either language, its JSON, and what it refuses."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from scenarios.intraday import Intraday
from scenarios.intraday_kpi import DayKpi
from scenarios.intraday_moves import Move
from scenarios.scenario import load_scenario
from wfm.calendar import TimeGrid
from wfm.cli import app
from wfm.forecast import Forecast
from wfm.i18n import Text

NOW = datetime(2026, 9, 14, 10, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def _only_this_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(app, "COMMANDS", ("intraday", "plan"))
    monkeypatch.setenv("WFM_HOME", str(tmp_path))
    monkeypatch.delenv("WFM_DATABASE_URL", raising=False)
    monkeypatch.setenv("WFM_LANG", "en")


def looked(
    _scenario: object, _asked: str, now: datetime, _home: Path, *, roster: str, seed: int, watch: object
) -> Intraday:
    """A morning made up: two hours with three agents too few, one move, a gap."""
    hotline = load_scenario("nanxun-12368").hotline
    grid = TimeGrid(date(2026, 9, 14), 1, 30, "Asia/Shanghai")
    starts = grid.starts
    totals = {
        "so_far": 40.0,
        "expected_so_far": 36.0,
        "rest": 61.5,
        "p025": 44.0,
        "p10": 50.0,
        "p50": 61.0,
        "p90": 73.0,
    }
    rows = [{"line": line, **totals, "p975": 80.0, "day": 101.5} for line in ("litigation", "")]
    heads = np.where((np.asarray(grid.minutes) >= 840) & (np.asarray(grid.minutes) < 960), 5.0, 2.0)
    target = Text("Mean answer time", "平均应答时限")
    return Intraday(
        hotline=hotline,
        now=now,
        seed=seed,
        roster=roster or "the store",
        lines=pd.DataFrame(rows),
        intervals=pd.DataFrame(
            {"interval": starts, "planned": 2.0, "recorded": np.nan, "calls": 2.1, "p10": 1.0, "p90": 4.0}
        ),
        seats=pd.DataFrame({"group": "court", "interval": starts, "on_duty": 2.0, "heads": heads, "over": 2.0 - heads}),
        kpis=(
            DayKpi("mean-answer-time", target, "asa_s", "s", "<", 15.0, 9.0, 12.0, 18.4, 14.0, 24.0, 0.25),
            DayKpi("x", Text("Share", "比例"), "abandon_share", "share", "<=", 0.1, 0.02, np.nan, 0.03, 0.02, 0.05, 1.0),
        ),
        moves=(
            Move(
                "backup", Text("Let A002 answer", "请A002接听"), "court", ("A002",), NOW, NOW, 7.3,
                "mean-answer-time", 18.4, 9.9,
            ),
        ),
        notes=(Text("No call from 08:00 to 09:00", "8点至9点没有来电"),),
        days_learned=56,
        forecast=Forecast(grid, ["litigation"], now, "m", np.zeros((1, 1, 48)), np.zeros((1, 48)), np.ones((1, 48))),
    )  # fmt: skip


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = app.run(["intraday", "nanxun-12368", *arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_it_prints_calls_the_end_of_the_day_and_moves(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scenarios.intraday.look_at_day", looked)
    code, out, _ = run(capsys, "--now", "2026-09-14T10:10")
    assert code == 0
    words = " ".join(out.split())
    assert "50–73" in words
    assert "44–80" in words
    assert "< 15.0 s" in words
    assert "25 % │ ✕ missed" in words
    assert "from 14:00 to 16:00 up to 3 agents are missing (2 of 5)" in words
    assert "1. Let A002 answer" in words
    assert "No call from 08:00 to 09:00" in words
    assert "learned from 56 past days" in words
    assert words.index("What would help") < words.index("Let A002")


def test_it_speaks_chinese(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenarios.intraday.look_at_day", looked)
    code, out, _ = run(capsys, "--now", "2026-09-14T10:10", "--lang", "zh")
    assert code == 0
    assert "请A002接听" in out
    assert "14:00至16:00最多缺3人（需5人，在岗2人）" in "".join(out.split())
    for english in ("whole day", "so far", "What would help", "probability"):
        assert english not in out


def test_json_holds_every_figure(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenarios.intraday.look_at_day", looked)
    code, out, _ = run(capsys, "--now", "2026-09-14T10:10", "--json", "--seed", "4")
    found = json.loads(out)
    assert code == 0
    assert found["now"] == "2026-09-14T10:10:00+08:00"
    assert found["seed"] == 4
    assert [row["line"] for row in found["lines"]] == ["litigation", ""]
    assert len(found["intervals"]) == len(found["seats"]) == 48
    assert found["kpis"][0]["status"] == "missed"
    assert found["kpis"][1]["so_far"] is None
    assert found["moves"][0] | {"text": ""} == {
        "kind": "backup", "text": "", "group": "court", "people": ["A002"], "start": NOW.isoformat(),
        "end": NOW.isoformat(), "hours": 7.3, "target": "mean-answer-time", "before": 18.4, "after": 9.9,
    }  # fmt: skip
    assert found["notes"] == [{"en": "No call from 08:00 to 09:00", "zh": "8点至9点没有来电"}]


def test_without_records_one_sentence_and_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "--now", "2026-09-14T10:10")
    assert code == 2
    assert out == ""
    assert err.strip() == (
        "error: nanxun-12368 has call records of 0 days before 2026-09-14; at least 7 are needed to forecast it (wfm import)"
    )


def test_a_moment_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "--now", "ten o'clock")
    assert code == 2
    assert "--now" in err
    assert len(err.strip().splitlines()) == 1
