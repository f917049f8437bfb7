"""A batch that comes in chunks is stored as if it had come whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import hypothesis.strategies as st
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings

from wfm.errors import BadInput
from wfm.records import RecordStore, batch_writing
from wfm.tables import CALLS, check_table

ZONE = "Asia/Shanghai"
FIRST, LAST = date(2026, 9, 13), date(2026, 9, 20)


def calls_of(rows: list[tuple[int, int]]) -> pd.DataFrame:
    """(number of the call, minutes after midnight of 14 September)."""
    arrived = pd.Timestamp("2026-09-14", tz=ZONE) + pd.to_timedelta([minutes for _, minutes in rows], unit="min")
    names = [f"c{number}" for number, _ in rows]
    return check_table(
        CALLS, pd.DataFrame({"call": names, "line": "general", "arrived_at": arrived, "outcome": "closed"})
    )


chunks = st.lists(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5 * 1440)), max_size=8, unique_by=lambda row: row[0]),
    min_size=1,
    max_size=4,
)


@settings(max_examples=15, deadline=None)
@given(chunks, st.integers(1, 10))
def test_chunks_are_stored_as_their_last_rows_together(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[list[tuple[int, int]]], together: int
) -> None:
    """§41"""
    frames = [calls_of(rows) for rows in drawn]
    whole = pd.concat(frames, ignore_index=True).drop_duplicates("call", keep="last")
    at_once, in_chunks = (RecordStore(tmp_path_factory.mktemp("home"), "somewhere") for _ in range(2))
    if len(whole):
        at_once.add(check_table(CALLS, whole), "b", "recorded", time_zone=ZONE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch_writing, "TOGETHER", together)
        done = in_chunks.add_chunks(iter(frames), "b", "recorded", time_zone=ZONE)
    assert (done.added, done.calls, done.replaced) == (True, len(whole), 0)
    assert list(done.days) == in_chunks.days() == at_once.days()
    pd.testing.assert_frame_equal(
        in_chunks.calls(FIRST, LAST, time_zone=ZONE), at_once.calls(FIRST, LAST, time_zone=ZONE)
    )
    files = sorted(in_chunks.folder.rglob("*.parquet"))
    assert {path.parent.name[5:]: pq.read_metadata(path).num_rows for path in files} == {
        day.isoformat(): len(in_chunks.calls(day, day)) for day in done.days
    }
    assert not list(in_chunks.folder.glob(".adding*"))


def test_a_later_batch_in_chunks_stands_for_older_calls(tmp_path: Path) -> None:
    store = RecordStore(tmp_path, "somewhere")
    store.add(calls_of([(1, 0), (2, 10)]), "b1", "recorded", time_zone=ZONE)
    done = store.add_chunks([calls_of([(1, 2000)]), calls_of([(3, 5)])], "b2", "recorded", time_zone=ZONE)
    assert done.replaced == 1
    held = store.calls(FIRST, LAST)
    assert dict(zip(held["call"], held["arrived_at"].dt.day, strict=True)) == {"c3": 14, "c2": 14, "c1": 15}


def test_what_is_there_already_is_not_asked_for_again(tmp_path: Path) -> None:
    """§41"""
    store = RecordStore(tmp_path, "somewhere")
    store.add_chunks([calls_of([(1, 0), (2, 2000)])], "b", "recorded", time_zone=ZONE)

    def never() -> Iterator[pd.DataFrame]:
        raise AssertionError("a chunk was asked for")
        yield

    again = store.add_chunks(never(), "b", "recorded", time_zone=ZONE)
    assert (again.added, again.calls, again.days) == (False, 2, (date(2026, 9, 14), date(2026, 9, 15)))
    with pytest.raises(BadInput, match="--mix"):
        store.add_chunks(never(), "other", "synthetic", time_zone=ZONE)


def test_a_stream_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    store = RecordStore(tmp_path, "somewhere")

    def breaks() -> Iterator[pd.DataFrame]:
        yield calls_of([(1, 0)])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.add_chunks(breaks(), "b", "recorded", time_zone=ZONE)
    assert store.days() == []
    assert not [path for path in store.folder.rglob("*") if path.is_file()]
