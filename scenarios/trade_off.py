"""Cost against compliance: what each plan takes, how surely it complies, and which plans nobody beats in both."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.daily_compliance import ALL_TARGETS
from scenarios.plan import Plan
from wfm.hotline import Agent
from wfm.i18n import Text, both

__all__ = [
    "PERIOD",
    "Complying",
    "TradeOff",
    "complying",
    "measure_text",
    "pareto_front",
    "plan_cost",
    "trade_off",
    "wilson",
]

PERIOD = "period"
"""The measure of :func:`trade_off` that asks for all targets over the whole period together."""

_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Complying:
    """A probability with its 95 % interval (Wilson 1927), from a number of replications."""

    p: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class TradeOff:
    """One plan in the picture."""

    plan: int
    """Number of the plan."""
    cost: float
    compliance: Complying
    best: bool
    """Whether no other plan costs at most as much and complies at least as surely, one of both better."""


def complying(plan: Plan, target: str = PERIOD) -> Complying:
    """How surely the plan keeps a target, or all targets over calls that decide, over its period.

    All together is counted replication by replication, since targets are kept and missed together.
    """
    deciding = [c for c in plan.compliance.columns if c not in ("date", ALL_TARGETS)]
    wanted = deciding if target == PERIOD else [target]
    rows = [r for r in plan.scorecard if r.target in wanted and r.limit is not None]
    known = [r for r in rows if r.kpi in plan.replication_kpis.columns]
    if not known:
        row = next((r for r in rows if r.p_met is not None), None)
        return Complying(None if row is None else row.p_met, None, None)
    kept = np.ones(len(plan.replication_kpis), dtype=bool)
    for row in known:
        values = plan.replication_kpis[row.kpi].to_numpy(float)
        limit = float(row.limit or 0.0)
        met = {"<": values < limit, "<=": values <= limit, ">": values > limit, ">=": values >= limit}[row.operator]
        kept &= met | np.isnan(values)
    return wilson(int(kept.sum()), len(kept))


def wilson(kept: int, of: int) -> Complying:
    """A share with its 95 % interval (Wilson 1927), which holds for shares of none and of all, too."""
    p = kept / of
    middle = (p + _Z**2 / (2 * of)) / (1 + _Z**2 / of)
    half = _Z / (1 + _Z**2 / of) * math.sqrt(p * (1 - p) / of + _Z**2 / (4 * of**2))
    return Complying(p, max(0.0, middle - half), min(1.0, middle + half))


def plan_cost(plan: Plan, agents: Sequence[Agent]) -> float | None:
    """What the A duties cost by the contracts' cost of an hour; None where a contract on duty gives none."""
    price = {c.id: c.cost_per_h for c in plan.hotline.contracts}
    of_agent: Mapping[str, str] = {a.id: a.contract for a in agents}
    duties = plan.duties[plan.duties["role"] == "A"]
    hours = (duties["end"] - duties["start"]).dt.total_seconds().to_numpy() / 3600
    prices = [price.get(of_agent.get(str(agent), ""), 0.0) for agent in duties["agent"]]
    return float(np.dot(hours, prices)) if prices and min(prices) > 0 else None


def pareto_front(points: Sequence[tuple[float, float]]) -> list[bool]:
    """Of points (cost, compliance), whether each is on the front: none is at least as good in both and better in one."""

    def beaten(cost: float, surely: float) -> bool:
        return any(c <= cost and s >= surely and (c < cost or s > surely) for c, s in points)

    return [not beaten(*point) for point in points]


def trade_off(
    plans: Sequence[Plan], target: str = PERIOD, costs: Sequence[float | None] | None = None
) -> list[TradeOff]:
    """Each plan that has a probability, with its cost a week: agent-hours of A duties, or the ``costs`` given of the periods."""
    found = []
    for number, plan in enumerate(plans):
        cost = plan.roster.hours if costs is None else costs[number]
        surely = complying(plan, target)
        if cost is not None and surely.p is not None:
            found.append((number, cost * 7 / plan.days, surely))
    front = pareto_front([(cost, float(surely.p or 0.0)) for _, cost, surely in found])
    return [TradeOff(number, cost, surely, best) for (number, cost, surely), best in zip(found, front, strict=True)]


def measure_text(plan: Plan, target: str) -> Text:
    """What a measure of compliance is called."""
    row = next((r for r in plan.scorecard if r.target == target), None)
    return row.name if row is not None else both("All targets together, over the period")
