"""Paragraphs 67–69 and 75 of the semantics: pace, third parties, laws of durations, given calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import exp, inf, log
from typing import Any

import numpy as np
import pytest
from scipy import stats

from simulation import Centre, SimulatedCalls
from simulation.arrivals import arrivals_of
from simulation.calls import ABANDONED, ANSWERED, KEPT_PLACE, MISSED_CALL, SATISFACTION
from simulation.centre import GivenCalls
from simulation.draws import (
    Law,
    constant,
    empirical,
    exponential,
    hyperexponential,
    lognormal,
    quantile_table,
    weibull,
)
from simulation.keyed import Purpose, uniform

Build = Callable[..., Centre]
Duty = Callable[..., dict[str, Any]]
Play = Callable[..., SimulatedCalls]

NORMAL = stats.norm


def test_pace_stretches_conversation_and_wrap_up_only(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§67 a takes 1.5 times as long: (100 + 20) · 1.5 = 180 s of conversation, 45 s of wrap-up, after 4 s of ringing."""
    fields: dict[str, Any] = {"ring_s": 4.0, "hold": (constant(20.0),), "wrap": (constant(30.0),)}
    duties = [on_duty("a"), on_duty("b")]
    centre = exact_centre([(1000, 0), (1001, 0)], duties, **fields, pace=np.array([1.5, 1.0]))
    calls = played(centre)
    assert calls.answered_s.tolist() == [1004, 1005]
    assert calls.handle_s.tolist() == [225, 150]
    assert calls.ended_s.tolist() == [1184, 1125]
    assert calls.busy_s.tolist() == [229, 154]


