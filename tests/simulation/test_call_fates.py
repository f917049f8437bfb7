"""Paragraphs 9–21 and 28 of the semantics, on centres small enough to reckon by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np
import pytest
from scipy import stats

from simulation import Centre, SimulatedCalls, assert_conservation, assert_little, assert_one_fate, simulate
from simulation.calls import ABANDONED, ANSWERED, BLOCKED, CLOSED, IVR_ABANDONED, IVR_COMPLETED
from simulation.draws import constant

Build = Callable[..., Centre]
Duty = Callable[..., dict[str, Any]]
OFFICE = {"opening": {"weekday": ("08:00", "18:00"), "weekend": None, "holiday": None}}


def played(centre: Centre, seed: int = 1, replication: int = 0) -> SimulatedCalls:
    calls = simulate(centre, seed, replication)
    assert_one_fate(calls, centre)
    assert_little(calls, centre)
    assert_conservation(calls, centre)
    return calls


def test_arrivals_are_those_of_the_path_spread_uniformly(small_centre: Build, on_duty: Duty) -> None:
    """§9 §10"""
    counts = np.zeros((2, 1, 24))
    counts[0, 0, 5], counts[1, 0, 7], counts[1, 0, 23] = 3000, 2, 50
    centre = small_centre(counts, [on_duty("a")], talk=(constant(1),), patience=(constant(1),))
    first, second, third = (played(centre, replication=r) for r in range(3))
    assert len(first) == len(third) == 3000
    assert len(second) == 52
    assert ((first.arrived_s >= 5 * 3600) & (first.arrived_s < 6 * 3600)).all()
    assert stats.kstest(first.arrived_s / 3600 - 5, "uniform").pvalue > 1e-4
    assert not np.array_equal(first.arrived_s, third.arrived_s), "same counts, other times"
    assert (second.arrived_s < 86400).all()
    assert (second.arrived_s[2:] >= 23 * 3600).all()


def test_late_calls_are_played_to_their_end(small_centre: Build, on_duty: Duty) -> None:
    """§10 §11"""
    centre = small_centre({23: 40}, [on_duty(f"a{k}") for k in range(40)], talk=(constant(7200),))
    calls = played(centre)
    assert (calls.outcome == ANSWERED).all()
    assert calls.ended_s == pytest.approx(calls.arrived_s + 7200)


@pytest.mark.parametrize("circuits", [1, 3])
def test_a_call_that_finds_all_circuits_taken_is_blocked(small_centre: Build, on_duty: Duty, circuits: int) -> None:
    """§12 Compared with a count of calls in the system made afterwards from the table."""
    centre = small_centre(
        {9: 60, 10: 60}, [on_duty("a")], circuits=circuits, talk=(constant(300),), wrap=(constant(1e4),)
    )
    calls = played(centre)
    assert 0 < (calls.outcome == BLOCKED).sum() < len(calls)
    let_in = calls.outcome != BLOCKED
    for k, now in enumerate(calls.arrived_s):
        inside = (let_in & (calls.arrived_s < now) & (calls.ended_s > now)).sum()
        assert (calls.outcome[k] == BLOCKED) == (inside == circuits)
    assert (calls.ended_s == calls.arrived_s)[~let_in].all()


def test_three_ways_out_of_the_ivr(small_centre: Build, on_duty: Duty) -> None:
    """§13"""
    ivr = {
        "announcement_s": 10,
        "menu_s": 20,
        "self_service_share": 0.3,
        "self_service_s": 60,
        "hang_up_share": 0.1,
        "hang_up_s": 15,
    }
    centre = small_centre({9: 6000}, [on_duty("a")], hotline={"ivr": ivr}, patience=(constant(0.5),))
    calls = played(centre)
    asked = (calls.outcome == ANSWERED) | (calls.outcome == ABANDONED)
    expected = {
        "asked": (asked, 0.6, 30),
        "served": (calls.outcome == IVR_COMPLETED, 0.3, 70),
        "gone": (calls.outcome == IVR_ABANDONED, 0.1, 15),
    }
    for chosen, share, mean_s in expected.values():
        assert chosen.mean() == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 6000))
        assert calls.ivr_s[chosen].mean() == pytest.approx(mean_s, rel=0.12)
    assert calls.ivr_s[calls.outcome != IVR_ABANDONED].min() >= 10
    assert calls.queued_s[asked] == pytest.approx((calls.arrived_s + calls.ivr_s)[asked])


def test_closed_is_judged_when_an_agent_is_asked_for(small_centre: Build, on_duty: Duty) -> None:
    """§14"""
    hotline = OFFICE | {"ivr": {"announcement_s": 600, "menu_s": 0, "self_service_share": 0.2, "self_service_s": 1}}
    agents = [on_duty(f"a{k}", 8, 18) for k in range(300)]
    calls = played(small_centre({7: 100, 17: 100, 18: 100}, agents, hotline=hotline))
    asks_s = calls.arrived_s + calls.ivr_s
    asks = calls.outcome != IVR_COMPLETED
    is_open = (asks_s >= 8 * 3600) & (asks_s < 18 * 3600)
    assert ((calls.outcome == ANSWERED) == is_open)[asks].all()
    assert ((calls.outcome == CLOSED) == ~is_open)[asks].all()
    assert 0 < (calls.arrived_s[calls.outcome == ANSWERED] < 8 * 3600).sum() < 100
    assert (calls.outcome == IVR_COMPLETED)[calls.arrived_s >= 18 * 3600].any()


def test_a_shut_ivr_turns_callers_away_at_once(small_centre: Build, on_duty: Duty) -> None:
    """§14"""
    ivr = {"announcement_s": 30, "self_service_share": 0.5, "open_24_h": False}
    calls = played(small_centre({3: 50, 9: 5}, [on_duty("a", 8, 18)], hotline=OFFICE | {"ivr": ivr}))
    night = calls.arrived_s < 8 * 3600
    assert (calls.outcome[night] == CLOSED).all()
    assert (calls.ended_s == calls.arrived_s)[night].all()


def test_callers_go_with_their_line_to_the_next_group(small_centre: Build, on_duty: Duty) -> None:
    """§15 The line's day group has nobody; the night group takes over at 18:00."""
    names = {"en": "x", "zh": "x"}
    groups = [
        {"id": "day", "name": names, "lines": ["general"], "from": "08:00", "to": "18:00"},
        {"id": "night", "name": names, "lines": ["general"], "from": "18:00", "to": "08:00"},
    ]
    agents = [on_duty("n", group="night")]
    centre = small_centre(
        {17: 3, 19: 2}, agents, hotline={"groups": groups}, patience=(constant(inf),), talk=(constant(60),)
    )
    calls = played(centre)
    assert calls.answered_s[:3] == pytest.approx([18 * 3600, 18 * 3600 + 60, 18 * 3600 + 120])
    assert calls.agent.tolist() == [0] * 5


