"""Spans of time as sorted pairs that do not overlap: union, common part, difference, and how much of each lies in each interval.

A span is ``[start, end)`` in whole milliseconds since 1970 UTC, so that sums are exact; an array of them has the shape
``(N, 2)``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["Spans", "common", "milliseconds", "no_spans", "per_interval_ms", "span_ms", "union", "without"]

Spans = NDArray[np.int64]


def no_spans() -> Spans:
    """None at all."""
    return np.empty((0, 2), dtype=np.int64)


def milliseconds(moments: pd.Series | pd.DatetimeIndex) -> NDArray[np.int64]:
    """Timezone-aware moments as whole milliseconds since 1970 UTC, parts of one cut off."""
    utc = pd.DatetimeIndex(moments).tz_convert("UTC").tz_localize(None)
    return utc.to_numpy(dtype="datetime64[ns]").astype("datetime64[ms]").astype(np.int64)


def union(spans: Spans) -> Spans:
    """All of them as one set: sorted, overlapping and touching ones joined, empty ones left out."""
    kept = spans[spans[:, 1] > spans[:, 0]]
    if not len(kept):
        return no_spans()
    kept = kept[np.argsort(kept[:, 0], kind="stable")]
    reach = np.maximum.accumulate(kept[:, 1])
    opens = np.append(True, kept[1:, 0] > reach[:-1])
    first = np.flatnonzero(opens)
    last = np.append(first[1:], len(kept)) - 1
    return np.column_stack([kept[first, 0], reach[last]])


def common(one: Spans, other: Spans) -> Spans:
    """What lies in both sets."""
    return _chosen(one, other, wanted=True)


def without(one: Spans, other: Spans) -> Spans:
    """What lies in the first set and not in the second."""
    return _chosen(one, other, wanted=False)


def _chosen(one: Spans, other: Spans, *, wanted: bool) -> Spans:
    cuts = np.unique(np.concatenate([one.ravel(), other.ravel()]))
    if len(cuts) < 2:
        return no_spans()
    begins = cuts[:-1]
    chosen = _inside(begins, one) & (_inside(begins, other) == wanted)
    # Pieces between cuts touch each other: each run of chosen ones is a span.
    edges = np.flatnonzero(np.diff(np.concatenate(([False], chosen, [False]))))
    return cuts[edges].reshape(-1, 2)


def _inside(moments: NDArray[np.int64], spans: Spans) -> NDArray[np.bool_]:
    if not len(spans):
        return np.zeros(len(moments), dtype=bool)
    at = np.searchsorted(spans[:, 0], moments, side="right") - 1
    held: NDArray[np.bool_] = (at >= 0) & (moments < spans[np.maximum(at, 0), 1])
    return held


def span_ms(spans: Spans) -> int:
    """How long they last together, in milliseconds."""
    return int((spans[:, 1] - spans[:, 0]).sum())


def per_interval_ms(spans: Spans, bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Milliseconds of the spans in each interval; spans of several people may overlap and then count each.

    Args:
        spans: ``(N, 2)``, in any order.
        bounds: ``(T + 1,)`` starts of the intervals and the end of the last.
    """
    return np.diff(_before(spans[:, 0], bounds) - _before(spans[:, 1], bounds))


def _before(moments: NDArray[np.int64], bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Σ max(0, bound − moment) at each bound."""
    moments = np.sort(moments)
    count = np.searchsorted(moments, bounds)
    total = np.append(0, np.cumsum(moments - bounds[0]))
    held: NDArray[np.int64] = count * (bounds - bounds[0]) - total[count]
    return held
