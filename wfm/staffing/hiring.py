"""When to hire how many: the cheapest whole-numbered plan that keeps the heads needed.

Heads at the start of month m, after the people who join then: x[m] = x[m−1]·(1 − a) + h[m], with the
share a that leaves within a month (expected leavers) and h[m] joining. Who joins in month m was decided
on ``recruiting_months`` earlier, so that nobody joins before that month. A person in month k of service works
r[k] of a full head: induction and ramp-up first, then 1. Productive heads are
p[m] = x[0]·s^m + Σ_j h[j]·s^(m−j)·r[m−j], s = 1 − a, and the gap is g[m] = max(0, needed[m] − p[m]).

Minimised are hiring cost + wages + priced gaps over whole h ≥ 0 by an exact mixed-integer program
(HiGHS). Without a price every gap is closed that can be: as p[m] never falls with a hire, the gaps that
remain when all join who can are the least of every month at once; they are reported, and the cost is
minimised over the plans that have no more. Of plans of equal cost
the one with fewer head-months wins (a carrying charge of 10⁻⁵ of the cost of a head).

Chance: everyone leaves independently with probability a a month, so that heads are a sum of
binomials, Bin(x[0], s^m) + Σ_j Bin(h[j], s^(m−j)); bands and P(p[m] ≥ needed[m]) are exact sums of
it. With a reserve the needed heads are raised where that probability is too small, until every month that can be reached keeps it; that
plan is verified and not proven cheapest.

Limits: leavers do not depend on load or season; nobody is dismissed; the decision is made once, at the
beginning, where in life it is renewed every month.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from wfm.errors import BadInput
from wfm.hotline import Hotline
from wfm.i18n import say
from wfm.staffing.heads_needed import Member

__all__ = [
    "HiringPlan",
    "HiringTerms",
    "head_distribution",
    "joined",
    "plan_cost",
    "plan_hiring",
    "probability_of_enough",
    "productive_distribution",
    "productive_heads",
    "terms_of",
]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

_NODES = 5000
"""A limit in steps and not in seconds: the same plan on every machine."""
_CARRYING = 1e-5
_TINY = 1e-7
_GAP = 1e-6
"""A plan within this share of its bound counts as proven."""
_ROUGH_GAP = 1e-2
"""For the steps of a reserve, which is not proven cheapest."""
_BAND = (0.1, 0.9)
_RAISES = 60


@dataclass(frozen=True, slots=True)
class HiringTerms:
    """How people come, stay and cost; a head is a full-time equivalent of the contract."""

    attrition_per_month: float
    recruiting_months: int
    productivity: tuple[float, ...] = ()
    """Share of a full head worked in the first months of service, induction included."""
    hires_max: int | None = None
    cost_per_head: float = 0.0
    """Wage of a month; 0 for people who are paid by the duty."""
    cost_of_hiring: float = 0.0
    short_cost_per_head: float | None = None
    """Price of a head missing for a month; None: no gap that can be closed."""


@dataclass(frozen=True, slots=True)
class HiringPlan:
    """A plan by month; arrays ``(M,)``."""

    needed: Floats
    deciding: Counts
    """People whose hiring is decided on in the month."""
    joining: Counts
    heads: Floats
    """Expected heads on board, joiners included."""
    leaving: Floats
    """Expected leavers within the month."""
    productive: Floats
    gap: Floats
    low: Counts
    """10 % quantile of heads on board."""
    high: Counts
    """90 % quantile."""
    p_enough: Floats
    """Probability that productive heads reach the needed."""
    cost: Floats
    """Wages, hiring and priced gaps."""
    status: Literal["optimal", "feasible"]
    """Whether the plan is proven cheapest."""
    objective: float
    """Cost with the carrying charge: what was minimised."""
    bound: float | None
    """No plan with the same gaps, or with priced ones, has a lower objective; None where nothing is known."""


def terms_of(hotline: Hotline, member: Member, hours_per_month: float) -> HiringTerms:
    """The terms of one contract; ``hours_per_month`` on duty is what a full head works.

    An employee costs the wage of the month; a contracted person is paid by the duty, and one more in the
    pool costs only the hiring. Without any cost of an hour a gap has no price and is closed where it can be.
    """
    outlook, contract = member.outlook, member.contract
    paid_h = outlook.hours_per_month if contract.employee else hours_per_month
    ramp = outlook.ramp_up or (1.0,)
    inducted = max(0.0, 1 - hotline.long_view.induction_h / paid_h) if paid_h > 0 else 0.0
    wage = contract.cost_per_h * paid_h if outlook.cost_per_month is None else outlook.cost_per_month
    factor = outlook.short_hour_factor if wage > 0 else None
    return HiringTerms(
        attrition_per_month=outlook.attrition_per_month,
        recruiting_months=outlook.recruiting_months,
        productivity=(ramp[0] * inducted, *ramp[1:]),
        hires_max=outlook.hires_per_month_max,
        cost_per_head=wage if contract.employee else 0.0,
        cost_of_hiring=outlook.cost_of_hiring,
        short_cost_per_head=None if factor is None else factor * wage,
    )


def plan_hiring(heads_now: int, needed: Floats, terms: HiringTerms, *, reserve: float | None = None) -> HiringPlan:
    """The cheapest hires for ``needed`` heads by month.

    Args:
        heads_now: heads on board when the first month begins.
        needed: heads needed, ``(M,)``.
        terms: how people come, stay and cost.
        reserve: probability of enough heads in every month that hires can still reach; gaps are then
            closed whatever they cost.

    Raises:
        BadInput: the heads needed are negative or not defined.
    """
    needed = np.asarray(needed, dtype=np.float64)
    if heads_now < 0 or not (np.isfinite(needed) & (needed >= 0)).all():
        raise BadInput(say("heads must be zero or more and defined"))
    if reserve is None:
        joining, status, bound = _cheapest(heads_now, needed, terms)
        return _plan(heads_now, needed, joining, terms, status, bound)
    closed = replace(terms, short_cost_per_head=None)
    raised = needed.copy()
    joining = np.zeros(len(needed), dtype=np.int64)
    for _ in range(_RAISES):
        joining, _status, _bound = _cheapest(heads_now, raised, closed, gap=_ROUGH_GAP)
        lacking = raised - productive_heads(heads_now, joining, closed)
        deficit = np.array(
            [
                needed[m] - _quantile(*productive_distribution(heads_now, joining, terms, m), 1 - reserve)
                for m in range(len(needed))
            ]
        )
        step = np.where((deficit > _TINY) & (lacking <= _TINY), deficit, 0.0)
        if not step.any():
            break
        # What a hire brought beyond the raised need is in the deficit already: raise from where the heads are.
        raised = np.where(step > 0, np.maximum(raised, raised - lacking) + step, raised)
    return _plan(heads_now, needed, joining, terms, "feasible", None)


def _cheapest(
    heads_now: int, needed: Floats, terms: HiringTerms, gap: float = _GAP
) -> tuple[Counts, Literal["optimal", "feasible"], float]:
    """Joiners by month, whether they are proven cheapest, and a lower bound on their objective."""
    months = len(needed)
    brings = _brings(months, terms, _rates(months, terms))
    stays = _brings(months, terms, np.ones(months))
    left = (1 - terms.attrition_per_month) ** np.arange(months)
    lacking = needed - heads_now * left
    most = np.inf if terms.hires_max is None else float(terms.hires_max)
    upper = np.where(np.arange(months) >= terms.recruiting_months, most, 0.0)
    head = terms.cost_per_head + _carrying(terms)
    hire_cost = terms.cost_of_hiring + head * stays.sum(axis=0)
    price = terms.short_cost_per_head
    if price is None:
        closable = lacking - _unavoidable(brings, lacking, upper)
        found = _solve(hire_cost, np.ones(months), upper, optimize.LinearConstraint(brings, lb=closable - _TINY), gap)
    else:
        found = _solve(
            np.concatenate([hire_cost, np.full(months, price)]),
            np.concatenate([np.ones(months), np.zeros(months)]),
            np.concatenate([upper, np.full(months, np.inf)]),
            optimize.LinearConstraint(np.hstack([brings, np.eye(months)]), lb=lacking),
            gap,
        )
    joining = np.rint(found.x[:months]).astype(np.int64)
    on_board = head * heads_now * float(left.sum())
    proven = found.status == 0
    return joining, "optimal" if proven else "feasible", float(found.mip_dual_bound) + on_board


def _unavoidable(brings: Floats, lacking: Floats, upper: Floats) -> Floats:
    """The gap of each month if all join who can; since nobody brings less than nothing, no plan has less in any month."""
    limited = np.isfinite(upper)
    closes = (brings[:, ~limited] > 0).any(axis=1)
    left: Floats = np.maximum(lacking - brings[:, limited] @ upper[limited], 0.0)
    return np.where(closes, 0.0, left)


def _solve(
    cost: Floats, whole: Floats, upper: Floats, constraint: optimize.LinearConstraint, gap: float
) -> optimize.OptimizeResult:
    scale = max(float(np.abs(cost).max()), 1e-300)
    result = optimize.milp(
        cost / scale,
        integrality=whole.astype(np.int64),
        bounds=optimize.Bounds(0, upper),
        constraints=constraint,
        options={"node_limit": _NODES, "mip_rel_gap": gap},
    )
    if result.x is None:
        raise BadInput(say("no hiring plan was found; shorten the period or set a price on hours short"))
    result.mip_dual_bound = result.mip_dual_bound * scale
    return result


def _carrying(terms: HiringTerms) -> float:
    return _CARRYING * (terms.cost_per_head + terms.cost_of_hiring + 1)


def _rates(months: int, terms: HiringTerms) -> Floats:
    """Productivity by month of service; ``(M,)``."""
    rates = np.ones(months)
    ramp = terms.productivity[:months]
    rates[: len(ramp)] = ramp
    return rates


def _brings(months: int, terms: HiringTerms, rates: Floats) -> Floats:
    """Heads in month m of one who joins in month j, ``(M, M)``."""
    service = np.subtract.outer(np.arange(months), np.arange(months))
    k = np.maximum(service, 0)
    brought: Floats = np.where(service >= 0, (1 - terms.attrition_per_month) ** k * rates[k], 0.0)
    return brought


def productive_heads(heads_now: int, joining: Counts, terms: HiringTerms) -> Floats:
    """Expected productive heads by month, ``(M,)``."""
    months = len(joining)
    left = heads_now * (1 - terms.attrition_per_month) ** np.arange(months)
    found: Floats = left + _brings(months, terms, _rates(months, terms)) @ joining
    return found


def _expected_heads(heads_now: int, joining: Counts, terms: HiringTerms) -> Floats:
    months = len(joining)
    left = heads_now * (1 - terms.attrition_per_month) ** np.arange(months)
    found: Floats = left + _brings(months, terms, np.ones(months)) @ joining
    return found


def plan_cost(heads_now: int, needed: Floats, joining: Counts, terms: HiringTerms) -> Floats:
    """Wages, hiring and priced gaps by month, ``(M,)``; a gap without a price costs nothing here."""
    gap = np.maximum(needed - productive_heads(heads_now, joining, terms), 0.0)
    wages = terms.cost_per_head * _expected_heads(heads_now, joining, terms)
    found: Floats = wages + terms.cost_of_hiring * joining + (terms.short_cost_per_head or 0.0) * gap
    return found


def head_distribution(heads_now: int, joining: Counts, terms: HiringTerms, month: int) -> Floats:
    """P(exactly k heads on board in ``month``), k = 0, 1, …"""
    stay = 1 - terms.attrition_per_month
    cohorts = [(heads_now, stay**month)] + [
        (int(joining[j]), stay ** (month - j)) for j in range(month + 1) if joining[j]
    ]
    law = np.ones(1)
    for count, share in cohorts:
        law = np.convolve(law, stats.binom.pmf(np.arange(count + 1), count, share))
    return law


def productive_distribution(heads_now: int, joining: Counts, terms: HiringTerms, month: int) -> tuple[Floats, Floats]:
    """Values that productive heads may take in ``month``, ascending, and their probabilities."""
    stay = 1 - terms.attrition_per_month
    rates = _rates(len(joining), terms)
    full = np.array(joining)
    partial = [j for j in range(month + 1) if joining[j] and rates[month - j] < 1]
    full[partial] = 0
    whole = head_distribution(heads_now, full, terms, month)
    law = (np.arange(len(whole), dtype=np.float64), whole)
    for j in partial:
        count = int(joining[j])
        k = np.arange(count + 1)
        left = stats.binom.pmf(k, count, stay ** (month - j))
        law = joined(law, (k * rates[month - j], left))
    return law


def joined(first: tuple[Floats, Floats], second: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """The law of the sum of two independent counts, each as (values, probabilities)."""
    values = np.add.outer(first[0], second[0]).ravel()
    # Equal sums of shares differ in their last bits; together they are one value.
    values, place = np.unique(np.round(values, 9), return_inverse=True)
    weights = np.bincount(place, weights=np.multiply.outer(first[1], second[1]).ravel())
    return values, weights.astype(np.float64)


def probability_of_enough(heads_now: int, needed: float, joining: Counts, terms: HiringTerms, month: int) -> float:
    """P(productive heads in ``month`` reach ``needed``)."""
    values, weights = productive_distribution(heads_now, joining, terms, month)
    return float(min(weights[values >= needed - 1e-6].sum(), 1.0))


def _quantile(values: Floats, weights: Floats, share: float) -> float:
    """The largest v with P(X ≥ v) ≥ 1 − ``share``: X falls below it with probability ``share`` at most."""
    below = np.concatenate([[0.0], np.cumsum(weights)[:-1]])
    return float(values[np.flatnonzero(below <= share + 1e-12)[-1]])


def _plan(
    heads_now: int,
    needed: Floats,
    joining: Counts,
    terms: HiringTerms,
    status: Literal["optimal", "feasible"],
    bound: float | None,
) -> HiringPlan:
    months = len(needed)
    heads = _expected_heads(heads_now, joining, terms)
    productive = productive_heads(heads_now, joining, terms)
    deciding = np.zeros(months, dtype=np.int64)
    deciding[: max(months - terms.recruiting_months, 0)] = joining[terms.recruiting_months :]
    bands = []
    for m in range(months):
        law = np.cumsum(head_distribution(heads_now, joining, terms, m))
        bands.append([int(np.searchsorted(law, share - 1e-12)) for share in _BAND])
    cost = plan_cost(heads_now, needed, joining, terms)
    return HiringPlan(
        needed=needed,
        deciding=deciding,
        joining=joining,
        heads=heads,
        leaving=heads * terms.attrition_per_month,
        productive=productive,
        gap=np.maximum(needed - productive, 0.0),
        low=np.array([band[0] for band in bands], dtype=np.int64),
        high=np.array([band[1] for band in bands], dtype=np.int64),
        p_enough=np.array([probability_of_enough(heads_now, needed[m], joining, terms, m) for m in range(months)]),
        cost=cost,
        status=status,
        objective=float(cost.sum() + _carrying(terms) * heads.sum()),
        bound=bound,
    )
