"""One queue solved: Erlang A, Erlang C or Erlang B, whichever the callers' patience asks for.

Cells are independent queues in one-dimensional arrays. Finite patience is Erlang A; infinite patience
is Erlang C; patience of zero is Erlang B (who cannot be answered at once is gone). With no seats
everyone waits until patience ends. With neither seats nor calls nothing is defined: NaN.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from wfm.queueing.early_endings import answered_early, gives_up_early
from wfm.queueing.erlang import erlang_b, erlang_c
from wfm.queueing.erlang_a import Impatience, gives_up_later, impatience, still_waiting, wait_while_answered
from wfm.queueing.poisson import Floats

__all__ = ["Delay", "delay"]

_FEW = 1e-3
"""Share of those who are ever answered, or ever give up, below which those who do so early are integrated by themselves."""


@dataclass(frozen=True, slots=True)
class Delay:
    """The stationary waiting of every cell; arrays of one length, NaN where there is no steady state."""

    arrivals_per_s: Floats
    aht_s: Floats
    seats: Floats
    patience_s: Floats
    steady: NDArray[np.bool_]
    """False where load reaches seats and nobody gives up."""
    wait: Floats
    """P(an arriving caller has to wait)."""
    at_once: Floats
    """P(an arriving caller is answered at once)."""
    gives_up: Floats
    """P(gives up | has to wait)."""
    answered: Floats
    """P(is answered | has to wait); kept beside ``gives_up`` because 1 − gives_up would lose digits."""
    impatient: NDArray[np.bool_]
    """Cells of Erlang A."""
    queue: Impatience
    """Those cells, solved."""

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
        survives = np.zeros_like(self.wait)
        later = np.zeros_like(self.wait)
        endless = np.isinf(self.patience_s)
        t = np.maximum(t_s, 0.0)
        drain = np.where(endless, self.seats / self.aht_s - self.arrivals_per_s, 1.0)
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            survives[endless] = np.exp(-drain * t)[endless]
            later[endless] = 1.0
            elapsed = t[self.impatient] / self.patience_s[self.impatient]
            survives[self.impatient], later[self.impatient] = still_waiting(self.queue, elapsed)
        over = self.wait * survives
        over_and_answered = over * later
        before = t_s < 0
        return np.where(before, 1.0, over), np.where(before, self.answered_share, over_and_answered)

    def answered_within(self, t_s: Floats) -> Floats:
        """P(answered within t) over all arrivals."""
        _, later = self.waits_over(t_s)
        waited = self.wait * self.answered
        soon = waited - later
        # In deep overload hardly anyone is answered soon: a difference of near equals.
        few = np.flatnonzero(self.impatient & (t_s > 0) & (soon < _FEW * waited))
        if few.size:
            soon[few] = waited[few] * answered_early(self._queues(few), t_s[few] / self.patience_s[few])
        within = self.at_once + soon
        return np.where(t_s < 0, np.where(np.isnan(self.wait), np.nan, 0.0), np.clip(within, 0.0, 1.0))

    def abandoned_within(self, t_s: Floats) -> Floats:
        """P(gives up within t) over all arrivals."""
        over, _ = self.waits_over(t_s)
        later = np.where(self.patience_s == 0, 1.0, 0.0)
        elapsed = np.maximum(t_s, 0.0)[self.impatient] / self.patience_s[self.impatient]
        later[self.impatient] = gives_up_later(self.queue, elapsed)
        within = self.abandon_share - over * later
        # Patience is long beside the time, or beside all waits: hardly anyone has given up yet.
        few = np.flatnonzero(self.impatient & (t_s >= 0) & (within < _FEW * self.abandon_share))
        if few.size:
            within[few] = self.wait[few] * gives_up_early(self._queues(few), t_s[few] / self.patience_s[few])
        return np.where(t_s < 0, np.where(np.isnan(self.wait), np.nan, 0.0), np.clip(within, 0.0, 1.0))

    def _queues(self, cells: NDArray[np.intp]) -> Impatience:
        """The solved queues of some cells of Erlang A."""
        place = np.cumsum(self.impatient)[cells] - 1
        return Impatience(**{f.name: getattr(self.queue, f.name)[place] for f in fields(Impatience)})

    def asa_s(self) -> Floats:
        """Mean wait of the answered callers, those answered at once included; NaN where nobody is answered."""
        given_wait = np.zeros_like(self.wait)
        endless = np.isinf(self.patience_s)
        with np.errstate(divide="ignore", invalid="ignore"):
            drain = self.seats / self.aht_s - self.arrivals_per_s
            given_wait[endless] = 1 / drain[endless]
            given_wait[self.impatient] = wait_while_answered(self.queue) * self.patience_s[self.impatient]
            summed = self.wait * self.answered * given_wait
            return np.where(self.answered_share > 0, summed / self.answered_share, np.nan)

    def mean_wait_s(self) -> Floats:
        """Mean wait of all callers, answered or not."""
        endless = np.isinf(self.patience_s)
        with np.errstate(divide="ignore", invalid="ignore"):
            drain = self.seats / self.aht_s - self.arrivals_per_s
            patient = self.wait / np.where(endless, drain, 1.0)
            # Rate balance: callers give up at θ·E[queue], so E[W] = P(gives up)/θ.
            return np.where(endless, patient, self.abandon_share * np.where(endless, 0.0, self.patience_s))

    def occupancy(self) -> Floats:
        """Share of staffed time spent handling; NaN without seats."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.load_erlang * self.answered_share / np.where(self.seats > 0, self.seats, np.nan)


def delay(arrivals_per_s: Floats, aht_s: Floats, seats: Floats, patience_s: Floats) -> Delay:
    """Solve the queues; one-dimensional arrays of one length that ``require_queue`` has let pass."""
    load = arrivals_per_s * aht_s
    endless, hasty = np.isinf(patience_s), patience_s == 0
    impatient = ~(endless | hasty)
    wait, gives_up, answered = (np.zeros_like(load) for _ in range(3))
    queue = impatience(load[impatient], seats[impatient], patience_s[impatient] / aht_s[impatient])
    wait[impatient], gives_up[impatient], answered[impatient] = queue.wait, queue.gives_up, queue.answered
    wait[endless] = erlang_c(load[endless], seats[endless])
    answered[endless] = 1.0
    wait[hasty] = erlang_b(load[hasty], seats[hasty])
    gives_up[hasty] = 1.0
    idle = (arrivals_per_s == 0) & (seats == 0)
    wait[idle] = np.nan
    at_once = 1 - wait
    at_once[impatient & ~idle] = queue.at_once[~idle[impatient]]
    steady = ~(endless & (load >= seats)) | idle
    return Delay(arrivals_per_s, aht_s, seats, patience_s, steady, wait, at_once, gives_up, answered, impatient, queue)
