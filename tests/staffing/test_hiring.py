"""Hires against flows worked by hand, every other plan, and the binomial law."""

from __future__ import annotations

from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.errors import BadInput
from wfm.hotline import Hotline
from wfm.staffing.heads_needed import teams_of
from wfm.staffing.hiring import (
    HiringTerms,
    head_distribution,
    plan_hiring,
    probability_of_enough,
    terms_of,
)


def walk(heads_now, joining, terms):
    """Heads and productive heads month by month, cohort by cohort, as one would on paper."""
    cohorts = [[float(heads_now), 10**6]]
    heads, productive = [], []
    for m, new in enumerate(joining):
        if m:
            for cohort in cohorts:
                cohort[0] *= 1 - terms.attrition_per_month
                cohort[1] += 1
        cohorts.append([float(new), 0])
        heads.append(sum(c[0] for c in cohorts))
        rate = [terms.productivity[c[1]] if c[1] < len(terms.productivity) else 1.0 for c in cohorts]
        productive.append(sum(c[0] * r for c, r in zip(cohorts, rate, strict=True)))
    return np.array(heads), np.array(productive)


def test_ten_heads_of_whom_a_tenth_leaves_need_one_more_each_month():
    terms = HiringTerms(0.1, 1, cost_per_head=100.0, cost_of_hiring=50.0)
    plan = plan_hiring(10, np.full(4, 10.0), terms)
    assert plan.joining.tolist() == [0, 1, 1, 1]
    assert plan.deciding.tolist() == [1, 1, 1, 0]
    assert plan.heads == pytest.approx([10, 10, 10, 10])
    assert plan.leaving == pytest.approx([1, 1, 1, 1])
    assert plan.gap == pytest.approx([0, 0, 0, 0], abs=1e-9)
    assert plan.cost == pytest.approx([1000, 1050, 1050, 1050])
    assert plan.status == "optimal"


def test_nobody_is_hired_while_there_are_enough():
    plan = plan_hiring(20, np.full(6, 10.0), HiringTerms(0.1, 0, cost_per_head=1.0))
    assert plan.heads == pytest.approx(20 * 0.9 ** np.arange(6))
    assert not plan.joining.any()


def test_what_cannot_be_reached_is_a_gap_and_not_hidden():
    """Five heads, eight needed, nobody within three months; then half of a head each in the first month."""
    terms = HiringTerms(0.0, 3, productivity=(0.5,), cost_per_head=100.0)
    plan = plan_hiring(5, np.full(6, 8.0), terms)
    assert plan.gap == pytest.approx([3, 3, 3, 0, 0, 0], abs=1e-6)
    assert plan.joining.tolist() == [0, 0, 0, 6, 0, 0]
    assert plan.p_enough.tolist() == [0, 0, 0, 1, 1, 1]


def test_a_limit_on_joiners_leaves_the_gap_that_no_plan_can_close():
    terms = HiringTerms(0.0, 1, hires_max=2, cost_per_head=100.0)
    plan = plan_hiring(0, np.full(4, 5.0), terms)
    assert plan.joining.tolist() == [0, 2, 2, 1]
    assert plan.gap == pytest.approx([5, 3, 1, 0], abs=1e-6)


def test_a_short_peak_is_worked_in_overtime_and_a_lasting_need_is_not():
    terms = HiringTerms(0.0, 0, cost_per_head=100.0, cost_of_hiring=150.0, short_cost_per_head=200.0)
    peak = plan_hiring(10, np.array([10, 11, 10, 10, 10, 10.0]), terms)
    assert not peak.joining.any()
    assert peak.gap == pytest.approx([0, 1, 0, 0, 0, 0])
    lasting = plan_hiring(10, np.array([10, 11, 11, 11, 11, 11.0]), terms)
    assert lasting.joining.tolist() == [0, 1, 0, 0, 0, 0]


PRICES = [None, 150.0, 400.0]


