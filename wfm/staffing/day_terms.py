"""What one day's goals add up to, cell by cell, for every number of seats that a cell may get.

A *cell* is one group in one interval. Over the day a goal's measure is Σ calls·numerator ÷ Σ calls·denominator
(:func:`wfm.queueing.goal_terms`), so that the goal is linear in what the cells contribute::

    Σ_cells excess(seats) + excess of what no seat changes ≤ 0,   excess = calls·(numerator − limit·denominator)

with the sign turned for measures that are to be high. Excess is counted in parts of what the limit allows
(1 = the day's whole allowance), which gives all goals one scale.

Without seats nobody is answered and every caller is lost: such a cell adds nothing to the mean answer time
and everything to the lost calls. It is taken as the formula has it.

No number of seats brings a cell below −calls·limit (−calls·(1 − limit) where the measure is to be high), since
waits are never negative and shares never above one. That floor is what makes a table of finitely many levels
enough for a proof.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wfm.queueing import Goal, Waiting, delay, goal_terms, size_seats
from wfm.queueing.goal import HIGH

__all__ = [
    "Cells",
    "DayTerms",
    "Solver",
    "day_terms",
    "day_values",
    "hard_seats",
    "level_terms",
    "overrun_of",
    "stretched",
    "usual_last",
]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

Solver = Callable[[Floats, Floats, Floats, Floats], Waiting]
"""Arrivals per second, handling time, seats, patience → the queue solved; arrays of one length."""

_USUAL = 2.5
"""Square roots of the load above it that a table shows at first."""
_CHUNK = 16_384
"""Queues solved at once: a table larger than the processor's caches costs more per queue."""

OF_ANSWERED = ("asa_s", "service_level_of_answered")
"""Measures that divide by answered callers: undefined on a day on which nobody is answered."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one day; arrays ``(C,)``."""

    calls: Floats
    """Calls of the interval."""
    arrivals_per_s: Floats
    """Arrival rate that the queue sees."""
    aht_s: Floats
    patience_s: Floats
    interval: Counts
    """Index of the cell's interval among the day's."""
    first: Counts
    """The fewest seats allowed."""


@dataclass(frozen=True, slots=True)
class DayTerms:
    """One day as a choice of a level for every cell: level ``k`` is ``first + k`` seats."""

    goals: tuple[Goal, ...]
    """The goals over the day; row ``j`` of the arrays below, which may have one row more (see :func:`day_terms`)."""
    calls: Floats
    """Calls of every cell, ``(C,)``."""
    numerator: Floats
    """``(J, C, L)``, in calls or seconds."""
    denominator: Floats
    other_numerator: Floats
    """What no seat changes, ``(J,)``."""
    other_denominator: Floats
    excess: Floats
    """``(R, C, L)``, in parts of what the limit allows; 0 where not allowed."""
    base: Floats
    """Excess of what no seat changes, ``(R,)``."""
    floor: Floats
    """No level above the table has less excess, ``(R, C)``."""
    allowed: Flags
    """Levels that exist, ``(C, L)``: from 0 without gaps."""
    cut: Flags
    """Cells that may get more seats than the table shows, ``(C,)``."""
    interval: Counts
    """Interval of each cell, ``(C,)``."""
    room: Counts
    """Levels that all cells of an interval together may rise, ``(T,)``."""

    def excess_at(self, level: Counts) -> Floats:
        """Excess of the day, ``(R,)``."""
        total: Floats = self.base + self.excess[:, np.arange(len(level)), level].sum(axis=1)
        return total

    def values_at(self, level: Counts) -> Floats:
        """Every goal's measure over the day, ``(J,)``; NaN where nothing is counted."""
        cells = np.arange(len(level))
        above = self.other_numerator + self.numerator[:, cells, level].sum(axis=1)
        below = self.other_denominator + self.denominator[:, cells, level].sum(axis=1)
        return day_values(above, below)

    def keeps(self, level: Counts) -> Flags:
        """Which goals the day keeps, from the measures themselves; ``(J,)``."""
        values = self.values_at(level)
        return np.array([bool(goal.kept_by(values[j])) for j, goal in enumerate(self.goals)], dtype=np.bool_)


def day_values(numerator: Floats, denominator: Floats) -> Floats:
    """The ratio where something is counted, else NaN."""
    ratio: Floats = np.divide(numerator, denominator, out=np.full_like(numerator, np.nan), where=denominator > 0)
    return ratio


def overrun_of(goals: Sequence[Goal], values: Floats) -> float:
    """Share of its allowance by which the worst measure overruns its limit; 0 where none does, infinite if undefined."""
    worst = 0.0
    for goal, value in zip(goals, values, strict=True):
        used = (1 - value) / (1 - goal.limit) if goal.measure in HIGH else value / goal.limit
        worst = max(worst, np.inf if np.isnan(used) else float(used) - 1)
    return worst


