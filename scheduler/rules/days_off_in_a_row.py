"""Days off in a row at least, between duties, ``contract.days_off_in_a_row_min``.

A day off is one on which no duty begins, of leave too. Time off that reaches beyond the roster, or before it without a
history, is not judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scheduler.rules.rule import Rule, blocks_nobody, require
from scheduler.runs import short_gaps
from scheduler.slots import PAST_DAYS
from wfm.i18n import Text, both

if TYPE_CHECKING:
    from scheduler.model import Neighbourhood
    from scheduler.slots import Slot
    from scheduler.work import Work

__all__ = ["RULE"]


def _constrain(part: Neighbourhood) -> None:
    slots = part.slots
    known = slots.problem.history is not None
    near = set(part.days)
    for agent in part.agents:
        least = slots.contracts[agent].days_off_in_a_row_min
        for off in range(1, least):
            first = PAST_DAYS - off - 1 if known else slots.period.start
            for day in range(first, slots.period.stop - off - 1):
                between = list(range(day + 1, day + off + 1))
                after = day + off + 1
                if near & {day, after, *between}:
                    # Worked on the day and after the gap: on some day between too.
                    require(part, agent, plus=between, minus=[day, after], least=-1)


def _breaks(work: Work, slot: Slot) -> NDArray[np.bool_]:
    found = blocks_nobody(work, slot)
    for agent, contract in enumerate(work.slots.contracts):
        if contract.days_off_in_a_row_min > 1:
            row, fresh = work.on[agent].copy(), work.slot[agent] >= 0
            row[slot.day] = fresh[slot.day] = True
            gaps = short_gaps(row, fresh, contract.days_off_in_a_row_min)
            found[agent] = any(a <= slot.day <= b for a, b in gaps)
    return found


def _unsound(work: Work) -> list[tuple[int, int]]:
    found = []
    for agent, contract in enumerate(work.slots.contracts):
        if contract.days_off_in_a_row_min > 1:
            gaps = short_gaps(work.on[agent], work.slot[agent] >= 0, contract.days_off_in_a_row_min)
            found += [(agent, after) for _, after in gaps]
    return found


def _counted(people: int) -> Text:
    return both("{people} who would have too few days off in a row", people=people)


RULE = Rule("days_off_in_a_row", _counted, blocks_nobody, _constrain, _breaks, _unsound)
