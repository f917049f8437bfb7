"""The store: visible whole or not at all, each call once, synthetic apart from recorded."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from wfm.calendar import TimeGrid
from wfm.errors import BadInput
from wfm.records import RecordStore, aggregate_actuals
from wfm.tables import CALLS, check_table

ZONE = "Asia/Shanghai"


def batch(*rows: tuple[str, str], outcome: str = "blocked", zone: str = ZONE) -> pd.DataFrame:
    """Calls as (id, local time)."""
    times = pd.to_datetime([at for _, at in rows], format="ISO8601").tz_localize(zone)
    frame = pd.DataFrame(
        {"call": [name for name, _ in rows], "line": "general", "arrived_at": times, "outcome": outcome}
    )
    return check_table(CALLS, frame)


@pytest.fixture
def store(tmp_path: Path) -> RecordStore:
    return RecordStore(tmp_path, "guizhou-12348")


def test_what_goes_in_comes_out(store: RecordStore) -> None:
    at = pd.Timestamp("2026-09-14 08:00:00.123", tz=ZONE)
    calls = check_table(
        CALLS,
        pd.DataFrame(
            {
                "call": ["a"],
                "line": ["general"],
                "arrived_at": [at],
                "ivr_s": [8.5],
                "queued_at": [at + pd.Timedelta(seconds=8.5)],
                "ring_s": [2.0],
                "answered_at": [at + pd.Timedelta(seconds=12)],
                "ended_at": [at + pd.Timedelta(seconds=112)],
                "outcome": ["answered"],
                "talk_s": [100.0],
                "agent": ["甲"],
                "caller_key": ["0a"],
                "called_back_at": pd.Series([pd.NaT], dtype=f"datetime64[ns, {ZONE}]"),
                "satisfaction": ["satisfied"],
            }
        ),
    )
    assert store.add(calls, "h1", "recorded").added
    back = store.calls(date(2026, 9, 14), date(2026, 9, 14))
    pd.testing.assert_frame_equal(back, calls, check_dtype=False)
    assert str(back["arrived_at"].dt.tz) == ZONE


def test_layout_and_manifest(store: RecordStore) -> None:
    store.add(batch(("a", "2026-09-14 23:59:59.999"), ("b", "2026-09-15 00:00")), "h1", "recorded")
    files = sorted(p.relative_to(store.folder).as_posix() for p in store.folder.rglob("*") if p.is_file())
    assert files == ["date=2026-09-14/h1.parquet", "date=2026-09-15/h1.parquet", "manifests/h1.json"]
    assert store.days() == [date(2026, 9, 14), date(2026, 9, 15)]
    assert len(store.calls(date(2026, 9, 15), date(2026, 9, 15))) == 1


def test_the_local_date_is_the_hotlines(store: RecordStore) -> None:
    # 16:30 in UTC is half past midnight of the next day in Shanghai.
    store.add(batch(("a", "2026-09-14 16:30"), zone="UTC"), "h1", "recorded", time_zone=ZONE)
    assert store.days() == [date(2026, 9, 15)]


def test_the_same_batch_twice_changes_nothing(store: RecordStore) -> None:
    """§41"""
    calls = batch(("a", "2026-09-14 08:00"))
    assert store.add(calls, "h1", "recorded").added
    before = {p: p.stat().st_mtime_ns for p in store.folder.rglob("*")}
    again = store.add(calls, "h1", "recorded")
    assert (again.added, again.replaced) == (False, 0)
    assert {p: p.stat().st_mtime_ns for p in store.folder.rglob("*")} == before


def test_a_call_in_two_batches_counts_once_and_the_later_batch_wins(store: RecordStore) -> None:
    """§41"""
    store.add(batch(("a", "2026-09-15 08:00"), ("b", "2026-09-15 09:00")), "late-first", "recorded")
    result = store.add(batch(("b", "2026-09-15 09:00"), ("c", "2026-09-14 10:00"), outcome="closed"), "h2", "recorded")
    assert result.replaced == 1
    calls = store.calls(date(2026, 9, 14), date(2026, 9, 15))
    assert dict(zip(calls["call"], calls["outcome"], strict=True)) == {"a": "blocked", "b": "closed", "c": "closed"}
    assert calls["arrived_at"].is_monotonic_increasing


def test_a_call_corrected_to_another_date_leaves_its_old_one(store: RecordStore) -> None:
    store.add(batch(("a", "2026-09-14 08:00")), "h1", "recorded")
    store.add(batch(("a", "2026-09-16 08:00")), "h2", "recorded")
    assert len(store.calls(date(2026, 9, 14), date(2026, 9, 14))) == 0
    assert len(store.calls(date(2026, 9, 14), date(2026, 9, 16))) == 1


def test_the_same_file_by_another_mapping_takes_the_place_of_the_first(store: RecordStore) -> None:
    store.add(batch(("x1", "2026-09-14 08:00")), "h1", "recorded", source_hash="file")
    store.add(batch(("x2", "2026-09-14 08:00")), "h2", "recorded", source_hash="file")
    assert store.calls(date(2026, 9, 14), date(2026, 9, 14))["call"].tolist() == ["x2"]


def test_files_without_a_manifest_are_invisible(store: RecordStore) -> None:
    store.add(batch(("a", "2026-09-14 08:00")), "h1", "recorded")
    good = store.folder / "date=2026-09-14" / "h1.parquet"
    # What a crash leaves: a batch's files before its manifest, half a file, half a manifest under its temporary name.
    (good.parent / "h2.parquet").write_bytes(good.read_bytes())
    (good.parent / ".h3.1234.tmp").write_bytes(b"half")
    (store.folder / "date=2026-09-20").mkdir()
    (store.folder / "manifests" / ".h2.json.99.tmp").write_text("{")
    assert store.days() == [date(2026, 9, 14)]
    assert len(store.calls(date(2026, 9, 1), date(2026, 9, 30))) == 1
    # The import that crashed is repeated and becomes visible.
    assert store.add(batch(("b", "2026-09-14 09:00")), "h2", "recorded").added
    assert len(store.calls(date(2026, 9, 14), date(2026, 9, 14))) == 2


def test_a_crash_while_writing_leaves_nothing_to_see(store: RecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    import wfm.records.record_store as module

    def crash(path: Path, content: bytes) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "write_whole", crash)
    with pytest.raises(KeyboardInterrupt):
        store.add(batch(("a", "2026-09-14 08:00")), "h1", "recorded")
    assert (store.days(), store.labels()) == ([], [])
    assert store.calls(date(2026, 9, 14), date(2026, 9, 14)).empty


def test_an_unreadable_manifest_is_said(store: RecordStore) -> None:
    store.add(batch(("a", "2026-09-14 08:00")), "h1", "recorded")
    (store.folder / "manifests" / "h1.json").write_text("{", encoding="utf-8")
    with pytest.raises(BadInput, match=r"h1\.json"):
        store.days()


@pytest.mark.parametrize(("first", "second"), [("recorded", "synthetic"), ("synthetic", "recorded")])
def test_synthetic_and_recorded_are_not_mixed_silently(store: RecordStore, first: str, second: str) -> None:
    store.add(batch(("a", "2026-09-14 08:00")), "h1", first)
    with pytest.raises(BadInput, match="--mix"):
        store.add(batch(("b", "2026-09-14 08:00")), "h2", second)
    assert store.labels() == [first]
    store.add(batch(("b", "2026-09-14 08:00")), "h2", second, mix=True)
    assert store.labels() == ["recorded", "synthetic"]
    kept = json.loads((store.folder / "manifests" / "h2.json").read_text(encoding="utf-8"))
    assert kept["label"] == second


def test_hotlines_are_apart(tmp_path: Path, store: RecordStore) -> None:
    store.add(batch(("a", "2026-09-14 08:00")), "h1", "recorded")
    other = RecordStore(tmp_path, "nanxun-12368")
    assert (other.days(), other.labels()) == ([], [])
    assert other.calls(date(2026, 9, 14), date(2026, 9, 14)).columns.tolist() == CALLS.column_names


def test_actuals_are_those_of_the_calls(store: RecordStore) -> None:
    grid = TimeGrid(date(2026, 9, 15), 1, 30, ZONE)
    first = batch(("a", "2026-09-14 23:50"), ("b", "2026-09-15 00:00"), ("c", "2026-09-15 23:59:59"))
    first["caller_key"] = "k"
    store.add(first, "h1", "recorded")
    store.add(batch(("d", "2026-09-16 00:00")), "h2", "recorded")
    actuals = store.actuals(grid, ["general"], 5)
    expected = aggregate_actuals(first, grid, ["general"], 5)
    pd.testing.assert_frame_equal(actuals, expected)
    assert actuals["offered"].tolist() == [1.0] + [0.0] * 46 + [1.0]
    # The busy call of the evening before makes the first one a redial.
    assert actuals["first_attempts"].tolist() == [0.0] * 47 + [1.0]
