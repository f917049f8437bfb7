"""Proof that a roster is best, or a better one: all lines that a better roster can consist of, in one whole program.

At the prices of a bound every roster costs at least the sum of its people's cheapest lines; a line that costs more than the
cheapest by as much as the roster lies above the bound is in no better roster. Where that leaves few lines, a solver
for mixed programs (SCIP) finds the best roster among them: none better is the proof.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver.python import model_builder
from scipy.sparse import csr_matrix

from scheduler.costs import COST_OWED
from scheduler.lines.all_lines import CostToGo, cost_to_go
from scheduler.lines.column_generation import Generator
from scheduler.lines.master import Line, Prices

__all__ = ["Judgement", "judge"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
builder: Any = model_builder

WHOLE = 1e-4
"""What a bound may lie above a whole number by rounding alone."""
GLIMPSE = 0.25
"""Share of the solver's seconds where not all lines of better rosters can be taken."""
SURE = 1e6
"""Beyond such costs the solver's tolerances are too coarse for a proof."""


@dataclass(frozen=True)
class Judgement:
    """What was proven.

    Attributes:
        bound: no roster costs less.
        lines: one line for each person, together cheaper than the known roster as far as lines tell; None: none was found.
        ceiling: up to this cost the lines of all rosters were looked at.
        tried: how many lines that were.
    """

    bound: float
    lines: list[Line] | None
    ceiling: int
    tried: int = 0


def judge(
    generator: Generator,
    cost: int,
    left_s: Callable[[], float],
    heard: Callable[[], None],
    *,
    lines_max: int,
    settings: str = "",
) -> Judgement | None:
    """Whether a roster costs less than ``cost``; None when too many lines could be in one, or nothing is known.

    Rosters are asked for whose cost lies at the bound, then further above it, as long as their lines are few enough. When
    they no longer are, a better roster is looked for among the lines of before.

    Args:
        left_s: asked for the seconds that the solver still has.
        heard: called about twice a second; may raise to end the search.
        settings: further parameters of SCIP.

    Raises:
        KeyboardInterrupt: as ``heard`` raised it; the solver has been stopped.
    """
    prices = generator.prices
    if prices is None or generator.master.kept or len(prices.of_side) != len(generator.master.sides.rows):
        return None
    ahead = _costs_to_go(generator, prices)
    if ahead is None:
        return None
    base = generator.goal.wish_base
    owed = sum(COST_OWED * count for _, count in generator.pinned.values())
    bound = sum(o.least for o in ahead) + owed + generator.constant(prices) + base
    ceiling = cost - 1
    if any(me.forced for me in generator.people):
        ceiling = min(ceiling, COST_OWED - 1)  # lines that owe what can be kept are left out
    floor = int(np.ceil(bound - WHOLE))
    proven, step, tried = floor, 0, 0
    lines: list[Line] = []
    while proven <= ceiling:
        rows, target = _most_within(generator, ahead, proven, min(floor + step, ceiling), bound, lines_max)
        if rows is None:
            break
        lines = [x for agent, mine in enumerate(rows) for row in mine if (x := generator.line(agent, row)) is not None]
        tried += len(lines)
        found = _solve(generator, prices, lines, target + 1, bound, left_s(), heard, settings)
        least = min(float(target + 1), float(np.ceil(found.bound - WHOLE)))
        if found.lines is not None or not found.settled:
            return Judgement(max(float(proven), least), found.lines, target, tried)
        proven = target + 1
        step = 2 * (target - floor) + 1
    if proven > ceiling or not lines:
        return Judgement(float(proven), None, ceiling, tried) if proven > ceiling else None
    found = _solve(generator, prices, lines, cost, bound, GLIMPSE * left_s(), heard, settings)
    return Judgement(float(proven), found.lines, proven - 1, tried + len(lines))


def _costs_to_go(generator: Generator, prices: Prices) -> list[CostToGo] | None:
    found = []
    for agent, me in enumerate(generator.people):
        extra = generator.master.sides.reward(agent, prices.of_side)
        price, _ = generator.price(agent, prices.of_slot if extra is None else prices.of_slot + extra)
        mine = cost_to_go(me, price)
        if mine is None:
            return None
        found.append(mine)
    return found


def _within(generator: Generator, ahead: list[CostToGo], gap: float, most: int) -> list[Ints] | None:
    """All lines of each person within the gap; None for more than ``most`` of all."""
    found = []
    for mine in ahead:
        lines = mine.lines(gap, most)
        if lines is None:
            return None
        most -= len(lines)
        found.append(lines)
    return found


def _most_within(
    generator: Generator, ahead: list[CostToGo], low: int, high: int, bound: float, most: int
) -> tuple[list[Ints] | None, int]:
    """The lines of all rosters up to the highest cost from ``low`` to ``high`` with which they are few enough; that cost."""
    found = _within(generator, ahead, high - bound, most)
    if found is not None or low == high:
        return found, high
    fits = low
    while low < high:
        middle = low if found is None else (low + high) // 2
        lines = _within(generator, ahead, middle - bound, most)
        if lines is not None:
            found, fits, low = lines, middle, middle + 1
        elif found is None:
            break
        else:
            high = middle
    return found, fits


@dataclass(frozen=True)
class _Found:
    """What the solver found: no roster of the lines costs less than ``bound``; ``settled``: nor less than the best found."""

    bound: float
    lines: list[Line] | None
    settled: bool


