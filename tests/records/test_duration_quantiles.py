"""Quantiles of waits and handling times read from the files, against sorting every call's own."""

from __future__ import annotations

import math
import tempfile
from datetime import date
from fractions import Fraction
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from wfm.calendar import TimeGrid
from wfm.errors import BadInput
from wfm.records import RecordStore
from wfm.records.duration_quantiles import duration_quantiles
from wfm.records.held_calls import read_batches
from wfm.records.interval_counts import ANSWERED_US
from wfm.tables import CALLS, check_table

ZONE = "Asia/Jerusalem"
GRID = TimeGrid(date(2026, 10, 24), 2, 30, ZONE)  # the clock is set back at two on the second day
LINES = ["a", "b"]


def calls_of(rows: list[tuple[int, str, int, int]]) -> pd.DataFrame:
    """(seconds after the first midnight, line, wait in milliseconds, talk in milliseconds)."""
    arrived = GRID.starts[0] + pd.to_timedelta([row[0] for row in rows], unit="s")
    wait = pd.to_timedelta([row[2] for row in rows], unit="ms")
    talk = pd.to_timedelta([row[3] for row in rows], unit="ms")
    return check_table(
        CALLS,
        pd.DataFrame(
            {
                "call": [f"c{n}" for n in range(len(rows))],
                "line": [row[1] for row in rows],
                "arrived_at": arrived,
                "queued_at": arrived,
                "answered_at": arrived + wait,
                "ended_at": arrived + wait + talk,
                "outcome": "answered",
                "talk_s": talk.total_seconds(),
            }
        ),
    )


def least_tenth(values_ms: list[int], share: str) -> float:
    """The least tenth of a second within which the share of the values lies, in whole-number arithmetic."""
    if not values_ms:
        return math.nan
    ordered = sorted(-(-value // 100) for value in values_ms)
    return ordered[max(math.ceil(Fraction(share) * len(ordered)), 1) - 1] / 10


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 49 * 3600 - 1), st.sampled_from(LINES), st.integers(0, 90_000), st.integers(0, 900_000)
        ),
        min_size=1,
        max_size=40,
    ),
    st.sampled_from([1, 10_000]),
)
def test_quantiles_are_those_of_the_sorted_durations(rows: list[tuple[int, str, int, int]], stretch_calls: int) -> None:
    """§105"""
    shares = ("0.07", "0.5", "0.8", "0.95", "1")
    with tempfile.TemporaryDirectory() as home:
        store = RecordStore(Path(home), "somewhere")
        store.add(calls_of(rows), "batch", "recorded", time_zone=ZONE)
        batches = read_batches(store.folder / "manifests")
        numbers = [float(share) for share in shares]
        by_interval, by_time = (
            duration_quantiles(
                store.folder, batches, GRID, LINES, ANSWERED_US, shares=numbers, by=by, stretch_calls=stretch_calls
            )
            for by in ("interval", "time_of_day")
        )
        handled = store.quantiles("handle", GRID, LINES, shares=[0.5], by="time_of_day")
    names = [f"q{100 * float(share):g}_s" for share in shares]
    place = [row[0] // 1800 for row in rows]
    for line in LINES:
        mine = by_interval[by_interval["line"] == line].reset_index(drop=True)
        for at in set(place):
            waits = [row[2] for row, p in zip(rows, place, strict=True) if row[1] == line and p == at]
            assert mine.loc[at, "calls"] == len(waits)
            np.testing.assert_equal(mine.loc[at, names].tolist(), [least_tenth(waits, share) for share in shares])
        for minute in set(GRID.minutes[place].tolist()):
            chosen = [row for row, p in zip(rows, place, strict=True) if row[1] == line and GRID.minutes[p] == minute]
            found = by_time[(by_time["line"] == line) & (by_time["minute"] == minute)]
            expected = [least_tenth([row[2] for row in chosen], share) for share in shares]
            np.testing.assert_equal(found[names].iloc[0].tolist(), expected)
            talked = handled[(handled["line"] == line) & (handled["minute"] == minute)]["q50_s"].iloc[0]
            np.testing.assert_equal(talked, least_tenth([row[3] for row in chosen], "0.5"))
    assert by_interval["calls"].sum() == by_time["calls"].sum() == len(rows)
    assert len(by_time) == len(LINES) * 48


def test_only_answered_calls_have_an_answer_time(tmp_path: Path) -> None:
    """§105"""
    calls = calls_of([(0, "a", 1000, 0), (1, "a", 99_000, 0)])
    calls["outcome"] = ["answered", "abandoned"]
    store = RecordStore(tmp_path, "somewhere")
    store.add(calls, "batch", "recorded", time_zone=ZONE)
    found = store.quantiles("wait", GRID, ["a"])
    assert (found["calls"].iloc[0], found["q95_s"].iloc[0]) == (1, 1.0)
    assert found["q50_s"].isna().sum() == len(GRID) - 1
    with pytest.raises(BadInput, match=r"found 1\.5"):
        store.quantiles("wait", GRID, ["a"], shares=[1.5])
