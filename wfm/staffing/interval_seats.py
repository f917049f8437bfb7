"""Seats per group and interval: the fewest that keep every goal, within the seats that may be opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.queueing import Goal, PatienceLaw, size_seats

__all__ = ["COVER", "IntervalSeats", "seats_per_interval", "share_seats"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

COVER = -1
"""Stands for minimum cover in :attr:`IntervalSeats.binding`."""


@dataclass(frozen=True, slots=True)
class IntervalSeats:
    """Seats of every group in every interval; shape ``(G, T)``."""

    wanted: Counts
    """The fewest that keep all goals and minimum cover."""
    seats: Counts
    """Of these, what the opened seats allow."""
    binding: Counts
    """Index of the goal that asks for most, :data:`COVER` where minimum cover does."""


def seats_per_interval(
    goals: Sequence[Goal],
    arrivals_per_s: Floats,
    aht_s: Floats,
    patience: Floats | PatienceLaw,
    other_work_erlang: Floats,
    minimum: Counts,
    opened: int,
) -> IntervalSeats:
    """Size every group in every interval; all arrays ``(G, T)``, a law of patience for the cells in their order.

    Each different (arrivals, handling time, mean patience, other work) is solved once. ``minimum`` is hard;
    where it suffices for every goal it is what binds.
    """
    if not isinstance(patience, np.ndarray):
        flat = (arrivals_per_s.ravel(), aht_s.ravel())
        sized = size_seats(*flat, goals, patience, other_work_erlang=other_work_erlang.ravel())
        return _within(sized.seats.reshape(minimum.shape), sized.binding.reshape(minimum.shape), minimum, opened)
    cells = np.stack([arrivals_per_s, aht_s, patience, other_work_erlang], axis=-1).reshape(-1, 4)
    different, which = np.unique(cells, axis=0, return_inverse=True)
    rate, aht, mean_s, other = different.T
    sized = size_seats(rate, aht, goals, mean_s, other_work_erlang=other)
    seats, binding = (found[which].reshape(minimum.shape) for found in (sized.seats, sized.binding))
    return _within(seats, binding, minimum, opened)


def _within(needed: Counts, asking: Counts, minimum: Counts, opened: int) -> IntervalSeats:
    binding = np.where(needed > minimum, asking, COVER)
    wanted = np.maximum(needed, minimum)
    return IntervalSeats(wanted, share_seats(wanted, minimum, opened), binding)


def share_seats(wanted: Counts, minimum: Counts, opened: int) -> Counts:
    """Seats of each group when no more than ``opened`` stand open at once; shape ``(G, T)``.

    Where more are wanted, each group first gets its minimum cover, and the rest goes by what each group
    wants beyond it (largest remainder; equal remainders in the groups' order). If not even minimum
    cover fits, cover itself is shared that way.
    """
    short = wanted.sum(axis=0) > opened
    if not short.any():
        return wanted
    asked, floor = wanted[:, short], np.minimum(minimum, wanted)[:, short]
    no_room = floor.sum(axis=0) > opened
    floor = np.where(no_room, _largest_remainder(floor, np.full(floor.shape[1], opened)), floor)
    rest = opened - floor.sum(axis=0)
    seats = wanted.copy()
    seats[:, short] = floor + _largest_remainder(np.where(no_room, 0, asked - floor), rest)
    return seats


def _largest_remainder(weights: Counts, total: Counts) -> Counts:
    """``total`` whole seats of each column shared by weight; no more than the weight itself, as Σ weights ≥ total."""
    sums = weights.sum(axis=0)
    quotas = weights * total / np.maximum(sums, 1)
    whole = np.floor(quotas + 1e-12)
    left = np.where(sums > 0, total, 0) - whole.sum(axis=0)
    order = np.argsort(-(quotas - whole), axis=0, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(len(weights))[:, None] + np.zeros_like(order), axis=0)
    shared: Counts = (whole + (rank < left)).astype(np.int64)
    return shared