def test_pace_does_not_stretch_short_calls_or_other_work(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§67 A short call of 15 s, a satisfaction call-back of 40 s and an order of 60 s last what they last."""
    centre = exact_centre(
        [(36_000, 0)],
        [on_duty("a")],
        pace=np.array([2.0]),
        short_call_share=(1.0,),
        short_call_s=(15.0,),
        follow_up_share=1.0,
        follow_up=constant(40.0),
        order_share=(1.0,),
        order_work=(constant(60.0),),
        order_due_s=np.full((1, 24), inf),
        order_by_day=(False,),
        order_groups=np.array([True]),
    )
    calls = played(centre)
    assert calls.handle_s.tolist() == [15]
    assert calls.busy_s.tolist() == [15 + 40 + 60]


@pytest.mark.parametrize("kept", [False, True])
def test_pace_stretches_calls_that_are_called_back(
    exact_centre: Build, on_duty: Duty, played: Play, kept: bool
) -> None:
    """§67 §31 §65 3 s of ringing and 100 · 2 s of talk; who is not reached takes 30 s whoever calls."""
    offer = {"announced_handling_s": (100.0,), "offer_over_s": (10.0,), "accept_share": (1.0,)}
    fields: dict[str, Any] = {"ring_s": 3.0, "pace": np.array([2.0]), "patience": (constant(5.0),)}
    fields |= offer if kept else {"call_back_missed": True, "call_back_delay_s": 0.0}
    for share, length_s in ((1.0, 203.0), (0.0, 30.0)):
        centre = exact_centre([(1000, 0), (1010, 0)], [on_duty("a")], **fields, call_back_reached_share=share)
        calls = played(centre)
        assert calls.other_work.kind.tolist() == [KEPT_PLACE if kept else MISSED_CALL]
        assert calls.other_work.start_s.tolist() == [1203]
        assert (calls.other_work.end_s - calls.other_work.start_s).tolist() == [length_s]


def test_a_third_party_adds_to_the_conversation(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§68 §67 (100 + 20 + 45) · 2 = 330 s; a short call is no ordinary call and has none."""
    fields: dict[str, Any] = {
        "hold": (constant(20.0),),
        "three_way_share": (1.0,),
        "three_way": (constant(45.0),),
        "pace": np.array([2.0]),
    }
    ordinary = played(exact_centre([(1000, 0)], [on_duty("a")], **fields))
    assert ordinary.handle_s.tolist() == [330]
    short = played(exact_centre([(1000, 0)], [on_duty("a")], **fields, short_call_share=(1.0,), short_call_s=(7.0,)))
    assert short.handle_s.tolist() == [7]


def test_third_parties_have_their_share_on_each_line(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§68 Line 0 never, line 1 with share 0.25 of 1,500 calls."""
    calls = [(k * 20.0, k % 2) for k in range(3000)]
    centre = exact_centre(
        calls,
        [on_duty("a")],
        groups={"all": [0, 1]},
        talk=(constant(1.0),) * 2,
        three_way_share=(0.0, 0.25),
        three_way=(constant(5.0),) * 2,
    )
    result = played(centre)
    longer = result.handle_s > 3
    assert not longer[result.line == 0].any()
    assert longer[result.line == 1].mean() == pytest.approx(0.25, abs=0.04)
    assert set(result.handle_s.tolist()) == {1.0, 6.0}


STEPS = quantile_table([0.0, 0.5, 0.8, 1.0], [10.0, 30.0, 90.0, inf])


@pytest.mark.parametrize(
    ("law", "quantile"),
    [
        (constant(70.0), lambda u: 70.0),
        (exponential(70.0), lambda u: -70.0 * log(u)),
        (lognormal(70.0, 0.8), lambda u: float(stats.lognorm.ppf(u, np.sqrt(log(1.64)), scale=70 / np.sqrt(1.64)))),
        (weibull(70.0, 0.7), lambda u: float(stats.weibull_min.isf(u, 0.7, scale=70.0 / 1.2658235060572833))),
        (hyperexponential(0.3, 20.0, 100.0), lambda u: -20 * log(u / 0.3) if u <= 0.3 else -100 * log((u - 0.3) / 0.7)),
        (empirical(0), lambda u: float(np.interp(u, [0.0, 0.5, 0.8], [10.0, 30.0, 90.0])) if u <= 0.8 else inf),
    ],
    ids=["constant", "exponential", "lognormal", "Weibull", "hyperexponential", "empirical"],
)
def test_patience_of_any_law(
    exact_centre: Build, on_duty: Duty, played: Play, law: Law, quantile: Callable[[float], float]
) -> None:
    """§69 §8 Nobody answers until 20:00; who would wait longer is answered then. Quantiles from scipy and by hand."""
    times = [(1000.0 + k, 0) for k in range(400)]
    centre = exact_centre(times, [on_duty("a", 20, 24)], patience=(law,), tables=STEPS[None, :], talk=(constant(1.0),))
    calls = played(centre)
    key = arrivals_of(centre, 1, 0).key
    expected = np.array([quantile(uniform(1, 0, Purpose.PATIENCE, int(k), 1)) for k in key])
    gave_up = calls.outcome == ABANDONED
    assert gave_up.tolist() == (expected < 60_000).tolist()
    np.testing.assert_allclose((calls.ended_s - calls.queued_s)[gave_up], expected[gave_up], rtol=1e-9, atol=1e-9)
    if np.isinf(expected).any():
        assert np.isinf(expected).mean() == pytest.approx(0.2, abs=0.06)


def test_given_calls_come_at_their_own_times_in_every_replication(
    exact_centre: Build, on_duty: Duty, played: Play
) -> None:
    """§75 Caller k is the k-th given call; two of one instant stand as given. Lines and times never change, draws do."""
    given = [(10.5, 1), (3599.0, 0), (3600.0, 0), (3600.0, 1), (86_399.99, 0)]
    centre = exact_centre(given, [on_duty("a"), on_duty("b")], groups={"all": [0, 1]}, talk=(exponential(50.0),) * 2)
    first, second = played(centre, replication=0), played(centre, replication=1)
    for calls in (first, second):
        assert list(zip(calls.arrived_s.tolist(), calls.line.tolist(), strict=True)) == given
    assert (first.handle_s != second.handle_s).all()


def test_keys_of_given_calls_are_line_interval_and_place(exact_centre: Build, on_duty: Duty) -> None:
    """§75 §7 The k-th call of a line in an interval draws what it would draw among counted calls."""
    given = [(100.0, 0), (200.0, 1), (300.0, 0), (3700.0, 0), (3800.0, 1), (3900.0, 0)]
    centre = exact_centre(given, [on_duty("a")], groups={"all": [0, 1]})
    arrivals = arrivals_of(centre, 1, 0)
    words = [(int(k) >> 44, int(k) >> 20 & 0xFFFFFF, int(k) & 0xFFFFF) for k in arrivals.key]
    assert words == [(0, 0, 0), (1, 0, 0), (0, 0, 1), (0, 1, 0), (1, 1, 0), (0, 1, 1)]
    counts = np.zeros((1, 2, 24), dtype=np.int64)
    counts[0, 0, :2] = 2
    counts[0, 1, :2] = 1
    counted = arrivals_of(replace(centre, given=None, arrivals=counts), 1, 0)
    assert set(counted.key.tolist()) == set(arrivals.key.tolist())
    # Another call of the line in the same interval, later: the earlier ones keep what they draw.
    more = replace(centre, given=GivenCalls(time_s=np.array([100.0, 200.0, 300.0, 400.0]), line=np.array([0, 1, 0, 0])))
    assert arrivals_of(more, 1, 0).key[:3].tolist() == arrivals.key[:3].tolist()


def test_no_given_call_is_no_call(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§75"""
    assert len(played(exact_centre([], [on_duty("a")]))) == 0


def test_satisfaction_call_backs_follow_given_calls_too(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§75 §33"""
    centre = exact_centre([(36_000, 0)], [on_duty("a")], follow_up_share=1.0, follow_up=lognormal(60.0, 0.6))
    calls = played(centre)
    assert calls.outcome.tolist() == [ANSWERED]
    assert calls.other_work.kind.tolist() == [SATISFACTION]
    u = uniform(1, 0, Purpose.FOLLOW_UP_TIME, int(arrivals_of(centre, 1, 0).key[0]), 1)
    sigma2 = log(1.36)
    expected_s = exp(log(60.0) - sigma2 / 2 + np.sqrt(sigma2) * NORMAL.ppf(u))
    assert (calls.other_work.end_s - calls.other_work.start_s)[0] == pytest.approx(expected_s)
