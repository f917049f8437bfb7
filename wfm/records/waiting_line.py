"""One queue, many agents, impatient callers: who is answered when, for generated records.

The recursion of Kiefer and Wolfowitz (1955) with patience: a heap holds the moments at which the
agents fall free; a caller whose wait would exceed their patience leaves without touching it. It is
enough for plausible records; what happens to calls under a roster is the simulation's affair.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

__all__ = ["AgentPool"]


@dataclass(slots=True)
class AgentPool:
    """Agents of one group as (free at, number); how many are on duty changes by interval."""

    on_duty: int = 0
    hired: int = 0
    free: list[tuple[float, int]] = field(default_factory=list)
    resting: list[tuple[int, float]] = field(default_factory=list)

    def staff(self, count: int, now_s: float) -> None:
        """Have ``count`` agents from ``now_s`` on. Who leaves is who falls free first; a call in hand is finished."""
        while self.on_duty > count:
            free_s, number = heapq.heappop(self.free)
            heapq.heappush(self.resting, (number, free_s))
            self.on_duty -= 1
        while self.on_duty < count:
            if self.resting:
                number, free_s = heapq.heappop(self.resting)
            else:
                self.hired += 1
                number, free_s = self.hired, now_s
            heapq.heappush(self.free, (max(now_s, free_s), number))
            self.on_duty += 1

    def answer(self, queued_s: float, patience_s: float, busy_s: float) -> tuple[float, int]:
        """Serve a caller who queued at ``queued_s``: (wait in seconds, number of the agent).

        The number is 0 when the caller gave up, and the wait is then the patience. Callers must
        come in the order of ``queued_s``.
        """
        start_s = max(self.free[0][0], queued_s)
        if start_s - queued_s > patience_s:
            return patience_s, 0
        number = self.free[0][1]
        heapq.heapreplace(self.free, (start_s + busy_s, number))
        return start_s - queued_s, number
