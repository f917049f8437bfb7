"""A plain queue, recognised and played without events: the same calls as the engines return, many times sooner.

Plain is a centre in which one group serves every line at all times, always open, with the same agents from the start
to the end, and in which nothing follows from a call: no IVR, no busy circuits, no redial, call-back or other work.
"""

from __future__ import annotations

from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from simulation.attendance import attendance
from simulation.calls import Orders, OtherWork, SimulatedCalls, Stays
from simulation.centre import NO_LIMIT, Centre
from simulation.compiled_arrivals import first_attempts
from simulation.compiled_counts import cells_of
from simulation.draws import Law, Shape
from simulation.keyed import Purpose, stream
from simulation.plain_kernels import count_plain, play_callers

__all__ = ["PlainQueue", "count_plain_replications", "plain_queue", "play_plain"]

Floats = NDArray[np.float64]


class PlainQueue(NamedTuple):
    """A plain queue of L lines, T intervals and n agents, as the recursion reads it."""

    laws: Floats
    """(4, L, 4) of talk, hold, wrap-up and patience."""
    short: Floats
    """(2, L) share of short calls, and their length."""
    talk_scale: Floats
    """(L, T)"""
    tables: Floats
    interval_date: NDArray[np.int64]
    """(T,)"""
    agents: int
    interval_s: float
    ring_s: float
    short_abandon_s: float
    end_s: float
    """When all agents leave."""


_plain: WeakKeyDictionary[Centre, PlainQueue | None] = WeakKeyDictionary()


def plain_queue(centre: Centre) -> PlainQueue | None:
    """The centre as arrays for the recursion; None if it is no plain queue."""
    if centre not in _plain:
        _plain[centre] = _arrays(centre) if _is_plain(centre) else None
    return _plain[centre]


def play_plain(centre: Centre, plain: PlainQueue, seed: int, replication: int) -> SimulatedCalls:
    """One replication, every call of it."""
    arrivals = first_attempts(centre, seed, replication)
    base = np.array([stream(seed, replication, purpose) for purpose in range(max(Purpose) + 1)], dtype=np.uint64)
    answered_s, ended_s, handle_s, outcome, agent, left_s, busy_s, free_s, order = play_callers(
        plain.laws,
        plain.short,
        plain.talk_scale,
        plain.tables,
        plain.agents,
        plain.ring_s,
        plain.end_s,
        base,
        arrivals.time_s,
        arrivals.line,
        arrivals.interval,
        arrivals.key,
    )
    callers = len(arrivals)
    waited = ~np.isnan(left_s)
    none_s, nothing = np.zeros(0), np.zeros(0, dtype=np.int64)
    return SimulatedCalls(
        replication=replication,
        call=np.arange(callers),
        attempt=np.ones(callers, dtype=np.int64),
        line=arrivals.line,
        arrived_s=arrivals.time_s,
        ivr_s=np.zeros(callers),
        queued_s=arrivals.time_s.copy(),
        answered_s=answered_s,
        ended_s=ended_s,
        outcome=outcome,
        handle_s=handle_s,
        agent=agent,
        called_back_s=np.full(callers, np.nan),
        waiting_area_s=_area_s(arrivals.time_s[waited], left_s[waited]),
        inside_area_s=_area_s(arrivals.time_s, ended_s),
        busy_s=busy_s,
        other_work=OtherWork(kind=nothing, row=nothing, agent=nothing, start_s=none_s, end_s=none_s),
        orders=Orders(
            row=nothing, order_class=nothing, received_s=none_s, due_s=none_s, work_s=none_s, finished_s=none_s
        ),
        stays=_stays(centre, free_s, order, plain.end_s),
    )


def count_plain_replications(centre: Centre, plain: PlainQueue, seed: int, first: int, out: Floats) -> int:
    """Fill daily counts ``(size, L, D, counts)`` of replications from ``first`` on; how many were filled.

    The next one, if any, has to be played: see :func:`simulation.plain_kernels.count_plain`.
    """
    paths = np.ascontiguousarray(centre.arrivals)
    group = int(centre.serving[0, 0])
    return count_plain(*plain, paths, cells_of(centre).serves, group, np.uint64(seed), first, out)


