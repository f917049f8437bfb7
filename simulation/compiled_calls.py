"""What callers do, compiled: one call from dialling to its end, and what follows from it."""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np

from simulation.calls import (
    ABANDONED,
    ANSWERED,
    BLOCKED,
    CALL_BACK_ACCEPTED,
    CLOSED,
)
from simulation.clock import Moment
from simulation.compiled_callers import chance, drawn_s, open_again, open_callers
from simulation.compiled_floor import (
    HAND_ON,
    NEVER,
    agent_at,
    group_at,
    line_at,
    place_of,
    row_at,
    set_event,
    step_at,
)
from simulation.compiled_overflow import begin_delays, pass_on
from simulation.compiled_patience import add_patience
from simulation.compiled_queue import (
    KEPT,
    ON_THE_LINE,
    add_task,
    agent_for,
    announced_wait_s,
    count_inside,
    remove_idle,
    stop_waiting,
    wait,
)
from simulation.compiled_shifts import release
from simulation.compiled_work import add_orders, answer, free, offer, put_aside, serve
from simulation.event_heap import LATEST, as_whole
from simulation.flat_centre import NOBODY, whole
from simulation.kernels import part, small
from simulation.keyed import Purpose
from simulation.pointers import number_at

__all__ = [
    "arrive",
    "arrive_again",
    "call_back_due",
    "give_up",
    "hang_up",
    "ivr_ends",
    "next_arrival",
    "offer_caller",
    "send_away",
]

_WORK_DONE, _GIVE_UP = whole(Moment.WORK_DONE), whole(Moment.GIVE_UP)
_IVR_END = whole(Moment.IVR_END)
_CALL_BACK, _ARRIVAL = whole(Moment.CALL_BACK), whole(Moment.ARRIVAL)
_PATIENCE = whole(Purpose.PATIENCE)
_REDIAL, _REDIAL_DELAY = whole(Purpose.REDIAL), whole(Purpose.REDIAL_DELAY)
_SATISFACTION = whole(Purpose.SATISFACTION)
_FIRST, _NOTHING = whole(1), whole(0)
_ABANDONED, _ANSWERED, _CLOSED = whole(ABANDONED), whole(ANSWERED), whole(CLOSED)
_CALL_BACK_ACCEPTED = whole(CALL_BACK_ACCEPTED)
_ACCEPTED, _BALK = whole(Purpose.CALL_BACK_ACCEPTED), whole(Purpose.BALK)


@small
def arrive(floor: Any) -> None:
    """The next caller calls for the first time."""
    caller: Any = np.int64(floor.arrived)
    floor.arrived += 1
    next_arrival(floor)
    call: Any = row_at(floor.rows, caller)
    if floor.free_circuits > 0 and floor.is_open_now and call.ivr_s == 0 and call.outcome == ANSWERED:
        _get_through(floor, caller)
        _ask_for_agent(floor, caller)
    else:
        _dial(floor, caller)


@small
def next_arrival(floor: Any) -> None:
    """See who calls next, and when."""
    floor.arriving = LATEST
    if floor.arrived < floor.callers:
        if floor.arrived == floor.opened:
            open_callers(floor)
        call: Any = row_at(floor.rows, floor.arrived)
        floor.arriving = as_whole(call.arrived_s)


@part
def arrive_again(floor: Any, before: int) -> None:
    """A caller calls again whose last call is in this row, unless reached meanwhile."""
    last: Any = row_at(floor.rows, before)
    caller: Any = row_at(floor.rows, last.call)
    if caller.settled:
        return
    _dial(floor, open_again(floor, before))


@part
def _dial(floor: Any, row: int) -> None:
    call: Any = row_at(floor.rows, row)
    if floor.free_circuits == 0:
        call.outcome = BLOCKED
        call.ivr_s = 0.0
        call.ended_s = floor.time_s
        _redial(floor, row)
        return
    _get_through(floor, row)
    if not (floor.is_open_now or floor.ivr_open_24_h):
        call.ivr_s = 0.0
        _leave(floor, row, _CLOSED)
        return
    if call.ivr_s > 0:
        set_event(floor, floor.time_s + call.ivr_s, _IVR_END + place_of(call), row)
    else:
        ivr_ends(floor, row)


