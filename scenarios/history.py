"""The past that a plan's forecast learns from: imported records, or labelled synthetic ones."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from wfm.calendar import TimeGrid
from wfm.hotline import Hotline, grid_of
from wfm.i18n import Text, both
from wfm.records import RecordStore, aggregate_actuals, days_in_part, days_told_twice, demand_column, generate_calls

__all__ = ["HISTORY_DAYS", "History", "find_history", "hotline_as_is"]

HISTORY_DAYS = 84
"""Days of records that are generated where there are none: twelve weeks."""
RECORDED_HISTORY_DAYS = 728
"""Days of records that the forecast learns from at most: two years, in which feasts and seasons come back."""
RECORDED_DAYS_MIN = 7
VOICE_CALLS_MIN = 30.0
"""Calls that should have ended in the voice response, by the settings, for their absence to say something."""


@dataclass(frozen=True, slots=True)
class History:
    """Interval actuals before the plan's first day."""

    actuals: pd.DataFrame
    grid: TimeGrid
    kind: Literal["records", "synthetic"]
    days: int
    """Days that hold at least one call, or that interval records tell of."""
    content_hash: str
    notes: tuple[Text, ...] = ()


def find_history(hotline: Hotline, first: date, seed: int, home: Path) -> History:
    """The records in the store before ``first``; generated ones where fewer than a week is there.

    A what-if changes the future, not the past: ``demand.scale`` and ``handling.scale`` multiply the forecast and leave
    the history alone, so that two scenarios learn from the same days.
    """
    store = RecordStore(home, hotline.id)
    recorded = [d for d in store.days() if d < first]
    if len(recorded) >= RECORDED_DAYS_MIN:
        last = recorded[-1]
        start = max(recorded[0], last - timedelta(days=RECORDED_HISTORY_DAYS - 1))
        grid = grid_of(hotline, start, (first - start).days)
        actuals = store.actuals(grid, hotline.line_ids, hotline.short_abandon_s)
        actuals, notes = _with_wrap_up(hotline, store, start, last, actuals)
        notes = (*notes, *_begin_at_queue(hotline, actuals), *_left_out(store, start, last))
        kind: Literal["records", "synthetic"] = "synthetic" if "synthetic" in store.labels() else "records"
        return History(actuals, grid, kind, sum(d >= start for d in recorded), _hash(actuals), notes)
    start = first - timedelta(days=HISTORY_DAYS)
    as_is = hotline_as_is(hotline)
    actuals = _made(_Asked(as_is.model_dump_json(), start, seed, as_is)).copy()
    return History(actuals, grid_of(hotline, start, HISTORY_DAYS), "synthetic", HISTORY_DAYS, _hash(actuals))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a made history follows from; hotlines of the same settings have the same."""

    settings: str
    start: date
    seed: int
    hotline: Hotline = field(compare=False)


@lru_cache(maxsize=8)
def _made(asked: _Asked) -> pd.DataFrame:
    """The actuals of generated calls, kept: what-ifs of one hotline learn from the same days."""
    hotline, grid = asked.hotline, grid_of(asked.hotline, asked.start, HISTORY_DAYS)
    calls = generate_calls(hotline, asked.start, HISTORY_DAYS, asked.seed)
    return aggregate_actuals(calls, grid, hotline.line_ids, hotline.short_abandon_s)


def _with_wrap_up(
    hotline: Hotline, store: RecordStore, first: date, last: date, actuals: pd.DataFrame
) -> tuple[pd.DataFrame, tuple[Text, ...]]:
    """Actuals with the hotline's own after-call work on lines whose call records never tell any.

    A telephone system that does not record after-call work would else make every agent free at hanging up. Handling
    times of interval records are left as they are.
    """
    told = store.answered_days(first, last)
    notes = []
    handle_s = actuals["handle_s"].copy()
    days = actuals["interval"].dt.date.to_numpy()
    for line in hotline.lines:
        wrap_s = (1 - line.handling.short_call_share) * line.handling.wrap_s
        mine = told[told["line"] == line.id]
        if wrap_s == 0 or mine["wrap_up"].any() or mine.empty:
            continue
        here = (actuals["line"] == line.id) & np.isin(days, mine["date"].to_numpy(dtype=object))
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


def _begin_at_queue(hotline: Hotline, actuals: pd.DataFrame) -> list[Text]:
    """Said of lines whose records hold no call that ended in the voice response, though the settings let some end there."""
    share = hotline.ivr.self_service_share + hotline.ivr.hang_up_share
    if share == 0:
        return []
    notes = []
    for line in hotline.lines:
        mine = actuals[actuals["line"] == line.id]
        ended = mine[["ivr_completed", "ivr_abandoned"]].sum().sum()
        if ended == 0 and share * mine["queued"].sum() >= VOICE_CALLS_MIN:
            notes.append(
                both(
                    "The records of {line} hold no call that ended in the voice response, where the settings let {share:.0%} "
                    "end. If they begin at the agents' queue, set ivr.self_service_share and ivr.hang_up_share to 0: seats "
                    "are planned for the rest only.",
                    line=line.name,
                    share=share,
                )
            )
    return notes


def _left_out(store: RecordStore, first: date, last: date) -> list[Text]:
    """Said of days that the records hold in part, and of days of which calls and intervals both tell."""
    notes = [
        both(
            "{day} was recorded from {start} to {end} only; the rest of it is left out.",
            day=part.day,
            start=part.clock_span[0],
            end=part.clock_span[1],
        )
        for part in days_in_part(store.folder)
        if first <= part.day <= last
    ]
    twice = [day for day in days_told_twice(store.folder) if first <= day <= last]
    if twice:
        notes.append(
            both(
                "Of {count} days both calls and interval records are stored; on lines with calls that day, the calls count.",
                count=len(twice),
            )
        )
    return notes


def hotline_as_is(hotline: Hotline) -> Hotline:
    """The hotline without the factors of a what-if on its calls and handling times."""
    one = {"scale": 1.0}
    lines = tuple(
        line.model_copy(
            update={"demand": line.demand.model_copy(update=one), "handling": line.handling.model_copy(update=one)}
        )
        for line in hotline.lines
    )
    return hotline.model_copy(update={"lines": lines})


def _hash(actuals: pd.DataFrame) -> str:
    calls = actuals["offered"].where(actuals["offered"].notna(), demand_column(actuals))
    rows = pd.util.hash_pandas_object(
        actuals[["line", "interval", "handle_s"]].assign(offered=calls)[["line", "interval", "offered", "handle_s"]],
        index=False,
    )
    return hashlib.sha256(rows.to_numpy().tobytes()).hexdigest()[:16]
