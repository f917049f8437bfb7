"""Erlang A in the first moments of a wait: shares so small that 1 − (what ends later) would lose their digits.

In mean patiences h, the wait of the answered among those who have to wait has the density
(y/J(x+1, y))·exp(y(1 − e^(−h)) − qh), q = x + 1 (S. Zeltyn and A. Mandelbaum 2005, "Call centers with impatient
customers", eq. 4.13, weighted with the survival of patience). It is log-concave; up to a time before its peak, or so
soon that hardly anything has changed, one Gauss–Legendre rule over the part that matters gives about 14 digits.

Under overload, y > q, the exponent is taken from its peak at ln(y/q), as −q(d − 1 + e^(−d)), and the whole of
the density from the gamma function: its terms of the size of y would lose digits where patience is long.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from wfm.queueing.erlang_a import Impatience
from wfm.queueing.poisson import Floats, log_poisson

__all__ = ["answered_early", "gives_up_early"]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)
_NEGLIGIBLE = 42.0
"""The density is followed down to e^(−42) of its height at the end."""


def answered_early(queue: Impatience, elapsed: Floats) -> Floats:
    """P(waits at most ``elapsed`` mean patiences | waits and is answered), where that is small; one-dimensional."""
    _, pieces = _answered_at(queue, elapsed)
    early: Floats = pieces.sum(axis=1)
    return early


def gives_up_early(queue: Impatience, elapsed: Floats) -> Floats:
    """P(gives up within ``elapsed`` mean patiences | has to wait), where hardly a wait has ended; one-dimensional.

    Gives up who runs out of patience by then and would not have been answered before:
    P(patience ≤ h) less those who run out of it after an answer that came first.
    """
    h, pieces = _answered_at(queue, elapsed)
    # An answer at h comes first for those whose patience would have ended between h and the time elapsed.
    spared = -pieces * np.expm1(h - elapsed[:, None])
    early: Floats = -np.expm1(-elapsed) - queue.answered * spared.sum(axis=1)
    return early


def _answered_at(queue: Impatience, elapsed: Floats) -> tuple[Floats, Floats]:
    """Times up to ``elapsed``, and the shares of the answered waiters around each; ``(cells, nodes)``."""
    q, y = queue.x + 1, queue.y
    # Before its peak the density falls away to the left at least as fast as it does at ``elapsed``.
    slope = y * np.exp(-elapsed) - q
    reach = np.minimum(elapsed, _NEGLIGIBLE / np.maximum(slope, _NEGLIGIBLE / np.maximum(elapsed, 1e-300)))
    h = elapsed[:, None] - reach[:, None] * (_NODES + 1) / 2
    log_density = np.empty_like(h)
    over = y > q
    s, z = q[over], y[over]
    d = h[over] - np.log(z / s)[:, None]
    whole = np.log(special.gammainc(s, z)) - log_poisson(s, s) - np.log(s)
    log_density[over] = -s[:, None] * (d + np.expm1(-d)) - whole[:, None]
    under = ~over
    s, z = q[under], y[under]
    with np.errstate(divide="ignore"):
        whole = queue.log_j1[under] - np.log(z)
    log_density[under] = -z[:, None] * np.expm1(-h[under]) - s[:, None] * h[under] - whole[:, None]
    with np.errstate(under="ignore"):
        return h, np.exp(log_density) * _WEIGHTS * (reach / 2)[:, None]
