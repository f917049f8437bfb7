"""Callers who call again: the queue with redials after giving up and after a busy tone (Erlang X).

Of λ first calls a second each attempt is answered with probability s, gives up with a, meets busy
circuits with b. Who gave up calls again with probability r_a, who met a busy tone with r_b, at most M
attempts a caller. With c = r_a·a + r_b·b one first call makes 1 + c + … + c^(M−1) attempts, so that

    Λ = λ·(1 − c^M)/(1 − c),       without a limit on attempts   Λ = λ + r_a·a(Λ)·Λ + r_b·b(Λ)·Λ,

where a and b are those of the queue offered Λ attempts a second (Erlang A, C, B, general patience, or
behind circuits). G. Koole 2013, "Call Center Optimization", chapter on Erlang X; S. Ding, M. Remerova,
R. van der Mei and B. Zwart 2015, "Fluid approximation of a call center model with redials and reconnects".

Answered, gave up and blocked per second each grow with Λ at a rate between 0 and 1, together 1. So
Λ·(1 − c) grows with Λ, Λ·(1 − c)/(1 − c^M) too, and the fixed point is unique; monotone iteration from
both sides bounds it, in the logarithm of attempts per first call, and the secant finds it in few steps. There is none where all who
fail call again without limit and the seats cannot answer every first caller: the attempts then grow
without end.

Limits: attempts are taken as Poisson, which holds when callers let the queue forget them before they call
again (delays of several handling times), and each attempt has fresh patience. Callers who redial within
seconds meet the same full queue: the true abandonment is then higher.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.queueing.inputs import broadcast_flat, require, require_queue
from wfm.queueing.patience_laws import Exponential, PatienceLaw
from wfm.queueing.poisson import Floats
from wfm.queueing.solve import law_of, require_law, solve
from wfm.queueing.trunks import TrunkDelay, trunk_delay
from wfm.queueing.waiting import Waiting

__all__ = ["Centre", "Redials", "Settled", "blocked_share", "centre_of", "settle"]

_SLACK = 1e-9
"""Added to the upper bound of ln(attempts per first call), where it may be reached but for rounding."""
_LOG_ENDLESS = 40.0
"""ln of the attempts per first call beyond which they count as endless."""
_EXACT = 2e-15
_STEPS = 200
_SECANTS = 8
_CLOSE = 1e-9
"""Relative distance from the fixed point beyond which there is none."""


@dataclass(frozen=True, slots=True)
class Redials:
    """Who calls again; numbers or arrays that broadcast with the queue's."""

    after_abandon: ArrayLike = 0.0
    """r_a, probability that a caller who gave up calls again."""
    after_blocked: ArrayLike = 0.0
    """r_b, probability that a caller who met a busy tone calls again."""
    attempts_max: ArrayLike = np.inf
    """Calls of one caller at most, the first included; infinite is no limit."""


