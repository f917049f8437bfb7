"""The fewest seats of many queues from a good guess: all goals are looked at together, with n seats and n − 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.queueing import Goal, PatienceLaw, size_seats
from wfm.queueing.fewest import fewest
from wfm.queueing.goal import keeps
from wfm.queueing.patience_mixtures import memoryless_mean
from wfm.queueing.solve import solve
from wfm.queueing.waiting import Waiting
from wfm.staffing.interval_seats import COVER
from wfm.staffing.sizing_inputs import SizingInputs

__all__ = ["Queues", "fewest_seats", "raised_for_occupancy"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

_MOST = 1e6
_NEAR = 1e-6


@dataclass(frozen=True, slots=True)
class Queues:
    """Independent queues; one-dimensional arrays."""

    rate_per_s: Floats
    aht_s: Floats
    patience: Floats | PatienceLaw

    def solved(self, seats: NDArray[np.int64] | Floats) -> Waiting:
        """Their waiting with so many seats each."""
        return solve(self.rate_per_s, self.aht_s, seats.astype(np.float64), self.patience)

    def at(self, cells: NDArray[np.intp]) -> Queues:
        """These cells; a cell may stand several times."""
        of = self.patience
        return Queues(
            self.rate_per_s[cells], self.aht_s[cells], of[cells] if isinstance(of, np.ndarray) else of.at(cells)
        )

    def memoryless(self) -> Floats:
        """Mean patience where it is exponential, NaN elsewhere."""
        if isinstance(self.patience, np.ndarray):
            return self.patience
        found: Floats = np.broadcast_to(memoryless_mean(self.patience), self.rate_per_s.shape)
        return found


def fewest_seats(queues: Queues, goals: Sequence[Goal], minimum: Counts, guess: Counts) -> tuple[Counts, Counts]:
    """The fewest seats from ``minimum`` that keep all goals, and the goal that decides.

    The same as ``seats_per_interval`` finds: the first goal that fails with one seat less decides, and
    :data:`~wfm.staffing.interval_seats.COVER` where the minimum suffices.

    Raises:
        BadInput: no number of seats keeps a goal.
    """
    wanted, binding = minimum.astype(np.int64), np.full(minimum.shape, COVER, dtype=np.int64)
    busy = queues.rate_per_s > 0
    mean = queues.memoryless()
    plain, mixed = np.flatnonzero(busy & ~np.isnan(mean)), np.flatnonzero(busy & np.isnan(mean))
    if plain.size and goals:
        sized = size_seats(queues.rate_per_s[plain], queues.aht_s[plain], list(goals), mean[plain])
        more = sized.seats > wanted[plain]
        wanted[plain] = np.where(more, sized.seats, wanted[plain])
        binding[plain] = np.where(more, sized.binding, COVER)
    if mixed.size and goals:
        wanted[mixed], binding[mixed] = _searched(queues.at(mixed), goals, wanted[mixed], guess[mixed])
    return wanted, binding


def _searched(queues: Queues, goals: Sequence[Goal], least: Counts, guess: Counts) -> tuple[Counts, Counts]:
    failed_at, failed = np.full(least.shape, -1.0), np.full(least.shape, COVER, dtype=np.int64)

    def holds(cells: NDArray[np.intp], seats: Floats) -> NDArray[np.bool_]:
        solved = queues.at(cells).solved(seats)
        kept = np.ones(cells.size, dtype=np.bool_)
        first = np.full(cells.size, COVER, dtype=np.int64)
        for j, goal in enumerate(goals):
            mine = keeps(goal, solved, np.zeros(cells.size))
            first = np.where(kept & ~mine, j, first)
            kept &= mine
        bad = np.flatnonzero(~kept)
        # The highest number that fails is one below the answer; it says which goal decides.
        order = bad[np.argsort(seats[bad], kind="stable")]
        later = seats[order] > failed_at[cells[order]]
        failed_at[cells[order[later]]], failed[cells[order[later]]] = seats[order[later]], first[order[later]]
        return kept

    found = fewest(
        holds, least.astype(np.float64), np.maximum(guess, least).astype(np.float64), np.full(least.shape, _MOST)
    )
    if np.isinf(found).any():
        some = np.flatnonzero(np.isinf(found))[:1]
        part = queues.at(some)
        size_seats(part.rate_per_s, part.aht_s, list(goals), part.patience)  # says what cannot be kept
    return found.astype(np.int64), np.where(found > least, failed, COVER)


def raised_for_occupancy(
    queues: Queues, wanted: Counts, binding: Counts, inputs: SizingInputs, handled: Floats
) -> tuple[Counts, Counts]:
    """The same with the occupancy cap, the last of the inputs' goals, kept for calls and blended work together.

    ``handled`` are the erlangs of calls handled, which are no more where there are fewer seats than wanted.
    """
    cap, shape = inputs.goals[-1], wanted.shape
    other, seats = inputs.blended_erlang.ravel(), wanted.ravel().copy()
    full = (handled.ravel() + other) * (1 + _NEAR) >= cap.limit * seats
    over = np.flatnonzero(full & ((queues.rate_per_s > 0) | (other > 0)))
    if over.size:
        over = over[~keeps(cap, queues.at(over).solved(seats[over]), other[over])]
    if not over.size:
        return wanted, binding
    part, work = queues.at(over), other[over]

    def holds(cells: NDArray[np.intp], tried: Floats) -> NDArray[np.bool_]:
        return keeps(cap, part.at(cells).solved(tried), work[cells])

    start = seats[over].astype(np.float64)
    found = fewest(holds, start + 1, start + 1, np.full(start.shape, _MOST))
    seats[over] = found.astype(np.int64)
    decided = binding.ravel().copy()
    decided[over] = len(inputs.goals) - 1
    return seats.reshape(shape), decided.reshape(shape)
