"""Nights in a row: ``contract.consecutive_nights_max``, else ``rules.consecutive_nights_max``.

A cap on nights in a row is good practice; Chinese statute knows none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scheduler.rules.rule import Rule, window_count
from wfm.i18n import Text, both

if TYPE_CHECKING:
    from scheduler.model import Neighbourhood
    from scheduler.slots import Slot
    from scheduler.work import Work

__all__ = ["RULE"]


def _blocks(work: Work, slot: Slot) -> NDArray[np.bool_]:
    limits = work.slots.nights_in_a_row_max
    blocked = np.zeros(work.slots.n_agents, dtype=bool)
    if slot.shift.night:
        for limit in np.unique(limits).tolist():
            blocked |= (limits == limit) & (window_count(work.night, slot.day, limit + 1) >= limit)
    return blocked


def _constrain(part: Neighbourhood) -> None:
    for agent in part.agents:
        limit = int(part.slots.nights_in_a_row_max[agent])
        part.in_windows(agent, limit + 1, lambda slot: int(slot.shift.night), part.fixed.night, limit)


def _counted(people: int) -> Text:
    return both("{people} at the limit of nights in a row", people=people)


RULE = Rule("consecutive_nights", _counted, _blocks, _constrain)
