"""The fewest seats of one day that keep all its goals, with a proof: a small multiple-choice knapsack.

Minimise Σ_c level_c subject to Σ_c excess_jc(level_c) + base_j ≤ 0 for every goal j, within the room of every
interval. Four steps, each only where the one before leaves a gap:

1. **One goal at a time.** Marginal allocation for goal j alone is the optimum of a relaxation. Where its
   seats keep all goals and their number equals its bound, it is the day's optimum.
2. **All goals, divisible.** The linear programme over levels, by column generation, gives prices of goals and
   places and the Lagrangian bound that they prove (:mod:`wfm.staffing.seat_prices`). Its solution has at most as
   many divided cells as there are goals and full intervals (P. Sinha and A. Zoltners 1979, "The multiple-choice
   knapsack problem"), so that rounding along the path of λ·excess and exchanging seats between two cells nearly
   always meets the bound.
3. **Places.** Where groups compete for places, the hull of each group says too little. The Lagrangian over whole
   intervals (:mod:`wfm.staffing.shared_places`) gives a higher bound, and the cheapest mixture of the splits that it
   meets a solution (the restricted master of G. Dantzig and P. Wolfe 1960).
4. **The core.** A level whose reduced cost exceeds the gap cannot be part of anything better
   (E. Balas and E. Zemel 1980, "An algorithm for large zero-one knapsack problems"); the levels left are
   decided by HiGHS.

Seats are whole, so a bound of 812.3 proves 813.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_array

from wfm.staffing.day_terms import Counts, DayTerms, Flags, Floats
from wfm.staffing.least_overrun import least_overrun
from wfm.staffing.seat_path import seat_path
from wfm.staffing.seat_prices import SeatPrices, seat_prices
from wfm.staffing.shared_places import best_split, tight_intervals

__all__ = ["Optimum", "TooNarrow", "few_levels", "fewest_levels"]

_TINY = 1e-9
"""Rounding of sums of excess, in parts of the allowance: bounds give way by this much, never the goals."""
_SOLVER_TINY = 2e-6
"""The solver may overstep a row by this much."""
_EXCHANGES = 60
_SMALL_CORE = 0.2
"""Reduced cost, in seats, within which a solution at the bound nearly always lies."""
_MOVES = 96
_SPLITS = 40
_CUT_GAP = 0.02
"""Seats; bounds are rounded up to whole ones."""
_DEAREST = 16.0


@dataclass(frozen=True, slots=True)
class TooNarrow:
    """The table ends too low in these cells for a proof; ``(C,)``."""

    cells: Flags


@dataclass(frozen=True, slots=True)
class Optimum:
    """The level of every cell, how few levels there can be, and the price of each goal."""

    level: Counts | None
    """``(C,)``; None where no solution was found."""
    bound: float
    """No solution has fewer levels in all; infinite where it is proven that there is none."""
    price: Floats
    """Levels that one part of each row's allowance costs, ``(R,)``."""

    @property
    def proven(self) -> bool:
        """Whether nothing better exists."""
        if self.level is None:
            return bool(np.isinf(self.bound))
        return bool(self.level.sum() <= self.bound)


def fewest_levels(day: DayTerms, time_limit_s: float) -> Optimum | TooNarrow:
    """The optimum of the day; :class:`TooNarrow` where the table must show more levels first.

    ``time_limit_s`` is for the core; a solution whose optimality it left open says so.
    """
    search = _Search(day)
    zero = np.zeros(len(day.interval), dtype=np.int64)
    search.offer(zero)
    if search.done:
        return search.result()
    alone = _each_alone(search)
    if isinstance(alone, TooNarrow):
        return alone
    if search.done or np.isinf(search.bound):
        return search.result()
    found = seat_prices(day, [*alone, zero])
    search.raise_to(found.bound, found.price)
    if not search.done:
        _round(search, found)
    if not search.done and tight_intervals(day).any():
        _split(search, found.price, time_limit_s / 4)
    if search.best is None and least_overrun(day).bound > _TINY:
        search.bound = np.inf
        return search.result()
    if not search.done:
        _decide_core(search, found, _SMALL_CORE, time_limit_s / 4)
    open_above = day.cut & (found.beyond <= search.gap_to(found.bound))
    if not search.done and open_above.any():
        return TooNarrow(open_above)
    if not search.done:
        _decide_core(search, found, np.inf, time_limit_s / 2)
    return search.result()


