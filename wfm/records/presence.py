"""When each agent was there, read from the calls they took and the pauses between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.records.asked_calls import AskedCalls
from wfm.records.pauses import Pauses

__all__ = ["RecordedStays", "stays_of"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SHORTEST_S = 1.0
"""A stay lasts at least this long."""


@dataclass(frozen=True, eq=False)
class RecordedStays:
    """Unbroken stays of agents at work, ``(M,)`` each, in the order (agent, start); those of an agent do not overlap."""

    agent: Integers
    day: Integers
    start_s: Floats
    end_s: Floats

    def __len__(self) -> int:
        return len(self.agent)

    @property
    def hours(self) -> float:
        """Agent-hours of all stays."""
        return float((self.end_s - self.start_s).sum() / 3600)


def stays_of(asked: AskedCalls, pauses: Pauses, pause_s: Floats, away_s: float) -> RecordedStays:
    """Stays from the first to the last call of each agent and day, broken where a pause lasts longer than ``away_s``.

    Shorter pauses are work after a call and belong to the stay. A longer one begins when the agent has done with
    a call and lasts ``pause_s``.

    Args:
        asked: The calls.
        pauses: The agents' pauses, see :func:`wfm.records.pauses.pauses_of`.
        pause_s: (N,) their lengths, see :func:`wfm.records.pauses.drawn_pauses`.
        away_s: Pauses over this many seconds are absences.
    """
    by = np.flatnonzero(asked.agent >= 0)
    by = by[np.lexsort((asked.left_s[by], asked.day[by], asked.agent[by]))]
    # Place of the pause before each call; −1 before the first of the day.
    pause = np.full(len(asked), -1, dtype=np.int64)
    pause[pauses.after] = np.arange(len(pauses.after))
    pause = pause[by]
    length_s = np.where(pause >= 0, pause_s[pause], np.inf) if len(pause_s) else np.full(len(by), np.inf)
    opens = length_s > away_s
    resumed_s = np.where(pause >= 0, pauses.done_s[pause] + length_s, 0.0) if len(pause_s) else np.zeros(len(by))
    start_s = np.where(pause >= 0, resumed_s, asked.left_s[by])[opens]
    first = np.flatnonzero(opens)
    end_s = np.maximum.reduceat(asked.done_s[by], first)
    agent = asked.agent[by][opens]
    end_s = np.maximum(end_s, start_s + SHORTEST_S)
    # Calls that overlap in the records may run into the next stay.
    follows = np.append(agent[1:] == agent[:-1], False)
    end_s[follows] = np.minimum(end_s[follows], start_s[1:][follows[:-1]])
    kept = end_s > start_s
    return RecordedStays(agent[kept], asked.day[by][opens][kept], start_s[kept], end_s[kept])
