"""Targets as the standard writes them: the day's own ratios and means, with the fewest staff-hours.

A standard says "mean answer time under 15 s" and "connection rate at least 95 %" of a *day*. Keeping each
limit in every interval is stricter than that. Here seats are placed so that the day keeps its limits, with the
fewest seat-hours of all whole numbers of seats, and with a proof (:mod:`wfm.staffing.day_optimum`).

In every interval minimum cover, the occupancy cap (blended work included) and the opened places stay hard.

What the formula says is taken literally. A mean answer time counts answered callers alone: left to itself it
lets an interval with few seats lose its callers, and only minimum cover or a limit on lost calls forbids that.
Limits of validity: each interval is in steady state, calls of an interval weigh by their expected number, and
the limit holds for the day's expected sums (not with a probability).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.queueing import Goal, PatienceLaw, delay, goal_terms, minimal_seats
from wfm.queueing.goal import HIGH
from wfm.queueing.inputs import require, require_queue
from wfm.queueing.solve import solve
from wfm.staffing.day_optimum import Optimum, few_levels, fewest_levels
from wfm.staffing.day_terms import (
    Cells,
    DayTerms,
    Solver,
    day_terms,
    day_values,
    hard_seats,
    overrun_of,
    stretched,
    usual_last,
)
from wfm.staffing.interval_seats import COVER, seats_per_interval, share_seats
from wfm.staffing.least_overrun import least_overrun

__all__ = ["DaySeats", "day_level_seats"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

_GIVE = 1e-3
"""Part of a limit that a day which cannot keep it gives away rather than open every place for nothing."""
_NEAR = 1e-5
_NEWTON = 20


@dataclass(frozen=True, slots=True)
class DaySeats:
    """The seats of every interval, and what each day comes to; days in rising order, ``(D,)``."""

    seats: Counts
    """``(G, T)``."""
    day: Counts
    """The days' indices."""
    values: Floats
    """Every goal's measure over the day, ``(D, J)``; NaN where nothing is counted. Occupancy includes blended work."""
    kept: Flags
    """Whether every goal is kept, in every interval for the occupancy. A day without calls keeps them."""
    binding: Counts
    """The goal that costs most seats; :data:`~wfm.staffing.interval_seats.COVER` where minimum cover suffices."""
    staff_hours: Floats
    bound_hours: Floats
    """No seats that keep the goals take fewer hours; infinite where the places allow none that do."""
    proven: Flags
    """Whether the hours are the fewest possible, or it is certain that the goals cannot be kept."""
    never: Flags
    """Goals that no number of seats keeps on that day, ``(D, J)``: calls that no seat reaches spend the allowance.

    The other goals are kept without them.
    """
    overrun: Floats
    """Share by which the worst measure overruns what its limit allows (0.1: 11 s for 10 s, 89 % for 90 %); 0 where kept."""
    overrun_bound: Floats
    """No seats within the places overrun less: how good the best is where the goals cannot be kept."""


@dataclass(frozen=True, slots=True)
class _OneDay:
    seats: Counts
    values: Floats
    kept: bool
    binding: int
    bound: float
    proven: bool
    never: Flags
    overrun: float
    overrun_bound: float


@dataclass(frozen=True, slots=True)
class _Inputs:
    """What one day is decided from; arrays ``(G, T)`` of that day."""

    calls: Floats
    rate: Floats
    aht_s: Floats
    patience_s: Floats
    patience: Floats
    """What the solver is given: ``patience_s``, or each cell's place among the laws."""
    blended: Floats
    minimum: Counts
    opened: int
    other_numerator: Floats
    other_denominator: Floats

    def key(self) -> bytes:
        """Equal for equal days."""
        arrays = (self.calls, self.rate, self.aht_s, self.patience_s, self.patience, self.blended, self.minimum)
        return b"".join(
            np.ascontiguousarray(a).tobytes() for a in (*arrays, self.other_numerator, self.other_denominator)
        )


