"""When callers come, compiled: the same callers in the same order as ``simulation.arrivals``, bit for bit.

A sort of all calls costs more than the rest of a small replication. Here the calls of an interval are spread over as
many buckets as there are calls, by their uniform number, and put in order by insertion: about one comparison a call.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from simulation.arrivals import Arrivals, arrivals_of
from simulation.centre import Centre
from simulation.compiled_draws import draw
from simulation.kernels import inlined, kernel
from simulation.keyed import Purpose, stream

__all__ = ["caller_count", "fill_arrivals", "fill_callers", "first_attempts", "spread_interval"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Words = NDArray[np.uint64]

_LINE, _INTERVAL = np.uint64(44), np.uint64(20)
_INTERVALS = np.uint64(2**24 - 1)
_ONCE = np.uint64(1)


def first_attempts(centre: Centre, seed: int, replication: int) -> Arrivals:
    """The callers of a replication, as :func:`simulation.arrivals.arrivals_of` gives them."""
    if centre.given is not None:
        return arrivals_of(centre, seed, replication)
    callers = caller_count(centre, replication)
    time_s, key = np.empty(callers), np.empty(callers, dtype=np.uint64)
    fill_callers(centre, seed, replication, time_s, key)
    line, interval = key >> _LINE, (key >> _INTERVAL) & _INTERVALS
    return Arrivals(time_s, line.astype(np.int64), interval.astype(np.int64), key)


def caller_count(centre: Centre, replication: int) -> int:
    """Callers of a replication."""
    if centre.given is not None:
        return len(centre.given.time_s)
    return int(centre.arrivals[replication % len(centre.arrivals)].sum())


_given: WeakKeyDictionary[Centre, Arrivals] = WeakKeyDictionary()


def fill_callers(centre: Centre, seed: int, replication: int, time_s: Floats, key: Words) -> None:
    """Write times and keys of a replication's callers, in order of arrival, into arrays of at least as many entries.

    Their lines and intervals stand in the keys, see :mod:`simulation.arrivals`.
    """
    if centre.given is None:
        path = np.ascontiguousarray(centre.arrivals[replication % len(centre.arrivals)])
        fill_arrivals(path, centre.interval_s, np.uint64(stream(seed, replication, Purpose.ARRIVAL)), time_s, key)
        return
    known = _given.get(centre)
    if known is None:
        known = _given[centre] = arrivals_of(centre, seed, replication)
    time_s[: len(known)], key[: len(known)] = known.time_s, known.key


@kernel
def fill_arrivals(
    path: Integers,
    interval_s: float,
    base: np.uint64,
    time_s: Floats,
    key: Words,
) -> None:
    """Write the calls of a path (L, T) in order of (time, key) into arrays of at least as many entries as it has calls.

    ``base`` is the stream of ``Purpose.ARRIVAL``.
    """
    lines, intervals = path.shape
    most = 0
    for t in range(intervals):
        size = 0
        for k in range(lines):
            size += path[k, t]
        most = max(most, size)
    share, word = np.empty(most), np.empty(most, dtype=np.uint64)
    bucket = np.empty(most + 2, dtype=np.int64)
    done = 0
    for t in range(intervals):
        size = 0
        for k in range(lines):
            size += path[k, t]
        spread_interval(path, t, interval_s, base, share, word, bucket, time_s, key, done)
        done += size


@inlined
def spread_interval(
    path: Integers,
    t: int,
    interval_s: float,
    base: np.uint64,
    share: Floats,
    word: Words,
    bucket: Integers,
    time_s: Floats,
    key: Words,
    begin: int,
) -> None:
    """Write the calls of interval ``t`` in order behind the ``begin`` that are there.

    Rounding may have put one of those on the interval's very beginning. ``share`` and ``word`` are room for the interval's
    calls, ``bucket`` for two more.
    """
    size = 0
    for k in range(path.shape[0]):
        stem = (np.uint64(k) << _LINE) | (np.uint64(t) << _INTERVAL)
        for within in range(path[k, t]):
            word[size] = stem | np.uint64(within)
            share[size] = draw(base, word[size], _ONCE)
            size += 1
    for b in range(size + 2):
        bucket[b] = 0
    for i in range(size):
        bucket[int(share[i] * size) + 1] += 1
    for b in range(1, size + 1):
        bucket[b] += bucket[b - 1]
    start_s = t * interval_s
    for i in range(size):
        b = int(share[i] * size)
        at = begin + bucket[b]
        bucket[b] += 1
        time_s[at] = start_s + share[i] * interval_s
        key[at] = word[i]
    for i in range(max(begin, 1), begin + size):
        moment, mine = time_s[i], key[i]
        at = i
        while at > 0 and (time_s[at - 1] > moment or (time_s[at - 1] == moment and key[at - 1] > mine)):
            time_s[at] = time_s[at - 1]
            key[at] = key[at - 1]
            at -= 1
        time_s[at] = moment
        key[at] = mine
