"""With any of the rules 57–75 on: the laws hold, and nobody is idle, or at an order, while a caller waits for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulation import (
    Centre,
    SimulatedCalls,
    assert_conservation,
    assert_little,
    assert_one_fate,
    simulate,
    tally,
)
from simulation.calls import ABANDONED, ANSWERED, ORDER
from simulation.centre import AgentChoice, Overflow
from simulation.draws import Law, constant, exponential, hyperexponential, lognormal, weibull
from wfm.metrics import kpi_values

Build = Callable[..., Centre]
Duty = Callable[..., dict[str, Any]]
GROUPS = {"east": [0], "west": [1, 2], "night": [3]}
LINES = 4


def some_centre(random: np.random.Generator, build: Build, duty: Duty) -> Centre:
    """Four lines, three groups, ten duties, and each rule on or off."""

    def one(*values: Any) -> Any:
        return values[int(random.integers(len(values)))]

    def of_lines(*values: Any) -> tuple[Any, ...]:
        return tuple(one(*values) for _ in range(LINES))

    def steps(line: int) -> tuple[Overflow, ...]:
        others = [group for group in range(len(GROUPS)) if random.random() < 0.5]
        return tuple(Overflow(group, one(0.0, 20.0, 90.0)) for group in random.permutation(others).tolist())

    calls = sorted(
        (float(random.choice([one(30_000, 34_000) + random.random() * 4000, 33_000.0])), int(random.integers(LINES)))
        for _ in range(int(random.integers(1, 90)))
    )
    duties = []
    for k in range(10):
        start = one(8, 8, 8.5, 9)
        duties.append(
            duty(
                f"a{k}",
                start,
                start + one(0.5, 2, 4),
                group=one(*GROUPS),
                role="B" if k > 7 else "A",
                post=f"p{k % 8}",
                breaks=one("", "09:10-09:30"),
                remote=bool(one(False, False, True)),
            )
        )
    times: tuple[Law, ...] = (
        constant(60.0),
        exponential(200.0),
        lognormal(300.0, 1.0),
        weibull(90.0, 0.7),
        hyperexponential(0.5, 20.0, 400.0),
    )
    switch = of_lines(0, 1, 2)
    serving = np.tile(np.array([0, 1, 1, 2])[:, None], (1, 24))
    serving[:, 9:] = np.array(switch)[:, None] if one(True, False) else serving[:, 9:]
    classes = int(random.integers(0, 3))
    return build(
        calls,
        duties,
        groups=GROUPS,
        serving=serving,
        ring_s=one(0.0, 3.0),
        circuits=one(2**31 - 1, 5),
        talk=of_lines(*times),
        wrap=of_lines(constant(0.0), exponential(30.0)),
        patience=of_lines(constant(inf), *times),
        redial_share=of_lines(0.0, 0.8),
        redial_delay=of_lines(constant(30.0), exponential(60.0)),
        priority=of_lines(1, 2),
        head_start_s=of_lines(0.0, 60.0),
        overflow=tuple(steps(line) for line in range(LINES)) if one(True, True, False) else (),
        agent_choice=one(*AgentChoice),
        announced_handling_s=of_lines(100.0, 300.0),
        offer_over_s=of_lines(inf, 30.0, 200.0),
        accept_share=of_lines(0.0, 0.5, 1.0),
        balk_over_s=of_lines(inf, 10.0, 400.0),
        balk_share=of_lines(0.0, 0.5, 1.0),
        three_way_share=of_lines(0.0, 0.5),
        three_way=of_lines(exponential(60.0)),
        call_back_missed=one(True, False),
        call_back_next_morning=one(True, False, False),
        call_back_delay_s=one(0.0, 300.0),
        call_back_reached_share=one(0.0, 0.7, 1.0),
        follow_up_share=one(0.0, 0.5),
        follow_up=exponential(60.0),
        order_share=tuple(one(0.3, 1.0) for _ in range(classes)),
        order_work=tuple(one(exponential(300.0), constant(500.0)) for _ in range(classes)),
        order_due_s=random.choice([1e5, 2e5, inf], (classes, 24)),
        order_by_day=tuple(one(True, False) for _ in range(classes)),
        order_groups=random.random(len(GROUPS)) < 0.7,
        absence_share=one(0.0, 0.3),
        standby_delay_s=600.0,
        late_share=one(0.0, 0.5),
        late=exponential(900.0),
        pace=random.choice([0.8, 1.0, 1.3], 10),
        places=one(2**31 - 1, 2, 4),
    )


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(0, 2**32))
def test_the_laws_hold_with_any_rules(exact_centre: Build, on_duty: Duty, number: int) -> None:
    """§11 §36 §37 §57 §71 §73 §74"""
    random = np.random.default_rng(number)
    centre = some_centre(random, exact_centre, on_duty)
    centre = replace(centre, pace=centre.pace[: len(centre.agent_ids)])
    calls = simulate(centre, number, 0)
    assert_one_fate(calls, centre)
    assert_little(calls, centre)
    assert_conservation(calls, centre)
    pd.testing.assert_frame_equal(calls.frame(), simulate(centre, number, 0).frame(), check_exact=True)
    nobody_idle_while_callers_wait(centre, calls)
    no_order_waits_for_who_is_idle(centre, calls)
    days = tally(calls, centre)
    whole = days.select_dtypes("number").sum()
    assert whole[["blocked", "closed", "ivr_completed", "ivr_abandoned", "queued"]].sum() == whole["offered"]
    for name, value in kpi_values(days).items():
        if name.endswith(("_share", "_offered", "_answered", "_abandoned")) or name.startswith("connection_rate"):
            assert not value > 1, name


def signed_in(calls: SimulatedCalls, group: int, moment: float) -> set[int]:
    """Agents of the group who are signed in and whose duty has not ended, going by when they began their work."""
    there = calls.stays
    at = (there.group == group) & (there.start_s < moment) & (moment < there.end_s)
    return set(there.agent[at].tolist())


def at_work(calls: SimulatedCalls, centre: Centre, moment: float, *, orders: bool) -> set[int]:
    answered = calls.outcome == ANSWERED
    counted = np.ones(len(calls.other_work.kind), dtype=bool) if orders else calls.other_work.kind != ORDER
    work = calls.other_work
    agent = np.concatenate([calls.agent[answered], work.agent[counted]])
    begin = np.concatenate([calls.answered_s[answered] - centre.ring_s, work.start_s[counted]])
    end = np.concatenate([calls.answered_s[answered] + calls.handle_s[answered], work.end_s[counted]])
    return set(agent[(begin <= moment) & (moment <= end)].tolist())


def nobody_idle_while_callers_wait(centre: Centre, calls: SimulatedCalls) -> None:
    """At the middle of every wait, each agent whom the caller could have is on the telephone."""
    answered = calls.outcome == ANSWERED
    left = np.where(answered, calls.answered_s - centre.ring_s, calls.ended_s)
    waited = (answered | (calls.outcome == ABANDONED)) & (left > calls.queued_s + 1e-3)
    for k in np.flatnonzero(waited):
        moment = (calls.queued_s[k] + left[k]) / 2
        interval = min(int(moment // centre.interval_s), 23)
        line = calls.line[k]
        steps = {step.group for step in centre.overflow[line] if calls.queued_s[k] + step.after_s < moment}
        for group in {int(centre.serving[line, interval]), *steps}:
            assert signed_in(calls, group, moment) <= at_work(calls, centre, moment, orders=False)


def no_order_waits_for_who_is_idle(centre: Centre, calls: SimulatedCalls) -> None:
    """A while after an order came that is not finished then, nobody who works on orders is idle, or it is begun."""
    orders, work = calls.orders, calls.other_work
    for k in range(len(orders.row)):
        moment = orders.received_s[k] + 1.0
        if centre.order_by_day[orders.order_class[k]] and not centre.by_day[min(int(moment // 3600), 23)]:
            continue
        on_it = (work.kind == ORDER) & (work.row == orders.row[k]) & (work.start_s <= moment)
        if on_it.any():
            continue
        for group in np.flatnonzero(centre.order_groups).tolist():
            assert signed_in(calls, group, moment) <= at_work(calls, centre, moment, orders=True)
