"""A first roster in a moment: the scarcest posts first, each to whoever carries least of a fair share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from scheduler.fairness import Burden
from scheduler.goal import Goal
from scheduler.rules import RULES
from scheduler.slots import Slot, Slots
from scheduler.work import Work

__all__ = ["fill_posts", "fill_slot", "free_for"]


def fill_posts(work: Work, goal: Goal, rng: np.random.Generator, *, finishing: bool = False) -> None:
    """Fill as many posts as the rules allow, in order of scarcity; posts left over stay missing.

    ``finishing``: nothing follows, so that also rules that ask for a least hold after each step.
    """
    slots = work.slots
    taste = rng.random(slots.n_agents) * 1e-3
    for slot in sorted(slots.all, key=_scarcity(slots)):
        fill_slot(work, goal, slot, taste, finishing=finishing)


def fill_slot(work: Work, goal: Goal, slot: Slot, taste: NDArray[np.float64], *, finishing: bool = False) -> None:
    """Fill the posts of one slot as far as the rules allow."""
    while work.filled[slot.index] < slot.need:
        free = free_for(work, slot, finishing=finishing)
        if not free.any():
            return
        liking = _burden_after(work, goal.burdens, slot) + _pair_pull(work, goal, slot) + taste
        many = slot.need - int(work.filled[slot.index])
        for agent in np.argsort(np.where(free, liking, np.inf), kind="stable")[:many].tolist():
            if free[agent] and (slot.role == "B" or free_for(work, slot, finishing=finishing)[agent]):
                work.assign(agent, slot)


def free_for(work: Work, slot: Slot, *, finishing: bool = False) -> NDArray[np.bool_]:
    """(agents,) who may take the slot now without breaking a rule; ``finishing``: also if nothing follows."""
    free = work.slots.eligible[:, slot.index].copy()
    for rule in RULES:
        if not free.any():
            break
        free &= ~((rule.breaks if finishing else None) or rule.blocks)(work, slot)
    return free


def _scarcity(slots: Slots) -> Callable[[Slot], tuple[int, int, float, int, int]]:
    """Sorting key: nights, then A before B; few people per post first."""
    chances = slots.eligible.sum(axis=1)
    worth = slots.eligible / np.maximum(chances, 1)[:, None]
    supply = worth.sum(axis=0)
    tightness = np.array([s.need / max(float(supply[s.index]), 1e-9) for s in slots.all])

    def key(slot: Slot) -> tuple[int, int, float, int, int]:
        return (
            0 if slot.shift.night else 1,
            int(slot.role == "B"),
            -round(tightness[slot.index], 2),
            slot.day,
            slot.index,
        )

    return key


def _burden_after(work: Work, burdens: list[Burden], slot: Slot) -> NDArray[np.float64]:
    """How full each agent's fair shares would be; going beyond a band weighs 10."""
    total = np.zeros(work.slots.n_agents)
    index = np.maximum(work.slot, 0)
    for burden in burdens:
        more = int(burden.weight[slot.index])
        if not more:
            continue
        carried = np.where(work.slot >= 0, burden.weight[index], 0).sum(axis=1) + more
        middle = np.maximum((burden.low + burden.high) / 2, 1e-3)
        total += carried / middle + 10.0 * (carried > burden.high) - 3.0 * (carried <= burden.low)
    return total


def _pair_pull(work: Work, goal: Goal, slot: Slot) -> NDArray[np.float64]:
    """Agents whose partner is not there that day are pulled in, those whose partner is are pushed off."""
    pull = np.zeros(work.slots.n_agents)
    for needed in goal.pair_days:
        if needed.day == slot.day and not slot.shift.night:
            for pair in needed.pairs:
                pull[list(pair)] += 50.0 if work.on[list(pair), slot.day].any() else -50.0
    return pull
