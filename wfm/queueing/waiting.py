"""What every solved queue answers, whichever formula solved it."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from wfm.queueing.poisson import Floats

__all__ = ["Waiting"]


class Waiting(Protocol):
    """The stationary waiting of independent queues: one-dimensional arrays of one length, NaN without a steady state.

    :class:`~wfm.queueing.delay.Delay` is the exponential one (Erlang A, C, B).
    """

    @property
    def arrivals_per_s(self) -> Floats:
        """Arrivals per second."""

    @property
    def seats(self) -> Floats:
        """Seats, whole numbers."""

    @property
    def steady(self) -> NDArray[np.bool_]:
        """False where the queue grows without end."""

    @property
    def wait(self) -> Floats:
        """P(an arriving caller has to wait)."""

    @property
    def load_erlang(self) -> Floats:
        """Arrivals × handling time."""

    @property
    def abandon_share(self) -> Floats:
        """P(gives up) over all arrivals."""

    @property
    def answered_share(self) -> Floats:
        """P(is answered) over all arrivals."""

    def waits_over(self, t_s: Floats) -> tuple[Floats, Floats]:
        """P(W > t) and P(answered after t), both over all arrivals; ``t_s`` per cell."""

    def answered_within(self, t_s: Floats) -> Floats:
        """P(answered within t) over all arrivals."""

    def abandoned_within(self, t_s: Floats) -> Floats:
        """P(gives up within t) over all arrivals."""

    def asa_s(self) -> Floats:
        """Mean wait of the answered callers; NaN where nobody is answered."""

    def mean_wait_s(self) -> Floats:
        """Mean wait of all callers."""

    def occupancy(self) -> Floats:
        """Share of staffed time spent handling; NaN without seats."""
