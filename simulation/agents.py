"""The agents: who is signed in, idle or at work, and what each takes up next."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from itertools import count
from typing import Any, NamedTuple

from simpy.events import Event

from simulation.attendance import Presence
from simulation.backlog import CallBacks, OrderPool, Task
from simulation.calls import KEPT_PLACE, MISSED_CALL, ORDER, SATISFACTION
from simulation.centre import AgentChoice, Centre
from simulation.clock import Clock, Moment
from simulation.ledger import Ledger
from simulation.places import Places
from simulation.routing import Routing
from simulation.waiting import Ticket, WaitingLines

__all__ = ["Agents"]

Process = Generator[Event, Any, None]


class Piece(NamedTuple):
    """Unbroken work on an order, as planned."""

    order: int
    start_s: float
    end_s: float


class Agents:
    """All agents of one replication.

    Agents are no processes, but their stays and their other work are. An idle agent stands in the list of the
    group, the longest idle first; an agent at work on an order likewise in another. Whoever makes work or an
    agent free looks for the other side, so that nobody is idle while there is something to do.
    """

    def __init__(
        self,
        centre: Centre,
        clock: Clock,
        ledger: Ledger,
        routing: Routing,
        waiting: WaitingLines,
        call_backs: CallBacks,
        orders: OrderPool,
    ) -> None:
        agents, groups = len(centre.agent_ids), len(centre.group_ids)
        self._ring_s = centre.ring_s
        self._clock = clock
        self._ledger = ledger
        self._routing = routing
        self._waiting = waiting
        self._call_backs = call_backs
        self._orders = orders
        self._places = Places(centre)
        self._on_duty = [False] * agents
        self._busy = [False] * agents
        self._group = [-1] * agents
        self._signed_in_s = [0.0] * agents
        self._busy_since_s = [0.0] * agents
        self._idle: list[dict[int, None]] = [{} for _ in range(groups)]
        self._at_order: list[dict[int, Piece]] = [{} for _ in range(groups)]
        self._longest_idle = centre.agent_choice == AgentChoice.LONGEST_IDLE
        self._turns = count()
        self._turn = [0] * agents
        self._works_on_orders: list[bool] = (centre.order_groups & bool(len(centre.order_share))).tolist()
        self.signed_in = [0] * groups
        """Agents of each group who are on duty, busy ones included."""

    # Callers

    def for_caller(self, line: int) -> int | None:
        """An agent for a caller of the line who asks for one now, occupied from now on; None if nobody is free."""
        agent = self._first(self._routing.asked[line])
        if agent is not None:
            self._free(agent)
            self._engage(agent)
        return agent

    def may_answer(self, ticket: Ticket, group: int) -> Callable[[Event], None]:
        """What happens when this group may answer who waits: an agent of it does, if one is free (§59)."""

        def offer(_: Event) -> None:
            agent = self._first((group,)) if ticket.waits else None
            if agent is not None:
                self._waiting.remove(ticket)
                self._free(agent)
                self._serve(agent, ticket)

        return offer

    def _first(self, groups: Iterable[int]) -> int | None:
        """The agent of these groups who is given a call: an idle one, else one at work on an order (§58, §74)."""
        for standing in (self._idle, self._at_order):
            heads = [next(iter(standing[group])) for group in groups if standing[group]]
            if heads:
                return min(heads, key=self._turn.__getitem__) if self._longest_idle else heads[0]
        return None

    def _free(self, agent: int) -> None:
        """The agent, idle or at work on an order, is to do something else."""
        if self._busy[agent]:
            self._put_aside(agent)
        else:
            del self._idle[self._group[agent]][agent]

    def _serve(self, agent: int, ticket: Ticket) -> None:
        self._engage(agent)
        if ticket.called is None:
            task = Task(ticket.since_s, ticket.caller, ticket.attempt, ticket.row)
            self._begin_call_back(agent, KEPT_PLACE, task)
        else:
            picks_up_s = self._clock.now + self._ring_s
            self._clock.trigger(ticket.called, picks_up_s, Moment.PICK_UP + ticket.place, agent)

    # What an agent takes up

    def _employ(self, agent: int) -> bool:
        """Give the agent the next caller, or other work; False if there is nothing to do."""
        group = self._group[agent]
        ticket = self._waiting.take_for(group)
        if ticket is not None:
            self._serve(agent, ticket)
            return True
        task = self._call_backs.next_missed(group)
        if task is not None:
            self._engage(agent)
            self._begin_call_back(agent, MISSED_CALL, task)
            return True
        task = self._call_backs.next_follow_up(group)
        if task is not None:
            self._engage(agent)
            self._clock.process(self._other_work(agent, SATISFACTION, task.row, self._call_backs.follow_up_s(task)))
            return True
        order = self._orders.take() if self._works_on_orders[group] else None
        if order is not None:
            self._engage(agent)
            self._begin_order(agent, order)
            return True
        return False

    def offer(self, group: int) -> None:
        """Give what there is to do to the group's idle agents, longest idle first."""
        for agent in list(self._idle[group]):
            if not self._employ(agent):
                return
            del self._idle[group][agent]

    def offer_order(self, order: int) -> None:
        """An order has come, or come back: it is for the first group that works on orders and has an idle agent."""
        if self._orders.doable(order):
            for group, works in enumerate(self._works_on_orders):
                if works and self._idle[group]:
                    self.offer(group)
                    return

    def hours_changed(self) -> None:
        """Other lines and other work for the idle; callers for those at work on orders."""
        for group in range(len(self._idle)):
            self.offer(group)
        for group, at_order in enumerate(self._at_order):
            for agent in list(at_order):
                ticket = self._waiting.take_for(group)
                if ticket is None:
                    break
                self._put_aside(agent)
                self._serve(agent, ticket)

    def _begin_call_back(self, agent: int, kind: int, task: Task) -> None:
        length_s = self._call_backs.call_s(task, agent, self._clock.now)
        self._clock.process(self._other_work(agent, kind, task.row, length_s))

    def _other_work(self, agent: int, kind: int, row: int, length_s: float) -> Process:
        """An agent is occupied with a call-back; nothing interrupts it."""
        start_s = self._clock.now
        yield self._clock.at(start_s + length_s, Moment.WORK_DONE + agent)
        self._ledger.worked(kind, row, agent, start_s, self._clock.now)
        self.release(agent)

    # Work orders

    def _begin_order(self, agent: int, order: int) -> None:
        now = self._clock.now
        piece = Piece(order, now, now + self._orders.left_s[order])
        self._at_order[self._group[agent]][agent] = piece
        self._turn[agent] = next(self._turns)
        self._clock.process(self._work_on_order(agent, piece))

    def _work_on_order(self, agent: int, piece: Piece) -> Process:
        """An agent is at work on an order, unless it is put aside meanwhile."""
        yield self._clock.at(piece.end_s, Moment.WORK_DONE + agent)
        if self._at_order[self._group[agent]].get(agent) is piece:
            self._end_piece(agent)
            self._next(agent)

    def _end_piece(self, agent: int) -> Piece:
        """The agent ends work on an order, finished or not, and is occupied no longer."""
        now = self._clock.now
        piece = self._at_order[self._group[agent]].pop(agent)
        self._ledger.worked(ORDER, self._ledger.order_row[piece.order], agent, piece.start_s, now)
        self._disengage(agent)
        if piece.end_s <= now:
            self._ledger.finished_s[piece.order] = now
        else:
            self._orders.left_s[piece.order] = piece.end_s - now
            self._orders.put_back(piece.order)
        return piece

    def _put_aside(self, agent: int) -> None:
        """The agent leaves the order; what is left of it is offered to others at once (§74)."""
        piece = self._end_piece(agent)
        if piece.end_s > self._clock.now:
            self.offer_order(piece.order)

    # Signing in, working, signing off

    def stay(self, stay: Presence) -> Process:
        """An agent comes and goes again; a call in hand is finished."""
        agent = stay.agent
        yield self._clock.at(stay.start_s, Moment.SIGN_ON + agent)
        if self._places.seat(stay):
            self._sign_on(stay)
        yield self._clock.at(stay.end_s, Moment.SIGN_OFF + agent)
        if not self._places.give_up(agent):
            self._sign_off(agent)

    def _sign_on(self, stay: Presence) -> None:
        agent = stay.agent
        if self._busy[agent]:
            self._record_stay(agent)
        self._on_duty[agent] = True
        self._group[agent] = stay.group
        self.signed_in[stay.group] += 1
        self._signed_in_s[agent] = self._clock.now
        if not self._busy[agent]:
            self._next(agent)

    def _sign_off(self, agent: int) -> None:
        group = self._group[agent]
        self._on_duty[agent] = False
        self.signed_in[group] -= 1
        if agent in self._at_order[group]:
            self._put_aside(agent)
            self._leave(agent)
        elif not self._busy[agent]:
            del self._idle[group][agent]
            self._leave(agent)

    def release(self, agent: int) -> None:
        """The agent's call or other work is over."""
        self._disengage(agent)
        if self._on_duty[agent]:
            self._next(agent)
        else:
            self._leave(agent)

    def _next(self, agent: int) -> None:
        """The agent takes something up, or is idle."""
        if not self._employ(agent):
            self._idle[self._group[agent]][agent] = None
            self._turn[agent] = next(self._turns)

    def _leave(self, agent: int) -> None:
        """The agent goes; the seat is for the first who waits for one."""
        self._record_stay(agent)
        seated = self._places.vacate(agent, self._clock.now)
        if seated is not None:
            self._sign_on(seated)

    def _record_stay(self, agent: int) -> None:
        self._ledger.stayed(agent, self._group[agent], self._signed_in_s[agent], self._clock.now)

    def _engage(self, agent: int) -> None:
        self._busy[agent] = True
        self._busy_since_s[agent] = self._clock.now

    def _disengage(self, agent: int) -> None:
        self._busy[agent] = False
        self._ledger.busy_s[agent] += self._clock.now - self._busy_since_s[agent]
