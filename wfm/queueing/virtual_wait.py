"""The density of the virtual wait of M/M/n+G, integrated piece by piece.

The wait V that an arriving caller would have without giving up has, above zero, a density proportional to
e^φ(x), φ(x) = λH(x) − nμx with H(x) = ∫₀ˣ P(patience > u) du (F. Baccelli and G. Hebuterne 1981, "On queues
with impatient customers"). As φ′ = λ·P(patience > x) − nμ only falls, φ is concave: one peak, at zero unless
arrivals outrun the seats, and at least exponential tails. So:

* the peak is bracketed (how far φ can be from its top is known from its slope), and from it Newton's method
  walks to where φ has dropped by :data:`DROP`; on a concave function it comes from outside and never overshoots;
* between these ends the integrals are taken by Gauss–Legendre panels of 32 nodes, halved until the last Legendre
  coefficients of every integrand are negligible, and the polynomial meets both ends; panels end where survival jumps, and the one at zero is graded
  (x = u⁴) for laws whose survival starts like a power of time;
* a panel without anyone giving up in it holds a plain exponential, integrated in closed form.

Panels are kept, so that an integral up to any time costs one more piece of a panel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.queueing.patience_laws import Curve, PatienceLaw
from wfm.queueing.poisson import Floats

__all__ = ["VirtualWait", "virtual_wait"]

Cells = NDArray[np.intp]

DROP = 52.0
"""The density is followed down to e^(−52) of its peak."""
_MARKS = np.array([0.0, 0.1, 0.45, 1.0])
"""Panels between the peak and either end, as shares of that distance."""
_ORDER = 32
_LAST = 2
_END_SHARE = 1 / _ORDER**2
"""Nodes lie about this much of a panel apart at its ends."""


def _rule() -> tuple[Floats, Floats]:
    """Nodes in [−1, 1] with both ends, and what takes values there to the integral and to signs of trouble.

    These are the last Legendre coefficients, and by how much the polynomial through the nodes misses the ends:
    survival only falls, so that between nodes that see nothing of a fall it may hide at an end alone.
    """
    nodes, weights = np.polynomial.legendre.leggauss(_ORDER)
    to_coefficients = np.polynomial.legendre.legvander(nodes, _ORDER - 1) * weights[:, None] * (np.arange(_ORDER) + 0.5)
    ends = np.array([-1.0, 1.0])
    to_ends = to_coefficients @ np.polynomial.legendre.legvander(ends, _ORDER - 1).T
    inner = np.column_stack([weights, 2 * to_coefficients[:, -_LAST:], _END_SHARE * to_ends])
    outer = np.zeros((2, inner.shape[1]))
    outer[:, -2:] = -_END_SHARE * np.eye(2)
    return np.concatenate([nodes, ends]), np.concatenate([inner, outer])


_NODES, _RULE = _rule()
_GRADE = 4
_ACCURATE = 1e-9
"""Signs of trouble that let a panel pass, against its integral. The rule itself is then off by far less."""
_FAINT = np.array([1e-21, 1e-21, 1e-13, 1e-13, 1e-13])
"""The same against the integral over all panels: tails of the first two are asked for by themselves."""
_HALVINGS = 60
_CHUNK = 5_000
_CHUNK_OF_STEPS = 50_000
"""Panel ends handled at a time, so that what is at hand stays in the processor's cache: a panel has 32 nodes, or one."""

ALL, ANSWERED, GIVEN_UP, WAITED, ANSWER_WAIT = range(5)
"""What e^φ is weighted with: 1, P(patience > x), P(patience ≤ x), E[min(patience, x)], x·P(patience > x)."""


