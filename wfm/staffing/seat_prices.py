"""What a seat in each cell is worth: the linear programme over levels, and what its prices prove.

Prices λ ≥ 0 of the goals and p ≥ 0 of the places give the Lagrangian bound
Σ_c min_k [(1 + p)·k + λ·excess_c(k)] + λ·base − p·room for *any* λ and p. It is computed here from the whole table,
not taken from the solver, so that the solver's tolerances cannot make it wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from wfm.staffing.day_terms import Counts, DayTerms, Flags, Floats

__all__ = ["SeatPrices", "seat_prices"]

_TINY = 1e-9
_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class SeatPrices:
    """A dual solution and what it proves."""

    price: Floats
    """``(R,)``"""
    place: Floats
    """``(T,)``"""
    bound: float
    reduced: Floats
    """``(C, L)``; infinite where not allowed."""
    beyond: Floats
    """The same of everything above the table, ``(C,)``."""
    lean: Counts
    """The cheapest level of every cell, ``(C,)``."""


def seat_prices(day: DayTerms, starts: list[Counts]) -> SeatPrices:
    """The linear programme over levels by column generation; the multipliers with the best bound.

    Rows may overrun at a price that no solution pays where another exists.
    """
    overrun = 100.0 * (1 + float(day.allowed.sum()))
    shown = np.zeros_like(day.allowed)
    for level in starts:
        _show(shown, level)
    best: SeatPrices | None = None
    for _ in range(_ROUNDS):
        shown &= day.allowed
        found = _price_out(day, *_master(day, shown, overrun))
        if best is None or found.bound > best.bound:
            best = found
        if not (np.where(shown, found.reduced, np.inf).min(axis=1) > _TINY).any():
            break
        _show(shown, found.lean)
    assert best is not None
    return best


def _price_out(day: DayTerms, price: Floats, place: Floats) -> SeatPrices:
    """What the multipliers prove."""
    worth = 1 + place[day.interval]
    cost = worth[:, None] * np.arange(day.allowed.shape[1]) + np.tensordot(price, day.excess, axes=1)
    cost = np.where(day.allowed, cost, np.inf)
    # Above the table: at least one level more, and the floor of every excess.
    beyond = np.where(day.cut, worth * day.allowed.sum(axis=1) + price @ day.floor, np.inf)
    lean = cost.argmin(axis=1)
    least = np.minimum(cost[np.arange(len(lean)), lean], beyond)
    bound = float(least.sum() + price @ day.base - place @ day.room)
    return SeatPrices(price, place, bound, cost - least[:, None], beyond - least, lean)


def _show(shown: Flags, level: Counts) -> None:
    """Let the programme choose each cell's level and its neighbours."""
    cells, top = np.arange(len(level)), shown.shape[1] - 1
    for step in (-1, 0, 1):
        shown[cells, np.clip(level + step, 0, top)] = True


def _master(day: DayTerms, shown: Flags, overrun: float) -> tuple[Floats, Floats]:
    """Multipliers of the rows and of the places, from the programme over the levels shown."""
    rows, places, cells = len(day.base), len(day.room), len(shown)
    least = shown.argmax(axis=1)
    cell, level = np.nonzero(shown)
    others = level != least[cell]
    cell, level = cell[others], level[others]
    rise = level - least[cell]
    gained = day.excess[:, cell, level] - day.excess[:, cell, least[cell]]
    count = len(cell)
    at = np.arange(count)
    weights = np.concatenate([gained.ravel(), np.full(rows, -1.0), np.ones(count), rise.astype(float)])
    row = np.concatenate(
        [np.repeat(np.arange(rows), count), np.arange(rows), rows + cell, rows + cells + day.interval[cell]]
    )
    column = np.concatenate([np.tile(at, rows), np.full(rows, count), at, at])
    matrix = coo_array((weights, (row, column)), shape=(rows + cells + places, count + 1)).tocsr()
    used = np.bincount(day.interval, weights=least, minlength=places)
    limits = np.concatenate([-day.excess_at(least), np.ones(cells), day.room - used])
    cost = np.append(rise.astype(float), overrun)
    solved = linprog(cost, A_ub=matrix, b_ub=limits, bounds=(0, None), method="highs")  # type: ignore[call-overload]
    if solved.x is None:
        raise ArithmeticError(solved.message)
    price = np.maximum(-solved.ineqlin.marginals[:rows], 0.0)
    price *= min(1.0, overrun / max(float(price.sum()), 1e-300))
    return price, np.maximum(-solved.ineqlin.marginals[rows + cells :], 0.0)
