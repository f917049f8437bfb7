"""Erlang A in the first moments of a wait: shares so small that 1 − (what ends later) would lose their digits.

In mean patiences h, the virtual wait of a caller who has to wait has the density (y/J(x, y))·exp(y(1 − e^(−h)) − xh)
(S. Zeltyn and A. Mandelbaum 2005, "Call centers with impatient customers", eq. 4.13). Weighted with e^(−h), the
survival of patience, it is that of the answered. It is log-concave; up to a time before its peak, or so soon that
hardly anything has changed, one Gauss–Legendre rule over the part that matters gives about 14 digits.
"""

from __future__ import annotations

import numpy as np

from wfm.queueing.erlang_a import Impatience
from wfm.queueing.poisson import Floats

__all__ = ["answered_early", "gives_up_early"]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)
_NEGLIGIBLE = 42.0
"""The density is followed down to e^(−42) of its height at the end."""


def answered_early(queue: Impatience, elapsed: Floats) -> Floats:
    """P(waits at most ``elapsed`` mean patiences | waits and is answered), where that is small; one-dimensional."""
    _, areas, log_scale = _pieces(queue, elapsed)
    early: Floats = areas.sum(axis=1) * np.exp(log_scale - queue.log_j1)
    return early


def gives_up_early(queue: Impatience, elapsed: Floats) -> Floats:
    """P(gives up within ``elapsed`` mean patiences | has to wait), where hardly a wait has ended; one-dimensional.

    Gives up who runs out of patience by then and would not have been answered before:
    P(patience ≤ h) less those who run out of it after an answer that came first.
    """
    h, areas, log_scale = _pieces(queue, elapsed)
    # An answer at h comes first for those whose patience would have ended between h and the time elapsed.
    spared = -areas * np.expm1(h - elapsed[:, None])
    with np.errstate(divide="ignore"):
        log_j = queue.log_j1 - np.log(queue.answered)
    early: Floats = -np.expm1(-elapsed) - spared.sum(axis=1) * np.exp(log_scale - log_j)
    return early


def _pieces(queue: Impatience, elapsed: Floats) -> tuple[Floats, Floats, Floats]:
    """Times, pieces of y∫ exp(y(1 − e^(−h)) − (x+1)h) dh up to ``elapsed``, and the logarithm of their scale."""
    q, y = queue.x + 1, queue.y
    # Before its peak the density falls away to the left at least as fast as it does at ``elapsed``.
    slope = y * np.exp(-elapsed) - q
    reach = np.minimum(elapsed, _NEGLIGIBLE / np.maximum(slope, _NEGLIGIBLE / np.maximum(elapsed, 1e-300)))
    h = elapsed[:, None] - reach[:, None] * (_NODES + 1) / 2
    log_density = -y[:, None] * np.expm1(-h) - q[:, None] * h
    top = log_density.max(axis=1)
    areas = np.exp(log_density - top[:, None]) * _WEIGHTS * (reach / 2)[:, None]
    with np.errstate(divide="ignore"):
        return h, areas, np.log(y) + top
