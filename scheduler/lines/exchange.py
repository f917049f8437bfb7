"""Two people exchange what they do on some days in a row: no post gets open, and shares, hours and wishes get better.

Everybody is compared with everybody over every run of days. What such an exchange changes in fair shares, hours owed and
wishes is quick to count; whether both may do so, and what else it costs, their own rules say about the best found
(:mod:`scheduler.lines.personal`). Done until no exchange of two gains anything. An open post goes to somebody who may take it
once some days are exchanged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scheduler.goal import cost_of
from scheduler.lines.column_generation import Generator
from scheduler.lines.diving import work_of_lines
from scheduler.lines.find_exchanges import find_exchanges, unfair_units
from scheduler.lines.hard_sums import HardSums
from scheduler.lines.master import Line
from scheduler.lines.shortest_line import FORBIDDEN
from scheduler.rules.firm_share import keeps_shares, shares
from scheduler.work import Work

__all__ = ["Exchange"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
TRIES = 24
"""Exchanges of one person that are looked at closely, those first that gain most."""
LONGEST_DAYS = 28
"""The longest run of days exchanged."""
SHAKES, UNFAIR_FIRST = 4, 0.5
"""Exchanges that lose a little, at most, before a roster is settled again, and how often one who has an unfair share makes it."""
ENOUGH = 1e-6
BLOCK_S = 1.5e-8
"""Seconds of one core for each run of days of each pair, about."""


@dataclass
class Exchange:
    """Makes a roster better by exchanges of two, and fills open posts by them.

    Attributes:
        generator: of the whole roster: everybody's rules and the cost of their lines.
        settled: the roster after the last :meth:`improve`: who has the same duties is not looked at again.
    """

    generator: Generator
    settled: Ints | None = None
    lines: list[Line] = field(default_factory=list)
    held: Ints = field(init=False)
    carried: Ints = field(init=False)
    paid_in: Ints = field(init=False)
    unfair: Floats = field(init=False)
    cost: Floats = field(init=False)

    def __post_init__(self) -> None:
        slots, goal = self.generator.slots, self.generator.goal
        days = self.generator.scope.open
        burdens = goal.burdens
        none = np.zeros((0, len(slots.all)), dtype=np.int64)
        self.weight = np.array([b.weight for b in burdens], dtype=np.int64) if burdens else none
        self.unit = np.array([b.unit for b in burdens], dtype=np.int64)
        shape = (slots.n_agents, len(burdens))
        self.low = np.array([b.low for b in burdens], dtype=np.int64).T.reshape(shape).copy()
        self.high = np.array([b.high for b in burdens], dtype=np.int64).T.reshape(shape).copy()
        self.wish = goal.wish_cost if goal.wish_cost.size else np.zeros((slots.n_agents, 0), dtype=np.int64)
        self.week_of = np.full(len(days), -1, dtype=np.int64)
        for number, week in enumerate(slots.weeks):
            for place, day in enumerate(days):
                if day in week:
                    self.week_of[place] = number
        self.start = np.array([s.start for s in slots.all], dtype=np.int64)
        self.end = np.array([s.end for s in slots.all], dtype=np.int64)
        self.judged = bool(goal.pair_days or goal.team_weight or shares(slots))
        self.sums = HardSums(self.generator.people)
        self.nothing = np.zeros(len(slots.all))

    def improve(self, work: Work, rng: np.random.Generator, goes_on: Callable[[], bool]) -> Work | None:
        """A better roster with the same posts filled, or more; None where there is none, or a line cannot be read."""
        if not self._begin(work):
            return None
        before = self.settled
        changed = np.arange(len(self.held)) if before is None else np.flatnonzero((before != self.held).any(axis=1))
        better = self._fill(work, rng, goes_on)
        better |= self._settle(changed, rng, goes_on)
        return work_of_lines(self.generator, self.lines) if better else None

    def shake(self, work: Work, rng: np.random.Generator, goes_on: Callable[[], bool]) -> Work | None:
        """Another roster as good as exchanges make it after some that lose a little (iterated local search); None as above."""
        if not self._begin(work):
            return None
        changed: set[int] = set()
        for _ in range(int(rng.integers(1, SHAKES + 1))):
            unfair = np.flatnonzero(self.unfair > 0)
            agent = int(rng.choice(unfair if len(unfair) and rng.random() < UNFAIR_FIRST else len(self.held)))
            trials = self._exchanges(agent, -self.generator.goal.fairness_scale - 1)
            for number in rng.permutation(len(trials)).tolist():
                pair = self._pair(trials[number])
                if pair and self._take(pair, allowed=np.inf):
                    changed |= {agent, pair[1].agent}
                    break
        self._settle(np.array(sorted(changed), dtype=np.int64), rng, goes_on)
        return work_of_lines(self.generator, self.lines) if changed else None

    def _settle(self, changed: Ints, rng: np.random.Generator, goes_on: Callable[[], bool]) -> bool:
        """Exchange with everybody until none of these people gains any more, nor those they exchanged with."""
        order = rng.permutation(len(changed))
        queue = changed[order[np.argsort(-self.unfair[changed][order], kind="stable")]].tolist()
        waiting, better = set(queue), False
        while queue and goes_on():
            agent = queue.pop(0)
            waiting.discard(agent)
            while (other := self._exchange_best(agent)) >= 0:
                better = True
                if other not in waiting:
                    queue.append(other)
                    waiting.add(other)
                if not goes_on():
                    break
        if not queue:
            self.settled = self.held.copy()
        return better

    def _begin(self, work: Work) -> bool:
        """Read a roster; whether every line keeps its person's rules."""
        slots, open_days = self.generator.slots, np.asarray(self.generator.scope.open)
        held = np.maximum(work.slot[:, open_days], -1)
        lines = []
        for agent, chosen in enumerate(held):
            known = self.lines[agent] if self.lines else None
            line = known if known and np.array_equal(known.chosen, chosen) else self.generator.line(agent, chosen)
            if line is None:
                return False
            lines.append(line)
        self.lines, self.held = lines, held
        self.carried = np.zeros((len(lines), len(self.unit)), dtype=np.int64)
        for agent, line in enumerate(lines):
            self.carried[agent] = self.weight[:, line.chosen[line.chosen >= 0]].sum(axis=1)
            self.sums.hold(agent, line.chosen)
        paid = [work.paid_min[:, week.start : week.stop].sum(axis=1) for week in slots.weeks]
        self.paid_in = np.array(paid, dtype=np.int64).T.copy()
        self.unfair = np.array([self._unfair(agent) for agent in range(len(lines))])
        self.cost = np.array([line.cost for line in lines]) + self.unfair
        return True

    def _unfair(self, agent: int) -> float:
        units = unfair_units(self.carried[agent], self.low[agent], self.high[agent], self.unit) if len(self.unit) else 0
        return float(self.generator.goal.fairness_scale * units)

    def _fill(self, work: Work, rng: np.random.Generator, goes_on: Callable[[], bool]) -> bool:
        """Give open posts to whoever may take them, or may after an exchange with somebody; whether one was filled."""
        slots, filled = self.generator.slots, False
        for index in rng.permutation(np.flatnonzero(work.missing() > 0)).tolist():
            if slots.all[index].short_cost is not None:
                continue  # posts with a cost of their own may stay open: lines of work weigh them better
            place = slots.all[index].day - self.generator.scope.open.start
            able = np.flatnonzero(slots.eligible[:, index] & (self.held[:, place] < 0))
            least_busy = self.paid_in[:, max(0, int(self.week_of[place]))][able] + rng.random(len(able))
            left = slots.all[index].need - int(work.filled[index])
            for agent in able[np.argsort(least_busy, kind="stable")].tolist():
                if not left or not goes_on():
                    break
                free = self.held[agent, place] < 0  # an exchange since may have given a duty
                if free and self._fill_by(agent, place, index):
                    left, filled = left - 1, True
        return filled

    def _fill_by(self, agent: int, place: int, index: int) -> bool:
        """Let somebody take an open post, and exchange days with somebody where that is needed; whether that made it better."""
        saved = float(self.generator.goal.short_cost[index])
        chosen = self.held[agent].copy()
        chosen[place] = index
        alone = self._line(agent, chosen)
        if alone is not None:
            return self._take([alone], saved=saved)
        before = self.held[agent].copy(), self.carried[agent].copy(), self.paid_in[agent].copy()
        self._note(agent, chosen, 1)
        self._note(agent, before[0], -1)
        self.held[agent] = chosen
        self.sums.hold(agent, chosen)
        trials = self._exchanges(agent, -int(saved))
        self.held[agent], self.carried[agent], self.paid_in[agent] = before
        self.sums.hold(agent, before[0])
        return any(self._take(pair, saved=saved) for pair in map(self._pair, trials) if pair)

    def _exchange_best(self, agent: int) -> int:
        """Do the best exchange of one person that everybody's rules allow; the other person, or -1."""
        for trial in self._exchanges(agent, 0):
            pair = self._pair(trial)
            if pair and self._take(pair):
                return pair[1].agent
        return -1

    def _exchanges(self, agent: int, least: int) -> list[tuple[tuple[int, Ints], tuple[int, Ints]]]:
        """The exchanges of one person that save most: both people with their slots, the best first."""
        slots, goal, sums = self.generator.slots, self.generator.goal, self.sums
        gain, found = np.zeros(TRIES, dtype=np.int64), np.zeros((TRIES, 3), dtype=np.int64)
        count, looked = find_exchanges(
            agent, self.held, slots.eligible, self.wish, self.weight, self.unit, self.low, self.high, self.carried,
            goal.fairness_scale, slots.paid_of_slots, self.week_of, goal.hours_low, self.paid_in, self.start, self.end,
            slots.rest_min, sums.counted, sums.offset, sums.span, sums.room, LONGEST_DAYS, least, gain, found,
        )  # fmt: skip
        self.generator.spend(BLOCK_S * looked)
        trials = []
        for place in np.argsort(-gain[:count], kind="stable").tolist():
            other, first, last = found[place].tolist()
            days = slice(first, last + 1)
            mine, theirs = self.held[agent].copy(), self.held[other].copy()
            mine[days], theirs[days] = self.held[other, days], self.held[agent, days]
            trials.append(((agent, mine), (other, theirs)))
        return trials

    def _pair(self, trial: tuple[tuple[int, Ints], tuple[int, Ints]]) -> list[Line]:
        """The lines of both people; empty where one breaks a rule."""
        mine = self._line(*trial[0])
        theirs = None if mine is None else self._line(*trial[1])
        return [] if mine is None or theirs is None else [mine, theirs]

    def _line(self, agent: int, chosen: Ints) -> Line | None:
        """The line, None where it breaks a rule."""
        me = self.generator.people[agent]
        if not np.isin(chosen[chosen >= 0], me.flat).all():
            return None
        self.generator.spend(me.work_s / (me.n_kinds + 1))
        if me.cheapest(self.nothing, dict(enumerate(chosen.tolist())))[0] >= FORBIDDEN:
            return None
        return self.generator.line(agent, chosen)

    def _take(self, new: list[Line], *, saved: float = 0.0, allowed: float = 0.0) -> bool:
        """Take these lines if the roster gets better by them, or no worse than ``allowed``; ``saved`` for posts that they fill."""
        people = [line.agent for line in new]
        before = self.held[people], self.carried[people], self.paid_in[people]
        old = [self.lines[agent] for agent in people]
        for line in new:
            self._note(line.agent, self.held[line.agent], -1)
            self._note(line.agent, line.chosen, 1)
            self.held[line.agent] = line.chosen
        unfair = np.array([self._unfair(agent) for agent in people])
        now = unfair + [line.cost for line in new]
        better = now.sum() < self.cost[people].sum() + saved + allowed - ENOUGH
        if better and self.judged:
            goal = self.generator.goal
            whole = work_of_lines(self.generator, self.lines)
            self._put(new)
            trial = work_of_lines(self.generator, self.lines)
            better = keeps_shares(trial) and cost_of(trial, goal) < cost_of(whole, goal) + allowed
        if not better:
            self._put(old)
            self.held[people], self.carried[people], self.paid_in[people] = before
            return False
        self._put(new)
        for line in new:
            self.sums.hold(line.agent, line.chosen)
        self.cost[people], self.unfair[people] = now, unfair
        return True

    def _put(self, lines: list[Line]) -> None:
        for line in lines:
            self.lines[line.agent] = line

    def _note(self, agent: int, chosen: Ints, sign: int) -> None:
        """Count the duties of a line in, or out."""
        paid = self.generator.slots.paid_of_slots
        for place in np.flatnonzero(chosen >= 0).tolist():
            index = chosen[place]
            self.carried[agent] += sign * self.weight[:, index]
            if self.week_of[place] >= 0:
                self.paid_in[agent, self.week_of[place]] += sign * paid[index]
