"""Upper end of the contract's hours band in each calendar week, ``contract.hours_per_week_max``.

Paid hours of A duties count in full, those of standby (B) duties by ``rules.standby_hours_share``, in the week
in which the duty begins. The lower end of the band is a wish: hours owed cost in the objective and are reported.
"""

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
    if not slot.paid_min:
        return np.zeros(work.slots.n_agents, dtype=bool)
    week = next(w for w in work.slots.weeks if slot.day in w)
    worked = work.paid_min[:, week.start : week.stop].sum(axis=1)
    blocked: NDArray[np.bool_] = worked + slot.paid_min > work.slots.week_max_min
    return blocked


def _constrain(part: Neighbourhood) -> None:
    for agent in part.agents:
        limit = int(part.slots.week_max_min[agent])
        for week in part.slots.weeks:
            part.at_most(agent, week, lambda slot: slot.paid_min, part.fixed.paid_min, limit)


def _counted(people: int) -> Text:
    return both("{people} at the week's hours limit", people=people)


RULE = Rule("hours_per_week", _counted, _blocks, _constrain)
