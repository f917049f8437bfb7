"""What a person can still do behind a growing roster: the most that runs of days, weekends left and leave allow.

A roster grown from the front must not leave anybody behind so far that hours owed over the whole period can no longer be
worked. Going back from the last day, a small dynamic program over (days in a row, weekends left) says how much can still
come; which shift may follow which is left out, so it is never too little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.slots import Slots

__all__ = ["Outlook", "outlook_of"]

Ints = NDArray[np.int64]
NEVER = -(10**7)
ROW_MAX = 28


@dataclass(frozen=True)
class Outlook:
    """Most to come from a day on.

    Attributes:
        most: by day: (agents, 1 + longest run of duties + longest rest, weekends) most minutes from that day on; place k holds
            k days worked in a row before the day, place ``runs`` + k the kth day off in a row.
        runs: the longest run of duties.
        off_least: (agents,) days off after which a duty may begin.
        duties: (agents, days + 1) most duties from each day on, of somebody who is rested.
    """

    most: dict[int, Ints]
    runs: int
    off_least: Ints
    duties: Ints

    def place(self, agent: int, days_on: Ints, days_off: Ints) -> Ints:
        """Place in ``most`` of states with so many days on, or off, in a row."""
        off = np.minimum(np.maximum(days_off, 1), self.off_least[agent])
        return np.where(days_on > 0, np.minimum(days_on, self.runs), self.runs + off)


def outlook_of(slots: Slots, days: range, ends: Sequence[int], weekends: int) -> Outlook:
    """The outlook at the days ``ends``, with up to ``weekends`` left."""
    on_most = np.minimum(slots.days_in_a_row_max, ROW_MAX)
    on_least = np.array([c.consecutive_days_min for c in slots.contracts])
    off_least = np.array([max(1, c.days_off_in_a_row_min) for c in slots.contracts])
    runs, rests = int(on_most.max()), int(off_least.max())
    gain = np.zeros((slots.n_agents, slots.n_days), dtype=np.int64)
    for slot in slots.all:
        able = slots.eligible[:, slot.index]
        gain[able, slot.day] = np.maximum(gain[able, slot.day], slot.paid_min)
    people = np.arange(slots.n_agents)
    found: dict[int, Ints] = {}
    value = np.zeros((slots.n_agents, 1 + runs + rests, weekends + 1), dtype=np.int64)
    duty_value = np.zeros((slots.n_agents, 1 + runs + rests), dtype=np.int64)
    duties = np.zeros((slots.n_agents, slots.n_days + 1), dtype=np.int64)
    for day in reversed(days):
        value = _before(value, gain[:, day], slots, day, on_most, on_least, off_least)
        duty_value = _before(
            duty_value[:, :, None], (gain[:, day] > 0).astype(np.int64), None, day, on_most, on_least, off_least
        )[:, :, 0]
        duties[:, day] = duty_value[people, runs + off_least]
        if day in ends:
            found[day] = value
    return Outlook(found, runs, off_least, duties)


def _before(
    value: Ints, gain: Ints, slots: Slots | None, day: int, on_most: Ints, on_least: Ints, off_least: Ints
) -> Ints:
    """One day back: ``value`` (agents, places, weekends) is what can come after the day."""
    n, places, _ = value.shape
    runs = int(on_most.max())
    people = np.arange(n)
    able = gain > 0
    weekend = slots is not None and bool(slots.weekend_days[day])
    second = weekend and slots is not None and bool(slots.weekend_days[day - 1])
    before = np.full_like(value, NEVER)
    length = np.arange(runs + 1)
    # A duty after k days on leads to k + 1 days on; a weekend is used up by its first worked day.
    fresh = value[:, : runs + 1].copy()
    if weekend:
        fresh[:, :, 1:] = value[:, : runs + 1, :-1]
        fresh[:, :, 0] = NEVER
    worked = value[:, : runs + 1] if second else fresh
    ahead = worked[:, 1:] + gain[:, None, None]
    allowed = able[:, None] & (length[1:-1] < on_most[:, None]) if runs > 1 else np.zeros((n, 0), dtype=bool)
    before[:, 1:runs] = np.where(allowed[:, :, None], ahead[:, 1:], NEVER)
    first_off = value[:, runs + 1]
    may_end = length[1:] >= on_least[:, None]
    before[:, 1 : runs + 1] = np.maximum(
        before[:, 1 : runs + 1], np.where(may_end[:, :, None], first_off[:, None, :], NEVER)
    )
    for k in range(1, places - runs):
        on = np.minimum(k + 1, off_least)
        before[:, runs + k] = value[people, runs + on]
    begin = np.where(able[:, None], fresh[:, 1] + gain[:, None], NEVER)
    rested = before[people, runs + off_least]
    before[people, runs + off_least] = np.maximum(rested, begin)
    before[:, 0] = before[people, runs + off_least]
    return np.maximum(before, NEVER)
