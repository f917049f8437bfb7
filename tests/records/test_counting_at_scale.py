"""A year of generated calls in the store's own layout, counted in the files: the same counts, in bounded memory."""

from __future__ import annotations

import importlib
from datetime import date
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from wfm.calendar import TimeGrid
from wfm.records import RecordStore, aggregate_actuals

BENCH = Path(__file__).parents[1] / "bench"
LINES = [f"line-{n + 1}" for n in range(6)]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The benchmark, whose generator writes the store's layout."""
    monkeypatch.syspath_prepend(str(BENCH))
    return importlib.import_module("records")


def test_a_hundred_thousand_calls_of_a_year(bench: ModuleType, tmp_path: Path) -> None:
    """§104"""
    bench.write_year(tmp_path, 100_000)
    store = RecordStore(tmp_path, bench.HOTLINE)
    grid = TimeGrid(bench.FIRST, 365, 30, bench.ZONE)
    told = []
    found = store.actuals(grid, LINES, 5, progress=lambda done, total, /: told.append((done, total)))
    calls = store.calls(date(2024, 12, 31), date(2026, 1, 1))
    assert abs(len(calls) - 100_000) < 2_000
    pd.testing.assert_frame_equal(found, aggregate_actuals(calls, grid, LINES, 5), check_exact=True)
    assert found["offered"].sum() == len(calls)
    assert 0.005 < 1 - found["first_attempts"].sum() / len(calls) < 0.1  # the generator lets some call again
    assert told[-1] == (len(grid), len(grid))


@pytest.mark.endure
def test_ten_million_calls_in_ten_seconds_and_a_gibibyte(bench: ModuleType, tmp_path: Path) -> None:
    """§104"""
    bench.write_year(tmp_path, 10_000_000)
    for name in ("actuals", "quantiles"):
        measured = bench.measure(tmp_path, name)
        # Ten seconds on two cores; a process beside others is not timed by the clock.
        assert measured["cpu_s"] < 20
        assert measured["peak"] < 2**30
