"""When callers come: the counts of a sample path as arrival times with keys (§7, §9 of the semantics)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.centre import Centre
from simulation.keyed import Purpose, stream, uniforms

__all__ = ["Arrivals", "arrivals_of"]


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
    handling, in every scenario that has such a call.
    """
    path = centre.arrivals[replication % len(centre.arrivals)]
    counts = path.ravel()
    line, interval = (np.repeat(index.ravel(), counts) for index in np.indices(path.shape))
    within = np.arange(len(line)) - np.repeat(np.cumsum(counts) - counts, counts)
    key = (line.astype(np.uint64) << np.uint64(44)) | (interval.astype(np.uint64) << np.uint64(20))
    key |= within.astype(np.uint64)
    share = uniforms(stream(seed, replication, Purpose.ARRIVAL), key, 1)
    time_s = interval * centre.interval_s + share * centre.interval_s
    order = np.lexsort((key, time_s))
    return Arrivals(time_s[order], line[order], interval[order], key[order])
