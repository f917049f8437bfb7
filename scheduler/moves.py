"""Quick evening out: give a duty to somebody who carries less, while that makes the roster better."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scheduler.costs import COST_HOUR_OWED
from scheduler.fairness import FIRST_UNIT, FURTHER_UNIT
from scheduler.goal import Goal
from scheduler.greedy import free_for
from scheduler.slots import Slot
from scheduler.work import Work

__all__ = ["even_out"]

PASSES = 4


class _Sheet:
    """What everybody carries, and what that costs."""

    def __init__(self, work: Work, goal: Goal) -> None:
        self.goal = goal
        self.weeks = work.slots.weeks
        self.weight = np.array([b.weight for b in goal.burdens], dtype=np.int64).reshape(len(goal.burdens), -1)
        self.unit = np.array([b.unit for b in goal.burdens], dtype=np.int64)[:, None]
        self.low = np.array([b.low for b in goal.burdens], dtype=np.int64)
        self.high = np.array([b.high for b in goal.burdens], dtype=np.int64)
        index = np.maximum(work.slot, 0)
        self.carried = np.array([np.where(work.slot >= 0, b.weight[index], 0).sum(axis=1) for b in goal.burdens])

    def unfair(self, more: NDArray[np.int64] | int = 0) -> NDArray[np.int64]:
        """(agents,) cost of unfairness if everybody carried ``more`` (burdens, 1)."""
        carried = self.carried + more
        beyond = np.maximum(np.maximum(carried - self.high, self.low - carried), 0)
        units = -(-beyond // self.unit)
        cost: NDArray[np.int64] = np.where(units > 0, FIRST_UNIT + FURTHER_UNIT * (units - 1), 0).sum(axis=0)
        return cost * self.goal.fairness_scale

    def owed(self, work: Work, slot: Slot, more: int = 0) -> NDArray[np.int64]:
        """(agents,) cost of hours owed in the slot's week if everybody worked ``more`` minutes."""
        number = next(n for n, week in enumerate(self.weeks) if slot.day in week)
        week = self.weeks[number]
        left = self.goal.hours_low[:, number] - work.paid_min[:, week.start : week.stop].sum(axis=1) - more
        cost: NDArray[np.int64] = COST_HOUR_OWED * (-(-np.maximum(left, 0) // 60))
        return cost


def even_out(work: Work, goal: Goal) -> None:
    """Move duties one by one from who carries too much, or to who carries too little."""
    if not goal.burdens or goal.fairness_scale == 0:
        return
    sheet = _Sheet(work, goal)
    paired = {person for day in goal.pair_days for pair in day.pairs for person in pair}
    paired |= {agent for agent, _ in work.slots.pinned}  # what is decided or owed without exception stays
    paired |= {a for limit, people in work.slots.limits if limit.least is not None for a in people.tolist()}
    for _ in range(PASSES):
        moved = False
        worst_first = np.argsort(-sheet.unfair(), kind="stable")
        for agent in worst_first[: int((sheet.unfair() > 0).sum())].tolist():
            if agent in paired:
                continue
            moved |= _hand_over(work, sheet, agent, paired)
            moved |= _take_over(work, sheet, agent, paired)
        if not moved:
            return


def _hand_over(work: Work, sheet: _Sheet, agent: int, paired: set[int]) -> bool:
    """Give the agent's duties to others where that costs less."""
    moved = False
    if not (sheet.carried[:, agent] > sheet.high[:, agent]).any():
        return False
    for day in work.slots.period:
        if work.slot[agent, day] < 0:
            continue
        slot = work.slots.all[int(work.slot[agent, day])]
        moved |= _best_move(work, sheet, agent, slot, None, paired)
    return moved


def _take_over(work: Work, sheet: _Sheet, agent: int, paired: set[int]) -> bool:
    """Give the agent duties of others where that costs less."""
    moved = False
    for burden in range(len(sheet.low)):
        if sheet.carried[burden, agent] >= sheet.low[burden, agent]:
            continue
        for index in np.flatnonzero(work.slots.eligible[agent] & (sheet.weight[burden] > 0)).tolist():
            slot = work.slots.all[index]
            if work.on[agent, slot.day]:
                continue
            holders = np.flatnonzero(work.slot[:, slot.day] == index)
            costs = sheet.unfair()[holders]
            order = holders[np.argsort(-(costs + sheet.carried[burden, holders]), kind="stable")]
            for holder in order[:2].tolist():
                if holder not in paired and _best_move(work, sheet, holder, slot, agent, paired):
                    moved = True
                    break
            if sheet.carried[burden, agent] >= sheet.low[burden, agent]:
                break
    return moved


def _best_move(work: Work, sheet: _Sheet, giver: int, slot: Slot, taker: int | None, paired: set[int]) -> bool:
    """Move the giver's duty to whoever costs least (or to ``taker``), if that is better than now."""
    weight = sheet.weight[:, [slot.index]]
    now = sheet.unfair() + sheet.owed(work, slot)
    relief = int(now[giver] - sheet.unfair(-weight)[giver] - sheet.owed(work, slot, -slot.paid_min)[giver])
    added = sheet.unfair(weight) + sheet.owed(work, slot, slot.paid_min) - now
    wanted = added < relief
    wanted[giver] = False
    wanted[list(paired)] = False
    if taker is not None:
        only = np.zeros_like(wanted)
        only[taker] = wanted[taker]
        wanted = only
    if not wanted.any():
        return False
    work.release(giver, slot.day)
    free = free_for(work, slot) & wanted
    if not free.any():
        work.assign(giver, slot)
        return False
    best = int(np.argmin(np.where(free, added, np.iinfo(np.int64).max)))
    work.assign(best, slot)
    sheet.carried[:, giver] -= weight[:, 0]
    sheet.carried[:, best] += weight[:, 0]
    return True
