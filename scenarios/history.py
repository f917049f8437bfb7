"""The past that a plan's forecast learns from: imported records, or labelled synthetic ones."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import pandas as pd

from wfm.calendar import TimeGrid
from wfm.hotline import Hotline, grid_of
from wfm.records import RecordStore, aggregate_actuals, generate_calls

__all__ = ["HISTORY_DAYS", "History", "find_history"]

HISTORY_DAYS = 84
"""Days that the default model learns from: twelve weeks."""
RECORDED_DAYS_MIN = 7


@dataclass(frozen=True, slots=True)
class History:
    """Interval actuals before the plan's first day."""

    actuals: pd.DataFrame
    grid: TimeGrid
    kind: Literal["records", "synthetic"]
    days: int
    """Days that hold at least one call."""
    content_hash: str


def find_history(hotline: Hotline, first: date, seed: int, home: Path) -> History:
    """The records in the store before ``first``; generated ones where fewer than a week is there.

    A what-if changes the future, not the past: ``demand.scale`` multiplies the forecast and leaves
    the history alone, so that two scenarios learn from the same days.
    """
    store = RecordStore(home, hotline.id)
    recorded = [d for d in store.days() if d < first]
    if len(recorded) >= RECORDED_DAYS_MIN:
        last = recorded[-1]
        start = max(recorded[0], last - timedelta(days=HISTORY_DAYS - 1))
        grid = grid_of(hotline, start, (first - start).days)
        actuals = store.actuals(grid, hotline.line_ids, hotline.short_abandon_s)
        kind: Literal["records", "synthetic"] = "synthetic" if "synthetic" in store.labels() else "records"
        return History(actuals, grid, kind, sum(d >= start for d in recorded), _hash(actuals))
    start = first - timedelta(days=HISTORY_DAYS)
    calls = generate_calls(_unscaled(hotline), start, HISTORY_DAYS, seed)
    grid = grid_of(hotline, start, HISTORY_DAYS)
    actuals = aggregate_actuals(calls, grid, hotline.line_ids, hotline.short_abandon_s)
    return History(actuals, grid, "synthetic", HISTORY_DAYS, _hash(actuals))


def _unscaled(hotline: Hotline) -> Hotline:
    lines = tuple(
        line.model_copy(update={"demand": line.demand.model_copy(update={"scale": 1.0})}) for line in hotline.lines
    )
    return hotline.model_copy(update={"lines": lines})


def _hash(actuals: pd.DataFrame) -> str:
    rows = pd.util.hash_pandas_object(actuals[["line", "interval", "offered", "handle_s"]], index=False)
    return hashlib.sha256(rows.to_numpy().tobytes()).hexdigest()[:16]
