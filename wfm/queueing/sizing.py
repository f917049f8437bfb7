"""The fewest seats that keep given goals, interval by interval: the true minimum, never near it.

Every measure improves with each seat, so the first number of seats that keeps a goal is found by
galloping from the square-root rule and bisecting. With callers who give up, the minimum may lie below
the offered load; nothing here assumes otherwise, and no seats at all is an answer too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.queueing.delay import Delay, delay
from wfm.queueing.inputs import broadcast_flat, require, require_queue
from wfm.queueing.poisson import Floats

__all__ = ["Goal", "Measure", "Sizing", "keeps", "minimal_seats", "size_seats"]

Measure = Literal[
    "service_level",
    "service_level_of_answered",
    "service_level_less_short",
    "asa_s",
    "mean_wait_s",
    "wait_exceeds",
    "abandon_share",
    "occupancy",
]
"""What a goal limits. ``service_level…`` and ``wait_exceeds`` use ``t_s``; the first three are to be
high, the others low. ``…_of_answered`` divides by answered callers, ``…_less_short`` by all callers less
those who give up within ``short_s``."""

_SEATS_MAX = 1e9
_HIGH = ("service_level", "service_level_of_answered", "service_level_less_short")


@dataclass(frozen=True, slots=True)
class Goal:
    """A limit on one measure of a queue: ``Goal("service_level", 0.8, t_s=20)``, ``Goal("asa_s", 15, strict=True)``."""

    measure: Measure
    limit: float
    t_s: float = 0.0
    short_s: float = 0.0
    strict: bool = False
    """The limit itself does not keep the goal (< instead of ≤, > instead of ≥)."""

    @property
    def reachable(self) -> bool:
        """Whether seats without end keep the goal. Ratios come near 1 and waits near 0, but never reach them."""
        if np.isnan(self.limit):
            return False
        if self.measure in _HIGH:
            best = 1.0 if self.t_s >= 0 else 0.0
            return self.limit < best or (best == 0.0 and self.limit <= 0 and not self.strict)
        if self.measure == "wait_exceeds" and self.t_s < 0:
            return self.limit > 1 or (self.limit == 1 and not self.strict)
        return self.limit > 0

    def kept_by(self, values: Floats) -> NDArray[np.bool_]:
        """Where values of the measure keep the limit; NaN never does."""
        if self.measure in _HIGH:
            return values > self.limit if self.strict else values >= self.limit
        return values < self.limit if self.strict else values <= self.limit


@dataclass(frozen=True, slots=True)
class Sizing:
    """The fewest seats per cell, and which goal asks for them."""

    seats: NDArray[np.int64]
    binding: NDArray[np.int64]
    """Index of the first goal that needs this many seats; −1 where no seats are needed."""


def minimal_seats(
    arrivals_per_s: ArrayLike,
    aht_s: ArrayLike,
    goals: Goal | Sequence[Goal],
    patience_s: ArrayLike = np.inf,
    *,
    other_work_erlang: ArrayLike = 0.0,
) -> NDArray[np.int64]:
    """The fewest seats that keep all goals, for every cell of the broadcast arguments.

    Without arrivals (and other work) no seats are needed.

    Args:
        arrivals_per_s: Poisson arrivals per second.
        aht_s: mean handling time in seconds.
        goals: limits to keep, all of them.
        patience_s: mean patience in seconds; infinite is Erlang C.
        other_work_erlang: work that yields to calls; it counts in the occupancy alone.

    Raises:
        BadInput: a number describes no queue, or no number of seats keeps a goal.
    """
    return size_seats(arrivals_per_s, aht_s, goals, patience_s, other_work_erlang=other_work_erlang).seats


def size_seats(
    arrivals_per_s: ArrayLike,
    aht_s: ArrayLike,
    goals: Goal | Sequence[Goal],
    patience_s: ArrayLike = np.inf,
    *,
    other_work_erlang: ArrayLike = 0.0,
) -> Sizing:
    """As :func:`minimal_seats`, with the goal that binds in each cell.

    Raises:
        BadInput: a number describes no queue, or no number of seats keeps a goal.
    """
    wanted = [goals] if isinstance(goals, Goal) else list(goals)
    (rate, aht, patience, other), shape = broadcast_flat(arrivals_per_s, aht_s, patience_s, other_work_erlang)
    require_queue(rate, aht, np.zeros_like(rate), patience)
    require(np.isfinite(other) & (other >= 0), other, say("other work in erlangs"), say("finite and not negative"))
    seats = np.zeros(rate.shape)
    binding = np.full(rate.shape, -1, dtype=np.int64)
    for index, goal in enumerate(wanted):
        if not goal.reachable:
            raise BadInput(_unreachable(goal))
        busy = (rate > 0) | ((other > 0) & (goal.measure == "occupancy"))
        cells = np.flatnonzero(busy)
        kept = keeps(goal, delay(rate[cells], aht[cells], seats[cells], patience[cells]), other[cells])
        cells = cells[~kept]
        if cells.size:
            seats[cells] = _search(goal, rate[cells], aht[cells], patience[cells], other[cells], seats[cells])
            binding[cells] = index
    return Sizing(seats.astype(np.int64).reshape(shape), binding.reshape(shape))


def keeps(goal: Goal, solved: Delay, other_work_erlang: Floats) -> NDArray[np.bool_]:
    """Which cells keep the goal; undefined measures (no steady state, nobody answered) never do."""
    t = np.full_like(solved.wait, goal.t_s)
    match goal.measure:
        case "service_level":
            values = solved.answered_within(t)
        case "service_level_of_answered":
            values = _ratio(solved.answered_within(t), solved.answered_share)
        case "service_level_less_short":
            short = solved.abandoned_within(np.full_like(t, goal.short_s))
            values = _ratio(solved.answered_within(t), 1 - short)
        case "asa_s":
            values = solved.asa_s()
        case "mean_wait_s":
            values = solved.mean_wait_s()
        case "wait_exceeds":
            values = solved.waits_over(t)[0]
        case "abandon_share":
            values = solved.abandon_share
        case "occupancy":
            other = _ratio(other_work_erlang, solved.seats)
            values = np.where(solved.arrivals_per_s > 0, solved.occupancy(), 0.0) + other
    return goal.kept_by(values)


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)


def _search(goal: Goal, rate: Floats, aht: Floats, patience: Floats, other: Floats, failing: Floats) -> Floats:
    """The fewest seats above ``failing`` (which fail) that keep the goal; one-dimensional arrays."""

    def met(cells: NDArray[np.intp], seats: Floats) -> NDArray[np.bool_]:
        return keeps(goal, delay(rate[cells], aht[cells], seats, patience[cells]), other[cells])

    low, high = failing.copy(), np.full_like(failing, np.inf)
    load = rate * aht
    guess = np.maximum(np.ceil(load + np.sqrt(load)), low + 1)
    step = np.maximum(np.floor(np.sqrt(load) / 2), 1.0)
    cells = np.arange(len(rate))
    while cells.size:
        if guess[cells].max() > _SEATS_MAX:
            raise BadInput(
                say("these limits ask for more than {seats} seats in one interval", seats=f"{_SEATS_MAX:,.0f}")
            )
        good = met(cells, guess[cells])
        high[cells[good]], low[cells[~good]] = guess[cells[good]], guess[cells[~good]]
        bracketed = np.isfinite(high[cells]) & ((low[cells] > failing[cells]) | (high[cells] - low[cells] <= 1))
        down = np.maximum(high[cells] - step[cells], failing[cells] + 1)
        # Galloping stops below at the seats that are known to fail.
        stuck = good & (down >= high[cells])
        guess[cells] = np.where(good, down, low[cells] + step[cells])
        step[cells] *= 2
        cells = cells[~(bracketed | stuck)]
    cells = np.flatnonzero(high - low > 1)
    while cells.size:
        middle = np.floor((low[cells] + high[cells]) / 2)
        good = met(cells, middle)
        high[cells[good]], low[cells[~good]] = middle[good], middle[~good]
        cells = cells[high[cells] - low[cells] > 1]
    return high


def _unreachable(goal: Goal) -> str:
    names = {
        "service_level": say("service level"),
        "service_level_of_answered": say("service level of answered calls"),
        "service_level_less_short": say("service level without short abandons"),
        "asa_s": say("mean answer time in seconds"),
        "mean_wait_s": say("mean wait in seconds"),
        "wait_exceeds": say("share of long waits"),
        "abandon_share": say("abandoned share"),
        "occupancy": say("occupancy"),
    }
    if goal.measure in _HIGH and goal.t_s >= 0:
        return say(
            "{what} {limit}: no number of seats reaches it; the limit must be below 1",
            what=names[goal.measure],
            limit=f"{goal.limit:g}",
        )
    if goal.t_s < 0:
        return say(
            "{what} within {t} s: no number of seats reaches it; the time must be zero or more",
            what=names[goal.measure],
            t=f"{goal.t_s:g}",
        )
    return say(
        "{what} {limit}: no number of seats reaches it; the limit must be above 0",
        what=names[goal.measure],
        limit=f"{goal.limit:g}",
    )
