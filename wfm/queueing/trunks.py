"""Finite circuits (trunks): a caller who finds all K circuits busy hears the busy tone and is gone.

M/M/n/K+M: K limits the callers who are queued or served here. A circuit also carries announcement and
menu before that: take their circuits off K first (their mean number is arrivals × announcement). With K
below n the seats above K have no caller to serve.

Arrivals are Poisson, so that callers find the circuits as they are over time: the blocked share is the
share of time with all K busy, and blocked callers count among the offered. Shares are ÷ offered calls
(answered + gave up + blocked = 1); mean wait and long waits of :class:`TrunkPerformance` are ÷ callers who
got a circuit, as a busy tone is no wait. K → ∞ is Erlang A or C, K = n is Erlang B.

Derivation and limits: :mod:`wfm.queueing.trunk_waiting`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.queueing.erlang import log_inverse_blocking
from wfm.queueing.fewest import fewest
from wfm.queueing.inputs import broadcast_flat, require, require_queue
from wfm.queueing.poisson import Floats
from wfm.queueing.trunk_waiting import WaitingRoom, log_last_state, waiting_sums

__all__ = ["TrunkDelay", "TrunkPerformance", "circuits_for", "trunk_delay", "trunk_performance"]

_CIRCUITS_MAX = 1e9
_NO_PATIENCE = 1e-100
"""Patience ÷ handling time below which there is none."""
_RARE = 0.01
"""Share of the last place among the waiting below which it is taken by itself."""


@dataclass(frozen=True, slots=True)
class TrunkDelay:
    """The stationary queue behind its circuits; arrays of one length, NaN where nothing is defined.

    A :class:`~wfm.queueing.waiting.Waiting`: every share is over all offered calls, blocked ones included.
    """

    arrivals_per_s: Floats
    aht_s: Floats
    seats: Floats
    circuits: Floats
    patience_s: Floats
    at_once: Floats
    """P(is answered at once)."""
    wait: Floats
    """P(gets a circuit and has to wait)."""
    blocked: Floats
    """P(meets all circuits busy)."""
    answered_late: Floats
    """P(waits and is answered)."""
    abandon_share: Floats
    """P(gives up)."""
    waited_s: Floats
    """Seconds waited ÷ offered calls."""
    waited_answered_s: Floats
    """Seconds waited by those who are answered ÷ offered calls."""
    waiting: NDArray[np.intp]
    """Cells with places to wait, callers, and something that ends a wait."""
    room: WaitingRoom
    """Those cells."""
    log_total: Floats
    """ln of the weight of all their states, where the state with as many calls as seats weighs 1."""

    @property
    def steady(self) -> NDArray[np.bool_]:
        """True wherever anything is defined: circuits bound the queue."""
        return ~np.isnan(self.wait)

    @property
    def load_erlang(self) -> Floats:
        """Offered calls × handling time."""
        return self.arrivals_per_s * self.aht_s

    @property
    def answered_share(self) -> Floats:
        """P(is answered) over all offered calls."""
        return self.at_once + self.answered_late

    @property
    def entered(self) -> Floats:
        """P(gets a circuit)."""
        return self.at_once + self.wait

    def waits_over(self, t_s: Floats) -> tuple[Floats, Floats]:
        """P(W > t) and P(answered after t), both over all offered calls; ``t_s`` per cell.

        W ends with the answer or with giving up; a blocked caller has none. For t < 0 all who entered count.
        """
        over, later = np.zeros_like(self.wait), np.zeros_like(self.wait)
        t = self._paces(t_s)
        after = waiting_sums(self.room, t, np.full_like(t, np.inf))
        scale = np.exp(after.log_scale - self.log_total)
        waits_on = np.exp(self.room.log_density(t) - self.log_total)
        over[self.waiting] = waits_on + scale * np.exp(-self.room.impatience * t) * self.room.push * after.rest
        later[self.waiting] = scale * self.room.served * after.every
        before = t_s < 0
        return np.where(before, self.entered, over), np.where(before, self.answered_share, later)

    def answered_within(self, t_s: Floats) -> Floats:
        """P(answered within t) over all offered calls."""
        t = self._paces(t_s)
        until = waiting_sums(self.room, np.zeros_like(t), t)
        within = self.at_once.copy()
        within[self.waiting] += np.exp(until.log_scale - self.log_total) * self.room.served * until.every
        return np.where((t_s < 0) & ~np.isnan(within), 0.0, within)

    def abandoned_within(self, t_s: Floats) -> Floats:
        """P(gives up within t) over all offered calls."""
        t = self._paces(t_s)
        until = waiting_sums(self.room, np.zeros_like(t), t)
        after = waiting_sums(self.room, t, np.full_like(t, np.inf))
        # Whoever waits gives up at a constant rate: ε·∫ P(W > s) ds up to t.
        waited = np.exp(until.log_scale - self.log_total) * (until.every + until.rest_expected)
        waited += np.exp(after.log_scale - self.log_total) * self.room.expected(t) * after.rest
        gone = np.where(self.patience_s < _NO_PATIENCE * self.aht_s, self.abandon_share, 0.0 * self.wait)
        gone[self.waiting] = self.room.impatience * waited
        return np.where((t_s < 0) & ~np.isnan(gone), 0.0, gone)

    def asa_s(self) -> Floats:
        """Mean wait of the answered callers; NaN where nobody is answered."""
        return _ratio(self.waited_answered_s, self.answered_share)

    def mean_wait_s(self) -> Floats:
        """Mean wait of the callers who got a circuit; NaN where nobody gets one."""
        return _ratio(self.waited_s, self.entered)

    def occupancy(self) -> Floats:
        """Share of staffed time spent handling; NaN without seats."""
        return _ratio(self.load_erlang * self.answered_share, self.seats)

    def trunk_occupancy(self) -> Floats:
        """Share of the circuits' time that carries a caller queued or served."""
        return (self.load_erlang * self.answered_share + self.arrivals_per_s * self.waited_s) / self.circuits

    def _paces(self, t_s: Floats) -> Floats:
        return np.maximum(t_s[self.waiting], 0.0) * self.room.pace_per_s


