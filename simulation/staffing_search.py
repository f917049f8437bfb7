"""Seats to be searched by simulation: where they may lie, what a trial says, and whether targets hold for certain.

A search knows the centre only through an :class:`Oracle`: it names seats and a range of replications, and hears of
every replication by how much each target was more than kept, its *surplus*: numerator − limit × denominator of the
target's measure, with the sign that makes more better. A target over expected sums holds when the mean surplus is
not below zero; a probability holds when the mean of (kept − probability) is not. Replications of the same number
play the same calls whatever the seats (common random numbers), so that differences between seats are sharp.

Sources: J. Atlason, M. Epelman and S. Henderson, "Call center staffing with simulation and cutting plane
methods", Annals of Operations Research 127 (2004) 333–358, section 2 (the sample problem); M. Cezik and
P. L'Ecuyer, "Staffing multiskill call centers via linear programming and simulation", Management Science 54
(2008) 310–323, section 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import sqrt
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import special

__all__ = [
    "Certainty",
    "Cover",
    "Evaluate",
    "OneByOne",
    "Oracle",
    "Sample",
    "SeatSpace",
    "certainty",
]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

ROUNDING = 1e-9
"""A surplus this little below zero, in calls, is a rounding error."""

Evaluate = Callable[[Counts, int, int], Floats]
"""``evaluate(seats (G, B), first, size)`` → surplus ``(size, J)`` of replications ``first`` … ``first + size − 1``, or
``(size, J, S)`` in parts that sum to it. An exact evaluation returns one row."""


@dataclass(frozen=True, eq=False)
class Cover:
    """Groups that together must have so many seats in each block."""

    groups: Flags
    """``(G,)``."""
    need: Counts
    """``(B,)``."""


@dataclass(frozen=True, eq=False)
class SeatSpace:
    """The seats that may be chosen: whole numbers of G groups in B blocks of time."""

    least: Counts
    """``(G, B)`` seats that must be there."""
    most: Counts
    """``(G, B)`` seats that may be there."""
    hours: Floats
    """``(B,)`` length of a block."""
    opened: int
    """Seats of all groups together in one block."""
    cost: Floats = field(default_factory=lambda: np.zeros(0))
    """``(G,)`` cost of a seat-hour; default 1."""
    covers: tuple[Cover, ...] = ()

    @property
    def price(self) -> Floats:
        """``(G, B)`` cost of one seat."""
        cost = self.cost if len(self.cost) else np.ones(len(self.least))
        price: Floats = cost[:, None] * self.hours[None, :]
        return price

    def cost_of(self, seats: Counts) -> float:
        """Σ price × seats."""
        return float((self.price * seats).sum())

    def hours_of(self, seats: Counts) -> float:
        """Seat-hours."""
        return float((seats * self.hours).sum())

    def allows(self, seats: Counts) -> bool:
        """Whether the seats keep bounds, opened places and covers."""
        return bool(
            (seats >= self.least).all()
            and (seats <= self.most).all()
            and (seats.sum(axis=0) <= self.opened).all()
            and all((seats[cover.groups].sum(axis=0) >= cover.need).all() for cover in self.covers)
        )

    def one_more(self, seats: Counts) -> Flags:
        """``(G, B)`` cells that may have one seat more."""
        room: Flags = (seats < self.most) & (seats.sum(axis=0) < self.opened)
        return room

    def one_less(self, seats: Counts) -> Flags:
        """``(G, B)`` cells that may have one seat less."""
        spare: Flags = seats > self.least
        for cover in self.covers:
            tight = seats[cover.groups].sum(axis=0) <= cover.need
            spare = spare & ~(cover.groups[:, None] & tight[None, :])
        return spare


class Oracle(Protocol):
    """What a search may ask of the centre. A surplus may come in S parts that sum to it, as those of single intervals."""

    def surplus(self, seats: Counts, first: int, size: int) -> Floats:
        """Surplus ``(size, J)``, see :data:`Evaluate`."""

    def mean_parts(self, seats: Counts, first: int, size: int) -> Floats:
        """``(J, S)`` mean of the surplus's parts."""

    def changes(self, seats: Counts, cells: Flags, step: int, first: int, size: int) -> Floats:
        """``(J, S, G, B)`` change of the mean parts when each of ``cells`` alone has ``step`` seats more; 0 elsewhere."""


class OneByOne:
    """The oracle of a plain function: changes are measured one cell at a time."""

    def __init__(self, evaluate: Evaluate) -> None:
        self.evaluate = evaluate
        self.evaluations = 0

    def _parts(self, seats: Counts, first: int, size: int) -> Floats:
        self.evaluations += 1
        found = self.evaluate(seats, first, size)
        return found if found.ndim == 3 else found[:, :, None]

    def surplus(self, seats: Counts, first: int, size: int) -> Floats:
        """As :class:`Oracle`."""
        whole: Floats = self._parts(seats, first, size).sum(axis=2)
        return whole

    def mean_parts(self, seats: Counts, first: int, size: int) -> Floats:
        """As :class:`Oracle`."""
        mean: Floats = self._parts(seats, first, size).mean(axis=0)
        return mean

    def changes(self, seats: Counts, cells: Flags, step: int, first: int, size: int) -> Floats:
        """As :class:`Oracle`."""
        base = self.mean_parts(seats, first, size)
        found = np.zeros((*base.shape, *seats.shape))
        for group, block in np.argwhere(cells):
            tried = seats.copy()
            tried[group, block] += step
            found[:, :, group, block] = self.mean_parts(tried, first, size) - base
        return found


@dataclass(frozen=True, eq=False)
class Certainty:
    """What replications say of each target; arrays ``(J,)``, in units of the surplus."""

    mean: Floats
    error: Floats
    """Standard error of the mean."""
    margin: Floats
    """Lower end of the one-sided confidence interval of the mean."""

    @property
    def holds(self) -> bool:
        """Whether every target holds with the confidence: each passes its own test (intersection–union)."""
        return bool((self.margin >= -ROUNDING).all())

    @property
    def shortfall(self) -> float:
        """What is missing, summed over the targets."""
        return float(np.maximum(-self.margin, 0.0).sum())


def certainty(surplus: Floats, confidence: float) -> Certainty:
    """One-sided t-test of each column's mean; a single row is taken as exact.

    All targets together are claimed to hold only when each does by itself, so that no correction for their number
    is needed (Berger 1982, "Multiparameter hypothesis testing and acceptance sampling", Technometrics 24).
    """
    size = len(surplus)
    mean: Floats = surplus.mean(axis=0)
    if size < 2:
        return Certainty(mean, np.zeros_like(mean), mean)
    error: Floats = surplus.std(axis=0, ddof=1) / sqrt(size)
    return Certainty(mean, error, mean - float(special.stdtrit(size - 1, confidence)) * error)


@dataclass(frozen=True)
class Sample:
    """The replications that a search looks at, and how surely targets are to hold on them."""

    first: int
    size: int
    confidence: float
    aim: tuple[float, ...] = ()
    """Surplus that each target is to have beyond zero; default 0."""

    def look(self, oracle: Oracle, seats: Counts) -> Certainty:
        """What the sample says of the seats, the aim taken off."""
        found = certainty(oracle.surplus(seats, self.first, self.size), self.confidence)
        return Certainty(found.mean, found.error, found.margin - np.array(self.aim)) if self.aim else found
