"""A rest day in each calendar week for employees, ``labour_law.rest_days_per_week``: Labour Law of the PRC, Art. 38.

Counted as ``weekly_rest_day`` counts; it adds nothing where the hotline's own rule asks for as many days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scheduler.rules.rule import Rule
from scheduler.rules.weekly_rest_day import keep_rest_days, too_few_rest_days
from wfm.i18n import Text, both

if TYPE_CHECKING:
    from scheduler.model import Neighbourhood
    from scheduler.slots import Slot, Slots
    from scheduler.work import Work

__all__ = ["RULE"]


def _least(slots: Slots) -> int:
    """Rest days that the law asks for beyond the hotline's own rule; 0 where it asks for no more."""
    law = slots.problem.hotline.law
    least = 0 if law is None else law.rest_days_per_week
    return least if least > slots.problem.hotline.rules.weekly_rest_days_min else 0


def _blocks(work: Work, slot: Slot) -> NDArray[np.bool_]:
    least = _least(work.slots)
    if not least:
        return np.zeros(work.slots.n_agents, dtype=bool)
    return too_few_rest_days(work, slot, least) & work.slots.employees


def _constrain(part: Neighbourhood) -> None:
    least = _least(part.slots)
    if least:
        keep_rest_days(part, [a for a in part.agents if part.slots.employees[a]], least)


def _counted(people: int) -> Text:
    return both("{people} need the week's rest day (Labour Law, Art. 38)", people=people)


RULE = Rule("law_rest_day", _counted, _blocks, _constrain)
