"""Paragraphs 62–66 of the semantics: what callers do who hear how long they would wait."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, nan
from typing import Any

import numpy as np
import pytest

from simulation import Centre, SimulatedCalls, tally
from simulation.calls import (
    ABANDONED,
    ANSWERED,
    BLOCKED,
    CALL_BACK_ACCEPTED,
    KEPT_PLACE,
    MISSED_CALL,
    SATISFACTION,
)
from simulation.centre import Overflow
from simulation.draws import constant
from wfm.metrics import kpi_values

Build = Callable[..., Centre]
Duty = Callable[..., dict[str, Any]]
Play = Callable[..., SimulatedCalls]

OFFER = {"announced_handling_s": (100.0,), "accept_share": (1.0,), "call_back_reached_share": 1.0}
BALK = {"announced_handling_s": (100.0,), "balk_share": (1.0,)}


def fates(calls: SimulatedCalls) -> list[int]:
    return calls.outcome.tolist()


@pytest.mark.parametrize(("limit_s", "fate"), [(149.999, ABANDONED), (150.0, ANSWERED)])
def test_the_announced_wait_counts_who_waits_and_who_is_signed_in(
    exact_centre: Build, on_duty: Duty, played: Play, limit_s: float, fate: int
) -> None:
    """§62 §64 Two agents talk, two callers wait: the fifth hears (2 + 1) · 100 s ÷ 2 = 150 s; the limit must be exceeded."""
    calls = [(1000, 0), (1001, 0), (1002, 0), (1003, 0), (1004, 0)]
    centre = exact_centre(calls, [on_duty("a"), on_duty("b")], **BALK, balk_over_s=(limit_s,))
    assert fates(played(centre)) == [ANSWERED] * 4 + [fate]


def test_all_lines_of_the_group_count_and_the_own_handling_time(
    exact_centre: Build, on_duty: Duty, played: Play
) -> None:
    """§62 One agent; one caller waits on each of lines 0 and 1. Line 1 hears (2 + 1) · 40 s = 120 s; line 2, of
    another group where nobody waits yet, 1 · 300 s."""
    groups = {"own": [0, 1], "other": [2]}
    duties = [on_duty("a", group="own"), on_duty("b", group="other")]
    calls = [(1000, 0), (1001, 0), (1002, 1), (1003, 1), (1004, 2), (1005, 2)]
    fields = {"announced_handling_s": (100.0, 40.0, 300.0), "balk_share": (1.0,) * 3}
    stay = exact_centre(calls, duties, groups=groups, **fields, balk_over_s=(inf, 120.0, 300.0))
    assert fates(played(stay)) == [ANSWERED] * 6
    go = exact_centre(calls, duties, groups=groups, **fields, balk_over_s=(inf, 119.999, 299.999))
    assert fates(played(go)) == [ANSWERED, ANSWERED, ANSWERED, ABANDONED, ANSWERED, ABANDONED]


def test_with_nobody_signed_in_the_announced_wait_is_infinite(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§62 The agent comes at 01:00. One who still talks after the end of the duty is signed off (§26) as well."""
    for limit_s, fate in ((1e12, ABANDONED), (inf, ANSWERED)):
        centre = exact_centre([(1000, 0)], [on_duty("a", 1, 2)], **BALK, balk_over_s=(limit_s,))
        assert fates(played(centre)) == [fate]
    duties = [on_duty("a", 0, 1), on_duty("b", 2, 3)]
    leaving = exact_centre([(3550, 0), (3610, 0)], duties, **BALK, balk_over_s=(1e12,))
    assert fates(played(leaving)) == [ANSWERED, ABANDONED]