def _solve(
    generator: Generator,
    prices: Prices,
    lines: list[Line],
    cost: int,
    bound: float,
    limit_s: float,
    heard: Callable[[], None],
    settings: str,
) -> _Found:
    """The best roster of the lines that costs less than ``cost``, as far as found in time; none costs less than ``bound``."""
    if {line.agent for line in lines} != set(range(generator.slots.n_agents)):
        return _Found(float(cost), None, True)  # somebody has no line in such a roster
    columns = _columns(generator, prices, lines, cost, bound)
    if float(np.abs(columns.cost).max()) > SURE:
        return _Found(bound, None, False)
    model = builder.Model()
    helper = model.helper
    helper.fill_model_from_sparse_data(
        np.zeros(len(columns.cost)), columns.most, columns.cost, columns.low, columns.high, columns.rows
    )
    for number, whole in enumerate(columns.whole.tolist()):
        helper.set_var_integrality(number, whole)
        helper.add_hint(number, float(number == len(lines)))
    helper.set_maximize(False)
    solver = builder.Solver("scip")
    solver.set_time_limit_in_seconds(max(0.1, limit_s))
    solver.set_solver_specific_parameters(settings)
    status: list[Any] = []
    thread = threading.Thread(target=lambda: status.append(solver.solve(model)), daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(0.5)
            heard()
    except BaseException:
        solver.stop_search()
        thread.join()
        raise
    if not status or status[0] not in (builder.SolveStatus.OPTIMAL, builder.SolveStatus.FEASIBLE):
        return _Found(bound, None, False)
    values = solver.values(model.get_variables()).to_numpy()
    chosen = [line for line, value in zip(lines, values, strict=False) if value > 0.5]
    better = len(chosen) == generator.slots.n_agents
    least = float(solver.best_objective_bound) + columns.offset + generator.goal.wish_base
    return _Found(max(bound, least), chosen if better else None, status[0] == builder.SolveStatus.OPTIMAL)


@dataclass(frozen=True)
class _Columns:
    """The program: lines, one column for the known roster, then what is short and beyond, and the slack of side rows.

    Costs of lines are those beyond the person's cheapest; ``offset`` is the sum of these.
    """

    cost: Floats
    most: Floats
    whole: NDArray[np.bool_]
    rows: csr_matrix
    low: Floats
    high: Floats
    offset: float


def _columns(generator: Generator, prices: Prices, lines: list[Line], cost: int, bound: float) -> _Columns:
    goal, master = generator.goal, generator.master
    known, gap = cost - goal.wish_base, cost - 1 - bound
    n_slots, n_agents = len(master.need), generator.slots.n_agents
    least = np.full(n_agents, np.inf)
    for line in lines:
        least[line.agent] = min(least[line.agent], line.cost)
    offset = float(least.sum())
    n_cover = n_slots + n_agents
    limits = [master.sides.limits(number) for number in range(len(master.sides.rows))]
    low = np.concatenate([master.need, np.ones(n_agents), [-np.inf if low is None else low for low, _ in limits]])
    high = np.concatenate([master.need, np.ones(n_agents), [np.inf if high is None else high for _, high in limits]])
    row: list[Ints] = []
    amount: list[Floats] = []
    prices_of: list[float] = []
    most: list[float] = []
    whole: list[bool] = []

    def add(rows: Ints, amounts: Floats, price: float, limit: float, *, integer: bool) -> None:
        row.append(rows)
        amount.append(amounts)
        prices_of.append(price)
        most.append(limit)
        whole.append(integer)

    for line in lines:
        worked = line.chosen[line.chosen >= 0]
        sides = master.sides.amounts(line.agent, worked)
        rows = np.concatenate([worked, [n_slots + line.agent], n_cover + np.array(list(sides), dtype=np.int64)])
        amounts = np.concatenate([np.ones(len(worked) + 1), list(sides.values())])
        add(rows.astype(np.int64), amounts, line.cost - float(least[line.agent]), 1.0, integer=True)
    there = np.where(np.isfinite(low), low, np.where(np.isfinite(high), high, 0.0))
    add(np.flatnonzero(there), there[there != 0], known - offset, 1.0, integer=True)
    # More of a slack than the gap pays for is in no better roster.
    short, beyond = goal.short_cost.astype(float), goal.surplus_cost.astype(float)
    for index in range(n_slots):
        place = np.array([index])
        at_most = _paid(gap, short[index] - prices.of_slot[index], max(0.0, master.need[index]))
        if at_most > 0:
            add(place, np.ones(1), short[index], at_most, integer=True)
        at_most = _paid(gap, beyond[index] + prices.of_slot[index], n_agents) if beyond[index] >= 0 else 0.0
        if at_most > 0:
            add(place, -np.ones(1), beyond[index], at_most, integer=True)
    for number, side in enumerate(master.sides.rows):
        for price, limit, sign in side.slack:
            add(
                np.array([n_cover + number]), np.array([sign]), price, np.inf if limit is None else limit, integer=False
            )
    sizes = np.array([len(rows) for rows in row])
    shape = (len(low), len(prices_of))
    matrix = csr_matrix(
        (np.concatenate(amount), (np.concatenate(row), np.repeat(np.arange(len(row)), sizes))), shape=shape
    )
    return _Columns(np.array(prices_of), np.array(most), np.array(whole), matrix, low, high, offset)


def _paid(gap: float, price: float, most: float) -> float:
    """How many whole units at the price the gap pays for."""
    return most if price * most <= gap + WHOLE else float(np.floor((gap + WHOLE) / price))
