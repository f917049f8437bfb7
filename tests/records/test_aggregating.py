"""Interval actuals and daily tallies against a second, naive count."""

from __future__ import annotations

from datetime import date

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings

from wfm.calendar import TimeGrid
from wfm.hotline import find_hotline, load_hotline
from wfm.metrics import COUNTS
from wfm.records import aggregate_actuals, redial_flags, tally_calls
from wfm.tables import ACTUALS, CALLS, OUTCOMES, check_table

ZONE = "Asia/Shanghai"
LINES = ["general", "women-children", "consumer", "migrant-wages"]


def call(at: str, outcome: str = "answered", *, zone: str = ZONE, line: str = "general", wait: float = 5.0, **more):
    """One call record: queued as it arrives, waits, talks 100 s."""
    arrived = pd.Timestamp(at).tz_localize(zone) if pd.Timestamp(at).tzinfo is None else pd.Timestamp(at)
    row: dict[str, object] = {"line": line, "arrived_at": arrived, "outcome": outcome, "ended_at": arrived}
    if outcome in ("answered", "abandoned"):
        row |= {"queued_at": arrived, "ended_at": arrived + pd.Timedelta(seconds=wait)}
    if outcome == "answered":
        row |= {
            "answered_at": row["ended_at"],
            "ended_at": row["ended_at"] + pd.Timedelta(seconds=100),
            "talk_s": 100.0,
        }
    return row | more


def table(*rows: dict[str, object]) -> pd.DataFrame:
    frame = pd.DataFrame([{"call": f"c{i}"} | row for i, row in enumerate(rows)])
    for column in CALLS.columns:
        if column.kind == "time" and column.name in frame:
            frame[column.name] = pd.to_datetime(frame[column.name], utc=True).dt.tz_convert(ZONE)
    return check_table(CALLS, frame)


def test_an_interval_holds_its_start_and_not_its_end() -> None:
    """§38"""
    grid = TimeGrid(date(2026, 9, 14), 1, 30, ZONE)
    calls = table(
        call("2026-09-13 23:59:59.999"),
        call("2026-09-14 00:00"),
        call("2026-09-14 00:29:59.999"),
        call("2026-09-14 00:30"),
        call("2026-09-14 23:59:59"),
        call("2026-09-15 00:00"),
    )
    actuals = aggregate_actuals(calls, grid, ["general"], 5)
    assert len(actuals) == 48
    assert actuals["offered"].tolist() == [2.0, 1.0, *([0.0] * 45), 1.0]
    # The last call of the day is answered after midnight, and still belongs to the interval of its arrival.
    assert actuals["answered"].sum() == 4


def test_clocks_go_forward_and_back() -> None:
    spring = TimeGrid(date(2026, 3, 27), 1, 60, "Asia/Jerusalem")
    assert len(spring) == 23
    calls = table(*(call(f"2026-03-26T{hour:02d}:30:00Z") for hour in range(22, 24)), call("2026-03-27T00:30:00Z"))
    assert aggregate_actuals(calls, spring, ["general"], 5)["offered"].tolist() == [1.0, 1.0, 1.0] + [0.0] * 20
    autumn = TimeGrid(date(2026, 10, 25), 1, 60, "Asia/Jerusalem")
    assert len(autumn) == 25
    twice = table(call("2026-10-24T22:30:00Z"), call("2026-10-24T23:30:00Z"))  # 01:30 and 01:30 again
    assert np.flatnonzero(aggregate_actuals(twice, autumn, ["general"], 5)["offered"]).tolist() == [1, 2]


def test_thresholds_are_inclusive_and_short_abandons_gave_up_sooner() -> None:
    """§40"""
    grid = TimeGrid(date(2026, 9, 14), 1, 60, ZONE)
    calls = table(
        call("2026-09-14 08:00", wait=15),
        call("2026-09-14 08:01", wait=15.001),
        call("2026-09-14 08:02", "abandoned", wait=4.999),
        call("2026-09-14 08:03", "abandoned", wait=5),
        call("2026-09-14 08:04", "abandoned", wait=41),
    )
    row = aggregate_actuals(calls, grid, ["general"], 5).iloc[8]
    assert (row["answered_within_15_s"], row["answered_within_20_s"], row["answered_within_10_s"]) == (1, 2, 0)
    assert (row["queued"], row["answered"], row["abandoned"], row["short_abandoned"]) == (5, 2, 3, 1)
    assert row["wait_answered_s"] == pytest.approx(30.001)
    assert row["wait_all_s"] == pytest.approx(30.001 + 4.999 + 5 + 41)
    assert row["handle_s"] == 200


@pytest.mark.parametrize(
    ("second", "redials"),
    [
        ("2026-09-14 08:30:10", True),  # 30 minutes after giving up at 08:00:10
        ("2026-09-14 08:30:10.001", False),
        ("2026-09-14 08:00:10", True),
        ("2026-09-14 08:00:05", False),  # while the first call still waits
    ],
)
def test_a_call_within_30_minutes_after_giving_up_is_a_redial(second: str, redials: bool) -> None:
    """§39"""
    calls = table(
        call("2026-09-14 08:00", "abandoned", wait=10, caller_key="a"), call(second, caller_key="a", line="consumer")
    )
    assert redial_flags(calls).tolist() == [False, redials]


def test_only_giving_up_in_the_queue_and_busy_lines_make_redials() -> None:
    """§39"""
    for outcome, redials in (
        ("blocked", True),
        ("answered", False),
        ("ivr_completed", False),
        ("ivr_abandoned", False),
        ("closed", False),
    ):
        calls = table(call("2026-09-14 08:00", outcome, caller_key="a"), call("2026-09-14 08:10", caller_key="a"))
        assert redial_flags(calls).tolist() == [False, redials], outcome


