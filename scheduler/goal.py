"""What makes a legal roster good, and what a roster costs: the objective of all that builds rosters."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scheduler.costs import COST_HOUR_OWED, COST_OWED, COST_PAIR, COST_UNFILLED, FAIRNESS_SCALE
from scheduler.count_limits import limit_cost_units
from scheduler.fairness import Burden, fair_burdens, fairness_cost
from scheduler.pairs import PairDay, pair_days
from scheduler.slots import PAST_DAYS, Slots
from scheduler.soundness import owed
from scheduler.work import Work

__all__ = ["Goal", "cost_of", "cost_parts", "goal_of", "team_shifts", "teams_of"]

Ints = NDArray[np.int64]
NO_SURPLUS = -1


def _none() -> Ints:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Goal:
    """What makes a legal roster good, beside filling its posts. Costs are whole numbers.

    Attributes:
        burdens: fair shares.
        pair_days: days on which standing pairs have to be there.
        hours_low: (agents, weeks) minutes owed at least in each week of ``Slots.weeks``.
        fairness_scale: cost of one unit of unfairness.
        short_cost: (slots,) cost of each post nobody fills; empty: the usual ones.
        surplus_cost: (slots,) cost of each person beyond the posts; -1: nobody is put there; empty: nowhere.
        wish_cost: (agents, slots) what a duty adds to the cost of wishes; empty: there are no wishes.
        wish_base: cost of wishes when nobody has a duty.
        team_weight: cost of each further shift that a team works on a day.
    """

    burdens: list[Burden]
    pair_days: list[PairDay]
    hours_low: Ints
    fairness_scale: int
    short_cost: Ints = field(default_factory=_none)
    surplus_cost: Ints = field(default_factory=_none)
    wish_cost: Ints = field(default_factory=_none)
    wish_base: int = 0
    team_weight: int = 0


def goal_of(slots: Slots) -> Goal:
    """What makes a roster of the problem good: fair bands, standing pairs, hours owed, wishes, teams."""
    rules = slots.problem.hotline.rules
    low = np.array([c.hours_per_week_min * 60 for c in slots.contracts])
    hours = np.zeros((slots.n_agents, len(slots.weeks)), dtype=np.int64)
    there = ~slots.away & slots.on_weekday
    for number, week in enumerate(slots.weeks):
        if week.start >= PAST_DAYS and week.start + 7 <= PAST_DAYS + slots.problem.days:
            days = slice(week.start, week.start + 7)
            usual = np.maximum(slots.on_weekday[:, days].sum(axis=1), 1)
            hours[:, number] = np.floor(low * there[:, days].sum(axis=1) / usual)
    scale = round(FAIRNESS_SCALE * rules.fairness_weight)
    wish_cost, wish_base = _wishes(slots)
    return Goal(
        burdens=fair_burdens(slots) if scale else [],
        pair_days=pair_days(slots),
        hours_low=hours,
        fairness_scale=scale,
        short_cost=_short_costs(slots),
        surplus_cost=_surplus_costs(slots),
        wish_cost=wish_cost,
        wish_base=wish_base,
        team_weight=round(rules.team_weight),
    )


def cost_of(work: Work, goal: Goal) -> int:
    """The objective of a roster."""
    return sum(cost_parts(work, goal).values())


def cost_parts(work: Work, goal: Goal) -> dict[str, int]:
    """The objective of a roster by what it is made of; ``COST_*`` and the weights of the problem say how much each counts."""
    slots = work.slots
    missing = work.missing()
    short = np.maximum(missing, 0) * (goal.short_cost if len(goal.short_cost) else _short_costs(slots))
    role_b = np.array([s.role == "B" for s in slots.all], dtype=bool)
    parts = {
        "owed": COST_OWED * owed(work),
        "unfilled_a": int(short[~role_b].sum()),
        "unfilled_b": int(short[role_b].sum()),
        "surplus": int((np.maximum(-missing, 0) * np.maximum(goal.surplus_cost, 0)).sum())
        if len(goal.surplus_cost)
        else 0,
        "pairs": 0,
        "hours_owed": 0,
        "fairness": goal.fairness_scale * int(fairness_cost(slots, goal.burdens, work.slot).sum()),
        "wishes": goal.wish_base,
        "limits": 0,
        "teams": goal.team_weight * team_shifts(work) if goal.team_weight else 0,
    }
    for needed in goal.pair_days:
        away = sum(not work.on[list(pair), needed.day].any() for pair in needed.pairs)
        parts["pairs"] += COST_PAIR * max(0, away - needed.excused)
    for number, week in enumerate(slots.weeks):
        left = goal.hours_low[:, number] - work.paid_min[:, week.start : week.stop].sum(axis=1)
        parts["hours_owed"] += COST_HOUR_OWED * int((-(-np.maximum(left, 0) // 60)).sum())
    if goal.wish_cost.size:
        agents, days = np.nonzero(work.slot >= 0)
        parts["wishes"] += int(goal.wish_cost[agents, work.slot[agents, days]].sum())
    for limit, people in slots.weighted_limits:
        parts["limits"] += round(limit.weight or 0) * int(limit_cost_units(work, limit, people).sum())
    return parts


def team_shifts(work: Work) -> int:
    """Shifts beyond the first that people of one team work on the same day, over all teams and days."""
    slots = work.slots
    found = 0
    for members in teams_of(slots):
        for day in slots.period:
            there = {slots.all[k].shift.id for k in work.slot[members, day].tolist() if k >= 0}
            found += max(0, len(there) - 1)
    return found


def teams_of(slots: Slots) -> list[list[int]]:
    """Agent numbers of every team of two or more."""
    members: dict[str, list[int]] = {}
    for number, agent in enumerate(slots.problem.agents):
        if agent.team:
            members.setdefault(agent.team, []).append(number)
    return [team for team in members.values() if len(team) > 1]


def _short_costs(slots: Slots) -> Ints:
    return np.array(
        [COST_UNFILLED[s.role] if s.short_cost is None else s.short_cost for s in slots.all], dtype=np.int64
    )


def _surplus_costs(slots: Slots) -> Ints:
    return np.array([NO_SURPLUS if s.surplus_cost is None else s.surplus_cost for s in slots.all], dtype=np.int64)


def _wishes(slots: Slots) -> tuple[Ints, int]:
    """What each duty adds to the cost of wishes, and what they cost without any duty."""
    wishes = [w for w in slots.problem.wishes if slots.problem.first <= w.date <= slots.problem.last]
    if not wishes:
        return _none(), 0
    found = np.zeros((slots.n_agents, len(slots.all)), dtype=np.int64)
    base = 0
    for wish in wishes:
        cost = round(wish.weight * slots.problem.hotline.rules.wish_weight)
        meant = [s.index for s in slots.of_day[slots.day_of(wish.date)] if wish.shift in ("", s.shift.id)]
        found[slots.agent_numbers[wish.agent], meant] += -cost if wish.wanted else cost
        base += cost if wish.wanted else 0
    return found, base