def few_levels(day: DayTerms, known: Counts) -> Optimum:
    """Few levels that keep the goals, no more than ``known`` which keep them; without the search for a proof."""
    search = _Search(day)
    search.offer(known)
    found = seat_prices(day, [known, np.zeros_like(known)])
    search.price = found.price
    _round(search, found)
    return search.result()


class _Search:
    """The best levels so far and the bound that they must meet."""

    def __init__(self, day: DayTerms) -> None:
        self.day = day
        self.best: Counts | None = None
        self.bound = 0.0
        self.price = np.zeros(len(day.base))

    def offer(self, level: Counts) -> bool:
        """Take ``level`` if it keeps every goal within the room and is the best so far; whether it keeps them."""
        kept = self.fits(level) and bool(self.day.keeps(level).all())
        if kept and (self.best is None or level.sum() < self.best.sum()):
            self.best = level.copy()
        return kept

    def fits(self, level: Counts) -> bool:
        """Whether every interval has room for it."""
        used = np.bincount(self.day.interval, weights=level, minlength=len(self.day.room))
        return bool((used <= self.day.room).all())

    def raise_to(self, bound: float, price: Floats) -> None:
        """Take a bound that these prices prove, where it is higher."""
        whole = np.ceil(bound - _TINY * max(1.0, abs(bound)))
        if whole >= self.bound:
            self.bound, self.price = float(whole), price

    def gap_to(self, bound: float) -> float:
        """Reduced cost above which a level can be part of nothing better than the best."""
        return np.inf if self.best is None else float(self.best.sum()) - 1 - bound + 1e-6

    @property
    def done(self) -> bool:
        """Whether the best is proven to be the optimum."""
        return self.best is not None and float(self.best.sum()) <= self.bound

    def result(self) -> Optimum:
        """What is known."""
        return Optimum(self.best, self.bound, self.price)


def _each_alone(search: _Search) -> list[Counts] | TooNarrow:
    """Marginal allocation for every row alone; offers what it finds and raises the bound to the highest."""
    day, starts = search.day, []
    cells = np.arange(len(day.interval))
    last = day.allowed.sum(axis=1) - 1
    narrow = np.zeros(len(cells), dtype=np.bool_)
    for r, values in enumerate(day.excess):
        start = day.base[r] + values[:, 0].sum()
        if start <= _TINY:
            continue
        path = seat_path(values, day.allowed, day.interval, day.room)
        hull = start - np.cumsum(path.gain)
        reached = np.flatnonzero(hull <= _TINY)
        # What seats above the table could still take off.
        beyond = np.where(day.cut, values[cells, last] - day.floor[r], 0.0)
        if not reached.size and hull[-1:].sum() + start * (not hull.size) - beyond.sum() > _TINY:
            search.bound = np.inf
            return []
        threshold = path.gain[reached[0]] if reached.size else 0.0
        if (beyond > threshold).any():
            narrow |= beyond > threshold
            continue
        seats = int(reached[0]) + 1
        if seats > search.bound:
            search.bound = float(seats)
            search.price = np.zeros(len(day.base))
            search.price[r] = 1 / threshold
        starts.append(path.levels_after(seats, len(cells)))
        if not search.offer(starts[-1]) and seats < len(path.cell):
            # The sum may sit on the limit to the last digit.
            search.offer(path.levels_after(seats + 1, len(cells)))
    return TooNarrow(narrow) if narrow.any() else starts


