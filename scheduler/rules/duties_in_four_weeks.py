"""Duties in any 28 days in a row, A and B together, ``contract.duties_per_4_weeks_max``."""

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
    blocked: NDArray[np.bool_] = window_count(work.on, slot.day, WINDOW_DAYS) >= work.slots.duties_max
    return blocked


def _constrain(part: Neighbourhood) -> None:
    for agent in part.agents:
        limit = part.slots.contracts[agent].duties_per_4_weeks_max
        if limit is not None:
            part.in_windows(agent, WINDOW_DAYS, lambda _: 1, part.fixed.on, limit)


def _counted(people: int) -> Text:
    return both("{people} at the duties limit of four weeks", people=people)


RULE = Rule("duties_in_four_weeks", _counted, _blocks, _constrain)
