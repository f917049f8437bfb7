"""Targets over the day with given shifts: how many agents of each group take each shift, for the fewest paid hours.

Seats of an interval are at most the agents whose shifts cover it. Minimise Σ hours_s·x_gs over whole agents x,
subject to the day's goals as in :mod:`wfm.staffing.day_level`, over a period of consecutive days so that a shift may
run past midnight.

Levels enter by their increments: a cell at level n has taken the increments 1 … n. Where every goal's excess falls
and falls ever more slowly (from some level on it always does), increments need no whole numbers: the best are taken
first, and a seat that an agent already covers costs nothing. Below that level, and where the places may bind,
increments are whole and in order. So the programme is exact, and most of it is linear. HiGHS decides it; the bound
and the gap are its own, and ``proven`` says whether they met within the time limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.queueing import Goal, delay, minimal_seats
from wfm.queueing.inputs import require
from wfm.staffing.day_terms import Cells, Counts, DayTerms, Flags, Floats, Solver, day_terms, hard_seats, usual_last
from wfm.staffing.seat_path import hull_gains

__all__ = ["ShiftSeats", "day_shift_seats"]

_REST = 1e-4
"""Excess that the seats above a table may still take off, all together, in parts of what the limit allows."""


@dataclass(frozen=True, slots=True)
class ShiftSeats:
    """Agents of each shift, the seats they fill, and what each day comes to."""

    agents: Counts
    """Agents of each group in each shift, ``(G, S)``."""
    seats: Counts
    """Seats opened, ``(G, T)``; never more than agents on duty."""
    on_duty: Counts
    """Agents whose shifts cover the interval, ``(G, T)``."""
    hours: float
    """Σ hours of all shifts taken."""
    bound_hours: float
    """No agents that keep the goals take fewer hours; infinite where it is proven that there are none."""
    proven: bool
    """Whether the hours are the fewest possible (or it is certain that the goals cannot be kept)."""
    values: Floats
    """Every goal's measure over each day, ``(D, J)``; NaN for the occupancy and where nothing is counted."""
    kept: Flags
    """Whether the day keeps every goal, ``(D,)``."""

    @property
    def gap(self) -> float:
        """Share of the hours that a better solution could save at most."""
        return max(0.0, 1 - self.bound_hours / self.hours) if self.hours > 0 and np.isfinite(self.bound_hours) else 0.0


