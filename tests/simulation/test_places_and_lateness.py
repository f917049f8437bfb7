"""Paragraphs 70 and 71 of the semantics: duties that begin late, and seats that are fewer than agents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import log
from typing import Any

import numpy as np
import pytest

from simulation import Centre, SimulatedCalls
from simulation.attendance import Presence, present
from simulation.calls import ABANDONED, ANSWERED
from simulation.draws import constant, exponential

Build = Callable[..., Centre]
Duty = Callable[..., dict[str, Any]]
Play = Callable[..., SimulatedCalls]


def who_came(centre: Centre, replication: int = 0) -> list[Presence]:
    return present(
        centre.duties,
        centre.absence_share,
        centre.standby_delay_s,
        seed=1,
        replication=replication,
        late_share=centre.late_share,
        late=centre.late,
        tables=centre.tables,
    )


def stays(calls: SimulatedCalls) -> list[tuple[int, float, float]]:
    there = calls.stays
    return sorted(zip(there.agent.tolist(), there.start_s.tolist(), there.end_s.tolist(), strict=True))


def test_a_duty_begins_late_and_its_breaks_stay(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§70 Everybody is 90 min late: a's break at 09:00–10:00 hides half an hour of it, b's at 11:00 is as planned, and
    c's duty of an hour does not take place."""
    duties = [
        on_duty("a", 8, 16, breaks="09:00-10:00"),
        on_duty("b", 8, 16, breaks="11:00-11:30"),
        on_duty("c", 8, 9),
        on_duty("d", 8, 9.5),
    ]
    centre = exact_centre([(32_000, 0)], duties, late_share=1.0, late=constant(5400.0))
    h = 3600.0
    assert who_came(centre) == [
        Presence(1, 0, 9.5 * h, 11 * h),
        Presence(0, 0, 10 * h, 16 * h),
        Presence(1, 0, 11.5 * h, 16 * h),
    ]
    calls = played(centre)
    assert calls.answered_s.tolist() == [9.5 * h]
    assert stays(calls) == [(0, 10 * h, 16 * h), (1, 9.5 * h, 11 * h), (1, 11.5 * h, 16 * h)]


def test_late_duties_have_their_share_and_their_law(small_centre: Build, on_duty: Duty) -> None:
    """§70 §7 Of 3,000 duties 0.3 are late, by 600 s in the mean, exponentially; who is late does not depend on the others."""
    duties = [on_duty(f"a{k:03d}", 1, 24) for k in range(300)]
    centre = small_centre({}, duties, late_share=0.3, late=exponential(600.0))
    fewer = small_centre({}, duties[100:], late_share=0.3, late=exponential(600.0))
    late_s: list[float] = []
    for replication in range(10):
        came = who_came(centre, replication)
        assert len(came) == 300
        late_s += [stay.start_s - 3600 for stay in came if stay.start_s > 3600]
        starts = {centre.agent_ids[stay.agent]: stay.start_s for stay in came}
        for stay in who_came(fewer, replication):
            assert starts[fewer.agent_ids[stay.agent]] == stay.start_s
    assert len(late_s) / 3000 == pytest.approx(0.3, abs=0.035)
    assert np.mean(late_s) == pytest.approx(600, rel=0.12)
    assert np.median(late_s) == pytest.approx(600 * log(2), rel=0.15)


def test_an_absent_a_is_not_late_and_its_b_neither(small_centre: Build, on_duty: Duty) -> None:
    """§70 §23"""
    duties = [on_duty("a", 8, 16, post="p"), on_duty("b", 8, 16, post="p", role="B")]
    centre = small_centre({}, duties, absence_share=1.0, standby_delay_s=600.0, late_share=1.0, late=constant(7200.0))
    assert who_came(centre) == [Presence(1, 0, 8 * 3600 + 600.0, 16 * 3600.0)]


