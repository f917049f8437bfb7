"""The work that a search may spend, in seconds of a usual machine, counted and not timed.

What the solvers do is counted (steps of the simplex method, nodes of branch and bound, by the size of the program), so that a
search ends at the same place however busy or quick the machine is: the same seed gives the same answer everywhere.
"""

from __future__ import annotations

__all__ = ["Budget"]

STEP_S = 0.9e-9
"""A step of the simplex method, for each entry of the matrix: measured on one core of 2023."""
CALL_S = 0.25e-6
"""Handing a linear program over and factorising its basis, for each entry."""
BUILD_S = 0.4e-6
"""Building a program and taking it over into the solver, for each entry."""
LEAST_S = 1e-3
"""Whatever is done takes so long at least."""
NODE_S = 5.0e-6
"""A node of branch and bound, for each entry."""
ROOT_S = 1.0e-4
"""What branch and bound does before its first node, for each entry."""


class Budget:
    """Seconds of work that are left; what is spent is spent of the whole as well of which this is a part."""

    def __init__(self, seconds: float, whole: Budget | None = None) -> None:
        self.seconds, self.whole = seconds, whole
        self.spent_s = 0.0
        """Seconds spent."""

    @property
    def left_s(self) -> float:
        """Seconds left; below zero when they are spent."""
        return self.seconds - self.spent_s

    def spend(self, seconds: float) -> None:
        """Count work that was done."""
        self.spent_s += seconds
        if self.whole is not None:
            self.whole.spend(seconds)

    def relaxed(self, entries: int, steps: int) -> None:
        """Count a linear program that was solved."""
        self.spend(LEAST_S + entries * (CALL_S + STEP_S * steps))

    def built(self, entries: int) -> None:
        """Count a linear program that was built."""
        self.spend(LEAST_S + entries * BUILD_S)

    def branched(self, entries: int, nodes: int) -> None:
        """Count a branch and bound."""
        self.spend(LEAST_S + entries * (ROOT_S + NODE_S * nodes))

    def nodes(self, entries: int, seconds: float) -> int:
        """Nodes that may be spent in ``seconds``; 0 where the root alone takes longer."""
        return max(0, int((seconds / max(1, entries) - ROOT_S) / NODE_S))
