"""Whatever the centre: one fate for every caller, Little's law, conservation, and nobody idle while callers wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulation import Centre, assert_conservation, assert_little, assert_one_fate, simulate, tally
from simulation.attendance import present
from simulation.calls import ABANDONED, ANSWERED
from wfm.metrics import kpi_values

NAMES = {"en": "x", "zh": "x"}
SHARE = st.sampled_from([0.0, 0.3, 1.0])


@st.composite
def lines(draw: st.DrawFn, number: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"line-{k}",
            "name": NAMES,
            "demand": {"calls_per_day": 1},
            "handling": {
                "talk_s": draw(st.sampled_from([30.0, 300.0, 1500.0])),
                "talk_cv": draw(st.sampled_from([0.2, 1.0])),
                "hold_s": draw(st.sampled_from([0.0, 20.0])),
                "wrap_s": draw(st.sampled_from([0.0, 60.0])),
                "short_call_share": draw(SHARE),
            },
            "patience": {
                "mean_s": draw(st.sampled_from([5.0, 100.0, 3000.0])),
                "distribution": draw(st.sampled_from(["exponential", "lognormal"])),
            },
            "redial": {"share": draw(SHARE), "delay_mean_s": draw(st.sampled_from([1.0, 300.0]))},
        }
        for k in range(number)
    ]


@st.composite
def hotlines(draw: st.DrawFn) -> dict[str, Any]:
    number = draw(st.integers(1, 3))
    ids = [f"line-{k}" for k in range(number)]
    noon = draw(st.sampled_from(["10:00", "13:00"]))
    split = draw(st.booleans())
    groups = [{"id": "night", "name": NAMES, "lines": ids, "from": noon, "to": "08:00"}] if split else []
    day = {"from": "08:00", "to": noon} if split else {}
    if number > 1 and draw(st.booleans()):
        groups += [{"id": "first", "name": NAMES, "lines": ids[:1], **day}]
        groups += [{"id": "others", "name": NAMES, "lines": ids[1:], **day}]
    else:
        groups += [{"id": "all", "name": NAMES, "lines": ids, **day}]
    return {
        "lines": draw(lines(number)),
        "groups": groups,
        "opening": {"weekday": draw(st.sampled_from([("00:00", "24:00"), ("08:00", "11:00")]))},
        "ring_s": draw(st.sampled_from([0.0, 3.0, 20.0])),
        "trunks": {"circuits": draw(st.sampled_from([None, 1, 4]))},
        "ivr": {
            "announcement_s": draw(st.sampled_from([0.0, 10.0])),
            "menu_s": draw(st.sampled_from([0.0, 20.0])),
            "self_service_share": draw(st.sampled_from([0.0, 0.3])),
            "hang_up_share": draw(st.sampled_from([0.0, 0.2])),
            "open_24_h": draw(st.booleans()),
        },
        "call_back": {
            "missed_calls": draw(st.booleans()),
            "closed_calls": draw(st.booleans()),
            "reached_share": draw(SHARE),
            "delay_s": draw(st.sampled_from([0.0, 300.0])),
        },
        "satisfaction": {
            "asked_share": draw(SHARE),
            "satisfied_share": 0.5,
            "basically_satisfied_share": 0.3,
            "not_satisfied_share": 0.2,
        },
        "shrinkage": {"unplanned_share": draw(st.sampled_from([0.0, 0.4]))},
        "rules": {"standby_delay_min": draw(st.sampled_from([0.0, 10.0]))},
    }


def duties_for(
    groups: list[str], random: np.random.Generator, duty: Callable[..., dict[str, Any]]
) -> list[dict[str, Any]]:
    # Every group has somebody at some time, else the centre is refused; but hardly more than that.
    duties = [duty(f"fixed-{k}", 8, 8.25 if k else 20, group=group) for k, group in enumerate(groups)]
    for k in range(int(random.integers(0, 9))):
        group = groups[int(random.integers(len(groups)))]
        start = float(random.choice([-4.0, 0.0, 7.5, 8.0, 9.0, 9.25]))
        role = "B" if random.random() < 0.3 else "A"
        pause = ["", "09:00-09:20", "09:30-10:00;10:30-10:40"][int(random.integers(3))] if start >= 0 else ""
        duties.append(duty(f"a{k}", start, start + 8, role=role, group=group, post=f"p{k // 2}", breaks=pause))
    return duties


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(hotline=hotlines(), draw=st.integers(0, 2**32))
def test_the_laws_hold_on_any_centre(
    small_centre: Callable[..., Centre], on_duty: Callable[..., dict[str, Any]], hotline: dict[str, Any], draw: int
) -> None:
    """§11 §36 §37"""
    random = np.random.default_rng(draw)
    counts = np.zeros((1, len(hotline["lines"]), 24))
    counts[:, :, 7:12] = random.poisson(random.choice([0.5, 6.0, 15.0]), (1, len(hotline["lines"]), 5))
    duties = duties_for([g["id"] for g in hotline["groups"]], random, on_duty)
    centre = small_centre(counts, duties, hotline=hotline)
    calls = simulate(centre, draw, 0)
    assert_one_fate(calls, centre)
    assert_little(calls, centre)
    assert_conservation(calls, centre)
    again = simulate(centre, draw, 0)
    pd.testing.assert_frame_equal(calls.frame(), again.frame(), check_exact=True)
    only_on_duty(centre, calls, draw)
    nobody_idle_while_callers_wait(centre, calls, draw)
    days = tally(calls, centre)
    whole = days.select_dtypes("number").sum()
    assert whole["offered"] == len(calls)
    parts = ("blocked", "closed", "ivr_completed", "ivr_abandoned", "queued")
    assert whole[list(parts)].sum() == whole["offered"]
    assert whole["queued"] == whole["answered"] + whole["abandoned"]
    assert days["staffed_s"].min() >= -1e-6
    for name, value in kpi_values(days).items():
        if name.startswith("connection_rate"):
            assert not value > 1, name


def only_on_duty(centre: Centre, calls: Any, seed: int) -> None:
    stays = present(centre.duties, centre.absence_share, centre.standby_delay_s, seed=seed, replication=0)
    answered = calls.outcome == ANSWERED
    starts = [*(calls.answered_s[answered] - centre.ring_s), *calls.other_work.start_s]
    agents = [*calls.agent[answered], *calls.other_work.agent]
    for agent, start in zip(agents, starts, strict=True):
        assert any(s.agent == agent and s.start_s - 1e-6 <= start < s.end_s for s in stays)


def nobody_idle_while_callers_wait(centre: Centre, calls: Any, seed: int) -> None:
    """At the middle of every caller's wait, each agent present for that line is occupied."""
    stays = present(centre.duties, centre.absence_share, centre.standby_delay_s, seed=seed, replication=0)
    answered = calls.outcome == ANSWERED
    work = calls.other_work
    agents = np.concatenate([calls.agent[answered], work.agent])
    begin = np.concatenate([calls.answered_s[answered] - centre.ring_s, work.start_s])
    end = np.concatenate([calls.answered_s[answered] + calls.handle_s[answered], work.end_s])
    left = np.where(answered, calls.answered_s - centre.ring_s, calls.ended_s)
    waited = (answered | (calls.outcome == ABANDONED)) & (left > calls.queued_s + 1e-3)
    for k in np.flatnonzero(waited):
        middle = (calls.queued_s[k] + left[k]) / 2
        interval = min(int(middle // centre.interval_s), len(centre.interval_date) - 1)
        group = centre.serving[calls.line[k], interval]
        occupied = set(agents[(begin <= middle) & (end >= middle)].tolist())
        there = {s.agent for s in stays if s.group == group and s.start_s < middle < s.end_s}
        assert there <= occupied
