"""What a roster costs, counted from its duties alone: the objective by its parts, and every wish and limit not kept.

Shares nothing with the model but the parameters in ``scheduler.costs``, so that an objective can be checked from outside. Costs are
whole numbers: weights count rounded.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import ceil, floor

import pandas as pd

from scheduler.checker.absence import pins_kept
from scheduler.checker.counted import counted_words, owed_units, units_beyond
from scheduler.checker.cover import surplus_costs
from scheduler.checker.hours import hours_owed
from scheduler.checker.pairs import pairs_away
from scheduler.checker.view import RosterView, view_roster
from scheduler.costs import COST_HOUR_OWED, COST_OWED, COST_PAIR, COST_UNFILLED
from scheduler.problem import RosterProblem
from scheduler.table_rows import rows_of
from wfm.hotline import Wish
from wfm.i18n import Text, both

__all__ = ["OBJECTIVE_PARTS", "BrokenWish", "broken_wishes", "objective_parts"]

OBJECTIVE_PARTS = (
    "owed",
    "unfilled_a",
    "unfilled_b",
    "surplus",
    "pairs",
    "hours_owed",
    "fairness",
    "wishes",
    "limits",
    "teams",
)
"""Parts of the objective: what is owed without exception (least of hard limits, pins not kept), open posts, people beyond
the posts, pairs away, hours owed, fairness, wishes, weighted limits, teams."""


@dataclass(frozen=True, slots=True)
class BrokenWish:
    """A wish not granted, or a weighted limit not kept: legal, at a cost.

    Attributes:
        kind: ``wish`` or ``limit``.
        agent: whose.
        date: day of the wish; None for a limit.
        cost: what it costs in the objective.
        text: the same in one sentence.
    """

    kind: str
    agent: str
    date: date | None
    cost: float
    text: Text


def broken_wishes(problem: RosterProblem, duties: pd.DataFrame) -> list[BrokenWish]:
    """Every wish not granted and every weighted limit not kept, with its cost; they leave the roster legal."""
    view = view_roster(problem, duties)
    return [*_wishes(view), *_limits(view)]


def objective_parts(problem: RosterProblem, duties: pd.DataFrame) -> dict[str, float]:
    """The objective by :data:`OBJECTIVE_PARTS`, from the duties alone.

    ``fairness`` is not counted here and 0: fair shares belong to how rosters are made.
    """
    view = view_roster(problem, duties)
    parts = dict.fromkeys(OBJECTIVE_PARTS, 0.0)
    filled = Counter((d.date, d.group, d.shift, d.role) for d in view.duties)
    surplus = surplus_costs(problem.posts)
    for row in rows_of(problem.posts):
        key = (pd.Timestamp(row.date).date(), str(row.group), str(row.shift))
        short = getattr(row, "short_cost", None)
        cost_a = COST_UNFILLED["A"] if short is None or pd.isna(short) else round(float(short))
        parts["unfilled_a"] += cost_a * max(0, int(row.posts_a) - filled[*key, "A"])
        parts["unfilled_b"] += COST_UNFILLED["B"] * max(0, int(row.posts_b) - filled[*key, "B"])
        if key in surplus:
            parts["surplus"] += round(surplus[key]) * max(0, filled[*key, "A"] - int(row.posts_a))
    parts["pairs"] = float(COST_PAIR * sum(max(0, len(day.missing) - day.excused) for day in pairs_away(view)))
    for owed in hours_owed(problem, duties):
        parts["hours_owed"] += COST_HOUR_OWED * ceil(floor(owed.hours * 60 + 1e-6) / 60)
    parts["owed"] = float(COST_OWED * (owed_units(view) + sum(1 for _ in pins_kept(view))))
    for broken in (*_wishes(view), *_limits(view)):
        parts["wishes" if broken.kind == "wish" else "limits"] += broken.cost
    parts["teams"] = float(round(problem.hotline.rules.team_weight) * _team_shifts(view))
    return parts


def _wishes(view: RosterView) -> Iterator[BrokenWish]:
    problem = view.problem
    shifts_of: dict[tuple[str, date], set[str]] = defaultdict(set)
    for duty in view.duties:
        shifts_of[duty.agent, duty.date].add(duty.shift)
    for wish in problem.wishes:
        there = shifts_of[wish.agent, wish.date]
        has = wish.shift in there if wish.shift else bool(there)
        if has != wish.wanted and problem.first <= wish.date <= problem.last:
            cost = float(round(wish.weight * problem.hotline.rules.wish_weight))
            yield BrokenWish("wish", wish.agent, wish.date, cost, _wish_words(wish))


def _wish_words(wish: Wish) -> Text:
    words = {"agent": wish.agent, "date": wish.date}
    if wish.shift:
        words["shift"] = wish.shift
        if wish.wanted:
            return both("{agent} would like {shift} on {date}, and does not have it", **words)
        return both("{agent} would like not to have {shift} on {date}, and has it", **words)
    if wish.wanted:
        return both("{agent} would like to work on {date}, and does not", **words)
    return both("{agent} would like {date} off, and works", **words)


def _limits(view: RosterView) -> Iterator[BrokenWish]:
    for agent, contract in view.contracts.items():
        for limit in contract.limits:
            if limit.weight is None:
                continue
            units = units_beyond(view, agent, limit)
            if units:
                text = both(
                    "{agent} lies {units} beyond the contract's wish on {what} ({bounds})",
                    agent=agent,
                    units=units,
                    what=counted_words(limit),
                    bounds=_bounds(limit.least, limit.most),
                )
                yield BrokenWish("limit", agent, None, float(units * round(limit.weight)), text)


def _bounds(least: float | None, most: float | None) -> Text:
    if least is None:
        return both("at most {most:g}", most=most)
    if most is None:
        return both("at least {least:g}", least=least)
    return both("{least:g} to {most:g}", least=least, most=most)


def _team_shifts(view: RosterView) -> int:
    """Shifts beyond the first that people of one team work on the same day."""
    shifts: dict[tuple[str, date], set[str]] = defaultdict(set)
    for duty in view.duties:
        person = view.agents.get(duty.agent)
        if person is not None and person.team:
            shifts[person.team, duty.date].add(duty.shift)
    return sum(len(found) - 1 for found in shifts.values())
