"""Shifts that nobody begins on the day after certain others, ``shift.not_followed_by``, whatever the rest between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scheduler.rules.rule import Rule, exclude
from wfm.i18n import Text, both

if TYPE_CHECKING:
    from scheduler.model import Neighbourhood
    from scheduler.slots import Slot, Slots
    from scheduler.work import Work

__all__ = ["RULE"]


def _numbers(slots: Slots, slot: Slot) -> tuple[list[int], list[int]]:
    """Shifts that may not be the day before the slot's, and those that may not be the day after."""
    numbers = slots.shift_numbers
    before = [numbers[s.id] for s in slots.problem.hotline.shifts if slot.shift.id in s.not_followed_by]
    return before, [numbers[name] for name in slot.shift.not_followed_by]


def _blocks(work: Work, slot: Slot) -> NDArray[np.bool_]:
    before, after = _numbers(work.slots, slot)
    blocked = np.zeros(work.slots.n_agents, dtype=bool)
    if before:
        blocked |= np.isin(work.shift[:, slot.day - 1], before)
    if after:
        blocked |= np.isin(work.shift[:, slot.day + 1], after)
    return blocked


def _constrain(part: Neighbourhood) -> None:
    if any(s.not_followed_by for s in part.slots.problem.hotline.shifts):
        exclude(part, lambda slot: slot.shift.id, lambda early, late: late.shift.id in early.shift.not_followed_by)


def _counted(people: int) -> Text:
    return both("{people} on a shift that this one does not follow or precede", people=people)


RULE = Rule("not_followed_by", _counted, _blocks, _constrain)
