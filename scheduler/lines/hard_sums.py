"""What everybody may carry at most, by sums over spans of days, and how much room is left in each: hours of a week, nights of
four weeks, what contracts limit. Quick to look at when people exchange days (compiled)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scheduler.lines.kernels import kernel
from scheduler.lines.personal import Personal
from scheduler.lines.tallies import NEVER

__all__ = ["HardSums", "has_room"]

Ints = NDArray[np.int64]


@kernel
def has_room(
    agent: int,
    giver: int,
    first: int,
    last: int,
    held: Ints,
    counted: Ints,
    offset: Ints,
    span: Ints,
    room: Ints,
) -> bool:
    """Whether somebody may carry what another does on the days ``first`` to ``last`` instead of what they do themselves.

    Args:
        held: (agents, days) slot of each day, -1 for a day off.
        counted, offset, span, room: see :class:`HardSums`.
    """
    grows = np.zeros(counted.shape[0], dtype=np.bool_)
    for row in range(counted.shape[0]):
        for day in range(first, last + 1):
            new, old = held[giver, day], held[agent, day]
            more = counted[row, new] if new >= 0 else 0
            grows[row] |= more > (counted[row, old] if old >= 0 else 0)
    for k in range(offset[agent], offset[agent + 1]):
        row = span[k, 0]
        if not grows[row]:
            continue
        change = 0
        for day in range(max(first, span[k, 1]), min(last + 1, span[k, 2])):
            new, old = held[giver, day], held[agent, day]
            if new >= 0:
                change += counted[row, new]
            if old >= 0:
                change -= counted[row, old]
        if change > 0 and change > room[k]:
            return False
    return True


@kernel
def _room_of(agent: int, chosen: Ints, counted: Ints, offset: Ints, span: Ints, most: Ints, room: Ints) -> None:
    """Fill in how much room one person's line leaves."""
    for k in range(offset[agent], offset[agent + 1]):
        total = 0
        for day in range(span[k, 1], span[k, 2]):
            if chosen[day] >= 0:
                total += counted[span[k, 0], chosen[day]]
        room[k] = most[k] - total


class HardSums:
    """All sums that may never be exceeded, of everybody.

    Attributes:
        counted: (rows, slots) what each duty counts in each kind of sum.
        offset: (agents + 1,) where each person's spans begin.
        span: (spans, 3) kind of sum, first day, last day (without), as places of the open days.
        most: (spans,) what a line may come to, less what is given.
        room: (spans,) what is left of it beside the line held.
    """

    def __init__(self, people: Sequence[Personal]) -> None:
        rows: dict[bytes, int] = {}
        weights: list[Ints] = []
        offset, spans, most = [0], [], []
        for me in people:
            begin, end = me.window.open.start, me.window.open.stop
            for tally in me.tallies:
                if tally.kind != "sum" or not (tally.most < NEVER).any():
                    continue
                key = tally.of_slot.tobytes()
                if key not in rows:
                    rows[key] = len(weights)
                    weights.append(tally.of_slot)
                given = np.concatenate(([0], np.cumsum(tally.given)))
                for days, limit in zip(tally.spans, tally.most.tolist(), strict=True):
                    low, high = max(days.start, begin), min(days.stop, end)
                    if limit < NEVER and low < high:
                        spans.append((rows[key], low - begin, high - begin))
                        most.append(limit - int(given[days.stop] - given[days.start]))
            offset.append(len(spans))
        n_slots = len(people[0].slots.all) if people else 0
        self.counted = np.array(weights, dtype=np.int64).reshape(len(weights), n_slots)
        self.offset = np.array(offset, dtype=np.int64)
        self.span = np.array(spans, dtype=np.int64).reshape(len(spans), 3)
        self.most = np.array(most, dtype=np.int64)
        self.room = self.most.copy()

    def hold(self, agent: int, chosen: Ints) -> None:
        """Count the line that somebody holds: (days,) slots, -1 for a day off."""
        _room_of(agent, chosen, self.counted, self.offset, self.span, self.most, self.room)
