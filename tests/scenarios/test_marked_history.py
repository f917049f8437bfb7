"""A forecast learns from the history without what accepted marks hide."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scenarios.history import find_history
from scenarios.marked_history import learned_from
from scenarios.preparation import prepare
from scenarios.scenario import load_scenario
from wfm.cli import main
from wfm.hotline import calendar_of
from wfm.records import RecordStore
from wfm.records.cleaning import Mark, MarkHistory
from wfm.tables import CALLS, check_table

FIRST = date(2026, 3, 2)
PLANNED = date(2026, 4, 13)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six weeks of 200 calls a day, ten to five; the last four days of them with ten times as many."""
    folder = tmp_path_factory.mktemp("home")
    rng = np.random.default_rng(1)
    day = np.repeat(np.arange(42), np.where(np.arange(42) < 38, 200, 2000))
    start = pd.Timestamp(FIRST, tz="Asia/Shanghai")
    arrived = start + pd.to_timedelta(day * 86_400 + 36_000 + rng.integers(0, 7 * 3600, len(day)), unit="s")
    line = load_scenario("nanxun-12368").hotline.line_ids[0]
    names = [f"c{n}" for n in range(len(day))]
    frame = pd.DataFrame({"call": names, "line": line, "arrived_at": arrived, "outcome": "closed"})
    RecordStore(folder, "nanxun-12368").add(check_table(CALLS, frame), "b", "recorded", time_zone="Asia/Shanghai")
    return folder


def test_accepted_marks_change_what_is_learned_and_its_hash(home: Path, tmp_path: Path) -> None:
    """§106"""
    hotline = load_scenario("nanxun-12368").hotline
    history, calendar = find_history(hotline, PLANNED, 1, home), calendar_of(hotline)
    grid = history.grid
    crowd = Mark(
        "m", None, grid.starts[-4 * 48].to_pydatetime(), grid.ends[-1].to_pydatetime(), "outlier_high", "crowd"
    )
    assert learned_from(hotline, history, calendar, [crowd]) == (history, calendar)
    learned, _ = learned_from(hotline, history, calendar, [replace(crowd, status="accepted")])
    assert learned.actuals["offered"].sum() == 38 * 200
    assert learned.actuals["offered"].isna().sum() == 4 * 48
    assert history.actuals["offered"].sum() == 38 * 200 + 4 * 2000
    assert "96 h" in learned.notes[-1].en
    assert learned.content_hash != history.content_hash
    named, known = learned_from(hotline, history, calendar, [replace(crowd, kind="special_day", status="accepted")])
    pd.testing.assert_frame_equal(named.actuals, history.actuals)
    assert known.special(PLANNED - timedelta(days=1)) == ("crowd",)
    assert named.content_hash not in (history.content_hash, learned.content_hash)


def test_a_plan_forecasts_as_if_the_hidden_days_had_not_been(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """§106"""
    monkeypatch.setenv("WFM_HOME", str(home))
    scenario = load_scenario("nanxun-12368")

    def calls_of_a_day() -> float:
        forecast = prepare(scenario, PLANNED, 7, seed=1, paths=50, home=home).forecast
        return float(forecast.mean.sum()) / 7

    led_astray = calls_of_a_day()
    days = f"{PLANNED - timedelta(days=4)}..{PLANNED - timedelta(days=1)}"
    assert main(["clean", "nanxun-12368", "--add", days, "--kind", "outlier_high", "--reason", "crowd"]) == 0
    # Open on five days of seven.
    assert calls_of_a_day() == pytest.approx(200 * 5 / 7, rel=0.1)
    assert led_astray > 200
    history = MarkHistory(home, "nanxun-12368")
    (mark,) = (m for m in history.marks() if m.status == "accepted")
    history.undo([mark.id], "li")
    assert calls_of_a_day() == led_astray
    capsys.readouterr()
