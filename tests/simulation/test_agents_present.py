"""Paragraphs 22–27 of the semantics: who answers when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from math import inf
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simulation import Centre, SimulatedCalls, assert_conservation, simulate
from simulation.attendance import Presence, present, rostered_duties
from simulation.calls import ANSWERED
from simulation.draws import constant
from wfm.calendar import TimeGrid
from wfm.errors import BadInput

Build = Callable[..., Centre]
Duty = Callable[..., dict[str, Any]]
GRID = TimeGrid(date(2026, 9, 14), 1, 60, "Asia/Shanghai")


def who_came(centre: Centre, replication: int = 0) -> list[Presence]:
    return present(centre.duties, centre.absence_share, centre.standby_delay_s, seed=1, replication=replication)


def dispatched_s(calls: SimulatedCalls, centre: Centre) -> np.ndarray:
    return calls.answered_s - centre.ring_s


def test_b_stands_by_and_does_not_answer(small_centre: Build, on_duty: Duty) -> None:
    """§22"""
    duties = [on_duty("a", post="p"), on_duty("b", post="p", role="B")]
    centre = small_centre({9: 50}, duties)
    calls = simulate(centre, 1, 0)
    assert set(calls.agent[calls.outcome == ANSWERED].tolist()) == {0}
    assert calls.busy_s[1] == 0


def test_b_takes_over_after_the_delay_until_the_end_of_the_duty(small_centre: Build, on_duty: Duty) -> None:
    """§23"""
    duties = [on_duty("a", 9, 17, post="p"), on_duty("b", 8, 20, post="p", role="B"), on_duty("c", 9, 17)]
    centre = small_centre({9: 50, 12: 50}, duties, absence_share=1.0, standby_delay_s=1800.0)
    assert who_came(centre) == [Presence(1, 0, 9.5 * 3600, 17 * 3600)], "c has no B"
    calls = simulate(centre, 1, 0)
    answered = calls.outcome == ANSWERED
    assert calls.answered_s[answered].min() >= 9.5 * 3600
    assert set(calls.agent[answered].tolist()) == {1}


def test_absences_have_their_share_and_do_not_depend_on_the_rest_of_the_roster(
    small_centre: Build, on_duty: Duty
) -> None:
    """§23 §7"""
    duties = [on_duty(f"a{k:03d}") for k in range(200)]
    few = small_centre({}, duties[:150], absence_share=0.1)
    more = small_centre({}, [on_duty("0-first", 3, 5), *duties], absence_share=0.1)
    missing = 0
    for replication in range(20):
        there = {few.agent_ids[stay.agent] for stay in who_came(few, replication)}
        there_too = {more.agent_ids[stay.agent] for stay in who_came(more, replication)}
        assert there == there_too & set(few.agent_ids)
        missing += 150 - len(there)
    assert missing / 3000 == pytest.approx(0.1, abs=0.02)


def test_own_post_first_then_the_shared_b_of_the_group(small_centre: Build, on_duty: Duty) -> None:
    """§24"""
    duties = [
        on_duty("a1", post="p1"),
        on_duty("a2", post="p2"),
        on_duty("a3", post="p3"),
        on_duty("b1", post="p1", role="B"),
        on_duty("b9", post="shared", role="B"),
        on_duty("late", 20, 24, post="late", role="B"),
    ]
    centre = small_centre({}, duties, absence_share=1.0)
    came = [centre.agent_ids[stay.agent] for stay in who_came(centre)]
    assert sorted(came) == ["b1", "b9", "late"]
    assert [stay.start_s for stay in who_came(centre) if centre.agent_ids[stay.agent] == "late"] == [20 * 3600]
    without_late = small_centre({}, duties[:5], absence_share=1.0)
    assert len(who_came(without_late)) == 2, "three absent, two stand in"


def test_a_pair_stays_together_when_others_lack_a_b(small_centre: Build, on_duty: Duty) -> None:
    """§24 a1 comes first and has no B of its own; b2 must still stand in for a2, whose duty is shorter."""
    duties = [on_duty("a1", post="p1"), on_duty("a2", 0, 12, post="p2"), on_duty("b2", post="p2", role="B")]
    centre = small_centre({}, duties, absence_share=1.0, standby_delay_s=0.0)
    assert who_came(centre) == [Presence(2, 0, 0.0, 12 * 3600)]
    alone = small_centre({}, [duties[0], duties[2]], absence_share=1.0, standby_delay_s=0.0)
    assert who_came(alone) == [Presence(1, 0, 0.0, 24 * 3600)], "shared where the post has none"


def test_the_own_b_comes_before_an_earlier_one(small_centre: Build, on_duty: Duty) -> None:
    """§24"""
    duties = [on_duty("a", post="p"), on_duty("first", post="q", role="B"), on_duty("own", 8, 24, post="p", role="B")]
    centre = small_centre({}, duties, absence_share=1.0, standby_delay_s=0.0)
    assert who_came(centre) == [Presence(2, 0, 8 * 3600, 24 * 3600)]


def test_no_answer_during_breaks_and_a_break_is_not_prolonged(small_centre: Build, on_duty: Duty) -> None:
    """§25"""
    centre = small_centre(
        {9: 30, 12: 30, 13: 30},
        [on_duty("a", 8, 18, breaks="10:00-10:15;12:00-13:00")],
        talk=(constant(710),),
        patience=(constant(inf),),
    )
    calls = simulate(centre, 1, 0)
    start_h = dispatched_s(calls, centre)[calls.outcome == ANSWERED] / 3600
    for begins, ends in ((10, 10.25), (12, 13)):
        assert not ((start_h >= begins) & (start_h < ends)).any()
    end_h = start_h + 710 / 3600
    assert ((start_h < 12) & (end_h > 12)).any(), "the call in hand is finished"
    assert start_h[start_h >= 12].min() == pytest.approx(13)


def test_a_call_that_outlasts_the_break_swallows_it(small_centre: Build, on_duty: Duty) -> None:
    """§25"""
    centre = small_centre(
        {9: 2}, [on_duty("a", 8, 18, breaks="10:00-10:05")], talk=(constant(3700),), patience=(constant(inf),)
    )
    calls = simulate(centre, 1, 0)
    assert calls.answered_s[1] == pytest.approx(calls.answered_s[0] + 3700)


def test_the_call_in_hand_is_finished_after_the_shift(small_centre: Build, on_duty: Duty) -> None:
    """§26"""
    centre = small_centre(
        {16: 30},
        [on_duty("a", 8, 17)],
        ring_s=5.0,
        talk=(constant(610),),
        wrap=(constant(90),),
        patience=(constant(inf),),
    )
    calls = simulate(centre, 1, 0)
    answered = calls.outcome == ANSWERED
    started, done = dispatched_s(calls, centre)[answered], calls.answered_s[answered] + 700
    assert started.max() < 17 * 3600 < done.max()
    assert calls.stays.end_s.tolist() == [pytest.approx(done.max())], "signed in until finished"
    assert_conservation(calls, centre)


def test_a_late_call_ends_before_the_next_duty_of_the_same_agent_counts(small_centre: Build, on_duty: Duty) -> None:
    """§26 Two duties back to back: nobody handles two calls at once, and time is counted once."""
    duties = [on_duty("a", 8, 12), on_duty("a", 12, 16)]
    centre = small_centre({11: 20}, duties, talk=(constant(900),), patience=(constant(inf),))
    calls = simulate(centre, 1, 0)
    starts = np.sort(calls.answered_s[calls.outcome == ANSWERED])
    assert (np.diff(starts) >= 900 - 1e-6).all()
    assert (calls.stays.end_s - calls.stays.start_s).sum() <= 8 * 3600 + 900
    assert_conservation(calls, centre)


def test_a_duty_that_began_the_day_before_serves_the_first_night(small_centre: Build, on_duty: Duty) -> None:
    """§27"""
    centre = small_centre(
        {0: 5, 7: 5}, [on_duty("n", -4, 6, breaks="23:00-24:00;00:00-00:30")], patience=(constant(inf),)
    )
    assert who_came(centre) == [Presence(0, 0, 1800.0, 6 * 3600)]
    calls = simulate(centre, 1, 0)
    assert (calls.outcome == ANSWERED).sum() == 5


def test_clock_times_become_true_seconds_when_clocks_change() -> None:
    """§2 Berlin, 2026-03-29: the hour from 02:00 does not exist."""
    zone = "Europe/Berlin"
    grid = TimeGrid(date(2026, 3, 29), 1, 60, zone)
    midnight = pd.Timestamp("2026-03-29", tz=zone)
    table = pd.DataFrame(
        [("a", "g", "p", "A", midnight, pd.Timestamp("2026-03-29 08:00", tz=zone), "04:00-04:30")],
        columns=["agent", "group", "post", "role", "start", "end", "breaks"],
    )
    duties = rostered_duties(table, ["g"], grid)
    assert duties.end_s.tolist() == [7 * 3600]
    assert duties.pauses == (((3 * 3600, 3.5 * 3600),),)


def test_contradicting_rosters_are_refused_in_one_sentence(small_centre: Build, on_duty: Duty) -> None:
    cases = [
        ([on_duty("a", 8, 12), on_duty("a", 11, 14)], "two duties of a overlap"),
        ([on_duty("a", group="nobody")], "unknown group 'nobody'"),
        ([on_duty("a", 8, 8)], "must end after it starts"),
        ([on_duty("a", breaks="noon")], "should be HH:MM-HH:MM, found 'noon'"),
        ([on_duty("b", role="B")], "no A duty"),
    ]
    for duties, said in cases:
        with pytest.raises(BadInput, match=said):
            small_centre({9: 1}, duties)


def test_nobody_answers_off_duty_or_on_break(small_centre: Build, on_duty: Duty) -> None:
    """§22 §23 §25 §26 A busy day with absences: every call starts inside a stay of its agent."""
    rng = np.random.default_rng(3)
    duties = []
    for k in range(12):
        start = int(rng.integers(0, 16))
        post = f"p{k}"
        duties.append(
            on_duty(f"a{k:02d}", start, start + 8, post=post, breaks=f"{start + 4:02d}:00-{start + 4:02d}:30")
        )
        duties.append(on_duty(f"b{k:02d}", start, start + 8, post=post, role="B"))
    centre = small_centre(dict.fromkeys(range(24), 40), duties, absence_share=0.3, standby_delay_s=1200.0, ring_s=4.0)
    for replication in range(3):
        calls = simulate(centre, 1, replication)
        stays = who_came(centre, replication)
        answered = calls.outcome == ANSWERED
        for agent, start in zip(calls.agent[answered], dispatched_s(calls, centre)[answered], strict=True):
            assert any(s.agent == agent and s.start_s - 1e-6 <= start < s.end_s for s in stays)


def test_the_roster_may_come_without_rows_outside_the_period(small_centre: Build, on_duty: Duty) -> None:
    inside = small_centre({9: 1}, [on_duty("a"), on_duty("x", -10, -2), on_duty("y", 30, 38)])
    assert inside.agent_ids == ("a",)
    assert replace(inside).duties is inside.duties
