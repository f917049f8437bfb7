"""The readable reference of the simulated centre: one SimPy process a caller, one a stay of an agent.

The rules are the numbered paragraphs of ``docs/semantics.md``. Agents are not processes: an idle agent
stands in its group's list, and whoever makes work or an agent free looks for the other side.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from math import inf
from typing import Any, NamedTuple

import numpy as np
from simpy.events import Event

from simulation.arrivals import arrivals_of
from simulation.attendance import Presence, present
from simulation.calls import (
    ABANDONED,
    ANSWERED,
    BLOCKED,
    CLOSED,
    IVR_ABANDONED,
    IVR_COMPLETED,
    MISSED_CALL,
    SATISFACTION,
    SimulatedCalls,
)
from simulation.centre import Centre
from simulation.clock import Clock, Moment, place_of
from simulation.draws import sample
from simulation.keyed import Purpose, draw, stream, uniforms
from simulation.ledger import Ledger

__all__ = ["simulate"]

Process = Generator[Event, Any, None]


class Ticket:
    """A caller's place in the queue; ``called`` happens at pick-up with the agent, or at giving up with None."""

    __slots__ = ("called", "place", "since_s", "waits")

    def __init__(self, called: Event, place: int, since_s: float) -> None:
        self.called = called
        self.place = place
        self.since_s = since_s
        self.waits = True


