"""Pieces of the density e^φ of the virtual wait, φ(x) = λH(x) − nμx, and of what it is weighted with.

On a smooth piece values are taken at 32 Gauss–Legendre nodes. φ is the integral of its slope λ·P(patience > x) − nμ
on the same nodes, relative to the piece's left end: the difference of λH(x) and nμx would lose digits where many
calls arrive during one wait. A piece that starts at zero is graded (x = u⁴) for laws whose survival starts like a
power of time. On a flat piece, within which nobody gives up, φ is a straight line and all is in closed form.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.queueing.patience_laws import Curve, PatienceLaw
from wfm.queueing.poisson import Floats

__all__ = [
    "ALL",
    "ANSWERED",
    "ANSWER_WAIT",
    "GIVEN_UP",
    "SLOPE",
    "WAITED",
    "Cells",
    "Density",
    "Flags",
    "Measured",
    "Pieces",
    "measure",
]

Cells = NDArray[np.intp]
Flags = NDArray[np.bool_]

ALL, ANSWERED, GIVEN_UP, WAITED, ANSWER_WAIT = range(5)
"""What e^φ is weighted with: 1, P(patience > x), P(patience ≤ x), E[min(patience, x)], x·P(patience > x)."""
SLOPE = 5
"""Column of the slope of φ among the signs of trouble."""

_ORDER = 32
_LAST = 2
_END_SHARE = 1 / _ORDER**2
"""Nodes lie about this much of a piece apart at its ends."""
_GRADE = 4
_PRODUCT_MAX = 200_000


def _rules() -> tuple[Floats, Floats, Floats]:
    """Nodes in [−1, 1] with both ends; what takes values there to the integral and to signs of trouble; antiderivative.

    The signs are the last Legendre coefficients, and by how much the polynomial through the nodes misses the ends:
    survival only falls, so that between nodes that see nothing of a fall it may hide at an end alone.
    """
    nodes, weights = np.polynomial.legendre.leggauss(_ORDER)
    legendre = np.polynomial.legendre.legvander(nodes, _ORDER - 1)
    to_coefficients = legendre * weights[:, None] * (np.arange(_ORDER) + 0.5)
    ends = np.array([-1.0, 1.0])
    to_ends = to_coefficients @ np.polynomial.legendre.legvander(ends, _ORDER - 1).T
    inner = np.column_stack([weights, 2 * to_coefficients[:, -_LAST:], _END_SHARE * to_ends])
    outer = np.zeros((2, inner.shape[1]))
    outer[:, -2:] = -_END_SHARE * np.eye(2)
    places = np.concatenate([nodes, ends])
    antiderivatives = np.polynomial.legendre.legint(np.eye(_ORDER), lbnd=-1)
    risen = to_coefficients @ np.polynomial.legendre.legval(places, antiderivatives)
    return places, np.concatenate([inner, outer]), np.concatenate([risen, np.zeros((2, places.size))])


_NODES, _RULE, _RISEN = _rules()


@dataclass(frozen=True, slots=True)
class Density:
    """Some queues' densities; arrays of one length."""

    arrivals_per_s: Floats
    drain_per_s: Floats
    """Endings per second with all seats busy."""
    law: PatienceLaw

    def curve(self, cell: Cells, x: Floats) -> Curve:
        """The law at times of shape ``(n,)`` or ``(n, nodes)`` of n cells."""
        return self.law.at(cell).curve(x)

    def exponent(self, cell: Cells, x: Floats, curve: Curve) -> Floats:
        """φ(x), to the rounding of λx."""
        rate, drain = self.arrivals_per_s[cell], self.drain_per_s[cell]
        return (rate - drain) * x - rate * curve.lost_s

    def slope(self, cell: Cells, curve: Curve) -> Floats:
        """φ′(x), from whichever of the two shares is the smaller."""
        rate, drain = self.arrivals_per_s[cell], self.drain_per_s[cell]
        if curve.survival.ndim == 2:
            rate, drain = rate[:, None], drain[:, None]
        early = curve.given_up < 0.5
        return np.where(early, rate - drain - rate * curve.given_up, rate * curve.survival - drain)


@dataclass(frozen=True, slots=True)
class Pieces:
    """Pieces of time of some cells; arrays of one length."""

    cell: Cells
    left: Floats
    right: Floats
    graded: Flags
    flat: Flags

    def take(self, which: NDArray[np.intp] | Flags) -> Pieces:
        """Some of them."""
        return Pieces(self.cell[which], self.left[which], self.right[which], self.graded[which], self.flat[which])

    def middles(self) -> Floats:
        """Where to halve them."""
        middle = (self.left + self.right) / 2
        a, b = self.left[self.graded] ** (1 / _GRADE), self.right[self.graded] ** (1 / _GRADE)
        middle[self.graded] = ((a + b) / 2) ** _GRADE
        return middle


