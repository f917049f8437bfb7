"""Iterative staffing: from one staffing to the next by what simulation says one seat more or less would do.

As in Feldman, Mandelbaum, Massey and Whitt (2008, "Staffing of time-varying queues to achieve time-stable
performance", Management Science 54:324–338) each round simulates the whole day with the present seats and takes from
it the next ones; nothing is assumed of the queue. There one quantile, that of the number in system, sets each interval
by itself. Here the day's targets are shared by its intervals, so that a round measures the worth of one seat more
and one less in every block, and a small integer program picks the cheapest change that is expected to keep the
targets. What is picked is simulated before it is believed; where several changes together cost more than each
alone, the next pick is more careful and smaller.

The end is a local minimum that simulation has seen: targets hold with the confidence, no single seat can be taken
away, and no exchange of seats that the measured changes promise does better.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.optimize
import scipy.sparse
from numpy.typing import NDArray

from simulation.staffing_search import ROUNDING, Certainty, Oracle, Sample, SeatSpace
from wfm.execution import Progress, no_progress

__all__ = ["Measured", "Settled", "settle"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

ROUNDS_MAX = 60
CARE_MAX = 4.0
"""Changes together are never taken to cost more than so many times their sum."""
SHORTFALL_PRICE = 100.0
"""A shortfall costs so many times what the worthiest seat would cost to mend it."""


@dataclass(frozen=True, eq=False)
class Measured:
    """What simulation measured at one staffing."""

    seats: Counts
    certainty: Certainty
    more: Floats
    """``(J, G, B)`` change of the mean surplus by one seat more; 0 where none may be added."""
    less: Floats
    """The same by one seat less; 0 where none may be taken."""
    can_add: Flags
    can_take: Flags
    parts: Floats
    """``(J, S)`` mean parts of the surplus."""
    slopes: Floats
    """``(J, S, G, B)`` change of the parts by a seat: half the difference between one more and one less."""


@dataclass(frozen=True, eq=False)
class Settled:
    """Where the iteration ended."""

    seats: Counts
    certainty: Certainty
    holds: bool
    minimal: bool
    """No single seat can be taken away without breaking a target."""
    rounds: int
    evaluations: int
    """Staffings that were simulated to be accepted or not."""
    first_held: Counts | None
    """The first staffing on the way whose targets held: the start with as few seats added as mend it."""
    measured: tuple[Measured, ...]


def settle(
    space: SeatSpace,
    oracle: Oracle,
    start: Counts,
    sample: Sample,
    *,
    rounds: int = ROUNDS_MAX,
    only_mend: bool = False,
    progress: Progress = no_progress,
) -> Settled:
    """Iterate from ``start`` to seats of locally least cost whose targets hold on the sample.

    Args:
        space: seats allowed.
        oracle: the centre.
        start: seats ``(G, B)``; brought into the space first.
        sample: replications, and how surely targets are to hold.
        rounds: at most so many measurements of all changes.
        only_mend: add seats until the targets hold, and take none away.
        progress: told the rounds done.
    """
    seats = within(space, start)
    now = sample.look(oracle, seats)
    evaluations, done, minimal = 1, 0, False
    measured: list[Measured] = []
    first_held = seats if now.holds else None
    care, reach = 1.0, seats.size
    for done in range(1, rounds + 1):
        progress(done - 1, rounds)
        if only_mend and now.holds:
            break
        at = measure(space, oracle, seats, now, sample, take=not only_mend)
        measured.append(at)
        barred = np.zeros(seats.shape, dtype=bool)
        moved = plain = False
        while True:
            step = _next_step(space, at, 1.0 if plain else care, reach, barred)
            if step is None and not plain:
                # Careful picks are used up: take the measured changes at their word, every single seat at last.
                plain, reach = True, seats.size
                continue
            if step is None:
                break
            tried = seats + step
            there = sample.look(oracle, tried)
            evaluations += 1
            if _better(space, seats, now, tried, there):
                seats, now, moved = tried, there, True
                reach = min(max(reach, int(np.abs(step).sum())) * 2, seats.size)
                care = max(1.0, 0.8 * care)
                break
            size = int(np.abs(step).sum())
            if size == 1:
                barred |= step != 0
                reach = 1
            else:
                reach = max(size // 2, 1)
                care = care if plain else min(_care(at, step, there, care), CARE_MAX)
        if now.holds and first_held is None:
            first_held = seats
        if not moved:
            minimal = now.holds and not only_mend
            break
    progress(rounds, rounds)
    return Settled(seats, now, now.holds, minimal, done, evaluations, first_held, tuple(measured))


def within(space: SeatSpace, seats: Counts) -> Counts:
    """The seats brought into the space: within bounds and opened places, and with what covers need added."""
    found = np.clip(seats, space.least, space.most)
    for cover in space.covers:
        short = np.maximum(cover.need - found[cover.groups].sum(axis=0), 0)
        for group in np.flatnonzero(cover.groups):
            added = np.minimum(short, space.most[group] - found[group])
            found[group] += added
            short = short - added
    for block in np.flatnonzero(found.sum(axis=0) > space.opened):
        while found[:, block].sum() > space.opened:
            spare = found[:, block] - space.least[:, block]
            if spare.max() <= 0:
                break
            found[int(spare.argmax()), block] -= 1
    return found


def measure(
    space: SeatSpace, oracle: Oracle, seats: Counts, now: Certainty, sample: Sample, *, take: bool = True
) -> Measured:
    """The changes by one seat more and one less in every cell; more never harms, less never helps."""
    can_add, can_take = space.one_more(seats), space.one_less(seats) & take
    up = oracle.changes(seats, can_add, +1, sample.first, sample.size)
    down = oracle.changes(seats, can_take, -1, sample.first, sample.size)
    more, less = np.maximum(up.sum(axis=1), 0.0), np.minimum(down.sum(axis=1), 0.0)
    slopes = np.where(can_add & can_take, (up - down) / 2, np.where(can_take, -down, up))
    parts = oracle.mean_parts(seats, sample.first, sample.size)
    return Measured(seats, now, more, less, can_add, can_take, parts, slopes)


def _better(space: SeatSpace, seats: Counts, now: Certainty, tried: Counts, there: Certainty) -> bool:
    if now.holds:
        return there.holds and space.cost_of(tried) < space.cost_of(seats) - ROUNDING
    return there.holds or there.shortfall < now.shortfall - ROUNDING


def _care(at: Measured, step: Counts, there: Certainty, care: float) -> float:
    """How much more the taken seats cost together than each alone, where that is why the step failed."""
    taken = (at.less * np.maximum(-step, 0)).sum(axis=(1, 2))
    added = (at.more * np.maximum(step, 0)).sum(axis=(1, 2))
    real = there.margin - at.certainty.margin - added
    ratios = real[taken < 0] / taken[taken < 0]
    return max(care * 1.1, float(ratios.max(initial=1.0)))


def _next_step(space: SeatSpace, at: Measured, care: float, reach: int, barred: Flags) -> Counts | None:
    """The change of at most ``reach`` seats that costs least and is expected to hold; None where none does better.

    An integer program over one seat more (u) or less (d) in each cell:
    min price·(u − d) + penalty·s, margin + more·u + care·less·d + s ≥ 0, Σ(u + d) ≤ reach, opened places, covers.
    """
    seats = at.seats
    add = np.argwhere(at.can_add & ~barred & (at.more > 0).any(axis=0))
    take = np.argwhere(at.can_take & ~barred)
    if not len(add) and not len(take):
        return None
    price, goals = space.price, len(at.certainty.margin)
    more = at.more[:, add[:, 0], add[:, 1]].reshape(goals, len(add))
    less = at.less[:, take[:, 0], take[:, 1]].reshape(goals, len(take))
    # Scaled by what the worthiest seat does, so that penalties of different targets compare.
    worth = np.maximum(np.maximum(more.max(axis=1, initial=0.0), -less.min(axis=1, initial=0.0)), 1e-9)
    margin = np.where(np.abs(at.certainty.margin) <= ROUNDING, 0.0, at.certainty.margin)
    wide = len(add) + len(take)
    unit = price.max()
    cost = np.concatenate(
        [price[add[:, 0], add[:, 1]], -price[take[:, 0], take[:, 1]], np.full(goals, SHORTFALL_PRICE * unit)]
    )
    # Of equally cheap steps the one that changes least, and leaves the most.
    cost[:wide] += 1e-4 * price.min()
    cost[: len(add)] -= 1e-5 * price.min() * (more / worth[:, None]).sum(axis=0)
    cost[len(add) : wide] -= 1e-5 * price.min() * (less / worth[:, None]).sum(axis=0)
    rows = [
        (np.hstack([more / worth[:, None], care * less / worth[:, None], np.eye(goals)]), -margin / worth, np.inf),
        (np.concatenate([np.ones(wide), np.zeros(goals)])[None, :], np.array([-np.inf]), float(reach)),
    ]
    delta = np.zeros((seats.shape[0], seats.shape[1], wide + goals))
    delta[add[:, 0], add[:, 1], np.arange(len(add))] = 1.0
    delta[take[:, 0], take[:, 1], len(add) + np.arange(len(take))] = -1.0
    rows.append((delta.sum(axis=0), np.full(seats.shape[1], -np.inf), space.opened - seats.sum(axis=0)))
    for cover in space.covers:
        have = seats[cover.groups].sum(axis=0)
        rows.append((delta[cover.groups].sum(axis=0), np.minimum(cover.need - have, 0), np.inf))
    found = scipy.optimize.milp(
        cost,
        constraints=[scipy.optimize.LinearConstraint(scipy.sparse.csr_array(a), low, high) for a, low, high in rows],
        integrality=np.concatenate([np.ones(wide), np.zeros(goals)]),
        bounds=scipy.optimize.Bounds(0.0, np.concatenate([np.ones(wide), np.full(goals, np.inf)])),
        options={"mip_rel_gap": 1e-4, "time_limit": 5.0},
    )
    if found.x is None:
        return None
    chosen = np.round(found.x[:wide]).astype(np.int64)
    step = np.zeros(seats.shape, dtype=np.int64)
    np.add.at(step, (add[:, 0], add[:, 1]), chosen[: len(add)])
    np.add.at(step, (take[:, 0], take[:, 1]), -chosen[len(add) :])
    cheaper = float((price * step).sum()) < -ROUNDING
    if not step.any() or (at.certainty.holds and not cheaper):
        return None
    return step
