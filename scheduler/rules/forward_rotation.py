"""On days worked in a row no shift begins earlier in the day than the one before, ``rules.forward_rotation``.

Good practice (forward rotation disturbs sleep less: Knauth 1993), not a limit of Chinese statute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scheduler.rules.rule import Rule, exclude
from wfm.i18n import Text, both

if TYPE_CHECKING:
    from scheduler.model import Neighbourhood
    from scheduler.slots import Slot
    from scheduler.work import Work

__all__ = ["RULE"]


def _blocks(work: Work, slot: Slot) -> NDArray[np.bool_]:
    if not work.slots.problem.hotline.rules.forward_rotation:
        return np.zeros(work.slots.n_agents, dtype=bool)
    begin = slot.shift.start_min
    after = work.minute[:, slot.day + 1]
    return np.asarray((work.minute[:, slot.day - 1] > begin) | ((after >= 0) & (after < begin)), dtype=bool)


def _constrain(part: Neighbourhood) -> None:
    if part.slots.problem.hotline.rules.forward_rotation:
        exclude(
            part, lambda slot: slot.shift.start_min, lambda early, late: late.shift.start_min < early.shift.start_min
        )


def _counted(people: int) -> Text:
    return both("{people} who would rotate backward", people=people)


RULE = Rule("forward_rotation", _counted, _blocks, _constrain)