def _round(search: _Search, found: SeatPrices) -> None:
    """Whole seats near the programme's: the path of the priced excess, then exchanges between two cells."""
    day = search.day
    cells = len(day.interval)
    if not found.price.any():
        return
    path = seat_path(np.tensordot(found.price, day.excess, axes=1), day.allowed, day.interval, day.room)
    steps = day.excess[:, path.cell, path.level] - day.excess[:, path.cell, path.level - 1]
    after = day.excess_at(np.zeros(cells, dtype=np.int64))[:, None] + np.cumsum(steps, axis=1)
    enough = np.flatnonzero((after <= _TINY).all(axis=0))
    for index in enough[:2]:
        if search.offer(path.levels_after(int(index) + 1, cells)):
            break
    top = len(path.cell) if search.best is None else int(search.best.sum())
    for seats in range(int(search.bound), min(top, int(search.bound) + 3)):
        level = path.levels_after(seats, cells)
        if level.sum() == seats and _exchange(search, level, found.reduced):
            return


def _split(search: _Search, price: Floats, time_limit_s: float) -> None:
    """Raise the bound and look for levels where groups compete for places.

    Cutting planes move the prices; the splits that they meet are then put together, one for each interval.
    """
    day = search.day
    rows = len(price)
    seen: list[Counts] = []
    cuts: list[Floats] = []
    dearest = _DEAREST * max(1.0, float(price.max()))
    best = -np.inf
    for _ in range(_SPLITS):
        found = best_split(day, price)
        best = max(best, found.bound)
        search.raise_to(found.bound, price)
        search.offer(found.level)
        seen.append(found.level)
        cuts.append(np.append(-day.excess_at(found.level), 1.0))
        if search.done:
            return
        # The highest z ≤ seats + prices·excess for every split seen.
        solved = linprog(
            np.append(np.zeros(rows), -1.0),
            A_ub=np.array(cuts),
            b_ub=np.array([float(level.sum()) for level in seen]),
            bounds=[(0, dearest)] * rows + [(None, None)],
            method="highs",
        )
        if solved.x is None or solved.x[-1] <= best + _CUT_GAP:
            break
        price = np.maximum(solved.x[:-1], 0.0)
    _put_together(search, np.array(seen), time_limit_s)


def _put_together(search: _Search, seen: Counts, time_limit_s: float) -> None:
    """The cheapest mixture of the levels ``seen`` ``(N, C)``: of each tight interval one whole split, of others any."""
    day = search.day
    tight = tight_intervals(day)[day.interval]
    parts = [np.flatnonzero(tight & (day.interval == t)) for t in np.unique(day.interval[tight])]
    parts += [np.array([cell]) for cell in np.flatnonzero(~tight)]
    options = [np.unique(seen[:, cells], axis=0) for cells in parts]
    part = np.repeat(np.arange(len(parts)), [len(o) for o in options])
    seats = np.concatenate([o.sum(axis=1) for o in options]).astype(float)
    excess = np.concatenate(
        [day.excess[:, cells, o].sum(axis=2) for cells, o in zip(parts, options, strict=True)], axis=1
    )
    chosen = coo_array((np.ones(len(part)), (part, np.arange(len(part)))), shape=(len(parts), len(part)))
    solved = milp(
        seats,
        integrality=np.ones(len(part), dtype=np.int64),
        bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(excess, -np.inf, -_SOLVER_TINY - day.base),
            LinearConstraint(chosen.tocsr(), 1, 1),
        ],
        options={"time_limit": time_limit_s, "mip_rel_gap": 0.0},
    )
    if solved.x is None:
        return
    level = np.zeros(len(day.interval), dtype=np.int64)
    picks = np.flatnonzero(solved.x > 0.5)
    begins = np.searchsorted(part, np.arange(len(parts)))
    for cells, own, begin, pick in zip(parts, options, begins, picks, strict=True):
        level[cells] = own[pick - begin]
    search.offer(level)


