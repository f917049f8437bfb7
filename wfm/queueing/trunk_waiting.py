"""M/M/n/K+M solved: n seats, K circuits, exponential patience, with the whole waiting-time law.

λ arrivals and μ endings per second, patience of rate θ (0: nobody gives up), J = K − n places to wait.
A caller who finds j others waiting is offered the wait V_j = Σ_{i=0..j} Exp(nμ + iθ). With x = nμ/θ and
y = λ/θ each e^(−θ·Exp(nμ + iθ)) is Beta(x + i, 1), so that e^(−θV_j) ~ Beta(x, j + 1):

    P(V_j > t) = I_z(x, j + 1),   P(answered after t | j) = x/(x + j + 1)·I_z(x + 1, j + 1),   z = e^(−θt)

(sums of exponential times as order statistics: A. Rényi 1953, "On the theory of order statistics"; without
patience the Erlang law). Relative to the state with n calls, the state with j waiting weighs
u_j = Π_{i=1..j} λ/(nμ + iθ), and u_j/B(x, j + 1) = x·y^j/j!. The sum over the states is therefore one
smooth integrand: with the exponential series cut after J terms, e_J(m) = Σ_{j<J} m^j/j! = e^m·Q(J, m),
and with time s in units of 1/(nμ + θ), ε = θ/(nμ + θ), r = λ/(nμ + θ), m(s) = r·(1 − e^(−εs))/ε,

    Σ_{j≤J} u_j = 1 + r·∫ e^(−s)·e_J(m) ds                            all states that wait or block
    u_J         = r·∫ e^(−s)·m^(J−1)/(J−1)! ds                        blocked
    answered after t, having waited = (1 − ε)·∫_t e^(−s)·e_J(m) ds
    W > t       = e^(−t)·e_J(m(t)) + e^(−εt)·r·∫_t e^(−s)·e_{J−1}(m) ds
    Σ j·u_j     = r·∫ e^(−s)·[e_J(m) + m·e_{J−1}(m)] ds               gives mean wait and giving up

All terms are positive, so nothing cancels, for a load far above or far below the seats, for patience from
none to endless, and the cost does not grow with K. J → ∞ turns e_J into e^m: S. Zeltyn and A. Mandelbaum
2005, "Call centers with impatient customers", section 4. The integrand is log-concave; Gauss–Legendre
panels around its peak and around m = J, where the cut falls, give about 13 digits.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy import special

from wfm.queueing.poisson import Floats, log_poisson

__all__ = ["WaitingRoom", "WaitingSums", "log_last_state", "waiting_sums"]

_FAR = 25.0
"""Standard deviations above the cut from which the incomplete gamma function would underflow."""
_TERMS = 12
_BEYOND = 30.0
_NEGLIGIBLE = 42.0
"""The integrand is followed down to e^(−42) of its peak."""
_WHOLE = 9.0
"""Standard deviations before m = J up to which the series is whole."""
_CUT = 7.5
"""Standard deviations around m = J within which the cut of the series falls."""
_FACTORS = 16
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(32)


@dataclass(frozen=True, slots=True)
class WaitingRoom:
    """Queues with places to wait; one-dimensional arrays of one length. Either seats or patience may be none."""

    places: Floats
    """J, circuits less seats, at least 1."""
    push: Floats
    """r, arrivals ÷ (seats busy answering + one caller giving up)."""
    impatience: Floats
    """ε, the one caller's share of that pace, 0 to 1."""
    served: Floats
    """1 − ε with its own digits: the seats' share of that pace."""
    pace_per_s: Floats
    """Seats ÷ handling time + 1 ÷ patience."""

    def chosen(self, cells: NDArray[np.intp]) -> WaitingRoom:
        """The same queues, some of them."""
        return WaitingRoom(*(getattr(self, f.name)[cells] for f in fields(self)))

    def expected(self, s: Floats) -> Floats:
        """m(s), the mean of the Poisson number that joins and is still there after ``s``."""
        m: Floats = self.push * s * special.exprel(-self.impatience * s)
        return m

    def when(self, expected: Floats) -> Floats:
        """The time at which m(s) is ``expected``; infinite where it never is."""
        part = self.impatience * expected / self.push
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.where(self.impatience > 0, -np.log1p(-np.minimum(part, 1.0)) / self.impatience, np.inf)
        return np.where(part > 1e-300, found, expected / self.push)

    def log_density(self, s: Floats) -> Floats:
        """ln(e^(−s)·e_J(m(s)))."""
        return _cut_series(self.places, self.expected(s))[0] - s


@dataclass(frozen=True, slots=True)
class WaitingSums:
    """Integrals over one stretch of time, each ÷ e^``log_scale``; times in units of 1/(nμ + θ)."""

    log_scale: Floats
    every: Floats
    """∫ e^(−s)·e_J(m) ds."""
    last: Floats
    """∫ e^(−s)·m^(J−1)/(J−1)! ds."""
    rest: Floats
    """∫ e^(−s)·e_{J−1}(m) ds."""
    rest_expected: Floats
    """∫ e^(−s)·m·e_{J−1}(m) ds."""
    time: Floats
    """∫ s·e^(−s)·e_J(m) ds."""


def _cut_series(places: Floats, m: Floats) -> tuple[Floats, Floats]:
    """ln e_J(m), and the ln of its last term's share, for J ≥ 1; arrays of one length."""
    log_sum, log_last = m.copy(), np.full_like(m, -np.inf)
    over = m - places
    cut = np.flatnonzero(over > -_WHOLE * np.sqrt(places))
    near = over[cut] <= _FAR * np.sqrt(m[cut])
    far, cut = cut[~near], cut[near]
    j, z = places[cut], m[cut]
    tail = np.log(special.gammaincc(j, z))
    log_sum[cut], log_last[cut] = z + tail, log_poisson(j - 1, z) - tail
    if far.size:
        log_sum[far], log_last[far] = _far_above(places[far], m[far])
    return log_sum, np.minimum(log_last, 0.0)


