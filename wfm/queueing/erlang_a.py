"""Erlang A (M/M/n+M): callers who give up after exponential patience, with the whole waiting-time law.

With λ arrivals and μ endings per second, n seats and patience of rate θ, put x = nμ/θ and y = λ/θ.
Relative to the state with n−1 busy seats, states without a wait weigh 1/B(n−1, a) and states with a
wait weigh J(x, y) = Σ_{k≥1} y^k / (x(x+1)…(x+k−1)) = e^y·y^(1−x)·γ(x, y)
(C. Palm 1957; S. Zeltyn and A. Mandelbaum 2005, "Call centers with impatient customers", section 4).

Everything here is built on J(x+1, y) and on the correction c(x, y) defined by J = y/(x − y + c).
Both are sums of positive terms when taken the right way:

* around the edge x = y from Temme's uniform expansion (:mod:`wfm.queueing.gamma_ratio`);
* below it by the fraction c = y/(x+1−y + 2y/(x+2−y + 3y/(x+3−y + …)))
  (the M-fraction of the incomplete gamma function; W. B. Jones and W. J. Thron 1985);
* elsewhere from SciPy's incomplete gamma function, in logarithms;
* one step down by c(x) = y(1 + c(x+1)) / (x + 1 + c(x+1)), J(x) = (y/x)(1 + J(x+1)).

So nothing cancels where seats are plenty, patience is long, or seats are none. A caller who waits
gives up with probability c/y, and is answered with x / (x + 1 + c(x+1)).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from wfm.queueing.erlang import log_inverse_blocking
from wfm.queueing.gamma_ratio import in_reach, log_lower_ratio, log_one_plus
from wfm.queueing.gamma_slope import has_slope, mean_log_below
from wfm.queueing.poisson import Floats, log_poisson

__all__ = ["Impatience", "gives_up_later", "impatience", "still_waiting", "wait_while_answered"]

_FAR = 4.0
_EASY = 0.7
"""The fraction converges within its terms 4 standard deviations below the edge, or for y ≤ 0.7·x."""
_TERMS = 40
_CLEAR = 6.0
"""Standard deviations below the edge from where c is small beside x − y and would lose digits."""

_MODERATE = 200.0
"""Largest (y − x)²/x ≈ 2·ln J up to which ln J is known to some 1e-14."""
_SOON = 0.5
_SERIES = 0.1
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Impatience:
    """The state of one queue with impatient callers; arrays of one length.

    Shares are of callers who arrive (``wait``) and of callers who have to wait (``gives_up``,
    ``answered``).
    """

    x: Floats
    """Service capacity ÷ rate of giving up."""
    y: Floats
    """Arrival rate ÷ rate of giving up."""
    wait: Floats
    """P(an arriving caller has to wait)."""
    at_once: Floats
    """P(is answered at once) = 1 − wait, with its own digits."""
    gives_up: Floats
    """P(gives up | has to wait)."""
    answered: Floats
    """P(is answered | has to wait)."""
    log_j1: Floats
    """ln J(x + 1, y)."""


def _weight_and_correction(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """ln J(x, y) and c(x, y) for ``x ≥ 1``; one-dimensional arrays of one length."""
    room = x - y
    middle = in_reach(x, y) & (room < _CLEAR * np.sqrt(x))
    if middle.all():
        return _weight_and_correction_around_edge(x, y, room)
    log_j, c = np.empty_like(y), np.empty_like(y)
    log_j[middle], c[middle] = _weight_and_correction_around_edge(x[middle], y[middle], room[middle])
    easy = _below_edge(x, y) & ~middle
    if easy.any():
        z, r = y[easy], room[easy]
        below = np.zeros_like(z)
        for k in range(_TERMS, 0, -1):
            below = k * z / (r + k + below)
        c[easy] = below
        with np.errstate(divide="ignore"):
            log_j[easy] = np.log(z / (r + below))
    hard = ~(easy | middle)
    if hard.any():
        s, z = x[hard], y[hard]
        log_j[hard] = np.log(special.gammainc(s, z)) - log_poisson(s - 1, z)
        c[hard] = z * np.exp(-log_j[hard]) - room[hard]
    return log_j, c


def _weight_and_correction_around_edge(x: Floats, y: Floats, room: Floats) -> tuple[Floats, Floats]:
    log_j = log_lower_ratio(x, y) + np.log(y / x)
    return log_j, y * np.exp(-log_j) - room


def _below_edge(x: Floats, y: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return (y <= _EASY * x) | (x - y >= _FAR * np.sqrt(x))


def impatience(
    load: Floats, seats: Floats, patience_in_services: Floats, log_inverse: Floats | None = None
) -> Impatience:
    """The queue of ``seats`` whole seats (0 allowed) under ``load`` erlangs; one-dimensional arrays.

    ``patience_in_services`` is mean patience ÷ mean handling time, positive and finite; ``log_inverse`` is
    ln 1/B(seats − 1, load) where the caller has it already (any number where there are no seats).
    """
    x, y = seats * patience_in_services, load * patience_in_services
    log_j1, c1 = _weight_and_correction(x + 1, y)
    total = x + 1 + c1
    some = seats > 0
    n, a = np.where(some, seats, 1.0), load
    with np.errstate(divide="ignore"):
        log_j = np.log(a / n) + log_one_plus(log_j1)
        if log_inverse is None:
            log_inverse = log_inverse_blocking(n - 1, a)
        odds = np.where(some, log_j - log_inverse, np.inf)
    return Impatience(x, y, special.expit(odds), special.expit(-odds), (1 + c1) / total, x / total, log_j1)


def still_waiting(queue: Impatience, elapsed: Floats) -> tuple[Floats, Floats]:
    """P(still waiting after ``elapsed`` mean patiences | had to wait), and P(is answered | still waiting then).

    A caller still waiting sees the queue as one who arrives at y·e^(−elapsed). Source: Zeltyn and
    Mandelbaum 2005, eq. 4.16 ff.; P(W > t | wait) = e^(−θt)·γ(x, y·e^(−θt)) / γ(x, y).
    """
    x, y = queue.x, queue.y
    later = y * np.exp(-elapsed)
    log_j1, c1 = _weight_and_correction(x + 1, later)
    # Where J is moderate its logarithm keeps the digits of the ratio.
    moderate = _below_edge(x + 1, y) | (np.maximum(y - x, 0.0) ** 2 < _MODERATE * x)
    remaining = np.empty_like(y)
    s, z, h = x[moderate], y[moderate], elapsed[moderate]
    # y·e^(−h) was rounded, which counts for small h and long patience: ln J(x+1, y) grows by 1 + c per unit of ln y.
    fallen = (later[moderate] - z) / np.maximum(z, _TINY)
    off = np.where(fallen > -_SOON, -h - np.log1p(np.maximum(fallen, -_SOON)), 0.0)
    grown = log_one_plus(log_j1[moderate] + (1 + c1[moderate]) * off) - log_one_plus(queue.log_j1[moderate])
    remaining[moderate] = np.exp(grown - h + (z - s) * h - _times_beyond(z, h))
    hard = ~moderate
    s, z, h = x[hard], y[hard], elapsed[hard]
    remaining[hard] = np.exp(_log_gamma_share(s, later[hard], log_j1[hard]) - _log_gamma_share(s, z, None) - h)
    return np.where(elapsed == 0, 1.0, np.minimum(remaining, 1.0)), x / (x + 1 + c1)


def gives_up_later(queue: Impatience, elapsed: Floats) -> Floats:
    """P(gives up | still waiting after ``elapsed`` mean patiences), with its own digits where it is small."""
    _, c1 = _weight_and_correction(queue.x + 1, queue.y * np.exp(-elapsed))
    return (1 + c1) / (queue.x + 1 + c1)


def _times_beyond(y: Floats, h: Floats) -> Floats:
    """y·(e^(−h) − 1 + h), with the digits of small h where y·h is large."""
    beyond: Floats = y * (h + np.expm1(-h))
    rough = (h < _SERIES) & (y * h > 1 / _SERIES)
    if rough.any():
        z, s = y[rough], h[rough]
        series = np.ones_like(s)
        for k in range(10, 2, -1):
            series = 1 - series * s / k
        beyond[rough] = z * s * s / 2 * series
    return beyond


def _log_gamma_share(x: Floats, y: Floats, log_j1: Floats | None) -> Floats:
    """ln P(x, y), from J(x + 1, y) where the regularised incomplete gamma function is a far tail."""
    with np.errstate(divide="ignore"):
        result: Floats = np.log(special.gammainc(x, y))
    if log_j1 is None:
        return result
    far = _below_edge(x + 1, y)
    result[far] = log_poisson(x[far], y[far]) + log_one_plus(log_j1[far])
    return result


_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)
_NEGLIGIBLE = 42.0
"""The waiting density is followed down to e^(−42) of its peak."""
_LOPSIDED = 50.0
"""Shapes of the gamma distribution below which its two tails are too unlike for one rule."""
_TOGETHER = 250
"""Cells integrated at once: their nodes stay in the processor's cache."""


