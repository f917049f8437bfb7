"""Hours a day of employees: normal hours and the overtime that a day may hold.

Labour Law of the PRC, Art. 36 and State Council Order 146 (1995), Art. 3: 8 h; Art. 41: overtime 1 h, for special reasons 3 h. Who is
protected (Arts. 61, 63) has no overtime. Not held by the day under comprehensive working hours. Training of the day counts.
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
    slots = work.slots
    there = slots.training_min[:, slot.day] + slot.paid_min
    return np.asarray((there > slots.law_day_min[:, slot.day]) & (slot.paid_min > 0), dtype=bool)


def _constrain(part: Neighbourhood) -> None:
    """Nothing: with one duty a day, whom the day's length keeps away has no free assignment."""


def _counted(people: int) -> Text:
    return both("{people} whose day would be too long (Labour Law, Arts. 36, 41)", people=people)


RULE = Rule("law_hours_a_day", _counted, _blocks, _constrain)
