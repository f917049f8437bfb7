"""Counting in the files agrees exactly with the readable count over the calls that the store gives back."""

from __future__ import annotations

import os
import tempfile
from datetime import date, timedelta
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings

from wfm.calendar import TimeGrid
from wfm.hotline import find_hotline, load_hotline
from wfm.records import RecordStore, aggregate_actuals, tally_calls
from wfm.records.held_calls import calls_between, read_batches, stretches
from wfm.records.interval_counts import count_actuals
from wfm.tables import ACTUALS, CALLS, OUTCOMES, check_table

LINES = ["general", "consumer"]

moments = st.integers(-40 * 3600, 74 * 3600).map(lambda s: s * 1_000_000) | st.integers(-144 * 10**9, 266 * 10**9)
"""Microseconds from the first midnight; most whole seconds, so that ends and arrivals coincide."""
rows = st.tuples(
    st.integers(0, 8),  # call: few, so that batches tell the same ones
    moments,
    st.sampled_from(OUTCOMES),
    st.sampled_from([*LINES, "of another hotline"]),
    st.sampled_from(["a", "b", None]),
    st.sampled_from([None, 0, 1, 15, 20, 600, 1800, 100_000]),  # wait, seconds
    st.sampled_from([None, 0.0, 12.5, 1e-7, 33.333333333]),  # conversation
    st.booleans(),
)
batches = st.lists(st.lists(rows, max_size=8, unique_by=lambda row: row[0]), min_size=1, max_size=4)


def records(drawn: list[tuple], midnight: pd.Timestamp) -> pd.DataFrame:
    """Call records as drawn, some with moments or durations that nobody knows."""
    found = []
    for call, at, outcome, line, caller, wait, talk, odd in drawn:
        arrived = midnight + pd.Timedelta(microseconds=at)
        queued = arrived + pd.Timedelta(seconds=2) if outcome in ("answered", "abandoned") and not odd else pd.NaT
        left = pd.NaT if wait is None else arrived + pd.Timedelta(seconds=wait + (0 if odd else 2))
        found.append(
            {
                "call": f"c{call}",
                "line": line,
                "arrived_at": arrived,
                "ivr_s": None if odd else 2.0,
                "queued_at": queued,
                "answered_at": left if outcome == "answered" else pd.NaT,
                "ended_at": left,
                "outcome": outcome,
                "talk_s": talk,
                "hold_s": talk,
                "wrap_s": 0.1 if odd else None,
                "caller_key": caller,
                "called_back_at": arrived + pd.Timedelta(hours=1) if odd else pd.NaT,
            }
        )
    frame = pd.DataFrame(found, columns=CALLS.column_names)
    for column in CALLS.columns:
        if column.kind == "time":
            frame[column.name] = pd.to_datetime(frame[column.name], utc=True).dt.tz_convert(midnight.tz)
    return check_table(CALLS, frame)


@settings(max_examples=400 if os.environ.get("WFM_ENDURE") else 12, deadline=None)
@given(
    batches,
    st.sampled_from(
        [
            ("Asia/Shanghai", date(2026, 9, 14), 30),
            ("Asia/Jerusalem", date(2026, 10, 24), 30),
            ("Asia/Jerusalem", date(2026, 3, 26), 60),
        ]
    ),
    st.sampled_from(["", "UTC", "America/New_York"]),
    st.sampled_from([1, 10_000]),
)
@example(  # gave up before midnight, told by a later batch; called again after it, in another file
    [[(0, -60_000_000, "answered", "general", "a", 20, 1.0, False)],
     [(0, -60_000_000, "abandoned", "general", "a", 20, 1.0, False),
      (1, 60_000_000, "answered", "general", "a", 20, 1.0, False)]],
    ("Asia/Shanghai", date(2026, 9, 14), 30), "", 1,
)  # fmt: skip
def test_the_files_tell_the_same_as_their_calls(drawn, where, other_zone, stretch_calls) -> None:
    """§104"""
    zone, first, interval_min = where
    grid = TimeGrid(first, 2, interval_min, zone)
    with tempfile.TemporaryDirectory() as home:
        store = RecordStore(Path(home), "somewhere")
        for n, batch in enumerate(drawn):
            # Batches added in the time zone of another system stand under other dates.
            calls = records(batch, pd.Timestamp(first, tz=zone))
            store.add(calls, f"batch{n}", "recorded", time_zone=other_zone if n % 2 and other_zone else zone)
        told = store.calls(first - timedelta(days=5), first + timedelta(days=9), time_zone=zone)
        expected = aggregate_actuals(told, grid, LINES, 15)
        found = count_actuals(
            store.folder, read_batches(store.folder / "manifests"), grid, LINES, 15, stretch_calls=stretch_calls
        )
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    check_table(ACTUALS, found)