@dataclass(frozen=True, slots=True)
class Centre:
    """First calls, seats and redials of every cell; one-dimensional arrays of one length."""

    first_per_s: Floats
    aht_s: Floats
    circuits: Floats
    patience: Floats | PatienceLaw
    after_abandon: Floats
    after_blocked: Floats
    attempts_max: Floats

    def queue(self, cells: NDArray[np.intp], rate: Floats, seats: Floats) -> Waiting:
        """The queue of these cells, offered ``rate`` attempts a second."""
        patience = self.patience[cells] if isinstance(self.patience, np.ndarray) else self.patience.at(cells)
        circuits = self.circuits[cells]
        if cells.size and not np.isposinf(circuits[0]) and isinstance(patience, np.ndarray):
            return trunk_delay(rate, self.aht_s[cells], seats, circuits, patience)
        return solve(rate, self.aht_s[cells], seats, patience)

    def log_attempts(self, cells: NDArray[np.intp], solved: Waiting) -> Floats:
        """ln(1 + c + … + c^(M−1)), attempts per first call that such a queue makes."""
        lost, busy, most = self.after_abandon[cells], self.after_blocked[cells], self.attempts_max[cells]
        # 1 − c as a sum of positive terms.
        stops = solved.answered_share + (1 - lost) * solved.abandon_share + (1 - busy) * blocked_share(solved)
        stops = np.minimum(stops, 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            limited = np.log(np.where(stops > 0, -np.expm1(most * np.log1p(-stops)) / stops, most))
        found = np.where(np.isinf(most), -np.log(np.maximum(stops, 1e-300)), limited)
        nobody = (lost * solved.abandon_share == 0) & (busy * blocked_share(solved) == 0)
        return np.where(nobody, 0.0, found)


@dataclass(frozen=True, slots=True)
class Settled:
    """The queue at its fixed point."""

    queue: Waiting
    attempts: Floats
    steady: NDArray[np.bool_]
    iterations: NDArray[np.int64]

    @property
    def finally_answered(self) -> Floats:
        """First callers who are answered ÷ first callers."""
        share: Floats = np.where(self.steady, np.minimum(self.queue.answered_share * self.attempts, 1.0), np.nan)
        return share


def centre_of(
    first_calls_per_s: ArrayLike,
    aht_s: ArrayLike,
    patience: ArrayLike | PatienceLaw,
    redials: Redials,
    circuits: ArrayLike,
    *others: ArrayLike,
) -> tuple[Centre, list[Floats], tuple[int, ...]]:
    """The arguments, checked, and the others (seats first) of the same shape; and that shape.

    Raises:
        BadInput: a number describes no queue, or shapes do not fit together.
    """
    given = law_of(patience)
    mean_s: ArrayLike = np.inf if given is not None else cast("ArrayLike", patience)
    flat, shape = broadcast_flat(
        first_calls_per_s,
        aht_s,
        circuits,
        mean_s,
        redials.after_abandon,
        redials.after_blocked,
        redials.attempts_max,
        *others,
    )
    rate, aht, k, mean, lost, busy, most, *rest = flat
    require_queue(rate, aht, rest[0] if rest else np.zeros_like(rate), mean)
    for share in (lost, busy):
        require((share >= 0) & (share <= 1), share, say("share of callers who call again"), say("from 0 to 1"))
    require((most >= 1) & (most == np.floor(most)), most, say("attempts at most"), say("a whole number, one or more"))
    limited = ~np.isposinf(k)
    if limited.any() and not limited.all():
        raise BadInput(say("circuits: give a number for every interval, or for none"))
    require(~limited | ((k >= 1) & (k == np.floor(k))), k, say("circuits"), say("a whole number, one or more"))
    law: Floats | PatienceLaw = mean
    if given is not None:
        require_law(given, rate.size)
        law = np.array(np.broadcast_to(given.mean_s, rate.shape)) if isinstance(given, Exponential) else given
    if limited.any() and not isinstance(law, np.ndarray):
        raise BadInput(say("circuits: a queue behind finite circuits is solved for exponential patience only"))
    return Centre(rate, aht, k, law, lost, busy, most), rest, shape


def settle(centre: Centre, cells: NDArray[np.intp], seats: Floats) -> Settled:
    """The queues of these cells with so many seats, each at its fixed point.

    Attempts assumed below the fixed point cause more, but no more than the fixed point, and the other way round: each
    look narrows the bounds from one side at least; between them the secant goes on.
    """
    first = centre.first_per_s[cells]
    queue = centre.queue(cells, first, seats)
    at = np.zeros(cells.size)
    # Without calls nobody tries twice, whatever else is undefined.
    gap = np.where(first > 0, -centre.log_attempts(cells, queue), 0.0)
    steps = np.zeros(cells.size, dtype=np.int64)
    low, high = -gap, _log_most_attempts(centre, cells)
    moving = np.flatnonzero((gap < 0) & ~_hopeless(centre, cells, seats))
    before, gap_before = at.copy(), gap.copy()
    moved = moving.size > 0
    at[moving] = np.minimum(low, high)[moving]
    while moving.size:
        here = cells[moving]
        caused = centre.log_attempts(here, centre.queue(here, first[moving] * np.exp(at[moving]), seats[moving]))
        # Beyond the edge of the steady state nothing is defined: the fixed point lies before it, or is none.
        caused = np.where(np.isnan(caused), -np.inf, caused)
        gap[moving] = at[moving] - caused
        steps[moving] += 1
        under = gap[moving] < 0
        low[moving] = np.where(under, np.maximum(low[moving], caused), low[moving])
        high[moving] = np.where(under, high[moving], np.minimum(high[moving], np.maximum(caused, low[moving])))
        high[moving] = np.where(np.isinf(caused), at[moving], high[moving])
        exact = np.abs(gap[moving]) <= _EXACT * np.maximum(at[moving], 1.0)
        tight = high[moving] - low[moving] <= _EXACT * high[moving]
        moving = moving[~(exact | tight) & (steps[moving] < _STEPS)]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            slope = (gap[moving] - gap_before[moving]) / (at[moving] - before[moving])
            secant = at[moving] - gap[moving] / slope
        before[moving], gap_before[moving] = at[moving], gap[moving]
        # Late steps halve now and then, whatever the secant says.
        patient = (steps[moving] < _SECANTS) | (steps[moving] % 3 > 0)
        inside = (secant > low[moving]) & (secant < high[moving]) & patient
        at[moving] = np.where(inside, secant, (low[moving] + high[moving]) / 2)
    if moved:
        queue = centre.queue(cells, first * np.exp(at), seats)
    return Settled(queue, np.exp(at), queue.steady & (np.abs(gap) < _CLOSE), steps)


def _log_most_attempts(centre: Centre, cells: NDArray[np.intp]) -> Floats:
    """An upper bound of ln(attempts per first call)."""
    again = np.maximum(centre.after_abandon[cells], centre.after_blocked[cells])
    with np.errstate(divide="ignore"):
        bound = np.minimum(np.log(centre.attempts_max[cells]), -np.log1p(-again)) + _SLACK
    return np.minimum(bound, _LOG_ENDLESS)


def _hopeless(centre: Centre, cells: NDArray[np.intp], seats: Floats) -> NDArray[np.bool_]:
    """Everybody calls until answered, and the seats cannot answer everybody."""
    endless = (centre.after_abandon[cells] == 1) & np.isinf(centre.attempts_max[cells])
    endless &= (centre.after_blocked[cells] == 1) | np.isinf(centre.circuits[cells])
    serving = np.minimum(seats, centre.circuits[cells])
    return np.asarray(endless & (centre.first_per_s[cells] * centre.aht_s[cells] >= serving))


def blocked_share(queue: Waiting) -> Floats:
    """P(meets busy circuits) over all attempts."""
    return queue.blocked if isinstance(queue, TrunkDelay) else np.zeros_like(queue.wait)
