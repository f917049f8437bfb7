"""Work that waits for an idle agent: call-backs of missed calls, satisfaction call-backs, work orders."""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from typing import NamedTuple

from simulation.callers import Callers
from simulation.centre import Centre
from simulation.keyed import Purpose
from simulation.ledger import Ledger
from simulation.routing import Routing

__all__ = ["CallBacks", "OrderPool", "Task"]


class Task(NamedTuple):
    """A call-back to make: since when it is due, and the call that caused it."""

    due_s: float
    caller: int
    attempt: int
    row: int


class CallBacks:
    """Call-backs of missed calls and satisfaction call-backs that are due, line by line (§29–§33)."""

    def __init__(self, centre: Centre, ledger: Ledger, routing: Routing, callers: Callers) -> None:
        self._centre = centre
        self._ledger = ledger
        self._routing = routing
        self._callers = callers
        self._missed: list[deque[Task]] = [deque() for _ in centre.line_ids]
        self._follow_ups: list[deque[Task]] = [deque() for _ in centre.line_ids]
        self._pace: list[float] = centre.pace.tolist()

    def missed_call(self, task: Task) -> None:
        """The call-back of a missed call has fallen due."""
        self._missed[self._ledger.line[task.row]].append(task)

    def follow_up(self, task: Task) -> None:
        """A satisfaction call-back is to be made."""
        self._follow_ups[self._ledger.line[task.row]].append(task)

    def next_missed(self, group: int) -> Task | None:
        """Take the missed call of the group's lines that fell due first; who is calling or was served needs none."""
        while (task := self._due_first(self._missed, group)) is not None:
            if not self._callers.needs_no_call_back(task.caller):
                return task
        return None

    def next_follow_up(self, group: int) -> Task | None:
        """Take the first satisfaction call-back of the group's lines, if they may be made now."""
        return self._due_first(self._follow_ups, group) if self._routing.by_day else None

    def _due_first(self, tasks: list[deque[Task]], group: int) -> Task | None:
        best: deque[Task] | None = None
        for line in self._routing.lines_of[group]:
            if tasks[line] and (best is None or tasks[line][0] < best[0]):
                best = tasks[line]
        return None if best is None else best.popleft()

    def call_s(self, task: Task, agent: int, now_s: float) -> float:
        """The agent dials, and the caller picks up or not; how long it takes the agent (§31, §67)."""
        centre, ledger, row = self._centre, self._ledger, task.row
        reached = self._callers.uniform(Purpose.CALL_BACK_REACHED, task.caller, task.attempt)
        if reached >= centre.call_back_reached_share:
            return centre.call_back_unreached_s
        self._callers.settled[task.caller] = True
        ledger.called_back_s[row] = now_s + centre.ring_s
        spoken_s, wrap_s = self._callers.handling(
            ledger.line[row], ledger.interval[row], task.caller, task.attempt, self._pace[agent]
        )
        return centre.ring_s + (spoken_s + wrap_s)

    def follow_up_s(self, task: Task) -> float:
        """How long a satisfaction call-back takes the agent."""
        return self._callers.time_s(self._centre.follow_up, Purpose.FOLLOW_UP_TIME, task.caller, task.attempt)


class OrderPool:
    """Work orders that nobody is at work on: those of any hour, and those done by telephone (§72–§74)."""

    def __init__(self, centre: Centre, ledger: Ledger, routing: Routing, callers: Callers) -> None:
        self._centre = centre
        self._ledger = ledger
        self._routing = routing
        self._callers = callers
        self._any_hour: list[tuple[float, int]] = []
        self._by_day: list[tuple[float, int]] = []
        self.left_s: list[float] = []
        """Work that is left of each order, by its number."""

    def brings(self, order_class: int, caller: int, attempt: int) -> bool:
        """Whether the answered call brings an order of the class."""
        key = attempt | order_class << 8
        return self._callers.chance(self._centre.order_share[order_class], Purpose.ORDER, caller, key)

    def receive(self, order_class: int, caller: int, attempt: int, row: int, now_s: float) -> int:
        """An order of the class comes in with the call; its number."""
        centre = self._centre
        work_s = self._callers.time_s(
            centre.order_work[order_class], Purpose.ORDER_TIME, caller, attempt | order_class << 8
        )
        interval = min(int(now_s / centre.interval_s), len(centre.interval_date) - 1)
        due_s = float(centre.order_due_s[order_class, interval])
        number = self._ledger.order(row, order_class, now_s, due_s, work_s)
        self.left_s.append(work_s)
        self.put_back(number)
        return number

    def put_back(self, number: int) -> None:
        """The order waits for an agent."""
        by_telephone = self._centre.order_by_day[self._ledger.order_class[number]]
        heappush(self._by_day if by_telephone else self._any_hour, (self._ledger.due_s[number], number))

    def doable(self, number: int) -> bool:
        """Whether the order may be taken at this time of day."""
        return self._routing.by_day or not self._centre.order_by_day[self._ledger.order_class[number]]

    def take(self) -> int | None:
        """Take the doable order of the earliest deadline, of equals the one received first; its number."""
        pool = self._any_hour
        if self._routing.by_day and self._by_day and (not pool or self._by_day[0] < pool[0]):
            pool = self._by_day
        return heappop(pool)[1] if pool else None
