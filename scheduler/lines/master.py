"""The master problem of column generation: one line of work per person, so that posts are filled at least cost.

Linear program over the lines found so far. Rows: one line per person; each slot's posts, with what is short and what is
beyond at their costs; a firm's share of a shift; standing pairs; fair shares. GLOP solves it from the last basis.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp  # type: ignore[attr-defined,unused-ignore]

from scheduler.goal import Goal
from scheduler.lines.side_rows import side_rows
from scheduler.lines.window import Window
from scheduler.slots import Slots

__all__ = ["Line", "Master", "Prices"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
WARM_ROWS = 250
"""Rows from which solving from the last basis is quicker than making the program smaller first, afresh each time."""
NOBODY = 1e7
"""Cost of a person without a line: only until the first lines are found."""


@dataclass(eq=False)
class Line:
    """A line of work: the slot of each day (-1 for a day off) and its own cost (wishes, hours owed, limits)."""

    agent: int
    chosen: Ints
    cost: float
    variable: Any = None


@dataclass(frozen=True)
class Prices:
    """Dual values of a solved master.

    Attributes:
        objective: value of the linear program.
        of_slot: (slots,) reward of one more duty in the slot.
        of_person: (agents,) what a person's line costs at best.
        of_side: (rows,) of the side rows.
    """

    objective: float
    of_slot: Floats
    of_person: Floats
    of_side: Floats


@dataclass
class Master:
    """The linear program over the posts of a window's open days, and its lines."""

    slots: Slots
    goal: Goal
    window: Window
    lines: list[list[Line]] = field(default_factory=list)
    fixed: dict[int, Line] = field(default_factory=dict)
    kept: dict[int, Line] = field(default_factory=dict)
    keys: list[set[bytes]] = field(default_factory=list)
    decided: list[dict[int, int]] = field(default_factory=list)
    solver: Any = None
    engine: str = "GLOP"
    dearest: float = np.inf
    whole: bool = False

    def __post_init__(self) -> None:
        self.lines = [[] for _ in range(self.slots.n_agents)]
        self.keys = [set() for _ in range(self.slots.n_agents)]
        self.decided = [{} for _ in range(self.slots.n_agents)]
        self.sides = side_rows(self.slots, self.goal, range(self.slots.n_agents), self.window)
        self.posts = [s for s in self.slots.all if s.day in self.window.open]
        self._build()

    def _build(self) -> None:
        self.solver = pywraplp.Solver.CreateSolver(self.engine)
        solver, goal = self.solver, self.goal
        if self.engine == "GLOP" and len(self.posts) > WARM_ROWS:  # else no solve begins from the basis of the last
            solver.SetSolverSpecificParametersAsString("use_preprocessing: false")
        infinity = solver.infinity()
        self.objective = solver.Objective()
        self.objective.SetMinimization()
        self.cover: dict[int, Any] = {}
        self.shorts: list[Any] = []
        filled = np.zeros(len(self.slots.all))
        beside = dict(self.sides.around)
        for line in self.kept.values():
            worked = line.chosen[line.chosen >= 0]
            filled[worked] += 1
            for number, amount in self.sides.amounts(line.agent, worked).items():
                beside[number] = beside.get(number, 0.0) + amount
        self.need = np.zeros(len(self.slots.all))
        for slot in self.posts:
            self.need[slot.index] = slot.need - filled[slot.index]
            need = float(self.need[slot.index])
            row = solver.Constraint(need, need)
            short = solver.NumVar(0, infinity, "")
            row.SetCoefficient(short, 1.0)
            self.objective.SetCoefficient(short, min(self.dearest, float(goal.short_cost[slot.index])))
            self.shorts.append(short)
            if goal.surplus_cost[slot.index] >= 0:
                beyond = solver.NumVar(0, infinity, "")
                row.SetCoefficient(beyond, -1.0)
                self.objective.SetCoefficient(beyond, float(goal.surplus_cost[slot.index]))
            self.cover[slot.index] = row
        self.one: list[Any] = []
        for agent in range(self.slots.n_agents):
            if agent in self.kept:
                self.one.append(None)
                continue
            row = solver.Constraint(1.0, 1.0)
            nobody = solver.NumVar(0, infinity, "")
            row.SetCoefficient(nobody, 1.0)
            self.objective.SetCoefficient(nobody, NOBODY)
            self.one.append(row)
        self.side = []
        self.sides.kept = beside
        for number, side in enumerate(self.sides.rows):
            low, high = self.sides.limits(number)
            row = solver.Constraint(-infinity if low is None else low, infinity if high is None else high)
            for cost, most, sign in side.slack:
                variable = solver.NumVar(0, infinity if most is None else most, "")
                row.SetCoefficient(variable, sign)
                self.objective.SetCoefficient(variable, min(self.dearest, cost))
            self.side.append(row)
        for agent, lines in enumerate(self.lines):
            if agent not in self.kept:
                for line in lines:
                    self._insert(line)
        for agent, decided in enumerate(self.decided):
            if agent in self.kept:
                continue
            if agent in self.fixed:
                self.fix(self.fixed[agent])
            elif decided:
                self.admit(agent, decided)

    def _insert(self, line: Line) -> None:
        variable = self.solver.BoolVar("") if self.whole else self.solver.NumVar(0, self.solver.infinity(), "")
        self.objective.SetCoefficient(variable, line.cost)
        self.one[line.agent].SetCoefficient(variable, 1.0)
        worked = line.chosen[line.chosen >= 0]
        for index in worked.tolist():
            self.cover[index].SetCoefficient(variable, 1.0)
        for number, amount in self.sides.amounts(line.agent, worked).items():
            self.side[number].SetCoefficient(variable, amount)
        line.variable = variable

    def add(self, line: Line) -> bool:
        """Take in a line; False if it is known."""
        key = line.chosen.tobytes()
        if key in self.keys[line.agent]:
            return False
        self.keys[line.agent].add(key)
        self.lines[line.agent].append(line)
        self._insert(line)
        return True

    def fix(self, line: Line) -> None:
        """The person has this line until the next :meth:`admit`."""
        self.fixed[line.agent] = line
        for other in self.lines[line.agent]:
            other.variable.SetUb(0.0)
        line.variable.SetUb(1.0)

    def admit(self, agent: int, decided: dict[int, int]) -> None:
        """Only lines that keep what is decided (slot or -1 by place of the day) may be taken."""
        self.fixed.pop(agent, None)
        infinity = self.solver.infinity()
        for line in self.lines[agent]:
            fits = all(int(line.chosen[day]) == index for day, index in decided.items())
            line.variable.SetUb(infinity if fits else 0.0)

    def solve(self) -> Prices | None:
        """Solve; None when it fails numerically from its basis, from scratch, and with another solver."""
        for engine in ("", "GLOP", "CLP"):
            if engine:
                self.engine = engine
                self._build()
            if self.solver.Solve() == pywraplp.Solver.OPTIMAL:
                break
        else:
            return None
        of_slot = np.zeros(len(self.slots.all))
        for index, row in self.cover.items():
            of_slot[index] = row.dual_value()
        return Prices(
            float(self.objective.Value()),
            of_slot,
            np.array([0.0 if row is None else row.dual_value() for row in self.one]),
            np.array([row.dual_value() for row in self.side]),
        )

    def restart(self, keep: Iterable[Line], begin: Iterable[Line], decided: list[dict[int, int]], most: int) -> None:
        """Begin anew for some people while the lines ``keep`` of the others stay as they are.

        Lines known of the people left are kept, ``most`` of each (0 for none), and those of ``begin`` are among them.
        """
        self.kept = {line.agent: line for line in keep}
        self.fixed = {}
        self.decided = decided
        for agent in range(self.slots.n_agents):
            self.lines[agent] = self.lines[agent][-most:] if most and agent not in self.kept else []
            self.keys[agent] = {line.chosen.tobytes() for line in self.lines[agent]}
        for line in begin:
            if line.agent not in self.kept and line.chosen.tobytes() not in self.keys[line.agent]:
                self.keys[line.agent].add(line.chosen.tobytes())
                self.lines[line.agent].append(line)
        free = [a for a in range(self.slots.n_agents) if a not in self.kept]
        self.sides = side_rows(self.slots, self.goal, free, self.window)
        self._build()

    def price_posts(self, dearest: float) -> None:
        """No open post costs more than ``dearest``: mild prices settle sooner, and what they bound holds for dearer ones."""
        self.dearest = dearest
        self._build()

    @property
    def leaves_posts_open(self) -> bool:
        """Whether the solved program leaves posts open; only after :meth:`solve`."""
        return any(short.solution_value() > 1e-6 for short in self.shorts)

    def best_of_lines(self, limit_s: float) -> list[Line] | None:
        """The best roster of the lines known, one whole line for each person, as far as found in time (SCIP)."""
        found = None
        self.whole, self.engine = True, "SCIP"
        self._build()
        self.solver.SetTimeLimit(int(1000 * limit_s))
        if self.solver.Solve() in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
            taken = [[x for x in lines if x.variable.solution_value() > 0.5] for lines in self.lines]
            if all(len(lines) == 1 for lines in taken):
                found = [lines[0] for lines in taken]
        self.whole, self.engine = False, "GLOP"
        self._build()
        return found

    def values(self, agent: int) -> list[tuple[float, Line]]:
        """How much of each line the linear program takes, the most first; only after :meth:`solve`."""
        found = [(float(line.variable.solution_value()), line) for line in self.lines[agent]]
        return sorted(found, key=lambda item: -item[0])

    def forget(self, keep: int, prices: Prices) -> None:
        """Forget the lines of worst reduced cost when there are more than ``keep`` a person."""
        for agent, lines in enumerate(self.lines):
            if len(lines) > 2 * keep:
                lines.sort(key=lambda line: self.reduced_cost(line, prices))
                fixed = self.fixed.get(agent)
                kept = lines[:keep] + ([fixed] if fixed is not None and fixed not in lines[:keep] else [])
                self.lines[agent] = kept
                self.keys[agent] = {line.chosen.tobytes() for line in kept}
        self._build()

    def reduced_cost(self, line: Line, prices: Prices) -> float:
        """Cost of a line less what its duties earn."""
        worked = line.chosen[line.chosen >= 0]
        earned = float(prices.of_slot[worked].sum())
        for number, amount in self.sides.amounts(line.agent, worked).items():
            earned += amount * float(prices.of_side[number])
        return line.cost - earned - float(prices.of_person[line.agent])
