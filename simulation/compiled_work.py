"""What an agent does next and how long it takes, compiled."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation.calls import ANSWERED, KEPT_PLACE, MISSED_CALL, ORDER, SATISFACTION
from simulation.clock import Moment
from simulation.compiled_callers import chance, drawn_s, take_pace
from simulation.compiled_floor import (
    HAND_ON,
    agent_at,
    class_at,
    group_at,
    order_at,
    place_of,
    row_at,
    set_event,
    work_at,
)
from simulation.compiled_orders import doable, put_back, take_order
from simulation.compiled_queue import (
    ON_THE_LINE,
    add_to_orders,
    due_first,
    next_waiting,
    put_first,
    remove_from_orders,
    remove_idle,
    take_head,
)
from simulation.flat_centre import NOBODY, whole
from simulation.kernels import part, small
from simulation.keyed import Purpose
from simulation.pointers import number_at

__all__ = [
    "add_orders",
    "answer",
    "disengage",
    "employ",
    "end_piece",
    "free",
    "hang_up_after",
    "offer",
    "put_aside",
    "serve",
    "worked",
]

_PICK_UP, _HANG_UP, _WORK_DONE = whole(Moment.PICK_UP), whole(Moment.HANG_UP), whole(Moment.WORK_DONE)
_REACHED, _FOLLOW_UP_TIME = whole(Purpose.CALL_BACK_REACHED), whole(Purpose.FOLLOW_UP_TIME)
_ORDER_WORK = whole(ORDER)
_NOTHING = whole(0)
_MISSED_CALL, _SATISFACTION, _KEPT_PLACE = whole(MISSED_CALL), whole(SATISFACTION), whole(KEPT_PLACE)
_ORDER, _ORDER_TIME = whole(Purpose.ORDER), whole(Purpose.ORDER_TIME)


@small
def engage(floor: Any, agent: int) -> None:
    """The agent has something to do from now on."""
    who: Any = agent_at(floor.agents, agent)
    who.busy = 1
    who.busy_since_s = floor.time_s


@small
def answer(floor: Any, row: int, agent: int) -> None:
    """The agent's telephone rings with the call of this row, and is picked up.

    All that pick-up decides is drawn by keys, so it is known now; it has an event of its own only where the
    conversation takes no time, so that the end of the call keeps its place among the events of that instant. Where
    nothing but wrap-up follows from hanging up, that needs no event either.
    """
    who: Any = agent_at(floor.agents, agent)
    call: Any = row_at(floor.rows, row)
    engage(floor, agent)
    picked_up_s = floor.time_s + floor.ring_s
    call.agent = agent
    call.answered_s = picked_up_s
    take_pace(call, who.pace)
    hang_up_s = picked_up_s + call.spoken_s
    if floor.leaps and call.wrap_s > 0:
        caller: Any = row_at(floor.rows, call.call)
        caller.inside = 0
        caller.settled = 1
        floor.free_circuits += 1
        call.outcome = ANSWERED
        call.ended_s = hang_up_s
        set_event(floor, hang_up_s + call.wrap_s, _WORK_DONE + agent, agent + who.turn * HAND_ON)
    elif hang_up_s > picked_up_s:
        set_event(floor, hang_up_s, _HANG_UP + place_of(call), row)
    else:
        set_event(floor, picked_up_s, _PICK_UP + place_of(call), row)


@part
def hang_up_after(floor: Any, row: int) -> None:
    """Pick-up of a call whose conversation takes no time."""
    set_event(floor, floor.time_s, _HANG_UP + place_of(row_at(floor.rows, row)), row)


@part
def _begin(floor: Any, agent: int, kind: int, row: int, length_s: float) -> None:
    who: Any = agent_at(floor.agents, agent)
    who.work_kind = kind
    who.work_row = row
    set_event(floor, floor.time_s + length_s, _WORK_DONE + agent, agent + who.turn * HAND_ON)


@part
def _call_back_s(floor: Any, row: int, agent: int) -> float:
    """The caller picks up, or not; how long it takes the agent."""
    call: Any = row_at(floor.rows, row)
    if not chance(floor, floor.call_back_reached_share, _REACHED, call, _NOTHING):
        return floor.call_back_unreached_s  # type: ignore[no-any-return]
    caller: Any = row_at(floor.rows, call.call)
    who: Any = agent_at(floor.agents, agent)
    caller.settled = 1
    call.called_back_s = floor.time_s + floor.ring_s
    take_pace(call, who.pace)
    return floor.ring_s + (call.spoken_s + call.wrap_s)  # type: ignore[no-any-return]


@small
def serve(floor: Any, agent: int, row: int, how: int) -> None:
    """The agent answers the call of this row, which waits no more, or calls back for a kept place."""
    if how == ON_THE_LINE:
        answer(floor, row, agent)
    else:
        engage(floor, agent)
        _begin(floor, agent, _KEPT_PLACE, row, _call_back_s(floor, row, agent))


@part
def _begin_order(floor: Any, agent: int, number: int) -> None:
    who: Any = agent_at(floor.agents, agent)
    order: Any = order_at(floor.orders, number)
    who.order = number
    who.order_end_s = floor.time_s + order.left_s
    add_to_orders(floor, agent)
    _begin(floor, agent, NOBODY, order.row, order.left_s)


@small
def employ(floor: Any, agent: int) -> bool:
    """Give the agent the next caller, or other work; False if there is nothing to do."""
    who: Any = agent_at(floor.agents, agent)
    if floor.waiting + floor.kept > 0:
        row = next_waiting(floor, who.group)
        if row >= 0:
            call: Any = row_at(floor.rows, row)
            how: Any = np.int64(call.waits)
            take_head(floor, row)
            serve(floor, agent, row, how)
            return True
    if floor.missed > 0:
        row = due_first(floor, who.group, True)
        if row >= 0:
            engage(floor, agent)
            _begin(floor, agent, _MISSED_CALL, row, _call_back_s(floor, row, agent))
            return True
    if floor.follow_ups > 0 and floor.by_day_now:
        row = due_first(floor, who.group, False)
        if row >= 0:
            engage(floor, agent)
            length_s = drawn_s(floor, floor.follow_up, _FOLLOW_UP_TIME, row_at(floor.rows, row), _NOTHING)
            _begin(floor, agent, _SATISFACTION, row, length_s)
            return True
    if floor.pool_count + floor.pool_by_day_count > 0:
        team: Any = group_at(floor.groups, who.group)
        if team.takes_orders:
            number = take_order(floor)
            if number >= 0:
                engage(floor, agent)
                _begin_order(floor, agent, number)
                return True
    return False


@part
def offer(floor: Any, group: int) -> None:
    """Give what there is to do to the group's idle agents, longest idle first."""
    team: Any = group_at(floor.groups, group)
    while team.idle_first >= 0:
        agent = team.idle_first
        # Out of the list beforehand: an agent who begins an order goes on to another one.
        remove_idle(floor, agent)
        if not employ(floor, agent):
            put_first(floor, agent)
            return