def test_where_no_group_works_the_last_one_stays_responsible(small_centre: Build, on_duty: Duty) -> None:
    """§15 The group's hours end at 18:00; its agent stays until 20:00 and serves who waits."""
    groups = [{"id": "day", "name": {"en": "x", "zh": "x"}, "lines": ["general"], "from": "08:00", "to": "18:00"}]
    agents = [on_duty("a", 8, 20, group="day")]
    centre = small_centre(
        {17: 10}, agents, hotline=OFFICE | {"groups": groups}, talk=(constant(500),), patience=(constant(inf),)
    )
    calls = played(centre)
    assert (calls.outcome == ANSWERED).all()
    assert calls.answered_s.max() > 18 * 3600


def test_the_longest_idle_agent_is_chosen(small_centre: Build, on_duty: Duty) -> None:
    """§16 Compared with each agent's idle time, reckoned afterwards from the table."""
    agents = [on_duty(f"a{k}", 8 + k / 100) for k in range(6)]
    calls = played(small_centre({9: 50, 10: 50}, agents, patience=(constant(inf),)))
    free_at = {k: (8 + k / 100) * 3600 for k in range(6)}
    waited = calls.answered_s > calls.queued_s
    for k in np.argsort(calls.answered_s):
        idle = {agent: since for agent, since in free_at.items() if since <= calls.queued_s[k]}
        if not waited[k]:
            assert calls.agent[k] == min(idle, key=lambda agent: idle[agent])
        free_at[int(calls.agent[k])] = calls.answered_s[k] + calls.handle_s[k]
    assert (~waited).sum() > 20


