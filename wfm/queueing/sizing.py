"""The fewest seats that keep given goals, interval by interval: the true minimum, never near it.

Every measure improves with each seat, so the first number of seats that keeps a goal is found by
galloping from the square-root rule and bisecting. With callers who give up, the minimum may lie below
the offered load; nothing here assumes otherwise, and no seats at all is an answer too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.queueing.delay import delay
from wfm.queueing.goal import HIGH, Goal, keeps
from wfm.queueing.inputs import broadcast_flat, require, require_queue
from wfm.queueing.poisson import Floats

__all__ = ["Sizing", "minimal_seats", "size_seats"]

_SEATS_MAX = 1e9


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
    if goal.measure in HIGH and goal.t_s >= 0:
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
