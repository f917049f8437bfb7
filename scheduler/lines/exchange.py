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

from scheduler.costs import COST_HOUR_OWED
from scheduler.fairness import FIRST_UNIT, FURTHER_UNIT
from scheduler.goal import cost_of
from scheduler.lines.column_generation import Generator
from scheduler.lines.diving import lines_of, work_of_lines
from scheduler.lines.kernels import kernel
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
ENOUGH = 1e-6
BLOCK_S = 1.5e-8
"""Seconds of one core for each run of days of each pair, about."""


@kernel
def _unfair(carried: Ints, low: Ints, high: Ints, unit: Ints) -> int:
    """Units of unfairness of one person (:func:`scheduler.fairness.fairness_cost`)."""
    total = 0
    for k in range(unit.shape[0]):
        beyond = max(carried[k] - high[k], low[k] - carried[k])
        if beyond > 0:
            total += FIRST_UNIT + FURTHER_UNIT * ((beyond + unit[k] - 1) // unit[k] - 1)
    return total


@kernel
def _owed_h(paid: Ints, least: Ints) -> int:
    """Hours begun that one person is short of, over all weeks."""
    total = 0
    for week in range(paid.shape[0]):
        if paid[week] < least[week]:
            total += (least[week] - paid[week] + 59) // 60
    return total


@kernel
def _too_many_hours(paid: Ints, most: Ints) -> bool:
    """Whether a week has more minutes than may be."""
    beyond = 0
    for week in range(paid.shape[0]):
        beyond += paid[week] > most[week]
    return beyond > 0


@kernel
def _fits_beside(before: int, after: int, start: Ints, end: Ints, rest: int) -> bool:
    """Whether a duty may follow another on the next day, as far as rest is asked for."""
    return before < 0 or after < 0 or start[after] - end[before] >= rest


@kernel
def find_exchanges(
    a: int,
    held: Ints,
    may: NDArray[np.bool_],
    wish: Ints,
    weight: Ints,
    unit: Ints,
    low: Ints,
    high: Ints,
    carried: Ints,
    fair_cost: int,
    paid: Ints,
    week_of: Ints,
    hours_low: Ints,
    hours_high: Ints,
    paid_in: Ints,
    start: Ints,
    end: Ints,
    rest: Ints,
    longest: int,
    least: int,
    gain: Ints,
    found: Ints,
) -> tuple[int, int]:
    """The best exchanges of one person: (how many were found, runs of days looked at).

    Args:
        a: the person.
        held: (agents, days) slot of each day, -1 for a day off.
        may: (agents, slots) who may take which slot.
        wish: (agents, slots) cost of wishes of each duty; no columns: there are no wishes.
        weight, unit: (burdens, slots), (burdens,) what is shared fairly; ``fair_cost`` for each unit beyond.
        low, high, carried: (agents, burdens) the fair band, and what everybody has.
        paid, week_of: (slots,) minutes, (days,) the week of each day.
        hours_low, hours_high, paid_in: (agents, weeks) minutes owed, at most, and had.
        start, end, rest: (slots,), (slots,), (agents,) minutes.
        longest: days in a row at most.
        least: only exchanges that save more.
        gain, found: (most,), (most, 3) filled with what an exchange saves, and (other person, first day, last day).
    """
    n_agents, n_days = held.shape
    n_burdens, n_weeks, most = unit.shape[0], paid_in.shape[1], gain.shape[0]
    mine, theirs = np.empty(n_burdens, dtype=np.int64), np.empty(n_burdens, dtype=np.int64)
    my_paid, their_paid = np.empty(n_weeks, dtype=np.int64), np.empty(n_weeks, dtype=np.int64)
    count, looked, worst = 0, 0, 0
    my_cost = fair_cost * _unfair(carried[a], low[a], high[a], unit) + COST_HOUR_OWED * _owed_h(
        paid_in[a], hours_low[a]
    )
    for b in range(n_agents):
        if b == a:
            continue
        cost = my_cost + fair_cost * _unfair(carried[b], low[b], high[b], unit)
        cost += COST_HOUR_OWED * _owed_h(paid_in[b], hours_low[b])
        for first in range(n_days):
            if held[a, first] == held[b, first]:
                continue
            if first > 0 and not (
                _fits_beside(held[a, first - 1], held[b, first], start, end, rest[a])
                and _fits_beside(held[b, first - 1], held[a, first], start, end, rest[b])
            ):
                continue
            for k in range(n_burdens):
                mine[k], theirs[k] = carried[a, k], carried[b, k]
            for week in range(n_weeks):
                my_paid[week], their_paid[week] = paid_in[a, week], paid_in[b, week]
            wishes = 0
            for last in range(first, min(n_days, first + longest)):
                x, y = held[a, last], held[b, last]
                if x == y:
                    continue
                if (x >= 0 and not may[b, x]) or (y >= 0 and not may[a, y]):
                    break
                week = week_of[last]
                if x >= 0:
                    if week >= 0:
                        my_paid[week] -= paid[x]
                        their_paid[week] += paid[x]
                    for k in range(n_burdens):
                        mine[k] -= weight[k, x]
                        theirs[k] += weight[k, x]
                    if wish.shape[1]:
                        wishes += wish[b, x] - wish[a, x]
                if y >= 0:
                    if week >= 0:
                        my_paid[week] += paid[y]
                        their_paid[week] -= paid[y]
                    for k in range(n_burdens):
                        mine[k] += weight[k, y]
                        theirs[k] -= weight[k, y]
                    if wish.shape[1]:
                        wishes += wish[a, y] - wish[b, y]
                looked += 1
                saved = cost - wishes
                saved -= fair_cost * (_unfair(mine, low[a], high[a], unit) + _unfair(theirs, low[b], high[b], unit))
                saved -= COST_HOUR_OWED * (_owed_h(my_paid, hours_low[a]) + _owed_h(their_paid, hours_low[b]))
                if saved <= least or (count == most and saved <= gain[worst]):
                    continue
                if _too_many_hours(my_paid, hours_high[a]) or _too_many_hours(their_paid, hours_high[b]):
                    continue
                if last + 1 < n_days and not (
                    _fits_beside(y, held[a, last + 1], start, end, rest[a])
                    and _fits_beside(x, held[b, last + 1], start, end, rest[b])
                ):
                    continue
                place = count if count < most else worst
                gain[place], found[place, 0], found[place, 1], found[place, 2] = saved, b, first, last
                count = min(most, count + 1)
                if count == most:
                    worst = int(np.argmin(gain))
    return count, looked


@dataclass
class Exchange:
    """Makes a roster better by exchanges of two, and fills open posts by them.

    Attributes:
        generator: of the whole roster: everybody's rules and the cost of their lines.
        settled: the roster after the last :meth:`improve`: who has the same duties is not looked at again.
    """

    generator: Generator
    settled: Ints | None = None
    lines: list[Line] = field(init=False)
    held: Ints = field(init=False)
    carried: Ints = field(init=False)
    paid_in: Ints = field(init=False)
    hours_high: Ints = field(init=False)
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
        self.nothing = np.zeros(len(slots.all))

    def improve(self, work: Work, rng: np.random.Generator, goes_on: Callable[[], bool]) -> Work | None:
        """A better roster with the same posts filled, or more; None where there is none, or a line cannot be read."""
        lines = lines_of(self.generator, work)
        if lines is None:
            return None
        self._begin(lines, work)
        before = self.settled
        changed = np.arange(len(lines)) if before is None else np.flatnonzero((before != self.held).any(axis=1))
        better = self._fill(work, rng, goes_on)
        unfair = np.array([self._unfair(agent) for agent in changed.tolist()])
        queue = rng.permutation(len(changed))
        queue = changed[queue[np.argsort(-unfair[queue], kind="stable")]].tolist()
        waiting = set(queue)
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
        return work_of_lines(self.generator, self.lines) if better else None

    def _begin(self, lines: list[Line], work: Work) -> None:
        slots = self.generator.slots
        self.lines = lines
        self.held = np.array([line.chosen for line in lines], dtype=np.int64)
        self.carried = np.zeros((len(lines), len(self.unit)), dtype=np.int64)
        for agent, line in enumerate(lines):
            self.carried[agent] = self.weight[:, line.chosen[line.chosen >= 0]].sum(axis=1)
        paid = [work.paid_min[:, week.start : week.stop].sum(axis=1) for week in slots.weeks]
        self.paid_in = np.array(paid, dtype=np.int64).T.copy()
        self.hours_high = np.maximum(slots.week_max_min[:, None], self.paid_in)
        self.cost = np.array([line.cost + self._unfair(line.agent) for line in lines])

    def _unfair(self, agent: int) -> float:
        units = _unfair(self.carried[agent], self.low[agent], self.high[agent], self.unit) if len(self.unit) else 0
        return float(self.generator.goal.fairness_scale * units)

    def _fill(self, work: Work, rng: np.random.Generator, goes_on: Callable[[], bool]) -> bool:
        """Give open posts to whoever may take them, or may after an exchange with somebody; whether one was filled."""
        slots, filled = self.generator.slots, False
        for index in rng.permutation(np.flatnonzero(work.missing() > 0)).tolist():
            place = slots.all[index].day - self.generator.scope.open.start
            able = np.flatnonzero(slots.eligible[:, index] & (self.held[:, place] < 0))
            least_busy = self.paid_in[:, max(0, int(self.week_of[place]))][able] + rng.random(len(able))
            left = slots.all[index].need - int(work.filled[index])
            for agent in able[np.argsort(least_busy, kind="stable")].tolist():
                if not left or not goes_on():
                    break
                if self._fill_by(agent, place, index):
                    left, filled = left - 1, True
        return filled

    def _fill_by(self, agent: int, place: int, index: int) -> bool:
        """Let somebody take an open post, and exchange days with somebody where that is needed; whether that made it better."""
        saved = float(self.generator.goal.short_cost[index])
        chosen = self.held[agent].copy()
        chosen[place] = index
        alone = self._line(agent, chosen)
        if alone is not None:
            return self._take([alone], saved)
        before = self.held[agent].copy(), self.carried[agent].copy(), self.paid_in[agent].copy()
        self._note(agent, chosen, 1)
        self._note(agent, before[0], -1)
        self.held[agent] = chosen
        trials = self._exchanges(agent, -int(saved))
        self.held[agent], self.carried[agent], self.paid_in[agent] = before
        return any(self._take(pair, saved) for pair in map(self._pair, trials) if pair)

    def _exchange_best(self, agent: int) -> int:
        """Do the best exchange of one person that everybody's rules allow; the other person, or -1."""
        for trial in self._exchanges(agent, 0):
            pair = self._pair(trial)
            if pair and self._take(pair, 0.0):
                return pair[1].agent
        return -1

    def _exchanges(self, agent: int, least: int) -> list[tuple[tuple[int, Ints], tuple[int, Ints]]]:
        """The exchanges of one person that save most: both people with their slots, the best first."""
        slots, goal = self.generator.slots, self.generator.goal
        gain, found = np.zeros(TRIES, dtype=np.int64), np.zeros((TRIES, 3), dtype=np.int64)
        count, looked = find_exchanges(
            agent, self.held, slots.eligible, self.wish, self.weight, self.unit, self.low, self.high, self.carried,
            goal.fairness_scale, slots.paid_of_slots, self.week_of, goal.hours_low, self.hours_high, self.paid_in,
            self.start, self.end, slots.rest_min, LONGEST_DAYS, least, gain, found,
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

    def _take(self, new: list[Line], saved: float) -> bool:
        """Take these lines if the roster gets better by them; ``saved`` for posts that they fill."""
        people = [line.agent for line in new]
        before = self.held[people], self.carried[people], self.paid_in[people]
        old = [self.lines[agent] for agent in people]
        for line in new:
            self._note(line.agent, self.held[line.agent], -1)
            self._note(line.agent, line.chosen, 1)
            self.held[line.agent] = line.chosen
        now = [line.cost + self._unfair(line.agent) for line in new]
        better = sum(now) < self.cost[people].sum() + saved - ENOUGH
        if better and self.judged:
            goal = self.generator.goal
            whole = work_of_lines(self.generator, self.lines)
            self._put(new)
            trial = work_of_lines(self.generator, self.lines)
            better = keeps_shares(trial) and cost_of(trial, goal) < cost_of(whole, goal)
        if not better:
            self._put(old)
            self.held[people], self.carried[people], self.paid_in[people] = before
            return False
        self._put(new)
        self.cost[people] = now
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
