"""The whole trade-off of one queue: what each number of seats achieves, and the fewest that keep the goals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
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
        if self.redials is None and math.isinf(self.circuits):
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
    fewest = int(queue.size(goals).seats) if goals else None
    room = max(3, math.ceil(math.sqrt(queue.load_erlang) / 2))
    last = max(fewest if fewest is not None else _comfortable(queue), seats or 0) + room
    if math.isfinite(queue.circuits):
        # More seats than circuits stand idle.
        last = min(last, max(int(queue.circuits), fewest or 0, seats or 0))
    rows = max(_ROWS, math.ceil(6 * math.sqrt(queue.load_erlang)))
    numbers = np.arange(max(1, last - rows + 1), max(last, 1) + 1)
    found = queue.at(numbers)
    steady = found.steady_state
    values = {name: getattr(found, name)[steady] for name in RetrialPerformance.__dataclass_fields__}
    return TradeOff(numbers[steady], RetrialPerformance(**values), fewest)


def _comfortable(queue: OneQueue) -> int:
    try:
        return int(queue.size([Goal("service_level", _NEARLY_ALL, t_s=queue.within_s)]).seats)
    except BadInput:
        # Behind few circuits the busy tone stands in the way whatever the seats.
        return int(queue.circuits)
