"""The cheapest line of work of one person: a shortest path through the days (dynamic programming, compiled).

A state after a day is (run, counters): the run says what the person did lately (days off in a row, or the class of the
last duty, days and nights in a row); up to four counters say how much of what is limited has been carried in the
current span (hours of the week, nights, weekends …). Counters are kept relative to the least that can still lead to a
legal line, so that their widths stay small over a long roster.

The same recursion prices nurse rosters in branch-and-price (Burke and Curtois 2014, "New approaches to nurse rostering
benchmark instances", EJOR 237, section 4) and in first-order column generation (Strandmark, Qu and Curtois 2020).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduler.lines.kernels import kernel

__all__ = ["FORBIDDEN", "shortest_line"]

FORBIDDEN = 1e17
"""Cost of what cannot be."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@kernel
def shortest_line(
    cost: Floats,
    of_class: Ints,
    to_work: Ints,
    to_off: Ints,
    begin: int,
    end: Any,
    gain: Ints,
    low: Ints,
    high: Ints,
    base: Ints,
    widths: Ints,
    closes: Ints,
    end_cost: Floats,
    value: Any,
    from_run: Any,
    from_action: Any,
    before: Any,
    line: Ints,
) -> float:
    """Cheapest line and its cost; ``FORBIDDEN`` or more when there is none.

    Args:
        cost: (days, kinds) cost of a duty of each kind; ``FORBIDDEN`` where it cannot be.
        of_class: (runs,) class of the last duty, 0 after a day off.
        to_work: (runs, kinds) run after a duty of the kind; -1 forbidden.
        to_off: (runs,) run after a day off; -1 forbidden.
        begin: the run before the first day.
        end: (runs, states) cost of ending there.
        gain: (days, 1 + kinds, classes, 4) what each counter gains on a day off or by a duty, after a duty of each class.
        low, high: (days, 4) bounds of each counter after the day, before its span closes.
        base: (days, 4) value that index 0 of a counter stands for before the day.
        widths: (4,) indices of each counter.
        closes: (days, 4) row of ``end_cost`` by which a span of the counter closes after the day; -1 for none.
        end_cost: (rows, values) cost of each absolute value of the counter when its span closes.
        value: (2, runs, states) scratch.
        from_run, from_action: (days, runs, states) scratch.
        before: (days, runs, states) scratch: the state before spans closed.
        line: (days,) filled with the kind of each day, -1 for a day off.
    """
    n_days, n_kinds = cost.shape
    n_runs = of_class.shape[0]
    n_states = value.shape[2]
    s2 = widths[3]
    s1 = widths[2] * s2
    s0 = widths[1] * s1
    now = 0
    for run in range(n_runs):
        for state in range(n_states):
            value[0, run, state] = np.inf  # no reward makes what cannot be possible again
    for run in range(n_runs):
        for state in range(n_states):
            value[1, run, state] = np.inf
    alive = np.zeros((2, n_runs), dtype=np.bool_)  # runs with any state that can be
    alive[0, begin] = True
    value[0, begin, 0] = 0.0
    for day in range(n_days):
        here, there = value[now], value[1 - now]
        for run in range(n_runs):
            if alive[1 - now, run]:
                for state in range(n_states):
                    there[run, state] = np.inf
                alive[1 - now, run] = False
        for run in range(n_runs):
            if not alive[now, run]:
                continue
            last = of_class[run]
            for action in range(n_kinds + 1):
                if action == 0:
                    to, more = to_off[run], 0.0
                else:
                    to, more = to_work[run, action - 1], cost[day, action - 1]
                if to < 0 or more >= FORBIDDEN:
                    continue
                # Index j of the next state is i + base + gain - low, within 0 … high - low.
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
                                reached = here[run, at + i3] + more
                                if reached < there[to, at + i3 + step]:
                                    alive[1 - now, to] = True
                                    there[to, at + i3 + step] = reached
                                    from_run[day, to, at + i3 + step] = run
                                    from_action[day, to, at + i3 + step] = action
        if closes[day, 0] < 0 and closes[day, 1] < 0 and closes[day, 2] < 0 and closes[day, 3] < 0:
            now = 1 - now
            continue
        for run in range(n_runs):
            if alive[now, run]:
                for state in range(n_states):
                    here[run, state] = np.inf
            alive[now, run] = alive[1 - now, run]
            if not alive[now, run]:
                continue
            for i0 in range(high[day, 0] - low[day, 0] + 1):
                for i1 in range(high[day, 1] - low[day, 1] + 1):
                    for i2 in range(high[day, 2] - low[day, 2] + 1):
                        for i3 in range(high[day, 3] - low[day, 3] + 1):
                            state = i0 * s0 + i1 * s1 + i2 * s2 + i3
                            reached = there[run, state]
                            if reached >= FORBIDDEN:
                                continue
                            kept = 0
                            if closes[day, 0] >= 0:
                                reached += end_cost[closes[day, 0], i0 + low[day, 0]]
                            else:
                                kept += i0 * s0
                            if closes[day, 1] >= 0:
                                reached += end_cost[closes[day, 1], i1 + low[day, 1]]
                            else:
                                kept += i1 * s1
                            if closes[day, 2] >= 0:
                                reached += end_cost[closes[day, 2], i2 + low[day, 2]]
                            else:
                                kept += i2 * s2
                            if closes[day, 3] >= 0:
                                reached += end_cost[closes[day, 3], i3 + low[day, 3]]
                            else:
                                kept += i3
                            if reached < FORBIDDEN / 2 and reached < here[run, kept]:
                                here[run, kept] = reached
                                before[day, run, kept] = state
    best, at_run, at_state = FORBIDDEN, -1, -1
    for run in range(n_runs):
        for state in range(n_states):
            if value[now, run, state] + end[run, state] < best:
                best, at_run, at_state = value[now, run, state] + end[run, state], run, state
    if at_run < 0:
        return FORBIDDEN
    for day in range(n_days - 1, -1, -1):
        if closes[day, 0] >= 0 or closes[day, 1] >= 0 or closes[day, 2] >= 0 or closes[day, 3] >= 0:
            at_state = before[day, at_run, at_state]
        action = from_action[day, at_run, at_state]
        came = from_run[day, at_run, at_state]
        last = of_class[came]
        line[day] = action - 1
        at_state -= (
            (base[day, 0] + gain[day, action, last, 0] - low[day, 0]) * s0
            + (base[day, 1] + gain[day, action, last, 1] - low[day, 1]) * s1
            + (base[day, 2] + gain[day, action, last, 2] - low[day, 2]) * s2
            + base[day, 3]
            + gain[day, action, last, 3]
            - low[day, 3]
        )
        at_run = came
    return best
