"""The loop of the compiled engine: what happens next, until nothing is left to come.

Five sources of events are merged by time and by the written order of simultaneous events (§34 of the semantics): what
is known beforehand (agents come and go, hours change, the centre ends), first attempts in order of arrival, the patience
of those who wait, the delays after which they overflow, and a heap of all that follows otherwise.
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
    give_up,
    hang_up,
    ivr_ends,
    next_arrival,
    offer_caller,
    send_away,
)
from simulation.compiled_floor import ATTEMPTS, events_that_fit, group_at, line_at, place_of, row_at
from simulation.compiled_overflow import find_overflow, overflow_order
from simulation.compiled_patience import first_to_give_up, gives_up_at
from simulation.compiled_queue import next_waiting, take_head
from simulation.compiled_shifts import come, go, work_done
from simulation.compiled_work import hang_up_after, offer, put_aside, serve
from simulation.event_heap import LATEST, as_time, event_at, pop, push
from simulation.flat_centre import whole
from simulation.kernels import kernel, part, small
from simulation.pointers import whole_at

__all__ = ["fill_heap", "play_events"]

Records = NDArray[np.void]
Integers = NDArray[np.int64]

_HOURS, _END = whole(Moment.HOURS), whole(Moment.END)
_HANG_UP, _WORK_DONE, _SIGN_ON = whole(Moment.HANG_UP), whole(Moment.WORK_DONE), whole(Moment.SIGN_ON)
_GIVE_UP, _IVR_END = whole(Moment.GIVE_UP), whole(Moment.IVR_END)
_CALL_BACK, _ARRIVAL = whole(Moment.CALL_BACK), whole(Moment.ARRIVAL)
_LAST = whole(2**62)
_NONE = whole(0)
_ARRIVALS, _EVENTS, _COMING, _PATIENCE, _OVERFLOWS = (whole(source) for source in range(5))


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
            take_head(floor, row)
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


@small
def _play_event(floor: Any, order: int, what: int) -> None:
    if order < _WORK_DONE:
        hang_up(floor, what)
    elif order < _SIGN_ON:
        work_done(floor, what)
    elif order < _GIVE_UP:
        hang_up_after(floor, what)
    elif order < _IVR_END:
        give_up(floor, what)
    elif order < _CALL_BACK:
        ivr_ends(floor, what)
    elif order < _ARRIVAL:
        call_back_due(floor, what)
    else:
        arrive_again(floor, what)


@part
def _first_of_equals(floor: Any, when: int) -> int:
    """Of the sources whose next event falls on this instant, the one whose event comes first in the written order."""
    first = _LAST
    source = _ARRIVALS
    if floor.arriving == when:
        first = _ARRIVAL + floor.arrived * ATTEMPTS + 1
    event: Any = event_at(floor.events, 0)
    if event.when == when and event.order < first:
        first, source = event.order, _EVENTS
    coming: Any = event_at(floor.coming, 0)
    if coming.when == when and coming.order < first:
        first, source = coming.order, _COMING
    if gives_up_at(floor) == when:
        order = _GIVE_UP + place_of(row_at(floor.rows, first_to_give_up(floor)))
        if order < first:
            first, source = order, _PATIENCE
    if floor.overflows == when:
        order = overflow_order(floor)
        if order < first:
            source = _OVERFLOWS
    return source


@kernel
def play_events(state: Records) -> bool:
    """Play until nothing is left to come, or until an array may be full: False then.

    ``state`` is a record (1,) of :data:`simulation.compiled_floor.FLOOR`.
    """
    floor: Any = state[0]
    if not floor.begun:
        floor.begun = 1
        _set_hours(floor, _NONE)
        next_arrival(floor)
    fit = _NONE
    first: Any = event_at(floor.events, 0)
    first_coming: Any = event_at(floor.coming, 0)
    while True:
        if fit <= 0:
            fit = events_that_fit(floor)
            if fit <= 0:
                return False
        fit -= 1
        arriving, event, coming = floor.arriving, first.when, first_coming.when
        patience, overflow = gives_up_at(floor), floor.overflows
        when = min(min(min(arriving, event), min(coming, patience)), overflow)
        if when == overflow and when != LATEST:
            find_overflow(floor)  # it may be later: who was next may wait no more
            if floor.overflows != when:
                continue
        source = _ARRIVALS
        if (arriving == when) + (event == when) + (coming == when) + (patience == when) + (overflow == when) > 1:
            if when == LATEST:
                return True
            source = _first_of_equals(floor, when)
        elif event == when:
            source = _EVENTS
        elif arriving != when:
            source = _COMING if coming == when else (_PATIENCE if patience == when else _OVERFLOWS)
        floor.time_s = as_time(when)
        if source == _ARRIVALS:
            arrive(floor)
        elif source == _EVENTS:
            floor.taken = 1
            _play_event(floor, first.order, first.what)
            if floor.taken:
                floor.taken = 0
                pop(floor.events, floor.event_count)
                floor.event_count -= 1
        elif source == _PATIENCE:
            give_up(floor, first_to_give_up(floor))
        elif source == _OVERFLOWS:
            offer_caller(floor)
        else:
            order, what = first_coming.order, first_coming.what
            pop(floor.coming, floor.coming_count)
            floor.coming_count -= 1
            _play_known(floor, order, what)


@kernel
def fill_heap(time_s: NDArray[np.float64], order: Integers, what: Integers, events: int) -> None:
    """Put these events into the empty heap at an address."""
    for k in range(len(time_s)):
        push(events, k, time_s[k], order[k], what[k])
