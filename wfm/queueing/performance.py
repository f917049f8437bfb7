"""What callers and seats experience: service level, answer time, giving up, occupancy, per interval.

Definitions (never mixed): ``service_level`` is answered within T ÷ all arrivals; ``asa_s`` is the wait
of answered callers ÷ answered callers; ``mean_wait_s`` is the wait of all callers ÷ all callers.
Waits run from joining the queue to the answer; ringing is not part of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.i18n import say
from wfm.queueing.inputs import broadcast_flat, require, require_queue
from wfm.queueing.patience_laws import PatienceLaw
from wfm.queueing.poisson import Floats
from wfm.queueing.solve import law_of, require_law, solve
from wfm.queueing.waiting import Waiting

__all__ = ["Performance", "performance", "wait_exceeds", "wait_quantile"]


@dataclass(frozen=True, slots=True)
class Performance:
    """Stationary performance; every field has the common shape of the arguments, NaN where undefined."""

    load_erlang: Floats
    """Arrivals × handling time."""
    wait_probability: Floats
    """P(all seats busy on arrival)."""
    asa_s: Floats
    """Mean wait of answered callers."""
    mean_wait_s: Floats
    """Mean wait of all callers."""
    service_level: Floats
    """P(answered within T) over all arrivals."""
    abandon_share: Floats
    """P(gives up) over all arrivals."""
    occupancy: Floats
    """Handling time ÷ staffed time."""
    steady_state: NDArray[np.bool_]
    """False where load reaches seats and nobody gives up: the queue grows without end."""


def performance(
    arrivals_per_s: ArrayLike,
    aht_s: ArrayLike,
    seats: ArrayLike,
    within_s: ArrayLike,
    patience_s: ArrayLike | PatienceLaw = np.inf,
) -> Performance:
    """Erlang A (finite patience), C (infinite), B (zero) or M/M/n+G (a law) for every cell of the broadcast arguments.

    Args:
        arrivals_per_s: Poisson arrivals per second.
        aht_s: mean handling time (exponential) in seconds.
        seats: whole number of seats, 0 allowed.
        within_s: threshold T of the service level; negative gives 0.
        patience_s: mean patience (exponential) in seconds, or a law: one for all, or of as many cells as the
            other arguments broadcast to (in their flattened order).

    Raises:
        BadInput: a number describes no queue, or shapes do not fit together.
    """
    solved, t, shape = _solve(arrivals_per_s, aht_s, seats, patience_s, within_s)
    return Performance(
        load_erlang=solved.load_erlang.reshape(shape),
        wait_probability=solved.wait.reshape(shape),
        asa_s=solved.asa_s().reshape(shape),
        mean_wait_s=solved.mean_wait_s().reshape(shape),
        service_level=solved.answered_within(t).reshape(shape),
        abandon_share=solved.abandon_share.reshape(shape),
        occupancy=solved.occupancy().reshape(shape),
        steady_state=solved.steady.reshape(shape),
    )


def wait_exceeds(
    arrivals_per_s: ArrayLike,
    aht_s: ArrayLike,
    seats: ArrayLike,
    t_s: ArrayLike,
    patience_s: ArrayLike | PatienceLaw = np.inf,
) -> Floats:
    """P(W > t) over all arrivals, W ending with the answer or with giving up.

    Raises:
        BadInput: a number describes no queue, or shapes do not fit together.
    """
    solved, t, shape = _solve(arrivals_per_s, aht_s, seats, patience_s, t_s)
    return solved.waits_over(t)[0].reshape(shape)


def wait_quantile(
    arrivals_per_s: ArrayLike,
    aht_s: ArrayLike,
    seats: ArrayLike,
    share: ArrayLike,
    patience_s: ArrayLike | PatienceLaw = np.inf,
) -> Floats:
    """The wait that a ``share`` of all arrivals does not exceed: the smallest t with P(W > t) ≤ 1 − share.

    Raises:
        BadInput: a number describes no queue, a share lies outside [0, 1), or shapes do not fit together.
    """
    solved, q, shape = _solve(arrivals_per_s, aht_s, seats, patience_s, share)
    require((q >= 0) & (q < 1), q, say("share of callers"), say("at least 0 and below 1"))
    allowed = 1 - q
    waits = solved.waits_over(np.zeros_like(q))[0] > allowed
    low = np.zeros_like(q)
    high = np.where(waits, 1.0, 0.0)
    for _ in range(200):
        beyond = waits & (solved.waits_over(high)[0] > allowed)
        if not beyond.any():
            break
        low = np.where(beyond, high, low)
        high = np.where(beyond, 2 * high, high)
    for _ in range(200):
        middle = (low + high) / 2
        if ((middle <= low) | (middle >= high)).all():
            break
        beyond = solved.waits_over(middle)[0] > allowed
        low, high = np.where(beyond, middle, low), np.where(beyond, high, middle)
    return np.where(np.isnan(solved.wait), np.nan, high).reshape(shape)


def _solve(
    arrivals_per_s: ArrayLike,
    aht_s: ArrayLike,
    seats: ArrayLike,
    patience_s: ArrayLike | PatienceLaw,
    other: ArrayLike,
) -> tuple[Waiting, Floats, tuple[int, ...]]:
    law = law_of(patience_s)
    numbers = np.inf if law is not None else np.asarray(patience_s, dtype=np.float64)
    (rate, aht, n, patience, extra), shape = broadcast_flat(arrivals_per_s, aht_s, seats, numbers, other)
    require_queue(rate, aht, n, patience)
    require(~np.isnan(extra), extra, say("threshold"), say("a number"))
    if law is None:
        return solve(rate, aht, n, patience), extra, shape
    require_law(law, rate.size)
    return solve(rate, aht, n, law), extra, shape
