"""The simulated clock: absolute times, and one written order of simultaneous events (§34 of the semantics)."""

from __future__ import annotations

from enum import IntEnum
from heapq import heappush

import simpy
from simpy.events import Event

__all__ = ["Clock", "Moment", "place_of"]


KIND = 2**44
ATTEMPTS = 32
"""Attempts of one caller that fit into the order of events; hotlines allow 20 at most."""


class Moment(IntEnum):
    """Kinds of events, in the order in which they happen when they fall on the same instant.

    Within a kind the lower number of agent or caller comes first: an event's order is its kind plus
    the agent, or plus :func:`place_of` a call. SimPy's own bookkeeping of processes has lower numbers
    still: a process starts at the instant that creates it.
    """

    SIGN_OFF = 1 * KIND
    HOURS = 2 * KIND
    HANG_UP = 3 * KIND
    WORK_DONE = 4 * KIND
    SIGN_ON = 5 * KIND
    PICK_UP = 6 * KIND
    GIVE_UP = 7 * KIND
    OVERFLOW = 8 * KIND
    IVR_END = 9 * KIND
    CALL_BACK = 10 * KIND
    ARRIVAL = 11 * KIND
    END = 12 * KIND


def place_of(caller: int, attempt: int) -> int:
    """Place of a call among the events of one kind."""
    return caller * ATTEMPTS + attempt


class Clock(simpy.Environment):
    """A SimPy environment whose events are set at an absolute time and with a written order."""

    def at(self, time_s: float, order: int) -> Event:
        """A timeout at ``time_s``, before others of the same instant with a higher ``order``."""
        event = Event(self)
        self.trigger(event, time_s, order, None)
        return event

    def trigger(self, event: Event, time_s: float, order: int, value: object) -> None:
        """Let ``event`` happen at ``time_s`` with this value.

        ``now + delay`` would round: a moment known beforehand must be met exactly.
        """
        event._ok = True
        event._value = value
        heappush(self._queue, (time_s, order, next(self._eid), event))  # type: ignore[misc]