class Task(NamedTuple):
    """A call-back to make: since when it is due, and the call that caused it."""

    due_s: float
    caller: int
    attempt: int
    row: int


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
        arrivals = arrivals_of(centre, seed, replication)
        callers = len(arrivals)
        agents, groups = len(centre.agent_ids), len(centre.group_ids)
        self.ledger = Ledger(arrivals, agents)
        self.stays = present(
            centre.duties, centre.absence_share, centre.standby_delay_s, seed=seed, replication=replication
        )
        # Uniform numbers of first attempts in one go; the same numbers as asked one by one.
        self.first: dict[Purpose, list[float]] = {
            purpose: uniforms(self.base[purpose], arrivals.key, 1).tolist()
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
        self.key: list[int] = arrivals.key.tolist()
        self.inside_now = bytearray(callers)
        self.settled = bytearray(callers)
        self.on_duty = [False] * agents
        self.busy = [False] * agents
        self.group = [-1] * agents
        self.signed_in_s = [0.0] * agents
        self.busy_since_s = [0.0] * agents
        self.idle: list[dict[int, None]] = [{} for _ in range(groups)]
        self.queue: list[deque[Ticket]] = [deque() for _ in centre.line_ids]
        self.call_backs: list[deque[Task]] = [deque() for _ in centre.line_ids]
        self.follow_ups: list[deque[Task]] = [deque() for _ in centre.line_ids]
        self.lines_of: list[list[int]] = [[] for _ in range(groups)]
        self.group_of: list[int] = []
        self.free_circuits = centre.circuits
        self.talk_scale: list[list[float]] = centre.talk_scale.tolist()
        self.ended = False

    def run(self) -> SimulatedCalls:
        """Play until the last call has ended."""
        self._set_hours(0)
        self.clock.process(self.hours())
        for stay in self.stays:
            self.clock.process(self.stay(stay))
        self.clock.process(self.arrivals())
        self.clock.process(self.end())
        self.clock.run()
        return self.ledger.close(self.replication)

    def uniform(self, purpose: Purpose, caller: int, attempt: int) -> float:
        """The draw for this purpose, caller and attempt."""
        if attempt == 1 and purpose in self.first:
            return self.first[purpose][caller]
        return draw(self.base[purpose], self.key[caller], attempt)

    # Callers

    def arrivals(self) -> Process:
        """Callers come one after another."""
        clock, arrived_s = self.clock, self.ledger.arrived_s
        for caller in range(len(self.key)):
            yield clock.at(arrived_s[caller], Moment.ARRIVAL + place_of(caller, 1))
            clock.process(self.caller(caller))

    def caller(self, caller: int) -> Process:
        """A caller: one call, and perhaps more after giving up or a busy signal."""
        centre, clock, ledger = self.centre, self.clock, self.ledger
        attempt, row, line = 1, caller, ledger.line[caller]
        while True:
            yield from self.one_call(caller, attempt, row)
            if ledger.outcome[row] not in (ABANDONED, BLOCKED) or attempt >= centre.attempts_max[line]:
                return
            if self.uniform(Purpose.REDIAL, caller, attempt) >= centre.redial_share[line]:
                return
            delay_s = sample(
                *centre.redial_delay[line], self.uniform(Purpose.REDIAL_DELAY, caller, attempt), centre.tables
            )
            again_s = clock.now + delay_s
            if again_s >= centre.horizon_s:
                return
            attempt += 1
            yield clock.at(again_s, Moment.ARRIVAL + place_of(caller, attempt))
            if self.settled[caller]:
                return
            interval = min(int(again_s / centre.interval_s), len(centre.interval_date) - 1)
            row = ledger.redial(caller, attempt, line, interval, again_s)

    def one_call(self, caller: int, attempt: int, row: int) -> Process:
        """One call from dialling to its end."""
        clock, ledger = self.clock, self.ledger
        if not self.free_circuits:
            ledger.outcome[row] = BLOCKED
            ledger.ended_s[row] = clock.now
            return
        self._enter(caller)
        fate, ivr_s = self._ivr(caller, attempt)
        if ivr_s > 0:
            ledger.ivr_s[row] = ivr_s
            yield clock.at(clock.now + ivr_s, Moment.IVR_END + place_of(caller, attempt))
        if fate == ANSWERED and not self.is_open:
            fate = CLOSED
        if fate != ANSWERED:
            self._leave(caller, attempt, row, fate)
            return
        agent = yield from self.wait_for_agent(caller, attempt, row)
        if agent is None:
            self._leave(caller, attempt, row, ABANDONED)
            return
        ledger.answered_s[row] = clock.now
        ledger.agent[row] = agent
        spoken_s, wrap_s = self._handling(caller, attempt, row)
        ledger.handle_s[row] = spoken_s + wrap_s
        yield clock.at(clock.now + spoken_s, Moment.HANG_UP + place_of(caller, attempt))
        self._leave(caller, attempt, row, ANSWERED)
        if wrap_s > 0:
            yield clock.at(clock.now + wrap_s, Moment.WORK_DONE + agent)
        self._release(agent)

    def _ivr(self, caller: int, attempt: int) -> tuple[int, float]:
        """How announcement and IVR end for the caller (ANSWERED: asks for an agent), and their length."""
        centre = self.centre
        if not (self.is_open or centre.ivr_open_24_h):
            return CLOSED, 0.0
        route = self.uniform(Purpose.IVR_ROUTE, caller, attempt)
        length = self.uniform(Purpose.IVR_TIME, caller, attempt)
        if route < centre.self_service_share:
            return IVR_COMPLETED, centre.announcement_s + sample(*centre.self_service, length, centre.tables)
        if route < centre.self_service_share + centre.hang_up_share:
            return IVR_ABANDONED, sample(*centre.hang_up, length, centre.tables)
        return ANSWERED, centre.announcement_s + sample(*centre.menu, length, centre.tables)

    def wait_for_agent(self, caller: int, attempt: int, row: int) -> Generator[Event, Any, int | None]:
        """Queue until an agent picks up, or until patience ends; the agent, or None."""
        clock, line, place = self.clock, self.ledger.line[row], place_of(caller, attempt)
        now = self.ledger.queued_s[row] = clock.now
        idle = self.idle[self.group_of[line]]
        if idle:
            agent = next(iter(idle))
            del idle[agent]
            self._engage(agent)
            yield clock.at(now + self.centre.ring_s, Moment.PICK_UP + place)
            return agent
        if self.ended:
            return None
        ticket = Ticket(Event(clock), place, now)
        self.queue[line].append(ticket)
        self.ledger.count_waiting(1, now)
        patience_s = sample(
            *self.centre.patience[line], self.uniform(Purpose.PATIENCE, caller, attempt), self.centre.tables
        )
        if patience_s < inf:
            limit = clock.at(now + patience_s, Moment.GIVE_UP + place)
            limit.callbacks.append(lambda _: self._give_up(ticket))
        picked_up_by: int | None = yield ticket.called
        return picked_up_by

    def _give_up(self, ticket: Ticket) -> None:
        if ticket.waits:
            now = self.clock.now
            ticket.waits = False
            self.ledger.count_waiting(-1, now)
            self.clock.trigger(ticket.called, now, Moment.GIVE_UP + ticket.place, None)

    def _handling(self, caller: int, attempt: int, row: int) -> tuple[float, float]:
        """Talk and hold together, and wrap-up, of this call."""
        centre, line = self.centre, self.ledger.line[row]
        share = centre.short_call_share[line]
        if share > 0 and self.uniform(Purpose.SHORT_CALL, caller, attempt) < share:
            return centre.short_call_s[line], 0.0
        talk_s = sample(*centre.talk[line], self.uniform(Purpose.TALK, caller, attempt), centre.tables)
        hold_s = sample(*centre.hold[line], self.uniform(Purpose.HOLD, caller, attempt), centre.tables)
        wrap_s = sample(*centre.wrap[line], self.uniform(Purpose.WRAP_UP, caller, attempt), centre.tables)
        return talk_s * self.talk_scale[line][self.ledger.interval[row]] + hold_s, wrap_s

    def _enter(self, caller: int) -> None:
        self.free_circuits -= 1
        self.inside_now[caller] = True
        self.ledger.count_inside(1, self.clock.now)

    def _leave(self, caller: int, attempt: int, row: int, outcome: int) -> None:
        """The caller hangs up; what follows from it for later."""
        now, centre = self.clock.now, self.centre
        self.ledger.outcome[row] = outcome
        self.ledger.ended_s[row] = now
        self.ledger.count_inside(-1, now)
        self.free_circuits += 1
        self.inside_now[caller] = False
        if outcome == ANSWERED:
            self.settled[caller] = True
            share = centre.follow_up_share
            if share > 0 and self.uniform(Purpose.SATISFACTION, caller, attempt) < share:
                self._add_task(self.follow_ups, Task(now, caller, attempt, row))
        elif outcome == ABANDONED and centre.call_back_missed:
            self.clock.process(self.missed(Task(now + centre.call_back_delay_s, caller, attempt, row)))
        elif outcome == CLOSED and centre.call_back_closed:
            opening_s = centre.next_opening_s(now)
            if opening_s < inf:
                due_s = max(opening_s, now + centre.call_back_delay_s)
                self.clock.process(self.missed(Task(due_s, caller, attempt, row)))

    # Call-backs

    def missed(self, task: Task) -> Process:
        """A missed call waits until its call-back is due, then for an agent."""
        yield self.clock.at(task.due_s, Moment.CALL_BACK + place_of(task.caller, task.attempt))
        self._add_task(self.call_backs, task)

    def _add_task(self, tasks: list[deque[Task]], task: Task) -> None:
        line = self.ledger.line[task.row]
        tasks[line].append(task)
        self._offer(self.group_of[line])

    def _call_back(self, task: Task) -> float:
        """The caller picks up, or not; how long it takes the agent."""
        centre = self.centre
        if self.uniform(Purpose.CALL_BACK_REACHED, task.caller, task.attempt) >= centre.call_back_reached_share:
            return centre.call_back_unreached_s
        self.settled[task.caller] = True
        self.ledger.called_back_s[task.row] = self.clock.now + centre.ring_s
        return centre.ring_s + sum(self._handling(task.caller, task.attempt, task.row))

    def _follow_up(self, task: Task) -> float:
        """How long a satisfaction call-back takes the agent."""
        return sample(
            *self.centre.follow_up, self.uniform(Purpose.FOLLOW_UP_TIME, task.caller, task.attempt), self.centre.tables
        )

    def other_work(self, agent: int, kind: int, task: Task, length_s: float) -> Process:
        """An agent is occupied with a call-back."""
        start_s = self.clock.now
        yield self.clock.at(start_s + length_s, Moment.WORK_DONE + agent)
        self.ledger.worked(kind, task.row, agent, start_s, self.clock.now)
        self._release(agent)

    # Agents

    def stay(self, stay: Presence) -> Process:
        """An agent signs in, and off again; a call in hand is finished."""
        agent = stay.agent
        yield self.clock.at(stay.start_s, Moment.SIGN_ON + agent)
        if self.busy[agent]:
            self._record_stay(agent)
        self.on_duty[agent] = True
        self.group[agent] = stay.group
        self.signed_in_s[agent] = stay.start_s
        if not self.busy[agent] and not self._employ(agent):
            self.idle[stay.group][agent] = None
        yield self.clock.at(stay.end_s, Moment.SIGN_OFF + agent)
        self.on_duty[agent] = False
        if not self.busy[agent]:
            del self.idle[stay.group][agent]
            self._record_stay(agent)

    def _record_stay(self, agent: int) -> None:
        self.ledger.stayed(agent, self.group[agent], self.signed_in_s[agent], self.clock.now)

    def _engage(self, agent: int) -> None:
        self.busy[agent] = True
        self.busy_since_s[agent] = self.clock.now

    def _release(self, agent: int) -> None:
        self.busy[agent] = False
        self.ledger.busy_s[agent] += self.clock.now - self.busy_since_s[agent]
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
        lines, now = self.lines_of[self.group[agent]], self.clock.now
        ticket = self._longest_waiting(lines) if self.ledger.waiting else None
        if ticket is not None:
            ticket.waits = False
            self.ledger.count_waiting(-1, now)
            self._engage(agent)
            self.clock.trigger(ticket.called, now + self.centre.ring_s, Moment.PICK_UP + ticket.place, agent)
            return True
        task = self._due_first(self.call_backs, lines)
        if task is not None:
            self._engage(agent)
            self.clock.process(self.other_work(agent, MISSED_CALL, task, self._call_back(task)))
            return True
        task = self._due_first(self.follow_ups, lines) if self.by_day else None
        if task is not None:
            self._engage(agent)
            self.clock.process(self.other_work(agent, SATISFACTION, task, self._follow_up(task)))
            return True
        return False

    def _longest_waiting(self, lines: list[int]) -> Ticket | None:
        """Take the caller who has waited longest on these lines out of the queue."""
        best: deque[Ticket] | None = None
        for line in lines:
            queue = self.queue[line]
            while queue and not queue[0].waits:
                queue.popleft()
            if queue and (best is None or (queue[0].since_s, queue[0].place) < (best[0].since_s, best[0].place)):
                best = queue
        return None if best is None else best.popleft()

    def _due_first(self, tasks: list[deque[Task]], lines: list[int]) -> Task | None:
        """Take the task due first; a missed caller who is calling or was served needs none."""
        while True:
            best: deque[Task] | None = None
            for line in lines:
                if tasks[line] and (best is None or tasks[line][0] < best[0]):
                    best = tasks[line]
            if best is None:
                return None
            task = best.popleft()
            if tasks is self.follow_ups or not (self.settled[task.caller] or self.inside_now[task.caller]):
                return task

    # The centre's day

    def hours(self) -> Process:
        """Opening hours, and which group serves which line, change at interval boundaries."""
        centre = self.centre
        state = np.vstack([centre.serving, centre.is_open, centre.by_day])
        for interval in (np.flatnonzero((state[:, 1:] != state[:, :-1]).any(axis=0)) + 1).tolist():
            yield self.clock.at(interval * centre.interval_s, Moment.HOURS)
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
        yield self.clock.at(max(self.centre.horizon_s, last_s), Moment.END)
        self.ended = True
        for queue in self.queue:
            for ticket in queue:
                self._give_up(ticket)
