"""The virtual wait of M/M/n+G: its density, cut into pieces that are integrated once and kept.

The wait V that an arriving caller would have without giving up has, above zero, a density proportional to
e^φ(x), φ(x) = λH(x) − nμx with H(x) = ∫₀ˣ P(patience > u) du (F. Baccelli and G. Hebuterne 1981, "On queues
with impatient customers"). As φ′ = λ·P(patience > x) − nμ only falls, φ is concave: one peak, at zero unless
arrivals outrun the seats, and at least exponential tails. So:

* the peak is bracketed (how far φ can be from its top is known from its slope), and from it Newton's method
  walks to where φ has dropped by :data:`DROP`; on a concave function it comes from outside and never overshoots;
* what lies between is cut at the peak, where survival jumps, and in halves until every integral of
  :mod:`~wfm.queueing.wait_density` is accurate on every piece, so that tails are as accurate as the whole;
* an integral up to any time then costs one more part of a piece.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wfm.queueing.patience_laws import PatienceLaw
from wfm.queueing.poisson import Floats
from wfm.queueing.wait_density import ALL, SLOPE, Cells, Density, Measured, Pieces, measure

__all__ = ["VirtualWait", "virtual_wait"]

DROP = 52.0
"""The density is followed down to e^(−52) of its peak."""
_MARKS = np.array([0.0, 0.3, 0.65, 1.0])
"""Pieces between the peak and either end, as shares of that distance."""
_ACCURATE = 1e-10
"""Signs of trouble that let a piece pass, against its integrals. These are then off by far less."""
_FAINT = np.array([1e-21, 1e-21, 1e-13, 1e-13, 1e-13])
"""The same against the integrals over all pieces: tails of the first two are asked for by themselves."""
_NONE = np.array([0.0, 1e-24, 1e-24, 0.0, 0.0])
"""Shares of those who wait that are none at all."""
_ROUNDING = 1e-14
"""What the slope of φ cannot know, for each call that arrives during a piece."""
_HALVINGS = 60
_CHUNK = 5_000
_CHUNK_OF_STEPS = 50_000
"""Ends of pieces handled at a time, so that what is at hand stays in the processor's cache: 34 nodes each, or one."""


@dataclass(frozen=True, slots=True)
class VirtualWait:
    """The density of the virtual wait of some queues; cells are numbered from 0."""

    density: Density
    top: Floats
    """φ at its peak, or hardly below; the integrals are relative to e^top."""
    pieces: Pieces
    """By cell, and in each in the order of time."""
    left_exponent: Floats
    """φ(left) − top of each piece."""
    rise: Floats
    """φ(right) − φ(left) of each piece."""
    parts: Floats
    """Integrals over each piece, ``(pieces, 5)``."""
    total: Floats
    """Integrals over all pieces, ``(cells, 5)``."""

    def before(self, t_s: Floats) -> Floats:
        """The integrals from 0 to ``t_s``, ``(cells, 5)``."""
        limit = t_s[self.pieces.cell]
        whole = self.pieces.right <= limit
        sums = _by_cell(self.pieces.cell[whole], self.parts[whole], len(t_s))
        cut = self._cut(limit)
        some = self.pieces.take(cut)
        measured = measure(self.density, Pieces(some.cell, some.left, limit[cut], some.graded, some.flat))
        sums[some.cell] += measured.parts * np.exp(self.left_exponent[cut])[:, None]
        return sums

    def beyond(self, t_s: Floats) -> Floats:
        """The integrals from ``t_s`` on, ``(cells, 5)``."""
        limit = t_s[self.pieces.cell]
        whole = self.pieces.left >= limit
        sums = _by_cell(self.pieces.cell[whole], self.parts[whole], len(t_s))
        cut = self._cut(limit)
        some = self.pieces.take(cut)
        measured = measure(self.density, Pieces(some.cell, limit[cut], some.right, some.graded, some.flat))
        at_t = self.left_exponent[cut] + self.rise[cut] - measured.rise
        sums[some.cell] += measured.parts * np.exp(at_t)[:, None]
        return sums

    def _cut(self, limit: Floats) -> Cells:
        """The pieces that the limits fall into, at most one per cell."""
        return np.flatnonzero((self.pieces.left < limit) & (limit < self.pieces.right))


