"""From fractional lines to a roster: decide what the linear program is surest of, price anew, decide more (diving).

Two ways of diving. People: whole lines are fixed, the surest first; quick. Days: single days of single people are
decided, and lines that keep them are looked for anew (as Strandmark, Qu and Curtois 2020 fix assignments); slower and
better on large rosters. When a step makes the linear program much dearer, it is taken back once and the dive goes on with
its surest decision alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scheduler.goal import cost_of
from scheduler.lines.column_generation import Generator
from scheduler.lines.master import Line
from scheduler.lines.shortest_line import FORBIDDEN
from scheduler.rules import firm_share
from scheduler.work import Work

__all__ = [
    "dive_days",
    "dive_people",
    "first_lines",
    "likeliest_lines",
    "lines_of",
    "nothing_decided",
    "polish",
    "work_of_lines",
]

Floats = NDArray[np.float64]

SURE_LINE = 0.97
SURE_DAY = 0.9
LINES_SHARE = 0.06
DAYS_SHARE = 0.05
ROUNDS = 6
GAP = 1e-3
WHOLE = 1e-6


def nothing_decided(generator: Generator) -> list[dict[int, int]]:
    """Every day of everybody is open."""
    return [{} for _ in range(generator.slots.n_agents)]


def first_lines(generator: Generator, rng: np.random.Generator) -> list[Line] | None:
    """A line for one person after the other, each the best beside those before; None when somebody has none at all."""
    slots = generator.slots
    beside = Beside(generator)
    found: dict[int, Line] = {}
    scarce = slots.eligible.sum(axis=1) + rng.random(slots.n_agents)
    for agent in np.argsort(scarce, kind="stable").tolist():
        _, line = generator.cheapest(agent, beside.reward(agent))
        if line is None:
            return None
        beside.take(line, 1)
        found[agent] = line
    return [found[agent] for agent in range(slots.n_agents)]


def dive_people(generator: Generator, *, share: float = LINES_SHARE, rounds: int = ROUNDS) -> list[Line] | None:
    """A line for every person; None when nothing fits. The master says whose lines are kept.

    Ended early, everybody left has the line of which the linear program takes most.

    Args:
        share: share of the people left whose lines are fixed at each step, at least.
        rounds: of looking for lines between two steps, at most.
    """
    master = generator.master
    while True:
        if generator.generate(rounds, gap=GAP) is None or master.solve() is None:
            return None
        ranked = []
        for agent in _free(generator):
            values = master.values(agent)
            if not values:
                return None
            ranked.append((values[0][0], agent, values[0][1]))
        if not ranked:
            return _all_lines(generator)
        ranked.sort(key=lambda item: -item[0])
        least = max(1, int(share * len(ranked))) if generator.goes_on() else len(ranked)
        for place, (value, _, line) in enumerate(ranked):
            if value > SURE_LINE or place < least:
                master.fix(line)


def likeliest_lines(generator: Generator) -> Work | None:
    """The roster of the lines that the linear program takes most of, not a good one; None when somebody has none."""
    master = generator.master
    if master.solve() is None:
        return None
    taken = [master.values(agent) for agent in range(generator.slots.n_agents)]
    return work_of_lines(generator, [values[0][1] for values in taken]) if all(taken) else None


def dive_days(generator: Generator, rng: np.random.Generator, *, noise: float = 0.0) -> list[Line] | None:
    """As :func:`dive_people`, deciding days one by one; ``noise`` shuffles what is nearly equally sure."""
    master = generator.master
    before = np.inf
    undo: dict[int, dict[int, int]] | None = None
    alone = False
    while True:
        prices = generator.generate(ROUNDS, gap=GAP)
        if prices is None or not generator.goes_on() or master.solve() is None:
            return None
        now = master.objective.Value()
        if undo is not None and not alone and now > before + _much(generator, before):
            for agent, decided in undo.items():
                master.decided[agent] = decided
                master.admit(agent, decided)
            undo, alone = None, True
            continue
        before = now
        ranked = _open_days(generator, rng, noise)
        if ranked is None:
            return None
        if not ranked:
            break
        least = 1 if alone else max(1, int(DAYS_SHARE * len(ranked)))
        undo, alone = {}, False
        for place, (sure, _, agent, day, index) in enumerate(ranked):
            if place >= least and sure < SURE_DAY:
                break
            undo.setdefault(agent, dict(master.decided[agent]))
            master.decided[agent] = {**master.decided[agent], day: index}
            if alone:
                break
        for agent in undo:
            master.admit(agent, master.decided[agent])
    for agent in _free(generator):
        master.fixed[agent] = master.values(agent)[0][1]
    return _all_lines(generator)


def _free(generator: Generator) -> list[int]:
    master = generator.master
    return [a for a in range(generator.slots.n_agents) if a not in master.fixed and a not in master.kept]


def _all_lines(generator: Generator) -> list[Line]:
    master = generator.master
    return [master.kept.get(a) or master.fixed[a] for a in range(generator.slots.n_agents)]


def _much(generator: Generator, objective: float) -> float:
    """A rise of the linear program that shows a wrong decision: half of the cheapest post left open."""
    costs = generator.goal.short_cost
    return 0.5 * float(costs[costs > 0].min(initial=1e6)) if np.isfinite(objective) else np.inf


def _open_days(
    generator: Generator, rng: np.random.Generator, noise: float
) -> list[tuple[float, float, int, int, int]] | None:
    """(sureness, order, agent, day, slot) of days that the linear program has not settled, the surest first."""
    master = generator.master
    found = []
    for agent in _free(generator):
        taken = [(value, line) for value, line in master.values(agent) if value > WHOLE]
        if not taken:
            return None
        if taken[0][0] >= 1 - WHOLE:
            continue
        values = np.array([value for value, _ in taken])
        table = np.array([line.chosen for _, line in taken])
        for day in range(table.shape[1]):
            if day in master.decided[agent]:
                continue
            column = table[:, day]
            kinds = np.unique(column)
            sums = [float(values[column == k].sum()) for k in kinds.tolist()]
            best = int(np.argmax(sums))
            if sums[best] < 1 - WHOLE:
                found.append((sums[best], sums[best] + noise * float(rng.random()), agent, day, int(kinds[best])))
    return sorted(found, key=lambda item: -item[1])


def work_of_lines(generator: Generator, lines: Sequence[Line]) -> Work:
    """The roster of one line for each person."""
    slots = generator.slots
    work = generator.scope.around.copy()
    for line in lines:
        for index in line.chosen[line.chosen >= 0].tolist():
            work.assign(line.agent, slots.all[index])
    return work


def lines_of(generator: Generator, work: Work) -> list[Line] | None:
    """The lines of a roster; None when a line breaks a rule as the dynamic program reads it."""
    found = []
    for agent, me in enumerate(generator.people):
        there = work.slot[agent, np.asarray(me.window.open)]
        line = generator.line(agent, np.where(there >= 0, there, -1))
        if line is None:
            return None
        found.append(line)
    return found


def polish(generator: Generator, lines: Sequence[Line], rng: np.random.Generator, sweeps: int = 4) -> list[Line]:
    """Give one person after the other the line that is best beside all others', until nobody gains."""
    goal = generator.goal
    lines = list(lines)
    beside = Beside(generator)
    for line in lines:
        beside.take(line, 1)
    judged = bool(generator.master.sides.rows)
    best = cost_of(work_of_lines(generator, lines), goal) if judged else 0
    generator.master.decided = nothing_decided(generator)
    for _ in range(sweeps):
        gained = False
        for agent in rng.permutation(generator.slots.n_agents).tolist():
            if not generator.goes_on():
                return lines
            old = lines[agent]
            beside.take(old, -1)
            reward = beside.reward(agent)
            _, better = generator.cheapest(agent, reward)
            if better is not None and _value(better, reward) < _value(old, reward) - WHOLE:
                trial = [*lines[:agent], better, *lines[agent + 1 :]]
                cost = cost_of(work_of_lines(generator, trial), goal) if judged else -1
                if cost < best:
                    best, lines, gained = (cost if judged else best), trial, True
            beside.take(lines[agent], 1)
        if not gained:
            break
    return lines


