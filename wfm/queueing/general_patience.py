"""M/M/n+G: callers whose patience follows any law, solved exactly.

With λ arrivals and nμ endings per second when all n seats are busy, H(x) = ∫₀ˣ P(patience > u) du and
φ(x) = λH(x) − nμx, the virtual wait V (the wait of a caller who never gives up) has P(V > 0) = λJ/(ε + λJ) and
above zero the density e^φ(x)/J, where J = ∫₀^∞ e^φ and ε = 1/B(n−1, λ/μ) (Erlang B). A caller waits
W = min(V, patience). Given V > 0 therefore

* answered: ∫ P(patience > x) e^φ / J; gives up: ∫ P(patience ≤ x) e^φ / J; E[W] = ∫ H e^φ / J;
* W > t: P(patience > t)·∫ₜ^∞ e^φ / J; answered after t: ∫ₜ^∞ P(patience > x) e^φ / J;
* gives up by t: ∫₀ᵗ P(patience ≤ x) e^φ / J + P(patience ≤ t)·∫ₜ^∞ e^φ / J.

Every one is a sum of positive terms, so nothing cancels. Sources: F. Baccelli and G. Hebuterne 1981, "On queues
with impatient customers"; S. Zeltyn and A. Mandelbaum 2005, "Call centers with impatient customers: many-server
asymptotics of the M/M/n+G queue", section "M/M/n+G: exact formulas". Exact for Poisson arrivals and exponential
handling times, first come, first served.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from wfm.queueing.erlang import log_inverse_blocking
from wfm.queueing.patience_laws import PatienceLaw
from wfm.queueing.poisson import Floats
from wfm.queueing.virtual_wait import VirtualWait, virtual_wait
from wfm.queueing.wait_density import ALL, ANSWER_WAIT, ANSWERED, GIVEN_UP, WAITED

__all__ = ["GeneralDelay", "general_delay"]


@dataclass(frozen=True, slots=True)
class GeneralDelay:
    """The stationary waiting of every cell; arrays of one length, NaN where there is no steady state.

    Satisfies :class:`~wfm.queueing.waiting.Waiting`.
    """

    arrivals_per_s: Floats
    aht_s: Floats
    seats: Floats
    law: PatienceLaw
    steady: NDArray[np.bool_]
    """False where those who never give up alone bring as much work as the seats can do."""
    wait: Floats
    """P(an arriving caller has to wait)."""
    at_once: Floats
    """P(an arriving caller is answered at once)."""
    gives_up: Floats
    """P(gives up | has to wait)."""
    answered: Floats
    """P(is answered | has to wait)."""
    queued: NDArray[np.intp]
    """Cells with calls, seats and a steady state."""
    virtual: VirtualWait
    """Those cells' virtual waits."""

    @property
    def load_erlang(self) -> Floats:
        """Arrivals × handling time."""
        return self.arrivals_per_s * self.aht_s

    @property
    def abandon_share(self) -> Floats:
        """P(gives up) over all arrivals."""
        return self.wait * self.gives_up

    @property
    def answered_share(self) -> Floats:
        """P(is answered) over all arrivals."""
        return self.at_once + self.wait * self.answered

    def waits_over(self, t_s: Floats) -> tuple[Floats, Floats]:
        """P(W > t) over all arrivals, and P(answered after t) over all arrivals; ``t_s`` per cell.

        W ends with the answer or with giving up. For t < 0 every caller's wait exceeds t.
        """
        t = np.maximum(t_s, 0.0)
        survival = self.law.curve(t).survival
        beyond = self._shares(self.virtual.beyond(t[self.queued]))
        over = self._spread(beyond[:, ALL] * survival[self.queued], survival)
        later = self._spread(beyond[:, ANSWERED], np.zeros_like(t))
        before = t_s < 0
        return (
            np.where(before, self._defined(1.0), over),
            np.where(before, self.answered_share, later),
        )

    def answered_within(self, t_s: Floats) -> Floats:
        """P(answered within t) over all arrivals."""
        t = np.maximum(t_s, 0.0)
        soon = self._shares(self.virtual.before(t[self.queued]))[:, ANSWERED]
        within = self.at_once + self._spread(soon, np.zeros_like(t))
        return np.where(t_s < 0, self._defined(0.0), np.minimum(within, 1.0))

    def abandoned_within(self, t_s: Floats) -> Floats:
        """P(gives up within t) over all arrivals."""
        t = np.maximum(t_s, 0.0)
        gone = self.law.curve(t).given_up
        soon = self._shares(self.virtual.before(t[self.queued]))[:, GIVEN_UP]
        beyond = self._shares(self.virtual.beyond(t[self.queued]))[:, ALL]
        within = self._spread(soon + gone[self.queued] * beyond, gone)
        return np.where(t_s < 0, self._defined(0.0), np.minimum(within, 1.0))

    def asa_s(self) -> Floats:
        """Mean wait of the answered callers, those answered at once included; NaN where nobody is answered."""
        waits = self._spread(self._shares(self.virtual.total)[:, ANSWER_WAIT], np.zeros_like(self.wait))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.answered_share > 0, waits / self.answered_share, np.nan)

    def mean_wait_s(self) -> Floats:
        """Mean wait of all callers, answered or not."""
        waits = self._shares(self.virtual.total)[:, WAITED]
        return self._spread(waits, np.broadcast_to(self.law.mean_s, self.wait.shape))

    def occupancy(self) -> Floats:
        """Share of staffed time spent handling; NaN without seats."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.load_erlang * self.answered_share / np.where(self.seats > 0, self.seats, np.nan)

    def _shares(self, integrals: Floats) -> Floats:
        """Integrals of the queued cells as parts of all arrivals."""
        scaled: Floats = integrals / self.virtual.total[:, ALL, None] * self.wait[self.queued, None]
        return scaled

    def _spread(self, queued: Floats, without_seats: Floats) -> Floats:
        """Values of the queued cells in their places; others as without seats, zero without calls."""
        values = np.where(self.arrivals_per_s > 0, without_seats, 0.0)
        values[self.queued] = queued
        return np.where(np.isnan(self.wait), np.nan, values)

    def _defined(self, value: float) -> Floats:
        return np.where(np.isnan(self.wait), np.nan, value)


def general_delay(arrivals_per_s: Floats, aht_s: Floats, seats: Floats, law: PatienceLaw) -> GeneralDelay:
    """Solve the queues; one-dimensional arrays of one length that ``require_queue`` has let pass."""
    load, drain = arrivals_per_s * aht_s, seats / aht_s
    idle = (arrivals_per_s == 0) & (seats == 0)
    never = np.broadcast_to(law.never_share, load.shape)
    steady = (arrivals_per_s * never < drain) | (never == 0) | (arrivals_per_s == 0)
    queued = np.flatnonzero(steady & (arrivals_per_s > 0) & (seats > 0))
    virtual = virtual_wait(arrivals_per_s[queued], drain[queued], law.at(queued))

    wait = np.where(arrivals_per_s > 0, 1.0, 0.0)
    wait[idle | ~steady] = np.nan
    at_once, gives_up, answered = 1 - wait, wait.copy(), np.zeros_like(wait)
    n, a = seats[queued], load[queued]
    log_waiting = np.log(arrivals_per_s[queued] * virtual.total[:, ALL]) + virtual.top
    odds = log_waiting - log_inverse_blocking(n - 1, a)
    wait[queued], at_once[queued] = special.expit(odds), special.expit(-odds)
    gives_up[queued] = virtual.total[:, GIVEN_UP] / virtual.total[:, ALL]
    answered[queued] = virtual.total[:, ANSWERED] / virtual.total[:, ALL]
    return GeneralDelay(arrivals_per_s, aht_s, seats, law, steady, wait, at_once, gives_up, answered, queued, virtual)