def test_who_finds_no_seat_waits_and_is_not_signed_in(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§71 One seat; a has it until 02:00, b comes at 01:00 and is seated at 02:00. Two callers at 01:30: one waits."""
    duties = [on_duty("a", 0, 2), on_duty("b", 1, 3)]
    calls = [(5400.0, 0), (5401.0, 0)]
    seated = played(exact_centre(calls, duties, places=1))
    assert seated.agent.tolist() == [0, 0]
    assert seated.answered_s.tolist() == [5400, 5500]
    assert stays(seated) == [(0, 0, 7200), (1, 7200, 10_800)]
    roomy = played(exact_centre(calls, duties, places=2))
    assert roomy.answered_s.tolist() == [5400, 5401]


def test_seats_are_given_in_the_order_of_coming(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§71 d comes before b and c; of b and c, who come together, the lower number first. a's seat falls free at 04:00,
    d's at 05:00, b's at 06:00."""
    duties = [on_duty("a", 0, 4), on_duty("b", 2, 6), on_duty("c", 2, 8), on_duty("d", 1, 5)]
    calls = played(exact_centre([(100, 0)], duties, places=1))
    h = 3600.0
    assert stays(calls) == [(0, 0, 4 * h), (1, 5 * h, 6 * h), (2, 6 * h, 8 * h), (3, 4 * h, 5 * h)]


def test_the_seat_falls_free_when_the_last_call_ends(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§71 §26 a's duty ends at 01:00, the call with its wrap-up at 01:02:30; b is seated then and takes who waits."""
    duties = [on_duty("a", 0, 1), on_duty("b", 0.5, 2)]
    centre = exact_centre(
        [(3550, 0), (3590, 0)], duties, places=1, ring_s=0.0, talk=(constant(150.0),), wrap=(constant(50.0),)
    )
    calls = played(centre)
    assert calls.answered_s.tolist() == [3550, 3750]
    assert stays(calls) == [(0, 0, 3750), (1, 3750, 7200)]


def test_remote_duties_need_no_seat(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§71"""
    duties = [on_duty("a", 0, 4), on_duty("b", 0, 4, remote=True), on_duty("c", 0, 4)]
    calls = played(exact_centre([(100, 0), (101, 0), (102, 0)], duties, places=1))
    assert calls.agent.tolist() == [0, 1, 0]
    nobody = exact_centre([(100, 0)], duties[1:2], places=0)
    assert played(nobody).outcome.tolist() == [ANSWERED]


def test_a_wait_for_a_seat_ends_with_the_duty_or_at_a_break(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§71 a keeps the only seat until 05:00. b's duty ends before that; c waits again after the break, behind d."""
    duties = [
        on_duty("a", 0, 5),
        on_duty("b", 1, 4),
        on_duty("c", 1, 8, breaks="03:00-04:00"),
        on_duty("d", 2, 6),
    ]
    calls = played(exact_centre([(100, 0)], duties, places=1))
    h = 3600.0
    assert stays(calls) == [(0, 0, 5 * h), (2, 6 * h, 8 * h), (3, 5 * h, 6 * h)]


def test_a_break_gives_the_seat_away(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§71 a's break from 02:00 to 03:00 lets b in, who stays until 04:00; then a is seated again."""
    duties = [on_duty("a", 0, 5, breaks="02:00-03:00"), on_duty("b", 1, 4)]
    calls = played(exact_centre([(100, 0)], duties, places=1))
    h = 3600.0
    assert stays(calls) == [(0, 0, 2 * h), (0, 4 * h, 5 * h), (1, 2 * h, 4 * h)]


def test_at_the_end_of_the_duty_nobody_is_seated_any_more(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§71 §34 a and b end at 02:00; a, the lower number, signs off first, and b is not seated for no time at all."""
    duties = [on_duty("a", 0, 2), on_duty("b", 1, 2), on_duty("c", 1.5, 3)]
    calls = played(exact_centre([(7150, 0), (7151, 0)], duties, places=1, talk=(constant(10.0),)))
    assert stays(calls) == [(0, 0, 7200), (2, 7200, 10_800)]
    waiting = exact_centre([(7150, 0), (7151, 0)], duties[:2], places=1, talk=(constant(60.0),))
    ends = played(waiting)
    assert ends.outcome.tolist() == [ANSWERED, ABANDONED], "b takes no call at the end of the duty"
    assert stays(ends) == [(0, 0, 7210)]


def test_who_is_finishing_a_call_keeps_the_seat(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§71 a's call outlasts the break; b, who waits for the seat, does not get it. Without the call b does."""
    duties = [on_duty("a", 0, 4, breaks="01:00-01:10"), on_duty("b", 0.5, 3)]
    busy = played(exact_centre([(3500, 0)], duties, places=1, talk=(constant(1000.0),)))
    assert stays(busy) == [(0, 0, 4200), (0, 4200, 14_400)]
    idle = played(exact_centre([(100, 0)], duties, places=1))
    assert stays(idle) == [(0, 0, 3600), (0, 10_800, 14_400), (1, 3600, 10_800)]


def test_who_comes_from_remote_work_needs_a_seat(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§71 b is still talking from a remote duty as the next begins at the centre, and waits until a leaves at 02:00."""
    duties = [on_duty("a", 0, 2), on_duty("b", 0, 1, remote=True), on_duty("b", 1, 3)]
    centre = exact_centre([(3000, 0), (3001, 0)], duties, places=1, talk=(constant(1000.0),))
    calls = played(centre)
    assert calls.agent.tolist() == [0, 1]
    b = [stay for stay in stays(calls) if stay[0] == 1]
    ended_s = float(calls.ended_s[1])
    assert b == [(1, 0, ended_s), (1, 7200, 10_800)]
    longer = replace(centre, talk=(constant(6000.0),))
    still = [stay for stay in stays(played(longer)) if stay[0] == 1]
    # a's call lasts until 9,000, b's a second longer: the seat falls free during it.
    seated_s = float(played(longer).ended_s[0])
    assert still == [(1, 0, seated_s), (1, seated_s, 10_800)]
