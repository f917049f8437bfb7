"""One way in to every queue: the formula that the callers' patience asks for."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import ArrayLike

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.queueing.delay import delay
from wfm.queueing.general_patience import general_delay
from wfm.queueing.joined_waiting import JoinedWaiting
from wfm.queueing.patience_laws import PatienceLaw
from wfm.queueing.patience_mixtures import memoryless_mean
from wfm.queueing.poisson import Floats
from wfm.queueing.waiting import Waiting

__all__ = ["law_of", "require_law", "solve"]


def solve(arrivals_per_s: Floats, aht_s: Floats, seats: Floats, patience: Floats | PatienceLaw) -> Waiting:
    """The stationary waiting of every cell; one-dimensional arrays of one length that ``require_queue`` has let pass.

    Args:
        arrivals_per_s: Poisson arrivals per second.
        aht_s: mean handling time (exponential) in seconds.
        seats: whole number of seats, 0 allowed.
        patience: mean patience in seconds (exponential: Erlang A; infinite: Erlang C; zero: Erlang B), or a law,
            either the same for all cells or of as many cells as the other arguments.
    """
    if isinstance(patience, np.ndarray):
        return delay(arrivals_per_s, aht_s, seats, patience)
    mean = np.broadcast_to(memoryless_mean(patience), arrivals_per_s.shape)
    memoryless = ~np.isnan(mean)
    if memoryless.all():
        return delay(arrivals_per_s, aht_s, seats, np.array(mean))
    if not memoryless.any():
        return general_delay(arrivals_per_s, aht_s, seats, patience)
    # Erlang A is many times faster: most intervals of a day often have callers of one line alone.
    plain, other = np.flatnonzero(memoryless), np.flatnonzero(~memoryless)
    return JoinedWaiting(
        (
            (plain, delay(arrivals_per_s[plain], aht_s[plain], seats[plain], mean[plain])),
            (other, general_delay(arrivals_per_s[other], aht_s[other], seats[other], patience.at(other))),
        )
    )


def law_of(patience: ArrayLike | PatienceLaw) -> PatienceLaw | None:
    """The patience if it is a law, None if it is numbers."""
    return cast("PatienceLaw", patience) if hasattr(patience, "curve") else None


def require_law(law: PatienceLaw, cells: int) -> None:
    """Refuse a law whose parameters are for another number of cells.

    Raises:
        BadInput: with both numbers.
    """
    if law.cells not in (None, cells):
        raise BadInput(
            say("patience is given for {given} intervals, the other numbers for {cells}", given=law.cells, cells=cells)
        )