class Beside:
    """What the lines of others leave: posts to fill, and how much of a shift each firm still may take."""

    def __init__(self, generator: Generator) -> None:
        self.slots, goal = generator.slots, generator.goal
        self.need = np.array([s.need for s in self.slots.all], dtype=np.int64)
        self.short = goal.short_cost.astype(float)
        self.beyond = np.where(goal.surplus_cost >= 0, goal.surplus_cost, FORBIDDEN)
        self.filled = np.zeros(len(self.need), dtype=np.int64)
        shares = firm_share.shares(self.slots)
        self.share_of = np.full(len(self.need), -1, dtype=np.int64)
        for number, (posts, _) in enumerate(shares):
            self.share_of[[s.index for s in posts]] = number
        self.limits = np.array([limit for _, limit in shares], dtype=np.int64)
        self.taken = np.zeros((int(self.slots.firms.max(initial=-1)) + 1, len(shares)), dtype=np.int64)

    def take(self, line: Line, sign: int) -> None:
        """Count a line in, or out."""
        worked = line.chosen[line.chosen >= 0]
        self.filled[worked] += sign
        firm = int(self.slots.firms[line.agent])
        if firm >= 0 and len(self.limits):
            places = self.share_of[worked]
            self.taken[firm, places[places >= 0]] += sign

    def reward(self, agent: int) -> Floats:
        """(slots,) what a duty of the agent saves; less than nothing where it is not needed."""
        reward: Floats = np.where(self.filled < self.need, self.short, -self.beyond)
        firm = int(self.slots.firms[agent])
        if firm >= 0 and len(self.limits):
            full = self.taken[firm] >= self.limits
            reward = np.where((self.share_of >= 0) & full[np.maximum(self.share_of, 0)], -FORBIDDEN, reward)
        return reward


def _value(line: Line, reward: Floats) -> float:
    return line.cost - float(reward[line.chosen[line.chosen >= 0]].sum())