def test_first_come_first_served_over_the_lines_of_a_group(small_centre: Build, on_duty: Duty) -> None:
    """§17"""
    line = {"demand": {"calls_per_day": 1}, "handling": {"talk_s": 100}, "patience": {"mean_s": 300}}
    names = {"en": "x", "zh": "x"}
    hotline = {
        "lines": [line | {"id": name, "name": names} for name in ("one", "two", "three")],
        "groups": [
            {"id": "both", "name": names, "lines": ["one", "three"]},
            {"id": "other", "name": names, "lines": ["two"]},
        ],
    }
    counts = np.zeros((1, 3, 24))
    counts[0, :, 9] = 60
    agents = [on_duty("a", group="both"), on_duty("b", group="both"), on_duty("c", group="other")]
    centre = small_centre(counts, agents, hotline=hotline)
    calls = played(centre)
    for lines, members in (((0, 2), {0, 1}), ((1,), {2})):
        mine = np.isin(calls.line, lines) & (calls.outcome == ANSWERED)
        assert set(calls.agent[mine].tolist()) <= members
        in_order = np.argsort(calls.answered_s[mine], kind="stable")
        assert (np.diff(calls.queued_s[mine][in_order]) >= 0).all()
    assert {0, 2} <= set(calls.line[calls.outcome == ANSWERED].tolist())


def test_ringing_is_part_of_the_answer_time_and_keeps_the_caller(small_centre: Build, on_duty: Duty) -> None:
    """§18 Patience of 5 s, a ring of 8 s: who finds an agent stays."""
    centre = small_centre({9: 40}, [on_duty("a")], ring_s=8.0, patience=(constant(5),), talk=(constant(60),))
    calls = played(centre)
    answered = calls.outcome == ANSWERED
    wait = (calls.answered_s - calls.queued_s)[answered]
    assert answered.sum() > 10
    assert (wait >= 8 - 1e-6).all()
    assert (wait <= 13 + 1e-6).all()
    busy_from, busy_to = calls.answered_s[answered] - 8, calls.answered_s[answered] + 60
    assert (busy_from[1:] >= busy_to[:-1] - 1e-6).all(), "the agent is occupied while it rings"


def test_callers_give_up_when_their_patience_ends(small_centre: Build, on_duty: Duty) -> None:
    """§19"""
    centre = small_centre({9: 40}, [on_duty("a", 9, 10)], patience=(constant(90),), talk=(constant(500),))
    calls = played(centre)
    gone = calls.outcome == ABANDONED
    assert gone.sum() > 20
    assert (calls.ended_s - calls.queued_s)[gone] == pytest.approx(90)
    assert ((calls.answered_s - calls.queued_s)[~gone] <= 90).all()


@pytest.mark.parametrize(("distribution", "cv"), [("exponential", 1.0), ("lognormal", 1.8)])
def test_patience_has_the_mean_and_spread_of_its_line(
    small_centre: Build, on_duty: Duty, distribution: str, cv: float
) -> None:
    """§19 With nobody on duty at that hour, everyone's patience shows."""
    line = {
        "id": "general",
        "name": {"en": "x", "zh": "x"},
        "demand": {"calls_per_day": 1},
        "handling": {"talk_s": 100},
        "patience": {"mean_s": 300, "distribution": distribution, "cv": cv},
    }
    calls = played(small_centre({2: 8000}, [on_duty("a", 22, 23)], hotline={"lines": [line]}))
    patience = calls.ended_s - calls.queued_s
    gone = calls.outcome == ABANDONED
    assert gone.mean() > 0.99
    assert np.median(patience) == pytest.approx(300 * (np.log(2) if cv == 1 else (1 + cv**2) ** -0.5), rel=0.06)
    assert patience[gone].mean() == pytest.approx(300, rel=0.08)


def test_handling_is_talk_hold_and_wrap_with_short_calls(small_centre: Build, on_duty: Duty) -> None:
    """§20"""
    line = {
        "id": "general",
        "name": {"en": "x", "zh": "x"},
        "demand": {"calls_per_day": 1},
        "handling": {"talk_s": 200, "talk_cv": 0.7, "hold_s": 20, "wrap_s": 40, "wrap_cv": 0.5, "short_call_share": 0.2, "short_call_s": 15},
        "patience": {"mean_s": 300},
    }  # fmt: skip
    agents = [on_duty(f"a{k:03d}") for k in range(400)]
    calls = played(small_centre({9: 3000, 14: 3000}, agents, hotline={"lines": [line]}))
    short = calls.handle_s == 15
    assert short.mean() == pytest.approx(0.2, abs=0.02)
    assert calls.handle_s.mean() == pytest.approx(0.8 * 260 + 0.2 * 15, rel=0.03)
    spoken = calls.ended_s - calls.answered_s
    assert spoken[short] == pytest.approx(15)
    assert spoken[~short].mean() == pytest.approx(220, rel=0.03)
    spread = np.sqrt((0.7 * 200) ** 2 + (0.7 * 20) ** 2 + (0.5 * 40) ** 2)
    assert calls.handle_s[~short].std() == pytest.approx(spread, rel=0.1)


