"""Seats at the centre: how many are open, who holds one, and who waits for one (§71)."""

from __future__ import annotations

from simulation.attendance import Presence
from simulation.centre import Centre

__all__ = ["Places"]


class Places:
    """The open seats. An agent holds one from signing in until signed off with no work in hand."""

    def __init__(self, centre: Centre) -> None:
        self._free = centre.places
        self._holds = bytearray(len(centre.agent_ids))
        self._standing: dict[int, Presence] = {}

    def seat(self, stay: Presence) -> bool:
        """Seat the agent who comes for this stay; False if the agent has to wait for a seat.

        Remote agents need none; who is still at work from an earlier stay keeps the seat.
        """
        if stay.remote or self._holds[stay.agent]:
            return True
        if self._free <= 0:
            self._standing[stay.agent] = stay
            return False
        self._take(stay.agent)
        return True

    def give_up(self, agent: int) -> bool:
        """The stay ends; True if the agent was still waiting for a seat, and now goes."""
        return self._standing.pop(agent, None) is not None

    def vacate(self, agent: int, now_s: float) -> Presence | None:
        """The agent leaves; the stay of who waited longest and is seated instead, if anybody.

        Nobody is seated at the very end of a stay.
        """
        if not self._holds[agent]:
            return None
        self._holds[agent] = False
        self._free += 1
        for stay in self._standing.values():
            if stay.end_s > now_s:
                del self._standing[stay.agent]
                self._take(stay.agent)
                return stay
        return None

    def _take(self, agent: int) -> None:
        self._free -= 1
        self._holds[agent] = True
