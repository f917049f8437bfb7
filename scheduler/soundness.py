"""Duties that are decided beforehand go in first; duties that a finished roster may not hold are taken out.

Rules that only forbid are kept at every step. Rules that ask for a least (days in a row, company at night) can be broken while
a roster grows: what breaks them in the end is released, until nothing does.
"""

from __future__ import annotations

from scheduler.count_limits import owed_units
from scheduler.rules import RULES
from scheduler.work import Work

__all__ = ["assign_pins", "drop_unsound", "is_sound", "owed", "pins_missing"]


def assign_pins(work: Work) -> None:
    """Give every pinned duty to its person, where the rules and the other pins leave a post."""
    slots = work.slots
    for agent, day in slots.pinned:
        for slot in slots.of_day[day]:
            fits = slots.eligible[agent, slot.index] and not work.on[agent, day]
            room = work.filled[slot.index] < slot.need or slot.surplus_cost is not None
            if fits and room and not any(rule.blocks(work, slot)[agent] for rule in RULES):
                work.assign(agent, slot)


def drop_unsound(work: Work) -> int:
    """Release what breaks a rule in a finished roster; returns how many duties."""
    dropped = 0
    while found := {duty for rule in RULES if rule.unsound is not None for duty in rule.unsound(work)}:
        for agent, day in found:
            work.release(agent, day)
        dropped += len(found)
    return dropped


def is_sound(work: Work) -> bool:
    """Whether the roster as it stands breaks no rule that asks for a least."""
    return not any(rule.unsound(work) for rule in RULES if rule.unsound is not None)


def pins_missing(work: Work) -> list[tuple[int, int]]:
    """(agent, day) of pinned duties that nobody has."""
    return [(agent, day) for agent, day in work.slots.pinned if work.slot[agent, day] < 0]


def owed(work: Work) -> int:
    """Units owed without exception: below the least of limits without weight, and pinned duties missing."""
    limits = int(owed_units(work).sum()) if work.slots.limits else 0
    return limits + len(pins_missing(work))
