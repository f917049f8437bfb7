"""What goes into a formula: arrays brought to one shape, and one sentence where a number cannot be used."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.queueing.poisson import Floats

__all__ = ["broadcast_flat", "require", "require_queue"]


def broadcast_flat(*values: ArrayLike) -> tuple[list[Floats], tuple[int, ...]]:
    """The values broadcast against each other, each flattened to float64, and their common shape.

    Raises:
        BadInput: the shapes do not fit together.
    """
    arrays = [np.asarray(v, dtype=np.float64) for v in values]
    try:
        shape = np.broadcast_shapes(*(a.shape for a in arrays))
    except ValueError:
        found = ", ".join(str(a.shape) for a in arrays)
        raise BadInput(say("arrays of shapes {shapes} do not fit together", shapes=found)) from None
    return [np.ravel(np.broadcast_to(a, shape)) for a in arrays], shape


def require(good: NDArray[np.bool_], values: Floats, what: str, allowed: str) -> None:
    """Refuse the first value that is not good.

    Raises:
        BadInput: with the value found and what is allowed.
    """
    if not good.all():
        found = f"{values[~good][0]:g}"
        raise BadInput(say("{what}: found {found}, must be {allowed}", what=what, found=found, allowed=allowed))


def require_queue(arrivals_per_s: Floats, aht_s: Floats, seats: Floats, patience_s: Floats) -> None:
    """Refuse numbers that describe no queue.

    Raises:
        BadInput: arrivals negative or not finite, handling time not positive or not finite, seats not a
            whole number from 0, patience negative or NaN (infinite is allowed: nobody gives up).
    """
    whole = np.isfinite(seats) & (seats >= 0) & (seats == np.floor(seats))
    rates = np.isfinite(arrivals_per_s) & (arrivals_per_s >= 0) & np.isfinite(aht_s) & (aht_s > 0)
    if (whole & rates & (patience_s >= 0)).all():
        return
    a = arrivals_per_s
    require(np.isfinite(a) & (a >= 0), a, say("arrivals per second"), say("finite and not negative"))
    require(np.isfinite(aht_s) & (aht_s > 0), aht_s, say("handling time in seconds"), say("finite and above zero"))
    require(whole, seats, say("seats"), say("a whole number, zero or more"))
    require(patience_s >= 0, patience_s, say("patience in seconds"), say("zero or more, or infinite"))