@small
def _get_through(floor: Any, row: int) -> None:
    call: Any = row_at(floor.rows, row)
    caller: Any = row_at(floor.rows, call.call)
    floor.free_circuits -= 1
    caller.inside = 1
    count_inside(floor, _FIRST)


@part
def ivr_ends(floor: Any, row: int) -> None:
    """The caller is through the IVR, or has left it."""
    call: Any = row_at(floor.rows, row)
    if call.outcome != ANSWERED:
        fate: Any = np.int64(call.outcome)
        _leave(floor, row, fate)
    elif not floor.is_open_now:
        _leave(floor, row, _CLOSED)
    else:
        _ask_for_agent(floor, row)


@small
def _ask_for_agent(floor: Any, row: int) -> None:
    call: Any = row_at(floor.rows, row)
    call.queued_s = floor.time_s
    agent = agent_for(floor, int(call.line), True)
    if agent >= 0:
        remove_idle(floor, agent)
        answer(floor, row, agent)
    else:
        _find_nobody_idle(floor, row)


@part
def _find_nobody_idle(floor: Any, row: int) -> None:
    """The caller takes an agent from an order, or waits, or leaves."""
    call: Any = row_at(floor.rows, row)
    agent = agent_for(floor, int(call.line), False) if floor.at_orders > 0 else NOBODY
    if agent >= 0:
        put_aside(floor, agent)
        answer(floor, row, agent)
        return
    if floor.ended:
        _leave(floor, row, _ABANDONED)
        return
    if floor.announces:
        fate = _hears_announcement(floor, row)
        if fate != ANSWERED:
            _leave(floor, row, fate)
            return
    _queue_up(floor, row, ON_THE_LINE)
    line: Any = line_at(floor.lines, call.line)
    patience_s = drawn_s(floor, line.patience, _PATIENCE, call, _NOTHING)
    if patience_s < NEVER:
        add_patience(floor, row, as_whole(floor.time_s + patience_s))


@part
def _hears_announcement(floor: Any, row: int) -> int:
    """What the caller does on hearing how long the wait will be; ANSWERED: waits for an agent."""
    call: Any = row_at(floor.rows, row)
    line: Any = line_at(floor.lines, call.line)
    announced_s = announced_wait_s(floor, int(call.line))
    if announced_s > line.offer_over_s and chance(floor, line.accept_share, _ACCEPTED, call, _NOTHING):
        _queue_up(floor, row, KEPT)
        return _CALL_BACK_ACCEPTED
    if announced_s > line.balk_over_s and chance(floor, line.balk_share, _BALK, call, _NOTHING):
        return _ABANDONED
    return _ANSWERED


@small
def _queue_up(floor: Any, row: int, how: int) -> None:
    """A caller, or a place kept for one, waits; further groups come in after their delays."""
    call: Any = row_at(floor.rows, row)
    line: Any = line_at(floor.lines, call.line)
    alone = line.queue_last < 0
    wait(floor, row, how)
    begin_delays(floor, line, row, alone)


@part
def offer_caller(floor: Any) -> None:
    """A delay has passed: who waits may be answered by the groups of this step and of others with the same delay, too."""
    number: Any = np.int64(floor.overflow_step)
    step: Any = step_at(floor.steps, number)
    row = step.next_row
    call: Any = row_at(floor.rows, row)
    line: Any = line_at(floor.lines, call.line)
    pass_on(floor, step)
    for k in range(number, line.first_step + line.steps):
        further: Any = step_at(floor.steps, k)
        if further.after_s == step.after_s:
            _offer_to(floor, row, further.group)


@part
def _offer_to(floor: Any, row: int, number: int) -> None:
    call: Any = row_at(floor.rows, row)
    if call.waits == KEPT:
        caller: Any = row_at(floor.rows, call.call)
        if caller.settled or caller.inside:
            stop_waiting(floor, row)
    if call.waits == 0:
        return
    group: Any = group_at(floor.groups, number)
    agent = group.idle_first if group.idle_first >= 0 else group.order_first
    if agent >= 0:
        how: Any = np.int64(call.waits)
        # Out of the queue before the agent's order is offered to others, who must not find the caller there.
        stop_waiting(floor, row)
        free(floor, agent)
        serve(floor, agent, row, how)