def test_talk_is_scaled_to_the_forecast_handling_time(small_centre: Build, on_duty: Duty) -> None:
    """§20"""
    aht_s = np.full((1, 24), np.nan)
    aht_s[0, 9], aht_s[0, 14] = 400, 100
    agents = [on_duty(f"a{k:03d}") for k in range(600)]
    calls = played(small_centre({9: 3000, 14: 3000, 19: 3000}, agents, aht_s=aht_s))
    hour = (calls.arrived_s // 3600).astype(int)
    for at, expected in ((9, 400), (14, 100), (19, 200)):
        assert calls.handle_s[hour == at].mean() == pytest.approx(expected, rel=0.06)


def test_redial_after_giving_up_or_busy_only(small_centre: Build, on_duty: Duty) -> None:
    """§21"""
    ivr = {"announcement_s": 5, "menu_s": 5, "hang_up_share": 0.2, "hang_up_s": 2}
    centre = small_centre(
        {9: 400, 10: 400, 18: 50},
        [on_duty("a", 8, 18), on_duty("b", 8, 18)],
        hotline=OFFICE | {"ivr": ivr},
        redial_share=(0.7,),
        redial_delay=(constant(240),),
        attempts_max=(3,),
        circuits=30,
    )
    calls = played(centre)
    again = calls.attempt > 1
    before = np.flatnonzero(again) - 1
    assert set(calls.outcome[before].tolist()) == {ABANDONED, BLOCKED}
    assert calls.arrived_s[again] == pytest.approx(calls.ended_s[before] + 240)
    assert set(calls.attempt.tolist()) == {1, 2, 3}
    missed = np.isin(calls.outcome, (ABANDONED, BLOCKED))
    may = missed & (calls.attempt < 3)
    assert again.sum() / may.sum() == pytest.approx(0.7, abs=0.05)
    went_in = again & ~np.isin(calls.outcome, (BLOCKED, IVR_ABANDONED))
    assert (calls.ivr_s[went_in] >= 5).all(), "a redial passes the announcement again"


def test_no_redial_after_the_period(small_centre: Build, on_duty: Duty) -> None:
    """§10 §21"""
    centre = small_centre(
        {23: 200}, [on_duty("a")], redial_share=(1.0,), redial_delay=(constant(1800),), attempts_max=(5,)
    )
    calls = played(centre)
    assert (calls.attempt > 1).any()
    assert (calls.arrived_s < 86400).all()


def test_who_still_waits_after_the_last_duty_is_sent_away(small_centre: Build, on_duty: Duty) -> None:
    """§28 §27"""
    centre = small_centre({22: 30}, [on_duty("a", 22, 24.5)], patience=(constant(inf),), talk=(constant(600),))
    calls = played(centre)
    waiting = calls.outcome == ABANDONED
    assert waiting.any()
    assert calls.ended_s[waiting] == pytest.approx(24.5 * 3600)
    assert calls.answered_s[~waiting].max() > 86400, "served after the period's end while the duty lasts"
    early = replace(centre, duties=replace(centre.duties, end_s=np.array([23 * 3600.0])))
    sent_away = played(early)
    assert sent_away.ended_s[sent_away.outcome == ABANDONED] == pytest.approx(86400)


def test_who_asks_for_an_agent_after_the_last_duty_is_sent_away_at_once(small_centre: Build, on_duty: Duty) -> None:
    """§28"""
    centre = small_centre({23: 20}, [on_duty("a", 8, 18)], announcement_s=3600.0, patience=(constant(inf),))
    calls = played(centre)
    assert (calls.outcome == ABANDONED).all()
    assert calls.ended_s == pytest.approx(calls.arrived_s + 3600)