@dataclass(frozen=True, slots=True)
class VirtualWait:
    """The density of the virtual wait of some queues; cells are numbered from 0."""

    growth_per_s: Floats
    """Arrivals per second less endings per second with all seats busy."""
    arrivals_per_s: Floats
    law: PatienceLaw
    top: Floats
    """φ at (or hardly below) its peak; the integrals are relative to e^top."""
    cell: Cells
    """Of each panel; rising."""
    left: Floats
    right: Floats
    graded: NDArray[np.bool_]
    flat: NDArray[np.bool_]
    """Panels within which nobody gives up."""
    parts: Floats
    """Integrals over each panel, ``(panels, 5)``."""
    total: Floats
    """Integrals over all panels, ``(cells, 5)``."""

    def before(self, t_s: Floats) -> Floats:
        """The integrals from 0 to ``t_s``, ``(cells, 5)``."""
        return self._part(t_s, self.right <= t_s[self.cell], later=False)

    def beyond(self, t_s: Floats) -> Floats:
        """The integrals from ``t_s`` on, ``(cells, 5)``."""
        return self._part(t_s, self.left >= t_s[self.cell], later=True)

    def _part(self, t_s: Floats, whole: NDArray[np.bool_], *, later: bool) -> Floats:
        sums = _by_cell(self.cell[whole], self.parts[whole], len(t_s))
        limit = t_s[self.cell]
        cut = np.flatnonzero((self.left < limit) & (limit < self.right))
        cell = self.cell[cut]
        left, right = (t_s[cell], self.right[cut]) if later else (self.left[cut], t_s[cell])
        sums[cell] += _measure(self._density(), cell, left, right, self.graded[cut], self.flat[cut])[0]
        return sums

    def _density(self) -> _Density:
        return _Density(self.growth_per_s, self.arrivals_per_s, self.law, self.top)


@dataclass(frozen=True, slots=True)
class _Density:
    growth_per_s: Floats
    arrivals_per_s: Floats
    law: PatienceLaw
    top: Floats

    def exponent(self, cell: Cells, x: Floats) -> tuple[Floats, Curve]:
        """φ(x) − top, and the law at x; x of shape ``(n,)`` or ``(n, nodes)`` for n numbers of cells."""
        curve = self.law.at(cell).curve(x)
        growth, rate, top = self.growth_per_s[cell], self.arrivals_per_s[cell], self.top[cell]
        if x.ndim == 2:
            growth, rate, top = growth[:, None], rate[:, None], top[:, None]
        return growth * x - rate * curve.lost_s - top, curve

    def slope(self, cell: Cells, curve: Curve) -> Floats:
        return self.growth_per_s[cell] - self.arrivals_per_s[cell] * curve.given_up