@dataclass(frozen=True, slots=True)
class TrunkPerformance:
    """Stationary performance with finite circuits; every field has the common shape of the arguments."""

    load_erlang: Floats
    """Offered calls × handling time."""
    blocked_share: Floats
    """P(meets all circuits busy) over offered calls."""
    wait_probability: Floats
    """P(gets a circuit and has to wait) over offered calls."""
    wait_probability_entered: Floats
    """P(has to wait) over callers who got a circuit."""
    answered_share: Floats
    """Answered ÷ offered calls."""
    abandon_share: Floats
    """Gave up ÷ offered calls."""
    service_level: Floats
    """Answered within T ÷ offered calls."""
    wait_exceeds: Floats
    """P(W > T) over callers who got a circuit."""
    asa_s: Floats
    """Mean wait of answered callers."""
    mean_wait_s: Floats
    """Mean wait of callers who got a circuit."""
    occupancy: Floats
    """Handling time ÷ staffed time."""
    trunk_occupancy: Floats
    """Busy circuits ÷ circuits."""


def trunk_performance(
    arrivals_per_s: ArrayLike,
    aht_s: ArrayLike,
    seats: ArrayLike,
    circuits: ArrayLike,
    within_s: ArrayLike,
    patience_s: ArrayLike = np.inf,
) -> TrunkPerformance:
    """M/M/n/K+M for every cell of the broadcast arguments.

    Args:
        arrivals_per_s: Poisson arrivals per second, blocked callers included.
        aht_s: mean handling time (exponential) in seconds.
        seats: whole number of seats, 0 allowed.
        circuits: whole number K of circuits, at least 1, finite.
        within_s: threshold T of the service level and of long waits; negative gives a service level of 0.
        patience_s: mean patience (exponential) in seconds; 0 and infinite are allowed.

    Raises:
        BadInput: a number describes no queue, or shapes do not fit together.
    """
    (rate, aht, n, k, t, patience), shape = broadcast_flat(arrivals_per_s, aht_s, seats, circuits, within_s, patience_s)
    require(~np.isnan(t), t, say("threshold"), say("a number"))
    solved = trunk_delay(rate, aht, n, k, patience)
    values = {
        "load_erlang": solved.load_erlang,
        "blocked_share": solved.blocked,
        "wait_probability": solved.wait,
        "wait_probability_entered": _ratio(solved.wait, solved.entered),
        "answered_share": solved.answered_share,
        "abandon_share": solved.abandon_share,
        "service_level": solved.answered_within(t),
        "wait_exceeds": _ratio(solved.waits_over(t)[0], solved.entered),
        "asa_s": solved.asa_s(),
        "mean_wait_s": solved.mean_wait_s(),
        "occupancy": solved.occupancy(),
        "trunk_occupancy": solved.trunk_occupancy(),
    }
    return TrunkPerformance(**{name: value.reshape(shape) for name, value in values.items()})


