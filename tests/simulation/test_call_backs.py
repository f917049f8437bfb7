"""Paragraphs 29–33 of the semantics: work that agents do beside incoming calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np
import pytest

from simulation import Centre, SimulatedCalls, assert_conservation, assert_little, assert_one_fate, simulate, tally
from simulation.arrivals import arrivals_of
from simulation.calls import ABANDONED, ANSWERED, BLOCKED, CLOSED
from simulation.draws import constant, mean_of

Build = Callable[..., Centre]
Duty = Callable[..., dict[str, Any]]
MISSED = {"call_back_missed": True, "call_back_reached_share": 1.0, "call_back_delay_s": 300.0}


def played(centre: Centre, seed: int = 1, replication: int = 0) -> SimulatedCalls:
    calls = simulate(centre, seed, replication)
    assert_one_fate(calls, centre)
    assert_little(calls, centre)
    assert_conservation(calls, centre)
    return calls


def test_missed_calls_are_called_back_when_nobody_waits(small_centre: Build, on_duty: Duty) -> None:
    """§29 §31"""
    centre = small_centre(
        {9: 60}, [on_duty("a")], talk=(constant(120),), patience=(constant(100),), ring_s=4.0, circuits=20, **MISSED
    )
    calls = played(centre)
    missed = calls.outcome == ABANDONED
    assert missed.sum() > 10
    back = calls.called_back_s[missed]
    assert not np.isnan(back).any()
    assert (back >= calls.ended_s[missed] + 300 + 4 - 1e-6).all()
    assert np.isnan(calls.called_back_s[~missed]).all(), "blocked and answered calls are not called back"
    work = calls.other_work
    assert (work.kind == 0).all()
    assert work.end_s - work.start_s == pytest.approx(124), "a ring and the handling time"
    assert sorted(work.row.tolist()) == np.flatnonzero(missed).tolist()
    assert (np.diff(calls.ended_s[work.row]) >= 0).all(), "that which fell due first"
    waited = calls.answered_s > calls.queued_s + 4 + 1e-6
    for start in work.start_s:
        left_s = np.where(missed, calls.ended_s, calls.answered_s - 4)
        waiting = (waited | missed) & (calls.queued_s < start) & (left_s > start)
        assert not waiting.any(), "calls come first"


def test_a_call_back_is_not_interrupted(small_centre: Build, on_duty: Duty) -> None:
    """§29 The call-back of the first caller is long; later callers wait for its end."""
    centre = small_centre(
        {7: 1, 9: 20},
        [on_duty("a", 9, 18)],
        talk=(constant(2000),),
        patience=(constant(2000),),
        **MISSED | {"call_back_delay_s": 0.0},
    )
    calls = played(centre)
    first = calls.other_work
    assert first.start_s[0] == 9 * 3600
    assert first.end_s[0] == 9 * 3600 + 2000
    assert calls.answered_s[1] == pytest.approx(9 * 3600 + 2000)


def test_blocked_callers_are_not_called_back(small_centre: Build, on_duty: Duty) -> None:
    """§29"""
    calls = played(small_centre({9: 100}, [on_duty("a")], circuits=1, **MISSED))
    assert (calls.outcome == BLOCKED).sum() > 20
    assert len(calls.other_work.kind) == 0


def test_no_call_back_for_who_was_answered_meanwhile(small_centre: Build, on_duty: Duty) -> None:
    """§30 Everyone gives up before 10:00, redials after an hour and is answered; the call-back falls due later."""
    centre = small_centre(
        {8: 30},
        [on_duty(f"a{k:02d}", 9.25, 18) for k in range(40)],
        patience=(constant(10),),
        talk=(constant(60),),
        redial_share=(1.0,),
        redial_delay=(constant(7200),),
        **MISSED | {"call_back_delay_s": 10_000.0},
    )
    calls = played(centre)
    assert (calls.outcome[calls.attempt == 1] == ABANDONED).all()
    assert (calls.outcome[calls.attempt == 2] == ANSWERED).all()
    assert len(calls.other_work.kind) == 0


def test_no_call_back_for_who_is_calling_at_that_moment(small_centre: Build, on_duty: Duty) -> None:
    """§30 The redial is still inside the announcement when the call-back falls due and an agent is idle."""
    centre = small_centre(
        {8: 1},
        [on_duty("a", 9, 18)],
        patience=(constant(5),),
        redial_share=(1.0,),
        redial_delay=(constant(100),),
        announcement_s=60.0,
        **MISSED | {"call_back_delay_s": 110.0},
    )
    gave_up_s = float(arrivals_of(centre, 1, 0).time_s[0]) + 65
    for signs_on_s, outcomes, call_backs in (
        (gave_up_s + 105, [ABANDONED, ANSWERED], 0),
        (gave_up_s + 170, [ABANDONED, ABANDONED], 2),
    ):
        there = replace(centre, duties=replace(centre.duties, start_s=np.array([signs_on_s])))
        calls = played(there)
        assert calls.outcome[:2].tolist() == outcomes
        assert len(calls.other_work.kind) <= call_backs
        assert (len(calls.other_work.kind) > 0) == (call_backs > 0)


def test_who_was_reached_does_not_redial(small_centre: Build, on_duty: Duty) -> None:
    """§31"""
    centre = small_centre(
        {8: 30},
        [on_duty(f"a{k:02d}", 9.1, 18) for k in range(40)],
        patience=(constant(10),),
        redial_share=(1.0,),
        redial_delay=(constant(10_000),),
        **MISSED | {"call_back_delay_s": 4000.0},
    )
    calls = played(centre)
    assert len(calls) == 30, "all were reached before they would have redialled"
    assert not np.isnan(calls.called_back_s).any()


def test_who_is_not_reached_costs_thirty_seconds_and_one_try(small_centre: Build, on_duty: Duty) -> None:
    """§31"""
    centre = small_centre(
        {8: 2000},
        [on_duty(f"a{k:02d}", 9, 20) for k in range(20)],
        patience=(constant(1),),
        **MISSED | {"call_back_reached_share": 0.7},
    )
    calls = played(centre)
    reached = ~np.isnan(calls.called_back_s)
    assert reached.mean() == pytest.approx(0.7, abs=0.04)
    work = calls.other_work
    assert len(set(work.row.tolist())) == len(work.row)
    assert (work.end_s - work.start_s)[~reached[work.row]] == pytest.approx(30)
    day = tally(calls, centre).iloc[0]
    assert day["called_back"] == reached.sum()
    assert day["answered"] + day["called_back"] <= day["offered"]


def test_a_call_back_counts_on_the_date_of_the_missed_call(small_centre: Build, on_duty: Duty) -> None:
    """§31 §32 Closed calls of the evening are called back when the centre opens."""
    hotline = {"opening": {"weekday": ("08:00", "18:00"), "weekend": None, "holiday": None}}
    duties = [on_duty("a", 8, 18), on_duty("a", 32, 42), on_duty("b", 32, 42)]
    centre = small_centre(
        {5: 3, 20: 6, 29: 2}, duties, days=2, hotline=hotline, call_back_closed=True, **MISSED, talk=(constant(60),)
    )
    calls = played(centre)
    assert (calls.outcome == CLOSED).all()
    back = calls.called_back_s
    assert back[:3] == pytest.approx([8 * 3600, 8 * 3600 + 60, 8 * 3600 + 120])
    assert back[3:].min() == pytest.approx(32 * 3600)
    assert back[3:].max() <= 32 * 3600 + 300
    assert tally(calls, centre)["called_back"].tolist() == [9, 2]
    assert tally(calls, centre)["closed"].tolist() == [9, 2]


def test_the_delay_holds_where_opening_is_near(small_centre: Build, on_duty: Duty) -> None:
    """§32"""
    hotline = {"opening": {"weekday": ("08:00", "18:00"), "weekend": None, "holiday": None}}
    fields = MISSED | {"call_back_delay_s": 7200.0}
    centre = small_centre(
        {7: 20}, [on_duty(f"a{k:02d}") for k in range(20)], hotline=hotline, call_back_closed=True, **fields
    )
    calls = played(centre)
    assert calls.called_back_s == pytest.approx(calls.ended_s + 7200)


def test_satisfaction_call_backs_by_day_one_at_a_time_after_everything_else(small_centre: Build, on_duty: Duty) -> None:
    """§33"""
    hotline = {
        "satisfaction": {
            "asked_share": 0.5,
            "satisfied_share": 0.6,
            "basically_satisfied_share": 0.3,
            "not_satisfied_share": 0.1,
            "call_back_s": 150,
        }
    }
    hours = dict.fromkeys(range(24), 60)
    centre = small_centre(
        hours,
        [on_duty(f"a{k:02d}") for k in range(6)],
        hotline=hotline,
        talk=(constant(200),),
        patience=(constant(inf),),
    )
    calls = played(centre)
    work = calls.other_work
    assert (work.kind == 1).all()
    assert len(work.kind) / (calls.outcome == ANSWERED).sum() == pytest.approx(0.5 * 0.4 * 20 / 24, abs=0.03)
    assert work.start_s.min() >= 8 * 3600
    assert work.start_s.max() < 20 * 3600
    assert mean_of(centre.follow_up) == pytest.approx(150)
    assert (work.end_s - work.start_s).mean() == pytest.approx(150, rel=0.12)
    assert (calls.ended_s[work.row] <= work.start_s + 1e-6).all()
    waited = calls.answered_s > calls.queued_s + 1e-6
    for start in work.start_s:
        assert not (waited & (calls.queued_s < start) & (calls.answered_s > start)).any(), "calls come first"