def test_who_accepts_leaves_the_line_and_keeps_the_place(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§63 §65 The second and the third caller accept at 1010 and 1020, having heard 100 s and 200 s. The first call ends
    at 1103; then the agent calls the one and the other back, 3 s of ringing and 100 s of talk each."""
    centre = exact_centre(
        [(1000, 0), (1010, 0), (1020, 0)],
        [on_duty("a")],
        **OFFER,
        offer_over_s=(99.0,),
        ring_s=3.0,
    )
    calls = played(centre)
    assert fates(calls) == [ANSWERED, CALL_BACK_ACCEPTED, CALL_BACK_ACCEPTED]
    assert calls.ended_s.tolist() == [1103, 1010, 1020]
    assert calls.queued_s.tolist() == [1000, 1010, 1020]
    assert calls.other_work.kind.tolist() == [KEPT_PLACE, KEPT_PLACE]
    assert calls.other_work.start_s.tolist() == [1103, 1206]
    assert calls.other_work.end_s.tolist() == [1206, 1309]
    np.testing.assert_array_equal(calls.called_back_s, [nan, 1106, 1209])
    whole = tally(calls, centre).select_dtypes("number").sum()
    assert whole["queued"] == 3
    assert (whole["answered"], whole["abandoned"], whole["called_back"]) == (1, 0, 2)
    assert whole["wait_all_s"] == 3, "who accepts has waited 0 s"
    values = kpi_values(tally(calls, centre))
    assert values["connection_rate_daily_mean"] == 1
    assert values["agent_connection_rate"] == pytest.approx(1 / 3)
    assert values["abandon_share"] == 0


def test_a_kept_place_keeps_its_order_and_has_no_patience(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§63 §65 Line 0 accepts, line 1 waits: the place of 1010 is served before the caller of 1020, who gives up at 1120."""
    fields = {
        "announced_handling_s": (100.0, 100.0),
        "accept_share": (1.0, 0.0),
        "offer_over_s": (99.0, 99.0),
        "call_back_reached_share": 1.0,
        "ring_s": 0.0,
        "patience": (constant(5.0), constant(100.0)),
    }
    centre = exact_centre([(1000, 0), (1010, 0), (1020, 1)], [on_duty("a")], groups={"all": [0, 1]}, **fields)
    calls = played(centre)
    assert fates(calls) == [ANSWERED, CALL_BACK_ACCEPTED, ABANDONED]
    assert calls.other_work.start_s.tolist() == [1100]
    assert calls.ended_s.tolist() == [1100, 1010, 1120]


def test_an_acceptance_frees_the_circuit(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§63 §12 With two circuits the third caller finds one only if the second has left it."""
    calls = [(1000, 0), (1010, 0), (1020, 0)]
    waits = exact_centre(calls, [on_duty("a")], circuits=2)
    assert fates(played(waits)) == [ANSWERED, ANSWERED, BLOCKED]
    leaves = exact_centre(calls, [on_duty("a")], circuits=2, **OFFER, offer_over_s=(99.0,))
    assert fates(played(leaves)) == [ANSWERED, CALL_BACK_ACCEPTED, CALL_BACK_ACCEPTED]


def test_kept_places_count_in_the_announced_wait(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§62 Two places kept: the fourth caller hears 300 s, on a line that is offered nothing and balks above 299 s."""
    fields = {
        "announced_handling_s": (100.0, 100.0),
        "accept_share": (1.0, 0.0),
        "offer_over_s": (50.0, inf),
        "balk_share": (0.0, 1.0),
    }
    calls = [(1000, 0), (1010, 0), (1020, 0), (1030, 1)]
    for limit_s, fate in ((299.0, ABANDONED), (300.0, ANSWERED)):
        centre = exact_centre(calls, [on_duty("a")], groups={"all": [0, 1]}, **fields, balk_over_s=(inf, limit_s))
        assert fates(played(centre)) == [ANSWERED, CALL_BACK_ACCEPTED, CALL_BACK_ACCEPTED, fate]


def test_who_declines_may_balk_and_then_calls_again_as_after_any_abandonment(
    exact_centre: Build, on_duty: Duty, played: Play
) -> None:
    """§64 §21 §29 The second caller balks at 1010, calls again at 1060 and balks, then waits no more (two attempts)."""
    centre = exact_centre(
        [(1000, 0), (1010, 0)],
        [on_duty("a")],
        **BALK,
        balk_over_s=(99.0,),
        offer_over_s=(99.0,),
        redial_share=(1.0,),
        redial_delay=(constant(50.0),),
        attempts_max=(2,),
        call_back_missed=True,
        call_back_delay_s=200.0,
        call_back_reached_share=1.0,
        ring_s=0.0,
    )
    calls = played(centre)
    assert fates(calls) == [ANSWERED, ABANDONED, ABANDONED]
    assert calls.arrived_s.tolist() == [1000, 1010, 1060]
    assert (calls.ended_s - calls.queued_s).tolist()[1:] == [0, 0]
    # Both attempts fall due, at 1210 and 1260; the first call-back reaches the caller, so the second is not made.
    assert calls.other_work.kind.tolist() == [MISSED_CALL]
    assert calls.other_work.start_s.tolist() == [1210]
    np.testing.assert_array_equal(calls.called_back_s, [nan, 1210, nan])
    assert tally(calls, centre)["short_abandoned"].sum() == 2


def test_offered_and_balking_shares(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§63 §64 Of 3,000 callers who hear a long wait 0.3 accept; of the others 0.4 balk: 0.3 and 0.28 of all."""
    calls = [(1000.0, 0), *((1001.0 + k, 0) for k in range(3000))]
    centre = exact_centre(
        calls,
        [on_duty("a", 0, 2)],
        announced_handling_s=(100.0,),
        offer_over_s=(10.0,),
        accept_share=(0.3,),
        balk_over_s=(10.0,),
        balk_share=(0.4,),
        talk=(constant(3500.0),),
        patience=(constant(5.0),),
    )
    result = played(centre)
    balked = (result.outcome == ABANDONED) & (result.ended_s == result.queued_s)
    assert (result.outcome == CALL_BACK_ACCEPTED).mean() == pytest.approx(0.3, abs=0.035)
    assert balked.mean() == pytest.approx(0.28, abs=0.035)


def test_a_kept_place_is_taken_by_overflow_groups_and_tried_once(
    exact_centre: Build, on_duty: Duty, played: Play
) -> None:
    """§65 b may take it 30 s after 1010, and does not reach the caller, which takes 30 s; nobody tries again."""
    duties = [on_duty("a", group="own"), on_duty("b", group="other")]
    fields = {
        "announced_handling_s": (100.0, 100.0),
        "accept_share": (1.0, 0.0),
        "offer_over_s": (50.0, inf),
        "call_back_reached_share": 0.0,
        "overflow": ((Overflow(1, 30.0),), ()),
    }
    centre = exact_centre([(1000, 0), (1010, 0)], duties, groups={"own": [0], "other": [1]}, **fields)
    calls = played(centre)
    assert calls.other_work.agent.tolist() == [1]
    assert calls.other_work.kind.tolist() == [KEPT_PLACE]
    assert (calls.other_work.start_s.tolist(), calls.other_work.end_s.tolist()) == ([1040], [1070])
    assert np.isnan(calls.called_back_s).all()


@pytest.mark.parametrize(
    ("reached_share", "kinds", "starts_s"),
    [(1.0, [KEPT_PLACE], [1200]), (0.0, [KEPT_PLACE, MISSED_CALL], [1200, 1230])],
    ids=["reached", "not reached"],
)
def test_who_is_reached_from_a_kept_place_is_not_called_back_for_an_earlier_call(
    exact_centre: Build,
    on_duty: Duty,
    played: Play,
    reached_share: float,
    kinds: list[int],
    starts_s: list[float],
) -> None:
    """§65 §30 The second caller hears 100 s at 1010 and waits, gives up at 1030, and at 1060, when somebody waits on
    line 1, hears 200 s and accepts. The agent takes line 1's caller at 1100 and the kept place at 1200."""
    centre = exact_centre(
        [(1000, 0), (1010, 0), (1035, 1)],
        [on_duty("a")],
        groups={"all": [0, 1]},
        announced_handling_s=(100.0, 100.0),
        offer_over_s=(150.0, inf),
        accept_share=(1.0, 0.0),
        patience=(constant(20.0), constant(inf)),
        redial_share=(1.0, 0.0),
        redial_delay=(constant(30.0), constant(0.0)),
        attempts_max=(2, 1),
        call_back_missed=True,
        call_back_delay_s=0.0,
        call_back_reached_share=reached_share,
        ring_s=0.0,
    )
    calls = played(centre)
    assert fates(calls) == [ANSWERED, ABANDONED, CALL_BACK_ACCEPTED, ANSWERED]
    assert calls.other_work.kind.tolist() == kinds
    assert calls.other_work.start_s.tolist() == starts_s


def test_places_still_kept_when_the_centre_ends_are_struck_out(
    exact_centre: Build, on_duty: Duty, played: Play
) -> None:
    """§65 The only agent's duty ends during the first call."""
    centre = exact_centre([(3550, 0), (3560, 0)], [on_duty("a", 0, 1)], **OFFER, offer_over_s=(50.0,))
    calls = played(centre)
    assert fates(calls) == [ANSWERED, CALL_BACK_ACCEPTED]
    assert len(calls.other_work.kind) == 0
    assert np.isnan(calls.called_back_s).all()


def test_an_acceptance_is_neither_redialled_nor_missed(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§63 Everybody redials and missed calls are called back; who accepted is called once, from the kept place."""
    centre = exact_centre(
        [(1000, 0), (1010, 0)],
        [on_duty("a")],
        **(OFFER | {"call_back_reached_share": 0.0}),
        offer_over_s=(50.0,),
        redial_share=(1.0,),
        redial_delay=(constant(10.0),),
        attempts_max=(5,),
        call_back_missed=True,
        call_back_delay_s=0.0,
        follow_up_share=1.0,
        follow_up=constant(20.0),
    )
    calls = played(centre)
    assert len(calls) == 2
    # The satisfaction call-back of the first call waits for the morning.
    assert calls.other_work.kind.tolist() == [KEPT_PLACE, SATISFACTION]
    assert calls.other_work.start_s.tolist() == [1100, 8 * 3600]


def test_nobody_is_offered_anything_once_the_centre_has_ended(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§28 §63 The announcement lasts until the period and all duties are over: the caller is sent away."""
    centre = exact_centre([(86_390, 0)], [on_duty("a", 0, 1)], **OFFER, offer_over_s=(0.0,), announcement_s=20.0)
    assert fates(played(centre)) == [ABANDONED]


def test_call_backs_on_the_next_morning(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§66 Abandoned on the first day at 07:00 and at 21:00, and on the second at 09:00: the first two are called back
    at 08:00 of the second day although agents are idle before, the third not any more in the period."""
    calls = [(7 * 3600.0, 0), (21 * 3600.0, 0), (33 * 3600.0, 0)]
    duties = [on_duty("a", 0, 6), on_duty("b", 10, 20), on_duty("c", 22, 32.5), on_duty("d", 34, 48)]
    centre = exact_centre(
        calls,
        duties,
        days=2,
        patience=(constant(60.0),),
        call_back_missed=True,
        call_back_next_morning=True,
        call_back_reached_share=1.0,
        call_back_delay_s=100.0,
        ring_s=5.0,
    )
    result = played(centre)
    assert fates(result) == [ABANDONED] * 3
    assert result.other_work.kind.tolist() == [MISSED_CALL] * 2
    assert result.other_work.start_s.tolist() == [32 * 3600, 32 * 3600 + 105]
    np.testing.assert_array_equal(result.called_back_s, [32 * 3600 + 5, 32 * 3600 + 110, nan])