def day_terms(
    goals: Sequence[Goal],
    cells: Cells,
    last: Counts,
    most: Counts,
    room: Counts,
    other_numerator: Floats,
    other_denominator: Floats,
    solve: Solver = delay,
) -> DayTerms:
    """The table of one day.

    Where a measure divides by answered callers and no cell with calls must have a seat, one more row asks
    for a seat in any of them: a day on which nobody is answered keeps no mean answer time.

    Args:
        goals: goals over the day, not of the occupancy; each reachable.
        cells: the day's cells; ``first`` is a level at which the queue has a steady state.
        last: seats of each cell's highest level, ``(C,)``.
        most: seats that places would allow a cell, ``(C,)``.
        room: seats that each interval may have beyond ``first`` of its cells, ``(T,)``.
        other_numerator: sums that no seat changes, ``(J,)``, in calls (or seconds).
        other_denominator: the same of the denominators.
        solve: the queue's formula.
    """
    numerator, denominator, allowed = level_terms(goals, cells, last, solve)
    called = cells.calls > 0
    answer = np.zeros((0, *allowed.shape))
    if any(goal.measure in OF_ANSWERED for goal in goals) and called.any() and not cells.first[called].any():
        seated = allowed & called[:, None] & (np.arange(allowed.shape[1]) > 0)
        answer = -seated[None].astype(np.float64)
    return _weighed(
        DayTerms(
            goals=tuple(goals),
            calls=cells.calls,
            numerator=numerator,
            denominator=denominator,
            other_numerator=other_numerator,
            other_denominator=other_denominator,
            excess=answer,
            base=np.ones(len(answer)),
            floor=np.where(called, -1.0, 0.0)[None].repeat(len(answer), axis=0),
            allowed=allowed,
            cut=last < most,
            interval=cells.interval,
            room=room,
        )
    )


def _weighed(day: DayTerms) -> DayTerms:
    """``day`` with the rows of its goals put before the rows it has."""
    rows, bases, floors = [], [], []
    for j, goal in enumerate(day.goals):
        sign = -1.0 if goal.measure in HIGH else 1.0
        slack = 1 - goal.limit if goal.measure in HIGH else goal.limit
        scale = slack * (day.calls.sum() + day.other_denominator[j])
        rows.append(sign * (day.numerator[j] - goal.limit * day.denominator[j]) / scale)
        bases.append(sign * (day.other_numerator[j] - goal.limit * day.other_denominator[j]) / scale)
        floors.append(-slack * day.calls / scale)
    return replace(
        day,
        excess=np.concatenate([np.array(rows).reshape(-1, *day.allowed.shape), day.excess]),
        base=np.append(np.array(bases), day.base),
        floor=np.concatenate([np.array(floors).reshape(-1, len(day.calls)), day.floor]),
    )


def stretched(day: DayTerms, share: float) -> DayTerms:
    """``day`` with every limit loosened by ``share`` of what it allows: 0.1 turns 10 s into 11 s, and 90 % into 89 %."""
    goals = tuple(
        replace(goal, limit=1 - (1 - goal.limit) * (1 + share) if goal.measure in HIGH else goal.limit * (1 + share))
        for goal in day.goals
    )
    own = len(goals)
    return _weighed(replace(day, goals=goals, excess=day.excess[own:], base=day.base[own:], floor=day.floor[own:]))


def usual_last(cells: Cells) -> Counts:
    """Seats that a table shows at first: the load and 2.5 square roots of it, and three."""
    load = cells.arrivals_per_s * cells.aht_s
    return np.maximum(np.ceil(load + _USUAL * np.sqrt(load) + 3).astype(np.int64), cells.first)


def hard_seats(
    goals: Sequence[Goal],
    arrivals_per_s: Floats,
    aht_s: Floats,
    patience_s: Floats,
    blended_erlang: Floats,
    minimum: Counts,
) -> tuple[Counts, Counts]:
    """Seats that each interval must have by itself, and those that the occupancy cap asks for; arrays of one shape.

    The first are the most of minimum cover, the occupancy goals among ``goals`` (blended work included), and what
    a queue whose callers never give up needs for a steady state.
    """
    caps = [goal for goal in goals if goal.measure == "occupancy"]
    capped = size_seats(arrivals_per_s, aht_s, caps, patience_s, other_work_erlang=blended_erlang).seats
    endless = np.isinf(patience_s) & (arrivals_per_s > 0)
    steady = np.where(endless, np.floor(arrivals_per_s * aht_s) + 1, 0).astype(np.int64)
    return np.maximum(np.maximum(minimum, capped), steady), capped


def level_terms(
    goals: Sequence[Goal], cells: Cells, last: Counts, solve: Solver = delay
) -> tuple[Floats, Floats, Flags]:
    """Calls × numerator and denominator of every goal for ``first`` to ``last`` seats, ``(J, C, L)``, and which exist.

    Equal cells are solved once, all levels of all cells in a few vectorised calls.
    """
    described = np.stack(
        [cells.arrivals_per_s, cells.aht_s, cells.patience_s, cells.first.astype(float), last.astype(float)], axis=1
    )
    different, which = np.unique(described, axis=0, return_inverse=True)
    counts = (different[:, 4] - different[:, 3]).astype(np.int64) + 1
    levels = int(counts.max(initial=1))
    steps = np.arange(levels)
    exists = steps < counts[:, None]
    row, step = np.nonzero(exists)
    rate, aht, patience, lowest, _ = different.T
    tables = np.zeros((2, len(goals), *exists.shape))
    for at in range(0, len(row), _CHUNK):
        r, k = row[at : at + _CHUNK], step[at : at + _CHUNK]
        solved = solve(rate[r], aht[r], lowest[r] + k, patience[r])
        for j, goal in enumerate(goals):
            tables[0, j, r, k], tables[1, j, r, k] = goal_terms(goal, solved)
    # Nobody calls: nothing is counted, whatever a queue without calls is said to be.
    terms = np.where(cells.calls[:, None] > 0, tables[:, :, which.ravel()], 0.0) * cells.calls[:, None]
    return terms[0], terms[1], exists[which.ravel()]
