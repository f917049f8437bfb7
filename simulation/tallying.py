"""Daily counts of simulated calls, from which every KPI is made, with the same meaning as of records.

A call belongs to the local date of its arrival; everything that happens to it later is counted there.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.calls import (
    ABANDONED,
    ANSWERED,
    BLOCKED,
    CALL_BACK_ACCEPTED,
    CLOSED,
    IVR_ABANDONED,
    IVR_COMPLETED,
    SimulatedCalls,
)
from simulation.centre import Centre
from wfm.metrics import COUNTS, THREE_RINGS_S
from wfm.tables import WAIT_THRESHOLDS_S

__all__ = ["call_counts", "staffed_seconds", "tally"]

Floats = NDArray[np.float64]


def tally(calls: SimulatedCalls, centre: Centre) -> pd.DataFrame:
    """Daily counts of one replication: columns ``line``, ``date`` and ``wfm.metrics.COUNTS``.

    Every line has a row on every date of the period, ordered by line, then date. ``staffed_s`` is
    the agents' signed-in time of the line's groups, split over the lines that a group serves by the
    calls queued on the date (evenly when there were none).
    """
    lines, days = len(centre.line_ids), len(centre.dates)
    interval = np.minimum(calls.arrived_s // centre.interval_s, len(centre.interval_date) - 1).astype(np.int64)
    cell = calls.line * days + centre.interval_date[interval]
    table = pd.DataFrame(
        {
            "line": np.repeat(np.asarray(centre.line_ids, dtype=object), days),
            "date": np.tile(centre.dates.astype("datetime64[ns]"), lines),
        }
    )
    counts = call_counts(calls, centre)
    for name in COUNTS:
        if name != "staffed_s":
            table[name] = np.bincount(cell, weights=counts[name], minlength=lines * days)
    table["staffed_s"] = staffed_seconds(calls, centre).ravel()
    return table[["line", "date", *COUNTS]]


def call_counts(calls: SimulatedCalls, centre: Centre) -> dict[str, Floats]:
    """What each call adds to each count; arrays of shape ``(calls,)``."""
    outcome = calls.outcome
    answered, abandoned = outcome == ANSWERED, outcome == ABANDONED
    closed = outcome == CLOSED
    # Comparisons with NaN are False: who was not answered is in no answer-time count.
    to_answer_s = calls.answered_s - calls.queued_s
    to_give_up_s = np.where(abandoned, calls.ended_s - calls.queued_s, np.nan)
    wait_s = np.where(answered, to_answer_s, to_give_up_s)
    silent = closed & (calls.ended_s <= calls.arrived_s)
    counts: dict[str, NDArray[np.bool_] | Floats] = {
        "offered": np.ones(len(calls)),
        "blocked": outcome == BLOCKED,
        "closed": closed,
        "ivr_answered": (outcome != BLOCKED) & ~silent,
        "ivr_completed": outcome == IVR_COMPLETED,
        "ivr_abandoned": outcome == IVR_ABANDONED,
        "queued": answered | abandoned | (outcome == CALL_BACK_ACCEPTED),
        "answered": answered,
        "abandoned": abandoned,
        "short_abandoned": to_give_up_s < centre.short_abandon_s,
        "called_back": ~np.isnan(calls.called_back_s),
        "wait_answered_s": np.nan_to_num(to_answer_s),
        "wait_dialling_s": np.nan_to_num(calls.answered_s - calls.arrived_s),
        "wait_all_s": np.nan_to_num(wait_s),
        "abandoned_within_15_s": to_give_up_s <= 15,
        "waited_over_40_s": wait_s > 40,
        "rang_over_three": answered & (centre.ring_s > THREE_RINGS_S),
        "handle_s": np.nan_to_num(calls.handle_s),
    }
    for threshold in WAIT_THRESHOLDS_S:
        counts[f"answered_within_{threshold}_s"] = to_answer_s <= threshold
    return {name: np.asarray(value, dtype=float) for name, value in counts.items()}


def staffed_seconds(calls: SimulatedCalls, centre: Centre) -> Floats:
    """Agents' signed-in time by line and date, shape ``(L, D)``; time after the period is left out."""
    groups, days = len(centre.group_ids), len(centre.dates)
    intervals = len(centre.interval_date)
    present_s = np.zeros((groups, days))
    edges: Floats = np.arange(intervals + 1, dtype=float) * centre.interval_s
    for group in range(groups):
        mine = calls.stays.group == group
        worked = _time_after(edges, calls.stays.end_s[mine]) - _time_after(edges, calls.stays.start_s[mine])
        # What is worked after an edge falls from edge to edge by what is worked between them.
        present_s[group] = np.bincount(centre.interval_date, weights=-np.diff(worked), minlength=days)
    queued = ~np.isnan(calls.queued_s)
    at = np.minimum(calls.queued_s[queued] // centre.interval_s, intervals - 1).astype(np.int64)
    line = calls.line[queued]
    served = np.zeros((groups, len(centre.line_ids), days))
    np.add.at(served, (centre.serving[line, at], line, centre.interval_date[at]), 1.0)
    serves = np.zeros_like(served)
    for k, serving in enumerate(centre.serving):
        serves[serving, k, centre.interval_date] = 1.0
    weight = np.where(served.sum(axis=1, keepdims=True) > 0, served, serves)
    total = weight.sum(axis=1, keepdims=True)
    share = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    # Group by group: the sum of an axis may be taken in another order, and its last bits depend on that.
    split: Floats = np.add.accumulate(share * present_s[:, None, :], axis=0)[-1]
    return split


def _time_after(edges: Floats, moments: Floats) -> Floats:
    """Σ over ``moments`` of max(moment − edge, 0) for every edge; shape of ``edges``."""
    ordered = np.sort(moments)
    after = np.searchsorted(ordered, edges, side="right")
    tail = np.concatenate([np.cumsum(ordered[::-1])[::-1], [0.0]])
    result: Floats = tail[after] - (len(ordered) - after) * edges
    return result
