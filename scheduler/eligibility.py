"""Who may hold a slot at all, whatever else is rostered: one hindrance per function.

Each gives the agents (n,) whom it keeps from the slot. The checker has a check of the same name for each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wfm.hotline import minutes_of
from wfm.i18n import Text, both

if TYPE_CHECKING:
    from scheduler.slots import Slot, Slots

__all__ = ["HINDRANCES", "Hindrance", "is_night_work"]

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Something that keeps people from a slot: its name, a count of people for explanations, and whom it keeps."""

    name: str
    counted: Callable[[int], Text]
    keeps: Callable[[Slots, Slot], Flags]


def _touched(slot: Slot) -> list[int]:
    return [slot.day, slot.day + 1] if slot.spills else [slot.day]


def _leave(slots: Slots, slot: Slot) -> Flags:
    return np.asarray(slots.away[:, _touched(slot)].any(axis=1), dtype=bool)


def _weekdays(slots: Slots, slot: Slot) -> Flags:
    found: Flags = ~slots.on_weekday[:, slot.day]
    return found


def _busy(slots: Slots, slot: Slot) -> Flags:
    """Hours of court dates or training lie within the duty."""
    return _overlapped(slots, slots.busy_spans, slot)


def _protected(slots: Slots, slot: Slot) -> Flags:
    """No night and no overtime at seven months of pregnancy or more, nor nursing a child under one (Labour Law, Arts. 61, 63)."""
    law = slots.problem.hotline.labour_law
    if is_night_work(slots, slot) or slot.shift.paid_h > law.hours_per_day:
        return _overlapped(slots, slots.protected_spans, slot)
    return np.zeros(slots.n_agents, dtype=bool)


def _overlapped(slots: Slots, spans: list[tuple[int, int, int]], slot: Slot) -> Flags:
    found = np.zeros(slots.n_agents, dtype=bool)
    found[[agent for agent, start, end in spans if start < slot.end and slot.start < end]] = True
    return found


def is_night_work(slots: Slots, slot: Slot) -> bool:
    """Whether the shift is a night, or where the law is in force has a minute of the law's night."""
    law = slots.problem.hotline.law
    if slot.shift.night or law is None:
        return slot.shift.night
    begin, end = slot.shift.start_min, slot.shift.start_min + slot.shift.length_min
    first, last = minutes_of(law.night_from) % 1440, minutes_of(law.night_to) % 1440
    length = (last - first) % 1440
    return any(begin < first + length + n * 1440 and first + n * 1440 < end for n in (-1, 0, 1))


def _centre_closed(slots: Slots, slot: Slot) -> Flags:
    """On days on which the centre is closed only people who can answer remotely are on duty."""
    if slots.on_closed_day(slot):
        return ~slots.remote_able
    return np.zeros(slots.n_agents, dtype=bool)


def _standby_within(slots: Slots, slot: Slot) -> Flags:
    """A B away from the centre answers remotely, or lives near enough to come in time."""
    rules = slots.problem.hotline.rules
    if slot.role == "A" or not rules.standby_remote or rules.standby_within_min is None:
        return np.zeros(slots.n_agents, dtype=bool)
    return ~slots.remote_able & ~(slots.travel_min <= rules.standby_within_min)


def _pins(slots: Slots, slot: Slot) -> Flags:
    """A pinned duty leaves no other that day, a pinned day off none."""
    found = np.zeros(slots.n_agents, dtype=bool)
    for agent, pin in slots.pins_of_day.get(slot.day, []):
        fits = pin.shift == slot.shift.id and pin.group in ("", slot.group) and pin.role in ("", slot.role)
        found[agent] = not fits
    return found


HINDRANCES: tuple[Hindrance, ...] = (
    Hindrance("leave", lambda people: both("{people} on leave", people=people), _leave),
    Hindrance("weekdays", lambda people: both("{people} not there on this weekday", people=people), _weekdays),
    Hindrance("pins", lambda people: both("{people} with something else decided that day", people=people), _pins),
    Hindrance("busy", lambda people: both("{people} busy in court, training or elsewhere", people=people), _busy),
    Hindrance(
        "protected",
        lambda people: both("{people} protected from nights and overtime (Labour Law, Arts. 61, 63)", people=people),
        _protected,
    ),
    Hindrance(
        "centre_closed",
        lambda people: both("{people} unable to answer remotely while the centre is closed", people=people),
        _centre_closed,
    ),
    Hindrance(
        "standby_within",
        lambda people: both("{people} too far away to stand by", people=people),
        _standby_within,
    ),
)
