"""What people carried before the roster, beyond their share or below it: what even shares make good again.

Counted are the duties of the history within ``rules.fairness_weeks`` weeks, by the kinds that :mod:`scheduler.fairness` shares.
Of each kind the people who had any duty in that time, and who are able to carry it now, would have had even parts, in proportion
to the days on which they could be rostered and to what their contract allows. Who had no duty at all is new, and owes nothing. To this come the
balances given for the time before.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from scheduler.past_duties import PastDuty
from scheduler.slots import Slots
from wfm.calendar import DayKind

__all__ = ["carried_beyond"]

Floats = NDArray[np.float64]


def carried_beyond(slots: Slots, name: str, able: NDArray[np.bool_], allowed: Floats) -> Floats:
    """(agents,) what each carried beyond the share before the roster, negative below it; hours in minutes.

    Args:
        slots: the problem.
        name: the burden, one of ``fairness.BURDENS``.
        able: (agents,) who can carry it in this roster.
        allowed: (agents,) what the contracts allow, relative to each other.
    """
    found = np.zeros(slots.n_agents)
    begin = slots.problem.first - timedelta(days=7 * slots.problem.hotline.rules.fairness_weeks)
    past = [d for d in slots.past if slots.date_of(d.day) >= begin]
    if past:
        carried, duties = np.zeros(slots.n_agents), np.zeros(slots.n_agents)
        for duty in past:
            carried[duty.agent] += _amount(slots, duty, name)
            duties[duty.agent] += 1
        first = min(slots.date_of(d.day) for d in past)
        sharing = able & (duties > 0)
        capacity = np.where(sharing, allowed * _there(slots, first), 0.0)
        if capacity.sum() > 0:
            found = np.where(sharing, carried - carried[sharing].sum() * capacity / capacity.sum(), 0.0)
    for balance in slots.problem.balances:
        unit = 60.0 if name == "hours" else 1.0
        found[slots.agent_numbers[balance.agent]] += unit * float(getattr(balance, name))
    return np.where(able, found, 0.0)


def _amount(slots: Slots, duty: PastDuty, name: str) -> int:
    if name == "hours":
        return duty.paid_min
    if name == "standbys":
        return int(duty.role == "B")
    if name == "nights":
        return int(bool(duty.shift and duty.shift.night))
    if name == "holidays":
        return int(slots.problem.kind_of(slots.date_of(duty.day)) is DayKind.HOLIDAY)
    return int(slots.is_rest_day(duty.day))


def _there(slots: Slots, first: date) -> Floats:
    """(agents,) share of the days from ``first`` to the roster on which each could be rostered."""
    days = max(1, (slots.problem.first - first).days)
    weekdays = np.array([(first + timedelta(days=n)).weekday() for n in range(days)])
    able = np.array([[c == "1" for c in a.weekdays] for a in slots.problem.agents], dtype=bool)[:, weekdays]
    for leave in slots.problem.leave:
        low, high = max(0, (leave.first - first).days), min(days, (leave.last - first).days + 1)
        if low < high:
            able[slots.agent_numbers[leave.agent], low:high] = False
    return np.asarray(able.mean(axis=1), dtype=np.float64)
