"""When waiting callers give up, compiled: a heap of those who wait, from which who is served is taken out.

Most callers are served before their patience ends. In the heap of all events their giving up would lie about and be
passed on from place to place long after. While a caller waits, the row's ``agent`` is its place in this heap, or nobody
if the patience has no end.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation.compiled_floor import PATIENCE, place_of, row_at
from simulation.event_heap import LATEST
from simulation.flat_centre import NOBODY
from simulation.kernels import part, small
from simulation.pointers import pointer_to

__all__ = ["add_patience", "first_to_give_up", "gives_up_at", "remove_patience"]

patience_at = pointer_to(PATIENCE)


@small
def gives_up_at(floor: Any) -> int:
    """When the next caller gives up, as bits; infinitely late if nobody waits."""
    first: Any = patience_at(floor.patience, 0)
    return first.when  # type: ignore[no-any-return]


@small
def first_to_give_up(floor: Any) -> int:
    """The row that gives up next."""
    first: Any = patience_at(floor.patience, 0)
    return first.row  # type: ignore[no-any-return]


@small
def _before(floor: Any, when: int, row: int, other: Any) -> bool:
    if when != other.when:
        return bool(when < other.when)
    return place_of(row_at(floor.rows, row)) < place_of(row_at(floor.rows, other.row))


@small
def _write(floor: Any, at: int, when: int, row: int) -> None:
    here: Any = patience_at(floor.patience, at)
    here.when = when
    here.row = row
    call: Any = row_at(floor.rows, row)
    call.agent = at


@part
def _rise(floor: Any, at: int, when: int, row: int) -> None:
    while at > 0:
        parent = (at - 1) >> 1
        above: Any = patience_at(floor.patience, parent)
        if not _before(floor, when, row, above):
            break
        _write(floor, at, above.when, above.row)
        at = parent
    _write(floor, at, when, row)


@part
def _sink(floor: Any, at: int, when: int, row: int) -> None:
    while True:
        child = 2 * at + 1
        if child >= floor.patience_count:
            break
        below: Any = patience_at(floor.patience, child)
        if child + 1 < floor.patience_count:
            rival: Any = patience_at(floor.patience, child + 1)
            if _before(floor, rival.when, rival.row, below):
                below = rival
                child = child + 1
        if _before(floor, when, row, below):
            break
        _write(floor, at, below.when, below.row)
        at = child
    _write(floor, at, when, row)


@small
def add_patience(floor: Any, row: int, when: int) -> None:
    """The row gives up then, unless it is served before."""
    floor.patience_count += 1
    _rise(floor, floor.patience_count - 1, when, row)


@part
def remove_patience(floor: Any, row: int) -> None:
    """The row waits no longer."""
    call: Any = row_at(floor.rows, row)
    at: Any = np.int64(call.agent)
    call.agent = NOBODY
    floor.patience_count -= 1
    if floor.patience_count == 0:
        only: Any = patience_at(floor.patience, 0)
        only.when = LATEST
        return
    if at == floor.patience_count:
        return
    last: Any = patience_at(floor.patience, floor.patience_count)
    when, other = last.when, last.row
    if at > 0:
        above: Any = patience_at(floor.patience, (at - 1) >> 1)
        if _before(floor, when, other, above):
            _rise(floor, at, when, other)
            return
    _sink(floor, at, when, other)
