"""Interval actuals from call records: which interval a call belongs to, and what is counted in it.

A call belongs to the interval that holds its arrival at the hotline (``arrived_at``); an interval
holds its start and not its end. Everything that happens to the call later, even past midnight, is
counted there. So ``offered = blocked + ivr_abandoned + ivr_completed + queued + closed`` and
``queued = answered + abandoned`` hold in every interval.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.calendar import TimeGrid
from wfm.tables import ACTUALS, WAIT_THRESHOLDS_S

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["GIVING_UP_MAX_S", "REDIAL_WINDOW_S", "aggregate_actuals", "call_counts", "redial_flags"]

REDIAL_WINDOW_S = 1800.0
"""A call of the same caller within this time after giving up or a busy line is a redial."""
GIVING_UP_MAX_S = 86_400.0
"""Who is recorded as having waited longer before giving up was not waiting: such a call shows no redial."""


def seconds_between(start: pd.Series, end: pd.Series) -> NDArray[np.float64]:
    """Elapsed seconds, NaN where either time is unknown."""
    return np.asarray((end - start).dt.total_seconds(), dtype=float)


def redial_flags(calls: pd.DataFrame) -> NDArray[np.bool_]:
    """Which calls are redials, in the order of ``calls`` (columns of ``tables.CALLS``).

    A redial is a call, on any line, that arrives within :data:`REDIAL_WINDOW_S` after the same caller
    gave up waiting for an agent or met a busy line. The clock starts when that call ended (a busy
    call ends as it arrives, and none ends before it arrived). Callers without a key cannot be told apart and never redial.
    """
    flags = np.zeros(len(calls), dtype=bool)
    known = calls["caller_key"].notna().to_numpy()
    if not known.any():
        return flags
    place = np.flatnonzero(known)
    arrived_ns = _nanoseconds(calls["arrived_at"])[place]
    ended_ns = _nanoseconds(calls["ended_at"].where(calls["ended_at"].notna(), calls["arrived_at"]))[place]
    ended_ns = np.maximum(ended_ns, arrived_ns)
    outcome = calls["outcome"].to_numpy(dtype=object)[place]
    caller = pd.factorize(calls["caller_key"].to_numpy(dtype=object)[place])[0]
    gave_up = (outcome == "abandoned") | (outcome == "blocked")
    gave_up &= ended_ns - arrived_ns <= GIVING_UP_MAX_S * 1e9
    # Arrivals and ends of calls given up, caller by caller in time. What ends as another call arrives came first,
    # unless it only arrived then itself: calls of one instant have no order.
    end_ns = ended_ns[gave_up]
    late = np.where(end_ns > arrived_ns[gave_up], 0, 2)
    when = np.concatenate([arrived_ns, end_ns])
    who = np.concatenate([caller, caller[gave_up]])
    order = np.lexsort((np.concatenate([np.ones(len(place), dtype=np.int64), late]), when, who))
    never = np.iinfo(np.int64).min // 4
    ends = pd.Series(np.where(order >= len(place), when[order], never))
    latest = np.empty(len(order), dtype=np.int64)
    # Sorted by time, the greatest end so far is the last one: an end still to come hides no earlier one.
    latest[order] = ends.groupby(who[order]).cummax().to_numpy()
    since_ns = arrived_ns - latest[: len(place)]
    flags[place] = (latest[: len(place)] > never) & (since_ns <= REDIAL_WINDOW_S * 1e9)
    return flags


def _nanoseconds(times: pd.Series) -> NDArray[np.int64]:
    utc = times.dt.tz_convert("UTC").dt.tz_localize(None)
    ticks: NDArray[np.int64] = utc.to_numpy(dtype="datetime64[ns]").astype(np.int64)
    return ticks


def call_counts(calls: pd.DataFrame, short_abandon_s: float) -> dict[str, NDArray[np.float64]]:
    """What each call adds to the counts of ``tables.ACTUALS`` and ``metrics.COUNTS``; arrays of shape ``(calls,)``.

    The wait for an agent runs from ``queued_at`` to pick-up or to giving up. Within a threshold
    means not later than it; a short abandon gave up sooner than ``short_abandon_s``. A call-back counts only
    for a call that was neither answered nor served by the IVR.
    """
    outcome = calls["outcome"].to_numpy(dtype=object)
    one = {name: outcome == name for name in ("blocked", "ivr_abandoned", "ivr_completed", "answered", "abandoned")}
    queued = one["answered"] | one["abandoned"]
    arrived = calls["arrived_at"]
    queued_at = calls["queued_at"].where(calls["queued_at"].notna(), arrived)
    to_answer_s = np.where(one["answered"], seconds_between(queued_at, calls["answered_at"]), np.nan)
    to_give_up_s = np.where(one["abandoned"], seconds_between(queued_at, calls["ended_at"]), np.nan)
    wait_s = np.where(one["answered"], to_answer_s, to_give_up_s)
    handle_s = sum(calls[c].to_numpy(dtype=float, na_value=0.0) for c in ("talk_s", "hold_s", "wrap_s"))
    heard = calls["ivr_s"].notna().to_numpy() | one["ivr_abandoned"] | one["ivr_completed"] | one["answered"]
    missed = ~(one["answered"] | one["ivr_completed"])
    counts: dict[str, NDArray[np.bool_] | NDArray[np.float64]] = {
        "offered": np.ones(len(calls)),
        "blocked": one["blocked"],
        "closed": outcome == "closed",
        "ivr_answered": heard & ~one["blocked"],
        "ivr_completed": one["ivr_completed"],
        "ivr_abandoned": one["ivr_abandoned"],
        "queued": queued,
        "answered": one["answered"],
        "abandoned": one["abandoned"],
        "short_abandoned": to_give_up_s < short_abandon_s,
        "called_back": calls["called_back_at"].notna().to_numpy() & missed,
        "wait_answered_s": np.nan_to_num(to_answer_s),
        "wait_dialling_s": np.nan_to_num(np.where(one["answered"], seconds_between(arrived, calls["answered_at"]), 0)),
        "wait_all_s": np.nan_to_num(wait_s),
        "abandoned_within_15_s": to_give_up_s <= 15,
        "waited_over_40_s": wait_s > 40,
        "handle_s": np.where(one["answered"], handle_s, 0.0),
    }
    for threshold in WAIT_THRESHOLDS_S:
        counts[f"answered_within_{threshold}_s"] = to_answer_s <= threshold
    return {name: np.asarray(value, dtype=float) for name, value in counts.items()}


def aggregate_actuals(
    calls: pd.DataFrame, grid: TimeGrid, lines: Sequence[str], short_abandon_s: float
) -> pd.DataFrame:
    """Interval actuals (``tables.ACTUALS``): one row per line × interval of the grid, zeros where nothing came.

    Durations are rounded to whole microseconds and then summed, so that no order of the calls changes a sum.

    Args:
        calls: call records. Those before the grid only show redials; those of other lines and after
            the grid are left out.
        grid: the intervals.
        lines: the lines, in the order of the result.
        short_abandon_s: callers who gave up sooner are short abandons.

    Returns:
        Rows ordered by line, then interval. ``seats_staffed`` is empty: call records do not know it.
    """
    intervals = len(grid)
    place = grid.locate(calls["arrived_at"]) if len(calls) else np.empty(0, dtype=int)
    line = pd.Index(list(lines)).get_indexer(pd.Index(calls["line"].to_numpy(dtype=object)))
    inside = (place >= 0) & (line >= 0)
    cell = line[inside] * intervals + place[inside]
    counts = call_counts(calls, short_abandon_s)
    counts["first_attempts"] = np.asarray(~redial_flags(calls), dtype=float)
    table = pd.DataFrame(
        {
            "line": pd.Series(np.repeat(np.asarray(list(lines), dtype=object), intervals), dtype="string"),
            "interval": grid.starts.take(np.tile(np.arange(intervals), len(lines))),
        }
    )
    for column in ACTUALS.columns[2:]:
        if column.name not in counts:
            table[column.name] = np.nan
            continue
        unit = 1e6 if column.kind == "seconds" else 1.0
        table[column.name] = (
            np.bincount(cell, weights=np.rint(counts[column.name][inside] * unit), minlength=len(table)) / unit
        )
    return table
