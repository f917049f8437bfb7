"""The window of time in which deferred work fills its hands most: the demand bound, looked up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.staffing.deferred_items import DeferredWork
from wfm.staffing.earliest_deadline import repeated

__all__ = ["Window", "tightest_window"]

Floats = NDArray[np.float64]

_FINE = 1500
"""Windows begin at every interval of periods up to this length, in longer ones at every day's first."""


@dataclass(frozen=True, slots=True)
class Window:
    """What can be begun from ``start`` and is due before ``end``, intervals of the period counted on beyond it."""

    start: int
    end: int
    work_s: float
    capacity_s: float
    mostly: int
    """Class with most of the work."""


def tightest_window(work: DeferredWork, capacity_s: Floats, chosen: tuple[int, ...], per_day: int) -> Window | None:
    """The window with the largest work ÷ capacity among those with any capacity; None where nothing is chosen.

    Everything can be in time exactly when no window holds more work than capacity (Baruah, Rosier and
    Howell 1990).

    Args:
        work: what arises and when it is due.
        capacity_s: time for it in each interval; ``(T,)``.
        chosen: classes that count.
        per_day: intervals of a day.
    """
    at, lead = repeated(work)
    spell = work.work_s.shape[1]
    ahead = np.arange(spell)
    from_here = slice(lead, None)
    place = np.arange(len(at))[from_here] - lead
    begin = np.array([(work.free_from[c] - ahead)[at][from_here] + place for c in chosen]).ravel()
    due = np.array([(work.due[c] - ahead)[at][from_here] + place for c in chosen]).ravel()
    amount = np.array([work.work_s[c][at][from_here] for c in chosen]).ravel()
    some = (amount > 0) & (due <= len(place))
    begin, due, amount = begin[some], due[some], amount[some]
    if not amount.size:
        return None
    starts = np.unique(begin[begin < spell]) if spell <= _FINE else np.arange(0, spell, per_day)
    ends = np.unique(due)
    table = np.zeros((len(starts), len(ends)))
    row = np.searchsorted(starts, begin, side="right") - 1
    inside = row >= 0
    np.add.at(table, (row[inside], np.searchsorted(ends, due[inside])), amount[inside])
    asked = np.cumsum(np.cumsum(table[::-1], axis=0)[::-1], axis=1)
    had = np.concatenate([[0.0], np.cumsum(capacity_s[at][from_here])])
    have = had[ends][None] - had[starts][:, None]
    ratio = np.where((ends[None] > starts[:, None]) & (have > 0), asked / np.where(have > 0, have, 1.0), 0.0)
    i, j = np.unravel_index(int(ratio.argmax()), ratio.shape)
    start, end = int(starts[i]), int(ends[j])
    parts = [
        work.work_s[c][at][from_here][
            ((work.free_from[c] - ahead)[at][from_here] + place >= start)
            & ((work.due[c] - ahead)[at][from_here] + place <= end)
        ].sum()
        for c in chosen
    ]
    return Window(start, end, float(asked[i, j]), float(have[i, j]), chosen[int(np.argmax(parts))])
