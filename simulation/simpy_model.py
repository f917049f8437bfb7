"""The readable reference of the simulated centre: one SimPy process a caller, one a stay of an agent.

The rules are the numbered paragraphs of ``docs/semantics.md``. Agents are not processes: an idle agent
stands in its group's list, and whoever makes work or an agent free looks for the other side.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from enum import IntEnum
from heapq import heappush
from math import inf, nan
from typing import Any, NamedTuple

import numpy as np
import simpy
from numpy.typing import NDArray
from simpy.events import Event

from simulation.attendance import Presence, present
from simulation.calls import (
    ABANDONED,
    ANSWERED,
    BLOCKED,
    CLOSED,
    IVR_ABANDONED,
    IVR_COMPLETED,
    OtherWork,
    SimulatedCalls,
    Stays,
)
from simulation.centre import Centre
from simulation.draws import sample
from simulation.keyed import Purpose, draw, stream, uniforms

__all__ = ["Moment", "arrivals_of", "simulate"]

Process = Generator[Event, Any, None]


class Moment(IntEnum):
    """Kinds of events, in the order in which they happen when they fall on the same instant.

    Within a kind the lower number of agent or caller comes first.
    """

    SIGN_OFF = 1
    HOURS = 2
    HANG_UP = 3
    WORK_DONE = 4
    SIGN_ON = 5
    PICK_UP = 6
    GIVE_UP = 7
    IVR_END = 8
    CALL_BACK = 9
    ARRIVAL = 10
    END = 11


_KIND = 2**44
_ATTEMPTS = 32
"""Attempts of one caller that fit into the order of events; hotlines allow 20 at most."""

_SIGN_OFF, _HOURS, _HANG_UP, _WORK_DONE, _SIGN_ON, _PICK_UP, _GIVE_UP, _IVR_END, _CALL_BACK, _ARRIVAL, _END = (
    kind * _KIND for kind in Moment
)


class Clock(simpy.Environment):
    """A SimPy environment whose events may be set at an absolute time and with a written order."""

    def at(self, time_s: float, order: int) -> Event:
        """A timeout at ``time_s``, before others of the same instant with a higher ``order``."""
        event = Event(self)
        self.trigger(event, time_s, order, None)
        return event

    def trigger(self, event: Event, time_s: float, order: int, value: object) -> None:
        """Let ``event`` happen at ``time_s``."""
        event._ok = True
        event._value = value
        heappush(self._queue, (time_s, order, next(self._eid), event))  # type: ignore[misc]


class Ticket:
    """A caller's place in the queue; ``called`` happens at pick-up with the agent, or at giving up."""

    __slots__ = ("called", "index", "since_s", "waits")

    def __init__(self, called: Event, index: int, since_s: float) -> None:
        self.called = called
        self.index = index
        self.since_s = since_s
        self.waits = True


class Task(NamedTuple):
    """A call-back to make: since when it is due, and the call that caused it."""

    due_s: float
    row: int
    caller: int
    attempt: int


def arrivals_of(
    centre: Centre, seed: int, replication: int
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64], NDArray[np.uint64]]:
    """Arrival times, lines, intervals and keys of a replication's callers, in order of arrival.

    The k-th call of a line in an interval has the same key, and so the same time, patience and
    handling, in every scenario that has such a call.
    """
    path = centre.arrivals[replication % len(centre.arrivals)]
    line, interval = (np.repeat(index, path.ravel()) for index in (a.ravel() for a in np.indices(path.shape)))
    ends = np.cumsum(path.ravel())
    within = np.arange(len(line)) - np.repeat(ends - path.ravel(), path.ravel())
    keys = (line.astype(np.uint64) << np.uint64(44)) | (interval.astype(np.uint64) << np.uint64(20))
    keys |= within.astype(np.uint64)
    share = uniforms(stream(seed, replication, Purpose.ARRIVAL), keys, 1)
    times = interval * centre.interval_s + share * centre.interval_s
    order = np.lexsort((keys, times))
    return times[order], line[order], interval[order], keys[order]