def _is_plain(centre: Centre) -> bool:
    group = centre.serving.flat[0]
    there = attendance(centre.duties, 0.0, 0.0, seed=0, replication=0)
    again = any(
        share > 0 and attempts > 1 for share, attempts in zip(centre.redial_share, centre.attempts_max, strict=True)
    )
    shares = (
        *centre.accept_share,
        *centre.balk_share,
        *centre.three_way_share,
        *centre.order_share,
        centre.self_service_share,
        centre.hang_up_share,
        centre.follow_up_share,
        centre.absence_share,
        centre.late_share,
    )
    return bool(
        centre.given is None
        and centre.circuits >= NO_LIMIT
        and centre.is_open.all()
        and (centre.serving == group).all()
        and centre.announcement_s == 0
        and centre.menu[:2] == (Shape.CONSTANT, 0.0)
        and not any(shares)
        and not again
        and not centre.call_back_missed
        and not any(centre.overflow)
        and len(set(centre.priority)) == 1
        and not any(centre.head_start_s)
        and (centre.pace == 1).all()
        and len(there)
        and len(set(there.agent.tolist())) == len(there)
        and (there.group == group).all()
        and (there.start_s == 0).all()
        and (there.end_s == there.end_s[0]).all()
        and there.end_s[0] >= centre.horizon_s
        and centre.places >= (~there.remote).sum()
        and all(_talks(centre, line) for line in range(len(centre.line_ids)))
    )


def _talks(centre: Centre, line: int) -> bool:
    """Every call of the line lasts some time: ends of calls in the same instant would have another order."""
    if centre.short_call_share[line] > 0 and not centre.short_call_s[line] > 0:
        return False
    talks = _lasts(centre.talk[line], centre.tables) and bool((centre.talk_scale[line] > 0).all())
    return talks or _lasts(centre.hold[line], centre.tables)


def _lasts(law: Law, tables: Floats) -> bool:
    shape, first, second, third = law
    if shape == Shape.HYPEREXPONENTIAL:
        return second > 0 and third > 0
    if shape == Shape.EMPIRICAL:
        return bool(tables[int(first), 0] > 0)
    return shape == Shape.LOGNORMAL or first > 0


def _arrays(centre: Centre) -> PlainQueue:
    there = attendance(centre.duties, 0.0, 0.0, seed=0, replication=0)
    return PlainQueue(
        laws=np.array([centre.talk, centre.hold, centre.wrap, centre.patience], dtype=float),
        short=np.array([centre.short_call_share, centre.short_call_s], dtype=float),
        talk_scale=np.ascontiguousarray(centre.talk_scale, dtype=float),
        tables=np.ascontiguousarray(centre.tables, dtype=float),
        interval_date=cells_of(centre).interval_date,
        agents=len(there),
        interval_s=float(centre.interval_s),
        ring_s=float(centre.ring_s),
        short_abandon_s=float(centre.short_abandon_s),
        end_s=float(there.end_s[0]),
    )


def _area_s(came_s: Floats, left_s: Floats) -> float:
    """Time-integral of how many are there, added up from moment to moment as a ledger does."""
    moments = np.concatenate([came_s, left_s])
    change = np.concatenate([np.ones(len(came_s)), -np.ones(len(left_s))])
    order = np.argsort(moments, kind="stable")
    present = np.cumsum(change[order])
    areas = present[:-1] * np.diff(moments[order])
    return float(np.cumsum(areas)[-1]) if len(areas) else 0.0


def _stays(centre: Centre, free_s: Floats, order: NDArray[np.int64], end_s: float) -> Stays:
    """Who is idle at the end leaves then, by number; the others as they finish."""
    there = attendance(centre.duties, 0.0, 0.0, seed=0, replication=0)
    number = np.arange(len(free_s))
    late = free_s >= end_s
    last = np.concatenate([number[~late], number[late][np.lexsort((order[late], free_s[late]))]])
    return Stays(
        agent=there.agent[last],
        group=there.group[last],
        start_s=np.zeros(len(last)),
        end_s=np.maximum(free_s, end_s)[last],
    )
