"""All lines of one person that cost little more than the cheapest: backward through the days first, then forward.

Backward the dynamic program of :mod:`scheduler.lines.shortest_line` gives what every state costs at least until the end.
Forward only steps are taken from which the end can still be reached within the limit, so that no way ends in vain.
With small gaps between a roster and its bound few lines are left of millions (Baldacci, Christofides and Mingozzi 2008,
"An exact algorithm for the vehicle routing problem based on the set partitioning formulation", Math. Programming 115).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.lines.kernels import kernel
from scheduler.lines.personal import Personal
from scheduler.lines.shortest_line import FORBIDDEN

__all__ = ["CostToGo", "cost_to_go"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_Program = tuple[Ints, Ints, Ints, Ints, Ints, Ints, Ints, Ints, Ints, Floats, int]

TOLERANCE = 1e-6
TABLE_MAX = 2e7
"""Numbers in the table of one person at most."""


@dataclass(frozen=True)
class CostToGo:
    """What is still to come for one person at some prices.

    Attributes:
        least: cost of the cheapest line: slots and followed tallies.
        to_go: (days + 1, runs, states) least cost of the days from each on.
        first, kind, slot, price: what can be done on each day ``d``: ``first[d]`` to ``first[d + 1]`` (without) in the others.
    """

    me: Personal
    least: float
    to_go: Floats
    first: Ints
    kind: Ints
    slot: Ints
    price: Floats

    def lines(self, spare: float, most: int) -> Ints | None:
        """(lines, days) slots, -1 for a day off, of all lines that cost ``least + spare`` at most; None for more than ``most``.

        They may still break tallies that are not followed.
        """
        me = self.me
        found = np.empty((most + 1, len(me.days)), dtype=np.int64)
        limit = self.least + spare + TOLERANCE * max(1.0, abs(self.least))
        count = _all_lines(*_program(me), self.first, self.kind, self.price, self.to_go, limit, found)
        if count > most:
            return None
        lines = found[:count]
        return np.append(self.slot, -1)[lines]  # -1: a day off


def cost_to_go(me: Personal, price: Floats) -> CostToGo | None:
    """What is to come when each slot costs ``price`` (slots,); None when there is no line or the table were too large."""
    n_days = len(me.days)
    if me.hopeless or (n_days + 1) * me.n_runs * me.n_states > TABLE_MAX:
        return None
    order = np.argsort(me.cell, kind="stable")
    days = me.cell[order] // me.n_kinds
    first = np.searchsorted(days, np.arange(n_days + 1))
    kind, slot = me.cell[order] % me.n_kinds, me.flat[order]
    cost = np.full((n_days, me.n_kinds), FORBIDDEN)
    np.minimum.at(cost.reshape(-1), me.cell, price[me.flat])
    to_go = np.empty((n_days + 1, me.n_runs, me.n_states))
    least = float(_look_ahead(*_program(me), cost, to_go))
    if least >= FORBIDDEN / 2:
        return None
    return CostToGo(me, least, to_go, first, kind, slot, price[slot])


def _program(me: Personal) -> _Program:
    a, runs = me.arrays, me.runs
    counters = (a["gain"], a["low"], a["high"], a["base"], a["widths"], a["closes"], me.end_cost)
    return (runs.of_class, runs.to_work, runs.to_off, *counters, runs.begin)


@kernel
def _look_ahead(
    of_class: Ints,
    to_work: Ints,
    to_off: Ints,
    gain: Ints,
    low: Ints,
    high: Ints,
    base: Ints,
    widths: Ints,
    closes: Ints,
    end_cost: Floats,
    begin: int,
    cost: Floats,
    to_go: Floats,
) -> float:
    """Fill ``to_go``; arguments as in :func:`~scheduler.lines.shortest_line.shortest_line`."""
    n_days, n_kinds = cost.shape
    n_runs, n_states = to_go.shape[1], to_go.shape[2]
    s2 = widths[3]
    s1 = widths[2] * s2
    s0 = widths[1] * s1
    there = np.empty((n_runs, n_states))  # after the day's duty, before spans close
    for run in range(n_runs):
        for state in range(n_states):
            to_go[n_days, run, state] = 0.0
    for day in range(n_days - 1, -1, -1):
        for run in range(n_runs):
            for state in range(n_states):
                there[run, state] = np.inf
                to_go[day, run, state] = np.inf
        for i0 in range(high[day, 0] - low[day, 0] + 1):
            for i1 in range(high[day, 1] - low[day, 1] + 1):
                for i2 in range(high[day, 2] - low[day, 2] + 1):
                    for i3 in range(high[day, 3] - low[day, 3] + 1):
                        closing, kept = 0.0, 0
                        if closes[day, 0] >= 0:
                            closing += end_cost[closes[day, 0], i0 + low[day, 0]]
                        else:
                            kept += i0 * s0
                        if closes[day, 1] >= 0:
                            closing += end_cost[closes[day, 1], i1 + low[day, 1]]
                        else:
                            kept += i1 * s1
                        if closes[day, 2] >= 0:
                            closing += end_cost[closes[day, 2], i2 + low[day, 2]]
                        else:
                            kept += i2 * s2
                        if closes[day, 3] >= 0:
                            closing += end_cost[closes[day, 3], i3 + low[day, 3]]
                        else:
                            kept += i3
                        if closing < FORBIDDEN / 2:
                            state = i0 * s0 + i1 * s1 + i2 * s2 + i3
                            for run in range(n_runs):
                                there[run, state] = closing + to_go[day + 1, run, kept]
        for run in range(n_runs):
            last = of_class[run]
            for action in range(n_kinds + 1):
                if action == 0:
                    to, more = to_off[run], 0.0
                else:
                    to, more = to_work[run, action - 1], cost[day, action - 1]
                if to < 0 or more >= FORBIDDEN:
                    continue
                d0 = base[day, 0] + gain[day, action, last, 0] - low[day, 0]
                d1 = base[day, 1] + gain[day, action, last, 1] - low[day, 1]
                d2 = base[day, 2] + gain[day, action, last, 2] - low[day, 2]
                d3 = base[day, 3] + gain[day, action, last, 3] - low[day, 3]
                step = d0 * s0 + d1 * s1 + d2 * s2 + d3
                for i0 in range(max(0, -d0), min(widths[0], high[day, 0] - low[day, 0] - d0 + 1)):
                    for i1 in range(max(0, -d1), min(widths[1], high[day, 1] - low[day, 1] - d1 + 1)):
                        for i2 in range(max(0, -d2), min(widths[2], high[day, 2] - low[day, 2] - d2 + 1)):
                            at = i0 * s0 + i1 * s1 + i2 * s2
                            for i3 in range(max(0, -d3), min(widths[3], high[day, 3] - low[day, 3] - d3 + 1)):
                                ahead = more + there[to, at + i3 + step]
                                if ahead < to_go[day, run, at + i3]:
                                    to_go[day, run, at + i3] = ahead
    return to_go[0, begin, 0]  # type: ignore[no-any-return]


@kernel
def _all_lines(
    of_class: Ints,
    to_work: Ints,
    to_off: Ints,
    gain: Ints,
    low: Ints,
    high: Ints,
    base: Ints,
    widths: Ints,
    closes: Ints,
    end_cost: Floats,
    begin: int,
    first: Ints,
    kind: Ints,
    price: Floats,
    to_go: Floats,
    limit: float,
    found: Ints,
) -> int:
    """Fill ``found`` (most, days) with the choices of each line, -1 for a day off; how many, ``most`` when there are more."""
    n_days = found.shape[1]
    most = found.shape[0]
    s2 = widths[3]
    s1 = widths[2] * s2
    s0 = widths[1] * s1
    run = np.zeros(n_days + 1, dtype=np.int64)
    state = np.zeros(n_days + 1, dtype=np.int64)
    choice = np.zeros(n_days + 1, dtype=np.int64)  # the next to try on each day: 0 a day off, then the day's slots
    spent = np.zeros(n_days + 1)
    run[0] = begin
    day = count = 0
    while day >= 0:
        if day == n_days:
            if count < most:
                for d in range(n_days):
                    found[count, d] = -1 if choice[d] == 1 else first[d] + choice[d] - 2
            count += 1
            if count >= most:
                return count
            day -= 1
            continue
        tried = choice[day]
        if tried > first[day + 1] - first[day]:
            choice[day] = 0
            day -= 1
            continue
        choice[day] = tried + 1
        if tried == 0:
            action, to, more = 0, to_off[run[day]], 0.0
        else:
            place = first[day] + tried - 1
            action = kind[place] + 1
            to, more = to_work[run[day], action - 1], price[place]
        if to < 0 or more >= FORBIDDEN:
            continue
        last = of_class[run[day]]
        left = state[day]
        kept = 0
        possible = True
        for c in range(4):
            size = s0 if c == 0 else s1 if c == 1 else s2 if c == 2 else 1
            index = left // size + base[day, c] + gain[day, action, last, c] - low[day, c]
            left %= size
            if index < 0 or index > high[day, c] - low[day, c]:
                possible = False
                break
            if closes[day, c] >= 0:
                more += end_cost[closes[day, c], index + low[day, c]]
            else:
                kept += index * size
        if possible and spent[day] + more + to_go[day + 1, to, kept] <= limit:
            run[day + 1], state[day + 1], spent[day + 1] = to, kept, spent[day] + more
            day += 1
    return count
