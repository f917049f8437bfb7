"""Court dates, training and protection as the model reads them: spans in UTC minutes, training by day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scheduler.shift_times import utc_minutes

if TYPE_CHECKING:
    from scheduler.slots import Slots

__all__ = ["spans_of", "training_by_day"]


def spans_of(slots: Slots, *kinds: str) -> list[tuple[int, int, int]]:
    """(agent, start, end) of busy hours of these kinds, UTC minutes."""
    found = []
    for busy in slots.problem.busy:
        if busy.kind in kinds:
            start, end = slots.problem.busy_times(busy)
            found.append((slots.agent_numbers[busy.agent], utc_minutes(start), utc_minutes(end)))
    return found


def training_by_day(slots: Slots) -> NDArray[np.int64]:
    """(agents, days) minutes of training up to the period's end, on the day on which it begins."""
    found = np.zeros((slots.n_agents, slots.n_days), dtype=np.int64)
    for agent, start, end in slots.training_spans:
        day = slots.day_of(pd.Timestamp(start * 60, unit="s", tz="UTC").tz_convert(slots.problem.zone).date())
        if 0 <= day < slots.period.stop:
            found[agent, day] += end - start
    return found