def _exchange(search: _Search, level: Counts, reduced: Floats) -> bool:
    """Move single seats between cells while the overrun falls; offers the levels once nothing overruns.

    Only the moves of least reduced cost are looked at.
    """
    day = search.day
    cells = np.arange(len(level))
    highest = day.allowed.sum(axis=1) - 1
    for _ in range(_EXCHANGES):
        over = day.excess_at(level)
        if (over <= 0).all():
            return search.offer(level)
        free = day.room - np.bincount(day.interval, weights=level, minlength=len(day.room))
        here = day.excess[:, cells, level]
        up, down = np.flatnonzero(level < highest), np.flatnonzero(level > 0)
        up = up[np.argsort(reduced[up, level[up] + 1] - reduced[up, level[up]], kind="stable")[:_MOVES]]
        down = down[np.argsort(reduced[down, level[down] - 1] - reduced[down, level[down]], kind="stable")[:_MOVES]]
        more = day.excess[:, up, level[up] + 1] - here[:, up]
        less = day.excess[:, down, level[down] - 1] - here[:, down]
        after = np.maximum(over[:, None, None] + more[:, :, None] + less[:, None, :], 0.0).sum(axis=0)
        full = free[day.interval[up]] <= 0
        after[full[:, None] & (day.interval[up][:, None] != day.interval[down])] = np.inf
        if not after.size or after.min() >= np.maximum(over, 0.0).sum():
            return False
        a, b = np.unravel_index(after.argmin(), after.shape)
        level[up[a]] += 1
        level[down[b]] -= 1
    return False


def _decide_core(search: _Search, found: SeatPrices, share: float, time_limit_s: float) -> None:
    """Decide the levels that could still be part of something better, by a whole-number programme.

    A finite ``share`` keeps only levels of so little reduced cost and looks for the bound itself, which proves
    nothing if it fails; an infinite one decides.
    """
    day = search.day
    cells = np.arange(len(day.interval))
    whole = np.isinf(share)
    core = day.allowed & (found.reduced <= min(share, search.gap_to(found.bound)))
    if not core.any(axis=1).all():
        if not whole:
            return
        # Some cell has no level left: nothing is better than the best.
        search.bound = float(search.best.sum()) if search.best is not None else np.inf
        return
    cell, level = np.nonzero(core)
    columns = np.arange(len(cell))
    chosen = coo_array((np.ones(len(cell)), (cell, columns)), shape=(len(cells), len(cell)))
    placed = coo_array((level.astype(float), (day.interval[cell], columns)), shape=(len(day.room), len(cell)))
    top = np.inf if search.best is None else float(search.best.sum()) - 1
    if not whole:
        top = search.bound
    for slack in (_TINY, -_SOLVER_TINY):
        solved = milp(
            level,
            integrality=np.ones(len(cell), dtype=np.int64),
            bounds=Bounds(0, 1),
            constraints=[
                LinearConstraint(day.excess[:, cell, level], -np.inf, slack - day.base),
                LinearConstraint(chosen.tocsr(), 1, 1),
                LinearConstraint(placed.tocsr(), -np.inf, day.room),
                LinearConstraint(level[None, :].astype(float), search.bound - 0.5, top),
            ],
            options={"time_limit": time_limit_s, "mip_rel_gap": 0.0},
        )
        if slack > 0 and whole:
            if solved.status == 2:  # nothing better
                search.bound = np.inf if search.best is None else float(search.best.sum())
                return
            if solved.mip_dual_bound is not None:
                search.bound = max(search.bound, float(np.ceil(solved.mip_dual_bound - 1e-6)))
        if solved.x is None:
            return
        picked = solved.x > 0.5
        levels = np.zeros(len(cells), dtype=np.int64)
        levels[cell[picked]] = level[picked]
        if search.offer(levels):
            return
