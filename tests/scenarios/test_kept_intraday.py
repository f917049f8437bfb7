"""Looks at a running day that are kept: what is read again is what was found, the latest moment first, and never half."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from scenarios.intraday import Intraday
from scenarios.intraday_kpi import DayKpi
from scenarios.intraday_moves import Move
from scenarios.kept_intraday import (
    KEPT_OF_A_DAY,
    intraday_inputs,
    keep_intraday,
    latest_intraday,
)
from scenarios.scenario import load_scenario
from wfm.hotline import grid_of
from wfm.i18n import Text
from wfm.records import MarkHistory, RecordStore, generate_calls

DAY = date(2026, 9, 14)
ZONE = ZoneInfo("Asia/Shanghai")
MADE = datetime(2026, 9, 14, 3, 30, tzinfo=UTC)


class _Forecast:
    """Stands for a forecast: only its summary is kept."""

    def __init__(self, summary: pd.DataFrame) -> None:
        self._summary = summary

    def summary(self) -> pd.DataFrame:
        return self._summary


@pytest.fixture(scope="module")
def look() -> Intraday:
    court = load_scenario("nanxun-12368")
    starts = grid_of(court.hotline, DAY, 1).starts
    nothing = float("nan")
    summary = pd.DataFrame({"line": "court", "interval": starts, "mean": 2.5, "p10": 1.0, "p90": 4.0, "aht_s": 300.0})
    return Intraday(
        hotline=court.hotline,
        now=datetime(2026, 9, 14, 11, 10, tzinfo=ZONE),
        seed=3,
        roster="today.csv",
        lines=pd.DataFrame({"line": ["court", ""], "so_far": [47, 47], "rest": [60.25, 60.25]}),
        intervals=pd.DataFrame({"interval": starts, "recorded": [1.0, *[nothing] * 47], "calls": 2.0}),
        seats=pd.DataFrame({"group": "court", "interval": starts[22:24], "on_duty": 1.5, "heads": 2.0, "over": -0.5}),
        kpis=(
            DayKpi("asa", Text("Answer time", "平均应答时长"), "asa_s", "s", "<", 15.0, 7.5, nothing, 9.5, 8.0, 11.0, 0.7),
        ),
        moves=(
            Move(
                "backup", Text("Let B answer", "请B岗接听"), "court", ("A002", "A004"),
                datetime(2026, 9, 14, 11, 12, tzinfo=ZONE), datetime(2026, 9, 14, 17, 30, tzinfo=ZONE),
                0.0, "asa", 9.5, 8.25,
            ),
        ),
        notes=(Text("a note", "说明"),),
        days_learned=14,
        forecast=_Forecast(summary),  # type: ignore[arg-type]
    )  # fmt: skip


def test_what_is_kept_is_what_was_found(look: Intraday, tmp_path: Path) -> None:
    keep_intraday(look, tmp_path, MADE, "abc")
    found = latest_intraday(tmp_path, "nanxun-12368", DAY)
    assert found is not None
    assert (found.now, found.made_at, found.seed, found.inputs) == (look.now, MADE, 3, "abc")
    assert found.now.utcoffset() == timedelta(hours=8)
    assert found.moves == look.moves
    assert found.notes == look.notes
    assert found.kpis[0].so_far != found.kpis[0].so_far  # not defined stays not defined
    assert replace(found.kpis[0], so_far=0.0) == replace(look.kpis[0], so_far=0.0)
    assert_frame_equal(found.intervals, look.intervals, check_dtype=False, check_freq=False)
    assert_frame_equal(found.seats, look.seats, check_dtype=False)
    assert_frame_equal(found.lines, look.lines, check_dtype=False)
    assert_frame_equal(found.line_intervals, look.forecast.summary(), check_dtype=False)


def test_the_latest_moment_is_found_and_of_one_moment_the_latest_look(look: Intraday, tmp_path: Path) -> None:
    noon = replace(look, now=look.now.replace(hour=12))
    keep_intraday(noon, tmp_path, MADE, "noon")
    keep_intraday(look, tmp_path, MADE + timedelta(hours=5), "again")  # an earlier moment, looked at later
    keep_intraday(noon, tmp_path, MADE + timedelta(minutes=9), "noon, records came")
    found = latest_intraday(tmp_path, "nanxun-12368", DAY)
    assert found is not None
    assert found.inputs == "noon, records came"
    before = latest_intraday(tmp_path, "nanxun-12368", DAY, until=look.now)
    assert before is not None
    assert before.inputs == "again"
    assert latest_intraday(tmp_path, "nanxun-12368", DAY + timedelta(days=1)) is None
    assert latest_intraday(tmp_path, "guizhou-12348", DAY) is None


def test_a_damaged_file_is_passed_over(look: Intraday, tmp_path: Path) -> None:
    keep_intraday(look, tmp_path, MADE, "good")
    folder = tmp_path / "intraday" / "nanxun-12368" / DAY.isoformat()
    (folder / "120000-cut.json").write_text('{"hotline": "nanxun-12368", "now": ')
    found = latest_intraday(tmp_path, "nanxun-12368", DAY)
    assert found is not None
    assert found.inputs == "good"


def test_only_so_many_looks_of_a_day_are_kept(look: Intraday, tmp_path: Path) -> None:
    for minute in range(KEPT_OF_A_DAY + 3):
        keep_intraday(replace(look, now=look.now + timedelta(minutes=minute)), tmp_path, MADE, "x")
    folder = tmp_path / "intraday" / "nanxun-12368" / DAY.isoformat()
    kept = sorted(path.name[:4] for path in folder.iterdir())
    assert len(kept) == KEPT_OF_A_DAY
    assert kept[0] == "1113"


def test_inputs_change_with_records_people_and_seed(tmp_path: Path) -> None:
    court = load_scenario("nanxun-12368")
    before = intraday_inputs(court, tmp_path)
    assert before == intraday_inputs(court, tmp_path)
    assert before != intraday_inputs(court, tmp_path, seed=2)
    assert before != intraday_inputs(replace(court, agents=court.agents[1:]), tmp_path)
    calls = generate_calls(court.hotline, DAY, 1, 5)
    RecordStore(tmp_path, court.hotline.id).add(calls, "made", "synthetic")
    with_calls = intraday_inputs(court, tmp_path)
    assert with_calls != before
    assert MarkHistory(tmp_path, court.hotline.id).marks() == []
    assert intraday_inputs(court, tmp_path) == with_calls
