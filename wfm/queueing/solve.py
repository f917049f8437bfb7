"""One way in to every queue: the formula that the callers' patience asks for."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import ArrayLike

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.queueing.delay import delay
from wfm.queueing.general_patience import general_delay
from wfm.queueing.patience_laws import Exponential, PatienceLaw
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
    if isinstance(patience, Exponential):
        mean = np.array(np.broadcast_to(patience.mean_s, arrivals_per_s.shape))
        return delay(arrivals_per_s, aht_s, seats, mean)
    return general_delay(arrivals_per_s, aht_s, seats, patience)


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
