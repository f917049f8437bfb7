"""Spans of time against sets of single milliseconds."""

from itertools import pairwise

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from wfm.calendar import TimeGrid
from wfm.records.seats_staffed import interval_bounds_ms, seats_staffed
from wfm.records.spans import common, milliseconds, per_interval_ms, span_ms, union, without

pairs = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8)


def array(spans):
    return np.array(spans, dtype=np.int64).reshape(-1, 2)


def moments(spans):
    return {m for begin, end in spans.tolist() for m in range(begin, end)}


def joined(spans):
    return all(a[1] < b[0] for a, b in pairwise(spans.tolist()))


@given(pairs, pairs)
def test_union_common_and_difference_are_those_of_sets_of_moments(one, other):
    raw_a, raw_b = array(one), array(other)
    a, b = union(raw_a), union(raw_b)
    assert moments(a) == moments(raw_a)
    for found, wanted in (
        (a, moments(raw_a)),
        (common(a, b), moments(raw_a) & moments(raw_b)),
        (without(a, b), moments(raw_a) - moments(raw_b)),
    ):
        assert moments(found) == wanted
        assert span_ms(found) == len(wanted)
        assert joined(found)


@given(pairs, st.lists(st.integers(0, 60), min_size=2, max_size=6, unique=True).map(sorted))
def test_every_span_counts_in_each_interval(spans, bounds):
    whole = array([(a, b) for a, b in spans if a <= b])
    expected = [
        sum(1 for a, b in whole.tolist() for m in range(a, b) if low <= m < high) for low, high in pairwise(bounds)
    ]
    assert per_interval_ms(whole, np.array(bounds, dtype=np.int64)).tolist() == expected


def states(*rows):
    frame = pd.DataFrame(rows, columns=["agent", "state", "start", "end"])
    for name in ("start", "end"):
        frame[name] = pd.to_datetime(frame[name]).dt.tz_localize("Asia/Shanghai")
    return frame


def test_seats_staffed_are_mean_seats_signed_in():
    found = seats_staffed(
        states(
            ("A", "signed_in", "2026-09-14 08:00", "2026-09-14 08:45"),
            ("A", "handling", "2026-09-14 08:30", "2026-09-14 08:50"),  # a second queue: the seat counts once
            ("A", "break", "2026-09-14 08:50", "2026-09-14 09:00"),
            ("B", "available", "2026-09-14 08:10", "2026-09-14 08:25"),
        ),
        TimeGrid(pd.Timestamp("2026-09-14").date(), 2, 30, "Asia/Shanghai"),
    )
    assert found[:16].sum() == 0
    # 08:00–08:30: A all of it, B 15 of 30 minutes; 08:30–09:00: A 20 of 30 minutes, the break is none.
    assert found[16] == 1.5
    assert found[17] == 20 / 30
    assert not np.isnan(found[:48]).any()
    assert np.isnan(found[48:]).all(), "a day of which nothing is known is not a day without anybody"


def test_seats_staffed_of_a_group_and_of_breaks():
    frame = states(
        ("A", "signed_in", "2026-09-14 08:00", "2026-09-14 09:00"),
        ("B", "break", "2026-09-14 08:00", "2026-09-14 08:15"),
    )
    grid = TimeGrid(pd.Timestamp("2026-09-14").date(), 1, 60, "Asia/Shanghai")
    assert seats_staffed(frame, grid, agents={"B"})[8] == 0
    assert seats_staffed(frame, grid, agents={"B"}, states=("break",))[8] == 0.25


def test_milliseconds_and_bounds_are_true_time():
    grid = TimeGrid(pd.Timestamp("2026-03-29").date(), 1, 60, "Europe/Berlin")
    bounds = interval_bounds_ms(grid)
    assert len(bounds) == 24  # 23 hours on the day on which clocks go forward
    assert set(np.diff(bounds).tolist()) == {3_600_000}
    assert milliseconds(pd.DatetimeIndex(["1970-01-01T00:00:01.5Z"])).tolist() == [1500]
