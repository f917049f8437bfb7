"""The search for a good roster: exchanges of days, lines of work for bound and start, exact models for the whole or for pieces of it.

Everything found is offered to one place, which keeps the best roster; everything proven raises one bound. Which way of
improving is used next is drawn by what each has gained for its effort so far.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from ortools.sat.python import cp_model

from scheduler.costs import COST_OWED
from scheduler.exact import prove_by_lines
from scheduler.goal import Goal, cost_of, cost_parts
from scheduler.lines.by_windows import WINDOW_DAYS, grow, redo, settle
from scheduler.lines.column_generation import Generator
from scheduler.lines.diving import (
    dive_days,
    dive_people,
    first_lines,
    likeliest_lines,
    lines_of,
    nothing_decided,
    polish,
    work_of_lines,
)
from scheduler.lines.exchange import Exchange
from scheduler.lines.master import Line
from scheduler.lines.personal import personal_rules
from scheduler.lines.window import Window, whole_window
from scheduler.model import Neighbourhood, build_neighbourhood
from scheduler.pieces import choose_piece
from scheduler.rules.firm_share import keeps_shares
from scheduler.slots import Slots
from scheduler.solver import Effort, solve_model
from scheduler.soundness import is_sound
from scheduler.work import Work
from wfm.execution import Progress

__all__ = ["Search", "Watch"]

Watch = Callable[[float, float], None]

EXACT_ASSIGNMENTS = 8_000
"""Up to so many possible assignments the whole problem is also one model."""
PIECE_ASSIGNMENTS = 3_500
"""Possible assignments of a piece, at the start; pieces grow while they are solved to the end."""
PIECE_SECONDS = 3.0
IDLE_PIECES = 60
"""Pieces without gain after which a roster with all posts filled is left as it is."""
IDLE_PIECES_SHORT = 150
"""The same while posts are unfilled."""
SHAKES = 30
"""Times in a row that a roster is shaken: each takes little."""
BUILD_WORK = 2e-5
"""Deterministic work charged for building a piece, per possible assignment."""
LINES_SHARE = 0.6
"""Share of the effort within which the bound is looked for."""
ROUNDS = 400
PEOPLE_FREE, FREE_MAX = 0.5, 60
"""Share and number of the people whose lines a dive may change."""
OPEN_PULL = 4.0
"""How much likelier somebody is freed who may take a post that is open."""
LONG_DAYS = 60
"""A longer roster is improved by windows of days."""
PEOPLE_MAX, LINES_SIZE = 160, 200_000
"""Beyond so many people, or slots x people x days for each second, the linear program over lines takes longer than it gains."""
START_SHARE = 0.1
"""Share of the effort that first lines over the whole of a long roster may take."""
PERSON_S = 4e-3
"""Seconds of one core in which the rules of one person in a window are laid out, about."""
FIRST_LINES = 4
"""Times that the cheapest line of everybody is looked for until first lines stand."""
KEEP_LINES = 12
"""Lines a person that a dive for some people begins with."""
DIVES, DIVES_SHARE, SHORT_DIVE = 12, 0.25, 0.04
"""Dives of everybody at the start: how many, within which share of the effort, and what share one may take."""
POOL_LINES, POOL_MAX, POOL_SECONDS = 60, 2_500, 5.0
"""Lines a person, and in all, of which the best roster is made as a whole, and the seconds for that."""


@dataclass
class Search:
    """The improvement of one roster.

    Attributes:
        best: the best roster so far, ``cost`` its objective.
        bound: no roster that fills as many posts costs less.
        provable: of rosters up to this cost all lines may be few enough for a proof.
    """

    slots: Slots
    goal: Goal
    effort: Effort
    rng: np.random.Generator
    workers: int
    bound: float
    progress: Progress
    watch: Watch
    best: Work
    cost: int = 0
    generator: Generator | None = None
    exchanges: Exchange | None = None
    whole: Generator | None = None
    gains: dict[str, float] = field(default_factory=dict)
    provable: float = np.inf

    def __post_init__(self) -> None:
        self.cost = cost_of(self.best, self.goal)
        self.size = float(PIECE_ASSIGNMENTS)

    @property
    def proven(self) -> bool:
        """Whether nothing better can exist."""
        return self.cost <= self.bound

    @property
    def soft(self) -> bool:
        """Whether posts have a cost of their own: none of them is sure to be filled, so no roster is good enough to stop at."""
        return any(s.short_cost is not None for s in self.slots.all)

    @property
    def by_windows(self) -> bool:
        """Whether windows of days, with everybody free in them, are the way to better rosters."""
        return self.slots.problem.days > LONG_DAYS and self.slots.n_agents <= PEOPLE_MAX

    def heard(self) -> None:
        """Tell how much of the effort is spent, and what has been reached."""
        self.progress(min(99, int(100 * self.effort.done_share)), 100)
        self.watch(float(self.cost), float(min(self.bound, self.cost)))

    def offer(self, work: Work) -> bool:
        """Keep the roster if it is no worse than the best; whether it is better."""
        cost = cost_of(work, self.goal)
        if cost > self.cost or not is_sound(work) or not keeps_shares(work):
            return False
        better = cost < self.cost
        self.best, self.cost = work, cost
        if better:
            self.heard()
        return better

    def raise_bound(self, bound: float) -> None:
        """Something was proven."""
        whole = float(np.ceil(bound - 1e-6))  # the objective is a whole number
        if whole > self.bound:
            self.bound = whole
            self.heard()

    def run(self) -> None:
        """Search until the roster is proven best, nothing is gained any more, or the effort is spent."""
        self.heard()
        if self.best.filled.any():
            self.exchange()
        small = int(self.slots.eligible.sum()) <= EXACT_ASSIGNMENTS
        parts = cost_parts(self.best, self.goal)
        if self.cost - parts["fairness"] > self.bound:  # lines gain little where nothing but fairness is left
            self.begin_with_lines()
        if not self.proven:
            self.exchange()
        if not self.proven:
            prove_by_lines(self)
        if small and not self.proven:
            self.solve_whole(share=0.4)
        if not self.proven:
            self.improve()

    def begin_with_lines(self) -> None:
        """First rosters from lines of work, and where the linear program is not too large the bound."""
        slots = self.slots
        size = len(slots.all) * slots.n_agents * slots.problem.days
        large = slots.n_agents > PEOPLE_MAX or size > LINES_SIZE * self.effort.left_s
        if large and self.by_windows:
            self.begin_with_windows()
            return
        reserve = self.effort.left_s * (1 - LINES_SHARE)
        generator = self._whole_generator()
        generator.goes_on = lambda: self.effort.left_s > reserve
        if large and self.best.filled.any() and lines_of(generator, self.best) is not None:
            self.generator = generator
            generator.goes_on = self._goes_on
            return
        lines = first_lines(generator, self.rng)
        if lines is None:
            return
        self.generator = generator
        lines = polish(generator, lines, self.rng)
        self.offer(work_of_lines(generator, lines))
        if not large:
            for line in (*lines, *(lines_of(generator, self.best) or ())):
                generator.master.add(line)
            generator.find_bound(ROUNDS)
            self.raise_bound(generator.bound)
            generator.goes_on = self._goes_on
            if not self.proven:
                if self.by_windows:
                    self.settle_windows(likeliest_lines(generator))
                else:
                    self._dived(dive_people(generator))
                    self.dive_often()
        generator.goes_on = self._goes_on

    def begin_with_windows(self) -> None:
        """A first long roster, by lines over the whole of it where these are quick to find, else grown from the front."""
        everything = self.effort.left_s
        lines = None
        if self._whole_lines_s() < START_SHARE * everything:
            generator = self._whole_generator()
            lines = first_lines(generator, self.rng)
            if lines is not None:
                self.offer(work_of_lines(generator, polish(generator, lines, self.rng)))
        if lines is None:
            history = Work.of_history(self.slots)
            grown = grow(history, self.goal, self._window_generator, self.rng, lambda: self.effort.left_s)
            if grown is not None:
                self.offer(grown)
        self.settle_windows(self.best)

    def settle_windows(self, work: Work | None) -> None:
        """Look for everybody's duties anew window after window, from a roster that need not be good itself."""
        for found in () if work is None else settle(work, self.goal, self._window_generator, self.rng, self._goes_on):
            self.offer(found)
            if self.proven:
                return

    def _whole_lines_s(self) -> float:
        """Seconds that first lines over the whole roster take, about; infinite where a line of somebody cannot follow what is owed."""
        me = personal_rules(whole_window(self.slots), 0, self.goal.hours_low[0], self.slots.eligible[0])
        followed = all(k in me.followed for k, t in enumerate(me.tallies) if t.least.any() and t.owed >= COST_OWED)
        return FIRST_LINES * self.slots.n_agents * me.work_s if followed else np.inf

    def _goes_on(self) -> bool:
        return self.effort.left_s > 0.1

    def _generator(self, goes_on: Callable[[], bool], window: Window | None = None) -> Generator:
        return Generator(self.slots, self.goal, goes_on, self._spent, workers=self.workers, window=window)

    def _window_generator(self, window: Window) -> Generator:
        self._spent(PERSON_S * self.slots.n_agents)
        return self._generator(self._goes_on, window)

    def dive_often(self) -> None:
        """Dive again and again while a dive is short work, then take the best of all lines found."""
        generator = self.generator
        if generator is None:
            return
        everybody = self.effort.left_s
        for number in range(DIVES):
            left = self.effort.left_s
            if self.proven or not generator.goes_on() or everybody - left > DIVES_SHARE * everybody:
                break
            generator.master.restart((), (), nothing_decided(generator), POOL_LINES)
            self._dived(dive_days(generator, self.rng, noise=0.0 if number == 0 else 0.2))
            if left - self.effort.left_s > SHORT_DIVE * everybody:
                break
        known = sum(map(len, generator.master.lines))
        if not self.proven and known <= POOL_MAX and not self.effort.reproducible:
            generator.master.restart((), lines_of(generator, self.best) or (), nothing_decided(generator), POOL_LINES)
            self._dived(generator.master.best_of_lines(max(0.1, min(POOL_SECONDS, 0.1 * self.effort.left_s))))

    def _dived(self, lines: list[Line] | None) -> None:
        if lines is not None and self.generator is not None:
            self.offer(work_of_lines(self.generator, polish(self.generator, lines, self.rng, sweeps=1)))

    def _spent(self, seconds: float) -> None:
        if self.effort.reproducible:
            self.effort.spend(seconds * Effort.UNITS_PER_S)
        self.heard()

    def dive_again(self) -> None:
        """Free some people, or all on some days of a long roster, and dive for them."""
        days = self.slots.problem.days
        if self.by_windows:
            width = int(self.rng.integers(WINDOW_DAYS // 2, 2 * WINDOW_DAYS))
            first = int(self.rng.integers(-width // 2, max(1, days - width // 2)))
            self.dive_window(first, first + width)
            return
        generator = self.generator
        lines = None if generator is None else lines_of(generator, self.best)
        if generator is None or lines is None:
            self.gains["days"] = 0.0
            return
        count = min(self.slots.n_agents, FREE_MAX, max(2, round(PEOPLE_FREE * self.slots.n_agents)))
        pull = np.ones(self.slots.n_agents)
        missing = np.flatnonzero(self.best.missing() > 0)
        if len(missing):
            pull += OPEN_PULL * self.slots.eligible[:, self.rng.choice(missing)]
        free = set(self.rng.choice(self.slots.n_agents, count, replace=False, p=pull / pull.sum()).tolist())
        keep = [x for x in lines if x.agent not in free]
        generator.master.restart(keep, lines, nothing_decided(generator), KEEP_LINES)
        self._dived(dive_days(generator, self.rng, noise=0.1))

    def dive_window(self, first: int, last: int) -> None:
        """Free everybody on the days ``first`` to ``last`` (without) of the period and dive."""
        begin = self.slots.period.start
        found = redo(self.best, self._window_generator, self.rng, begin + first, begin + last)
        if found is not None:
            self.offer(found)

    def exchange(self) -> None:
        """Let people exchange some days, two by two, as long as that makes the roster better."""
        if (not self.goal.burdens and (self.soft or self.by_windows)) or not self._goes_on():
            return  # nothing is shared, and what posts cost lines of work weigh better
        if self.exchanges is None:
            self.exchanges = Exchange(self._whole_generator())
        found = self.exchanges.improve(self.best, self.rng, self._goes_on)
        if found is not None:
            self.offer(found)

    def shake(self) -> None:
        """Let some people exchange days though that loses a little, then all as long as it gains; time and again."""
        for _ in range(SHAKES):
            if self.exchanges is None or self.proven or not self._goes_on():
                return
            found = self.exchanges.shake(self.best, self.rng, self._goes_on)
            if found is not None:
                self.offer(found)

    def _whole_generator(self) -> Generator:
        """Everybody's rules over the whole roster, laid out once."""
        if self.whole is None:
            self.whole = self._generator(self._goes_on)
        return self.whole

    def solve_whole(self, share: float) -> None:
        """Solve the problem as one model; raises the bound to what is proven."""
        part = build_neighbourhood(self.best, self.goal, list(range(self.slots.n_agents)), list(self.slots.period))
        known = int(self.bound) - self.goal.wish_base
        solver, status = self._solve(part, self.effort.left_s * share, at_least=known)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return
        found = _assigned(part, solver)
        gap = max(0.0, solver.objective_value - solver.best_objective_bound)
        self.raise_bound(cost_of(found, self.goal) - gap)
        self.offer(found)

    def improve(self) -> None:
        """Large neighbourhood search (Shaw 1998) by pieces of the model and by dives for some people, with exchanges after each gain."""
        idle = 0
        while not self.proven and self.effort.left_s > 0.2:
            if prove_by_lines(self):
                break
            short = bool((self.best.missing() > 0).any())
            if idle >= (IDLE_PIECES_SHORT if short else IDLE_PIECES) and not self.soft:
                break
            before, left = self.cost, self.effort.left_s
            way = self._choose_way()
            if way == "days":
                self.dive_again()
            elif way == "shake":
                self.shake()
            else:
                self.solve_piece()
            if self.cost < before and not self.proven:
                self.exchange()
            spent = max(left - self.effort.left_s, 1e-3)
            gain = (before - self.cost) / max(1.0, self.cost - self.bound) / spent
            self.gains[way] = 0.7 * self.gains.get(way, 1.0) + 0.3 * gain
            idle = 0 if self.cost < before else idle + 1
            self.heard()

    def _choose_way(self) -> str:
        ways = ["piece"] if self.generator is None and not self.by_windows else ["piece", "days"]
        ways += [] if self.exchanges is None else ["shake"]
        weights = np.array([self.gains.get(w, 1.0) for w in ways])
        weights = 0.1 + 0.9 * weights / max(float(weights.sum()), 1e-9)
        return str(self.rng.choice(ways, p=weights / weights.sum()))

    def solve_piece(self) -> None:
        """Free a piece, solve it, keep what is no worse."""
        agents, days = choose_piece(self.best, self.goal, int(self.size), self.rng)
        part = build_neighbourhood(self.best, self.goal, agents, days)
        self.effort.spend(BUILD_WORK * (len(part.x) + 200))
        if not part.x:
            return
        solver, status = self._solve(part, PIECE_SECONDS)
        self.size *= 1.15 if status == cp_model.OPTIMAL else 0.8
        self.size = min(max(self.size, 1_000.0), 30_000.0)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            self.offer(_assigned(part, solver))
        if status == cp_model.OPTIMAL and len(agents) * len(days) == self.slots.n_agents * len(self.slots.period):
            self.raise_bound(self.cost)

    def _solve(self, part: Neighbourhood, limit_s: float, at_least: int | None = None) -> tuple[cp_model.CpSolver, int]:
        seed = int(self.rng.integers(2**31 - 1))
        if at_least is not None and at_least > 0:
            part.at_least(at_least)
        return solve_model(part.model, self.effort, limit_s, workers=self.workers, seed=seed, heard=self.heard)


def _assigned(part: Neighbourhood, solver: cp_model.CpSolver) -> Work:
    """The roster with the piece as the solver left it."""
    work = part.fixed.copy()
    for (agent, index), var in part.x.items():
        if solver.boolean_value(var):
            work.assign(agent, part.slots.all[index])
    return work
