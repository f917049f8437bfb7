"""The exchanges of days that gain most for one person: everybody is compared, over every run of days (compiled)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scheduler.costs import COST_HOUR_OWED
from scheduler.fairness import FIRST_UNIT, FURTHER_UNIT
from scheduler.lines.hard_sums import has_room
from scheduler.lines.kernels import kernel

__all__ = ["find_exchanges", "unfair_units"]

Ints = NDArray[np.int64]


@kernel
def unfair_units(carried: Ints, low: Ints, high: Ints, unit: Ints) -> int:
    """Units of unfairness of one person (:func:`scheduler.fairness.fairness_cost`)."""
    total = 0
    for k in range(unit.shape[0]):
        beyond = max(carried[k] - high[k], low[k] - carried[k])
        if beyond > 0:
            total += FIRST_UNIT + FURTHER_UNIT * ((beyond + unit[k] - 1) // unit[k] - 1)
    return total


@kernel
def _owed_h(paid: Ints, least: Ints) -> int:
    """Hours begun that one person is short of, over all weeks."""
    total = 0
    for week in range(paid.shape[0]):
        if paid[week] < least[week]:
            total += (least[week] - paid[week] + 59) // 60
    return total


@kernel
def _fits_beside(before: int, after: int, start: Ints, end: Ints, rest: int) -> bool:
    """Whether a duty may follow another on the next day, as far as rest is asked for."""
    return before < 0 or after < 0 or start[after] - end[before] >= rest


@kernel
def find_exchanges(
    a: int,
    held: Ints,
    may: NDArray[np.bool_],
    wish: Ints,
    weight: Ints,
    unit: Ints,
    low: Ints,
    high: Ints,
    carried: Ints,
    fair_cost: int,
    paid: Ints,
    week_of: Ints,
    hours_low: Ints,
    paid_in: Ints,
    start: Ints,
    end: Ints,
    rest: Ints,
    counted: Ints,
    offset: Ints,
    span: Ints,
    room: Ints,
    longest: int,
    least: int,
    gain: Ints,
    found: Ints,
) -> tuple[int, int]:
    """The best exchanges of one person: (how many were found, runs of days looked at).

    Args:
        a: the person.
        held: (agents, days) slot of each day, -1 for a day off.
        may: (agents, slots) who may take which slot.
        wish: (agents, slots) cost of wishes of each duty; no columns: there are no wishes.
        weight, unit: (burdens, slots), (burdens,) what is shared fairly; ``fair_cost`` for each unit beyond.
        low, high, carried: (agents, burdens) the fair band, and what everybody has.
        paid, week_of: (slots,) minutes, (days,) the week of each day.
        hours_low, paid_in: (agents, weeks) minutes owed and had.
        start, end, rest: (slots,), (slots,), (agents,) minutes.
        counted, offset, span, room: what everybody may carry at most (:class:`scheduler.lines.hard_sums.HardSums`).
        longest: days in a row at most.
        least: only exchanges that save more.
        gain, found: (most,), (most, 3) filled with what an exchange saves, and (other person, first day, last day).
    """
    n_agents, n_days = held.shape
    n_burdens, n_weeks, most = unit.shape[0], paid_in.shape[1], gain.shape[0]
    mine, theirs = np.empty(n_burdens, dtype=np.int64), np.empty(n_burdens, dtype=np.int64)
    my_paid, their_paid = np.empty(n_weeks, dtype=np.int64), np.empty(n_weeks, dtype=np.int64)
    count, looked, worst = 0, 0, 0
    my_cost = fair_cost * unfair_units(carried[a], low[a], high[a], unit) + COST_HOUR_OWED * _owed_h(
        paid_in[a], hours_low[a]
    )
    for b in range(n_agents):
        if b == a:
            continue
        cost = my_cost + fair_cost * unfair_units(carried[b], low[b], high[b], unit)
        cost += COST_HOUR_OWED * _owed_h(paid_in[b], hours_low[b])
        for first in range(n_days):
            if held[a, first] == held[b, first]:
                continue
            if first > 0 and not (
                _fits_beside(held[a, first - 1], held[b, first], start, end, rest[a])
                and _fits_beside(held[b, first - 1], held[a, first], start, end, rest[b])
            ):
                continue
            for k in range(n_burdens):
                mine[k], theirs[k] = carried[a, k], carried[b, k]
            for week in range(n_weeks):
                my_paid[week], their_paid[week] = paid_in[a, week], paid_in[b, week]
            wishes = 0
            for last in range(first, min(n_days, first + longest)):
                x, y = held[a, last], held[b, last]
                if x == y:
                    continue
                if (x >= 0 and not may[b, x]) or (y >= 0 and not may[a, y]):
                    break
                week = week_of[last]
                if x >= 0:
                    if week >= 0:
                        my_paid[week] -= paid[x]
                        their_paid[week] += paid[x]
                    for k in range(n_burdens):
                        mine[k] -= weight[k, x]
                        theirs[k] += weight[k, x]
                    if wish.shape[1]:
                        wishes += wish[b, x] - wish[a, x]
                if y >= 0:
                    if week >= 0:
                        my_paid[week] += paid[y]
                        their_paid[week] -= paid[y]
                    for k in range(n_burdens):
                        mine[k] += weight[k, y]
                        theirs[k] -= weight[k, y]
                    if wish.shape[1]:
                        wishes += wish[a, y] - wish[b, y]
                looked += 1
                saved = cost - wishes
                saved -= fair_cost * (
                    unfair_units(mine, low[a], high[a], unit) + unfair_units(theirs, low[b], high[b], unit)
                )
                saved -= COST_HOUR_OWED * (_owed_h(my_paid, hours_low[a]) + _owed_h(their_paid, hours_low[b]))
                if saved <= least or (count == most and saved <= gain[worst]):
                    continue
                if last + 1 < n_days and not (
                    _fits_beside(y, held[a, last + 1], start, end, rest[a])
                    and _fits_beside(x, held[b, last + 1], start, end, rest[b])
                ):
                    continue
                if not has_room(a, b, first, last, held, counted, offset, span, room) or not has_room(
                    b, a, first, last, held, counted, offset, span, room
                ):
                    continue
                place = count if count < most else worst
                gain[place], found[place, 0], found[place, 1], found[place, 2] = saved, b, first, last
                count = min(most, count + 1)
                if count == most:
                    worst = int(np.argmin(gain))
    return count, looked