def _far_above(places: Floats, m: Floats) -> tuple[Floats, Floats]:
    """The same far above the cut, by Legendre's continued fraction for Q (DLMF 8.9.2)."""
    n, d = places - 1, m - places + 1
    below = np.zeros_like(m)
    for k in range(_TERMS, 0, -1):
        below = k * (n - k + 1) / (d + 2 * k + below)
    log_terms = np.log(m / (d + below))
    # With m ≫ J both e^m and the Poisson probability, huge in logarithms, would lose digits.
    direct = m > _BEYOND * places
    log_term = np.where(direct, n * np.log(m) - special.gammaln(places), m + log_poisson(n, m))
    return log_term + log_terms, -log_terms


def log_last_state(room: WaitingRoom) -> Floats:
    """ln u_J = Σ_{i=1..J} ln(λ/(nμ + iθ)): Stirling's formula, after up to sixteen factors one by one."""
    r, eps, j = room.push, room.impatience, room.places
    result, done = np.zeros_like(r), np.zeros_like(r)
    for i in range(1, _FACTORS + 1):
        more = (room.served < _FACTORS * eps) & (i <= j)
        result = np.where(more, result + np.log(r / (room.served + i * eps)), result)
        done = np.where(more, i, done)
    left = j - done
    floor, top = room.served + done * eps, room.served + j * eps
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        x, grown = floor / eps, left * eps / floor
        bend = np.where(grown > 0, x * (grown - np.log1p(grown)) - np.log1p(grown) / 2, 0.0)
        tail = _stirling(top / eps) - _stirling(x)
        rest = left * np.log(r / top) + bend - np.where(eps > 0, tail, 0.0)
    return np.where(left > 0, result + rest, result)


def _stirling(x: Floats) -> Floats:
    """lnΓ(x+1) less Stirling's (x + ½)·ln x − x + ½·ln 2π, for x ≥ 16 (error below 1e-15)."""
    squared = x * x
    error: Floats = (1 / 12 - (1 / 360 - (1 / 1260 - 1 / 1680 / squared) / squared) / squared) / x
    return error


def waiting_sums(room: WaitingRoom, low: Floats, high: Floats) -> WaitingSums:
    """The integrals from ``low`` to ``high`` (infinite allowed); one-dimensional arrays."""
    peak = np.clip(_near_peak(room), low, high)
    top = room.log_density(peak)
    left = peak - _reach(room, peak, top, peak - low, -1.0)
    right = peak + _reach(room, peak, top, high - peak, 1.0)
    spread = _CUT * np.sqrt(room.places)
    before, after = room.when(np.maximum(room.places - spread, 0.0)), room.when(room.places + spread)
    # Past the peak the integrand changes fastest at first.
    soon = peak + (right - peak) / 5
    marks = np.stack([left, peak, np.clip(before, left, right), np.clip(after, left, right), soon, right])
    marks.sort(axis=0)
    half = np.diff(marks, axis=0).T / 2
    cell, panel = np.nonzero(half > 0)
    width = half[cell, panel][:, None]
    s = (marks.T[cell, panel][:, None] + width * (_NODES + 1)).ravel()
    at = np.repeat(cell, _NODES.size)
    here = room.chosen(at)
    m = here.expected(s)
    log_sum, log_last = _cut_series(here.places, m)
    mass = np.exp(log_sum - s - top[at]) * (width * _WEIGHTS).ravel()
    last = mass * np.exp(log_last)
    rest = mass * -np.expm1(log_last)

    def summed(values: Floats) -> Floats:
        total: Floats = np.bincount(at, values, minlength=low.size).astype(np.float64, copy=False)
        return total

    return WaitingSums(top, summed(mass), summed(last), summed(rest), summed(rest * m), summed(mass * s))


def _near_peak(room: WaitingRoom) -> Floats:
    """A time at or a little after the peak: the earlier of the peaks with no cut, and with the last term alone."""
    eps, r, more = room.impatience, room.push, room.places - 1
    some = eps > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        endless = np.where(r > 1, np.log(r) / eps, 0.0)
        full = np.where(some & (eps * more > 1e-300), np.log1p(eps * more) / eps, more)
    return np.minimum(endless, full)


def _reach(room: WaitingRoom, peak: Floats, top: Floats, span: Floats, side: float) -> Floats:
    """How far from the peak, at most ``span``, the integrand stays above e^(−42) of it; an eighth too far at most."""
    # On the right the slope of the logarithm is never below −1, on the left never above r − 1.
    steepest = np.ones_like(peak) if side > 0 else np.maximum(room.push - 1, 1e-12)
    outer = np.minimum(_NEGLIGIBLE / steepest, span)
    inner = np.zeros_like(outer)
    cells = np.flatnonzero(outer < span)

    def high(cells: NDArray[np.intp], reach: Floats) -> NDArray[np.bool_]:
        here = room.chosen(cells)
        return here.log_density(peak[cells] + side * reach) > top[cells] - _NEGLIGIBLE

    while cells.size:
        cells = cells[high(cells, outer[cells])]
        inner[cells], outer[cells] = outer[cells], np.minimum(2 * outer[cells], span[cells])
        cells = cells[outer[cells] < span[cells]]
    cells = np.flatnonzero(outer > inner)
    for _ in range(3):
        middle = (inner[cells] + outer[cells]) / 2
        good = high(cells, middle)
        inner[cells[good]], outer[cells[~good]] = middle[good], middle[~good]
    return outer
