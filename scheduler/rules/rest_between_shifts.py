"""Rest between the end of a duty and the start of the next: ``contract.rest_between_shifts_h``, else the hotline's.

A standby (B) duty is a duty here. Eleven hours are good practice (as in EU Directive 2003/88, Art. 3), not a
limit of Chinese statute; the hotline sets its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scheduler.rules.rule import Rule
from wfm.i18n import Text, both

if TYPE_CHECKING:
    from scheduler.model import Neighbourhood
    from scheduler.slots import Slot, Slots
    from scheduler.work import Work

__all__ = ["RULE"]

REACH_DAYS = 2
"""A shift of at most 24 h and a rest of at most 24 h end before the third day begins."""


def _blocks(work: Work, slot: Slot) -> NDArray[np.bool_]:
    rest = work.slots.rest_min
    low = max(0, slot.day - REACH_DAYS)
    before = work.end[:, low : slot.day].max(axis=1, initial=-(2**40))
    after = work.start[:, slot.day + 1 : slot.day + 1 + REACH_DAYS].min(axis=1, initial=2**40)
    blocked: NDArray[np.bool_] = (before > slot.start - rest) | (after < slot.end + rest)
    return blocked


def _constrain(part: Neighbourhood) -> None:
    slots = part.slots
    cliques = {
        (rest, day): _cliques(slots, day, rest)
        for rest in np.unique(slots.rest_min[part.agents]).tolist()
        for day in part.days
    }
    for agent in part.agents:
        rest = int(slots.rest_min[agent])
        for day in part.days:
            for early, late in cliques[rest, day]:
                ours = [part.x[agent, k] for k in early if (agent, k) in part.x]
                theirs = [part.x[agent, k] for k in late if (agent, k) in part.x] if ours else []
                if theirs:
                    part.model.add_at_most_one(ours + theirs)


def _cliques(slots: Slots, day: int, rest: int) -> list[tuple[list[int], list[int]]]:
    """Sets of slots of ``day`` and of a later day, any two of which exclude each other."""
    found = []
    for later in range(day + 1, day + 1 + REACH_DAYS):
        last: list[int] = []
        for end in sorted({s.end for s in slots.of_day[day]}):
            late = [s.index for s in slots.of_day.get(later, []) if s.start < end + rest]
            if late and late != last:
                found.append(([s.index for s in slots.of_day[day] if s.end >= end], late))
                last = late
    return found


def _counted(people: int) -> Text:
    return both("{people} within the rest between shifts", people=people)


RULE = Rule("rest_between_shifts", _counted, _blocks, _constrain)
