"""The recursion of Kiefer and Wolfowitz with patience, call by call, streaming its own draws.

Kiefer and Wolfowitz 1955, "On the theory of queues with many servers", Trans. AMS 78:1–18. Callers in order of arrival
take the agent who is free first. Who would have to wait longer than patience leaves and touches no agent. There are no
events; a call costs its draws, one step in a heap of the agents' free times, and its counts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulation.calls import ABANDONED, ANSWERED
from simulation.clock import ATTEMPTS, Moment
from simulation.compiled_arrivals import spread_interval
from simulation.compiled_counts import interval_at, share_staffed
from simulation.compiled_draws import draw, stream, tabled, untabled
from simulation.compiled_tallies import (
    GONE,
    GONE_15,
    GONE_OVER_40,
    GONE_SHORT,
    SUM_ALL,
    SUM_ANSWERED,
    SUM_DIALLING,
    SUM_HANDLE,
    SUMS,
    THRESHOLDS,
    WHOLE,
    write_counts,
)
from simulation.draws import Shape
from simulation.kernels import inlined, kernel
from simulation.keyed import Purpose
from wfm.metrics import COUNTS, THREE_RINGS_S

__all__ = ["count_plain", "play_callers"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Words = NDArray[np.uint64]

_ARRIVAL, _PATIENCE, _SHORT = np.uint64(Purpose.ARRIVAL), np.uint64(Purpose.PATIENCE), np.uint64(Purpose.SHORT_CALL)
_TALK, _HOLD, _WRAP = np.uint64(Purpose.TALK), np.uint64(Purpose.HOLD), np.uint64(Purpose.WRAP_UP)
_EMPIRICAL = int(Shape.EMPIRICAL)
_ONCE, _LINE = np.uint64(1), np.uint64(44)
_HANG_UP, _WORK_DONE, _SIGN_ON = int(Moment.HANG_UP), int(Moment.WORK_DONE), int(Moment.SIGN_ON)
_ATTEMPTS, _FATE_ANSWERED, _FATE_ABANDONED = ATTEMPTS, ANSWERED, ABANDONED

_THRESHOLDS, _SLOWER = THRESHOLDS, len(THRESHOLDS)
_THREE_RINGS_S = THREE_RINGS_S
_QUEUED = COUNTS.index("queued")


@inlined
def _time_s(shape: float, first: float, second: float, third: float, base: np.uint64, key: np.uint64) -> float:
    """The time of a law that is not empirical, drawn only if it is no constant."""
    if shape == 0:
        return first
    return untabled(int(shape), first, second, third, draw(base, key, _ONCE))


@inlined
def _replace_first(free_s: Floats, agents: int, time_s: float) -> None:
    """Put another time in the place of the first of a heap of four children each."""
    at = 0
    while True:
        child = 4 * at + 1
        if child >= agents:
            break
        least, least_s = child, free_s[child]
        for other in range(child + 1, min(child + 4, agents)):
            if free_s[other] < least_s:
                least, least_s = other, free_s[other]
        if least_s >= time_s:
            break
        free_s[at] = least_s
        at = least
    free_s[at] = time_s


@kernel
def count_plain(
    laws: Floats,
    short: Floats,
    talk_scale: Floats,
    tables: Floats,
    interval_date: Integers,
    agents: int,
    interval_s: float,
    ring_s: float,
    short_abandon_s: float,
    end_s: float,
    paths: Integers,
    serves: Floats,
    group: int,
    seed: np.uint64,
    replication: int,
    out: Floats,
) -> int:
    """Fill daily counts of replications from ``replication`` on into ``out`` (size, L, D, counts); how many were filled.

    Args:
        laws: (4, L, 4) of talk, hold, wrap-up and patience.
        short: (2, L) share of short calls, and their length.
        talk_scale: (L, T)
        tables: quantile tables of the laws.
        interval_date: (T,)
        agents: how many are there from the start until ``end_s``.
        interval_s: length of an interval.
        ring_s: time from an agent being free to pick-up.
        short_abandon_s: who gives up sooner is a short abandon.
        end_s: when the agents leave.
        paths: (P, L, T) calls.
        serves: (G, L, D) as in ``simulation.compiled_counts.Cells``.
        group: the one that answers.
        seed: seed of every draw.
        replication: the first.
        out: overwritten.

    A replication in which two calls of different intervals share an instant to the last bit is left to be played
    otherwise, since their order depends on more than is kept here; the filling ends before it.
    """
    size: int = out.shape[0]
    lines, days = out.shape[1:3]
    intervals = paths.shape[2]
    most = _most_calls(paths, replication, size)
    time_s, share = np.empty(most), np.empty(most)
    key, word = np.empty(most, dtype=np.uint64), np.empty(most, dtype=np.uint64)
    bucket = np.empty(most + 2, dtype=np.int64)
    free_s = np.empty(agents)
    whole = np.zeros((lines * days, WHOLE), dtype=np.int64)
    sums = np.zeros((lines * days, SUMS))
    for k in range(size):
        free_s[:] = 0
        whole[:] = 0
        sums[:] = 0
        path = paths[(replication + k) % len(paths)]
        number = np.uint64(replication + k)
        arrival, patience, short_call = (
            stream(seed, number, _ARRIVAL),
            stream(seed, number, _PATIENCE),
            stream(seed, number, _SHORT),
        )
        talk, hold, wrap = stream(seed, number, _TALK), stream(seed, number, _HOLD), stream(seed, number, _WRAP)
        last_s = -1.0
        for t in range(intervals):
            calls = 0
            for line in range(lines):
                calls += path[line, t]
            if calls == 0:
                continue
            spread_interval(path, t, interval_s, arrival, share, word, bucket, time_s, key, 0)
            if time_s[0] <= last_s:
                return k
            last_s = time_s[calls - 1]
            begins_s, ends_s, date = t * interval_s, (t + 1) * interval_s, interval_date[t]
            for i in range(calls):
                arrived_s, caller = time_s[i], key[i]
                of = np.int64(caller >> _LINE)
                cell = of * days + date
                if not begins_s < arrived_s < ends_s:
                    cell = of * days + interval_date[interval_at(arrived_s, t, interval_s, intervals)]
                begin_s = free_s[0]
                if begin_s > arrived_s or arrived_s >= end_s:
                    begin_s = max(begin_s, arrived_s)
                    shape, first, second, third = laws[3, of, 0], laws[3, of, 1], laws[3, of, 2], laws[3, of, 3]
                    if shape == _EMPIRICAL:
                        gone_s = arrived_s + tabled(first, draw(patience, caller, _ONCE), tables)
                    else:
                        gone_s = arrived_s + _time_s(shape, first, second, third, patience, caller)
                    if begin_s > gone_s or begin_s >= end_s:
                        wait_s = min(gone_s, end_s) - arrived_s
                        sums[cell, SUM_ALL] += wait_s
                        whole[cell, GONE] += 1
                        whole[cell, GONE_SHORT] += wait_s < short_abandon_s
                        whole[cell, GONE_15] += wait_s <= 15
                        whole[cell, GONE_OVER_40] += wait_s > 40
                        continue
                else:
                    begin_s = arrived_s
                answered_s = begin_s + ring_s
                if short[0, of] > 0 and draw(short_call, caller, _ONCE) < short[0, of]:
                    spoken_s, wrap_s = short[1, of], 0.0
                else:
                    shape, first, second, third = laws[0, of, 0], laws[0, of, 1], laws[0, of, 2], laws[0, of, 3]
                    talk_s = _time_s(shape, first, second, third, talk, caller)
                    shape, first, second, third = laws[1, of, 0], laws[1, of, 1], laws[1, of, 2], laws[1, of, 3]
                    hold_s = _time_s(shape, first, second, third, hold, caller)
                    shape, first, second, third = laws[2, of, 0], laws[2, of, 1], laws[2, of, 2], laws[2, of, 3]
                    wrap_s = _time_s(shape, first, second, third, wrap, caller)
                    spoken_s = talk_s * talk_scale[of, t] + hold_s
                wait_s = answered_s - arrived_s
                exceeded = 0
                for threshold in range(_SLOWER):
                    exceeded += wait_s > _THRESHOLDS[threshold]
                whole[cell, exceeded] += 1
                sums[cell, SUM_ANSWERED] += wait_s
                sums[cell, SUM_ALL] += wait_s
                sums[cell, SUM_HANDLE] += spoken_s + wrap_s
                _replace_first(free_s, agents, answered_s + spoken_s + wrap_s)
        sums[:, SUM_DIALLING] = sums[:, SUM_ANSWERED]
        write_counts(whole, sums, ring_s > _THREE_RINGS_S, out[k])
        _write_staffed(free_s, end_s, interval_s, interval_date, serves, group, out[k])
    return size


@kernel
def _most_calls(paths: Integers, replication: int, size: int) -> int:
    """Calls of the busiest interval of these replications."""
    most = 0
    for k in range(min(size, len(paths))):
        path = paths[(replication + k) % len(paths)]
        for t in range(path.shape[1]):
            calls = 0
            for line in range(path.shape[0]):
                calls += path[line, t]
            most = max(most, calls)
    busiest: int = most
    return busiest


@kernel
def _write_staffed(
    free_s: Floats, end_s: float, interval_s: float, interval_date: Integers, serves: Floats, group: int, counts: Floats
) -> None:
    agents = len(free_s)
    served = np.zeros(serves.shape)
    for line in range(counts.shape[0]):
        for date in range(counts.shape[1]):
            served[group, line, date] = counts[line, date, _QUEUED]
    groups, starts_s, ends_s = np.empty(agents, dtype=np.int64), np.zeros(agents), np.empty(agents)
    for agent in range(agents):
        groups[agent] = group
        ends_s[agent] = max(free_s[agent], end_s)
    share_staffed(groups, starts_s, ends_s, interval_s, interval_date, served, serves, counts)


@inlined
def _before(free_s: Floats, order: Integers, one: int, other: int) -> bool:
    earlier: bool = free_s[one] < free_s[other] or (free_s[one] == free_s[other] and order[one] < order[other])
    return earlier


@kernel
def play_callers(
    laws: Floats,
    short: Floats,
    talk_scale: Floats,
    tables: Floats,
    agents: int,
    ring_s: float,
    end_s: float,
    base: Words,
    time_s: Floats,
    line: Integers,
    interval: Integers,
    key: Words,
) -> tuple[Floats, Floats, Floats, Integers, Integers, Floats, Floats, Floats, Integers]:
    """Play callers in the order given; the first arguments are those of :func:`count_plain`, ``base`` streams by purpose.

    Returns:
        Of each caller ``(callers,)``: pick-up, leaving and handling time, fate, agent, and when the caller stopped
        waiting (NaN for those who did not wait). Of each agent ``(agents,)``: seconds occupied, when last free, and the
        order of that moment among others of the same instant.
    """
    callers = len(time_s)
    answered_s, ended_s, handle_s, left_s = (
        np.empty(callers),
        np.empty(callers),
        np.empty(callers),
        np.empty(callers),
    )
    outcome, by = np.empty(callers, dtype=np.int64), np.empty(callers, dtype=np.int64)
    busy_s, free_s = np.zeros(agents), np.zeros(agents)
    order, heap = np.empty(agents, dtype=np.int64), np.empty(agents, dtype=np.int64)
    for agent in range(agents):
        order[agent] = _SIGN_ON + agent
        heap[agent] = agent
    for i in range(callers):
        arrived_s, k, caller = time_s[i], line[i], key[i]
        answered_s[i] = handle_s[i] = left_s[i] = np.nan
        outcome[i], by[i] = _FATE_ABANDONED, -1
        agent = heap[0]
        begin_s = max(arrived_s, free_s[agent])
        if begin_s > arrived_s or arrived_s >= end_s:
            shape, first, second, third = laws[3, k, 0], laws[3, k, 1], laws[3, k, 2], laws[3, k, 3]
            if shape == _EMPIRICAL:
                gone_s = arrived_s + tabled(first, draw(base[_PATIENCE], caller, _ONCE), tables)
            else:
                gone_s = arrived_s + _time_s(shape, first, second, third, base[_PATIENCE], caller)
            if begin_s > gone_s or begin_s >= end_s:
                ended_s[i] = left_s[i] = min(gone_s, end_s)
                continue
            left_s[i] = begin_s
        if short[0, k] > 0 and draw(base[_SHORT], caller, _ONCE) < short[0, k]:
            spoken_s, wrap_s = short[1, k], 0.0
        else:
            shape, first, second, third = laws[0, k, 0], laws[0, k, 1], laws[0, k, 2], laws[0, k, 3]
            talk_s = _time_s(shape, first, second, third, base[_TALK], caller)
            shape, first, second, third = laws[1, k, 0], laws[1, k, 1], laws[1, k, 2], laws[1, k, 3]
            hold_s = _time_s(shape, first, second, third, base[_HOLD], caller)
            shape, first, second, third = laws[2, k, 0], laws[2, k, 1], laws[2, k, 2], laws[2, k, 3]
            wrap_s = _time_s(shape, first, second, third, base[_WRAP], caller)
            spoken_s = talk_s * talk_scale[k, interval[i]] + hold_s
        answered_s[i] = begin_s + ring_s
        ended_s[i] = answered_s[i] + spoken_s
        handle_s[i] = spoken_s + wrap_s
        outcome[i], by[i] = _FATE_ANSWERED, agent
        free_s[agent] = ended_s[i] + wrap_s
        order[agent] = _WORK_DONE + agent if wrap_s > 0 else _HANG_UP + i * _ATTEMPTS + 1
        busy_s[agent] += free_s[agent] - begin_s
        at = 0
        while True:
            least = 2 * at + 1
            if least >= agents:
                break
            if least + 1 < agents and _before(free_s, order, heap[least + 1], heap[least]):
                least += 1
            if not _before(free_s, order, heap[least], agent):
                break
            heap[at] = heap[least]
            at = least
        heap[at] = agent
    return answered_s, ended_s, handle_s, outcome, by, left_s, busy_s, free_s, order