def day_shift_seats(
    goals: Sequence[Goal],
    arrivals_per_s: Floats,
    aht_s: ArrayLike,
    patience_s: ArrayLike,
    blended_erlang: ArrayLike,
    minimum: ArrayLike,
    opened: int,
    interval_s: float,
    day: ArrayLike,
    covers: ArrayLike,
    hours: ArrayLike,
    *,
    allowed: ArrayLike = True,
    calls: Floats | None = None,
    other_numerator: ArrayLike = 0.0,
    other_denominator: ArrayLike = 0.0,
    solve: Solver = delay,
    time_limit_s: float = 60.0,
) -> ShiftSeats:
    """The cheapest agents in given shifts with which every day keeps every goal; arrays ``(G, T)``.

    Where the places (or the time) do not allow it the limits are overrun by as little as was found, and ``kept``
    says on which days.

    Args:
        goals: limits to keep together; the occupancy in each interval, every other over each day.
        arrivals_per_s: arrival rate that the queues see.
        aht_s: mean handling time.
        patience_s: mean patience.
        blended_erlang: work that yields to calls; it counts in the occupancy alone.
        minimum: seats that must be there.
        opened: seats that all groups together may have at once. More agents than seats may be on duty.
        interval_s: length of an interval.
        day: index of the day of each interval, ``(T,)``.
        covers: whether a shift (on its date) covers an interval, breaks left out, ``(S, T)``.
        hours: paid hours of each shift, ``(S,)``.
        allowed: whether a group may take a shift, ``(G, S)``.
        calls: calls of each interval where they are not ``arrivals_per_s · interval_s``.
        other_numerator: what no seat changes, ``(D, J)``; see ``day_level_seats``.
        other_denominator: the same of the denominator.
        solve: the queue's formula.
        time_limit_s: for the programme; the result says if it was not enough.

    Raises:
        BadInput: a shift has no hours, no number of seats keeps a goal, seats that must be there find no places,
            or no shift covers them.
    """
    wanted = tuple(goals)
    for goal in wanted:
        if not goal.reachable:
            minimal_seats(0.0, 1.0, goal)  # says why
    shape = np.shape(arrivals_per_s)

    def fit(values: ArrayLike) -> Floats:
        return np.broadcast_to(np.asarray(values, dtype=np.float64), shape)

    rate, aht, patience = fit(arrivals_per_s), fit(aht_s), fit(patience_s)
    hard, _ = hard_seats(wanted, rate, aht, patience, fit(blended_erlang), fit(minimum).astype(np.int64))
    cover = np.asarray(covers, dtype=np.bool_)
    paid = np.asarray(hours, dtype=np.float64)
    may = np.broadcast_to(np.asarray(allowed, dtype=np.bool_), (shape[0], len(paid)))
    _require_shifts(hard, opened, cover, paid, may)
    counted = rate * interval_s if calls is None else fit(calls)
    days, of_day = np.unique(np.asarray(day), return_inverse=True)
    above, below = (
        np.broadcast_to(np.asarray(v, float), (len(days), len(wanted))) for v in (other_numerator, other_denominator)
    )
    over_day = [j for j, goal in enumerate(wanted) if goal.measure != "occupancy"]

    room = opened - hard.sum(axis=0)
    reach = may.astype(np.int64) @ cover
    tables, where = [], []
    for d in range(len(days)):
        here = np.flatnonzero(of_day == d)
        intervals = np.broadcast_to(np.arange(len(here)), (shape[0], len(here))).ravel()
        cells = Cells(
            counted[:, here].ravel(),
            rate[:, here].ravel(),
            aht[:, here].ravel(),
            patience[:, here].ravel(),
            intervals,
            hard[:, here].ravel(),
        )
        useful = (cells.calls > 0) & (reach[:, here].ravel() > 0)
        most = cells.first + np.where(useful, room[here][intervals], 0)
        others = above[d, over_day], below[d, over_day]
        tables.append(_table([wanted[j] for j in over_day], cells, most, room[here], others, solve))
        where.append((np.arange(shape[0])[:, None] * shape[1] + here).ravel())
    found = _Programme(tables, where, hard, cover, paid, may).solve(time_limit_s)
    agents, level, bound, certain = found
    on_duty = agents @ cover
    seats = hard + level
    values = np.full((len(days), len(wanted)), np.nan)
    kept = np.ones(len(days), dtype=np.bool_)
    for d, (table, cells_of_day) in enumerate(zip(tables, where, strict=True)):
        at = level.ravel()[cells_of_day]
        values[d, over_day] = table.values_at(at)
        kept[d] = not table.calls.any() or bool(table.keeps(at).all())
    total = float((agents @ paid).sum())
    certain = certain and bool(kept.all() or np.isinf(bound))
    return ShiftSeats(agents, seats, on_duty, total, bound, certain, values, kept)


def _require_shifts(hard: Counts, opened: int, covers: Flags, hours: Floats, allowed: Flags) -> None:
    require(np.isfinite(hours) & (hours > 0), hours, say("hours of a shift"), say("finite and above zero"))
    crowded = np.flatnonzero(hard.sum(axis=0) > opened)
    if crowded.size:
        raise BadInput(
            say(
                "interval {interval}: minimum cover and the occupancy cap ask for {seats} seats, {opened} are opened",
                interval=int(crowded[0]),
                seats=int(hard.sum(axis=0)[crowded[0]]),
                opened=opened,
            )
        )
    bare = (hard > 0) & ((allowed.astype(np.int64) @ covers) == 0)
    if bare.any():
        group, interval = np.argwhere(bare)[0]
        raise BadInput(
            say(
                "group {group}, interval {interval}: {seats} seats must be there, and no shift covers it",
                group=int(group),
                interval=int(interval),
                seats=int(hard[group, interval]),
            )
        )


def _table(
    goals: list[Goal], cells: Cells, most: Counts, room: Counts, others: tuple[Floats, Floats], solve: Solver
) -> DayTerms:
    """One day's table, so high that the seats above it hardly matter."""
    last = np.minimum(usual_last(cells), most)
    step = np.maximum(2, np.ceil(np.sqrt(cells.arrivals_per_s * cells.aht_s))).astype(np.int64)
    while True:
        table = day_terms(goals, cells, last, most, room, *others, solve)
        at = np.arange(len(last)), table.allowed.sum(axis=1) - 1
        rest = np.where(table.cut, table.excess[:, at[0], at[1]] - table.floor, 0.0).max(axis=0, initial=0.0)
        more = rest > _REST / len(last)
        if not more.any():
            return table
        last = np.minimum(last + np.where(more, step, 0), most)


