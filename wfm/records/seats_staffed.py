"""How many seats were staffed in each interval, from the states of the agents."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.calendar import TimeGrid
from wfm.records.spans import Spans, milliseconds, no_spans, per_interval_ms, union
from wfm.tables import WORKING_STATES

__all__ = ["interval_bounds_ms", "seats_staffed", "spans_of_agents"]


def seats_staffed(
    agent_states: pd.DataFrame,
    grid: TimeGrid,
    *,
    agents: Collection[str] | None = None,
    states: Sequence[str] = WORKING_STATES,
) -> NDArray[np.float64]:
    """Mean number of agents in one of ``states`` in each interval; ``(T,)``.

    An agent who stands in several such states at once (in two queues, say) counts once. NaN on local dates of
    which no state of anybody is known: nobody signed in and nothing recorded are not the same.

    Args:
        agent_states: ``tables.AGENT_STATES``.
        grid: the intervals.
        agents: only these agents, as those of one group; None: all.
        states: states that count as staffed, by default those in which an agent is there for calls.
    """
    bounds = interval_bounds_ms(grid)
    spans = spans_of_agents(agent_states, states)
    chosen = [held for agent, held in spans.items() if agents is None or agent in agents]
    staffed = per_interval_ms(np.concatenate([no_spans(), *chosen]), bounds) / (grid.interval_s * 1000)
    every = np.column_stack([milliseconds(agent_states["start"]), milliseconds(agent_states["end"])])
    covered = pd.Series(per_interval_ms(every, bounds)).groupby(grid.dates).transform("sum").to_numpy()
    return np.where(covered > 0, staffed, np.nan)


def interval_bounds_ms(grid: TimeGrid) -> NDArray[np.int64]:
    """Starts of the intervals and the end of the last, milliseconds since 1970 UTC; ``(T + 1,)``."""
    return np.append(milliseconds(grid.starts), milliseconds(grid.ends[-1:]))


def spans_of_agents(agent_states: pd.DataFrame, states: Sequence[str]) -> dict[str, Spans]:
    """When each agent was in one of ``states``."""
    chosen = agent_states[agent_states["state"].isin(list(states))]
    both = np.column_stack([milliseconds(chosen["start"]), milliseconds(chosen["end"])])
    places = chosen.reset_index(drop=True).groupby("agent", sort=True).indices
    return {str(agent): union(both[at]) for agent, at in places.items()}
