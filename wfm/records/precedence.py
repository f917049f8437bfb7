"""Which lines' callers go first, read from who overtook whom in the queue."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wfm.records.asked_calls import SAME_MOMENT_S, AskedCalls

__all__ = ["head_starts"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

STEP_S, MOST_S = 10.0, 300.0
"""Head starts that are looked at: every 10 s up to five minutes."""
GAIN_SHARE = 0.05
"""A line's head start is believed if it explains the order of this many more of the pairs that it takes part in."""
PAIRS_MIN = 50
"""With fewer pairs nothing is said of a line."""


class _Pairs(NamedTuple):
    """Two answered callers who waited at the same time, the earlier and the later; ``(N,)`` each."""

    earlier: Integers
    later: Integers
    lag_s: Floats
    overtaken: NDArray[np.bool_]


def head_starts(asked: AskedCalls, days: tuple[int, int] | None = None) -> Floats:
    """(L,) seconds that a line's callers count as having waited already, the least of them 0.

    Callers are taken to be served in the order of asking time less head start; the head starts are those that put the
    most pairs of callers, who waited together, into the order in which they were answered. Lines are moved one
    by one, those with most pairs first, until nothing improves.

    Args:
        asked: The calls.
        days: Only callers of these days, first and first after the last; None: all.
    """
    pairs = _pairs_of(asked, days or (0, int(asked.day.max(initial=0)) + 1))
    lines = len(asked.line_ids)
    apart = pairs.earlier != pairs.later
    pairs = _Pairs(*(column[apart] for column in pairs))
    taking_part = np.bincount(pairs.earlier, minlength=lines) + np.bincount(pairs.later, minlength=lines)
    head_s = np.zeros(lines)
    tried = np.arange(-MOST_S, MOST_S + STEP_S, STEP_S)
    for _ in range(lines):
        before = head_s.copy()
        for line in np.argsort(-taking_part, kind="stable"):
            if taking_part[line] < PAIRS_MIN:
                continue
            mine = (pairs.earlier == line) | (pairs.later == line)
            some = _Pairs(*(column[mine] for column in pairs))
            right = [_in_order(some, np.where(np.arange(lines) == line, value, head_s)) for value in tried]
            # Of equally good ones the smallest.
            best = max(range(len(tried)), key=lambda n: (right[n], -abs(tried[n])))
            now = _in_order(some, head_s)
            if right[best] - now > GAIN_SHARE * len(some.lag_s):
                head_s[line] = tried[best]
        if (head_s == before).all():
            break
    found: Floats = head_s - head_s.min()
    return found


def _in_order(pairs: _Pairs, head_s: Floats) -> int:
    overtakes = head_s[pairs.later] - head_s[pairs.earlier] > pairs.lag_s
    return int((overtakes == pairs.overtaken).sum())


def _pairs_of(asked: AskedCalls, days: tuple[int, int]) -> _Pairs:
    here = asked.waited & asked.answered & (asked.day >= days[0]) & (asked.day < days[1])
    line, queued_s, left_s = asked.line[here], asked.queued_s[here], asked.left_s[here]
    count = len(line)
    found: list[tuple[Integers, Integers]] = []
    apart = 1
    # Callers ``apart`` places from each other, as long as any of them waited together.
    longest = np.maximum.accumulate(left_s)
    while apart < count:
        first = np.arange(count - apart)
        if not (queued_s[apart:] < longest[:-apart]).any():
            break
        together = queued_s[apart:] < left_s[:-apart] - SAME_MOMENT_S
        found.append((first[together], first[together] + apart))
        apart += 1
    earlier, later = (
        np.concatenate([pair[side] for pair in found]) if found else np.zeros(0, np.int64) for side in (0, 1)
    )
    clear = np.abs(left_s[earlier] - left_s[later]) > 2 * SAME_MOMENT_S
    earlier, later = earlier[clear], later[clear]
    return _Pairs(line[earlier], line[later], queued_s[later] - queued_s[earlier], left_s[later] < left_s[earlier])
