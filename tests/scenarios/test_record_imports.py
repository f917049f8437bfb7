"""A foreign file from its first look to the store: recognised, tried, mapped by hand, imported once, and never half."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from scenarios.record_imports import read_whole, recognise, store_imported, try_reading
from scenarios.scenario import Scenario, load_scenario
from wfm.errors import BadInput
from wfm.records import ImportResult, RecordStore, generate_calls
from wfm.records.kept_mappings import kept_mapping, remember_mapping
from wfm.records.mapping_draft import MappingDraft, draft_document, propose_draft

ROWS = """专线,来电时间,接通时间,挂机时间,结果,座席工号,主叫号码,满意度
诉讼服务,2026-09-14 09:00:00,2026-09-14 09:00:10,2026-09-14 09:05:10,接通,A001,13800000001,满意
诉讼服务,2026-09-14 09:10:00,,2026-09-14 09:10:40,放弃,,13800000002,
诉讼服务,2026-09-15 10:00:00,2026-09-15 10:00:05,2026-09-15 10:02:05,接通,A001,13800000001,
"""
OWN = """业务,进线时刻,接听时刻,挂断时刻,处理情况,坐席
诉讼服务,2026-09-14 09:00:00,2026-09-14 09:00:10,2026-09-14 09:05:10,转人工,A001
诉讼服务,2026-09-14 09:10:00,,2026-09-14 09:10:40,排队流失,
诉讼服务,2026-09-15 10:00:00,2026-09-15 10:00:05,2026-09-15 10:02:05,转人工,A001
"""


@pytest.fixture(scope="module")
def court() -> Scenario:
    return load_scenario("nanxun-12368")


def put(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text(text, encoding=encoding)
    return path


def test_a_known_export_is_recognised_tried_and_imported_once(court: Scenario, tmp_path: Path) -> None:
    path = put(tmp_path, "九月.csv", ROWS, "gbk")
    home = tmp_path / "home"
    file = recognise(path, court, home)
    assert (file.kind, file.layout, file.remembered) == ("calls", "chinese-acd", False)
    trial = try_reading(file, court, home, tmp_path / "scratch")
    assert isinstance(trial.result, ImportResult)
    assert (trial.whole, trial.result.rows_read, len(trial.result.calls)) == (True, 3, 3)
    assert trial.columns["主叫号码"] == "caller_key"
    assert not (tmp_path / "scratch").exists()
    assert RecordStore(home, court.hotline.id).days() == []  # a trial stores nothing
    told = store_imported(trial.result, file, court, home)
    assert told["already_imported"] is False
    assert told["new_days"] == ["2026-09-14", "2026-09-15"]
    assert told["still_missing"] == []
    again = store_imported(read_whole(file, court, home), file, court, home)
    assert again["already_imported"] is True
    assert again["new_days"] == []
    assert again["known_days"] == ["2026-09-14", "2026-09-15"]
    calls = RecordStore(home, court.hotline.id).calls(date(2026, 9, 14), date(2026, 9, 15))
    assert len(calls) == 3
    stored = b"".join(p.read_bytes() for p in (home / "records").rglob("*.parquet"))
    assert b"13800000001" not in stored


def test_a_layout_that_nobody_knows_is_read_by_a_mapping_that_is_remembered(court: Scenario, tmp_path: Path) -> None:
    """The names of the times and both words of the outcome are this file's own."""
    home = tmp_path / "home"
    file = recognise(put(tmp_path, "own.csv", OWN), court, home)
    assert file.kind is None
    assert try_reading(file, court, home, tmp_path / "s").result is None
    with pytest.raises(BadInput, match="nobody has said yet"):
        read_whole(file, court, home)
    draft = propose_draft(file.head, file.header_row, file.header)
    assert draft.kind == "calls"
    assert draft.columns["arrived_at"].source == "进线时刻"  # by what stands in it
    columns = draft.as_dict()["columns"]
    columns["answered_at"] = {"source": "接听时刻"}
    columns["ended_at"] = {"source": "挂断时刻"}
    columns["outcome"] = {"source": "处理情况", "values": {"转人工": "answered", "排队流失": "abandoned"}}
    from wfm.records.mapping_draft import draft_from_dict

    said: MappingDraft = draft_from_dict({**draft.as_dict(), "columns": columns})
    assert said.missing == []
    remember_mapping(home, file.fingerprint, "calls", draft_document(said, file.head, court.hotline.id))
    # Next month's file has another name and other rows, but the same columns.
    october = OWN.replace("2026-09-", "2026-10-")
    later = recognise(put(tmp_path, "october.csv", october), court, home)
    assert later.remembered
    assert later.fingerprint == file.fingerprint
    result = read_whole(later, court, home)
    assert isinstance(result, ImportResult)
    assert list(result.calls["outcome"]) == ["answered", "abandoned", "answered"]
    assert result.days == [date(2026, 10, 14), date(2026, 10, 15)]
    other = put(tmp_path, "other.csv", OWN.replace("处理情况", "结局"))
    assert not recognise(other, court, home).remembered
    assert kept_mapping(home, "0" * 16) is None


