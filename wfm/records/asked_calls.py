"""Recorded calls that asked for an agent, as arrays on one clock: what reading the floor's work begins with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.calendar import TimeGrid
from wfm.errors import BadInput
from wfm.i18n import say

__all__ = ["AskedCalls", "Waiting", "asked_calls", "waiting_of"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

SAME_MOMENT_S = 0.5
"""Moments closer than this are one: records are kept in whole seconds."""


@dataclass(frozen=True, eq=False, kw_only=True)
class AskedCalls:
    """Calls that asked for an agent in the order of asking, ``(N,)`` each; times in seconds from the grid's start."""

    grid: TimeGrid
    line_ids: tuple[str, ...]
    agent_ids: tuple[str, ...]
    row: Integers
    """Place of the call in the table that it was taken from, counted from 0."""
    line: Integers
    queued_s: Floats
    left_s: Floats
    """When the caller left the queue: given to an agent, whose telephone then rings, or gave up."""
    answered: Flags
    done_s: Floats
    """When the agent had done with the call, as far as recorded; NaN if nobody answered."""
    agent: Integers
    """−1 where nobody answered or no agent is named."""
    day: Integers
    """Local date of asking, as a number from the grid's first."""
    interval: Integers
    ring_s: float

    def __len__(self) -> int:
        return len(self.row)

    @property
    def waited(self) -> Flags:
        """(N,) whether the caller had to wait for an agent."""
        found: Flags = self.left_s - self.queued_s > SAME_MOMENT_S
        return found

    @property
    def wait_s(self) -> Floats:
        """(N,) wait to pick-up, ringing included, or to giving up."""
        return self.left_s - self.queued_s + np.where(self.answered, self.ring_s, 0.0)

    @property
    def minute(self) -> Integers:
        """(N,) local minutes after midnight at the start of the interval of asking."""
        found: Integers = self.grid.minutes[self.interval]
        return found


class Waiting(NamedTuple):
    """Spells in which some caller of a line was waiting: apart from one another, in order."""

    start_s: Floats
    end_s: Floats

    def last_before(self, time_s: Floats) -> Floats:
        """The last moment up to each time at which somebody waited who had come before it; −inf if there is none."""
        spell = np.searchsorted(self.start_s, time_s, side="left") - 1
        ended = np.append(self.end_s, -np.inf)
        return np.where(spell >= 0, np.minimum(ended[spell], time_s), -np.inf)


def asked_calls(calls: pd.DataFrame, grid: TimeGrid, *, ring_s: float = 0.0) -> AskedCalls:
    """The calls of the grid's period that asked for an agent.

    Args:
        calls: Call records, columns of ``wfm.tables.CALLS``.
        grid: The period.
        ring_s: How long the agent's telephone rings before pick-up. An answer sooner than this after asking
            had its ringing before the record of asking, as where the voice response stays on the line meanwhile.

    Raises:
        BadInput: no call of the period was answered by a named agent.
    """
    fate = calls["outcome"]
    asking = fate.isin(["answered", "abandoned"]) & calls["queued_at"].notna() & calls["ended_at"].notna()
    place = np.flatnonzero(asking)
    calls = calls[asking]
    answered = (calls["outcome"] == "answered").to_numpy()
    asked_s, picked_s, ended_s = (_seconds(calls[name], grid) for name in ("queued_at", "answered_at", "ended_at"))
    left_s = np.where(answered, picked_s - ring_s, ended_s)
    queued_s = np.minimum(asked_s, left_s)
    done_s = np.where(answered, ended_s + calls["wrap_s"].fillna(0.0).to_numpy(float), np.nan)
    # By the recorded moment: an earlier one may lie on the day before.
    interval = grid.locate(calls["queued_at"])
    kept = np.flatnonzero((interval >= 0) & ~np.isnan(left_s) & (queued_s >= 0))
    kept = kept[np.argsort(queued_s[kept], kind="stable")]
    line_ids = tuple(sorted(calls["line"].unique()))
    agent_ids = tuple(sorted(calls.loc[answered, "agent"].dropna().unique()))
    lines, agents = ({name: n for n, name in enumerate(ids)} for ids in (line_ids, agent_ids))
    named = answered & calls["agent"].notna().to_numpy()
    agent = np.full(len(calls), -1, dtype=np.int64)
    agent[named] = [agents[name] for name in calls["agent"].to_numpy()[named]]
    if not (agent[kept] >= 0).any():
        raise BadInput(say("calls: no call of the period was answered by a named agent"))
    days = (grid.dates - grid.dates[0]).astype(np.int64)
    return AskedCalls(
        grid=grid,
        line_ids=line_ids,
        agent_ids=agent_ids,
        row=place[kept].astype(np.int64),
        line=np.array([lines[name] for name in calls["line"]], dtype=np.int64)[kept],
        queued_s=queued_s[kept],
        left_s=left_s[kept],
        answered=answered[kept],
        done_s=done_s[kept],
        agent=agent[kept],
        day=days[interval[kept]],
        interval=interval[kept],
        ring_s=ring_s,
    )


def waiting_of(asked: AskedCalls) -> tuple[Waiting, ...]:
    """When callers of each line were waiting, (L,)."""
    found = []
    for line in range(len(asked.line_ids)):
        mine = (asked.line == line) & asked.waited
        start_s: Floats = asked.queued_s[mine]
        end_s = np.maximum.accumulate(asked.left_s[mine])
        first = np.append(True, start_s[1:] > end_s[:-1]) if len(start_s) else np.zeros(0, dtype=bool)
        last = np.append(first[1:], True) if len(start_s) else first
        found.append(Waiting(start_s[first], end_s[last]))
    return tuple(found)


def _seconds(moments: pd.Series, grid: TimeGrid) -> Floats:
    return np.asarray((moments - grid.starts[0]).dt.total_seconds(), dtype=np.float64)