@part
def give_up(floor: Any, row: int) -> None:
    """Patience ends, or the centre: the caller gives up."""
    call: Any = row_at(floor.rows, row)
    if call.waits:
        stop_waiting(floor, row)
    _leave(floor, row, _ABANDONED)


@part
def send_away(floor: Any) -> None:
    """The centre has ended: callers give up, one by one, and kept places are struck out."""
    floor.ended = 1
    for number in range(floor.line_count):
        line: Any = line_at(floor.lines, number)
        row = line.queue_first
        while row >= 0:
            call: Any = row_at(floor.rows, row)
            if call.waits == ON_THE_LINE:
                set_event(floor, floor.time_s, _GIVE_UP + place_of(call), row)
            if call.waits:
                stop_waiting(floor, row)
            row = call.next
        line.queue_first = NOBODY
        line.queue_last = NOBODY


@part
def hang_up(floor: Any, row: int) -> None:
    """An answered caller leaves; the agent wraps up."""
    call: Any = row_at(floor.rows, row)
    agent: Any = np.int64(call.agent)
    who: Any = agent_at(floor.agents, agent)
    _leave(floor, row, _ANSWERED)
    if call.wrap_s > 0:
        set_event(floor, floor.time_s + call.wrap_s, _WORK_DONE + agent, agent + who.turn * HAND_ON)
    else:
        release(floor, agent)


@part
def _leave(floor: Any, row: int, fate: int) -> None:
    """The caller hangs up; what follows from it for later."""
    call: Any = row_at(floor.rows, row)
    caller: Any = row_at(floor.rows, call.call)
    call.outcome = fate
    call.ended_s = floor.time_s
    count_inside(floor, -_FIRST)
    floor.free_circuits += 1
    caller.inside = 0
    if fate == ANSWERED:
        caller.settled = 1
        if chance(floor, floor.follow_up_share, _SATISFACTION, call, _NOTHING):
            add_task(floor, row, floor.time_s, False)
            line: Any = line_at(floor.lines, call.line)
            offer(floor, line.group)
        if floor.keeps_orders:
            add_orders(floor, row)
    elif fate == ABANDONED:
        if floor.call_back_missed:
            due_s = floor.time_s + floor.call_back_delay_s
            if floor.call_back_next_morning:
                due_s = number_at(floor.next_morning, min(int(floor.time_s / floor.interval_s), floor.intervals - 1))
            _miss(floor, row, due_s)
        _redial(floor, row)
    elif fate == CLOSED and floor.call_back_closed:
        opening = number_at(floor.next_opening, min(ceil(floor.time_s / floor.interval_s), floor.intervals))
        _miss(floor, row, max(opening, floor.time_s + floor.call_back_delay_s))


@part
def _miss(floor: Any, row: int, due_s: float) -> None:
    """The call-back of a missed call waits until it is due."""
    if due_s < NEVER:
        set_event(floor, due_s, _CALL_BACK + place_of(row_at(floor.rows, row)), row)


@part
def call_back_due(floor: Any, row: int) -> None:
    """The call-back may be made from now on."""
    call: Any = row_at(floor.rows, row)
    line: Any = line_at(floor.lines, call.line)
    add_task(floor, row, floor.time_s, True)
    offer(floor, line.group)


@part
def _redial(floor: Any, row: int) -> None:
    """The caller may try again later."""
    call: Any = row_at(floor.rows, row)
    line: Any = line_at(floor.lines, call.line)
    if call.attempt >= line.attempts_max or not chance(floor, line.redial_share, _REDIAL, call, _NOTHING):
        return
    again_s = floor.time_s + drawn_s(floor, line.redial_delay, _REDIAL_DELAY, call, _NOTHING)
    if again_s < floor.horizon_s:
        set_event(floor, again_s, _ARRIVAL + place_of(call) + 1, row)