@pytest.mark.parametrize("price", PRICES)
@pytest.mark.parametrize("seed", range(8))
def test_no_other_plan_is_cheaper(price, seed):
    """Every vector of joiners up to the limit, costed on paper."""
    random = np.random.default_rng([seed, 0 if price is None else int(price)])
    months, most = 5, 3
    lead = int(random.integers(0, 3))
    terms = HiringTerms(
        attrition_per_month=float(random.choice([0.0, 0.05, 0.2])),
        recruiting_months=lead,
        productivity=tuple(random.choice([0.4, 0.7, 1.0], size=random.integers(0, 3)).tolist()),
        hires_max=most,
        cost_per_head=100.0,
        cost_of_hiring=float(random.choice([20.0, 250.0])),
        short_cost_per_head=price,
    )
    now = int(random.integers(0, 8))
    needed = np.round(random.uniform(2, 9, months), 1)
    plan = plan_hiring(now, needed, terms)
    assert plan.status == "optimal"

    costs = {}
    for joining in product(*(range(most + 1) if m >= lead else (0,) for m in range(months))):
        heads, productive = walk(now, joining, terms)
        gap = np.maximum(needed - productive, 0)
        cost = 100 * heads.sum() + terms.cost_of_hiring * sum(joining) + (price or 0) * gap.sum()
        costs[joining] = (0.0 if price else round(float(gap.sum()), 6), cost)
    least_gap, least_cost = min(costs.values())
    own_gap, own_cost = costs[tuple(plan.joining.tolist())]
    assert own_gap == pytest.approx(least_gap, abs=1e-4)
    assert own_cost == pytest.approx(plan.cost.sum())
    # The carrying charge is at most 1e-5 of a head's cost for each head-month.
    assert own_cost <= least_cost * (1 + 1e-4)
    assert plan.bound <= plan.objective + 1e-6
    assert plan.objective == pytest.approx(own_cost, rel=1e-4)


@settings(max_examples=25, deadline=None)
@given(
    now=st.integers(0, 30),
    leaves=st.sampled_from([0.0, 0.01, 0.05, 0.15]),
    lead=st.integers(0, 3),
    ramp=st.lists(st.sampled_from([0.3, 0.6, 0.9]), max_size=2),
    needed=st.lists(st.floats(0, 30), min_size=1, max_size=8),
    price=st.sampled_from([None, 200.0]),
)
def test_heads_are_conserved(now, leaves, lead, ramp, needed, price):
    terms = HiringTerms(leaves, lead, tuple(ramp), 10, 100.0, 30.0, price)
    plan = plan_hiring(now, np.array(needed), terms)
    assert plan.heads[0] == pytest.approx(now + plan.joining[0])
    assert plan.heads[1:] == pytest.approx(plan.heads[:-1] - plan.leaving[:-1] + plan.joining[1:])
    assert not plan.joining[:lead].any()
    assert plan.joining[lead:].sum() == plan.deciding.sum()
    heads, productive = walk(now, plan.joining, terms)
    assert plan.heads == pytest.approx(heads)
    assert plan.gap == pytest.approx(np.maximum(np.array(needed) - productive, 0), abs=1e-6)
    assert (plan.low <= plan.heads + 1).all()
    assert (plan.high >= plan.heads - 1).all()


def test_more_leavers_never_take_fewer_hires():
    needed = np.linspace(20, 24, 12)
    hires = [
        plan_hiring(20, needed, HiringTerms(leaves, 1, (0.5,), None, 100.0, 50.0)).joining.sum()
        for leaves in (0.0, 0.02, 0.05, 0.1)
    ]
    assert hires == sorted(hires)
    assert hires[0] < hires[-1]


def test_leavers_are_binomial():
    """Three old heads and two new ones after a month: Bin(3, 0.64) + Bin(2, 0.8), by enumeration."""
    terms = HiringTerms(0.2, 0)
    law = head_distribution(3, np.array([0, 2, 0]), terms, 2)
    expected = np.zeros(6)
    for old, new in product(range(4), range(3)):
        p_old = comb(3, old) * 0.64**old * 0.36 ** (3 - old)
        expected[old + new] += p_old * comb(2, new) * 0.8**new * 0.2 ** (2 - new)
    assert law == pytest.approx(expected)


