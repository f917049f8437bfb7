"""Fair shares: how much of each burden everybody would carry if posts could be split.

Five burdens are shared: paid hours, standby (B) duties, nights, duties on weekends or holidays, and those on holidays (of both
roles). The share of an agent is the even split of the posts over those who are able and there, in proportion to the
days on which they can be rostered (for weekends and holidays: to those of them) and to what their contract allows; nobody's
share exceeds the contract's limit. It is found by iterative proportional fitting (Deming and Stephan 1940) on posts × people. Whoever carried more than the
share before the roster (``scheduler.carried_before``) has so much less now, whoever carried less has more, up to half of the usual share.

A roster is fair when everybody carries the share rounded down or up to whole duties; where shifts differ in
length, hours may lie half an average duty off. What lies beyond costs 1 for the first duty and 3 for each
further one, times ``rules.fairness_weight``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.carried_before import carried_beyond
from scheduler.slot import Slot
from scheduler.slots import Slots
from wfm.calendar import DayKind

__all__ = [
    "BURDENS",
    "FIRST_UNIT",
    "FURTHER_UNIT",
    "Burden",
    "allowed_by_contract",
    "burden_of",
    "fair_burdens",
    "fairness_cost",
]

BURDENS = ("hours", "standbys", "nights", "rest_days", "holidays")
ON_CERTAIN_DAYS = ("rest_days", "holidays")
"""Burdens that come on certain days alone: whoever is never there on them carries nothing, and nobody more than there is."""
FIRST_UNIT = 1
FURTHER_UNIT = 3
ROUNDS = 60
HALVINGS = 30
"""Steps in which the rate of shares is narrowed, each to half of the interval before."""
EVERYTHING = 10.0**6
CATCH_UP = 0.5
"""What was carried less before adds at most so much of the usual share."""


Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Burden:
    """One burden and what is fair.

    Attributes:
        name: one of :data:`BURDENS`.
        weight: (slots,) how much of the burden each slot is: hours count their paid minutes, the others 1.
        unit: what an average duty weighs.
        low: (agents,) least that is fair.
        high: (agents,) most that is fair.
        share: (agents,) the even share itself, what was carried before made good.
    """

    name: str
    weight: NDArray[np.int64]
    unit: int
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    share: NDArray[np.float64]


def burden_of(slots: Slots, slot: Slot, name: str) -> int:
    """How much of the burden the slot is."""
    if name == "hours":
        return slot.paid_min
    if name == "standbys":
        return int(slot.role == "B")
    if name == "nights":
        return int(slot.shift.night)
    if name == "holidays":
        return int(slots.problem.kind_of(slots.date_of(slot.day)) is DayKind.HOLIDAY)
    return int(slot.rest_day)


def fair_burdens(slots: Slots) -> list[Burden]:
    """The burdens that anybody carries at all, with their fair bands."""
    found: list[Burden] = []
    for name in BURDENS:
        weight = np.array([burden_of(slots, s, name) for s in slots.all], dtype=np.int64)
        if not weight.any() or any(np.array_equal(weight, b.weight) for b in found if name == "holidays"):
            continue
        needs = np.array([s.need for s in slots.all], dtype=float)[weight > 0]
        unit = int(np.ceil(np.average(weight[weight > 0], weights=needs)))
        share = _even_shares(slots, name, weight)
        low, high = np.floor(share / unit + 1e-6) * unit, np.ceil(share / unit - 1e-6) * unit
        if len(set(weight[weight > 0].tolist())) > 1:
            low, high = np.floor(np.maximum(0.0, share - unit / 2)), np.ceil(share + unit / 2)
        found.append(Burden(name, weight, unit, low.astype(np.int64), high.astype(np.int64), share))
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
    capacity, limit = _capacity(slots, name, weight)
    beyond = carried_beyond(slots, name, np.asarray(able.any(axis=1), dtype=bool), allowed_by_contract(slots))
    pull = np.maximum(capacity, 1e-9)
    carried = np.zeros(slots.n_agents)
    for _ in range(ROUNDS):
        reach = pull @ able
        carried = pull * (able @ np.divide(amount, reach, out=np.zeros_like(amount), where=reach > 0))
        sharing = float(capacity[carried > 0].sum())
        rate = carried.sum() / sharing if sharing > 0 else 0.0
        if beyond.any():
            wanted = _made_good(float(carried.sum()), np.where(carried > 0, capacity, 0.0), beyond, limit)
        else:
            wanted = np.minimum(np.maximum(rate * capacity, 1e-9), limit)
        pull *= np.sqrt(np.divide(wanted, carried, out=np.ones_like(carried), where=carried > 0))
        pull = np.clip(pull / max(pull.max(), 1e-300), 1e-9, 1.0)
    return carried


def _made_good(total: float, capacity: Floats, beyond: Floats, limit: Floats) -> Floats:
    """(agents,) shares that add up to ``total``: in proportion to the capacity, less what was carried beyond before."""

    def shares(rate: float) -> Floats:
        usual = rate * capacity
        return np.minimum(np.clip(usual - beyond, 0.0, (1 + CATCH_UP) * usual), limit)

    low, high = 0.0, 1.0
    while shares(high).sum() < total and high < 1e12:
        high *= 2
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if shares(middle).sum() < total else (low, middle)
    return np.maximum(shares(high), 1e-9)


def allowed_by_contract(slots: Slots) -> Floats:
    """(agents,) what the contracts allow, relative to each other."""
    duties = np.array([EVERYTHING if (n := c.duties_per_4_weeks_max) is None else n for c in slots.contracts])
    hours = np.array([c.hours_per_week_max for c in slots.contracts])
    return np.asarray(np.minimum(duties / 4, hours / 8), dtype=np.float64)


def _capacity(slots: Slots, name: str, weight: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(agents,) relative capacity and absolute limit of a burden, from availability and contract."""
    day = np.arange(slots.n_days)
    inside = (day > slots.period.start) & (day < slots.period.stop)
    certain = inside & np.isin(day, slots.days_of_slots[weight > 0])
    days = certain if name in ON_CERTAIN_DAYS and certain.any() else inside
    there = (~slots.away & slots.on_weekday)[:, days].mean(axis=1)
    weeks = slots.problem.days / 7
    duties = np.array([EVERYTHING if (n := c.duties_per_4_weeks_max) is None else n for c in slots.contracts])
    hours = np.array([c.hours_per_week_max for c in slots.contracts])
    scale = max(1.0, slots.problem.days / 28)
    capacity = there * allowed_by_contract(slots)
    limits = {
        "standbys": duties * scale,
        "hours": hours * weeks * 60,
        "nights": scale
        * np.array([EVERYTHING if (n := c.nights_per_4_weeks_max) is None else n for c in slots.contracts]),
        "rest_days": np.full(slots.n_agents, EVERYTHING),
        "holidays": np.full(slots.n_agents, EVERYTHING),
    }
    return capacity, limits[name]