@part
def worked(floor: Any, agent: int, kind: int, row: int) -> None:
    """Write down other work of the agent that ends now."""
    who: Any = agent_at(floor.agents, agent)
    work: Any = work_at(floor.works, floor.work_count)
    work.kind = kind
    work.row = row
    work.agent = agent
    work.start_s = who.busy_since_s
    work.end_s = floor.time_s
    floor.work_count += 1


@small
def disengage(floor: Any, agent: int) -> None:
    """The agent is occupied no longer."""
    who: Any = agent_at(floor.agents, agent)
    who.busy = 0
    who.busy_s += floor.time_s - who.busy_since_s


@part
def end_piece(floor: Any, agent: int) -> None:
    """The agent ends work on an order, finished or not, and is occupied no longer."""
    who: Any = agent_at(floor.agents, agent)
    order: Any = order_at(floor.orders, who.order)
    worked(floor, agent, _ORDER_WORK, order.row)
    remove_from_orders(floor, agent)
    disengage(floor, agent)
    if who.order_end_s <= floor.time_s:
        order.finished_s = floor.time_s
    else:
        order.left_s = who.order_end_s - floor.time_s
        put_back(floor, who.order)
    who.order = NOBODY
    who.turn += 1


@part
def put_aside(floor: Any, agent: int) -> None:
    """The agent leaves the order in hand; what is left of it is offered to others at once."""
    who: Any = agent_at(floor.agents, agent)
    number = who.order
    unfinished = who.order_end_s > floor.time_s
    end_piece(floor, agent)
    if unfinished:
        offer_order(floor, number)


@part
def offer_order(floor: Any, number: int) -> None:
    """An order has come, or come back: it is for the first group that works on orders and has an idle agent."""
    if not doable(floor, number):
        return
    for group in range(floor.group_count):
        team: Any = group_at(floor.groups, group)
        if team.takes_orders and team.idle_first >= 0:
            offer(floor, group)
            return


@part
def free(floor: Any, agent: int) -> None:
    """The agent, idle or at work on an order, is to do something else."""
    who: Any = agent_at(floor.agents, agent)
    if who.busy:
        put_aside(floor, agent)
    else:
        remove_idle(floor, agent)


@part
def add_orders(floor: Any, row: int) -> None:
    """The work orders that an answered call brings, each offered at once to an idle agent who may do it."""
    call: Any = row_at(floor.rows, row)
    for k in range(floor.class_count):
        of_class: Any = class_at(floor.order_classes, k)
        if not chance(floor, of_class.share, _ORDER, call, int(k << 8)):
            continue
        number = floor.order_count
        floor.order_count += 1
        order: Any = order_at(floor.orders, number)
        order.row = row
        order.order_class = k
        order.received_s = floor.time_s
        order.due_s = number_at(
            floor.order_due_s, k * floor.intervals + min(int(floor.time_s / floor.interval_s), floor.intervals - 1)
        )
        order.work_s = drawn_s(floor, of_class.work, _ORDER_TIME, call, k << 8)
        order.left_s = order.work_s
        order.finished_s = np.nan
        put_back(floor, number)
        offer_order(floor, number)
