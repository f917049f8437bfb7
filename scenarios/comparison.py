"""Finished plans side by side, paired on common random numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from scenarios.plan import Plan
from simulation.estimates import paired_difference
from wfm.errors import BadInput
from wfm.i18n import Text, both, say
from wfm.metrics import KPIS, Kpi

__all__ = ["Comparison", "ComparisonRow", "CostRow", "Difference", "compare_plans"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference of means against the first plan, with its 95 % interval."""

    mean: float
    low: float
    high: float

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One KPI over all plans; the first value is the reference."""

    kpi: str
    name: Text
    unit: str
    values: tuple[float | None, ...]
    differences: tuple[Difference | None, ...]
    limit: float | None
    statuses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CostRow:
    """What each plan takes."""

    name: Text
    unit: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Plans side by side. ``paired``: replication r of every plan drew the same random numbers."""

    plans: tuple[Plan, ...]
    rows: tuple[ComparisonRow, ...]
    costs: tuple[CostRow, ...]
    sentences: tuple[Text, ...]
    paired: bool


_ALWAYS = ("asa_s", "connection_rate_daily_mean", "waited_over_40_s_share", "abandon_share", "occupancy")


def compare_plans(plans: list[Plan]) -> Comparison:
    """Compare plans with the first one.

    Differences are paired over replications when seed, period and number of replications agree;
    else they are those of independent samples, and ``paired`` is false.

    Raises:
        BadInput: fewer than two plans.
    """
    if len(plans) < 2:
        raise BadInput(say("a comparison needs at least two plans, found {found}", found=len(plans)))
    base = plans[0]
    paired = all(
        (p.seed, p.first, p.days, p.replications) == (base.seed, base.first, base.days, base.replications)
        for p in plans
    )
    rows = tuple(_row(KPIS[key], plans, paired) for key in _kpi_order(plans))
    return Comparison(tuple(plans), rows, _costs(plans), _sentences(plans, rows), paired)


def _kpi_order(plans: list[Plan]) -> list[str]:
    named = [row.kpi for plan in plans for row in plan.scorecard if row.kpi in KPIS]
    known = set(plans[0].replication_kpis.columns)
    return [key for key in dict.fromkeys([*named, *_ALWAYS]) if key in known]


def _sample(plan: Plan, kpi_id: str) -> np.ndarray:
    return plan.replication_kpis[kpi_id].to_numpy(float)


def _row(kpi: Kpi, plans: list[Plan], paired: bool) -> ComparisonRow:
    samples = [_sample(plan, kpi.id) for plan in plans]
    values = tuple(float(np.nanmean(s)) if np.isfinite(s).any() else None for s in samples)
    differences: list[Difference | None] = [None]
    for sample in samples[1:]:
        differences.append(_difference(samples[0], sample, paired))
    scored = [next((r for r in plan.scorecard if r.kpi == kpi.id), None) for plan in plans]
    limit = next((r.limit for r in scored if r is not None and r.limit is not None), None)
    statuses = tuple(r.status if r is not None else "" for r in scored)
    return ComparisonRow(kpi.id, kpi.name, kpi.unit, values, tuple(differences), limit, statuses)


def _difference(first: np.ndarray, other: np.ndarray, paired: bool) -> Difference | None:
    if not (np.isfinite(first).all() and np.isfinite(other).all()) or min(len(first), len(other)) < 2:
        return None
    if paired:
        return Difference(*paired_difference(other, first))
    from scipy import stats

    spread = math.sqrt(first.var(ddof=1) / len(first) + other.var(ddof=1) / len(other))
    mean = float(other.mean() - first.mean())
    if spread == 0:
        return Difference(mean, mean, mean)
    interval = stats.ttest_ind(other, first, equal_var=False).confidence_interval(0.95)
    return Difference(mean, float(interval.low), float(interval.high))


def _costs(plans: list[Plan]) -> tuple[CostRow, ...]:
    def row(name: Text, unit: str, values: list[float]) -> CostRow:
        return CostRow(name, unit, tuple(values))

    return (
        row(Text("Agent-hours (A duties)", "工时（A岗）"), "h", [p.roster.hours for p in plans]),
        row(Text("Duties to fill (A and B)", "班次岗位数（A、B）"), "count", [float(p.roster.posts) for p in plans]),
        row(Text("Unfilled", "未排满"), "count", [float(p.roster.unfilled) for p in plans]),
        row(Text("Agents on the roster", "参与排班人数"), "count", [float(p.roster.agents_used) for p in plans]),
    )


def _sentences(plans: list[Plan], rows: tuple[ComparisonRow, ...]) -> tuple[Text, ...]:
    sentences = []
    base = plans[0]
    asa = next((r for r in rows if r.kpi == "asa_s"), None)
    for index, plan in enumerate(plans[1:], start=1):
        name, reference = _name(plan, plans), _name(base, plans)
        weeks = plan.days / 7
        hours = (plan.roster.hours - base.roster.hours * plan.days / base.days) / weeks
        cost = (
            both("takes {hours:,.0f} agent-hours a week more", hours=hours)
            if hours >= 0.5
            else both("takes {hours:,.0f} agent-hours a week less", hours=-hours)
            if hours <= -0.5
            else both("takes as many agent-hours")
        )
        difference = asa.differences[index] if asa is not None else None
        if difference is None:
            sentences.append(both("{plan} {cost} than {base}.", plan=name, cost=cost, base=reference))
            continue
        half = (difference.high - difference.low) / 2
        if not difference.sure:
            speed = both("answers as fast as {base} (difference within ±{half:.1f} s)", base=reference, half=half)
        elif difference.mean < 0:
            speed = both(
                "answers {mean:.1f} ± {half:.1f} s sooner than {base}", mean=-difference.mean, half=half, base=reference
            )
        else:
            speed = both(
                "answers {mean:.1f} ± {half:.1f} s later than {base}", mean=difference.mean, half=half, base=reference
            )
        sentences.append(both("{plan} {speed} and {cost}.", plan=name, speed=speed, cost=cost))
    for row in rows:
        for plan, status in zip(plans, row.statuses, strict=True):
            if status == "missed":
                sentences.append(both("{plan} misses: {kpi}.", plan=_name(plan, plans), kpi=row.name))
    return tuple(sentences)


def _name(plan: Plan, plans: list[Plan]) -> Text:
    """The hotline's name, with the period where plans of one hotline differ in it only by that."""
    same = [p for p in plans if p.hotline.name == plan.hotline.name]
    if len(same) < 2:
        return plan.hotline.name
    if len({p.first for p in same}) == len(same):
        suffix = f" {plan.first:%m-%d}"
    else:
        suffix = f" ({chr(ord('A') + next(i for i, p in enumerate(plans) if p is plan))})"
    return Text(plan.hotline.name.en + suffix, plan.hotline.name.zh + suffix)
