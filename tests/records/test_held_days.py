"""Days whole, in part, missing and closed; what names the whole store; how far entries reach."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from wfm.hotline import Hotline, find_hotline, load_hotline
from wfm.records import ItemStore, RecordStore, generate_calls, keep_partial_days
from wfm.records.held_days import held_days
from wfm.records.item_reach import item_reach
from wfm.records.partial_days import PartialDay
from wfm.records.records_version import records_version
from wfm.tables import SATISFACTION, empty_table

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 9, 14)


@pytest.fixture(scope="module")
def court() -> Hotline:
    return load_hotline(find_hotline("nanxun-12368"))


def test_open_days_without_records_are_missing_and_closed_ones_are_closed(court: Hotline, tmp_path: Path) -> None:
    """Records of Monday and Thursday; the court is closed on Saturday, and Sunday 20 September 2026 is a make-up working day."""
    calls = generate_calls(court, MONDAY, 4, 3)
    local = calls["arrived_at"].dt.date
    kept = calls[local.isin([MONDAY, MONDAY + timedelta(days=3)])]
    store = RecordStore(tmp_path, court.id)
    store.add(kept, "one", "recorded", time_zone="Asia/Shanghai")
    found = held_days(tmp_path, court, until=MONDAY + timedelta(days=8))
    states = [one.state for one in found]
    assert [one.day for one in found] == [MONDAY + timedelta(days=n) for n in range(9)]
    assert states == ["whole", "missing", "missing", "whole", "missing", "closed", "missing", "missing", "missing"]
    assert found[0].calls == (local == MONDAY).sum()
    assert found[1].calls is None
    assert len(held_days(tmp_path, court)) == 4  # until the last day that is stored


def test_a_call_in_two_batches_counts_once(court: Hotline, tmp_path: Path) -> None:
    calls = generate_calls(court, MONDAY, 1, 3)
    store = RecordStore(tmp_path, court.id)
    store.add(calls.head(60), "one", "recorded", time_zone="Asia/Shanghai")
    store.add(calls.tail(len(calls) - 40), "two", "recorded", time_zone="Asia/Shanghai")
    assert held_days(tmp_path, court)[0].calls == len(calls)


def test_a_day_cut_off_is_there_in_part(court: Hotline, tmp_path: Path) -> None:
    calls = generate_calls(court, MONDAY, 1, 3)
    noon = datetime(2026, 9, 14, 12, tzinfo=ZONE)
    store = RecordStore(tmp_path, court.id)
    part = PartialDay(MONDAY, datetime(2026, 9, 14, tzinfo=ZONE), noon)
    keep_partial_days(store.folder, "one", (part,))
    store.add(calls[calls["arrived_at"] < pd.Timestamp(noon)], "one", "recorded", time_zone="Asia/Shanghai")
    (day,) = held_days(tmp_path, court)
    assert day.state == "part"
    assert day.part is not None
    assert day.part.clock_span == ("00:00", "12:00")


def test_the_day_that_is_not_over_is_neither_whole_nor_cut_off(court: Hotline, tmp_path: Path) -> None:
    calls = generate_calls(court, MONDAY, 2, 3)
    noon = datetime(2026, 9, 15, 12, tzinfo=ZONE)
    store = RecordStore(tmp_path, court.id)
    tuesday = MONDAY + timedelta(days=1)
    keep_partial_days(store.folder, "one", (PartialDay(tuesday, datetime(2026, 9, 15, tzinfo=ZONE), noon),))
    store.add(calls[calls["arrived_at"] < pd.Timestamp(noon)], "one", "recorded", time_zone="Asia/Shanghai")
    assert [d.state for d in held_days(tmp_path, court, until=MONDAY, today=tuesday)] == ["whole", "under way"]
    assert [d.state for d in held_days(tmp_path, court, tuesday, today=tuesday + timedelta(days=1))] == [
        "whole",
        "part",
    ]
    wednesday = tuesday + timedelta(days=1)
    assert [d.day for d in held_days(tmp_path, court, tuesday, today=wednesday)] == [MONDAY, tuesday]  # nothing yet


def test_nothing_is_held_where_nothing_was_imported(court: Hotline, tmp_path: Path) -> None:
    assert held_days(tmp_path, court, until=MONDAY) == []
    assert item_reach(tmp_path, court.id, "Asia/Shanghai") == []


def test_the_name_of_the_store_changes_with_what_it_holds(court: Hotline, tmp_path: Path) -> None:
    empty = records_version(tmp_path, court.id)
    calls = generate_calls(court, MONDAY, 2, 3)
    RecordStore(tmp_path, court.id).add(calls, "one", "recorded", time_zone="Asia/Shanghai")
    one = records_version(tmp_path, court.id)
    assert one != empty
    RecordStore(tmp_path, court.id).add(calls, "one", "recorded", time_zone="Asia/Shanghai")
    assert records_version(tmp_path, court.id) == one  # the same batch changes nothing
    assert records_version(tmp_path, "another") == empty


def test_entries_reach_from_the_first_to_the_last_local_day(court: Hotline, tmp_path: Path) -> None:
    """23:30 on Tuesday in UTC is Wednesday in Shanghai."""
    table = empty_table(SATISFACTION, "Asia/Shanghai").reindex(range(3))
    table["item"] = pd.array(["a", "b", "c"], dtype="string")
    moments = pd.to_datetime(["2026-09-14T01:00Z", "2026-09-15T01:00Z", "2026-09-15T23:30Z"], utc=True)
    table["asked_at"] = moments.tz_convert("Asia/Shanghai")
    table["answer"] = "satisfied"
    ItemStore(tmp_path, court.id, SATISFACTION).add(table, "one", source_hash="s")
    (reach,) = item_reach(tmp_path, court.id, "Asia/Shanghai")
    assert (reach.entries, reach.first, reach.last) == (3, MONDAY, date(2026, 9, 16))
