"""Seats one after another, each where it helps most: marginal allocation.

For one sum of convex functions the order of falling gains gives the cheapest allocation for every total
(B. Fox 1966, "Discrete optimization via marginal analysis", Management Science 13); with places that limit
the seats of each interval it stays so, because each interval then simply keeps its best seats
(A. Federgruen and H. Groenevelt 1986, "The greedy procedure for resource allocation problems"). Where a
function is not convex its convex hull takes its place: the totals along the hull are lower bounds, and the
seats of one straight piece belong together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wfm.staffing.day_terms import Counts, Flags, Floats

__all__ = ["SeatPath", "hull_gains", "seat_path"]


@dataclass(frozen=True, slots=True)
class SeatPath:
    """Seats in the order of their gain; arrays of one length."""

    cell: Counts
    """The cell that gets the seat."""
    level: Counts
    """The level that the seat lifts it to, from 1."""
    gain: Floats
    """What the seat takes off the sum, along the convex hull."""

    def levels_after(self, seats: int, cells: int) -> Counts:
        """The level of every cell after the first ``seats`` seats, ``(C,)``."""
        return np.bincount(self.cell[:seats], minlength=cells).astype(np.int64)


def hull_gains(values: Floats, allowed: Flags) -> Floats:
    """What each further level takes off the lower convex hull of ``values`` ``(C, L)``; ``(C, L − 1)``, −∞ where none.

    Gains fall from left to right. Where the hull rises its pieces are not told apart.
    """
    gains = np.where(allowed[:, 1:], values[:, :-1] - values[:, 1:], -np.inf)
    with np.errstate(invalid="ignore"):
        bent = np.flatnonzero((np.diff(gains, axis=1) > 0).any(axis=1))
    levels = np.arange(values.shape[1])
    at = np.zeros(bent.size, dtype=np.int64)
    pooled, heights = gains[bent], np.where(allowed[bent], values[bent], np.inf)
    rows = np.arange(bent.size)
    while rows.size:
        width = levels - at[rows][:, None]
        here = heights[rows, at[rows]][:, None]
        slopes = np.where((width > 0) & allowed[bent[rows]], (here - heights[rows]) / np.maximum(width, 1), -np.inf)
        best = slopes.max(axis=1)
        far = levels[-1] - slopes[:, ::-1].argmax(axis=1)
        piece = (levels[:-1] >= at[rows][:, None]) & (levels[:-1] < far[:, None])
        going = np.isfinite(best)
        pooled[rows] = np.where(piece & going[:, None], best[:, None], pooled[rows])
        at[rows] = far
        rows = rows[going & (far < levels[-1])]
    gains[bent] = pooled
    return gains


def seat_path(values: Floats, allowed: Flags, interval: Counts, room: Counts) -> SeatPath:
    """All seats that lower the sum of ``values`` ``(C, L)``, best first, no more than ``room`` in an interval.

    Args:
        values: the function of every cell over its levels.
        allowed: levels that exist.
        interval: interval of each cell, ``(C,)``.
        room: seats beyond level 0 that an interval may have, ``(T,)``.
    """
    gains = hull_gains(values, allowed)
    cell, step = np.nonzero(gains > 0)
    gain = gains[cell, step]
    order = np.argsort(-gain, kind="stable")
    cell, step, gain = cell[order], step[order], gain[order]
    at = interval[cell]
    full = np.bincount(at, minlength=len(room)) > room
    if full.any():
        tight = np.flatnonzero(full[at])
        grouped = tight[np.argsort(at[tight], kind="stable")]
        begins = np.searchsorted(at[grouped], at[grouped])
        fits = np.ones(len(cell), dtype=np.bool_)
        fits[grouped] = np.arange(len(grouped)) - begins < room[at[grouped]]
        cell, step, gain = cell[fits], step[fits], gain[fits]
    return SeatPath(cell, step + 1, gain)
