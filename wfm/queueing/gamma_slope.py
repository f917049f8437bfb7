"""How the lower tail of the gamma distribution changes with its shape: where mean waits come from.

The wait h of callers who waited and were answered, in mean patiences, has a density proportional to
exp(y(1 − e^(−h)) − (x+1)h); with u = y·e^(−h) that is a gamma density of shape x + 1 cut at y, so that

    E[h] = ln y − E[ln u | u < y] = −∂ ln J(X, y)/∂X at X = x + 1,    J(X, y) = (y/X)·V,  V = P/h

in the terms of :mod:`wfm.queueing.gamma_ratio`, whose expansion is differentiated here term by term:
x·E[h] = 1 − x·V′/V, with no difference of near equals but a few digits at six standard deviations below
the edge. Valid where that expansion is, up to twenty standard deviations above the edge.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from wfm.queueing.gamma_ratio import ALPHA, SMALL, eta_of, in_reach
from wfm.queueing.poisson import Floats

__all__ = ["has_slope", "mean_log_below"]

_CLEAR, _STEEP = 6.0, 20.0
_TWO_OVER_ROOT_PI = float(2 / np.sqrt(np.pi))


def has_slope(x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Where :func:`mean_log_below` holds."""
    spread = np.sqrt(x)
    return in_reach(x, y) & (x - y < _CLEAR * spread) & (y - x < _STEEP * spread)


def mean_log_below(x: Floats, y: Floats) -> Floats:
    """E[ln(y/u)] of a gamma variable u of shape x, given that it lies below y; one-dimensional arrays of one length."""
    inverse = 1 / x
    m = (y - x) * inverse
    eta = eta_of(m, np.abs(m) < SMALL)
    above, here, above_x, here_x = (np.zeros_like(x) for _ in range(4))
    w, w_eta, w_x = (np.zeros_like(x) for _ in range(3))
    for n in range(len(ALPHA) - 1, 0, -1):
        # ``above`` and ``above_x`` hold β and x·∂β/∂x of n + 1 and become those of n − 1.
        term = (n + 1) * inverse
        above_x -= above
        above_x *= term
        above *= term
        above += ALPHA[n]
        w_eta *= eta
        w_eta += w
        w *= eta
        w += above
        w_x *= eta
        w_x += above_x
        above, here, above_x, here_x = here, above, here_x, above_x
    gamma_star = 1 + above * inverse
    half = 0.5 * x
    scale, u = gamma_star * np.sqrt(np.pi * half), -eta * np.sqrt(half)
    tail = special.erfcx(u)
    # x times derivatives by x; η falls by m/η.
    fall = np.divide(m, eta, out=np.ones_like(x), where=eta != 0)
    scale_x = scale * (0.5 + (above_x - above) * inverse / gamma_star)
    tail_x = np.sqrt(half) * (fall - 0.5 * eta) * (2 * u * tail - _TWO_OVER_ROOT_PI)
    v_x = scale_x * tail + scale * tail_x - (w_x - w_eta * fall)
    return np.asarray((1 - v_x / (scale * tail - w)) * inverse)
