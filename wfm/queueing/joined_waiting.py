"""Queues that different formulas solved, answered for as one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.queueing.poisson import Floats
from wfm.queueing.waiting import Waiting

__all__ = ["JoinedWaiting"]

Part = tuple[NDArray[np.intp], Waiting]


@dataclass(frozen=True, slots=True)
class JoinedWaiting:
    """Cells of several solved parts in their places; satisfies :class:`~wfm.queueing.waiting.Waiting`."""

    parts: tuple[Part, ...]
    """Cell numbers and what is solved for them; every cell is in one part."""

    def _together(self, value: Callable[[NDArray[np.intp], Waiting], Floats]) -> Floats:
        joined = np.empty(sum(len(cells) for cells, _ in self.parts))
        for cells, solved in self.parts:
            joined[cells] = value(cells, solved)
        return joined

    @property
    def arrivals_per_s(self) -> Floats:
        """Arrivals per second."""
        return self._together(lambda _, solved: solved.arrivals_per_s)

    @property
    def seats(self) -> Floats:
        """Seats, whole numbers."""
        return self._together(lambda _, solved: solved.seats)

    @property
    def steady(self) -> NDArray[np.bool_]:
        """False where the queue grows without end."""
        return self._together(lambda _, solved: solved.steady.astype(np.float64)) > 0

    @property
    def wait(self) -> Floats:
        """P(an arriving caller has to wait)."""
        return self._together(lambda _, solved: solved.wait)

    @property
    def load_erlang(self) -> Floats:
        """Arrivals × handling time."""
        return self._together(lambda _, solved: solved.load_erlang)

    @property
    def abandon_share(self) -> Floats:
        """P(gives up) over all arrivals."""
        return self._together(lambda _, solved: solved.abandon_share)

    @property
    def answered_share(self) -> Floats:
        """P(is answered) over all arrivals."""
        return self._together(lambda _, solved: solved.answered_share)

    def waits_over(self, t_s: Floats) -> tuple[Floats, Floats]:
        """P(W > t) and P(answered after t), both over all arrivals; ``t_s`` per cell."""
        found = [(cells, solved.waits_over(t_s[cells])) for cells, solved in self.parts]
        over, later = np.empty_like(t_s), np.empty_like(t_s)
        for cells, (here_over, here_later) in found:
            over[cells], later[cells] = here_over, here_later
        return over, later

    def answered_within(self, t_s: Floats) -> Floats:
        """P(answered within t) over all arrivals."""
        return self._together(lambda cells, solved: solved.answered_within(t_s[cells]))

    def abandoned_within(self, t_s: Floats) -> Floats:
        """P(gives up within t) over all arrivals."""
        return self._together(lambda cells, solved: solved.abandoned_within(t_s[cells]))

    def asa_s(self) -> Floats:
        """Mean wait of the answered callers; NaN where nobody is answered."""
        return self._together(lambda _, solved: solved.asa_s())

    def mean_wait_s(self) -> Floats:
        """Mean wait of all callers."""
        return self._together(lambda _, solved: solved.mean_wait_s())

    def occupancy(self) -> Floats:
        """Share of staffed time spent handling; NaN without seats."""
        return self._together(lambda _, solved: solved.occupancy())
