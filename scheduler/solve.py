"""Build a roster: greedy start, then the exact model where it fits, else improvement piece by piece."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from scheduler.costs import FAIRNESS_SCALE
from scheduler.counting import find_shortages, hours_owed_bound, unfilled_bound
from scheduler.duties import duties_of
from scheduler.fairness import fair_burdens, fairness_cost
from scheduler.greedy import fill_posts
from scheduler.model import Goal, Neighbourhood, build_neighbourhood, cost_of
from scheduler.moves import even_out
from scheduler.pairs import pair_days
from scheduler.problem import RosterProblem
from scheduler.reasons import explain
from scheduler.slots import PAST_DAYS, Slots
from scheduler.solver import Effort, solve_model
from scheduler.soundness import assign_pins, drop_unsound, owed
from scheduler.work import Work
from wfm.execution import Progress, no_progress
from wfm.i18n import Text

__all__ = ["Roster", "build_roster", "goal_of"]

EXACT_ASSIGNMENTS = 8_000
"""Up to so many possible assignments the whole problem is one model."""
PIECE_ASSIGNMENTS = 3_500
"""Possible assignments of a piece, at the start; pieces grow while they are solved to the end."""
PIECE_SECONDS = 3.0
IDLE_PIECES = 20
"""Pieces without gain after which a roster with all posts filled is left as it is."""
IDLE_PIECES_SHORT = 150
"""The same while posts are unfilled."""
BUILD_WORK = 2e-5
"""Deterministic work charged for building a piece, per possible assignment."""


@dataclass(frozen=True, slots=True)
class Roster:
    """A roster and how good it is known to be.

    Attributes:
        duties: ``tables.DUTIES``.
        status: ``optimal``: all posts filled and proven least-cost over the whole problem; ``feasible``:
            all posts filled; ``partial``: posts, standing pairs, pinned duties or the least of a limit are left open.
        objective: cost of unfilled posts, pairs away, hours owed and unfairness (``scheduler.model``).
        bound: no roster that fills as many posts costs less; equals ``objective`` when proven.
        unfilled: columns ``date, group, shift, role, missing``.
        reasons: why posts stay unfilled, and what else a scheduler has to know.
    """

    duties: pd.DataFrame
    status: Literal["optimal", "feasible", "partial"]
    objective: float
    bound: float
    unfilled: pd.DataFrame
    reasons: tuple[Text, ...]


def build_roster(
    problem: RosterProblem,
    *,
    seed: int = 1,
    seconds: float = 30.0,
    reproducible: bool = False,
    workers: int = 1,
    progress: Progress = no_progress,
) -> Roster:
    """Assign people to posts so that every rule holds, fill as many posts as possible, share fairly.

    Posts that nobody may take stay unfilled; a rule is never broken. Filling posts comes before all else,
    then standing pairs, hours owed and fairness; a large roster whose posts are filled is improved until nothing
    more is gained in a while, so it may end before ``seconds``. With ``reproducible`` one
    worker and a budget of deterministic work, about ``seconds`` long, give the same roster on every run;
    otherwise the clock ends the search and two runs may differ. ``progress`` hears hundredths of the budget.

    Raises:
        KeyboardInterrupt: interrupted; the search stops at once.
    """
    slots = Slots(problem)
    effort = Effort(seconds, reproducible=reproducible)
    rng = np.random.default_rng(seed)
    goal = goal_of(slots)
    shortages = find_shortages(slots)
    bound = unfilled_bound(slots, shortages) + hours_owed_bound(slots, goal.hours_low)

    work = Work.of_history(slots)
    progress(0, 100)
    assign_pins(work)
    fill_posts(work, goal, rng)
    even_out(work, goal)
    drop_unsound(work)
    search = _Search(slots, goal, effort, rng, workers, seed, bound, progress)
    if int(slots.eligible.sum()) <= EXACT_ASSIGNMENTS:
        work = search.solve_whole(work, share=0.6)
    if cost_of(work, goal) > search.bound:
        work = search.improve(work)
    fill_posts(work, goal, rng, finishing=True)
    progress(100, 100)
    return _roster_of(work, goal, search.bound, [s.text for s in shortages])


def goal_of(slots: Slots) -> Goal:
    """What makes a roster of the problem good: fair bands, standing pairs, hours owed."""
    weight = slots.problem.hotline.rules.fairness_weight
    low = np.array([c.hours_per_week_min * 60 for c in slots.contracts])
    owed = np.zeros((slots.n_agents, len(slots.weeks)), dtype=np.int64)
    there = ~slots.away & slots.on_weekday
    for number, week in enumerate(slots.weeks):
        if week.start >= PAST_DAYS and week.start + 7 <= PAST_DAYS + slots.problem.days:
            days = slice(week.start, week.start + 7)
            usual = np.maximum(slots.on_weekday[:, days].sum(axis=1), 1)
            owed[:, number] = np.floor(low * there[:, days].sum(axis=1) / usual)
    return Goal(fair_burdens(slots), pair_days(slots), owed, round(FAIRNESS_SCALE * weight))


class _Search:
    """The improvement of one roster: what it may spend, and the bound proven so far."""

    def __init__(
        self,
        slots: Slots,
        goal: Goal,
        effort: Effort,
        rng: np.random.Generator,
        workers: int,
        seed: int,
        bound: int,
        progress: Progress,
    ) -> None:
        self.slots = slots
        self.goal = goal
        self.effort = effort
        self.rng = rng
        self.workers = workers
        self.seed = seed
        self.bound = bound
        self.progress = progress

    def heard(self) -> None:
        """Tell how much of the budget is spent."""
        self.progress(min(99, int(100 * self.effort.done_share)), 100)

    def solve_whole(self, work: Work, share: float) -> Work:
        """Solve the problem as one model; raises the bound to what is proven."""
        part = build_neighbourhood(work, self.goal, list(range(self.slots.n_agents)), list(self.slots.period))
        solver, status = self._solve(part, self.effort.left_s * share)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return work
        found = _assigned(part, solver)
        cost, before = cost_of(found, self.goal), cost_of(work, self.goal)
        gap = max(0.0, solver.objective_value - solver.best_objective_bound)
        self.bound = max(self.bound, int(np.ceil(cost - gap - 1e-6)))
        return found if cost <= before else work

    def improve(self, work: Work) -> Work:
        """Free a piece, solve it, keep what is better: large neighbourhood search (Shaw 1998)."""
        size = float(PIECE_ASSIGNMENTS)
        cost = cost_of(work, self.goal)
        idle = 0
        while cost > self.bound and self.effort.left_s > 0.2:
            if idle >= (IDLE_PIECES_SHORT if work.missing().any() else IDLE_PIECES):
                break
            agents, days = self._choose_piece(work, int(size))
            part = build_neighbourhood(work, self.goal, agents, days)
            self.effort.spend(BUILD_WORK * (len(part.x) + 200))
            self.heard()
            if not part.x:
                idle += 1
                continue
            solver, status = self._solve(part, PIECE_SECONDS)
            size *= 1.15 if status == cp_model.OPTIMAL else 0.8
            size = min(max(size, 1_000.0), 30_000.0)
            idle += 1
            if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
                found = _assigned(part, solver)
                better = cost_of(found, self.goal)
                if better <= cost:
                    idle = 0 if better < cost else idle
                    work, cost = found, better
            if status == cp_model.OPTIMAL and len(agents) * len(days) == self.slots.n_agents * len(self.slots.period):
                self.bound = cost
        return work

    def _solve(self, part: Neighbourhood, limit_s: float) -> tuple[cp_model.CpSolver, int]:
        seed = int(self.rng.integers(2**31 - 1))
        return solve_model(part.model, self.effort, limit_s, workers=self.workers, seed=seed, heard=self.heard)

    def _choose_piece(self, work: Work, size: int) -> tuple[list[int], list[int]]:
        """Free agents and days: around an unfilled post, around the worst off, or a few days of all."""
        slots = self.slots
        missing = work.missing()
        everyone = np.arange(slots.n_agents)
        every_day = list(slots.period)
        chances = np.maximum(slots.eligible.sum(axis=1), 1)
        how = self.rng.random()
        pull = 1e-3 + fairness_cost(slots, self.goal.burdens, work.slot).astype(float)
        if how < 0.25:
            per_day = max(1.0, float(slots.eligible.sum()) / max(1, len(every_day)))
            width = max(1, min(len(every_day), int(size / per_day)))
            width = max(width, 2)
            start = int(self.rng.integers(len(every_day)))
            if missing.any():
                open_slot = slots.all[int(self.rng.choice(np.flatnonzero(missing > 0)))]
                start = max(0, every_day.index(open_slot.day) - int(self.rng.integers(width)))
            return everyone.tolist(), every_day[start : start + width]
        if missing.any() and how < 0.8:
            open_slot = slots.all[int(self.rng.choice(np.flatnonzero(missing > 0)))]
            pull += 5.0 * slots.eligible[:, open_slot.index] * self.rng.random(slots.n_agents)
        order = np.argsort(-pull * self.rng.random(slots.n_agents), kind="stable")
        half = order[: int(np.searchsorted(np.cumsum(chances[order]), size / 2)) + 1]
        others = self.rng.permutation(np.setdiff1d(everyone, half))
        rest = others[: int(np.searchsorted(np.cumsum(chances[others]), size / 2)) + 1]
        return sorted(int(a) for a in np.concatenate([half, rest])), every_day


def _assigned(part: Neighbourhood, solver: cp_model.CpSolver) -> Work:
    """The roster with the piece as the solver left it."""
    work = part.fixed.copy()
    for (agent, index), var in part.x.items():
        if solver.boolean_value(var):
            work.assign(agent, part.slots.all[index])
    return work


def _roster_of(work: Work, goal: Goal, bound: int, counted: list[Text]) -> Roster:
    slots = work.slots
    missing: NDArray[np.int64] = work.missing()
    rows = [
        (pd.Timestamp(slots.date_of(s.day)), s.group, s.shift.id, s.role, int(missing[s.index]))
        for s in slots.all
        if missing[s.index] > 0
    ]
    unfilled = pd.DataFrame(rows, columns=["date", "group", "shift", "role", "missing"])
    pairs_away = any(
        sum(not work.on[list(pair), day.day].any() for pair in day.pairs) > day.excused for day in goal.pair_days
    )
    cost = cost_of(work, goal)
    status: Literal["optimal", "feasible", "partial"] = "feasible"
    if rows or pairs_away or owed(work):
        status = "partial"
    elif cost <= bound:
        status = "optimal"
    return Roster(
        duties=duties_of(work),
        status=status,
        objective=float(cost),
        bound=float(min(bound, cost)),
        unfilled=unfilled,
        reasons=(*counted, *explain(work, goal)),
    )
