"""Nights in any 28 days in a row, A and B together, ``contract.nights_per_4_weeks_max``."""

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

WINDOW_DAYS = 28


def _blocks(work: Work, slot: Slot) -> NDArray[np.bool_]:
    if not slot.shift.night:
        return np.zeros(work.slots.n_agents, dtype=bool)
    blocked: NDArray[np.bool_] = window_count(work.night, slot.day, WINDOW_DAYS) >= work.slots.nights_max
    return blocked


def _constrain(part: Neighbourhood) -> None:
    for agent in part.agents:
        limit = part.slots.contracts[agent].nights_per_4_weeks_max
        if limit is not None:
            part.in_windows(agent, WINDOW_DAYS, lambda slot: int(slot.shift.night), part.fixed.night, limit)


def _counted(people: int) -> Text:
    return both("{people} at the nights limit of four weeks", people=people)


RULE = Rule("nights_in_four_weeks", _counted, _blocks, _constrain)
