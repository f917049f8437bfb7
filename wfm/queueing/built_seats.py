"""What the seats that are there do where the goals ask for more: how far each goal is missed, and by how many seats.

As every measure improves with each seat, the best that built seats can do is to open them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.i18n import say
from wfm.queueing.adjacent import measure_of
from wfm.queueing.goal import HIGH, Goal
from wfm.queueing.inputs import broadcast_flat, require
from wfm.queueing.patience_laws import PatienceLaw
from wfm.queueing.poisson import Floats
from wfm.queueing.sizing import size_seats
from wfm.queueing.solve import law_of, solve

__all__ = ["BuiltSeats", "best_of_built"]


@dataclass(frozen=True, slots=True)
class BuiltSeats:
    """The seats to open under a limit of built seats; cells have the common shape of the arguments."""

    seats: NDArray[np.int64]
    """To open: the fewest that keep all goals, or all that are built."""
    required: NDArray[np.int64]
    """The fewest that keep all goals, were there as many."""
    missing: NDArray[np.int64]
    """Required beyond the built ones; 0 where the built ones are enough."""
    kept: NDArray[np.bool_]
    """Goals × cells: with ``seats`` open."""
    value: Floats
    """Goals × cells: each goal's measure with ``seats`` open; NaN where it is undefined: no steady state, no calls, no
    seats."""
    gap: Floats
    """Goals × cells: how far the value lies on the wrong side of the limit, in the measure's unit; 0 where the goal is
    kept, infinite where the queue grows without end or nobody is answered."""


def best_of_built(
    arrivals_per_s: ArrayLike,
    aht_s: ArrayLike,
    goals: Goal | Sequence[Goal],
    built: ArrayLike,
    patience_s: ArrayLike | PatienceLaw = np.inf,
    *,
    other_work_erlang: ArrayLike = 0.0,
) -> BuiltSeats:
    """The best that ``built`` seats do for the goals, and the gap, for every cell of the broadcast arguments.

    A law of patience with parameters per interval has as many as there are cells.

    Raises:
        BadInput: a number describes no queue, built seats are not a whole number from 0, or no number of seats keeps a
            goal.
    """
    wanted = [goals] if isinstance(goals, Goal) else list(goals)
    law = law_of(patience_s)
    means: ArrayLike = 1.0 if law is not None else patience_s  # type: ignore[assignment]
    arrays, shape = broadcast_flat(arrivals_per_s, aht_s, built, other_work_erlang, means)
    rate, aht, limit, other, mean = arrays
    whole = np.isfinite(limit) & (limit >= 0) & (limit == np.floor(limit))
    require(whole, limit, say("built seats"), say("a whole number, zero or more"))
    patience = mean if law is None else law
    required = size_seats(rate, aht, wanted, patience, other_work_erlang=other).seats
    seats = np.minimum(required, limit)
    solved = solve(rate, aht, seats, patience)
    shaped = (len(wanted), *shape)
    value, kept = np.empty((len(wanted), rate.size)), np.empty((len(wanted), rate.size), dtype=np.bool_)
    gap = np.zeros_like(value)
    for index, goal in enumerate(wanted):
        idle = (rate == 0) & ((other == 0) | (goal.measure != "occupancy"))
        value[index] = np.where(idle, np.nan, measure_of(goal, solved, other))
        kept[index] = idle | goal.kept_by(value[index])
        beyond = goal.limit - value[index] if goal.measure in HIGH else value[index] - goal.limit
        gap[index] = np.where(kept[index], 0.0, np.where(np.isnan(beyond), np.inf, beyond))
    return BuiltSeats(
        seats.astype(np.int64).reshape(shape),
        required.reshape(shape),
        np.maximum(required - limit, 0).astype(np.int64).reshape(shape),
        kept.reshape(shaped),
        value.reshape(shaped),
        gap.reshape(shaped),
    )