@dataclass(frozen=True, slots=True)
class Measured:
    """What pieces hold; one row a piece."""

    parts: Floats
    """Integrals of e^(φ(x) − φ(left)) with its five weights, ``(n, 5)``."""
    rise: Floats
    """φ(right) − φ(left)."""
    left_exponent: Floats
    """φ(left), to the rounding of λx."""
    doubt: Floats
    """Signs of trouble, as integrals: of the five, and of φ's slope; ``(n, 6)``."""


def measure(density: Density, pieces: Pieces) -> Measured:
    """Integrate over each piece."""
    size = len(pieces.cell)
    found = Measured(np.zeros((size, 5)), np.zeros(size), np.zeros(size), np.zeros((size, 6)))
    for some, integrated in ((~pieces.flat, _by_nodes), (pieces.flat, _in_closed_form)):
        if some.any():
            part = integrated(density, pieces.take(some))
            found.parts[some], found.rise[some] = part.parts, part.rise
            found.left_exponent[some], found.doubt[some] = part.left_exponent, part.doubt
    return found


def _by_nodes(density: Density, pieces: Pieces) -> Measured:
    graded = pieces.graded
    start, end = pieces.left.copy(), pieces.right.copy()
    start[graded], end[graded] = start[graded] ** (1 / _GRADE), end[graded] ** (1 / _GRADE)
    half = (end - start) / 2
    x = start[:, None] + half[:, None] * (_NODES + 1)
    stretch = np.ones_like(x)
    stretch[graded] = _GRADE * x[graded] ** (_GRADE - 1)
    x[graded] **= _GRADE
    curve = density.curve(pieces.cell, x)
    slope = density.slope(pieces.cell, curve) * stretch * half[:, None]
    height = np.exp(_times(slope, _RISEN)) * stretch * half[:, None]
    answered = height * curve.survival
    integrands = (height, answered, height * curve.given_up, height * curve.survived_s, answered * x, slope)
    taken = np.stack([_times(integrand, _RULE) for integrand in integrands], axis=1)
    first = Curve(*(a[:, -2] for a in (curve.survival, curve.given_up, curve.survived_s, curve.lost_s)))
    return Measured(
        taken[:, :SLOPE, 0],
        taken[:, SLOPE, 0],
        density.exponent(pieces.cell, x[:, -2], first),
        np.abs(taken[..., 1:]).sum(axis=-1),
    )


def _times(values: Floats, matrix: Floats) -> Floats:
    """values @ matrix, in products too small for the linear algebra library to wake its threads: they would cost more."""
    rows = max(1, _PRODUCT_MAX // matrix.size)
    result = np.empty((len(values), matrix.shape[1]))
    for start in range(0, len(values), rows):
        np.matmul(values[start : start + rows], matrix, out=result[start : start + rows])
    return result


def _in_closed_form(density: Density, pieces: Pieces) -> Measured:
    left, width = pieces.left, pieces.right - pieces.left
    curve = density.curve(pieces.cell, left)
    rise = density.slope(pieces.cell, curve) * width
    # ∫₀¹ e^(ry) dy and ∫₀¹ y·e^(ry) dy, from the higher end so that nothing overflows.
    size = np.abs(rise)
    with np.errstate(divide="ignore", invalid="ignore"):
        plain = np.where(size > 0, -np.expm1(-size) / size, 1.0)
        far = np.where(size > 0.3, (1 - np.exp(-size) * (1 + size)) / (size * size), 0.0)
    near, term = np.zeros_like(size), np.ones_like(size)
    small = np.minimum(size, 0.3)
    for k in range(14):
        near += term / (k + 2)
        term = term * -small / (k + 1)
    first = np.where(size > 0.3, far, near)
    first = np.where(rise > 0, plain - first, first)
    height = np.exp(np.maximum(rise, 0.0)) * width
    area, moment = height * plain, height * first * width
    survival = curve.survival
    parts = (
        area,
        survival * area,
        curve.given_up * area,
        curve.survived_s * area + survival * moment,
        survival * (left * area + moment),
    )
    return Measured(np.stack(parts, axis=1), rise, density.exponent(pieces.cell, left, curve), np.zeros((len(left), 6)))