def trunk_delay(
    arrivals_per_s: Floats, aht_s: Floats, seats: Floats, circuits: Floats, patience_s: Floats
) -> TrunkDelay:
    """Solve the queues; one-dimensional arrays of one length.

    Raises:
        BadInput: a number describes no queue.
    """
    require_queue(arrivals_per_s, aht_s, seats, patience_s)
    whole = np.isfinite(circuits) & (circuits >= 1) & (circuits == np.floor(circuits))
    require(whole, circuits, say("circuits"), say("a whole number, one or more"))
    load, served = arrivals_per_s * aht_s, np.minimum(seats, circuits)
    patience = np.where(patience_s < _NO_PATIENCE * aht_s, 0.0, patience_s)
    with np.errstate(divide="ignore", invalid="ignore"):
        # States with a free seat, relative to the state with as many calls as seats.
        log_free = np.where(
            served > 0, np.log(served / load) + log_inverse_blocking(np.maximum(served - 1, 0), load), -np.inf
        )
        leaving = served / aht_s + 1 / patience
    at_once, full = special.expit(log_free), special.expit(-log_free)
    calls = arrivals_per_s > 0
    at_once[~calls] = np.where(seats[~calls] > 0, 1.0, np.nan)
    full[~calls] = np.where(seats[~calls] > 0, 0.0, np.nan)
    hasty = (patience == 0) & (circuits > served)
    wait, gone = np.where(hasty, full, 0 * full), np.where(hasty, full, 0 * full)
    blocked = np.where(hasty, 0 * full, full)
    late, waited, waited_answered = 0 * full, 0 * full, 0 * full
    places = circuits - served
    cells = np.flatnonzero(calls & (places > 0) & (patience > 0) & (leaving > 0))
    pace = leaving[cells]
    room = WaitingRoom(
        places[cells],
        arrivals_per_s[cells] / pace,
        1 / patience[cells] / pace,
        served[cells] / aht_s[cells] / pace,
        pace,
    )
    sums = waiting_sums(room, np.zeros_like(pace), np.full_like(pace, np.inf))
    log_total = np.logaddexp(log_free[cells], np.logaddexp(0.0, np.log(room.push * sums.every) + sums.log_scale))
    scale, one = np.exp(sums.log_scale - log_total), np.exp(-log_total)
    at_once[cells] = np.exp(log_free[cells] - log_total)
    wait[cells] = one + scale * room.push * sums.rest
    # A sum of positive terms knows its small parts only as well as its large ones.
    last = scale * room.push * sums.last
    rare = np.flatnonzero(sums.last < _RARE * sums.every)
    last[rare] = np.exp(log_last_state(room.chosen(rare)) - log_total[rare])
    blocked[cells] = last
    late[cells] = scale * room.served * sums.every
    queued = scale * (sums.every + sums.rest_expected)
    gone[cells] = room.impatience * queued
    waited[cells] = queued / pace
    waited_answered[cells] = scale * room.served * sums.time / pace
    return TrunkDelay(
        arrivals_per_s,
        aht_s,
        seats,
        circuits,
        patience_s,
        at_once,
        wait,
        blocked,
        late,
        gone,
        waited,
        waited_answered,
        cells,
        room,
        log_total,
    )


def circuits_for(
    blocked_share_max: ArrayLike,
    arrivals_per_s: ArrayLike,
    aht_s: ArrayLike,
    seats: ArrayLike,
    patience_s: ArrayLike = np.inf,
) -> NDArray[np.int64]:
    """The fewest circuits that block at most this share of offered calls, the seats given; at least 1.

    Raises:
        BadInput: a number describes no queue, the limit lies outside [0, 1], or no number of circuits keeps it
            (nobody gives up, and the seats answer less than 1 − limit).
    """
    (limit, rate, aht, n, patience), shape = broadcast_flat(blocked_share_max, arrivals_per_s, aht_s, seats, patience_s)
    require_queue(rate, aht, n, patience)
    require((limit >= 0) & (limit <= 1), limit, say("blocked share"), say("a share from 0 to 1"))

    def holds(cells: NDArray[np.intp], k: Floats) -> NDArray[np.bool_]:
        return trunk_delay(rate[cells], aht[cells], n[cells], k, patience[cells]).blocked <= limit[cells]

    found = fewest(holds, np.ones_like(rate), n + np.sqrt(rate * aht), np.full_like(rate, _CIRCUITS_MAX))
    if np.isinf(found).any():
        at = np.flatnonzero(np.isinf(found))[0]
        raise BadInput(
            say(
                "blocked share {limit}: no number of circuits keeps it with {seats} seats for {load} erlangs",
                limit=f"{limit[at]:g}",
                seats=f"{n[at]:,.0f}",
                load=f"{rate[at] * aht[at]:,.4g}",
            )
        )
    return found.astype(np.int64).reshape(shape)


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)
