"""A goal's measure with n seats and with n − 1, from one pass: what proves that n is the fewest.

The blocking probability of one seat more follows from 1/B(n, a) = 1 + (n/a)/B(n − 1, a), a sum of positive
terms, so both queues cost one incomplete gamma function; and only what the goal asks for is worked out.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from wfm.queueing.erlang import log_inverse_blocking
from wfm.queueing.erlang_a import Impatience, impatience, still_waiting
from wfm.queueing.gamma_ratio import log_one_plus
from wfm.queueing.goal import HIGH, Goal, goal_terms
from wfm.queueing.poisson import Floats
from wfm.queueing.waiting import Waiting

__all__ = ["Pair", "has_impatient_pair", "impatient_pair", "measure_of", "patient_pair", "solved_pair"]

Pair = tuple[Floats, Floats]
"""The measure with ``seats`` and with one less, NaN where it is undefined; one-dimensional."""

_FROM_WAITERS = ("service_level", "service_level_of_answered", "wait_exceeds", "abandon_share", "mean_wait_s")
_NOT_NEARLY_NONE = 0.01
"""Service levels from here keep their digits in the difference of those answered and those answered late."""


def measure_of(goal: Goal, solved: Waiting, other_work_erlang: Floats) -> Floats:
    """The goal's measure per cell; NaN where it is undefined (no steady state, nobody answered)."""
    above, below = goal_terms(goal, solved)
    if goal.measure == "occupancy":
        above = above + other_work_erlang
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)


def solved_pair(goal: Goal, solve: Callable[[Floats], Waiting], seats: Floats, other: Floats) -> Pair:
    """Any queue: ``solve`` is given the seats of all cells, then one seat less of all cells, in one array."""
    values = measure_of(goal, solve(np.concatenate([seats, seats - 1])), np.concatenate([other, other]))
    return values[: seats.size], values[seats.size :]


def patient_pair(goal: Goal, rate: Floats, aht: Floats, seats: Floats, other: Floats) -> Pair:
    """Erlang C; a goal with a time has it from 0."""
    load = rate * aht
    if goal.measure == "occupancy":
        room = seats - load
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(room > 0, (load + other) / seats, np.nan), np.where(
                room > 1, (load + other) / (seats - 1), np.nan
            )
    at_n, at_less = _two_blockings(load, seats)
    return (
        _patient_measure(goal, rate, aht, load, seats, at_n),
        _patient_measure(goal, rate, aht, load, seats - 1, at_less),
    )


def _two_blockings(load: Floats, seats: Floats) -> Pair:
    """ln 1/B(n − 1, a) and ln 1/B(n − 2, a) for n = ``seats`` ≥ 1; the second is 0 for n = 1, where it has no use."""
    at_less = log_inverse_blocking(np.maximum(seats - 2, 0.0), load)
    with np.errstate(divide="ignore"):
        step = np.log((seats - 1) / load)
    return log_one_plus(at_less + step), at_less


def _patient_measure(goal: Goal, rate: Floats, aht: Floats, load: Floats, seats: Floats, log_inverse: Floats) -> Floats:
    """``log_inverse`` is ln 1/B(n − 1, a). Source: A. K. Erlang 1917; P(W > t) = C·e^(−(n/AHT − λ)t)."""
    room = seats - load
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        wait = np.where(room > 0, 1 / (1 + np.exp(log_inverse) * (room / load)), np.nan)
        if goal.measure == "abandon_share":
            return 0.0 * wait
        drain = seats / aht - rate
        if goal.measure in ("asa_s", "mean_wait_s"):
            return wait / drain
        late = wait * np.exp(-drain * goal.t_s)
    return 1 - late if goal.measure in HIGH else late


def has_impatient_pair(goal: Goal) -> bool:
    """Whether :func:`impatient_pair` knows the goal."""
    return goal.measure in _FROM_WAITERS and not (goal.measure in HIGH and goal.limit < _NOT_NEARLY_NONE)


def impatient_pair(goal: Goal, rate: Floats, aht: Floats, patience: Floats, seats: Floats) -> Pair:
    """Erlang A with patience above zero; a goal with a time has it from 0."""
    load = rate * aht
    at_n, at_less = _two_blockings(load, seats)
    twice = np.concatenate([patience, patience])
    queue = impatience(
        np.concatenate([load, load]),
        np.concatenate([seats, seats - 1]),
        twice / np.concatenate([aht, aht]),
        np.concatenate([at_n, at_less]),
    )
    values = _impatient_measure(goal, queue, twice)
    return values[: seats.size], values[seats.size :]


def _impatient_measure(goal: Goal, queue: Impatience, patience: Floats) -> Floats:
    if goal.measure == "abandon_share":
        return queue.wait * queue.gives_up
    if goal.measure == "mean_wait_s":
        return queue.wait * queue.gives_up * patience
    survives, later = still_waiting(queue, goal.t_s / patience)
    if goal.measure == "wait_exceeds":
        return queue.wait * survives
    within = queue.at_once + queue.wait * (queue.answered - survives * later)
    if goal.measure == "service_level":
        return within
    answered = queue.at_once + queue.wait * queue.answered
    return np.divide(within, answered, out=np.full_like(within, np.nan), where=answered > 0)