def virtual_wait(arrivals_per_s: Floats, drain_per_s: Floats, law: PatienceLaw) -> VirtualWait:
    """Integrate the density; arrivals and ``drain_per_s`` = nμ above zero, λ·(share who never give up) < nμ."""
    breaks = law.breaks_s
    step = max(1, (_CHUNK_OF_STEPS if breaks.size else _CHUNK) // (2 * _MARKS.size - 1 + breaks.size))
    numbers = np.arange(len(arrivals_per_s))
    found = [
        _integrated(arrivals_per_s[some], drain_per_s[some], law.at(some), breaks)
        for some in (numbers[start : start + step] for start in range(0, max(len(numbers), 1), step))
    ]
    first = np.cumsum([0] + [len(part.top) for part in found])
    return VirtualWait(
        arrivals_per_s - drain_per_s,
        arrivals_per_s,
        law,
        np.concatenate([p.top for p in found]),
        np.concatenate([p.cell + start for p, start in zip(found, first, strict=False)]),
        np.concatenate([p.left for p in found]),
        np.concatenate([p.right for p in found]),
        np.concatenate([p.graded for p in found]),
        np.concatenate([p.flat for p in found]),
        np.concatenate([p.parts for p in found]),
        np.concatenate([p.total for p in found]),
    )


def _integrated(rate: Floats, drain: Floats, law: PatienceLaw, breaks: Floats) -> VirtualWait:
    density = _Density(rate - drain, rate, law, np.zeros_like(rate))
    peak = _peak(density, drain)
    everyone = np.arange(len(rate))
    top, _ = density.exponent(everyone, peak)
    density = _Density(density.growth_per_s, rate, law, top)
    first, last = _left_end(density, peak), _right_end(density, peak, drain)
    marks = np.concatenate(
        [
            peak[:, None] - (peak - first)[:, None] * _MARKS[:0:-1],
            peak[:, None] + (last - peak)[:, None] * _MARKS,
        ],
        axis=1,
    )
    if breaks.size:
        inside = np.clip(np.broadcast_to(breaks, (len(rate), breaks.size)), first[:, None], last[:, None])
        marks = np.sort(np.concatenate([marks, inside], axis=1), axis=1)
    cell, place = np.nonzero(marks[:, 1:] > marks[:, :-1])
    left, right = marks[cell, place], marks[cell, place + 1]
    graded = left == 0
    flat = np.zeros(len(cell), dtype=np.bool_)
    if breaks.size:
        gone = [density.law.at(cell).curve(x).given_up for x in (left, (left + right) / 2, np.nextafter(right, 0.0))]
        flat = (gone[0] == gone[1]) & (gone[1] == gone[2])
        graded &= ~flat
    return _halved_until_accurate(density, cell, left, right, graded, flat)


def _halved_until_accurate(
    density: _Density, cell: Cells, left: Floats, right: Floats, graded: NDArray[np.bool_], flat: NDArray[np.bool_]
) -> VirtualWait:
    cells = len(density.top)
    done: list[tuple[Cells, Floats, Floats, NDArray[np.bool_], NDArray[np.bool_], Floats]] = []
    passed = np.zeros((cells, 5))
    for halving in range(_HALVINGS + 1):
        parts, doubt = _measure(density, cell, left, right, graded, flat)
        total = passed + _by_cell(cell, parts, cells)
        allowed = np.maximum(_ACCURATE * parts, _FAINT * total[cell])
        good = (doubt <= allowed).all(axis=1)
        middle = np.where(graded, ((left ** (1 / _GRADE) + right ** (1 / _GRADE)) / 2) ** _GRADE, (left + right) / 2)
        # What cannot be halved any more is as good as it gets.
        good |= (middle <= left) | (middle >= right) | (halving == _HALVINGS)
        done.append((cell[good], left[good], right[good], graded[good], flat[good], parts[good]))
        passed += _by_cell(cell[good], parts[good], cells)
        bad = ~good
        if not bad.any():
            break
        low, mid, high = left[bad], middle[bad], right[bad]
        cell, left, right = np.tile(cell[bad], 2), np.concatenate([low, mid]), np.concatenate([mid, high])
        graded, flat = np.tile(graded[bad], 2), np.tile(flat[bad], 2)
    cell, left, right, graded, flat, parts = (np.concatenate(column) for column in zip(*done, strict=True))
    order = np.lexsort((left, cell))
    return VirtualWait(
        density.growth_per_s,
        density.arrivals_per_s,
        density.law,
        density.top,
        cell[order],
        left[order],
        right[order],
        graded[order],
        flat[order],
        parts[order],
        passed,
    )


def _measure(
    density: _Density, cell: Cells, left: Floats, right: Floats, graded: NDArray[np.bool_], flat: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """The five integrals over each piece, ``(pieces, 5)``, and their signs of trouble."""
    parts, doubt = np.zeros((len(cell), 5)), np.zeros((len(cell), 5))
    smooth = ~flat
    parts[smooth], doubt[smooth] = _by_nodes(density, cell[smooth], left[smooth], right[smooth], graded[smooth])
    parts[flat] = _in_closed_form(density, cell[flat], left[flat], right[flat])
    return parts, doubt


def _by_nodes(
    density: _Density, cell: Cells, left: Floats, right: Floats, graded: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    start, end = left.copy(), right.copy()
    start[graded], end[graded] = start[graded] ** (1 / _GRADE), end[graded] ** (1 / _GRADE)
    half = (end - start) / 2
    x = start[:, None] + half[:, None] * (_NODES + 1)
    stretch = np.ones_like(x)
    stretch[graded] = _GRADE * x[graded] ** (_GRADE - 1)
    x[graded] **= _GRADE
    log_height, curve = density.exponent(cell, x)
    height = np.exp(log_height) * stretch
    answered = height * curve.survival
    integrands = (height, answered, height * curve.given_up, height * curve.survived_s, answered * x)
    taken = np.stack([integrand @ _RULE for integrand in integrands], axis=1)
    return taken[..., 0] * half[:, None], np.abs(taken[..., 1:]).sum(axis=-1) * half[:, None]


def _in_closed_form(density: _Density, cell: Cells, left: Floats, right: Floats) -> Floats:
    """Where survival is constant, φ is a straight line."""
    log_height, curve = density.exponent(cell, left)
    width = right - left
    reach = density.slope(cell, curve) * width
    # ∫₀¹ e^(ry) dy and ∫₀¹ y·e^(ry) dy, from the higher end so that nothing overflows.
    size = np.abs(reach)
    with np.errstate(divide="ignore", invalid="ignore"):
        plain = np.where(size > 0, -np.expm1(-size) / size, 1.0)
        far = np.where(size > 0.3, (1 - np.exp(-size) * (1 + size)) / (size * size), 0.0)
    near, term = np.zeros_like(size), np.ones_like(size)
    small = np.minimum(size, 0.3)
    for k in range(14):
        near += term / (k + 2)
        term = term * -small / (k + 1)
    first = np.where(size > 0.3, far, near)
    first = np.where(reach > 0, plain - first, first)
    height = np.exp(log_height + np.maximum(reach, 0.0)) * width
    area, moment = height * plain, height * first * width
    survival = curve.survival
    return np.stack(
        [
            area,
            survival * area,
            curve.given_up * area,
            curve.survived_s * area + survival * moment,
            survival * (left * area + moment),
        ],
        axis=1,
    )


def _by_cell(cell: Cells, parts: Floats, cells: int) -> Floats:
    # Without any panel bincount forgets its weights' type.
    return np.stack([np.bincount(cell, parts[:, k], cells) for k in range(5)], axis=1).astype(np.float64)


def _peak(density: _Density, drain: Floats) -> Floats:
    """Where φ is within ½ of its top: 0, or near the time at which λ·P(patience > x) falls below nμ."""
    peak = np.zeros_like(drain)
    start = density.law.at(np.arange(len(drain))).curve(peak)
    cells = np.flatnonzero(density.slope(np.arange(len(drain)), start) > 0)
    if not cells.size:
        return peak
    mean = np.broadcast_to(density.law.mean_s, peak.shape)[cells]
    high = np.where(np.isfinite(mean), mean, 1 / drain[cells])
    low = np.zeros_like(high)
    for _ in range(2000):
        rising = density.slope(cells, density.law.at(cells).curve(high)) > 0
        if not rising.any():
            break
        low, high = np.where(rising, high, low), np.where(rising, 2 * high, high)
    active = np.arange(len(cells))
    found = high.copy()
    for _ in range(200):
        # From zero upwards in steps of 64 times, then by halves.
        a, b = low[active], high[active]
        middle = np.where(a >= b / 64, (a + b) / 2, b / 64)
        slope = density.slope(cells[active], density.law.at(cells[active]).curve(middle))
        rising = slope > 0
        low[active], high[active] = np.where(rising, middle, a), np.where(rising, b, middle)
        found[active] = middle
        room = np.abs(slope) * (high[active] - low[active])
        active = active[(room > 0.5) & (middle > a) & (middle < b)]
        if not active.size:
            break
    peak[cells] = found
    return peak


def _right_end(density: _Density, peak: Floats, drain: Floats) -> Floats:
    """Beyond the peak, where φ has dropped by :data:`DROP` or a little more."""
    end = peak + DROP / drain
    active = np.arange(len(peak))
    drop, slope = _dropped(density, active, end)
    # φ drops ever faster: its chord reaches the level too far out, and Newton's method comes back from there.
    short = drop < DROP
    while short.any():
        with np.errstate(divide="ignore", over="ignore"):
            chord = (end - peak) * np.clip(DROP / np.maximum(drop, 1e-300), 2.0, 1e6)
        end = np.where(short, peak + chord, end)
        again = np.flatnonzero(short)
        drop[again], slope[again] = _dropped(density, again, end[again])
        short = drop < DROP
    for _ in range(200):
        active = active[drop[active] > 1.3 * DROP]
        if not active.size:
            break
        end[active] -= (drop[active] - 1.05 * DROP) / slope[active]
        drop[active], slope[active] = _dropped(density, active, end[active])
    return end


def _left_end(density: _Density, peak: Floats) -> Floats:
    """Before the peak, where φ has dropped by :data:`DROP` or a little more; zero where it never does."""
    end = np.zeros_like(peak)
    active = np.flatnonzero(peak > 0)
    for _ in range(200):
        drop, slope = _dropped(density, active, end[active])
        far = drop > 1.3 * DROP
        active = active[far]
        if not active.size:
            break
        end[active] += (drop[far] - 1.05 * DROP) / -slope[far]
    return end


def _dropped(density: _Density, cell: Cells, x: Floats) -> tuple[Floats, Floats]:
    """How far φ lies below its top, and how fast it falls there."""
    exponent, curve = density.exponent(cell, x)
    return -exponent, -density.slope(cell, curve)
