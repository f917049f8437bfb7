"""The CP-SAT model of a roster, or of a part of it while the rest stays as it is.

One Boolean per free (agent, slot): the agent takes one of the slot's posts. The whole problem is the
neighbourhood of everybody and all days; a smaller one improves a large roster piece by piece.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from scheduler.costs import COST_HOUR_OWED, COST_PAIR
from scheduler.fairness import FIRST_UNIT, FURTHER_UNIT
from scheduler.goal import Goal
from scheduler.rules import RULES
from scheduler.slots import Slot, Slots
from scheduler.soft_model import grant_wishes, keep_teams_together, keep_weighted_limits
from scheduler.work import Work

__all__ = ["Neighbourhood", "build_neighbourhood"]


@dataclass
class Neighbourhood:
    """The free part of a roster as a model.

    Attributes:
        slots: the problem's posts.
        current: the roster as it is; every variable is hinted with its value there.
        fixed: the work that stays: everything outside the free (agents × days).
        agents: free agents.
        days: free days.
        x: the Booleans, by (agent, slot index). Assignments that the fixed work forbids have none.
        of_agent_day: (slot, Boolean) by (agent, day).
        of_slot: (agent, Boolean) by slot index.
    """

    slots: Slots
    current: Work
    fixed: Work
    agents: list[int]
    days: list[int]
    model: Any = field(default_factory=cp_model.CpModel)
    x: dict[tuple[int, int], Any] = field(default_factory=dict)
    of_agent_day: dict[tuple[int, int], list[tuple[Slot, Any]]] = field(default_factory=dict)
    of_slot: dict[int, list[tuple[int, Any]]] = field(default_factory=dict)
    objective: list[tuple[Any, int]] = field(default_factory=list)

    def terms(self, agent: int, days: Iterable[int], weight: Callable[[Slot], int]) -> list[tuple[Any, int]]:
        """Free assignments of the agent on the days that weigh something, with their weights."""
        found = []
        for day in days:
            for slot, var in self.of_agent_day.get((agent, day), ()):
                if amount := weight(slot):
                    found.append((var, amount))
        return found

    def at_most(self, agent: int, days: range, weight: Callable[[Slot], int], done: NDArray[Any], limit: int) -> None:
        """The weight on the days, fixed (``done``) and free together, is at most ``limit``."""
        most = sum(
            max((weight(slot) for slot, _ in self.of_agent_day.get((agent, day), ())), default=0) for day in days
        )
        left = max(0, limit - int(done[agent, days.start : days.stop].sum()))  # the past may lie beyond the limit
        if most > left:
            terms = self.terms(agent, days, weight)
            self.model.add(cp_model.LinearExpr.weighted_sum([v for v, _ in terms], [w for _, w in terms]) <= left)

    def at_least(self, value: int) -> None:
        """The objective is known to be at least ``value``: a cut for the solver."""
        self.model.add(
            cp_model.LinearExpr.weighted_sum([v for v, _ in self.objective], [c for _, c in self.objective]) >= value
        )

    def in_windows(
        self, agent: int, length: int, weight: Callable[[Slot], int], done: NDArray[Any], limit: int
    ) -> None:
        """The weight in every window of ``length`` days is at most ``limit``.

        A window that holds no more than its neighbour is left out.
        """
        low, high = min(self.days), max(self.days)
        first, last = max(0, low - length + 1), min(high, self.slots.n_days - length)
        for start in range(first, last + 1):
            end = start + length - 1
            if start < low and start < last and not done[agent, start]:
                continue
            if start > low and end > high and not done[agent, end]:
                continue
            self.at_most(agent, range(start, start + length), weight, done, limit)


def build_neighbourhood(
    work: Work, goal: Goal, agents: list[int], days: list[int], kept: NDArray[np.bool_] | None = None
) -> Neighbourhood:
    """Model of the roster in which ``agents`` may be assigned anew on ``days`` and all else stays.

    ``kept`` (agents, days) marks duties that stay also among these: a repair leaves alone what need not move.
    """
    slots = work.slots
    fixed = work.copy()
    for agent in agents:
        for day in days:
            if fixed.slot[agent, day] >= 0 and (kept is None or not kept[agent, day]):
                fixed.release(agent, day)
    part = Neighbourhood(slots, work, fixed, agents, days)
    missing = fixed.missing()
    chosen = np.zeros(slots.n_agents, dtype=bool)
    chosen[agents] = True
    for day in days:
        for slot in slots.of_day[day]:
            if missing[slot.index] <= 0 and slot.surplus_cost is None:
                continue
            free = chosen & slots.eligible[:, slot.index]
            for rule in RULES:
                free &= ~rule.blocks(fixed, slot)
            for agent in np.flatnonzero(free).tolist():
                var = part.model.new_bool_var("")
                part.x[agent, slot.index] = var
                part.of_agent_day.setdefault((agent, day), []).append((slot, var))
                part.of_slot.setdefault(slot.index, []).append((agent, var))
                part.model.add_hint(var, bool(work.slot[agent, day] == slot.index))
    for rule in RULES:
        rule.constrain(part)
    _fill_posts(part, goal, missing, work.missing())
    _keep_pairs(part, goal, chosen)
    _owe_hours(part, goal)
    _share_fairly(part, goal)
    grant_wishes(part, goal)
    keep_weighted_limits(part)
    keep_teams_together(part, goal)
    part.model.minimize(
        cp_model.LinearExpr.weighted_sum([v for v, _ in part.objective], [c for _, c in part.objective])
    )
    return part


def _fill_posts(part: Neighbourhood, goal: Goal, missing: NDArray[np.int64], now: NDArray[np.int64]) -> None:
    """Every post is filled; where posts name their cost, or the roster as it is leaves posts open, open posts cost.

    Filled posts otherwise come before all else, so a part in which all are filled need not think of open ones.
    """
    some_open = any(now[slot.index] > 0 for day in part.days for slot in part.slots.of_day[day])
    for day in part.days:
        for slot in part.slots.of_day[day]:
            need = int(missing[slot.index])
            variables = [var for _, var in part.of_slot.get(slot.index, [])]
            if need <= 0 and not variables:
                continue
            terms = list(variables)
            signs = [1] * len(variables)
            if need > 0 and (some_open or slot.short_cost is not None):
                short = part.model.new_int_var(0, need, "")
                part.model.add_hint(short, max(0, int(now[slot.index])))
                part.objective.append((short, int(goal.short_cost[slot.index])))
                terms.append(short)
                signs.append(1)
            if slot.surplus_cost is not None:
                most = max(0, len(variables) - need)
                beyond = part.model.new_int_var(max(0, -need), most, "")
                part.model.add_hint(beyond, max(0, -int(now[slot.index])))
                part.objective.append((beyond, slot.surplus_cost))
                terms.append(beyond)
                signs.append(-1)
            part.model.add(cp_model.LinearExpr.weighted_sum(terms, signs) == need)


def _keep_pairs(part: Neighbourhood, goal: Goal, chosen: NDArray[np.bool_]) -> None:
    for needed in goal.pair_days:
        if needed.day not in part.days:
            continue
        away: list[Any] = []
        certain = 0
        now = sum(not part.current.on[list(pair), needed.day].any() for pair in needed.pairs)
        for pair in needed.pairs:
            if any(part.fixed.on[p, needed.day] for p in pair):
                continue
            theirs = [var for p in pair if chosen[p] for _, var in part.of_agent_day.get((p, needed.day), ())]
            if theirs:
                absent = part.model.new_bool_var("")
                part.model.add_bool_or([*theirs, absent])
                part.model.add_hint(absent, not part.current.on[list(pair), needed.day].any())
                away.append(absent)
            else:
                certain += 1
        if away:
            beyond = part.model.new_int_var(0, len(away) + certain, "")
            part.model.add(beyond >= sum(away) + certain - needed.excused)
            part.model.add_hint(beyond, max(0, now - needed.excused))
            part.objective.append((beyond, COST_PAIR))


def _owe_hours(part: Neighbourhood, goal: Goal) -> None:
    for agent in part.agents:
        for number, week in enumerate(part.slots.weeks):
            left = int(goal.hours_low[agent, number] - part.fixed.paid_min[agent, week.start : week.stop].sum())
            if left <= 0:
                continue
            terms = part.terms(agent, week, lambda slot: slot.paid_min)
            if terms:
                hours = -(-left // 60)
                owed = part.model.new_int_var(0, hours, "")
                done = cp_model.LinearExpr.weighted_sum([v for v, _ in terms], [w for _, w in terms])
                part.model.add(done + 60 * owed >= left)
                now = goal.hours_low[agent, number] - part.current.paid_min[agent, week.start : week.stop].sum()
                part.model.add_hint(owed, int(min(hours, max(0, -(-now // 60)))))
                part.objective.append((owed, COST_HOUR_OWED))


def _share_fairly(part: Neighbourhood, goal: Goal) -> None:
    if goal.fairness_scale == 0:
        return
    fixed_slot = np.maximum(part.fixed.slot, 0)
    for burden in goal.burdens:
        carried = np.where(part.fixed.slot >= 0, burden.weight[fixed_slot], 0).sum(axis=1)
        total = np.where(part.current.slot >= 0, burden.weight[np.maximum(part.current.slot, 0)], 0).sum(axis=1)
        weights = burden.weight.tolist()
        for agent in part.agents:
            terms = part.terms(agent, part.days, lambda slot, w=weights: w[slot.index])  # type: ignore[misc]
            if not terms:
                continue
            free = cp_model.LinearExpr.weighted_sum([v for v, _ in terms], [w for _, w in terms])
            high = int(burden.high[agent] - carried[agent])
            low = int(burden.low[agent] - carried[agent])
            most = _most_carried(part, agent, weights)
            for over, reach, now in (
                (free - high, most - high, total[agent] - burden.high[agent]),
                (low - free, low, burden.low[agent] - total[agent]),
            ):
                units = -(-reach // burden.unit)
                if units <= 0:
                    continue
                units_now = max(0, -(-int(now) // burden.unit))
                first = part.model.new_bool_var("")
                part.model.add_hint(first, units_now > 0)
                beyond = burden.unit * first
                part.objective.append((first, FIRST_UNIT * goal.fairness_scale))
                if units > 1:
                    further = part.model.new_int_var(0, units - 1, "")
                    beyond = beyond + burden.unit * further
                    part.model.add_hint(further, max(0, units_now - 1))
                    part.objective.append((further, FURTHER_UNIT * goal.fairness_scale))
                part.model.add(over <= beyond)


def _most_carried(part: Neighbourhood, agent: int, weights: list[int]) -> int:
    return sum(
        max((weights[slot.index] for slot, _ in part.of_agent_day.get((agent, day), ())), default=0)
        for day in part.days
    )
