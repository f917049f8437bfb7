"""What a run writes down as it goes: a column per time of a call, agents' work, and the areas of Little's law."""

from __future__ import annotations

from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.arrivals import Arrivals
from simulation.calls import Orders, OtherWork, SimulatedCalls, Stays

__all__ = ["Ledger"]

Integers = NDArray[np.int64]


class Ledger:
    """Columns of the calls, one entry a call: rows 0 … callers − 1 are first attempts, redials follow as they come."""

    def __init__(self, arrivals: Arrivals, agents: int) -> None:
        callers = len(arrivals)
        self.call = list(range(callers))
        self.attempt = [1] * callers
        self.line: list[int] = arrivals.line.tolist()
        self.interval: list[int] = arrivals.interval.tolist()
        self.arrived_s: list[float] = arrivals.time_s.tolist()
        self.ivr_s = [0.0] * callers
        self.queued_s = [nan] * callers
        self.answered_s = [nan] * callers
        self.ended_s = [nan] * callers
        self.outcome = [-1] * callers
        self.handle_s = [nan] * callers
        self.agent = [-1] * callers
        self.called_back_s = [nan] * callers
        self.busy_s = [0.0] * agents
        self.waiting = 0
        self.inside = 0
        self._waiting_area_s = self._waiting_since_s = 0.0
        self._inside_area_s = self._inside_since_s = 0.0
        self._other_work: list[tuple[int, int, int, float, float]] = []
        self._stays: list[tuple[int, int, float, float]] = []
        self.order_row: list[int] = []
        self.order_class: list[int] = []
        self.received_s: list[float] = []
        self.due_s: list[float] = []
        self.work_s: list[float] = []
        self.finished_s: list[float] = []

    def redial(self, call: int, attempt: int, line: int, interval: int, now_s: float) -> int:
        """Open the row of a further attempt; its number."""
        self.call.append(call)
        self.attempt.append(attempt)
        self.line.append(line)
        self.interval.append(interval)
        self.arrived_s.append(now_s)
        self.ivr_s.append(0.0)
        self.outcome.append(-1)
        self.agent.append(-1)
        for column in (self.queued_s, self.answered_s, self.ended_s, self.handle_s, self.called_back_s):
            column.append(nan)
        return len(self.call) - 1

    def count_waiting(self, change: int, now_s: float) -> None:
        """One caller more, or fewer, waits for an agent."""
        self._waiting_area_s += self.waiting * (now_s - self._waiting_since_s)
        self._waiting_since_s = now_s
        self.waiting += change

    def count_inside(self, change: int, now_s: float) -> None:
        """One call more, or fewer, is in the system."""
        self._inside_area_s += self.inside * (now_s - self._inside_since_s)
        self._inside_since_s = now_s
        self.inside += change

    def worked(self, kind: int, row: int, agent: int, start_s: float, end_s: float) -> None:
        """An agent did other work, of a kind of ``simulation.calls``, for the call of this row."""
        self._other_work.append((kind, row, agent, start_s, end_s))

    def stayed(self, agent: int, group: int, start_s: float, end_s: float) -> None:
        """An agent was signed in."""
        self._stays.append((agent, group, start_s, end_s))

    def order(self, row: int, order_class: int, now_s: float, due_s: float, work_s: float) -> int:
        """A work order was received with the call of this row; its number."""
        self.order_row.append(row)
        self.order_class.append(order_class)
        self.received_s.append(now_s)
        self.due_s.append(due_s)
        self.work_s.append(work_s)
        self.finished_s.append(nan)
        return len(self.order_row) - 1

    def _orders(self, place: Integers) -> dict[str, Any]:
        times = {name: np.array(getattr(self, name), dtype=float) for name in _ORDER_TIMES}
        row = place[np.array(self.order_row, dtype=np.int64)]
        return {"row": row, "order_class": np.array(self.order_class, dtype=np.int64), **times}

    def close(self, replication: int) -> SimulatedCalls:
        """The calls in the order (call, attempt)."""
        order = np.lexsort((self.attempt, self.call))
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        work = np.array(self._other_work, dtype=float).reshape(-1, 5)
        stays = np.array(self._stays, dtype=float).reshape(-1, 4)
        columns: dict[str, Any] = {name: np.array(getattr(self, name), dtype=np.int64)[order] for name in _WHOLE}
        columns |= {name: np.array(getattr(self, name), dtype=float)[order] for name in _TIMES}
        return SimulatedCalls(
            replication=replication,
            **columns,
            waiting_area_s=self._waiting_area_s,
            inside_area_s=self._inside_area_s,
            busy_s=np.array(self.busy_s, dtype=float),
            other_work=OtherWork(
                kind=work[:, 0].astype(np.int64),
                row=place[work[:, 1].astype(np.int64)],
                agent=work[:, 2].astype(np.int64),
                start_s=work[:, 3],
                end_s=work[:, 4],
            ),
            orders=Orders(**self._orders(place)),
            stays=Stays(
                agent=stays[:, 0].astype(np.int64),
                group=stays[:, 1].astype(np.int64),
                start_s=stays[:, 2],
                end_s=stays[:, 3],
            ),
        )


_WHOLE = ("call", "attempt", "line", "outcome", "agent")
_ORDER_TIMES = ("received_s", "due_s", "work_s", "finished_s")
_TIMES = ("arrived_s", "ivr_s", "queued_s", "answered_s", "ended_s", "handle_s", "called_back_s")
