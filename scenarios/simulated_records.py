"""A replication as call records, as a telephone system would have written them: to try what reads records."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation import Centre, SimulatedCalls
from wfm.calendar import TimeGrid
from wfm.tables import CALLS, SIMULATED_OUTCOMES, check_table

__all__ = ["calls_as_recorded"]

Floats = NDArray[np.float64]


def calls_as_recorded(
    calls: SimulatedCalls, centre: Centre, grid: TimeGrid, *, name: str = "simulated"
) -> pd.DataFrame:
    """The calls as ``tables.CALLS``, by arrival; times to the millisecond.

    A system knows talk, hold and wrap-up; the simulation one handling time, told here as talk. Callers keep one key over
    their attempts. A call-back accepted instead of waiting counts as given up and called back.

    Args:
        calls: one replication.
        centre: what was played.
        grid: its period.
        name: how the identifiers begin, so that several replications may stand in one store.
    """
    outcome = np.array(SIMULATED_OUTCOMES, dtype=object)[calls.outcome]
    outcome[outcome == "call_back_accepted"] = "abandoned"
    answered = outcome == "answered"
    origin = grid.starts[0]

    def moments(seconds: Floats) -> pd.Series:
        return pd.Series(pd.DatetimeIndex(origin + pd.to_timedelta(np.round(seconds, 3), unit="s")).as_unit("ns"))

    agents = np.array([*centre.agent_ids, None], dtype=object)[calls.agent]
    number = pd.Series(calls.call).astype(str)
    frame = pd.DataFrame(
        {
            "call": f"{name}-" + number.str.zfill(7) + "-" + pd.Series(calls.attempt).astype(str),
            "line": np.array(centre.line_ids, dtype=object)[calls.line],
            "arrived_at": moments(calls.arrived_s),
            "ivr_s": np.round(calls.ivr_s, 3),
            "queued_at": moments(calls.queued_s),
            "ring_s": np.where(answered, centre.ring_s, np.nan),
            "answered_at": moments(calls.answered_s),
            "ended_at": moments(calls.ended_s),
            "outcome": outcome,
            "talk_s": np.where(answered, np.round(calls.handle_s, 3), np.nan),
            "hold_s": np.where(answered, 0.0, np.nan),
            "wrap_s": np.where(answered, 0.0, np.nan),
            "agent": agents,
            "caller_key": f"{name}-" + number,
            "called_back_at": moments(calls.called_back_s),
            "topic": None,
            "satisfaction": None,
        }
    )
    return check_table(CALLS, frame.sort_values(["arrived_at", "call"], ignore_index=True))