def simulate(centre: Centre, seed: int, replication: int) -> SimulatedCalls:
    """Play one replication of the centre and return every call.

    The result depends on the arguments alone.
    """
    return _Floor(centre, seed, replication).run()


class _Floor:
    """The centre while it runs."""

    def __init__(self, centre: Centre, seed: int, replication: int) -> None:
        self.centre = centre
        self.replication = replication
        self.clock = Clock()
        self.base = {purpose: stream(seed, replication, purpose) for purpose in Purpose}
        times, lines, intervals, keys = arrivals_of(centre, seed, replication)
        callers = len(times)
        self.stays = present(
            centre.duties, centre.absence_share, centre.standby_delay_s, seed=seed, replication=replication
        )
        # Uniform numbers of first attempts in one go; the same numbers as asked one by one.
        self.first: dict[Purpose, list[float]] = {
            purpose: uniforms(self.base[purpose], keys, 1).tolist()
            for purpose in (
                Purpose.IVR_ROUTE,
                Purpose.IVR_TIME,
                Purpose.PATIENCE,
                Purpose.SHORT_CALL,
                Purpose.TALK,
                Purpose.HOLD,
                Purpose.WRAP_UP,
            )
        }
        self.key: list[int] = keys.tolist()
        # One entry a call: rows 0 … callers−1 are first attempts, redials follow as they come.
        self.call = list(range(callers))
        self.attempt = [1] * callers
        self.line: list[int] = lines.tolist()
        self.interval: list[int] = intervals.tolist()
        self.arrived_s: list[float] = times.tolist()
        self.ivr_s = [0.0] * callers
        self.queued_s = [nan] * callers
        self.answered_s = [nan] * callers
        self.ended_s = [nan] * callers
        self.outcome = [-1] * callers
        self.handle_s = [nan] * callers
        self.agent = [-1] * callers
        self.called_back_s = [nan] * callers
        self.inside_now = bytearray(callers)
        self.settled = bytearray(callers)
        # The floor.
        agents, groups = len(centre.agent_ids), len(centre.group_ids)
        self.on_duty = [False] * agents
        self.busy = [False] * agents
        self.group = [-1] * agents
        self.signed_in_s = [0.0] * agents
        self.busy_since_s = [0.0] * agents
        self.busy_s = [0.0] * agents
        self.idle: list[dict[int, None]] = [{} for _ in range(groups)]
        self.queue: list[deque[Ticket]] = [deque() for _ in centre.line_ids]
        self.call_backs: list[deque[Task]] = [deque() for _ in centre.line_ids]
        self.follow_ups: list[deque[Task]] = [deque() for _ in centre.line_ids]
        self.lines_of: list[list[int]] = [[] for _ in range(groups)]
        self.group_of: list[int] = []
        self.free_circuits = centre.circuits
        self.talk_scale: list[list[float]] = centre.talk_scale.tolist()
        self.ended = False
        # What the floor keeps for the assertions.
        self.waiting = 0
        self.waiting_changed_s = 0.0
        self.waiting_area_s = 0.0
        self.inside = 0
        self.inside_changed_s = 0.0
        self.inside_area_s = 0.0
        self.other_work: list[tuple[int, int, int, float, float]] = []
        self.signed_in: list[tuple[int, int, float, float]] = []

    def run(self) -> SimulatedCalls:
        """Play until the last call has ended."""
        self._set_hours(0)
        self.clock.process(self.hours())
        for stay in self.stays:
            self.clock.process(self.stay(stay))
        self.clock.process(self.arrivals())
        self.clock.process(self.end())
        self.clock.run()
        return self._result()

    def uniform(self, purpose: Purpose, caller: int, attempt: int) -> float:
        """The draw for this purpose, caller and attempt."""
        if attempt == 1 and purpose in self.first:
            return self.first[purpose][caller]
        return draw(self.base[purpose], self.key[caller], attempt)

    # Callers

    def arrivals(self) -> Process:
        """Callers come one after another."""
        clock = self.clock
        for caller in range(len(self.key)):
            yield clock.at(self.arrived_s[caller], _ARRIVAL + caller * _ATTEMPTS + 1)
            clock.process(self.caller(caller))

    def caller(self, caller: int) -> Process:
        """A caller: one call, and perhaps more after giving up or a busy signal."""
        attempt, row, line = 1, caller, self.line[caller]
        centre = self.centre
        while True:
            yield from self.one_call(caller, attempt, row)
            if self.outcome[row] not in (ABANDONED, BLOCKED) or attempt >= centre.attempts_max[line]:
                return
            if not self.uniform(Purpose.REDIAL, caller, attempt) < centre.redial_share[line]:
                return
            delay_s = sample(*centre.redial_delay[line], self.uniform(Purpose.REDIAL_DELAY, caller, attempt))
            again_s = self.clock.now + delay_s
            if again_s >= centre.horizon_s:
                return
            attempt += 1
            yield self.clock.at(again_s, _ARRIVAL + caller * _ATTEMPTS + attempt)
            if self.settled[caller]:
                return
            row = self._new_row(caller, attempt, line)

    def one_call(self, caller: int, attempt: int, row: int) -> Process:
        """One call from dialling to its end."""
        centre, clock = self.centre, self.clock
        now = clock.now
        if not self.free_circuits:
            self.outcome[row] = BLOCKED
            self.ended_s[row] = now
            return
        self._enter(caller)
        fate, ivr_s = self._ivr(caller, attempt)
        if ivr_s > 0:
            self.ivr_s[row] = ivr_s
            yield clock.at(now + ivr_s, _IVR_END + caller * _ATTEMPTS + attempt)
        if fate == ANSWERED and not self.is_open:
            fate = CLOSED
        if fate != ANSWERED:
            self._leave(caller, row, fate)
            if fate == CLOSED and centre.call_back_closed:
                opening_s = centre.next_opening_s(clock.now)
                if opening_s is not None:
                    self._call_back_later(max(opening_s, clock.now + centre.call_back_delay_s), row, caller, attempt)
            return
        agent = yield from self.wait_for_agent(caller, attempt, row)
        if agent is None:
            self._leave(caller, row, ABANDONED)
            if centre.call_back_missed:
                self._call_back_later(clock.now + centre.call_back_delay_s, row, caller, attempt)
            return
        self.answered_s[row] = clock.now
        self.agent[row] = agent
        spoken_s, wrap_s = self._handling(caller, attempt, row)
        self.handle_s[row] = spoken_s + wrap_s
        yield clock.at(clock.now + spoken_s, _HANG_UP + caller * _ATTEMPTS + attempt)
        self.settled[caller] = True
        self._leave(caller, row, ANSWERED)
        self._ask_satisfaction(caller, attempt, row)
        if wrap_s > 0:
            yield clock.at(clock.now + wrap_s, _WORK_DONE + agent)
        self._release(agent)

    def _ivr(self, caller: int, attempt: int) -> tuple[int, float]:
        """How announcement and IVR end for the caller (ANSWERED: asks for an agent), and their length."""
        centre = self.centre
        if not (self.is_open or centre.ivr_open_24_h):
            return CLOSED, 0.0
        route = self.uniform(Purpose.IVR_ROUTE, caller, attempt)
        length = self.uniform(Purpose.IVR_TIME, caller, attempt)
        if route < centre.self_service_share:
            return IVR_COMPLETED, centre.announcement_s + sample(*centre.self_service, length)
        if route < centre.self_service_share + centre.hang_up_share:
            return IVR_ABANDONED, sample(*centre.hang_up, length)
        return ANSWERED, centre.announcement_s + sample(*centre.menu, length)

    def wait_for_agent(self, caller: int, attempt: int, row: int) -> Generator[Event, Any, int | None]:
        """Queue until an agent picks up, or until patience ends; the agent, or None."""
        clock, line, index = self.clock, self.line[row], caller * _ATTEMPTS + attempt
        now = self.queued_s[row] = clock.now
        idle = self.idle[self.group_of[line]]
        if idle:
            agent = next(iter(idle))
            del idle[agent]
            self._engage(agent)
            yield clock.at(now + self.centre.ring_s, _PICK_UP + index)
            return agent
        if self.ended:
            return None
        ticket = Ticket(Event(clock), index, now)
        self.queue[line].append(ticket)
        self._count_waiting(1)
        patience_s = sample(*self.centre.patience[line], self.uniform(Purpose.PATIENCE, caller, attempt))
        if patience_s < inf:
            limit = clock.at(now + patience_s, _GIVE_UP + index)
            limit.callbacks.append(lambda _: self._give_up(ticket))
        picked_by: int | None = yield ticket.called
        return picked_by

    def _give_up(self, ticket: Ticket) -> None:
        if ticket.waits:
            ticket.waits = False
            self._count_waiting(-1)
            self.clock.trigger(ticket.called, self.clock.now, _GIVE_UP + ticket.index, None)

    def _handling(self, caller: int, attempt: int, row: int) -> tuple[float, float]:
        """Talk and hold together, and wrap-up, of this call."""
        centre, line = self.centre, self.line[row]
        share = centre.short_call_share[line]
        if share > 0 and self.uniform(Purpose.SHORT_CALL, caller, attempt) < share:
            return centre.short_call_s[line], 0.0
        talk_s = sample(*centre.talk[line], self.uniform(Purpose.TALK, caller, attempt))
        hold_s = sample(*centre.hold[line], self.uniform(Purpose.HOLD, caller, attempt))
        wrap_s = sample(*centre.wrap[line], self.uniform(Purpose.WRAP_UP, caller, attempt))
        return talk_s * self.talk_scale[line][self.interval[row]] + hold_s, wrap_s

    def _new_row(self, caller: int, attempt: int, line: int) -> int:
        now = self.clock.now
        self.call.append(caller)
        self.attempt.append(attempt)
        self.line.append(line)
        self.interval.append(min(int(now / self.centre.interval_s), len(self.centre.interval_date) - 1))
        self.arrived_s.append(now)
        self.ivr_s.append(0.0)
        self.outcome.append(-1)
        self.agent.append(-1)
        for column in (self.queued_s, self.answered_s, self.ended_s, self.handle_s, self.called_back_s):
            column.append(nan)
        return len(self.call) - 1

    def _enter(self, caller: int) -> None:
        self.free_circuits -= 1
        self.inside_now[caller] = True
        self._count_inside(1)

    def _leave(self, caller: int, row: int, outcome: int) -> None:
        self.outcome[row] = outcome
        self.ended_s[row] = self.clock.now
        self.free_circuits += 1
        self.inside_now[caller] = False
        self._count_inside(-1)

    # Call-backs

    def _call_back_later(self, due_s: float, row: int, caller: int, attempt: int) -> None:
        self.clock.process(self.missed(Task(due_s, row, caller, attempt)))

    def missed(self, task: Task) -> Process:
        """A missed call waits until it is due, then for a free agent."""
        yield self.clock.at(task.due_s, _CALL_BACK + task.caller * _ATTEMPTS + task.attempt)
        line = self.line[task.row]
        self.call_backs[line].append(task)
        self._offer(self.group_of[line])

    def call_back(self, agent: int, task: Task) -> Process:
        """An agent calls a missed caller back, who may or may not pick up."""
        centre, clock = self.centre, self.clock
        start_s = clock.now
        reached = self.uniform(Purpose.CALL_BACK_REACHED, task.caller, task.attempt) < centre.call_back_reached_share
        if reached:
            self.settled[task.caller] = True
            self.called_back_s[task.row] = start_s + centre.ring_s
            spoken_s, wrap_s = self._handling(task.caller, task.attempt, task.row)
            length_s = centre.ring_s + spoken_s + wrap_s
        else:
            length_s = centre.call_back_unreached_s
        yield clock.at(start_s + length_s, _WORK_DONE + agent)
        self.other_work.append((0, task.row, agent, start_s, clock.now))
        self._release(agent)

    def _ask_satisfaction(self, caller: int, attempt: int, row: int) -> None:
        share = self.centre.follow_up_share
        if share > 0 and self.uniform(Purpose.SATISFACTION, caller, attempt) < share:
            line = self.line[row]
            self.follow_ups[line].append(Task(self.clock.now, row, caller, attempt))
            self._offer(self.group_of[line])

    def follow_up(self, agent: int, task: Task) -> Process:
        """An agent calls back a caller who was not fully satisfied."""
        clock = self.clock
        start_s = clock.now
        u = self.uniform(Purpose.FOLLOW_UP_TIME, task.caller, task.attempt)
        yield clock.at(start_s + sample(*self.centre.follow_up, u), _WORK_DONE + agent)
        self.other_work.append((1, task.row, agent, start_s, clock.now))
        self._release(agent)

    # Agents

    def stay(self, stay: Presence) -> Process:
        """An agent signs in, and off again; a call in hand is finished."""
        agent = stay.agent
        yield self.clock.at(stay.start_s, _SIGN_ON + agent)
        if self.busy[agent]:
            self._record_stay(agent)
        self.on_duty[agent] = True
        self.group[agent] = stay.group
        self.signed_in_s[agent] = stay.start_s
        if not self.busy[agent] and not self._employ(agent):
            self.idle[stay.group][agent] = None
        yield self.clock.at(stay.end_s, _SIGN_OFF + agent)
        self.on_duty[agent] = False
        if not self.busy[agent]:
            del self.idle[stay.group][agent]
            self._record_stay(agent)

    def _record_stay(self, agent: int) -> None:
        self.signed_in.append((agent, self.group[agent], self.signed_in_s[agent], self.clock.now))

    def _engage(self, agent: int) -> None:
        self.busy[agent] = True
        self.busy_since_s[agent] = self.clock.now

    def _release(self, agent: int) -> None:
        self.busy[agent] = False
        self.busy_s[agent] += self.clock.now - self.busy_since_s[agent]
        if not self.on_duty[agent]:
            self._record_stay(agent)
        elif not self._employ(agent):
            self.idle[self.group[agent]][agent] = None

    def _offer(self, group: int) -> None:
        """Give what there is to do to the group's idle agents, longest idle first."""
        for agent in list(self.idle[group]):
            if not self._employ(agent):
                return
            del self.idle[group][agent]

    def _employ(self, agent: int) -> bool:
        """Give the agent the next caller, or a call-back; False if there is nothing to do."""
        lines = self.lines_of[self.group[agent]]
        clock = self.clock
        if self.waiting:
            ticket = self._longest_waiting(lines)
            if ticket is not None:
                ticket.waits = False
                self._count_waiting(-1)
                self._engage(agent)
                clock.trigger(ticket.called, clock.now + self.centre.ring_s, _PICK_UP + ticket.index, agent)
                return True
        task = self._earliest(self.call_backs, lines)
        if task is not None:
            self._engage(agent)
            clock.process(self.call_back(agent, task))
            return True
        task = self._earliest(self.follow_ups, lines) if self.by_day else None
        if task is not None:
            self._engage(agent)
            clock.process(self.follow_up(agent, task))
            return True
        return False

    def _longest_waiting(self, lines: list[int]) -> Ticket | None:
        """Take the caller who has waited longest on these lines out of the queue."""
        best: deque[Ticket] | None = None
        for line in lines:
            queue = self.queue[line]
            while queue and not queue[0].waits:
                queue.popleft()
            if queue and (best is None or (queue[0].since_s, queue[0].index) < (best[0].since_s, best[0].index)):
                best = queue
        return None if best is None else best.popleft()

    def _earliest(self, waiting: list[deque[Task]], lines: list[int]) -> Task | None:
        """Take the task due first; a missed caller who is calling or was served needs none."""
        while True:
            best: deque[Task] | None = None
            for line in lines:
                if waiting[line] and (best is None or waiting[line][0] < best[0]):
                    best = waiting[line]
            if best is None:
                return None
            task = best.popleft()
            if waiting is self.follow_ups or not (self.settled[task.caller] or self.inside_now[task.caller]):
                return task

    # The centre's day

    def hours(self) -> Process:
        """Opening hours, and which group serves which line, change at interval boundaries."""
        centre = self.centre
        state = np.vstack([centre.serving, centre.is_open, centre.by_day])
        for interval in (np.flatnonzero((state[:, 1:] != state[:, :-1]).any(axis=0)) + 1).tolist():
            yield self.clock.at(interval * centre.interval_s, _HOURS)
            self._set_hours(interval)
            for group in range(len(self.idle)):
                self._offer(group)

    def _set_hours(self, interval: int) -> None:
        centre = self.centre
        self.is_open = bool(centre.is_open[interval])
        self.by_day = bool(centre.by_day[interval])
        self.group_of = centre.serving[:, interval].tolist()
        self.lines_of = [[k for k, g in enumerate(self.group_of) if g == group] for group in range(len(self.idle))]

    def end(self) -> Process:
        """After the period and the last duty nobody comes any more: who still waits is sent away."""
        last_s = max((stay.end_s for stay in self.stays), default=0.0)
        yield self.clock.at(max(self.centre.horizon_s, last_s), _END)
        self.ended = True
        for queue in self.queue:
            for ticket in queue:
                self._give_up(ticket)

    # Keeping

    def _count_waiting(self, change: int) -> None:
        now = self.clock.now
        self.waiting_area_s += self.waiting * (now - self.waiting_changed_s)
        self.waiting_changed_s = now
        self.waiting += change

    def _count_inside(self, change: int) -> None:
        now = self.clock.now
        self.inside_area_s += self.inside * (now - self.inside_changed_s)
        self.inside_changed_s = now
        self.inside += change

    def _result(self) -> SimulatedCalls:
        order = np.lexsort((self.attempt, self.call))
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        work = np.array(self.other_work, dtype=float).reshape(-1, 5)
        stays = np.array(self.signed_in, dtype=float).reshape(-1, 4)
        return SimulatedCalls(
            replication=self.replication,
            call=np.array(self.call, dtype=np.int64)[order],
            attempt=np.array(self.attempt, dtype=np.int64)[order],
            line=np.array(self.line, dtype=np.int64)[order],
            arrived_s=np.array(self.arrived_s, dtype=float)[order],
            ivr_s=np.array(self.ivr_s, dtype=float)[order],
            queued_s=np.array(self.queued_s, dtype=float)[order],
            answered_s=np.array(self.answered_s, dtype=float)[order],
            ended_s=np.array(self.ended_s, dtype=float)[order],
            outcome=np.array(self.outcome, dtype=np.int64)[order],
            handle_s=np.array(self.handle_s, dtype=float)[order],
            agent=np.array(self.agent, dtype=np.int64)[order],
            called_back_s=np.array(self.called_back_s, dtype=float)[order],
            waiting_area_s=self.waiting_area_s,
            inside_area_s=self.inside_area_s,
            busy_s=np.array(self.busy_s, dtype=float),
            other_work=OtherWork(
                kind=work[:, 0].astype(np.int64),
                row=place[work[:, 1].astype(np.int64)],
                agent=work[:, 2].astype(np.int64),
                start_s=work[:, 3],
                end_s=work[:, 4],
            ),
            stays=Stays(
                agent=stays[:, 0].astype(np.int64),
                group=stays[:, 1].astype(np.int64),
                start_s=stays[:, 2],
                end_s=stays[:, 3],
            ),
        )
