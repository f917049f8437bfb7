"""Agents come and go, and are seated, compiled."""

from __future__ import annotations

from typing import Any

from simulation.compiled_floor import HAND_ON, agent_at, group_at, stay_at
from simulation.compiled_queue import add_idle, remove_idle
from simulation.compiled_work import disengage, employ, end_piece, put_aside, worked
from simulation.flat_centre import NOBODY
from simulation.kernels import part, small

__all__ = ["come", "go", "release", "work_done"]


@part
def come(floor: Any, number: int) -> None:
    """A stay begins: the agent signs in, or waits for a seat."""
    stay: Any = stay_at(floor.planned, number)
    who: Any = agent_at(floor.agents, stay.agent)
    if not (stay.remote or who.seated):
        if floor.free_seats <= 0:
            _stand(floor, stay.agent, number)
            return
        floor.free_seats -= 1
        who.seated = 1
    _sign_on(floor, number)


@part
def go(floor: Any, number: int) -> None:
    """A stay ends; a call in hand is finished."""
    stay: Any = stay_at(floor.planned, number)
    agent = stay.agent
    who: Any = agent_at(floor.agents, agent)
    if who.stands:
        _stand_no_more(floor, agent)
        return
    team: Any = group_at(floor.groups, who.group)
    who.on_duty = 0
    team.signed_in -= 1
    if who.order >= 0:
        put_aside(floor, agent)
        _leave(floor, agent)
    elif not who.busy:
        remove_idle(floor, agent)
        _leave(floor, agent)


@small
def release(floor: Any, agent: int) -> None:
    """The agent's call or other work is over."""
    who: Any = agent_at(floor.agents, agent)
    disengage(floor, agent)
    if who.on_duty:
        _next(floor, agent)
    else:
        _leave(floor, agent)


@small
def work_done(floor: Any, what: int) -> None:
    """An agent's wrap-up, call-back or work on an order ends, unless it was put aside."""
    agent = what % HAND_ON
    who: Any = agent_at(floor.agents, agent)
    if what // HAND_ON != who.turn:
        return
    if who.order >= 0:
        end_piece(floor, agent)
        _next(floor, agent)
        return
    if who.work_kind >= 0:
        worked(floor, agent, who.work_kind, who.work_row)
        who.work_kind = NOBODY
    release(floor, agent)


@small
def _next(floor: Any, agent: int) -> None:
    if not employ(floor, agent):
        add_idle(floor, agent)


@part
def _sign_on(floor: Any, number: int) -> None:
    stay: Any = stay_at(floor.planned, number)
    agent = stay.agent
    who: Any = agent_at(floor.agents, agent)
    if who.busy:
        _record_stay(floor, agent)
    who.on_duty = 1
    who.group = stay.group
    who.signed_in_s = floor.time_s
    team: Any = group_at(floor.groups, stay.group)
    team.signed_in += 1
    if not who.busy:
        _next(floor, agent)


@part
def _leave(floor: Any, agent: int) -> None:
    """The agent goes; the seat is for the first who waits for one, but nobody at the very end of a stay."""
    who: Any = agent_at(floor.agents, agent)
    _record_stay(floor, agent)
    if not who.seated:
        return
    who.seated = 0
    floor.free_seats += 1
    standing = floor.standing_first
    while standing >= 0:
        waits: Any = agent_at(floor.agents, standing)
        stay: Any = stay_at(floor.planned, waits.stay)
        if stay.end_s > floor.time_s:
            _stand_no_more(floor, standing)
            floor.free_seats -= 1
            waits.seated = 1
            _sign_on(floor, waits.stay)
            return
        standing = waits.next


@part
def _record_stay(floor: Any, agent: int) -> None:
    who: Any = agent_at(floor.agents, agent)
    stay: Any = stay_at(floor.stays, floor.stay_count)
    stay.agent = agent
    stay.group = who.group
    stay.start_s = who.signed_in_s
    stay.end_s = floor.time_s
    floor.stay_count += 1


@part
def _stand(floor: Any, agent: int, number: int) -> None:
    who: Any = agent_at(floor.agents, agent)
    who.stands = 1
    who.stay = number
    who.next = NOBODY
    who.previous = floor.standing_last
    if floor.standing_last >= 0:
        last: Any = agent_at(floor.agents, floor.standing_last)
        last.next = agent
    else:
        floor.standing_first = agent
    floor.standing_last = agent


@part
def _stand_no_more(floor: Any, agent: int) -> None:
    who: Any = agent_at(floor.agents, agent)
    who.stands = 0
    if who.previous >= 0:
        before: Any = agent_at(floor.agents, who.previous)
        before.next = who.next
    else:
        floor.standing_first = who.next
    if who.next >= 0:
        behind: Any = agent_at(floor.agents, who.next)
        behind.previous = who.previous
    else:
        floor.standing_last = who.previous
