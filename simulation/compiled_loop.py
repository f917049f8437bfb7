"""The loop of the compiled engine: what happens next, until nothing is left to come.

Three sources of events are merged by time and by the written order of simultaneous events (§34 of the semantics): what
is known beforehand (agents come and go, hours change, the centre ends), first attempts in order of arrival, and a heap
of all that follows from them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.clock import Moment
from simulation.compiled_calls import (
    arrive,
    arrive_again,
    call_back_due,
    hang_up,
    ivr_ends,
    leave_queue,
    offer_caller,
    send_away,
)
from simulation.compiled_floor import ATTEMPTS, NEVER, events_that_fit, group_at, line_at, row_at
from simulation.compiled_queue import next_waiting, stop_waiting
from simulation.compiled_shifts import come, go, work_done
from simulation.compiled_work import hang_up_after, offer, put_aside, serve
from simulation.event_heap import as_time, event_at, pop, push
from simulation.flat_centre import whole
from simulation.kernels import kernel, part
from simulation.pointers import whole_at

__all__ = ["fill_heap", "play_events"]

Records = NDArray[np.void]
Integers = NDArray[np.int64]

_HOURS, _END = whole(Moment.HOURS), whole(Moment.END)
_HANG_UP, _WORK_DONE, _SIGN_ON = whole(Moment.HANG_UP), whole(Moment.WORK_DONE), whole(Moment.SIGN_ON)
_GIVE_UP, _OVERFLOW, _IVR_END = whole(Moment.GIVE_UP), whole(Moment.OVERFLOW), whole(Moment.IVR_END)
_CALL_BACK, _ARRIVAL = whole(Moment.CALL_BACK), whole(Moment.ARRIVAL)
_LAST = whole(2**62)
_NONE = whole(0)


@part
def _set_hours(floor: Any, interval: int) -> None:
    floor.is_open_now = whole_at(floor.is_open, interval)
    floor.by_day_now = whole_at(floor.by_day, interval)
    for number in range(floor.line_count):
        line: Any = line_at(floor.lines, number)
        line.group = whole_at(floor.serving, interval * floor.line_count + number)


@part
def _hours_change(floor: Any, interval: int) -> None:
    """Other lines and other work for the idle; callers for those at work on orders."""
    _set_hours(floor, interval)
    for group in range(floor.group_count):
        offer(floor, group)
    for group in range(floor.group_count):
        team: Any = group_at(floor.groups, group)
        while team.order_first >= 0 and floor.waiting + floor.kept > 0:
            row = next_waiting(floor, group)
            if row < 0:
                break
            agent = team.order_first
            call: Any = row_at(floor.rows, row)
            how: Any = np.int64(call.waits)
            stop_waiting(floor, row)
            put_aside(floor, agent)
            serve(floor, agent, row, how)


@part
def _play_known(floor: Any, order: int, what: int) -> None:
    if order < _HOURS:
        go(floor, what)
    elif order < _HANG_UP:
        _hours_change(floor, what)
    elif order < _END:
        come(floor, what)
    else:
        send_away(floor)


@part
def _play_event(floor: Any, order: int, what: int) -> None:
    if order < _WORK_DONE:
        hang_up(floor, what)
    elif order < _SIGN_ON:
        work_done(floor, what)
    elif order < _GIVE_UP:
        hang_up_after(floor, what)
    elif order < _OVERFLOW:
        leave_queue(floor, what)
    elif order < _IVR_END:
        offer_caller(floor, what)
    elif order < _CALL_BACK:
        ivr_ends(floor, what)
    elif order < _ARRIVAL:
        call_back_due(floor, what)
    else:
        arrive_again(floor, what)


@kernel
def play_events(state: Records) -> bool:
    """Play until nothing is left to come, or until an array may be full: False then.

    ``state`` is a record (1,) of :data:`simulation.compiled_floor.FLOOR`.
    """
    floor: Any = state[0]
    if floor.arrived + floor.event_count == 0:
        _set_hours(floor, _NONE)
    fit = _NONE
    while True:
        if fit <= 0:
            fit = events_that_fit(floor)
            if fit <= 0:
                return False
        fit -= 1
        time_s, order, what, known_before = NEVER, _LAST, _NONE, False
        if floor.event_count > 0:
            first: Any = event_at(floor.events, 0)
            time_s, order, what = as_time(first.when), first.order, first.what
        if floor.coming_count > 0:
            coming: Any = event_at(floor.coming, 0)
            begins_s = as_time(coming.when)
            if begins_s < time_s or (begins_s == time_s and coming.order < order):
                time_s, order, what, known_before = begins_s, coming.order, coming.what, True
        caller = floor.arrived
        if caller < floor.callers:
            call: Any = row_at(floor.rows, caller)
            arrived_s = call.arrived_s
            if arrived_s < time_s or (arrived_s == time_s and _ARRIVAL + caller * ATTEMPTS + 1 < order):
                floor.arrived += 1
                floor.time_s = arrived_s
                arrive(floor, caller)
                continue
        if order == _LAST:
            return True
        floor.time_s = time_s
        if known_before:
            pop(floor.coming, floor.coming_count)
            floor.coming_count -= 1
            _play_known(floor, order, what)
        else:
            floor.taken = 1
            _play_event(floor, order, what)
            if floor.taken:
                floor.taken = 0
                pop(floor.events, floor.event_count)
                floor.event_count -= 1


@kernel
def fill_heap(time_s: NDArray[np.float64], order: Integers, what: Integers, events: int) -> None:
    """Put these events into the empty heap at an address."""
    for k in range(len(time_s)):
        push(events, k, time_s[k], order[k], what[k])
