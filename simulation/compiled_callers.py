"""What a caller's own draws decide, compiled: how the IVR ends, how long the conversation and wrap-up take.

No draw depends on what happens in the centre, so the rows of many callers are written at once before they call: the
processor works on the draws of several callers side by side, where between two events it would wait for each.
"""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np
from numba import carray  # type: ignore[attr-defined]

from simulation.calls import ANSWERED, IVR_ABANDONED, IVR_COMPLETED
from simulation.compiled_draws import draw, sample
from simulation.compiled_floor import line_at, row_at
from simulation.flat_centre import NOBODY, whole
from simulation.kernels import part, small
from simulation.keyed import Purpose
from simulation.pointers import as_pointer, number_at, word_at

__all__ = ["chance", "drawn_s", "open_again", "open_callers", "take_pace"]

BLOCK = whole(64)
"""Callers whose rows are written at once: they stay in the processor's nearest memory until they call."""

_IVR_ROUTE, _IVR_TIME, _SHORT_CALL = whole(Purpose.IVR_ROUTE), whole(Purpose.IVR_TIME), whole(Purpose.SHORT_CALL)
_TALK, _HOLD, _WRAP_UP = whole(Purpose.TALK), whole(Purpose.HOLD), whole(Purpose.WRAP_UP)
_THREE_WAY, _THREE_WAY_TIME = whole(Purpose.THREE_WAY), whole(Purpose.THREE_WAY_TIME)
_LINE, _INTERVAL, _INTERVALS = np.uint64(44), np.uint64(20), np.uint64(2**24 - 1)
"""Where line and interval stand in a caller's key, see :mod:`simulation.arrivals`."""

_FIRST, _NOTHING = whole(1), whole(0)


@small
def _draw(floor: Any, purpose: int, call: Any, further: int) -> float:
    attempt = np.uint64(call.attempt) | np.uint64(further)
    return draw(word_at(floor.base, purpose), word_at(floor.keys, call.call), attempt)


@part
def _sample(floor: Any, law: Any, purpose: int, call: Any, further: int) -> float:
    u = _draw(floor, purpose, call, further)
    tables = carray(as_pointer(floor.tables), (floor.table_count, floor.table_steps))
    return sample(law.shape, law.first, law.second, law.third, u, tables)


@small
def chance(floor: Any, share: float, purpose: int, call: Any, further: int) -> bool:
    """Whether what happens with this share happens to the call; ``further`` distinguishes draws of one purpose."""
    if share <= 0.0:
        return False
    return _draw(floor, purpose, call, further) < share


@small
def drawn_s(floor: Any, law: Any, purpose: int, call: Any, further: int) -> float:
    """The call's time of this law."""
    if law.shape == 0:
        return law.first  # type: ignore[no-any-return]
    if law.shape == 1:  # by far the most frequent
        return -law.first * log(_draw(floor, purpose, call, further))  # type: ignore[no-any-return]
    return _sample(floor, law, purpose, call, further)


@small
def take_pace(call: Any, pace: float) -> None:
    """An agent of this pace handles the call; a short call takes everybody the same time."""
    if not call.short:
        call.spoken_s *= pace
        call.wrap_s *= pace


@small
def _open(floor: Any, row: int, caller: int, attempt: int, line: int, interval: int, arrived_s: float) -> None:
    """Nothing has happened yet to this call but its arrival."""
    call: Any = row_at(floor.rows, row)
    call.arrived_s = arrived_s
    call.queued_s = np.nan
    call.answered_s = np.nan
    call.ended_s = np.nan
    call.called_back_s = np.nan
    call.call = caller
    call.interval = interval
    call.agent = NOBODY
    call.next = NOBODY
    call.again = NOBODY
    call.line = line
    call.attempt = attempt
    call.waits = 0
    call.inside = 0
    call.settled = 0


@small
def _decide_ivr(floor: Any, row: int) -> None:
    """How long announcement and IVR take; the row's fate says how they end (ANSWERED: the caller asks for an agent)."""
    call: Any = row_at(floor.rows, row)
    call.outcome = ANSWERED
    if floor.self_service_share + floor.hang_up_share > 0:
        route = _draw(floor, _IVR_ROUTE, call, _NOTHING)
        if route < floor.self_service_share:
            call.outcome = IVR_COMPLETED
            call.ivr_s = floor.announcement_s + drawn_s(floor, floor.self_service, _IVR_TIME, call, _NOTHING)
            return
        if route < floor.self_service_share + floor.hang_up_share:
            call.outcome = IVR_ABANDONED
            call.ivr_s = drawn_s(floor, floor.hang_up, _IVR_TIME, call, _NOTHING)
            return
    call.ivr_s = floor.announcement_s + drawn_s(floor, floor.menu, _IVR_TIME, call, _NOTHING)


@small
def _decide_handling(floor: Any, row: int) -> None:
    """Conversation and wrap-up by an agent of ordinary pace."""
    call: Any = row_at(floor.rows, row)
    line: Any = line_at(floor.lines, call.line)
    call.short = chance(floor, line.short_call_share, _SHORT_CALL, call, _NOTHING)
    if call.short:
        call.spoken_s = line.short_call_s
        call.wrap_s = 0.0
        return
    spoken_s = drawn_s(floor, line.talk, _TALK, call, _NOTHING) * number_at(
        floor.talk_scale, int(call.line) * floor.intervals + int(call.interval)
    )
    spoken_s = spoken_s + drawn_s(floor, line.hold, _HOLD, call, _NOTHING)
    if chance(floor, line.three_way_share, _THREE_WAY, call, _NOTHING):
        spoken_s = spoken_s + drawn_s(floor, line.three_way, _THREE_WAY_TIME, call, _NOTHING)
    call.spoken_s = spoken_s
    call.wrap_s = drawn_s(floor, line.wrap, _WRAP_UP, call, _NOTHING)


@part
def open_callers(floor: Any) -> None:
    """Write the rows of the next callers."""
    first = floor.opened
    floor.opened = min(first + BLOCK, floor.callers)
    for caller in range(first, floor.opened):
        key = word_at(floor.keys, caller)
        line: Any = np.int64(key >> _LINE)
        interval: Any = np.int64((key >> _INTERVAL) & _INTERVALS)
        _open(floor, caller, caller, _FIRST, line, interval, number_at(floor.arrive_s, caller))
        _decide_ivr(floor, caller)
        _decide_handling(floor, caller)


@part
def open_again(floor: Any, before: int) -> int:
    """Write a row for the next attempt, now, of the caller whose last call is in row ``before``; the new row."""
    last: Any = row_at(floor.rows, before)
    row: Any = np.int64(floor.row_count)
    floor.row_count += 1
    last.again = row
    interval = min(int(floor.time_s / floor.interval_s), floor.intervals - 1)
    _open(floor, row, int(last.call), int(last.attempt) + 1, int(last.line), interval, floor.time_s)
    _decide_ivr(floor, row)
    _decide_handling(floor, row)
    return row  # type: ignore[no-any-return]
