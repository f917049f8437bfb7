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
from wfm.i18n import Text, both
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
    notes: tuple[Text, ...] = ()


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
        calls = store.calls(start, last, time_zone=hotline.time_zone)
        actuals, notes = _with_wrap_up(hotline, calls, actuals)
        kind: Literal["records", "synthetic"] = "synthetic" if "synthetic" in store.labels() else "records"
        return History(actuals, grid, kind, sum(d >= start for d in recorded), _hash(actuals), notes)
    start = first - timedelta(days=HISTORY_DAYS)
    calls = generate_calls(_unscaled(hotline), start, HISTORY_DAYS, seed)
    grid = grid_of(hotline, start, HISTORY_DAYS)
    actuals = aggregate_actuals(calls, grid, hotline.line_ids, hotline.short_abandon_s)
    return History(actuals, grid, "synthetic", HISTORY_DAYS, _hash(actuals))


def _with_wrap_up(
    hotline: Hotline, calls: pd.DataFrame, actuals: pd.DataFrame
) -> tuple[pd.DataFrame, tuple[Text, ...]]:
    """Actuals with the hotline's own after-call work on lines whose records never tell any.

    A telephone system that does not record after-call work would else make every agent free at hanging up.
    """
    notes = []
    answered = calls[calls["outcome"] == "answered"]
    handle_s = actuals["handle_s"].copy()
    for line in hotline.lines:
        wrap_s = (1 - line.handling.short_call_share) * line.handling.wrap_s
        if wrap_s == 0 or answered.loc[answered["line"] == line.id, "wrap_s"].notna().any():
            continue
        here = actuals["line"] == line.id
        if actuals.loc[here, "answered"].sum() == 0:
            continue
        handle_s[here] += actuals.loc[here, "answered"] * wrap_s
        notes.append(
            both(
                "The records of {line} hold no after-call work; {seconds:.0f} s from the hotline's settings are added to "
                "each answered call.",
                line=line.name,
                seconds=wrap_s,
            )
        )
    return actuals.assign(handle_s=handle_s), tuple(notes)


def _unscaled(hotline: Hotline) -> Hotline:
    lines = tuple(
        line.model_copy(update={"demand": line.demand.model_copy(update={"scale": 1.0})}) for line in hotline.lines
    )
    return hotline.model_copy(update={"lines": lines})


def _hash(actuals: pd.DataFrame) -> str:
    rows = pd.util.hash_pandas_object(actuals[["line", "interval", "offered", "handle_s"]], index=False)
    return hashlib.sha256(rows.to_numpy().tobytes()).hexdigest()[:16]
