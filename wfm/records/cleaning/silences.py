"""Silences: stretches without a single call that are too long for chance, where calls were to be expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wfm.records.cleaning.tails import none_probability
from wfm.records.cleaning.usual_days import Usual

__all__ = ["Silence", "silences"]

Floats = NDArray[np.float64]

FALSE_SILENCES = 0.01
"""Silences that chance may be expected to show in the whole of the records."""
DAYS_MIN = 5
"""Days with calls before silence means anything."""
EDGE_CALLS = 0.05
"""Calls expected in the hours at either end of a silence that are no part of it: closed hours."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Intervals ``first`` to before ``last``; ``expected`` calls were to come in them."""

    first: int
    last: int
    expected: float
    kind: Literal["gap", "outage", "partial_day"]


def silences(
    counts: Floats, usual: Usual, told: NDArray[np.bool_] | None = None, *, at_edges: bool = True
) -> list[Silence]:
    """Silent stretches, in order of time.

    A stretch that holds a whole day's calls is a gap; one at the beginning of the first or the end of the last day is a
    day recorded in part; any other is an outage. Were calls Poisson around a gamma mean, a stretch as long as a found
    one would be expected :data:`FALSE_SILENCES` times at most in the whole of the records (each interval may begin one).

    Args:
        counts: (T,) calls.
        usual: what was to be expected.
        told: (T,) intervals whose silence is told already; they prove nothing here.
        at_edges: also stretches that touch the beginning or the end.
    """
    total = np.bincount(usual.day, weights=counts)
    if (total > 0).sum() < DAYS_MIN:
        return []
    variation = float(np.median(usual.variation))
    quiet = np.concatenate([[False], counts <= 0, [False]])
    begins = np.flatnonzero(quiet[1:] & ~quiet[:-1])
    ends = np.flatnonzero(~quiet[1:] & quiet[:-1])
    expected = usual.expected if told is None else np.where(told, 0.0, usual.expected)
    sums = np.concatenate([[0.0], np.cumsum(expected)])
    hoped = sums[ends] - sums[begins]
    unlikely = len(counts) * none_probability(hoped, variation) < FALSE_SILENCES
    found = []
    for begin, end in zip(begins[unlikely].tolist(), ends[unlikely].tolist(), strict=True):
        if not at_edges and (begin == 0 or end == len(counts)):
            continue
        first, last = _trimmed(begin, end, sums)
        whole = _whole_days(first, last, usual.day, expected)
        if whole is not None:
            # Hours beside whole days belong to the gap only if their own silence means something.
            beside = np.array([sums[whole[0]] - sums[first], sums[last] - sums[whole[1]]])
            proven = none_probability(np.maximum(beside, 0.0), variation) < FALSE_SILENCES
            first = min(first, whole[0]) if proven[0] else whole[0]
            last = max(last, whole[1]) if proven[1] else whole[1]
        partial = begin == 0 or end == len(counts)
        kind: Literal["gap", "outage", "partial_day"] = (
            "gap" if whole is not None else "partial_day" if partial else "outage"
        )
        found.append(Silence(first, last, float(sums[end] - sums[begin]), kind))
    return found


def _trimmed(begin: int, end: int, sums: Floats) -> tuple[int, int]:
    """The stretch without hours at either end in which next to nothing was to be expected."""
    first = int(np.searchsorted(sums, sums[begin] + EDGE_CALLS, side="right")) - 1
    last = int(np.searchsorted(sums, sums[end] - EDGE_CALLS, side="left"))
    return max(first, begin), min(last, end)


def _whole_days(first: int, last: int, day: NDArray[np.int64], expected: Floats) -> tuple[int, int] | None:
    """From the first to the last day of whose calls all but a hundredth lie in the stretch; None if there is no such day."""
    some: tuple[int, int] | None = None
    for at in np.unique(day[first:last]):
        begin, end = np.searchsorted(day, [at, at + 1]).tolist()
        inside = expected[max(first, begin) : min(last, end)].sum()
        if inside >= 0.99 * expected[begin:end].sum() > 0:
            some = (begin if some is None else some[0], end)
    return some
