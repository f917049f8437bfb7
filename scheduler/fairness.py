"""Fair shares: how much of each burden everybody would carry if posts could be split.

Four burdens are shared: paid hours, standby (B) duties, nights, and duties on weekends or holidays (of both roles).
The share of an agent is the even split of the posts over those who are able and there, in proportion to the
days on which they can be rostered and to what their contract allows; nobody's share exceeds the contract's limit.
It is found by iterative proportional fitting (Deming and Stephan 1940) on posts × people.

A roster is fair when everybody carries the share rounded down or up to whole duties; where shifts differ in
length, hours may lie half an average duty off. What lies beyond costs 1 for the first duty and 3 for each
further one, times ``rules.fairness_weight``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.slots import Slot, Slots

__all__ = ["BURDENS", "FIRST_UNIT", "FURTHER_UNIT", "Burden", "burden_of", "fair_burdens", "fairness_cost"]

BURDENS = ("hours", "standbys", "nights", "rest_days")
FIRST_UNIT = 1
FURTHER_UNIT = 3
ROUNDS = 60


@dataclass(frozen=True)
class Burden:
    """One burden and what is fair.

    Attributes:
        name: one of :data:`BURDENS`.
        weight: (slots,) how much of the burden each slot is: hours count their paid minutes, the others 1.
        unit: what an average duty weighs.
        low: (agents,) least that is fair.
        high: (agents,) most that is fair.
    """

    name: str
    weight: NDArray[np.int64]
    unit: int
    low: NDArray[np.int64]
    high: NDArray[np.int64]


def burden_of(slot: Slot, name: str) -> int:
    """How much of the burden the slot is."""
    if name == "hours":
        return slot.paid_min
    if name == "standbys":
        return int(slot.role == "B")
    if name == "nights":
        return int(slot.shift.night)
    return int(slot.rest_day)


def fair_burdens(slots: Slots) -> list[Burden]:
    """The burdens that anybody carries at all, with their fair bands."""
    found = []
    for name in BURDENS:
        weight = np.array([burden_of(s, name) for s in slots.all], dtype=np.int64)
        if not weight.any():
            continue
        needs = np.array([s.need for s in slots.all], dtype=float)[weight > 0]
        unit = int(np.ceil(np.average(weight[weight > 0], weights=needs)))
        share = _even_shares(slots, name, weight)
        low, high = np.floor(share / unit + 1e-6) * unit, np.ceil(share / unit - 1e-6) * unit
        if len(set(weight[weight > 0].tolist())) > 1:
            low, high = np.floor(np.maximum(0.0, share - unit / 2)), np.ceil(share + unit / 2)
        found.append(Burden(name, weight, unit, low.astype(np.int64), high.astype(np.int64)))
    return found


def fairness_cost(slots: Slots, burdens: list[Burden], slot_of: NDArray[np.int64]) -> NDArray[np.int64]:
    """(agents,) cost of what lies outside the fair bands; ``slot_of`` as in ``Work.slot``."""
    cost = np.zeros(slots.n_agents, dtype=np.int64)
    index = np.maximum(slot_of, 0)
    for burden in burdens:
        carried = np.where(slot_of >= 0, burden.weight[index], 0).sum(axis=1)
        beyond = np.maximum(np.maximum(carried - burden.high, burden.low - carried), 0)
        units = -(-beyond // burden.unit)
        cost += np.where(units > 0, FIRST_UNIT + FURTHER_UNIT * (units - 1), 0)
    return cost


def _even_shares(slots: Slots, name: str, weight: NDArray[np.int64]) -> NDArray[np.float64]:
    """(agents,) the burden's even split, in its own unit."""
    able = slots.eligible[:, weight > 0].astype(float)
    amount = np.array([s.need for s in slots.all], dtype=float)[weight > 0] * weight[weight > 0]
    capacity, limit = _capacity(slots, name)
    pull = np.maximum(capacity, 1e-9)
    carried = np.zeros(slots.n_agents)
    for _ in range(ROUNDS):
        reach = pull @ able
        carried = pull * (able @ np.divide(amount, reach, out=np.zeros_like(amount), where=reach > 0))
        sharing = float(capacity[carried > 0].sum())
        rate = carried.sum() / sharing if sharing > 0 else 0.0
        wanted = np.minimum(np.maximum(rate * capacity, 1e-9), limit)
        pull *= np.sqrt(np.divide(wanted, carried, out=np.ones_like(carried), where=carried > 0))
        pull = np.clip(pull / max(pull.max(), 1e-300), 1e-9, 1.0)
    return carried


def _capacity(slots: Slots, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(agents,) relative capacity and absolute limit of a burden, from availability and contract."""
    inside = slice(slots.period.start + 1, slots.period.stop)
    there = (~slots.away & slots.on_weekday)[:, inside].mean(axis=1)
    weeks = slots.problem.days / 7
    everything = 10.0**6
    duties = np.array([everything if (n := c.duties_per_4_weeks_max) is None else n for c in slots.contracts])
    hours = np.array([c.hours_per_week_max for c in slots.contracts])
    scale = max(1.0, slots.problem.days / 28)
    capacity = there * np.minimum(duties / 4, hours / 8)
    limits = {
        "standbys": duties * scale,
        "hours": hours * weeks * 60,
        "nights": scale
        * np.array([everything if (n := c.nights_per_4_weeks_max) is None else n for c in slots.contracts]),
        "rest_days": np.full(slots.n_agents, everything),
    }
    return capacity, limits[name]