def day_level_seats(
    goals: Sequence[Goal],
    arrivals_per_s: Floats,
    aht_s: ArrayLike,
    patience_s: ArrayLike,
    blended_erlang: ArrayLike,
    minimum: ArrayLike,
    opened: int,
    interval_s: float,
    day: ArrayLike,
    *,
    calls: Floats | None = None,
    other_numerator: ArrayLike = 0.0,
    other_denominator: ArrayLike = 0.0,
    law: PatienceLaw | None = None,
    time_limit_s: float = 4.0,
) -> DaySeats:
    """The fewest seat-hours of each day that keep every goal over the day; arrays ``(G, T)``.

    Days are independent, and equal days are decided once. Where the opened places cannot keep the goals, the
    seats let the worst measure overrun its limit as little as the places allow; see ``overrun``.

    Args:
        goals: limits to keep together. The occupancy is kept in each interval, every other over the day.
        arrivals_per_s: arrival rate that the queues see.
        aht_s: mean handling time.
        patience_s: mean patience; infinite for callers who never give up.
        blended_erlang: work that yields to calls; it counts in the occupancy alone.
        minimum: seats that must be there.
        opened: seats that all groups together may have at once.
        interval_s: length of an interval.
        day: index of the day of each interval, ``(T,)``.
        calls: calls of each interval where they are not ``arrivals_per_s · interval_s`` (a rate that lags
            behind the calls).
        other_numerator: what no seat changes, added to the measure's numerator, ``(D, J)`` in calls or
            seconds, days in rising order; so a connection rate counts calls outside opening hours.
        other_denominator: the same of the denominator.
        law: laws of patience that are not exponential, cells in the arrays' order; the occupancy cap and the proof
            of a steady state then still go by ``patience_s``.
        time_limit_s: for a day whose optimality needs a search; the result says if it was not enough.

    Raises:
        BadInput: a number describes no queue, shapes do not fit together, or no number of seats keeps a goal.
    """
    wanted = tuple(goals)
    for goal in wanted:
        if not goal.reachable:
            minimal_seats(0.0, 1.0, goal)  # says why
    shape = np.shape(arrivals_per_s)
    rate = np.asarray(arrivals_per_s, dtype=np.float64)
    aht, patience, blended = (_fit(v, shape) for v in (aht_s, patience_s, blended_erlang))
    cover = _fit(minimum, shape)
    require_queue(rate.ravel(), aht.ravel(), cover.ravel(), patience.ravel())
    require(
        np.isfinite(blended) & (blended >= 0), blended, say("other work in erlangs"), say("finite and not negative")
    )
    counted = rate * interval_s if calls is None else _fit(calls, shape)
    require(np.isfinite(counted) & (counted >= 0), counted, say("calls of an interval"), say("finite and not negative"))
    days, of_day = np.unique(np.asarray(day), return_inverse=True)
    above, below = (_fit(v, (len(days), len(wanted))) for v in (other_numerator, other_denominator))

    solver, told = _solver(law), patience
    if law is not None:
        told = np.arange(rate.size, dtype=np.float64).reshape(shape)
    seats = np.zeros(shape, dtype=np.int64)
    known: dict[bytes, _OneDay] = {}
    found = []
    for d in range(len(days)):
        here = of_day == d
        inputs = _Inputs(
            calls=counted[:, here],
            rate=rate[:, here],
            aht_s=aht[:, here],
            patience_s=patience[:, here],
            patience=told[:, here],
            blended=blended[:, here],
            minimum=cover[:, here].astype(np.int64),
            opened=opened,
            other_numerator=above[d],
            other_denominator=below[d],
        )
        key = inputs.key()
        if key not in known:
            known[key] = _decide(wanted, inputs, solver, time_limit_s)
        found.append(known[key])
        seats[:, here] = found[-1].seats
    hours = interval_s / 3600
    return DaySeats(
        seats=seats,
        day=days.astype(np.int64),
        values=np.array([one.values for one in found]).reshape(len(days), len(wanted)),
        kept=np.array([one.kept for one in found], dtype=np.bool_),
        binding=np.array([one.binding for one in found], dtype=np.int64),
        staff_hours=np.array([one.seats.sum() for one in found]) * hours,
        bound_hours=np.array([one.bound for one in found]) * hours,
        proven=np.array([one.proven for one in found], dtype=np.bool_),
        never=np.array([one.never for one in found], dtype=np.bool_).reshape(len(days), len(wanted)),
        overrun=np.array([one.overrun for one in found]),
        overrun_bound=np.array([one.overrun_bound for one in found]),
    )