def test_too_many_rejected_rows_store_nothing_unless_allowed(court: Scenario, tmp_path: Path) -> None:
    path = put(tmp_path, "bad.csv", ROWS.replace("2026-09-15 10:00:00", "yesterday"))
    home = tmp_path / "home"
    file = recognise(path, court, home)
    result = read_whole(file, court, home)
    assert [row.row for row in result.rejected] == [4]
    with pytest.raises(BadInput, match="1 of 3 rows rejected, nothing imported; line 4"):
        store_imported(result, file, court, home)
    assert RecordStore(home, court.hotline.id).days() == []
    told = store_imported(result, file, court, home, rejected_max=1.0)
    assert (told["accepted"], told["rejected"], told["new_days"]) == (2, 1, ["2026-09-14"])


def test_recorded_calls_are_put_beside_generated_ones_only_if_allowed(court: Scenario, tmp_path: Path) -> None:
    home = tmp_path / "home"
    made = generate_calls(court.hotline, date(2026, 9, 1), 2, 5)
    RecordStore(home, court.hotline.id).add(made, "made", "synthetic", time_zone="Asia/Shanghai")
    file = recognise(put(tmp_path, "calls.csv", ROWS), court, home)
    result = read_whole(file, court, home)
    with pytest.raises(BadInput, match="generated calls"):
        store_imported(result, file, court, home)
    told = store_imported(result, file, court, home, mix=True)
    assert told["new_days"] == ["2026-09-14", "2026-09-15"]
    assert told["still_missing"] == [f"2026-09-{day:02}" for day in (3, 4, 7, 8, 9, 10, 11)]


def test_of_a_large_file_only_the_first_rows_are_tried(
    court: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scenarios.record_imports.SMALL_BYTES", 1000)
    monkeypatch.setattr("scenarios.record_imports.TRIED_ROWS", 11)
    head, *rows = ROWS.splitlines()
    path = put(tmp_path, "large.csv", "\n".join([head, *rows * 50]), "gbk")
    file = recognise(path, court, tmp_path)
    trial = try_reading(file, court, tmp_path, tmp_path / "scratch")
    assert trial.result is not None
    assert (trial.whole, trial.result.rows_read) == (False, 10)
    frame = pd.read_csv(path, encoding="gbk", dtype=str)
    parquet = tmp_path / "large.parquet"
    frame.to_parquet(parquet)
    file = recognise(parquet, court, tmp_path)
    trial = try_reading(file, court, tmp_path, tmp_path / "scratch")
    assert trial.result is not None
    assert (trial.whole, trial.result.rows_read) == (False, 11)


def test_work_orders_are_known_by_their_columns(court: Scenario, tmp_path: Path) -> None:
    text = "工单编号,受理时间,工单类型,承办单位,办结时间\n1,2026-09-14 09:00,投诉,一庭,2026-09-15 09:00\n"
    file = recognise(put(tmp_path, "工单.csv", text), court, tmp_path)
    assert file.kind == "orders"
    told = store_imported(read_whole(file, court, tmp_path), file, court, tmp_path)
    assert (told["table"], told["entries"], told["already_imported"]) == ("work_orders", 1, False)
