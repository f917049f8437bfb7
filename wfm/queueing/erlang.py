"""Erlang B (loss) and Erlang C (delay): the chance that all seats are busy.

Both rest on the inverse blocking probability 1/B(n, a) = Q(n+1, a) / p(n; a), the ratio of the
Poisson distribution's lower tail to its last term. It is taken in logarithms, from Temme's uniform
expansion where seats are ten or more and load is comparable, from Legendre's continued fraction where
the load is far above the seats, and from SciPy's incomplete gamma function for the rest. Relative
error stays below about 1e-11 from 0.001 to 10,000 erlangs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from wfm.i18n import say
from wfm.queueing.gamma_ratio import in_reach, log_one_plus, log_upper_ratio
from wfm.queueing.inputs import broadcast_flat, require
from wfm.queueing.poisson import Floats, log_poisson

__all__ = ["erlang_b", "erlang_c", "log_inverse_blocking"]

_FAR = 4.0
"""Standard deviations beyond which the continued fraction converges within :data:`_TERMS`."""
_TERMS = 40


def log_inverse_blocking(seats: Floats, load: Floats) -> Floats:
    """ln(1 / B(seats, load)) for real ``seats ≥ 0`` and ``load ≥ 0``; both of one shape, one-dimensional.

    Source: 1/B(n, a) = ∫ e^(−t)·(1 + t/a)^n dt = Q(n+1, a)/p(n; a), with Q the upper regularised
    incomplete gamma function (D. L. Jagerman 1974, "Some properties of the Erlang loss function",
    theorem 3), which is 1 + Q(n, a)/p(n; a); far above the seats DLMF 8.9.2.
    """
    middle = in_reach(seats, load)
    if middle.all():
        return log_one_plus(log_upper_ratio(seats, load))
    result = np.empty_like(load)
    result[middle] = log_one_plus(log_upper_ratio(seats[middle], load[middle]))
    above = load - seats
    far = ~middle & (above > _FAR * np.sqrt(load))
    near = ~(middle | far)
    if near.any():
        n, a = seats[near], load[near]
        with np.errstate(divide="ignore"):
            result[near] = np.log(special.gammaincc(n + 1, a)) - log_poisson(n, a)
    if far.any():
        n, a, d = seats[far], load[far], above[far]
        below = np.zeros_like(n)
        for k in range(_TERMS, 0, -1):
            below = k * (n - k + 1) / (d + 2 * k + below)
        result[far] = np.log(a / (d + below))
    return result


def _load_and_seats(load_erlang: ArrayLike, seats: ArrayLike) -> tuple[Floats, Floats, tuple[int, ...]]:
    (load, n), shape = broadcast_flat(load_erlang, seats)
    require(np.isfinite(load) & (load >= 0), load, say("load in erlangs"), say("finite and not negative"))
    require(np.isfinite(n) & (n >= 0), n, say("seats"), say("finite and not negative"))
    return load, n, shape


def erlang_b(load_erlang: ArrayLike, seats: ArrayLike) -> Floats:
    """Share of calls blocked when there is no place to wait (M/G/n/n), elementwise with broadcasting.

    ``seats`` may be any real number (Jagerman's continuous Erlang B). ``erlang_b(a, 0)`` is 1 and
    ``erlang_b(0, n)`` is 0 for ``n > 0``.

    Raises:
        BadInput: a load or a number of seats is negative, infinite or NaN.
    """
    load, n, shape = _load_and_seats(load_erlang, seats)
    return np.exp(-log_inverse_blocking(n, load)).reshape(shape)


def erlang_c(load_erlang: ArrayLike, seats: ArrayLike) -> Floats:
    """Share of calls that wait when all callers wait as long as it takes (M/M/n), elementwise.

    NaN where the load reaches the seats: there is no steady state. Without load nobody waits, and
    without seats and load nothing is defined (NaN).

    Source: C = 1 / (1 + (1/a)·(n − a)/B(n−1, a)), from the birth–death equations; Erlang (1917).

    Raises:
        BadInput: a load is negative, infinite or NaN, or seats are not a whole number ≥ 0.
    """
    load, n, shape = _load_and_seats(load_erlang, seats)
    require(n == np.floor(n), n, say("seats"), say("a whole number"))
    result = np.full_like(load, np.nan)
    steady = load < n
    a, m = load[steady], n[steady]
    with np.errstate(divide="ignore"):
        log_waiting = np.log(a / (m - a))
    result[steady] = special.expit(log_waiting - log_inverse_blocking(m - 1, a))
    return result.reshape(shape)