def _solver(law: PatienceLaw | None) -> Solver:
    if law is None:
        return delay
    return lambda rate, aht, seats, place: solve(rate, aht, seats, law.at(place.astype(np.intp)))


def _fit(values: ArrayLike, shape: tuple[int, ...]) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    try:
        return np.broadcast_to(array, shape)
    except ValueError:
        shapes = f"{shape}, {array.shape}"
        raise BadInput(say("arrays of shapes {shapes} do not fit together", shapes=shapes)) from None


def _decide(goals: tuple[Goal, ...], inputs: _Inputs, solve: Solver, time_limit_s: float) -> _OneDay:
    """One day."""
    hard, sized = hard_seats(goals, inputs.rate, inputs.aht_s, inputs.patience_s, inputs.blended, inputs.minimum)
    first = share_seats(hard, inputs.minimum, inputs.opened)
    squeezed = bool((first < hard).any())
    cap = next((j for j, goal in enumerate(goals) if goal.measure == "occupancy"), COVER)
    capped = cap if (sized > inputs.minimum).any() else COVER
    endless = np.isinf(inputs.patience_s) & (inputs.rate > 0)
    if (endless & (first <= inputs.rate * inputs.aht_s)).any():
        # Callers who never give up, and no place to answer them all: the queue grows without end.
        asked = seats_per_interval(
            goals, inputs.rate, inputs.aht_s, inputs.patience_s, inputs.blended, inputs.minimum, inputs.opened
        )
        return _told(goals, inputs, asked.seats, solve, capped=capped, squeezed=True, overrun_bound=np.inf)

    over_day = [j for j, goal in enumerate(goals) if goal.measure != "occupancy"]
    never = np.zeros(len(goals), dtype=np.bool_)
    never[over_day] = [_spent(goals[j], inputs, j) for j in over_day]
    aimed = [j for j in over_day if not never[j]]
    if not aimed or not inputs.calls.any():
        return _told(goals, inputs, first, solve, capped=capped, squeezed=squeezed, never=never, bound=first.sum())
    levels = _Levels([goals[j] for j in aimed], aimed, inputs, first, solve, time_limit_s)
    found, least = levels.fewest(), 0.0
    bound, proven = found.bound + first.sum(), found.proven
    if found.level is None:
        found, least = levels.nearest()
    assert found.level is not None
    seats = first + found.level.reshape(first.shape)
    binding = aimed[int(found.price[: len(aimed)].argmax())] if found.price[: len(aimed)].any() else capped
    return _told(
        goals, inputs, seats, solve, capped=binding, squeezed=squeezed, never=never, bound=bound, proven=proven,
        overrun_bound=least,
    )  # fmt: skip


def _spent(goal: Goal, inputs: _Inputs, j: int) -> bool:
    """Whether what no seat changes breaks the goal even if nobody waits."""
    calls = inputs.calls.sum()
    best = calls if goal.measure in HIGH else 0.0
    value = day_values(np.array([best + inputs.other_numerator[j]]), np.array([calls + inputs.other_denominator[j]]))
    return bool(calls > 0 and not goal.kept_by(value)[0])


