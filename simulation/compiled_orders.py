"""Work orders that nobody is at work on, compiled: those of any hour, and those done by telephone."""

from __future__ import annotations

from typing import Any

from simulation.compiled_floor import class_at, order_at
from simulation.event_heap import event_at, pop, push
from simulation.flat_centre import NOBODY
from simulation.kernels import part

__all__ = ["doable", "put_back", "take_order"]


@part
def doable(floor: Any, number: int) -> bool:
    """Whether the order may be taken at this time of day."""
    order: Any = order_at(floor.orders, number)
    of_class: Any = class_at(floor.order_classes, order.order_class)
    return bool(floor.by_day_now or not of_class.by_day)


@part
def put_back(floor: Any, number: int) -> None:
    """The order waits for an agent."""
    order: Any = order_at(floor.orders, number)
    of_class: Any = class_at(floor.order_classes, order.order_class)
    if of_class.by_day:
        push(floor.pool_by_day, floor.pool_by_day_count, order.due_s, number, number)
        floor.pool_by_day_count += 1
    else:
        push(floor.pool, floor.pool_count, order.due_s, number, number)
        floor.pool_count += 1


@part
def take_order(floor: Any) -> int:
    """Take the doable order of the earliest deadline, of equals the one received first; its number, or nobody."""
    by_day = floor.by_day_now and floor.pool_by_day_count > 0
    if by_day and floor.pool_count > 0:
        first: Any = event_at(floor.pool, 0)
        rival: Any = event_at(floor.pool_by_day, 0)
        by_day = rival.when < first.when or (rival.when == first.when and rival.order < first.order)
    if by_day:
        of_day: Any = event_at(floor.pool_by_day, 0)
        number = of_day.order
        pop(floor.pool_by_day, floor.pool_by_day_count)
        floor.pool_by_day_count -= 1
        return number  # type: ignore[no-any-return]
    if floor.pool_count > 0:
        of_any_hour: Any = event_at(floor.pool, 0)
        number = of_any_hour.order
        pop(floor.pool, floor.pool_count)
        floor.pool_count -= 1
        return number  # type: ignore[no-any-return]
    return NOBODY
