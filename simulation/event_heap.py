"""Events to come in a heap: records of time, order among events of the same instant, and what happens.

Every parent has four children, and all four are always compared, those that are not there being infinitely late: the
processor then need not guess which child is next, which would cost it more than all the rest. Times are compared as the
whole numbers that their bits make, which for times of 0 and later is the same order. Equal in time, order and content
are only events of which all but one do nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.flat_centre import LATEST
from simulation.kernels import part, small
from simulation.pointers import pointer_to

__all__ = ["EVENT", "LATEST", "SPARE", "as_time", "as_whole", "event_at", "no_events", "pop", "push", "replace_first"]

EVENT = np.dtype([("when", np.int64), ("order", np.int64), ("what", np.int64)], align=True)
"""An event: the bits of its time in seconds, its order (see :class:`simulation.clock.Moment`), and a row, agent or stay."""

SPARE = 5
"""Records behind the last event that must be there, infinitely late."""

event_at = pointer_to(EVENT)
"""For compiled code: an event of a heap at an address."""


def no_events(room: int) -> NDArray[np.void]:
    """An empty heap with room for so many events, the spare ones included."""
    events = np.empty(room, dtype=EVENT)
    events["when"] = LATEST
    return events


@small
def as_whole(time_s: float) -> int:
    """The bits of a time as a whole number."""
    return np.float64(time_s).view(np.int64)  # type: ignore[return-value]


@small
def as_time(when: int) -> float:
    """The time of these bits."""
    return np.int64(when).view(np.float64)


@small
def _write(events: int, at: int, when: int, order: int, what: int) -> None:
    event: Any = event_at(events, at)
    event.when = when
    event.order = order
    event.what = what


@small
def _copy(events: int, at: int, other: int) -> None:
    event: Any = event_at(events, other)
    _write(events, at, event.when, event.order, event.what)


@part
def _first_of_equals(events: int, first: int) -> int:
    """Of four children, two of which fall on the same instant, the one that comes first."""
    best = first
    for other in range(first + 1, first + 4):
        mine: Any = event_at(events, best)
        rival: Any = event_at(events, other)
        if rival.when < mine.when or (
            rival.when == mine.when
            and (rival.order < mine.order or (rival.order == mine.order and rival.what < mine.what))
        ):
            best = other
    return best


@part
def push(events: int, size: int, time_s: float, order: int, what: int) -> None:
    """Add an event to the heap of ``size`` events at this address, which must have room for it."""
    when = as_whole(time_s)
    at = size
    while at > 0:
        parent = (at - 1) >> 2
        above: Any = event_at(events, parent)
        if above.when < when or (
            above.when == when and (above.order < order or (above.order == order and above.what <= what))
        ):
            break
        _copy(events, at, parent)
        at = parent
    _write(events, at, when, order, what)


@part
def replace_first(events: int, size: int, when: int, order: int, what: int) -> None:
    """Put an event into a heap of ``size`` events in place of the first."""
    at = 0
    while True:
        child = (at << 2) + 1
        if child >= size:
            break
        w0 = event_at(events, child).when
        w1 = event_at(events, child + 1).when
        w2 = event_at(events, child + 2).when
        w3 = event_at(events, child + 3).when
        left = child + 1 if w1 < w0 else child
        right = child + 3 if w3 < w2 else child + 2
        earlier_left, earlier_right = min(w0, w1), min(w2, w3)
        best = right if earlier_right < earlier_left else left
        earliest = min(earlier_left, earlier_right)
        if (w0 == earliest) + (w1 == earliest) + (w2 == earliest) + (w3 == earliest) > 1:
            best = _first_of_equals(events, child)
        if when <= earliest:
            if when < earliest:
                break
            rival: Any = event_at(events, best)
            if order < rival.order or (order == rival.order and what <= rival.what):
                break
        _copy(events, at, best)
        at = best
    _write(events, at, when, order, what)


@part
def pop(events: int, size: int) -> None:
    """Take the first event out of a heap of ``size`` events."""
    last: Any = event_at(events, size - 1)
    when = last.when
    last.when = LATEST
    replace_first(events, size - 1, when, last.order, last.what)
    if size == 1:
        last.when = LATEST
