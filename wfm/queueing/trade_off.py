"""The whole trade-off of one queue: what each number of seats achieves, and the fewest that keep the goals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.queueing.attempts import Redials
from wfm.queueing.goal import Goal
from wfm.queueing.patience_laws import PatienceLaw
from wfm.queueing.retrials import RetrialPerformance, retrial_performance, retrial_seats
from wfm.queueing.sizing import Sizing, size_seats

__all__ = ["OneQueue", "TradeOff", "trade_off"]

_NEARLY_ALL = 0.99
"""Service level at which a curve without goals ends."""
_ROWS = 200


@dataclass(frozen=True, slots=True)
class OneQueue:
    """One queue, as a person asks about it; all but the seats."""

    calls_per_s: float
    """First calls per second."""
    aht_s: float
    within_s: float
    """Threshold of the service level."""
    patience: float | PatienceLaw = math.inf
    """Mean patience in seconds (exponential, zero or endless), or a law."""
    redials: Redials | None = None
    """Who calls again; None: nobody."""
    circuits: float = math.inf
    """Callers queued or served at most."""
    long_wait_s: float = 40.0

    @property
    def plain(self) -> bool:
        """Neither redials nor circuits."""
        return self.redials is None and math.isinf(self.circuits)

    @property
    def load_erlang(self) -> float:
        """First calls × handling time."""
        return self.calls_per_s * self.aht_s

    def at(self, seats: ArrayLike) -> RetrialPerformance:
        """What these numbers of seats achieve; without redials each call is one attempt.

        Raises:
            BadInput: a number describes no queue.
        """
        return retrial_performance(
            self.calls_per_s,
            self.aht_s,
            seats,
            self.within_s,
            self.patience,
            self.redials or Redials(),
            circuits=self.circuits,
            over_s=self.long_wait_s,
        )

    def size(self, goals: Sequence[Goal]) -> Sizing:
        """The fewest seats that keep all goals, as scalar arrays.

        Raises:
            BadInput: a number describes no queue, or no number of seats keeps a goal.
        """
        if self.plain:
            return size_seats(self.calls_per_s, self.aht_s, goals, self.patience)
        redials = self.redials or Redials()
        return retrial_seats(self.calls_per_s, self.aht_s, goals, self.patience, redials, circuits=self.circuits)


@dataclass(frozen=True, slots=True)
class TradeOff:
    """One row per number of seats, rising; rows without a steady state are left out."""

    seats: NDArray[np.int64]
    found: RetrialPerformance
    fewest: int | None
    """The fewest seats that keep all goals; None without goals."""

    @property
    def kept(self) -> NDArray[np.bool_]:
        """Rows that keep all goals; all where there are none. Every measure improves with each seat."""
        return self.seats >= (self.fewest or 0)


def trade_off(queue: OneQueue, goals: Sequence[Goal] = (), *, seats: int | None = None) -> TradeOff:
    """From the fewest seats with a steady state, at least one, to where the goals are kept with room to spare.

    Without goals the curve ends past a service level of 99 %, and past ``seats`` if given. At most 200 rows, or six
    times the square root of the load if that is more; rows of deepest overload are left out first.

    Raises:
        BadInput: a number describes no queue, or no number of seats keeps a goal.
    """
    room = max(3, math.ceil(math.sqrt(queue.load_erlang) / 2))
    guess = _guess(queue, goals)
    curve = _rows(queue, _end(queue, max(guess, seats or 0), room))
    if not goals:
        return curve
    fewest = guess if queue.plain else _first_kept(queue, goals, curve)
    last = _end(queue, max(fewest, seats or 0), room)
    if curve.seats.size and curve.seats[-1] < last:
        curve = _rows(queue, last)
    here = curve.seats <= last
    return TradeOff(curve.seats[here], _part(curve.found, here), fewest)


def _guess(queue: OneQueue, goals: Sequence[Goal]) -> int:
    """The fewest seats that keep the goals, or a high service level; without redials and circuits where those come in."""
    alone = OneQueue(queue.calls_per_s, queue.aht_s, queue.within_s, queue.patience)
    guess = int(alone.size(goals or [Goal("service_level", _NEARLY_ALL, t_s=queue.within_s)]).seats)
    return guess if math.isinf(queue.circuits) else min(guess, int(queue.circuits))


def _end(queue: OneQueue, shown: int, room: int) -> int:
    """The last row after ``shown`` and some room; more seats than circuits stand idle."""
    return shown + room if math.isinf(queue.circuits) else min(shown + room, max(int(queue.circuits), shown))


def _rows(queue: OneQueue, last: int) -> TradeOff:
    rows = max(_ROWS, math.ceil(6 * math.sqrt(queue.load_erlang)))
    numbers = np.arange(max(1, last - rows + 1), max(last, 1) + 1)
    found = queue.at(numbers)
    return TradeOff(numbers[found.steady_state], _part(found, found.steady_state), None)


def _part(found: RetrialPerformance, rows: NDArray[np.bool_]) -> RetrialPerformance:
    return RetrialPerformance(**{f.name: getattr(found, f.name)[rows] for f in fields(RetrialPerformance)})


def _first_kept(queue: OneQueue, goals: Sequence[Goal], curve: TradeOff) -> int:
    """The fewest seats, from the rows of the curve where they are on it: redials and circuits make a search dear."""
    shown = all(g.t_s == {"service_level": queue.within_s, "wait_exceeds": queue.long_wait_s}.get(g.measure, 0.0)
                and hasattr(curve.found, g.measure) for g in goals)  # fmt: skip
    if shown and curve.seats.size:
        kept = np.ones(curve.seats.size, dtype=np.bool_)
        for goal in goals:
            kept &= goal.kept_by(getattr(curve.found, goal.measure))
        first = int(np.argmax(kept))
        if kept[first] and first > 0:
            return int(curve.seats[first])
    return int(queue.size(goals).seats)