def virtual_wait(arrivals_per_s: Floats, drain_per_s: Floats, law: PatienceLaw) -> VirtualWait:
    """Integrate the density; arrivals and ``drain_per_s`` = nμ above zero, λ·(share who never give up) < nμ."""
    breaks = law.breaks_s
    step = max(1, (_CHUNK_OF_STEPS if breaks.size else _CHUNK) // (2 * _MARKS.size - 1 + breaks.size))
    numbers = np.arange(len(arrivals_per_s))
    found = [
        _integrated(Density(arrivals_per_s[some], drain_per_s[some], law.at(some)), breaks)
        for some in (numbers[start : start + step] for start in range(0, max(len(numbers), 1), step))
    ]
    first = np.cumsum([0] + [len(part.top) for part in found])
    pieces = Pieces(
        np.concatenate([part.pieces.cell + start for part, start in zip(found, first, strict=False)]),
        np.concatenate([part.pieces.left for part in found]),
        np.concatenate([part.pieces.right for part in found]),
        np.concatenate([part.pieces.graded for part in found]),
        np.concatenate([part.pieces.flat for part in found]),
    )
    return VirtualWait(
        Density(arrivals_per_s, drain_per_s, law),
        np.concatenate([part.top for part in found]),
        pieces,
        np.concatenate([part.left_exponent for part in found]),
        np.concatenate([part.rise for part in found]),
        np.concatenate([part.parts for part in found]),
        np.concatenate([part.total for part in found]),
    )


def _integrated(density: Density, breaks: Floats) -> VirtualWait:
    cells = np.arange(len(density.arrivals_per_s))
    peak = _peak(density)
    top = density.exponent(cells, peak, density.curve(cells, peak))
    first, last = _left_end(density, peak, top), _right_end(density, peak, top)
    pieces, measured = _halved_until_accurate(density, top, _first_pieces(density, peak, first, last, breaks))
    # φ from piece to piece: in rows per cell, so that nothing is carried from one cell to the next.
    counts = np.bincount(pieces.cell, minlength=len(cells))
    starts = np.cumsum(counts) - counts
    place = np.arange(len(pieces.cell)) - starts[pieces.cell]
    rises = np.zeros((len(cells), int(counts.max(initial=0)) + 1))
    rises[pieces.cell, place + 1] = measured.rise
    climbed = np.cumsum(rises, axis=1)[pieces.cell, place]
    at_peak = np.zeros_like(top)
    from_peak = pieces.left == peak[pieces.cell]
    at_peak[pieces.cell[from_peak]] = climbed[from_peak]
    left_exponent = climbed - at_peak[pieces.cell]
    # φ(0) = 0.
    from_zero = first == 0
    top[from_zero] = at_peak[from_zero]
    parts = measured.parts * np.exp(left_exponent)[:, None]
    total = _by_cell(pieces.cell, parts, len(cells))
    return VirtualWait(density, top, pieces, left_exponent, measured.rise, parts, total)


def _first_pieces(density: Density, peak: Floats, first: Floats, last: Floats, breaks: Floats) -> Pieces:
    marks = np.concatenate(
        [
            peak[:, None] - (peak - first)[:, None] * _MARKS[:0:-1],
            peak[:, None] + (last - peak)[:, None] * _MARKS,
        ],
        axis=1,
    )
    if breaks.size:
        inside = np.clip(np.broadcast_to(breaks, (len(peak), breaks.size)), first[:, None], last[:, None])
        marks = np.sort(np.concatenate([marks, inside], axis=1), axis=1)
    cell, place = np.nonzero(marks[:, 1:] > marks[:, :-1])
    left, right = marks[cell, place], marks[cell, place + 1]
    flat = np.zeros(len(cell), dtype=np.bool_)
    if breaks.size:
        within = (left, (left + right) / 2, np.nextafter(right, 0.0))
        gone = [density.curve(cell, x).given_up for x in within]
        flat = (gone[0] == gone[1]) & (gone[1] == gone[2])
    return Pieces(cell, left, right, (left == 0) & ~flat, flat)


def _halved_until_accurate(density: Density, top: Floats, pieces: Pieces) -> tuple[Pieces, Measured]:
    done: list[tuple[Pieces, Measured]] = []
    passed = np.zeros((len(top), 5))
    for halving in range(_HALVINGS + 1):
        found = measure(density, pieces)
        height = np.exp(np.minimum(found.left_exponent - top[pieces.cell], 1.0))[:, None]
        total = passed + _by_cell(pieces.cell, found.parts * height, len(top))
        calls = density.arrivals_per_s[pieces.cell] * (pieces.right - pieces.left)
        relative = _ACCURATE + _ROUNDING * calls
        faint = np.maximum(_FAINT * total, _NONE * total[:, ALL, None])
        allowed = np.maximum(relative[:, None] * found.parts, faint[pieces.cell] / np.maximum(height, 1e-300))
        good = (found.doubt[:, :SLOPE] <= allowed).all(axis=1) & (found.doubt[:, SLOPE] <= relative)
        middle = pieces.middles()
        # What cannot be halved any more is as good as it gets.
        good |= (middle <= pieces.left) | (middle >= pieces.right) | (halving == _HALVINGS)
        kept = Measured(found.parts[good], found.rise[good], found.left_exponent[good], found.doubt[good])
        done.append((pieces.take(good), kept))
        passed += _by_cell(pieces.cell[good], (found.parts * height)[good], len(top))
        bad = np.flatnonzero(~good)
        if not bad.size:
            break
        twice = pieces.take(np.tile(bad, 2))
        ends = (pieces.left[bad], middle[bad], pieces.right[bad])
        pieces = Pieces(twice.cell, np.concatenate(ends[:2]), np.concatenate(ends[1:]), twice.graded, twice.flat)
    cell, left, right, graded, flat = (
        np.concatenate(column)
        for column in zip(*((p.cell, p.left, p.right, p.graded, p.flat) for p, _ in done), strict=True)
    )
    parts, rise, left_exponent, doubt = (
        np.concatenate(column)
        for column in zip(*((m.parts, m.rise, m.left_exponent, m.doubt) for _, m in done), strict=True)
    )
    order = np.lexsort((left, cell))
    measured = Measured(parts[order], rise[order], left_exponent[order], doubt[order])
    return Pieces(cell, left, right, graded, flat).take(order), measured


def _by_cell(cell: Cells, parts: Floats, cells: int) -> Floats:
    # Without any piece bincount forgets its weights' type.
    return np.stack([np.bincount(cell, parts[:, k], cells) for k in range(5)], axis=1).astype(np.float64)


def _peak(density: Density) -> Floats:
    """Where φ is within ½ of its top: 0, or near the time at which λ·P(patience > x) falls below nμ."""
    peak = np.zeros_like(density.drain_per_s)
    cells = np.flatnonzero(_slope(density, np.arange(len(peak)), peak) > 0)
    if not cells.size:
        return peak
    mean = np.broadcast_to(density.law.mean_s, peak.shape)[cells]
    high = np.where(np.isfinite(mean), mean, 1 / density.drain_per_s[cells])
    low = np.zeros_like(high)
    for _ in range(2000):
        rising = _slope(density, cells, high) > 0
        if not rising.any():
            break
        low, high = np.where(rising, high, low), np.where(rising, 2 * high, high)
    active = np.arange(len(cells))
    found = high.copy()
    for _ in range(200):
        # From zero upwards in steps of 64 times, then by halves.
        a, b = low[active], high[active]
        middle = np.where(a >= b / 64, (a + b) / 2, b / 64)
        slope = _slope(density, cells[active], middle)
        rising = slope > 0
        low[active], high[active] = np.where(rising, middle, a), np.where(rising, b, middle)
        found[active] = middle
        room = np.abs(slope) * (high[active] - low[active])
        active = active[(room > 0.5) & (middle > a) & (middle < b)]
        if not active.size:
            break
    peak[cells] = found
    return peak


def _right_end(density: Density, peak: Floats, top: Floats) -> Floats:
    """Beyond the peak, where φ has dropped by :data:`DROP` or a little more."""
    end = peak + DROP / density.drain_per_s
    active = np.arange(len(peak))
    drop, fall = _dropped(density, active, end, top)
    # φ drops ever faster: its chord reaches the level too far out, and Newton's method comes back from there.
    short = np.flatnonzero(drop < DROP)
    while short.size:
        with np.errstate(divide="ignore", over="ignore"):
            stretch = np.clip(DROP / np.maximum(drop[short], 1e-300), 2.0, 1e6)
        end[short] = peak[short] + (end[short] - peak[short]) * stretch
        drop[short], fall[short] = _dropped(density, short, end[short], top)
        short = short[drop[short] < DROP]
    for _ in range(200):
        active = active[drop[active] > 1.3 * DROP]
        if not active.size:
            break
        end[active] -= (drop[active] - 1.05 * DROP) / fall[active]
        drop[active], fall[active] = _dropped(density, active, end[active], top)
    return end


def _left_end(density: Density, peak: Floats, top: Floats) -> Floats:
    """Before the peak, where φ has dropped by :data:`DROP` or a little more; zero where it never does."""
    end = np.zeros_like(peak)
    active = np.flatnonzero(peak > 0)
    for _ in range(200):
        drop, fall = _dropped(density, active, end[active], top)
        far = drop > 1.3 * DROP
        active = active[far]
        if not active.size:
            break
        end[active] += (drop[far] - 1.05 * DROP) / -fall[far]
    return end


def _slope(density: Density, cell: Cells, x: Floats) -> Floats:
    return density.slope(cell, density.curve(cell, x))


def _dropped(density: Density, cell: Cells, x: Floats, top: Floats) -> tuple[Floats, Floats]:
    """How far φ lies below its top, and how fast it falls there."""
    curve = density.curve(cell, x)
    return top[cell] - density.exponent(cell, x, curve), -density.slope(cell, curve)
