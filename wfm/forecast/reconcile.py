"""Lines and their centre made to agree: the days of the centre are forecast too, and every line takes its part of the difference.

With errors that are taken as independent the best coherent forecast moves each line by its share of the variance (minimum trace
reconciliation with a diagonal covariance: Wickramasuriya, Athanasopoulos and Hyndman 2019, *JASA* 114:804–819, eq. 10;
for one sum: Byron 1978). A centre's days are surer than those of its small lines, which lean on it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wfm.forecast.history import History

__all__ = ["centre_of", "reconciled"]

Floats = NDArray[np.float64]

RATIO_MAX = 1.5
"""A day of a line is moved by no more than this factor."""


def centre_of(history: History) -> History:
    """The history of all lines together as one, where all of them were observed."""
    return replace(
        history,
        lines=["all"],
        calls=history.calls.sum(axis=0, keepdims=True),
        exposure=history.exposure.min(axis=0, keepdims=True),
    )


def reconciled(lines: Floats, line_variance: Floats, centre: Floats, centre_variance: Floats) -> Floats:
    """Day totals of the lines, moved so that they agree with the centre's, (L, D).

    Args:
        lines: (L, D) calls of each line and day.
        line_variance: (L, D) their variances, calls squared.
        centre: (D,) calls of each day of the centre, forecast by itself.
        centre_variance: (D,) its variance.
    """
    gap = centre - lines.sum(axis=0)
    spread = line_variance.sum(axis=0) + centre_variance
    moved = lines + np.divide(line_variance, spread, out=np.zeros_like(line_variance), where=spread > 0) * gap
    result: Floats = np.clip(moved, lines / RATIO_MAX, lines * RATIO_MAX)
    return result
