"""The patience of callers who wait in one queue for the agents of a group, whichever line they called.

Lines that share their agents bring callers of different patience. First come, first served, and with equal
handling times, the queue depends on patience only through the mixture of the lines' laws, weighted by their calls
(F. Baccelli and G. Hebuterne 1981: a caller's virtual wait is settled by those ahead, whose patience is drawn from
the mixture). A mean alone would be wrong on both sides: callers soon gone make room for those who stay.
Where handling times differ between the lines, their mean stands for them, as everywhere in sizing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.hotline import Hotline, Patience
from wfm.queueing import (
    PatienceLaw,
    exponential_patience,
    hyperexponential_patience,
    lognormal_patience,
    mixed_patience,
    tabled_patience,
    weibull_patience,
)

__all__ = ["patience_of"]

Floats = NDArray[np.float64]

_CV_LOWEST = 0.001
"""The narrowest lognormal law of the queueing formulas: all callers give up at one time, to a thousandth of it."""


def patience_of(hotline: Hotline, weights: Floats) -> Floats | PatienceLaw:
    """The law of patience in every cell, for ``solve``, ``performance`` and ``size_seats``.

    Args:
        hotline: its lines, and how long their callers wait.
        weights: calls of each line in each cell, ``(…, lines)``, from 0; the last axis in the order of
            ``hotline.lines``, the others flattened to cells. In a cell without calls every line counts alike.

    Returns:
        The mean of each cell in seconds, ``(cells,)``, where no cell mixes laws and all are exponential
        (Erlang A); else a law, the same for all cells or of as many cells as there are.
    """
    calls = weights.reshape(-1, len(hotline.lines))
    calls = np.where((calls > 0).any(axis=1, keepdims=True), calls, 1.0)
    said = [line.patience for line in hotline.lines]
    kinds = list(dict.fromkeys(map(_told, said)))
    place = np.array([kinds.index(_told(one)) for one in said])
    first = [said[int(np.flatnonzero(place == k)[0])] for k in range(len(kinds))]
    shares = np.stack([calls[:, place == k].sum(axis=1) for k in range(len(kinds))], axis=1)
    single = (shares > 0).sum(axis=1) == 1
    met = np.flatnonzero((shares > 0).any(axis=0))
    if single.all() and all(first[k].distribution == "exponential" for k in met):
        means: Floats = np.array([one.mean_s for one in first])[shares.argmax(axis=1)]
        return means
    laws = [_law(first[k]) for k in met]
    return laws[0] if len(laws) == 1 else mixed_patience(laws, shares[:, met])


def _told(patience: Patience) -> tuple[object, ...]:
    """What the law depends on: lines that agree in it have one law."""
    if patience.distribution == "empirical":
        return patience.distribution, patience.quantiles
    spread = {"lognormal": patience.cv, "hyperexponential": patience.cv}.get(patience.distribution)
    shape = patience.weibull_shape if patience.distribution == "weibull" else spread
    return patience.distribution, patience.mean_s, shape


def _law(patience: Patience) -> PatienceLaw:
    if patience.distribution == "lognormal":
        return lognormal_patience(patience.mean_s, max(patience.cv, _CV_LOWEST))
    if patience.distribution == "weibull":
        return weibull_patience(patience.mean_s, patience.weibull_shape)
    if patience.distribution == "hyperexponential":
        share, first_s, second_s = patience.phases
        return hyperexponential_patience([first_s, second_s], [share, 1 - share])
    if patience.distribution == "empirical":
        return tabled_patience(*patience.points())
    return exponential_patience(patience.mean_s)