def wait_while_answered(queue: Impatience) -> Floats:
    """Mean wait, in mean patiences, of callers who waited and were answered; one-dimensional.

    The density of that wait h is proportional to exp(y(1 − e^(−h)) − qh), q = x + 1 (Zeltyn and Mandelbaum 2005,
    eq. 4.13, weighted with the survival of patience): y·e^(−h) has a gamma distribution of shape q, cut at y.
    Where hardly anything is cut off, E[h] = ln y − ψ(q); around the edge it comes from
    :mod:`wfm.queueing.gamma_slope`, else by integration.
    """
    q, y = queue.x + 1, queue.y
    mean = np.empty_like(y)
    around = has_slope(q, y)
    mean[around] = mean_log_below(q[around], y[around])
    with np.errstate(divide="ignore"):
        peak = np.maximum(np.log(y) - np.log(q), 0.0)
    whole = ~around & (peak > 0) & (y - q - q * peak > _NEGLIGIBLE)
    mean[whole] = np.log(y[whole]) - special.digamma(q[whole])
    rest = np.flatnonzero(~(around | whole))
    lopsided = (q[rest] < _LOPSIDED) & (peak[rest] > 0)
    for some, at_peak in ((rest[~lopsided], False), (rest[lopsided], True)):
        for start in range(0, some.size, _TOGETHER):
            part = some[start : start + _TOGETHER]
            mean[part] = peak[part] + _mean_from_peak(q[part], y[part], peak[part], at_peak)
    return mean


