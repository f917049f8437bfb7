"""When callers come: the counts of a sample path, or given times, as arrivals with keys (§7, §9, §75 of the semantics)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.centre import Centre, GivenCalls
from simulation.keyed import Purpose, stream, uniforms

__all__ = ["Arrivals", "arrivals_of"]

Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Arrivals:
    """First attempts of one replication in order of arrival; arrays of shape ``(callers,)``."""

    time_s: NDArray[np.float64]
    line: NDArray[np.int64]
    interval: NDArray[np.int64]
    key: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.time_s)


def arrivals_of(centre: Centre, seed: int, replication: int) -> Arrivals:
    """The callers of a replication.

    The k-th call of a line in an interval has the same key, and so the same time, patience and
    handling, in every scenario that has such a call. Given calls come in their own order instead, caller k
    being the k-th of them.
    """
    if centre.given is not None:
        return _given_arrivals(centre, centre.given)
    path = centre.arrivals[replication % len(centre.arrivals)]
    counts = path.ravel()
    line, interval = (np.repeat(index.ravel(), counts) for index in np.indices(path.shape))
    within = np.arange(len(line)) - np.repeat(np.cumsum(counts) - counts, counts)
    key = _key(line, interval, within)
    share = uniforms(stream(seed, replication, Purpose.ARRIVAL), key, 1)
    time_s = interval * centre.interval_s + share * centre.interval_s
    order = np.lexsort((key, time_s))
    return Arrivals(time_s[order], line[order], interval[order], key[order])


def _given_arrivals(centre: Centre, given: GivenCalls) -> Arrivals:
    intervals = len(centre.interval_date)
    interval = np.minimum((given.time_s / centre.interval_s).astype(np.int64), intervals - 1)
    cell = given.line * intervals + interval
    # The place within line and interval: calls sorted by cell, in order of time, counted from the cell's first.
    order = np.argsort(cell, kind="stable")
    counts = np.bincount(cell, minlength=len(centre.line_ids) * intervals)
    within = np.empty_like(cell)
    within[order] = np.arange(len(cell)) - np.repeat(np.cumsum(counts) - counts, counts)
    return Arrivals(given.time_s, given.line, interval, _key(given.line, interval, within))


def _key(line: Integers, interval: Integers, within: Integers) -> NDArray[np.uint64]:
    key: NDArray[np.uint64] = line.astype(np.uint64) << np.uint64(44)
    key |= interval.astype(np.uint64) << np.uint64(20)
    key |= within.astype(np.uint64)
    return key
