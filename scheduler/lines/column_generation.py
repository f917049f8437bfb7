"""Column generation: the best bound, and the lines of which good rosters are made.

The master (a linear program) prices posts; for each person the dynamic program finds the line that is cheapest at these
prices; lines that help go into the master, until none does. Prices are smoothed toward the best ones so far (Wentges
1997). At any prices the sum of the cheapest lines bounds every roster from below (Lagrange), so that an interrupted
search has a bound too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scheduler.costs import COST_OWED
from scheduler.goal import Goal
from scheduler.lines.master import Line, Master, Prices
from scheduler.lines.personal import Personal, personal_rules
from scheduler.lines.shortest_line import FORBIDDEN
from scheduler.lines.window import Window, whole_window
from scheduler.slots import Slots

__all__ = ["Generator"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SMOOTH = 0.7
"""Share of the best prices so far in the prices that lines are looked for with."""
ENOUGH = 1e-6
MILD = 2_000.0
"""Cost of an open post, at most, while the first lines are looked for."""
TRIES = 4
PRICED_OUT = 8
"""Tries to make a broken limit dearer until a line keeps it."""
LP_S = 4e-8
"""Seconds of the linear program for each iteration and row, about."""


@dataclass
class Generator:
    """Finds lines for a problem, or for a window of it.

    Attributes:
        bound: the best Lagrangian bound on the objective without what it leaves out (``base`` included); minus infinity before
            the first full pricing.
        prices: those that gave the bound.
        goes_on: asked before every pricing; False ends the search at once.
        spend: told the work of every round, in seconds of one core by a count that does not depend on the machine's load.
    """

    slots: Slots
    goal: Goal
    goes_on: Callable[[], bool]
    spend: Callable[[float], None]
    workers: int = 1
    window: Window | None = None
    bound: float = -np.inf
    prices: Prices | None = None
    master: Master = field(init=False)
    people: list[Personal] = field(init=False)

    def __post_init__(self) -> None:
        self.scope = self.window or whole_window(self.slots)
        self.pinned: dict[int, tuple[Ints, int]] = {}
        for agent, day in self.slots.pinned:
            if day not in self.scope.open:
                continue
            meant = np.flatnonzero(self.slots.eligible[agent] & (self.slots.days_of_slots == day))
            before, count = self.pinned.get(agent, (np.zeros(0, dtype=np.int64), 0))
            self.pinned[agent] = (np.concatenate([before, meant]), count + 1)
        self.people = [self._personal(agent, None) for agent in range(self.slots.n_agents)]
        self.master = Master(self.slots, self.goal, self.scope)
        self.pool = ThreadPoolExecutor(self.workers) if self.workers > 1 else None

    def close(self) -> None:
        """Let the threads go."""
        if self.pool is not None:
            self.pool.shutdown()

    def _personal(self, agent: int, followed: list[int] | None) -> Personal:
        """The rules of one person; without forcing what is owed where no line could keep it."""
        low, able = self.goal.hours_low[agent], self.slots.eligible[agent]
        nothing = np.zeros(len(self.slots.all))
        me = personal_rules(self.scope, agent, low, able, followed)
        if me.forced and me.cheapest(nothing)[0] >= FORBIDDEN:
            me = personal_rules(self.scope, agent, low, able, followed, force=False)
        if self.scope.growing and me.cheapest(nothing)[0] >= COST_OWED:
            me = personal_rules(self.scope, agent, low, able, followed, force=False, shared=False)
        return me

    def line(self, agent: int, chosen: Ints) -> Line | None:
        """The line with its own cost; None when it breaks a rule."""
        cost = self.people[agent].own_cost(chosen)
        if cost >= FORBIDDEN:
            return None
        worked = chosen[chosen >= 0]
        if self.goal.wish_cost.size:
            cost += float(self.goal.wish_cost[agent, worked].sum())
        if agent in self.pinned:
            cost += COST_OWED * (self.pinned[agent][1] - int(np.isin(worked, self.pinned[agent][0]).sum()))
        return Line(agent, chosen.copy(), cost)

    def price(self, agent: int, reward: Floats) -> tuple[Floats, float]:
        """((slots,) what each duty of a line costs at these rewards, what every line costs beside)."""
        price = -reward
        if self.goal.wish_cost.size:
            price = price + self.goal.wish_cost[agent]
        if agent not in self.pinned:
            return price, 0.0
        meant, count = self.pinned[agent]
        price = price.copy()
        price[meant] -= COST_OWED  # a pinned duty that is left out is owed
        return price, float(COST_OWED * count)

    def cheapest(self, agent: int, reward: Floats) -> tuple[float, Line | None]:
        """Least cost at these rewards (a bound on every legal line) and a line; None when none is found that keeps all rules.

        Only lines that keep what the master has decided for the person.
        """
        price, owed = self.price(agent, reward)
        value = FORBIDDEN
        for trial in range(TRIES):
            me = self.people[agent]
            cost, chosen = me.cheapest(price, self.master.decided[agent])
            if cost >= FORBIDDEN:
                return (FORBIDDEN if trial == 0 else value), None
            value = cost + owed if trial == 0 or cost + owed > value else value
            line = self.line(agent, chosen)
            if line is not None:
                return value, line
            broken = me.broken(chosen)
            if broken < 0 or broken in me.followed:
                break
            grown = self._personal(agent, [*me.followed, broken])
            if broken not in grown.followed:
                break
            self.people[agent] = grown
        return value, self._priced_out(agent, price)

    def _priced_out(self, agent: int, price: Floats) -> Line | None:
        """A line that keeps all rules, found by making dearer what is broken; None when that does not help."""
        me = self.people[agent]
        step = max(1.0, float(np.median(np.abs(price[me.flat])))) if len(me.flat) else 1.0
        price = price.copy()
        for _ in range(PRICED_OUT):
            cost, chosen = me.cheapest(price, self.master.decided[agent])
            if cost >= FORBIDDEN:
                return None
            line = self.line(agent, chosen)
            if line is not None:
                return line
            broken = me.broken(chosen)
            amount = self.slots.paid_of_slots if broken < 0 else me.tallies[broken].of_slot
            price += step * amount / max(1, int(amount.max()))
            step *= 1.5
        return None

    def _price_all(self, people: Iterable[int], prices: Prices) -> list[tuple[int, float, Line | None]]:
        sides = self.master.sides

        def one(agent: int) -> tuple[int, float, Line | None]:
            extra = sides.reward(agent, prices.of_side)
            reward = prices.of_slot if extra is None else prices.of_slot + extra
            return (agent, *self.cheapest(agent, reward))

        if self.pool is None:
            return [one(agent) for agent in people]
        return list(self.pool.map(one, people, chunksize=4))

    def find_bound(self, rounds: int) -> None:
        """Generate from nothing: first with open posts at a mild price, then at their own where that leaves some open."""
        if float(self.goal.short_cost.max(initial=0)) > MILD:
            self.master.price_posts(MILD)
            if self.generate(rounds) is None or not self.goes_on():
                return
            settled = self.master.solve() is not None and not self.master.leaves_posts_open
            self.master.price_posts(np.inf)
            if settled:
                return
        self.generate(rounds)

    def generate(self, rounds: int, *, gap: float = 1e-4) -> Prices | None:
        """Add lines until none helps, the gap is small, ``rounds`` are over or ``goes_on`` says no.

        The bound is raised when every person was priced (none fixed). None when the linear program failed.
        """
        master = self.master
        stable: Prices | None = None
        lagrange = -np.inf
        prices: Prices | None = None
        for _ in range(rounds):
            prices = master.solve()
            self.spend(master.solver.iterations() * len(master.cover) * LP_S)
            if prices is None:
                return None
            if not self.goes_on():
                return prices
            used = prices if stable is None else _between(stable, prices)
            free = [a for a in range(self.slots.n_agents) if a not in master.fixed and a not in master.kept]
            found = self._price_all(free, used)
            self.spend(sum(self.people[a].work_s for a in free))
            value = sum(v for _, v, _ in found)
            value += sum(self._reduced(line, used) for line in master.fixed.values())
            value += sum(line.cost for line in master.kept.values()) + self.constant(used)
            helped = 0
            for _, _, line in found:
                if line is not None and master.reduced_cost(line, prices) < -ENOUGH:
                    helped += master.add(line)
            if value > lagrange:
                lagrange, stable = value, used
            elif not helped:
                if stable is None:
                    break
                stable = None
            if (
                self.scope.whole
                and not master.fixed
                and not master.kept
                and not any(master.decided)
                and value < FORBIDDEN / 2
                and value + self.goal.wish_base > self.bound
            ):
                # Whoever is let off what is owed costs at least this much: forced lines bound only what keeps it.
                owed = COST_OWED if any(me.forced for me in self.people) else np.inf
                self.bound = max(self.bound, min(value + self.goal.wish_base, owed))
                self.prices = used
            if prices.objective - lagrange <= gap * max(1.0, abs(prices.objective)):
                break
        return prices

    def _reduced(self, line: Line, prices: Prices) -> float:
        return self.master.reduced_cost(line, prices) + float(prices.of_person[line.agent])

    def constant(self, prices: Prices) -> float:
        """What posts and side rows add to the bound at these prices."""
        return float((prices.of_slot * self.master.need).sum()) + self.master.sides.bound(prices.of_side)


def _between(stable: Prices, prices: Prices) -> Prices:
    def mix(a: Floats, b: Floats) -> Floats:
        return SMOOTH * a + (1 - SMOOTH) * b

    return Prices(
        prices.objective,
        mix(stable.of_slot, prices.of_slot),
        mix(stable.of_person, prices.of_person),
        mix(stable.of_side, prices.of_side),
    )