def test_people_in_their_first_months_count_for_what_they_work():
    """Two old heads stay; of two new ones each works half: 3 needed are there only if both new ones stayed."""
    terms = HiringTerms(0.1, 0, (0.5, 0.5, 0.5))
    joining = np.array([2, 0])
    stay = 0.9
    both_old = stay**2
    assert probability_of_enough(2, 3.0, joining, terms, 1) == pytest.approx(both_old * stay**2)
    assert probability_of_enough(2, 2.5, joining, terms, 1) == pytest.approx(both_old * (1 - 0.1**2))


@pytest.mark.parametrize("reserve", [0.8, 0.95])
def test_a_reserve_keeps_its_probability_in_every_month_that_hires_reach(reserve):
    terms = HiringTerms(0.04, 2, (0.6,), None, 100.0, 50.0, 200.0)
    needed = np.array([28, 28, 28, 29, 29, 30, 30, 31, 31, 32.0])
    average = plan_hiring(30, needed, terms)
    sure = plan_hiring(30, needed, terms, reserve=reserve)
    assert (sure.p_enough[2:] >= reserve - 1e-9).all()
    assert (average.p_enough[2:] < reserve).any()
    assert sure.joining.sum() > average.joining.sum()
    for month in range(2, 10):
        drawn = _simulated(30, sure.joining, terms, month)
        assert (drawn >= needed[month] - 1e-9).mean() == pytest.approx(sure.p_enough[month], abs=0.015)
    assert sure.status == "feasible"
    assert sure.bound is None


def _simulated(now, joining, terms, month, draws=10_000):
    """Productive heads by drawing who leaves, month after month."""
    random = np.random.default_rng(7)
    cohorts = [[np.full(draws, now), 10**6]]
    for m in range(month + 1):
        if m:
            cohorts = [[random.binomial(c, 1 - terms.attrition_per_month), age + 1] for c, age in cohorts]
        cohorts.append([np.full(draws, joining[m]), 0])
    rates = [terms.productivity[age] if age < len(terms.productivity) else 1.0 for _, age in cohorts]
    return sum(c * r for (c, _), r in zip(cohorts, rates, strict=True))


@pytest.mark.parametrize("needed", [[-1.0], [np.nan], [np.inf]])
def test_heads_that_cannot_be_are_refused(needed):
    with pytest.raises(BadInput, match="zero or more"):
        plan_hiring(3, np.array(needed), HiringTerms(0.1, 0))


def test_terms_of_an_employee_and_of_somebody_paid_by_the_duty(make_hotline):
    contracts = [
        {"id": "staff", "name": {"en": "s", "zh": "s"}, "employee": True, "cost_per_h": 50},
        {"id": "fee", "name": {"en": "f", "zh": "f"}, "employee": False, "cost_per_h": 80},
    ]
    outlook = {"ramp_up": [0.5, 0.8], "cost_of_hiring": 900, "short_hour_factor": 1.5}
    view = {"induction_h": 40, "contracts": [{"id": "staff", **outlook}, {"id": "fee", **outlook}]}
    hotline: Hotline = make_hotline(contracts=contracts, long_view=view)
    team = teams_of(hotline, [])[0]
    staff = terms_of(hotline, team.members[0], 130.0)
    assert staff.cost_per_head == pytest.approx(50 * 165.36)
    assert staff.short_cost_per_head == pytest.approx(1.5 * 50 * 165.36)
    assert staff.productivity == pytest.approx((0.5 * (1 - 40 / 165.36), 0.8))
    fee = terms_of(hotline, teams_of(hotline, [_agent("fee")])[0].members[0], 60.0)
    assert fee.cost_per_head == 0
    assert fee.short_cost_per_head == pytest.approx(1.5 * 80 * 60)
    assert fee.productivity == pytest.approx((0.5 * (1 - 40 / 60), 0.8))


def _agent(contract):
    from wfm.hotline import Agent

    return Agent(id="1", contract=contract, lines=("general",))
