"""Paragraphs 3–5 and 35 of the semantics: what is counted where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simulation import Centre, SimulatedCalls, simulate, tally
from simulation.calls import ABANDONED, ANSWERED, BLOCKED, CLOSED, IVR_ABANDONED, IVR_COMPLETED
from simulation.draws import constant
from wfm.metrics import COUNTS, KPIS
from wfm.tables import SIMULATED_CALLS, check_table

Build = Callable[..., Centre]
Duty = Callable[..., dict[str, Any]]
NAN = float("nan")


def table_of(calls: SimulatedCalls, rows: list[dict[str, float]]) -> SimulatedCalls:
    """The calls replaced by rows written by hand."""
    empty = {"attempt": 1, "line": 0, "ivr_s": 0, "queued_s": NAN, "answered_s": NAN, "handle_s": NAN, "agent": -1}
    full = pd.DataFrame([empty | {"called_back_s": NAN, "call": k} | row for k, row in enumerate(rows)])
    whole = ("call", "attempt", "line", "outcome", "agent")
    return replace(calls, **{c: full[c].to_numpy(np.int64 if c in whole else float) for c in full})


def test_a_call_counts_where_it_arrived_with_every_threshold(small_centre: Build, on_duty: Duty) -> None:
    """§3 §4 §5"""
    centre = small_centre({9: 1}, [on_duty("a")], days=2, short_abandon_s=5.0)
    late = 86_390.0
    rows = [
        {"arrived_s": late, "ivr_s": 20, "queued_s": late + 20, "answered_s": late + 35, "ended_s": late + 99, "outcome": ANSWERED, "handle_s": 70, "agent": 0},
        {"arrived_s": 10, "queued_s": 10, "answered_s": 25.001, "ended_s": 99, "outcome": ANSWERED, "handle_s": 80, "agent": 0},
        {"arrived_s": 20, "queued_s": 20, "answered_s": 60, "ended_s": 99, "outcome": ANSWERED, "handle_s": 90, "agent": 0},
        {"arrived_s": 30, "queued_s": 30, "ended_s": 70.001, "outcome": ABANDONED, "called_back_s": 500},
        {"arrived_s": 40, "queued_s": 40, "ended_s": 44.999, "outcome": ABANDONED},
        {"arrived_s": 50, "queued_s": 50, "ended_s": 55, "outcome": ABANDONED},
        {"arrived_s": 60, "ended_s": 60, "outcome": BLOCKED},
        {"arrived_s": 70, "ivr_s": 9, "ended_s": 79, "outcome": IVR_ABANDONED},
        {"arrived_s": 80, "ivr_s": 9, "ended_s": 89, "outcome": IVR_COMPLETED},
        {"arrived_s": 90, "ivr_s": 9, "ended_s": 99, "outcome": CLOSED},
        {"arrived_s": 90, "ended_s": 90, "outcome": CLOSED},
    ]  # fmt: skip
    first, second = tally(table_of(simulate(centre, 1, 0), rows), centre).to_dict("records")
    assert second["offered"] == second["answered"] == second["queued"] == 0
    expected = {
        "offered": 11, "blocked": 1, "closed": 2, "ivr_answered": 9, "ivr_completed": 1, "ivr_abandoned": 1,
        "queued": 6, "answered": 3, "abandoned": 3, "short_abandoned": 1, "called_back": 1,
        "wait_answered_s": 15 + 15.001 + 40, "wait_dialling_s": 35 + 15.001 + 40,
        "wait_all_s": 15 + 15.001 + 40 + 40.001 + 4.999 + 5,
        "answered_within_10_s": 0, "answered_within_15_s": 1, "answered_within_20_s": 2, "answered_within_30_s": 2,
        "answered_within_40_s": 3, "answered_within_60_s": 3, "abandoned_within_15_s": 2, "waited_over_40_s": 1,
        "rang_over_three": 0, "handle_s": 240,
    }  # fmt: skip
    assert {name: first[name] for name in expected} == pytest.approx(expected)
    assert set(COUNTS) == {*expected, "staffed_s"}


@pytest.mark.parametrize(("ring_s", "share"), [(15.0, 0.0), (15.5, 1.0)])
def test_three_rings_last_fifteen_seconds(small_centre: Build, on_duty: Duty, ring_s: float, share: float) -> None:
    """§5"""
    centre = small_centre({9: 5}, [on_duty(f"a{k}") for k in range(5)], ring_s=ring_s)
    assert KPIS["rang_over_three_share"].of(tally(simulate(centre, 1, 0), centre)) == share


def test_days_with_a_changed_clock_keep_their_calls() -> None:
    """§1 §2 Berlin, 2026-10-25 has 25 hours: 25 intervals belong to it."""
    from datetime import date

    from wfm.calendar import TimeGrid

    grid = TimeGrid(date(2026, 10, 25), 2, 60, "Europe/Berlin")
    dates, index = np.unique(grid.dates, return_inverse=True)
    assert np.bincount(index).tolist() == [25, 24]
    assert len(dates) == 2


def test_staffed_time_is_split_by_the_calls_that_queued(small_centre: Build, on_duty: Duty) -> None:
    """§35"""
    names = {"en": "x", "zh": "x"}
    line = {"demand": {"calls_per_day": 1}, "handling": {"talk_s": 100}, "patience": {"mean_s": 300}, "name": names}
    hotline = {
        "lines": [line | {"id": name} for name in ("one", "two", "three")],
        "groups": [
            {"id": "pair", "name": names, "lines": ["one", "two"], "from": "06:00", "to": "24:00"},
            {"id": "single", "name": names, "lines": ["three"], "from": "06:00", "to": "24:00"},
            {"id": "night", "name": names, "lines": ["one", "two", "three"], "from": "00:00", "to": "06:00"},
        ],
    }
    counts = np.zeros((1, 3, 24))
    counts[0, 0, 9], counts[0, 1, 9], counts[0, 2, 9] = 30, 10, 5
    duties = [on_duty("p", 8, 16, group="pair", breaks="12:00-12:30"), on_duty("s", 7, 11, group="single")]
    duties += [on_duty("n", -2, 6, group="night"), on_duty("late", 22, 30, group="single")]
    centre = small_centre(counts, duties, hotline=hotline)
    staffed_h = tally(simulate(centre, 1, 0), centre)["staffed_s"].to_numpy() / 3600
    night = 6 / 3
    assert staffed_h == pytest.approx([7.5 * 0.75 + night, 7.5 * 0.25 + night, 4 + 2 + night])


def test_overtime_is_staffed_time(small_centre: Build, on_duty: Duty) -> None:
    """§26 §35"""
    centre = small_centre({9: 1}, [on_duty("a", 9, 10)], talk=(constant(7200),))
    calls = simulate(centre, 1, 0)
    day = tally(calls, centre).iloc[0]
    assert day["staffed_s"] == pytest.approx(calls.answered_s[0] + 7200 - 9 * 3600)
    assert day["handle_s"] == 7200


def test_the_calls_table_has_the_declared_columns(small_centre: Build, on_duty: Duty) -> None:
    centre = small_centre({9: 30}, [on_duty("a")], redial_share=(0.5,))
    frame = simulate(centre, 1, 3).frame()
    assert list(frame.columns) == SIMULATED_CALLS.column_names
    assert len(check_table(SIMULATED_CALLS, frame)) == len(frame) > 30
    assert (frame["replication"] == 3).all()
