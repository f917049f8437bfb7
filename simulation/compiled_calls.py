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
    IVR_ABANDONED,
    IVR_COMPLETED,
)
from simulation.clock import Moment
from simulation.compiled_draws import draw
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
from simulation.compiled_queue import (
    KEPT,
    ON_THE_LINE,
    add_task,
    agent_for,
    announced_wait_s,
    count_inside,
    stop_waiting,
    wait,
)
from simulation.compiled_shifts import release
from simulation.compiled_work import add_orders, answer, chance, drawn_s, free, offer, serve
from simulation.flat_centre import NOBODY, whole
from simulation.kernels import part, small
from simulation.keyed import Purpose
from simulation.pointers import number_at, word_at

__all__ = ["arrive", "arrive_again", "call_back_due", "hang_up", "ivr_ends", "leave_queue", "offer_caller", "send_away"]

_WORK_DONE, _GIVE_UP = whole(Moment.WORK_DONE), whole(Moment.GIVE_UP)
_OVERFLOW, _IVR_END = whole(Moment.OVERFLOW), whole(Moment.IVR_END)
_CALL_BACK, _ARRIVAL = whole(Moment.CALL_BACK), whole(Moment.ARRIVAL)
_IVR_ROUTE, _IVR_TIME, _PATIENCE = whole(Purpose.IVR_ROUTE), whole(Purpose.IVR_TIME), whole(Purpose.PATIENCE)
_REDIAL, _REDIAL_DELAY = whole(Purpose.REDIAL), whole(Purpose.REDIAL_DELAY)
_SATISFACTION = whole(Purpose.SATISFACTION)
_FIRST, _NOTHING = whole(1), whole(0)
_ABANDONED, _ANSWERED, _CLOSED = whole(ABANDONED), whole(ANSWERED), whole(CLOSED)
_CALL_BACK_ACCEPTED = whole(CALL_BACK_ACCEPTED)
_ACCEPTED, _BALK = whole(Purpose.CALL_BACK_ACCEPTED), whole(Purpose.BALK)


@small
def open_row(floor: Any, row: int, caller: int, attempt: int) -> None:
    """Nothing has happened yet to this call but its arrival."""
    call: Any = row_at(floor.rows, row)
    call.ivr_s = 0.0
    call.queued_s = np.nan
    call.answered_s = np.nan
    call.ended_s = np.nan
    call.handle_s = np.nan
    call.called_back_s = np.nan
    call.call = caller
    call.agent = NOBODY
    call.next = NOBODY
    call.attempt = attempt
    call.outcome = NOBODY
    call.waits = 0
    call.inside = 0
    call.settled = 0


@part
def arrive(floor: Any, caller: int) -> None:
    """A caller calls for the first time."""
    open_row(floor, caller, caller, _FIRST)
    _dial(floor, caller)


@part
def arrive_again(floor: Any, before: int) -> None:
    """A caller calls again whose last call is in this row, unless reached meanwhile."""
    last: Any = row_at(floor.rows, before)
    caller: Any = row_at(floor.rows, last.call)
    if caller.settled:
        return
    row = floor.row_count
    floor.row_count += 1
    call: Any = row_at(floor.rows, row)
    number: Any = np.int64(last.call)
    open_row(floor, row, number, int(last.attempt) + 1)
    call.line = last.line
    call.arrived_s = floor.time_s
    call.interval = min(int(floor.time_s / floor.interval_s), floor.intervals - 1)
    _dial(floor, row)


@part
def _dial(floor: Any, row: int) -> None:
    call: Any = row_at(floor.rows, row)
    if floor.free_circuits == 0:
        call.outcome = BLOCKED
        call.ended_s = floor.time_s
        _redial(floor, row)
        return
    caller: Any = row_at(floor.rows, call.call)
    floor.free_circuits -= 1
    caller.inside = 1
    count_inside(floor, _FIRST)
    if not (floor.is_open_now or floor.ivr_open_24_h):
        _leave(floor, row, _CLOSED)
        return
    ivr_s = _ivr(floor, call)
    if ivr_s > 0:
        call.ivr_s = ivr_s
        set_event(floor, floor.time_s + ivr_s, _IVR_END + place_of(call), row)
    else:
        ivr_ends(floor, row)


