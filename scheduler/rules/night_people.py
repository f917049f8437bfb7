"""People on duty together during each night, ``rules.night_people_min``: 2 leaves nobody alone.

Counted are people on A duty, and B at the centre (not away from it), of all groups; breaks are not taken out. Moments before
and after the period are not judged, as others may be there. Good practice, not a limit of statute.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scheduler.rules.rule import Rule, blocks_nobody
from wfm.i18n import Text, both

if TYPE_CHECKING:
    from scheduler.model import Neighbourhood
    from scheduler.slots import PastDuty, Slot, Slots
    from scheduler.work import Work

__all__ = ["RULE"]


def _least(slots: Slots) -> int:
    return slots.problem.hotline.rules.night_people_min


def _overlapping(slots: Slots, slot: Slot) -> list[Slot]:
    return [
        s
        for day in range(slot.day - 1, slot.day + 2)
        for s in slots.of_day.get(day, ())
        if s.start < slot.end and slot.start < s.end
    ]


def _pieces(slots: Slots, slot: Slot) -> list[tuple[int, int]]:
    """The night's time within the period, cut where anybody's duty may begin or end; (start, end) UTC minutes."""
    low = max(slot.start, slots.midnight(slots.period.start + 1))
    high = min(slot.end, slots.midnight(slots.period.stop))
    others = _overlapping(slots, slot)
    past = _past_near(slots, slot)
    spans = [(s.start, s.end) for s in others] + [(d.start, d.end) for d in past]
    cuts = {low, high, *(t for span in spans for t in span if low < t < high)}
    return [(a, b) for a, b in pairwise(sorted(cuts)) if a < b]


def _past_near(slots: Slots, slot: Slot) -> list[PastDuty]:
    """Duties of the past that lie beside the slot: they end with the period's first day at the latest."""
    if slot.start >= slots.midnight(slots.period.start + 2):
        return []
    return [d for d in slots.past if d.start < slot.end and slot.start < d.end]


def _there(work: Work, slot: Slot, piece: tuple[int, int]) -> int:
    """How many people are there throughout the piece."""
    slots = work.slots
    away = slots.problem.hotline.rules.standby_remote
    past = {
        d.agent
        for d in _past_near(slots, slot)
        if d.start <= piece[0] and piece[1] <= d.end and (d.role == "A" or not (away or d.remote))
    }
    return len(past) + sum(
        int(work.filled[other.index])
        for other in _overlapping(slots, slot)
        if other.start <= piece[0] and piece[1] <= other.end and slots.on_site(other)
    )


def _breaks(work: Work, slot: Slot) -> NDArray[np.bool_]:
    slots = work.slots
    if _least(slots) == 1 or not slot.shift.night:
        return blocks_nobody(work, slot)
    fewest = min((_there(work, slot, piece) for piece in _pieces(slots, slot)), default=_least(slots))
    return np.full(slots.n_agents, fewest + slots.on_site(slot) < _least(slots))


def _unsound(work: Work) -> list[tuple[int, int]]:
    slots = work.slots
    if _least(slots) == 1:
        return []
    found = []
    for slot in slots.all:
        if slot.shift.night and work.filled[slot.index]:
            fewest = min((_there(work, slot, piece) for piece in _pieces(slots, slot)), default=_least(slots))
            if fewest < _least(slots):
                found += [(int(a), slot.day) for a in np.flatnonzero(work.slot[:, slot.day] == slot.index)]
    return found


def _constrain(part: Neighbourhood) -> None:
    slots = part.slots
    least = _least(slots)
    if least == 1:
        return
    for day in range(min(part.days) - 1, max(part.days) + 2):
        for slot in slots.of_day.get(day, ()):
            if slot.shift.night:
                _keep_company(part, slot, least)


def _keep_company(part: Neighbourhood, slot: Slot, least: int) -> None:
    """Somebody holds the slot only with company through all of it."""
    slots = part.slots
    holders = [var for _, var in part.of_slot.get(slot.index, ())]
    settled = bool(part.fixed.filled[slot.index])
    if not holders and not settled:
        return
    for piece in _pieces(slots, slot):
        done = _there(part.fixed, slot, piece)
        free: list[Any] = []
        for other in _overlapping(slots, slot):
            if other.start <= piece[0] and piece[1] <= other.end and slots.on_site(other):
                free += [var for _, var in part.of_slot.get(other.index, ())]
        if done >= least:
            continue
        if settled:
            now = _there(part.current, slot, piece)
            if free and min(now, least) > done:
                part.model.add(sum(free) >= min(now, least) - done)
            continue
        for var in holders:
            part.model.add(sum(free) >= least - done).only_enforce_if(var)


def _counted(people: int) -> Text:
    return both("{people} who would be alone at night", people=people)


RULE = Rule("night_people", _counted, blocks_nobody, _constrain, _breaks, _unsound)
