"""The readable reference of the simulated centre: one SimPy process a caller, a stay of an agent, a call-back.

The rules are the numbered paragraphs of ``docs/semantics.md``. What callers do is here; who waits is in
``simulation.waiting``, what agents do in ``simulation.agents``.
"""

from __future__ import annotations

from collections.abc import Generator
from math import inf
from typing import Any

from simpy.events import Event

from simulation.agents import Agents
from simulation.arrivals import arrivals_of
from simulation.attendance import present
from simulation.backlog import CallBacks, OrderPool, Task
from simulation.callers import Callers
from simulation.calls import ABANDONED, ANSWERED, BLOCKED, CALL_BACK_ACCEPTED, CLOSED, SimulatedCalls
from simulation.centre import Centre
from simulation.clock import Clock, Moment, place_of
from simulation.keyed import Purpose
from simulation.ledger import Ledger
from simulation.routing import Routing
from simulation.waiting import Ticket, WaitingLines

__all__ = ["simulate"]

Process = Generator[Event, Any, None]


def simulate(centre: Centre, seed: int, replication: int) -> SimulatedCalls:
    """Play one replication of the centre and return every call.

    The result depends on the arguments alone.
    """
    return _Run(centre, seed, replication).play()


class _Run:
    """The centre while it runs."""

    def __init__(self, centre: Centre, seed: int, replication: int) -> None:
        self.centre = centre
        self.replication = replication
        self.clock = Clock()
        arrivals = arrivals_of(centre, seed, replication)
        self.ledger = Ledger(arrivals, len(centre.agent_ids))
        self.callers = Callers(centre, seed, replication, arrivals)
        self.routing = Routing(centre)
        self.waiting = WaitingLines(centre, self.clock, self.ledger, self.routing)
        self.call_backs = CallBacks(centre, self.ledger, self.routing, self.callers)
        self.orders = OrderPool(centre, self.ledger, self.routing, self.callers)
        self.agents = Agents(centre, self.clock, self.ledger, self.routing, self.waiting, self.call_backs, self.orders)
        self.stays = present(
            centre.duties,
            centre.absence_share,
            centre.standby_delay_s,
            seed=seed,
            replication=replication,
            late_share=centre.late_share,
            late=centre.late,
            tables=centre.tables,
        )
        self.pace: list[float] = centre.pace.tolist()
        self.announces = any(map(any, (centre.accept_share, centre.balk_share)))
        self.free_circuits = centre.circuits
        self.ended = False

    def play(self) -> SimulatedCalls:
        """Play until the last call has ended."""
        self.clock.process(self.hours())
        for stay in self.stays:
            self.clock.process(self.agents.stay(stay))
        self.clock.process(self.arrivals())
        self.clock.process(self.end())
        self.clock.run()
        return self.ledger.close(self.replication)

    # The centre's day

    def hours(self) -> Process:
        """Opening hours, and which group serves which line, change at interval boundaries."""
        for interval in self.routing.changes():
            yield self.clock.at(interval * self.centre.interval_s, Moment.HOURS)
            self.routing.set_hours(interval)
            self.agents.hours_changed()

    def arrivals(self) -> Process:
        """Callers come one after another."""
        clock, arrived_s = self.clock, self.ledger.arrived_s
        for caller in range(len(self.callers)):
            yield clock.at(arrived_s[caller], Moment.ARRIVAL + place_of(caller, 1))
            clock.process(self.caller(caller))

    def end(self) -> Process:
        """After the period and the last duty nobody comes any more: who still waits is sent away."""
        last_s = max((stay.end_s for stay in self.stays), default=0.0)
        yield self.clock.at(max(self.centre.horizon_s, last_s), Moment.END)
        self.ended = True
        self.waiting.send_away()

    # Callers

    def caller(self, caller: int) -> Process:
        """A caller: one call, and perhaps more after giving up or a busy signal."""
        centre, clock, ledger = self.centre, self.clock, self.ledger
        attempt, row, line = 1, caller, ledger.line[caller]
        while True:
            yield from self.one_call(caller, attempt, row, line)
            if ledger.outcome[row] not in (ABANDONED, BLOCKED):
                return
            again_s = clock.now + self.callers.redials_after_s(line, caller, attempt)
            if again_s >= centre.horizon_s:
                return
            attempt += 1
            yield clock.at(again_s, Moment.ARRIVAL + place_of(caller, attempt))
            if self.callers.settled[caller]:
                return
            interval = min(int(again_s / centre.interval_s), len(centre.interval_date) - 1)
            row = ledger.redial(caller, attempt, line, interval, again_s)

    def one_call(self, caller: int, attempt: int, row: int, line: int) -> Process:
        """One call from dialling to its end."""
        clock, ledger = self.clock, self.ledger
        if not self.free_circuits:
            ledger.outcome[row] = BLOCKED
            ledger.ended_s[row] = clock.now
            return
        self.enter(caller)
        fate = ANSWERED if self.routing.is_open or self.centre.ivr_open_24_h else CLOSED
        if fate == ANSWERED:
            fate, ivr_s = self.callers.ivr(caller, attempt)
            if ivr_s > 0:
                ledger.ivr_s[row] = ivr_s
                yield clock.at(clock.now + ivr_s, Moment.IVR_END + place_of(caller, attempt))
            if fate == ANSWERED:
                fate = yield from self.ask_for_agent(caller, attempt, row, line)
        if fate != ANSWERED:
            self.leave(caller, attempt, row, fate)
            return
        agent = ledger.agent[row]
        ledger.answered_s[row] = clock.now
        spoken_s, wrap_s = self.callers.handling(line, ledger.interval[row], caller, attempt, self.pace[agent])
        ledger.handle_s[row] = spoken_s + wrap_s
        yield clock.at(clock.now + spoken_s, Moment.HANG_UP + place_of(caller, attempt))
        self.leave(caller, attempt, row, ANSWERED)
        if wrap_s > 0:
            yield clock.at(clock.now + wrap_s, Moment.WORK_DONE + agent)
        self.agents.release(agent)

    def ask_for_agent(self, caller: int, attempt: int, row: int, line: int) -> Generator[Event, Any, int]:
        """From ring-back until an agent picks up, or until the call ends without one; its fate."""
        if not self.routing.is_open:
            return CLOSED
        clock, ledger = self.clock, self.ledger
        now = ledger.queued_s[row] = clock.now
        agent = self.agents.for_caller(line)
        if agent is not None:
            yield clock.at(now + self.centre.ring_s, Moment.PICK_UP + place_of(caller, attempt))
            ledger.agent[row] = agent
            return ANSWERED
        if self.ended:
            return ABANDONED
        if self.announces:
            fate = self.hears_announcement(caller, attempt, row, line)
            if fate != ANSWERED:
                return fate
        called = Event(clock)
        ticket = Ticket(line, row, caller, attempt, now, called)
        self.queue_up(ticket)
        patience_s = self.callers.patience_s(line, caller, attempt)
        if patience_s < inf:
            limit = clock.at(now + patience_s, Moment.GIVE_UP + ticket.place)
            limit.callbacks.append(lambda _: self.waiting.give_up(ticket))
        agent = yield called
        if agent is None:
            return ABANDONED
        ledger.agent[row] = agent
        return ANSWERED

    def hears_announcement(self, caller: int, attempt: int, row: int, line: int) -> int:
        """What the caller does on hearing how long the wait will be (§62–§64); ANSWERED: waits for an agent."""
        centre, callers = self.centre, self.callers
        announced_s = self.waiting.announced_wait_s(line, self.agents.signed_in)
        if announced_s > centre.offer_over_s[line] and callers.chance(
            centre.accept_share[line], Purpose.CALL_BACK_ACCEPTED, caller, attempt
        ):
            self.queue_up(Ticket(line, row, caller, attempt, self.clock.now, None))
            return CALL_BACK_ACCEPTED
        if announced_s > centre.balk_over_s[line] and callers.chance(
            centre.balk_share[line], Purpose.BALK, caller, attempt
        ):
            return ABANDONED
        return ANSWERED

    def queue_up(self, ticket: Ticket) -> None:
        """A caller, or a place kept for one, waits; further groups come in after their delays (§57, §65)."""
        self.waiting.join(ticket)
        for group, after_s in self.centre.overflow[ticket.line]:
            if 0 < after_s < inf:
                opens = self.clock.at(ticket.since_s + after_s, Moment.OVERFLOW + ticket.place)
                opens.callbacks.append(self.agents.may_answer(ticket, group))

    def enter(self, caller: int) -> None:
        """The call takes a circuit."""
        self.free_circuits -= 1
        self.callers.inside[caller] = True
        self.ledger.count_inside(1, self.clock.now)

    def leave(self, caller: int, attempt: int, row: int, fate: int) -> None:
        """The caller hangs up; what follows from it for later."""
        now, centre = self.clock.now, self.centre
        self.ledger.outcome[row] = fate
        self.ledger.ended_s[row] = now
        self.ledger.count_inside(-1, now)
        self.free_circuits += 1
        self.callers.inside[caller] = False
        if fate == ANSWERED:
            self.callers.settled[caller] = True
            self.leaves_work(caller, attempt, row)
        elif fate == ABANDONED and centre.call_back_missed:
            morning = centre.call_back_next_morning
            due_s = centre.next_morning_s(now) if morning else now + centre.call_back_delay_s
            self.missed(Task(due_s, caller, attempt, row))
        elif fate == CLOSED and centre.call_back_closed:
            due_s = max(centre.next_opening_s(now), now + centre.call_back_delay_s)
            self.missed(Task(due_s, caller, attempt, row))

    # Work that calls leave behind

    def leaves_work(self, caller: int, attempt: int, row: int) -> None:
        """An answered call may bring a satisfaction call-back and work orders (§33, §72)."""
        centre, now = self.centre, self.clock.now
        if self.callers.chance(centre.follow_up_share, Purpose.SATISFACTION, caller, attempt):
            self.call_backs.follow_up(Task(now, caller, attempt, row))
            self.agents.offer(self.routing.group_of[self.ledger.line[row]])
        for order_class in range(len(centre.order_share)):
            if self.orders.brings(order_class, caller, attempt):
                self.agents.offer_order(self.orders.receive(order_class, caller, attempt, row, now))

    def missed(self, task: Task) -> None:
        """The call-back of a missed call waits until it is due, then for an agent (§29, §32, §66)."""
        if task.due_s < inf:
            due = self.clock.at(task.due_s, Moment.CALL_BACK + place_of(task.caller, task.attempt))
            due.callbacks.append(lambda _: self.call_back_due(task))

    def call_back_due(self, task: Task) -> None:
        """The call-back may be made from now on."""
        self.call_backs.missed_call(task)
        self.agents.offer(self.routing.group_of[self.ledger.line[task.row]])
