"""Events to come in a heap: records of time, order among events of the same instant, and what happens.

Every parent has four children, so that the heap of a hundred busy agents is four levels deep. Events are compared by
(time, order, what); equal in all three are only events of which all but one do nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation.kernels import inlined, part
from simulation.pointers import pointer_to

__all__ = ["EVENT", "before", "event_at", "pop", "push", "replace"]

EVENT = np.dtype([("time_s", np.float64), ("order", np.int64), ("what", np.int64)], align=True)
"""An event: its time, its order (see :class:`simulation.clock.Moment`), and a row, agent or stay."""


event_at = pointer_to(EVENT)
"""For compiled code: an event of a heap at an address."""


@inlined
def before(event: Any, time_s: float, order: int, what: int) -> bool:
    """Whether the event happens before one of this time, order and content."""
    if event.time_s != time_s:
        return bool(event.time_s < time_s)
    return bool(event.order < order or (event.order == order and event.what < what))


@part
def push(events: int, size: int, time_s: float, order: int, what: int) -> None:
    """Add an event to the heap of ``size`` events at this address, which must have room for it."""
    at = size
    while at > 0:
        parent = (at - 1) >> 2
        above: Any = event_at(events, parent)
        if not before(above, time_s, order, what):
            here: Any = event_at(events, at)
            here.time_s = above.time_s
            here.order = above.order
            here.what = above.what
            at = parent
        else:
            break
    here = event_at(events, at)
    here.time_s = time_s
    here.order = order
    here.what = what


@part
def replace(events: int, size: int, time_s: float, order: int, what: int) -> None:
    """Put an event into a heap of ``size`` events in place of the first."""
    at = 0
    while True:
        child = (at << 2) + 1
        if child >= size:
            break
        best: Any = event_at(events, child)
        best_at = child
        for other in range(child + 1, min(child + 4, size)):
            rival: Any = event_at(events, other)
            if before(rival, best.time_s, best.order, best.what):
                best = rival
                best_at = other
        if not before(best, time_s, order, what):
            break
        here: Any = event_at(events, at)
        here.time_s = best.time_s
        here.order = best.order
        here.what = best.what
        at = best_at
    here = event_at(events, at)
    here.time_s = time_s
    here.order = order
    here.what = what


@part
def pop(events: int, size: int) -> None:
    """Take the first event out of a heap of ``size`` events."""
    last: Any = event_at(events, size - 1)
    replace(events, size - 1, last.time_s, last.order, last.what)