def test_the_hour_that_comes_twice_is_two_hours(tmp_path: Path) -> None:
    """§104"""
    grid = TimeGrid(date(2026, 10, 25), 1, 60, "Asia/Jerusalem")
    store = RecordStore(tmp_path, "somewhere")
    midnight = pd.Timestamp("2026-10-25", tz="Asia/Jerusalem")
    hours = [(n, (n * 3600 + 1800) * 1_000_000, "closed", "general", None, 0, None, False) for n in range(25)]
    store.add(records(hours, midnight), "b", "recorded", time_zone="Asia/Jerusalem")
    actuals = store.actuals(grid, ["general"], 5)
    assert len(actuals) == 25
    assert (actuals["offered"] == 1).all()
    assert [str(t)[11:19] for t in actuals["interval"][:4]] == ["00:00:00", "01:00:00", "01:00:00", "02:00:00"]


def test_stretches_are_whole_days_and_leave_nothing_out(tmp_path: Path) -> None:
    grid = TimeGrid(date(2026, 3, 25), 5, 30, "Asia/Jerusalem")  # one of its days has 23 hours
    store = RecordStore(tmp_path, "somewhere")
    calls = [(n, n * 40_000_000_000, "closed", "general", None, 0, None, False) for n in range(8)]
    store.add(records(calls, grid.starts[0]), "b", "recorded", time_zone="Asia/Jerusalem")
    held = read_batches(store.folder / "manifests")
    for most in (1, 3, 100):
        cut = list(stretches(grid, held, most))
        assert [s.first for s in cut] == [0, *(s.last for s in cut[:-1])]
        assert cut[-1].last == len(grid)
        assert all(grid.minutes[s.first] == 0 for s in cut)
    assert [s.last - s.first for s in stretches(grid, held, 1)] == [48, 48, 46, 48, 48]
    assert len(list(stretches(grid, held, 100))) == 1
    assert not calls_between(store.folder, held, grid.starts[0] - pd.Timedelta(days=9), grid.starts[0])


def test_the_rewriting_of_another_zone_moves_calls_to_other_dates(tmp_path: Path) -> None:
    store = RecordStore(tmp_path, "somewhere")
    midnight = pd.Timestamp("2026-09-14", tz="Asia/Shanghai")
    night = [(0, 3600 * 1_000_000, "closed", "general", None, 0, None, False)]
    store.add(records(night, midnight), "b1", "recorded", time_zone="Asia/Shanghai")
    store.add(records(night, midnight), "b2", "recorded", time_zone="UTC")  # under the date before
    grid = TimeGrid(date(2026, 9, 14), 1, 60, "Asia/Shanghai")
    assert np.flatnonzero(store.actuals(grid, ["general"], 5)["offered"]).tolist() == [1]
    assert store.actuals(grid, ["general"], 5)["offered"].sum() == 1


@pytest.mark.parametrize("wait_s", [86_400, 86_400.001])
def test_nobody_waits_longer_than_a_day(tmp_path: Path, wait_s: float) -> None:
    """§39"""
    store = RecordStore(tmp_path, "somewhere")
    midnight = pd.Timestamp("2026-09-14", tz="Asia/Shanghai")
    calls = [
        (0, 0, "abandoned", "general", "a", wait_s - 2, None, False),
        (1, 86_401_000_000, "answered", "general", "a", 1, None, False),
    ]
    store.add(records(calls, midnight), "b", "recorded", time_zone="Asia/Shanghai")
    grid = TimeGrid(date(2026, 9, 14), 2, 60, "Asia/Shanghai")
    assert store.actuals(grid, ["general"], 5)["first_attempts"].sum() == (1 if wait_s == 86_400 else 2)


@pytest.mark.parametrize(("threshold_s", "short"), [(0, 0), (5, 5), (7.5, 8), (100, 10)])
def test_the_threshold_of_short_abandons_is_the_hotlines(tmp_path: Path, threshold_s: float, short: int) -> None:
    """§40"""
    midnight = pd.Timestamp("2026-09-14", tz="Asia/Shanghai")
    gave_up = [(n, n * 1_000_000, "abandoned", "general", None, n, None, True) for n in range(10)]
    calls = records(gave_up, midnight)
    store = RecordStore(tmp_path, "guizhou-12348")
    store.add(calls, "b", "recorded", time_zone="Asia/Shanghai")
    grid = TimeGrid(date(2026, 9, 14), 1, 60, "Asia/Shanghai")
    assert store.actuals(grid, ["general"], threshold_s)["short_abandoned"].sum() == short
    hotline = load_hotline(find_hotline("guizhou-12348")).model_copy(update={"short_abandon_s": threshold_s})
    assert tally_calls(calls, hotline)["short_abandoned"].sum() == short
