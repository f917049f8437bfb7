"""Breaks that were counted are given to the shifts: every shift gets one of each kind, inside its window.

On a line the break of a slot goes to the waiting shift whose window closes first (earliest deadline; Jackson's rule). That
never fails where Hall's condition holds, which the program's constraints are: were a window over before its turn, the
breaks from its opening on, traced back over the shifts served instead, would be fewer than the windows inside a span.

A circle is cut first. How many wait after each slot is known but for a constant: breaks and openings say only by how much
the number changes. The constraints 0 ≤ waiting ≤ open bound the constant from both sides, so that the lowest allowed
makes some slot's number zero. After that slot nobody waits, every window that spans it has had its break, and the circle
is a line on which Hall's condition still holds: for a span that ends where the line ends, because nobody waits there.
"""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import NDArray

__all__ = ["place_breaks"]

Counts = NDArray[np.int64]


def place_breaks(
    earliest: Counts, latest: Counts, posts: Counts, begun: Counts, *, cyclic: bool = False
) -> list[Counts]:
    """The slots in which the breaks of each window begin.

    Args:
        earliest: ``(W,)`` first slot of each window; ``latest`` the last one. On a line both are in 0 … T − 1; in a
            cycle ``earliest`` is, and ``latest`` may run on beyond T, less than one round.
        posts: ``(W,)`` shifts with this window, each of which has one break.
        begun: ``(T,)`` breaks that begin in each slot.
        cyclic: slot T is slot 0.

    Returns:
        for each window its slots in rising order, counted like ``earliest``.

    Raises:
        ValueError: the counts break Hall's condition, so that no assignment exists.
    """
    if int(posts.sum()) != int(begun.sum()):
        raise ValueError("as many breaks as shifts are needed")
    if not cyclic:
        return _by_deadline(earliest, latest, posts, begun)
    slots = len(begun)
    opened = np.bincount(earliest % slots, weights=posts, minlength=slots)
    cut = (int(np.argmin(np.cumsum(opened - begun))) + 1) % slots
    first = (earliest - cut) % slots
    last = np.minimum(first + latest - earliest, slots - 1)
    turned = _by_deadline(first, last, posts, np.roll(begun, -cut))
    return [part + (earliest[w] - first[w]) for w, part in enumerate(turned)]


def _by_deadline(earliest: Counts, latest: Counts, posts: Counts, begun: Counts) -> list[Counts]:
    order = [int(w) for w in np.argsort(earliest, kind="stable") if posts[w] > 0]
    waiting: list[tuple[int, int, int]] = []
    left = posts.astype(np.int64).copy()
    found: list[list[tuple[int, int]]] = [[] for _ in posts]
    at = 0
    for slot in np.flatnonzero(begun).tolist():
        while at < len(order) and earliest[order[at]] <= slot:
            heapq.heappush(waiting, (int(latest[order[at]]), int(earliest[order[at]]), order[at]))
            at += 1
        count = int(begun[slot])
        while count:
            if not waiting or waiting[0][0] < slot:
                raise ValueError(f"no shift may have its break in slot {slot}")
            window = waiting[0][2]
            given = min(count, int(left[window]))
            found[window].append((slot, given))
            left[window] -= given
            count -= given
            if not left[window]:
                heapq.heappop(waiting)
    if left.any():
        raise ValueError("a window closes before its break begins")
    return [_repeated(pairs) for pairs in found]


def _repeated(pairs: list[tuple[int, int]]) -> Counts:
    if not pairs:
        return np.zeros(0, dtype=np.int64)
    slots, counts = zip(*pairs, strict=True)
    return np.repeat(np.array(slots, dtype=np.int64), counts)
