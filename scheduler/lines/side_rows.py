"""Rows of the master beside one line per person and the posts: firms' shares, standing pairs, fair shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scheduler.costs import COST_PAIR
from scheduler.fairness import FIRST_UNIT, FURTHER_UNIT
from scheduler.goal import Goal
from scheduler.lines.window import Window
from scheduler.rules import firm_share
from scheduler.slots import Slots

__all__ = ["SideRow", "SideRows", "side_rows"]

FAIR_ROWS = 600
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SideRow:
    """``low <= lines + slack <= high``; each slack is (cost, most, sign)."""

    low: float | None
    high: float | None
    slack: tuple[tuple[float, float | None, float], ...] = ()


@dataclass
class SideRows:
    """All side rows and what a duty counts in them.

    Attributes:
        of_duty: by agent: (row, (slots,) amounts).
        of_all: (row, (slots,) amounts, (agents,) whom it counts).
        kept: what lines that stay as they are, and duties around the window, count in each row; ``around`` the latter alone.
    """

    rows: list[SideRow] = field(default_factory=list)
    of_duty: dict[int, list[tuple[int, Ints]]] = field(default_factory=dict)
    of_all: list[tuple[int, Ints, NDArray[np.bool_]]] = field(default_factory=list)
    around: dict[int, float] = field(default_factory=dict)
    kept: dict[int, float] = field(default_factory=dict)

    def limits(self, number: int) -> tuple[float | None, float | None]:
        """Low and high of a row, less what lines that stay as they are count in it."""
        row, there = self.rows[number], self.kept.get(number, 0.0)
        return None if row.low is None else row.low - there, None if row.high is None else row.high - there

    def amounts(self, agent: int, worked: Ints) -> dict[int, float]:
        """What a line's duties count in each row."""
        found: dict[int, float] = {}
        for number, amount in self.of_duty.get(agent, ()):
            if total := float(amount[worked].sum()):
                found[number] = total
        for number, amount, people in self.of_all:
            if people[agent] and (total := float(amount[worked].sum())):
                found[number] = total
        return found

    def reward(self, agent: int, of_side: Floats) -> Floats | None:
        """(slots,) what a duty of the agent earns in these rows; None where there are none."""
        total: Floats | None = None
        for number, amount in self.of_duty.get(agent, ()):
            if of_side[number]:
                total = of_side[number] * amount if total is None else total + of_side[number] * amount
        for number, amount, people in self.of_all:
            if people[agent] and of_side[number]:
                total = of_side[number] * amount if total is None else total + of_side[number] * amount
        return total

    def add(self, row: SideRow) -> int:
        """Take in a row; gives its number."""
        self.rows.append(row)
        return len(self.rows) - 1

    def bound(self, of_side: Floats) -> float:
        """What the rows contribute to the Lagrangian bound at these prices."""
        total = 0.0
        for number, (price, row) in enumerate(zip(of_side.tolist(), self.rows, strict=True)):
            low, high = self.limits(number)
            side = low if price > 0 else high
            if price and side is not None:
                total += price * side
            for cost, most, sign in row.slack:
                gain = price * sign - cost
                if gain > 1e-9:
                    total -= gain * (most if most is not None else 1e9)
        return total


def side_rows(slots: Slots, goal: Goal, people: Sequence[int], window: Window) -> SideRows:
    """The rows of a window, fair shares of ``people`` alone.

    Fair shares of many people are left out: thousands of such rows make the linear program too slow to be of use. The
    bound then holds without them (fairness costs nothing at best).
    """
    found = SideRows()
    _firms(found, slots, window)
    _pairs(found, slots, goal, window)
    if 2 * len(goal.burdens) * len(people) <= FAIR_ROWS and not window.growing:
        _fair_shares(found, slots, goal, people)
    if found.rows and not window.whole:
        for agent in range(slots.n_agents):
            there = window.around.slot[agent]
            for number, amount in found.amounts(agent, there[there >= 0]).items():
                found.around[number] = found.around.get(number, 0.0) + amount
    return found


def _firms(found: SideRows, slots: Slots, window: Window) -> None:
    for posts, limit in firm_share.shares(slots):
        if posts[0].day not in window.open:
            continue
        amount = np.zeros(len(slots.all), dtype=np.int64)
        amount[[s.index for s in posts]] = 1
        able = slots.eligible[:, [s.index for s in posts]].any(axis=1)
        for firm in np.unique(slots.firms[able & (slots.firms >= 0)]).tolist():
            members = able & (slots.firms == firm)
            if int(members.sum()) > limit:
                found.of_all.append((found.add(SideRow(None, float(limit))), amount, members))


def _pairs(found: SideRows, slots: Slots, goal: Goal, window: Window) -> None:
    for needed in goal.pair_days:
        if needed.day not in window.open:
            continue
        amount = np.zeros(len(slots.all), dtype=np.int64)
        amount[[s.index for s in slots.of_day[needed.day]]] = 1
        if needed.excused:
            continue  # which pairs may be away is left open: the bound stays below
        for pair in needed.pairs:
            row = found.add(SideRow(1.0, None, ((float(COST_PAIR), None, 1.0),)))
            for agent in pair:
                found.of_duty.setdefault(agent, []).append((row, amount))


def _fair_shares(found: SideRows, slots: Slots, goal: Goal, people: Sequence[int]) -> None:
    """Beyond the band the first unit costs less than further ones: a convex cost, so slacks in order of price."""
    if goal.fairness_scale == 0:
        return
    first, further = FIRST_UNIT * goal.fairness_scale, FURTHER_UNIT * goal.fairness_scale
    for burden in goal.burdens:
        unit = burden.unit
        for agent in people:
            mine = burden.weight * slots.eligible[agent]
            reach = _reach(slots, mine)
            low, high = int(burden.low[agent]), int(burden.high[agent])
            for side, beyond, sign in ((low, low, 1.0), (high, reach - high, -1.0)):
                if beyond <= 0:
                    continue
                slack = ((first / unit, float(unit), sign), (further / unit, None, sign))
                row = SideRow(float(side), None, slack) if sign > 0 else SideRow(None, float(side), slack)
                found.of_duty.setdefault(agent, []).append((found.add(row), mine))


def _reach(slots: Slots, weight: Ints) -> int:
    """Most that duties of one a day could carry."""
    total = 0
    for day in slots.period:
        total += max((int(weight[s.index]) for s in slots.of_day[day]), default=0)
    return total
