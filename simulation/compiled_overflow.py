"""When callers overflow to further groups, compiled: for each delay of a line, the first caller for whom it has not passed.

Callers of a line queue up in the order in which a delay passes for them, so that no event need be kept for each.
"""

from __future__ import annotations

from typing import Any

from simulation.clock import Moment
from simulation.compiled_floor import place_of, row_at, step_at
from simulation.event_heap import as_whole
from simulation.flat_centre import LATEST, NOBODY, whole
from simulation.kernels import part, small

__all__ = ["begin_delays", "find_overflow", "overflow_order", "pass_on"]

_OVERFLOW = whole(Moment.OVERFLOW)


@small
def begin_delays(floor: Any, line: Any, row: int, alone: bool) -> None:
    """A row has joined the queue of its line, ``alone`` if nobody stood in it."""
    for k in range(line.first_step, line.first_step + line.steps):
        step: Any = step_at(floor.steps, k)
        if step.leads and (alone or step.next_row < 0):
            step.next_row = row
            step.due = as_whole(floor.time_s + step.after_s)
            floor.overflows = min(floor.overflows, step.due)


@part
def find_overflow(floor: Any) -> None:
    """Set ``overflow_step`` to the step whose delay passes next, and ``overflows`` to that moment."""
    best = NOBODY
    earliest = LATEST
    for k in range(floor.step_count):
        step: Any = step_at(floor.steps, k)
        if step.due <= floor.overflows and step.next_row >= 0:
            _skip_served(floor, step)
        if step.due < earliest:
            best = k
            earliest = step.due
        elif step.due == earliest and earliest < LATEST:
            rival: Any = step_at(floor.steps, best)
            if place_of(row_at(floor.rows, step.next_row)) < place_of(row_at(floor.rows, rival.next_row)):
                best = k
    floor.overflows = earliest
    floor.overflow_step = best


@part
def _skip_served(floor: Any, step: Any) -> None:
    """Find the first row that still waits, from the one on that the step had found before."""
    call: Any = row_at(floor.rows, step.next_row)
    while call.waits == 0:
        if call.next < 0:
            step.next_row = NOBODY
            step.due = LATEST
            return
        step.next_row = call.next
        call = row_at(floor.rows, step.next_row)
    step.due = as_whole(call.queued_s + step.after_s)


@part
def overflow_order(floor: Any) -> int:
    """The order among events of the next overflow."""
    step: Any = step_at(floor.steps, floor.overflow_step)
    return _OVERFLOW + place_of(row_at(floor.rows, step.next_row))


@part
def pass_on(floor: Any, step: Any) -> None:
    """The delay has passed for the step's row: go on to the one behind."""
    call: Any = row_at(floor.rows, step.next_row)
    step.next_row = call.next
    step.due = LATEST
    if step.next_row >= 0:
        behind: Any = row_at(floor.rows, step.next_row)
        step.due = as_whole(behind.queued_s + step.after_s)
