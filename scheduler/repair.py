"""Repair: the same posts and rules from now on, and as few changes to a published roster as it takes.

What has begun stays. A duty that cannot stand any more (its person is away, its post is gone, its shift moved into
another duty's rest) is taken out; the posts left open are then filled by people who are off, which changes one
cell (person × day) a post: nothing can change fewer. Only where that leaves a post open do others change places, on the days
concerned, then on the days around, then on all days to come.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from scheduler.costs import COST_UNFILLED
from scheduler.greedy import free_for
from scheduler.model import Neighbourhood, build_neighbourhood
from scheduler.repair_damage import ChangeCosts, Damage
from scheduler.solver import Effort, solve_model
from scheduler.work import Work

__all__ = ["Repaired", "Way", "repair_work"]

SOLVE_S = 2.0
"""Seconds for one model; what changes least is mostly found at once, the rest goes into fairness and the like."""
SETTINGS = {"linearization_level": 2}
"""Settings of CP-SAT: how few changes fill all posts shows in the relaxation."""
CHAIN_ASSIGNMENTS = 20_000
"""A model in which people change places holds no more possible assignments than about these."""
AROUND_DAYS = (0, 1, 3)
"""Days around open posts on which people change places, one after another, before all days to come."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a repair is to go about.

    Attributes:
        name: its name.
        b_steps_up: the B of a shift becomes its A where an A post is open.
        fill_b: open B posts are filled; else they stay open, and nobody on duty changes places.
        person: cost of each person moved.
        avoid: people who are not asked.
        bent: (agents, slots) further cost of an assignment, for those that bend a rule; None for none.
    """

    name: str
    b_steps_up: bool = False
    fill_b: bool = True
    person: int = 0
    avoid: frozenset[int] = frozenset()
    bent: NDArray[np.int64] | None = None


@dataclass(frozen=True, slots=True)
class Repaired:
    """A repaired roster.

    Attributes:
        work: who works when.
        changed: (agent, day) whose duty differs from the published one.
        cost: cost of the changes.
        proven: no repair changes less and fills as many posts.
    """

    work: Work
    changed: tuple[tuple[int, int], ...]
    cost: int
    proven: bool


def repair_work(
    damage: Damage, way: Way, costs: ChangeCosts, effort: Effort, *, workers: int = 1, seed: int = 1
) -> Repaired:
    """Fill the open posts with the fewest and cheapest changes that the way allows."""
    search = _Search(damage, way, costs, effort, workers, seed)
    start = damage.standing.copy()
    if way.b_steps_up:
        _step_up(damage, start)
    least = search.least_changes(start)
    work, filled = search.solve(start, search.directly(start))
    proven = False
    if search.left_open(work) and way.fill_b:
        least += int(filled)  # where nobody who is off can fill all posts, one of them takes a further cell
        for around in (*AROUND_DAYS, None):
            if effort.left_s <= 0.2 or not search.left_open(work):
                break
            free, everything = search.around(work, around)
            found, optimal = search.solve(work, free)
            if search.total(found) <= search.total(work):
                work, proven = found, optimal and everything
    changed = _changed(damage, work)
    proven = proven or (len(changed) == least and not search.left_open(work))
    cost = sum(_price(damage, costs, work, agent, day) for agent, day in changed)
    return Repaired(work, changed, cost, proven and not way.b_steps_up and not way.avoid)


def _step_up(damage: Damage, work: Work) -> None:
    """Each open A post goes to a B of its shift who may take it; the B post is open then."""
    slots = damage.slots
    for index in damage.open_posts:
        slot = slots.all[index]
        behind = [
            s for s in slots.of_day[slot.day] if (s.group, s.shift.id, s.role) == (slot.group, slot.shift.id, "B")
        ]
        if slot.role != "A" or not behind:
            continue
        for agent in np.flatnonzero(work.slot[:, slot.day] == behind[0].index).tolist():
            if work.filled[index] >= slot.need:
                break
            work.release(agent, slot.day)
            work.assign(agent, slot if free_for(work, slot, finishing=True)[agent] else behind[0])


def _changed(damage: Damage, work: Work) -> tuple[tuple[int, int], ...]:
    """(agent, day) whose duty differs from the published one, by day."""
    agents, days = np.nonzero(work.slot != damage.before)
    return tuple(sorted(zip(agents.tolist(), days.tolist(), strict=True), key=lambda cell: (cell[1], cell[0])))


def _price(damage: Damage, costs: ChangeCosts, work: Work, agent: int, day: int) -> int:
    before, after = int(damage.before[agent, day]), int(work.slot[agent, day])
    if before >= 0 and after >= 0:
        old, new = damage.slots.all[before], damage.slots.all[after]
        if (old.group, old.shift.id, old.role, new.role) == (new.group, new.shift.id, "B", "A"):
            return costs.stepping_up
    known = before if before >= 0 else after
    return int(damage.price[known]) if known >= 0 else costs.cell


class _Search:
    """Models of one way of repairing."""

    def __init__(self, damage: Damage, way: Way, costs: ChangeCosts, effort: Effort, workers: int, seed: int) -> None:
        self.damage = damage
        self.way = way
        self.costs = costs
        self.effort = effort
        self.workers = workers
        self.seed = seed
        slots = damage.slots
        # An open post weighs as much here as where posts name no cost of their own: else a cell would be dearer than a post.
        usual = np.array([COST_UNFILLED[s.role] for s in slots.all], dtype=np.int64)
        self.goal = replace(damage.goal, short_cost=np.maximum(damage.goal.short_cost, usual))
        self.closed = [s.index for s in slots.all if s.start < damage.now or (s.role == "B" and not way.fill_b)]

    def left_open(self, work: Work) -> list[int]:
        """Slots that are to be filled and are not."""
        return [int(k) for k in np.flatnonzero(self.missing(work) > 0)]

    def missing(self, work: Work) -> NDArray[np.int64]:
        """(slots,) posts to fill: not those of the past, nor as many as were open before."""
        missing: NDArray[np.int64] = np.maximum(work.missing() - self.damage.open_before, 0)
        missing[self.closed] = 0
        return missing

    def least_changes(self, work: Work) -> int:
        """Cells that change at least if all posts are filled: those lost, and one for each open post.

        A lost cell whose person may take an open post of the day can serve as that one.
        """
        slots = self.damage.slots
        opened = self.left_open(work)
        changed = _changed(self.damage, work)
        again = sum(
            any(slots.eligible[agent, k] for k in opened if slots.all[k].day == day)
            for agent, day in changed
            if work.slot[agent, day] < 0
        )
        return len(changed) + max(0, int(self.missing(work).sum()) - again)

    def total(self, work: Work) -> int:
        """Cost of open posts and changes."""
        slots, missing = self.damage.slots, self.missing(work)
        opened = sum(int(missing[k]) * COST_UNFILLED[slots.all[k].role] for k in self.left_open(work))
        changed = _changed(self.damage, work)
        return opened + sum(_price(self.damage, self.costs, work, agent, day) for agent, day in changed)

    def directly(self, work: Work) -> NDArray[np.bool_]:
        """(agents, days) cells of people who are off and may take an open post of the day as things are."""
        slots = self.damage.slots
        free = np.zeros(work.slot.shape, dtype=bool)
        for index in self.left_open(work):
            slot = slots.all[index]
            free[:, slot.day] |= free_for(work, slot)
        return free

    def around(self, work: Work, days: int | None) -> tuple[NDArray[np.bool_], bool]:
        """Cells that may change on the days around open posts (all days, if None), and whether those are all cells.

        Of too many, people able to take an open post come first.
        """
        slots = self.damage.slots
        opened = [slots.all[k] for k in self.left_open(work)]
        near = np.zeros(slots.n_days, dtype=bool)
        for slot in opened:
            low = slots.period.start if days is None else max(slots.period.start, slot.day - days)
            high = slots.period.stop if days is None else min(slots.period.stop, slot.day + days + 1)
            near[low:high] = True
        there = [s.index for s in slots.all if near[s.day] and s.start >= self.damage.now]
        choices = slots.eligible[:, there].sum(axis=1)
        able = slots.eligible[:, [s.index for s in opened]].sum(axis=1)
        order = np.argsort(-able, kind="stable")
        fitting = order[np.cumsum(choices[order]) <= CHAIN_ASSIGNMENTS]
        chosen = np.zeros(slots.n_agents, dtype=bool)
        chosen[fitting] = True
        chosen &= choices > 0
        free = chosen[:, None] & near[None, :] & ~self.damage.begun
        everything = bool(near[slots.period.start : slots.period.stop].all() and len(fitting) == slots.n_agents)
        return free, everything

    def solve(self, work: Work, free: NDArray[np.bool_]) -> tuple[Work, bool]:
        """The cheapest repair that changes only free cells, and whether that is proven."""
        asked = self._asked(work)
        agents = np.flatnonzero(free.any(axis=1)).tolist()
        days = np.flatnonzero(free.any(axis=0)).tolist()
        if not agents:
            return work, True
        part = build_neighbourhood(asked, self.goal, agents, days, ~free)
        self._price_changes(part)
        closed = set(self.closed)
        for (agent, index), var in part.x.items():
            if agent in self.way.avoid or index in closed:
                part.model.add(var == 0)
        objective = cp_model.LinearExpr.weighted_sum([v for v, _ in part.objective], [c for _, c in part.objective])
        part.model.minimize(objective)
        solver, status = solve_model(
            part.model,
            self.effort,
            SOLVE_S,
            workers=self.workers,
            seed=self.seed,
            heard=lambda: None,
            settings=SETTINGS,
        )
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return work, status == cp_model.INFEASIBLE
        found = part.fixed.copy()
        for (agent, index), var in part.x.items():
            if solver.boolean_value(var):
                found.assign(agent, part.slots.all[index])
        found.filled[:] = np.bincount(found.slot[found.slot >= 0], minlength=len(found.filled))
        return found, status == cp_model.OPTIMAL

    def _asked(self, work: Work) -> Work:
        """The work with the posts that nobody is to fill, or were open before, counted as filled."""
        asked = work.copy()
        asked.filled += self.damage.open_before
        for index in self.closed:
            asked.filled[index] = max(int(asked.filled[index]), self.damage.slots.all[index].need)
        return asked

    def _price_changes(self, part: Neighbourhood) -> None:
        damage = self.damage
        moved: dict[int, list[Any]] = {}
        for (agent, day), choices in part.of_agent_day.items():
            before = int(damage.before[agent, day])
            stays = next((var for slot, var in choices if slot.index == before), None)
            if stays is not None:
                part.objective.append((stays, -int(damage.price[before])))
                moved.setdefault(agent, []).append(stays.negated())
            elif before == -1:
                for slot, var in choices:
                    part.objective.append((var, int(damage.price[slot.index])))
                    moved.setdefault(agent, []).append(var)
        if self.way.bent is not None:
            for (agent, index), var in part.x.items():
                if extra := int(self.way.bent[agent, index]):
                    part.objective.append((var, extra))
        if self.way.person:
            for cells in moved.values():
                somebody = part.model.new_bool_var("")
                for cell in cells:
                    part.model.add_implication(cell, somebody)
                part.objective.append((somebody, self.way.person))