def _mean_from_peak(q: Floats, y: Floats, peak: Floats, at_peak: bool) -> Floats:
    """The mean of that density less its peak; it is log-concave, so that one Gauss–Legendre rule over the part that
    matters gives about 14 digits, or two that meet at the peak where its sides differ much.
    """
    p = np.minimum(y, q)
    # Right end: (q−p)d + p(d − 1 + e^(−d)) ≥ (q−p)d + p·d²/(2(1 + d/3)) reaches _NEGLIGIBLE.
    slope = q - p
    square, linear = slope / 3 + p / 2, slope - _NEGLIGIBLE / 3
    right = 2 * _NEGLIGIBLE / (linear + np.sqrt(linear * linear + 4 * square * _NEGLIGIBLE))
    left = np.minimum(np.sqrt(2 * _NEGLIGIBLE / q), peak)
    area, moment = np.zeros_like(q), np.zeros_like(q)
    for start, end in ((-left, np.zeros_like(q)), (np.zeros_like(q), right)) if at_peak else ((-left, right),):
        half = (end - start) / 2
        d = start[:, None] + half[:, None] * (_NODES + 1)
        drop = q[:, None] * d + p[:, None] * np.expm1(-d)
        density = np.exp(-drop) * _WEIGHTS * half[:, None]
        area += density.sum(axis=1)
        moment += (density * d).sum(axis=1)
    mean: Floats = moment / area
    return mean