class _Levels:
    """The levels of one day, shown as far up as a proof needs."""

    def __init__(
        self, goals: list[Goal], rows: list[int], inputs: _Inputs, first: Counts, solve: Solver, time_limit_s: float
    ) -> None:
        intervals = np.broadcast_to(np.arange(first.shape[1]), first.shape)
        self.cells = Cells(
            calls=inputs.calls.ravel(),
            arrivals_per_s=inputs.rate.ravel(),
            aht_s=inputs.aht_s.ravel(),
            patience_s=inputs.patience.ravel(),
            interval=intervals.ravel(),
            first=first.ravel(),
        )
        self.room = np.maximum(inputs.opened - first.sum(axis=0), 0)
        self.goals, self.solve, self.time_limit_s = goals, solve, time_limit_s
        self.others = inputs.other_numerator[rows], inputs.other_denominator[rows]
        self.load = self.cells.arrivals_per_s * self.cells.aht_s
        low = self.cells.first
        self.most = low + np.where(self.cells.calls > 0, self.room[self.cells.interval], 0)
        self.last = np.minimum(usual_last(self.cells), self.most)
        self.table = self._table()

    def _table(self) -> DayTerms:
        return day_terms(self.goals, self.cells, self.last, self.most, self.room, *self.others, self.solve)

    def fewest(self) -> Optimum:
        """The optimum."""
        while True:
            found = fewest_levels(self.table, self.time_limit_s)
            if isinstance(found, Optimum):
                return found
            self._widen(found.cells)

    def nearest(self) -> tuple[Optimum, float]:
        """Few levels that come as near to the limits as the places let them, and the least overrun possible."""
        share, weights = 0.0, None
        for _ in range(_NEWTON):
            best = least_overrun(stretched(self.table, share), weights)
            if best.bound <= _NEAR:
                break
            # Of what the loosened limits allow; never too far, as shares of answered callers are at most one.
            share, weights = (1 + share) * (1 + best.bound) - 1, best.weights
        reached = overrun_of(self.table.goals, self.table.values_at(best.level))
        if not np.isfinite(reached):
            return Optimum(best.level, np.inf, np.zeros(len(self.table.base))), share
        return few_levels(stretched(self.table, reached + _GIVE), best.level), share

    def _widen(self, cells: Flags) -> None:
        more = np.maximum(2, (self.last - self.cells.first) // 3)
        self.last = np.minimum(self.last + np.where(cells, more, 0), self.most)
        self.table = self._table()


def _told(
    goals: tuple[Goal, ...],
    inputs: _Inputs,
    seats: Counts,
    solve: Solver,
    *,
    capped: int,
    squeezed: bool,
    never: Flags | None = None,
    bound: float = np.inf,
    proven: bool = True,
    overrun_bound: float = 0.0,
) -> _OneDay:
    """What the day comes to with these seats."""
    flat = (inputs.rate, inputs.aht_s, seats.astype(np.float64), inputs.patience)
    solved = solve(*(a.ravel() for a in flat))
    calls = np.where(inputs.calls > 0, inputs.calls, 0.0).ravel()
    values, kept = np.full(len(goals), np.nan), not squeezed
    for j, goal in enumerate(goals):
        above, below = (np.where(calls > 0, term, 0.0) for term in goal_terms(goal, solved))
        if goal.measure == "occupancy":
            handled = above.sum() + inputs.blended.sum()
            values[j : j + 1] = day_values(np.array([handled]), np.array([float(seats.sum())]))
            continue
        sums = (calls * above).sum() + inputs.other_numerator[j], (calls * below).sum() + inputs.other_denominator[j]
        values[j : j + 1] = day_values(np.array([sums[0]]), np.array([sums[1]]))
        kept = kept and (not calls.any() or bool(goal.kept_by(values[j : j + 1])[0]))
    unkept = np.zeros(len(goals), dtype=np.bool_) if never is None else never
    limited = [j for j, goal in enumerate(goals) if goal.measure != "occupancy" and not unkept[j] and calls.any()]
    return _OneDay(
        seats=seats,
        values=values,
        kept=kept,
        binding=capped,
        bound=np.inf if squeezed else float(bound),
        proven=proven,
        never=unkept,
        overrun=overrun_of(tuple(goals[j] for j in limited), values[limited]),
        overrun_bound=overrun_bound,
    )
