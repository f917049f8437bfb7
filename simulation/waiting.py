"""Who waits: callers on the line, and places kept for a call-back, in one queue a line."""

from __future__ import annotations

from collections import deque
from math import inf

from simpy.events import Event

from simulation.centre import Centre
from simulation.clock import Clock, Moment, place_of
from simulation.ledger import Ledger
from simulation.routing import Routing

__all__ = ["Ticket", "WaitingLines"]


class Ticket:
    """A place in the queue.

    ``called`` happens at pick-up with the agent, or at giving up with None. A place that is kept for a caller
    who accepted a call-back has none.
    """

    __slots__ = ("attempt", "called", "caller", "line", "place", "row", "since_s", "waits")

    def __init__(self, line: int, row: int, caller: int, attempt: int, since_s: float, called: Event | None) -> None:
        self.line = line
        self.row = row
        self.caller = caller
        self.attempt = attempt
        self.place = place_of(caller, attempt)
        self.since_s = since_s
        self.called = called
        self.waits = True


class WaitingLines:
    """The queues of all lines; agents are somebody else's concern."""

    def __init__(self, centre: Centre, clock: Clock, ledger: Ledger, routing: Routing) -> None:
        self._clock = clock
        self._ledger = ledger
        self._routing = routing
        self._handling_s = centre.announced_handling_s
        self._rank = list(zip(centre.priority, centre.head_start_s, strict=True))
        self._queue: list[deque[Ticket]] = [deque() for _ in centre.line_ids]
        self._length = [0] * len(centre.line_ids)
        self.everybody = 0
        """Callers who wait and places kept, on all lines."""

    def join(self, ticket: Ticket) -> None:
        """The last place of the line."""
        self._queue[ticket.line].append(ticket)
        self._length[ticket.line] += 1
        self.everybody += 1
        if ticket.called is not None:
            self._ledger.count_waiting(1, self._clock.now)

    def remove(self, ticket: Ticket) -> None:
        """The place waits no longer; it is dropped from its queue when it comes to the head."""
        ticket.waits = False
        self._length[ticket.line] -= 1
        self.everybody -= 1
        if ticket.called is not None:
            self._ledger.count_waiting(-1, self._clock.now)

    def give_up(self, ticket: Ticket) -> None:
        """The caller leaves the queue, unless already served; a kept place is struck out."""
        if ticket.waits:
            self.remove(ticket)
            if ticket.called is not None:
                self._clock.trigger(ticket.called, self._clock.now, Moment.GIVE_UP + ticket.place, None)

    def take_for(self, group: int) -> Ticket | None:
        """Take out the place that an agent of this group serves next (§17, §60)."""
        if not self.everybody:
            return None
        now = self._clock.now
        best: Ticket | None = None
        best_rank = (0, 0.0, 0)
        for line, after_s in self._routing.answers[group]:
            queue = self._queue[line]
            while queue and not queue[0].waits:
                queue.popleft()
            if queue and queue[0].since_s + after_s <= now:
                head = queue[0]
                priority, head_start_s = self._rank[line]
                rank = (priority, head.since_s - head_start_s, head.place)
                if best is None or rank < best_rank:
                    best, best_rank = head, rank
        if best is not None:
            self._queue[best.line].popleft()
            self.remove(best)
        return best

    def announced_wait_s(self, line: int, signed_in: list[int]) -> float:
        """What the next caller of the line is told, with so many agents signed in at each group (§62)."""
        group = self._routing.group_of[line]
        if not signed_in[group]:
            return inf
        ahead = sum(self._length[other] for other in self._routing.lines_of[group])
        return (ahead + 1) * self._handling_s[line] / signed_in[group]

    def send_away(self) -> None:
        """The centre has ended: callers give up, kept places are struck out (§28, §65)."""
        for queue in self._queue:
            for ticket in queue:
                self.give_up(ticket)
