"""At most one duty begins on a day, whether A or B."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scheduler.rules.rule import Rule
from wfm.i18n import Text, both

if TYPE_CHECKING:
    from scheduler.model import Neighbourhood
    from scheduler.slots import Slot
    from scheduler.work import Work

__all__ = ["RULE"]


def _blocks(work: Work, slot: Slot) -> NDArray[np.bool_]:
    return work.on[:, slot.day]


def _constrain(part: Neighbourhood) -> None:
    for choices in part.of_agent_day.values():
        if len(choices) > 1:
            part.model.add_at_most_one(var for _, var in choices)


def _counted(people: int) -> Text:
    return both("{people} on another duty that day", people=people)


RULE = Rule("one_duty_a_day", _counted, _blocks, _constrain)