@dataclass(frozen=True, slots=True)
class _Columns:
    """The increments of all days: one column for each level above the first of each cell."""

    cell: Counts
    """Cell of the whole period."""
    step: Counts
    """From 1."""
    gain: list[Floats]
    """What each takes off the rows of its day, ``(R, columns of the day)``."""
    whole: Flags
    """Increments that must be taken whole."""
    after: list[tuple[int, int]]
    """Pairs of columns of which the second needs the first."""


class _Programme:
    """The mixed-integer programme of the whole period."""

    def __init__(
        self,
        tables: list[DayTerms],
        where: list[Counts],
        hard: Counts,
        covers: Flags,
        hours: Floats,
        allowed: Flags,
    ) -> None:
        self.tables, self.where, self.hard = tables, where, hard
        self.covers, self.hours = covers, hours
        self.group, self.shift = np.nonzero(allowed)
        self.shape = allowed.shape
        # Intervals in which all levels together could exceed the places.
        self.tight = [np.bincount(t.interval, t.allowed.sum(axis=1) - 1, len(t.room)) > t.room for t in tables]

    def solve(self, time_limit_s: float) -> tuple[Counts, Counts, float, bool]:
        """Agents, levels, a bound on the hours, and whether they are proven."""
        hull = self._columns(exact=False)
        found = self._run(hull, time_limit_s, overrun=False)
        if found is None:
            # Not even the convex hulls of all goals keep their limits.
            found = self._run(hull, time_limit_s, overrun=True)
            assert found is not None
            return found[0], found[1], np.inf, True
        agents, level, bound, done = found
        if self._kept(level):
            return agents, level, bound, done
        exact = self._run(self._columns(exact=True), time_limit_s, overrun=False)
        if exact is None:
            return agents, level, bound, False
        return exact[0], exact[1], max(bound, exact[2]), exact[3] and self._kept(exact[1])

    def _kept(self, level: Counts) -> bool:
        flat = level.ravel()
        pairs = zip(self.tables, self.where, strict=True)
        return all(bool(t.keeps(flat[w]).all()) or not t.calls.any() for t, w in pairs)

    def _columns(self, *, exact: bool) -> _Columns:
        """The increments: exactly, or along each row's convex hull (a relaxation that needs no order)."""
        cell, step, gain, whole, after, count = [], [], [], [], [], 0
        for table, where, tight in zip(self.tables, self.where, self.tight, strict=True):
            c, k = np.nonzero(table.allowed[:, 1:])
            if exact:
                gains = np.where(table.allowed[:, 1:], table.excess[:, :, :-1] - table.excess[:, :, 1:], 0.0)
            else:
                gains = np.array([hull_gains(values, table.allowed) for values in table.excess])
                gains = np.where(table.allowed[:, 1:], gains, 0.0)
            bent = _bent(gains, table.allowed[:, 1:]) if exact else np.zeros(len(table.allowed), dtype=np.int64)
            number = np.full(table.allowed.shape, -1)
            number[c, k + 1] = count + np.arange(len(c))
            whole.append((k < bent[c]) | tight[table.interval[c]])
            for at in np.flatnonzero(bent):
                tops = int(table.allowed[at].sum())
                after += [(number[at, n], number[at, n + 1]) for n in range(1, min(bent[at], tops - 1))]
                after += [(number[at, bent[at]], number[at, n]) for n in range(bent[at] + 1, tops)]
            cell.append(where[c])
            step.append(k + 1)
            gain.append(gains[:, c, k])
            count += len(c)
        return _Columns(np.concatenate(cell), np.concatenate(step), gain, np.concatenate(whole), after)

    def _run(
        self, columns: _Columns, time_limit_s: float, *, overrun: bool
    ) -> tuple[Counts, Counts, float, bool] | None:
        """Agents, levels, the bound and whether it was met; None where there is no solution.

        With ``overrun`` limits may be overrun, at a price above that of any hours.
        """
        takes, steps, days = len(self.group), len(columns.cell), len(self.tables)
        width = takes + steps + days
        hard = self.hard.ravel().astype(float)
        at = takes + np.arange(steps)

        place, taken = np.nonzero(self.covers[self.shift].T)
        covered = self.group[taken] * self.hard.shape[1] + place
        cover = _rows(
            np.concatenate([covered, columns.cell]),
            np.concatenate([taken, at]),
            np.concatenate([np.ones(len(taken)), -np.ones(steps)]),
            (len(hard), width),
        )
        constraints = [LinearConstraint(cover, hard, np.inf)]
        begin = 0
        for d, (table, gains, tight) in enumerate(zip(self.tables, columns.gain, self.tight, strict=True)):
            rows, count = gains.shape
            here = takes + begin + np.arange(count)
            row = np.concatenate([np.repeat(np.arange(rows), count), np.arange(rows)])
            column = np.concatenate([np.tile(here, rows), np.full(rows, takes + steps + d)])
            weights = np.concatenate([gains.ravel(), np.ones(rows)])
            start = table.excess_at(np.zeros(len(table.interval), dtype=np.int64))
            constraints.append(LinearConstraint(_rows(row, column, weights, (rows, width)), start, np.inf))
            if tight.any():
                local = np.searchsorted(np.sort(self.where[d]), columns.cell[begin : begin + count])
                own = np.argsort(self.where[d])[local]
                full = tight[table.interval[own]]
                placed = _rows(table.interval[own][full], here[full], np.ones(full.sum()), (len(tight), width))
                constraints.append(LinearConstraint(placed, -np.inf, table.room))
            begin += count
        if columns.after:
            first, second = np.array(columns.after).T
            order = np.arange(len(first))
            weights = np.concatenate([np.ones(len(order)), -np.ones(len(order))])
            pairs = _rows(np.tile(order, 2), takes + np.concatenate([first, second]), weights, (len(order), width))
            constraints.append(LinearConstraint(pairs, 0, np.inf))

        price = 10 * (1 + float(self.hours.sum()) * len(self.hours)) if overrun else 0.0
        cost = np.concatenate([self.hours[self.shift], np.zeros(steps), np.full(days, price)])
        upper = np.concatenate([np.full(takes, np.inf), np.ones(steps), np.full(days, np.inf if overrun else 0.0)])
        integer = np.concatenate([np.ones(takes), columns.whole, np.zeros(days)]).astype(np.int64)
        solved = milp(
            cost,
            integrality=integer,
            bounds=Bounds(0, upper),
            constraints=constraints,
            options={"time_limit": time_limit_s, "mip_rel_gap": 0.0},
        )
        if solved.status == 2:
            return None
        bound = float(solved.mip_dual_bound) if solved.mip_dual_bound is not None else 0.0
        if solved.x is None:
            raise BadInput(
                say("no shifts were found within {limit:g} s; allow more time or fewer shifts", limit=time_limit_s)
            )
        agents = np.zeros(self.shape, dtype=np.int64)
        agents[self.group, self.shift] = np.rint(solved.x[:takes])
        sums = np.bincount(columns.cell, solved.x[takes : takes + steps], len(hard))
        return agents, self._levels(agents, np.asarray(sums, dtype=np.float64)), bound, solved.status == 0

    def _levels(self, agents: Counts, taken: Floats) -> Counts:
        """Seat whoever is on duty where it helps every goal and finds a place; else as the programme has it."""
        spare: Counts = (agents @ self.covers - self.hard).ravel()
        level: Counts = np.minimum(np.rint(taken).astype(np.int64), spare)
        for table, where, tight in zip(self.tables, self.where, self.tight, strict=True):
            last = table.allowed.sum(axis=1) - 1
            filled = np.minimum(spare[where], last)
            falls = np.where(table.allowed[:, 1:], table.excess[:, :, 1:] - table.excess[:, :, :-1], 0.0).max(axis=0)
            beyond = np.arange(falls.shape[1]) >= level[where][:, None]
            helps = ~((falls > 0) & beyond).any(axis=1) & ~tight[table.interval]
            level[where] = np.where(helps, np.maximum(filled, level[where]), level[where])
        return np.asarray(level.reshape(self.hard.shape))


def _bent(gains: Floats, allowed: Flags) -> Counts:
    """Increments of each cell up to the last that is negative or below its successor in any row; ``(C,)``."""
    after = np.concatenate([gains[:, :, 1:], np.zeros_like(gains[:, :, :1])], axis=2)
    wrong = ((gains < 0) | (after > gains)).any(axis=0) & allowed
    bent: Counts = np.where(wrong, np.arange(1, gains.shape[2] + 1), 0).max(axis=1, initial=0)
    return bent


def _rows(row: Counts, column: Counts, weights: Floats, shape: tuple[int, int]) -> csr_array:
    rows: csr_array = coo_array((weights, (row, column)), shape=shape).tocsr()
    return rows