def test_other_callers_and_callers_without_key_do_not_redial() -> None:
    """§39"""
    calls = table(
        call("2026-09-14 08:00", "abandoned", caller_key="a"),
        call("2026-09-14 08:01", caller_key="b"),
        call("2026-09-14 08:02", "abandoned"),
        call("2026-09-14 08:03"),
    )
    assert not redial_flags(calls).any()


def test_a_redial_is_known_by_the_call_before_the_grid() -> None:
    grid = TimeGrid(date(2026, 9, 15), 1, 30, ZONE)
    calls = table(call("2026-09-14 23:55", "abandoned", caller_key="a"), call("2026-09-15 00:05", caller_key="a"))
    actuals = aggregate_actuals(calls, grid, ["general"], 5)
    assert actuals["offered"].sum() == 1
    assert actuals["first_attempts"].sum() == 0


rows = st.lists(
    st.tuples(
        st.integers(-7200, 90_000),
        st.sampled_from(OUTCOMES),
        st.sampled_from(LINES),
        st.sampled_from(["a", "b", None]),
        st.integers(0, 120),
    ),
    max_size=15,
)


@settings(max_examples=25, deadline=None)
@given(rows)
@example(  # the caller's third call: the second still waits, the first met a busy line two seconds ago
    [(0, "blocked", "general", "a", 0), (2, "blocked", "general", "a", 0), (1, "abandoned", "general", "a", 2)]
)
def test_calls_are_conserved_and_redials_agree_with_a_naive_count(drawn) -> None:
    midnight = pd.Timestamp("2026-09-14", tz=ZONE)
    calls = [
        call(str(midnight + pd.Timedelta(seconds=at)), outcome, line=line, caller_key=key, wait=wait)
        for at, outcome, line, key, wait in drawn
    ]
    if not calls:
        return
    frame = table(*calls)
    grid = TimeGrid(date(2026, 9, 14), 1, 15, ZONE)
    actuals = check_table(ACTUALS, aggregate_actuals(frame, grid, LINES, 5))
    inside = [(at, o, line, k, w) for at, o, line, k, w in drawn if 0 <= at < 86_400]
    assert actuals["offered"].sum() == len(inside)
    parts = actuals[["blocked", "ivr_abandoned", "ivr_completed", "queued", "closed"]].sum(axis=1)
    assert (actuals["offered"] == parts).all()
    assert (actuals["queued"] == actuals["answered"] + actuals["abandoned"]).all()
    within = actuals[[f"answered_within_{t}_s" for t in (10, 15, 20, 30, 40, 60)] + ["answered"]].to_numpy()
    assert (np.diff(within, axis=1) >= 0).all()
    naive = []
    for at, _, _, key, _ in drawn:
        ends = [
            a + (w if o == "abandoned" else 0)
            for a, o, _, k, w in drawn
            if o in ("abandoned", "blocked") and k == key and a < at
        ]
        naive.append(key is not None and any(0 <= at - end <= 1800 for end in ends))
    # Calls of one caller in the same second have no order of their own: leave such draws out of the comparison.
    stamps = [(at, key) for at, _, _, key, _ in drawn if key]
    if len(stamps) == len(set(stamps)):
        assert redial_flags(frame).tolist() == naive


def test_every_line_and_interval_has_a_row_in_order() -> None:
    grid = TimeGrid(date(2026, 9, 14), 2, 30, ZONE)
    actuals = check_table(ACTUALS, aggregate_actuals(table(call("2026-09-14 08:00")), grid, LINES, 5))
    assert len(actuals) == 4 * 96
    assert actuals["line"].tolist() == [line for line in LINES for _ in range(96)]
    assert actuals["seats_staffed"].isna().all()
    assert actuals["first_attempts"].sum() == actuals["offered"].sum() == 1


def test_tally_agrees_with_the_intervals_summed_by_day() -> None:
    hotline = load_hotline(find_hotline("guizhou-12348"))
    calls = table(
        call("2026-09-14 00:00", wait=12, ring_s=16.0),
        call("2026-09-14 23:59:59", "abandoned", wait=50),
        call("2026-09-16 12:00", "blocked", line="consumer"),
        call("2026-09-16 13:00", "abandoned", wait=2, called_back_at=pd.Timestamp("2026-09-17 09:00", tz=ZONE)),
    )
    days = tally_calls(calls, hotline)
    assert set(COUNTS) <= set(days.columns)
    assert len(days) == 4 * 3  # the empty 15 September too
    general = days[days["line"] == "general"].set_index("date")
    assert general["offered"].tolist() == [2, 0, 1]
    assert general["rang_over_three"].tolist() == [1, 0, 0]
    assert general["waited_over_40_s"].tolist() == [1, 0, 0]
    assert general["called_back"].tolist() == [0, 0, 1]
    assert general["short_abandoned"].tolist() == [0, 0, 1]
    assert days.loc[days["line"] == "consumer", "blocked"].tolist() == [0, 0, 1]
    grid = TimeGrid(date(2026, 9, 14), 3, 30, ZONE)
    actuals = aggregate_actuals(calls, grid, hotline.line_ids, hotline.short_abandon_s)
    for name in ("offered", "queued", "answered", "abandoned", "wait_all_s", "handle_s", "answered_within_15_s"):
        assert days[name].sum() == pytest.approx(actuals[name].sum())