@part
def _ivr(floor: Any, call: Any) -> float:
    """How long announcement and IVR take; the row's fate says how they end (ANSWERED: the caller asks for an agent)."""
    route = 1.0
    if floor.self_service_share + floor.hang_up_share > 0:
        route = draw(word_at(floor.base, _IVR_ROUTE), word_at(floor.keys, call.call), np.uint64(call.attempt))
    if route < floor.self_service_share:
        call.outcome = IVR_COMPLETED
        return floor.announcement_s + drawn_s(floor, floor.self_service, _IVR_TIME, call, _NOTHING)  # type: ignore[no-any-return]
    if route < floor.self_service_share + floor.hang_up_share:
        call.outcome = IVR_ABANDONED
        return drawn_s(floor, floor.hang_up, _IVR_TIME, call, _NOTHING)
    call.outcome = ANSWERED
    return floor.announcement_s + drawn_s(floor, floor.menu, _IVR_TIME, call, _NOTHING)  # type: ignore[no-any-return]


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


@part
def _ask_for_agent(floor: Any, row: int) -> None:
    call: Any = row_at(floor.rows, row)
    call.queued_s = floor.time_s
    agent = agent_for(floor, int(call.line), True)
    if agent < 0 and floor.at_orders > 0:
        agent = agent_for(floor, int(call.line), False)
    if agent >= 0:
        free(floor, agent)
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
        set_event(floor, floor.time_s + patience_s, _GIVE_UP + place_of(call), row)


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


@part
def _queue_up(floor: Any, row: int, how: int) -> None:
    """A caller, or a place kept for one, waits; further groups come in after their delays."""
    call: Any = row_at(floor.rows, row)
    line: Any = line_at(floor.lines, call.line)
    wait(floor, row, how)
    for k in range(line.first_step, line.first_step + line.steps):
        step: Any = step_at(floor.steps, k)
        if 0.0 < step.after_s < NEVER:
            set_event(floor, floor.time_s + step.after_s, _OVERFLOW + place_of(call), row + k * HAND_ON)


@part
def offer_caller(floor: Any, what: int) -> None:
    """A delay has passed: who waits may be answered by one more group."""
    row = what % HAND_ON
    step: Any = step_at(floor.steps, what // HAND_ON)
    call: Any = row_at(floor.rows, row)
    if call.waits == KEPT:
        caller: Any = row_at(floor.rows, call.call)
        if caller.settled or caller.inside:
            stop_waiting(floor, row)
    if call.waits == 0:
        return
    group: Any = group_at(floor.groups, step.group)
    agent = group.idle_first if group.idle_first >= 0 else group.order_first
    if agent >= 0:
        how: Any = np.int64(call.waits)
        # Out of the queue before the agent's order is offered to others, who must not find the caller there.
        stop_waiting(floor, row)
        free(floor, agent)
        serve(floor, agent, row, how)


@part
def leave_queue(floor: Any, row: int) -> None:
    """Patience ends: the caller leaves the queue, unless already served."""
    if row >= HAND_ON:  # sent away, and out of the queue since
        _leave(floor, row - HAND_ON, _ABANDONED)
        return
    call: Any = row_at(floor.rows, row)
    if call.waits == ON_THE_LINE:
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
                set_event(floor, floor.time_s, _GIVE_UP + place_of(call), row + HAND_ON)
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
    if who.wrap_s > 0:
        set_event(floor, floor.time_s + who.wrap_s, _WORK_DONE + agent, agent + who.turn * HAND_ON)
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
