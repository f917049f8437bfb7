"""Who answers whom: opening hours and the groups of each line, interval by interval (§14, §15, §57, §58)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from simulation.centre import AgentChoice, Centre

__all__ = ["Routing"]


class Routing:
    """Hours and groups as they stand at one moment."""

    is_open: bool
    """Agents answer."""
    by_day: bool
    """Satisfaction call-backs, and orders done by telephone, may be begun."""
    group_of: list[int]
    """Of each line the group that serves it."""
    lines_of: list[list[int]]
    """Of each group the lines that it serves."""
    asked: list[tuple[int, ...]]
    """Of each line the groups that may answer a caller at ring-back, in the order in which they are asked."""
    answers: list[list[tuple[int, float]]]
    """Of each group the lines whose callers it may answer, with the wait after which it may."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre
        self._groups = range(len(centre.group_ids))
        self._skills: list[int] = centre.group_skills.tolist()
        # Of each group the lines that overflow to it, after the shortest of their delays.
        self._overflowing: list[dict[int, float]] = [{} for _ in self._groups]
        for line, steps in enumerate(centre.overflow):
            for group, after_s in steps:
                lines = self._overflowing[group]
                lines[line] = min(after_s, lines.get(line, after_s))
        self.set_hours(0)

    def changes(self) -> Iterator[int]:
        """Intervals at whose start anything of this changes."""
        centre = self._centre
        state = np.vstack([centre.serving, centre.is_open, centre.by_day])
        yield from (np.flatnonzero((state[:, 1:] != state[:, :-1]).any(axis=0)) + 1).tolist()

    def set_hours(self, interval: int) -> None:
        """Let hold what holds in this interval."""
        centre = self._centre
        self.is_open = bool(centre.is_open[interval])
        self.by_day = bool(centre.by_day[interval])
        self.group_of = centre.serving[:, interval].tolist()
        self.lines_of = [[k for k, g in enumerate(self.group_of) if g == group] for group in self._groups]
        self.asked = [self._asked(line) for line in range(len(self.group_of))]
        self.answers = [
            [(line, 0.0) for line in lines]
            + [(line, after_s) for line, after_s in self._overflowing[group].items() if line not in lines]
            for group, lines in enumerate(self.lines_of)
        ]

    def _asked(self, line: int) -> tuple[int, ...]:
        steps = self._centre.overflow[line]
        groups = dict.fromkeys([self.group_of[line], *(group for group, after_s in steps if after_s == 0)])
        if self._centre.agent_choice == AgentChoice.LEAST_SKILLED:
            # A stable sort: of equals the first in the written order.
            return tuple(sorted(groups, key=self._skills.__getitem__))
        return tuple(groups)
