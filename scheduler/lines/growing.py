"""What a line leaves to the days behind a growing roster: shares missed, and hours that can no longer be worked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scheduler.costs import COST_OWED
from scheduler.lines.shortest_line import FORBIDDEN

if TYPE_CHECKING:
    from scheduler.lines.counters import Counter
    from scheduler.lines.personal import Personal

__all__ = ["end_costs", "left_behind", "left_behind_by"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

FAR_TALLIES = ("hours/roster", "weekends/roster")
"""Tallies over the whole period to which the outlook speaks."""
LOOK_BEHIND = 10
"""Days behind the window into which a line must be able to go on."""


def end_costs(me: Personal, made: dict[int, Counter], allowed: NDArray[np.bool_], kind_of: dict[int, int]) -> Floats:
    """(runs, states) cost of ending the window there; nothing where the roster does not grow.

    Args:
        made: the counters, in the order of the states' axes.
        allowed: (slots,) which the person may take at all.
        kind_of: kind of duty by the number of its (shift, role) in ``Slots.names_of_slots``.
    """
    if not me.window.growing:
        return np.zeros((me.n_runs, me.n_states))
    axes = len(made)
    shape = tuple(c.width for c in made.values())
    values: dict[int, Ints] = {}
    for axis, (number, counter) in enumerate(made.items()):
        if len(counter.values):
            values[number] = counter.values.reshape([-1 if k == axis else 1 for k in range(axes)])
    cost = np.broadcast_to(left_behind(me, values, me.runs.days_on, me.runs.days_off), (me.n_runs, *shape))
    cost = cost.reshape(me.n_runs, me.n_states).copy()
    cost[~_may_go_on(me, allowed, kind_of)] = FORBIDDEN
    return cost


def _may_go_on(me: Personal, allowed: NDArray[np.bool_], kind_of: dict[int, int]) -> NDArray[np.bool_]:
    """(runs,) from which a line can go on into the days behind the window, which are still to be rostered."""
    alive = np.ones(me.n_runs, dtype=bool)
    of_name, _ = me.slots.names_of_slots
    behind = range(me.days.stop, min(me.slots.period.stop, me.days.stop + LOOK_BEHIND))
    for day in reversed(behind):
        names = np.unique(of_name[allowed & (me.slots.days_of_slots == day)])
        kinds = sorted({kind_of[k] for k in names.tolist() if k in kind_of})
        off = (me.runs.to_off >= 0) & alive[me.runs.to_off]
        to = me.runs.to_work[:, kinds]
        alive = off | ((to >= 0) & alive[to]).any(axis=1)
    return alive


def left_behind(me: Personal, values: dict[int, Ints], days_on: Ints, days_off: Ints) -> Floats:
    """(runs, …) cost of what is left to the days behind.

    Args:
        values: amounts of tallies at the window's end, in shapes that broadcast.
        days_on, days_off: (runs,) days in a row up to the end.
    """
    shares: Floats = np.zeros(())
    for number, amount in values.items():
        shares = shares + me.tallies[number].cost_of(amount, -1)
    hours, weekends = (next((k for k in values if me.tallies[k].name == name), None) for name in FAR_TALLIES)
    outlook = me.window.outlook
    if hours is None or outlook is None:
        return np.broadcast_to(shares, (len(days_on), *shares.shape))
    still = outlook.most[me.window.open.stop][me.agent][outlook.place(me.agent, days_on, days_off)]
    left = np.full((1,) * values[hours].ndim, still.shape[1] - 1)
    if weekends is not None:
        left = np.clip((me.tallies[weekends].whole or (0, 0))[1] - values[weekends], 0, still.shape[1] - 1)
    short = np.maximum((me.tallies[hours].whole or (0, 0))[0] - values[hours] - np.take(still, left, axis=1), 0)
    owed: Floats = shares + COST_OWED * np.ceil(short / me.tallies[hours].unit)
    return owed


def left_behind_by(me: Personal, chosen: Ints) -> float:
    """Cost of what one line leaves behind; ``chosen`` (days,) slots, -1 for a day off."""
    open_ended = [k for k, t in enumerate(me.tallies) if t.whole is not None]
    if not open_ended:
        return 0.0
    worked = chosen >= 0
    values = {}
    for number in open_ended:
        tally = me.tallies[number]
        there = tally.given.copy()
        there[np.asarray(me.days)[worked]] += tally.of_slot[chosen[worked]]
        values[number] = np.array(tally.amount(there, me.weekend, tally.spans[-1]))
    on = np.concatenate([me.window.around.on[me.agent, : me.days.start], worked])[::-1]
    days_on = int(np.argmin(on)) if not on.all() else len(on)
    days_off = int(np.argmax(on)) if on.any() else len(on)
    return float(left_behind(me, values, np.array([days_on]), np.array([days_off]))[0])
