"""Paragraphs 72–74 of the semantics: work that answered calls leave behind, and that yields to calls."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

import numpy as np
import pytest

from simulation import Centre, SimulatedCalls
from simulation.calls import ANSWERED, KEPT_PLACE, MISSED_CALL, ORDER, SATISFACTION
from simulation.centre import AgentChoice, Overflow
from simulation.draws import constant, exponential

Build = Callable[..., Centre]
Duty = Callable[..., dict[str, Any]]
Play = Callable[..., SimulatedCalls]

TWO = {"own": [0], "other": [1]}


def orders(
    work_s: float | tuple[float, ...], due_s: Any = inf, *, groups: tuple[bool, ...] = (True,), **fields: Any
) -> dict[str, Any]:
    """Every answered call brings an order of each class, with this work and deadline."""
    works = work_s if isinstance(work_s, tuple) else (work_s,)
    due = np.broadcast_to(np.asarray(due_s, dtype=float).reshape(-1, 1 if np.ndim(due_s) < 2 else 24), (len(works), 24))
    return {
        "order_share": (1.0,) * len(works),
        "order_work": tuple(constant(w) for w in works),
        "order_due_s": due,
        "order_by_day": (False,) * len(works),
        "order_groups": np.array(groups),
    } | fields


def pieces(calls: SimulatedCalls) -> list[tuple[int, int, float, float]]:
    """Call, agent, start and end of the pieces of work on orders."""
    work = calls.other_work
    columns = (work.row, work.agent, work.start_s, work.end_s)
    return [
        (int(row), int(agent), float(start), float(end))
        for kind, row, agent, start, end in zip(work.kind, *columns, strict=True)
        if kind == ORDER
    ]


def test_an_answered_call_brings_an_order(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§72 §73 The call ends at 1100; wrap-up until 1120, then the order. Its deadline is that of the interval of 1100."""
    due = np.arange(24)[None, :] * 1e6 + 5e5
    centre = exact_centre([(1000, 0), (7000, 0)], [on_duty("a")], wrap=(constant(20.0),), **orders(50.0, due))
    calls = played(centre)
    assert calls.orders.row.tolist() == [0, 1]
    assert calls.orders.received_s.tolist() == [1100, 7100]
    assert calls.orders.due_s.tolist() == [5e5, 1.5e6]
    assert calls.orders.work_s.tolist() == [50, 50]
    assert calls.orders.finished_s.tolist() == [1170, 7170]
    assert pieces(calls) == [(0, 0, 1120, 1170), (1, 0, 7120, 7170)]


def test_an_order_after_the_period_has_the_deadline_of_its_last_interval(
    exact_centre: Build, on_duty: Duty, played: Play
) -> None:
    """§72"""
    due = np.arange(24)[None, :] * 1e6
    calls = played(exact_centre([(86_399, 0)], [on_duty("a", 20, 26)], **orders(50.0, due)))
    assert calls.orders.received_s.tolist() == [86_499]
    assert calls.orders.due_s.tolist() == [23e6]


def test_each_class_has_its_share(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§72 Of 2,000 calls 0.3 bring the one and 0.7 the other, 0.21 both."""
    calls = [(k * 20.0, 0) for k in range(2000)]
    fields = orders((1.0, 2.0)) | {"order_share": (0.3, 0.7), "order_work": (exponential(3.0), constant(2.0))}
    centre = exact_centre(calls, [on_duty("a")], talk=(constant(1.0),), **fields)
    result = played(centre).orders
    rows = [set(result.row[result.order_class == c].tolist()) for c in (0, 1)]
    assert len(rows[0]) / 2000 == pytest.approx(0.3, abs=0.035)
    assert len(rows[1]) / 2000 == pytest.approx(0.7, abs=0.035)
    assert len(rows[0] & rows[1]) / 2000 == pytest.approx(0.21, abs=0.035)
    assert result.work_s[result.order_class == 0].mean() == pytest.approx(3.0, rel=0.15)
    assert not np.isnan(result.finished_s).any()


def test_the_earliest_deadline_first_and_of_equals_the_first_received(
    exact_centre: Build, on_duty: Duty, played: Play
) -> None:
    """§73 Three classes, due at 9, 5 and 5 million seconds; three calls in a row, then all of it is done in order."""
    fields = orders((10.0, 20.0, 30.0), np.array([9e6, 5e6, 5e6]))
    centre = exact_centre([(1000, 0), (1001, 0), (1002, 0)], [on_duty("a")], **fields)
    calls = played(centre)
    work = calls.other_work
    lengths = (work.end_s - work.start_s).tolist()
    # The first call ends at 1100, the third at 1300. Two callers wait, so nothing is begun before.
    assert work.start_s[0] == 1300
    assert work.row.tolist() == [0, 0, 1, 1, 2, 2, 0, 1, 2]
    assert lengths == [20, 30, 20, 30, 20, 30, 10, 10, 10]


def test_orders_come_after_callers_missed_calls_and_satisfaction_call_backs(
    exact_centre: Build, on_duty: Duty, played: Play
) -> None:
    """§73 At 30100 the agent has an order, a satisfaction call-back, a missed call and a caller to choose from."""
    centre = exact_centre(
        [(30_000, 0), (30_001, 1), (30_050, 0)],
        [on_duty("a")],
        groups={"all": [0, 1]},
        patience=(constant(inf), constant(20.0)),
        follow_up_share=1.0,
        follow_up=constant(40.0),
        call_back_missed=True,
        call_back_delay_s=0.0,
        call_back_reached_share=0.0,
        **orders(60.0),
    )
    calls = played(centre)
    assert calls.answered_s[2] == 30_100
    assert calls.other_work.kind.tolist() == [MISSED_CALL, SATISFACTION, SATISFACTION, ORDER, ORDER]
    assert calls.other_work.start_s.tolist() == [30_200, 30_230, 30_270, 30_310, 30_370]


def test_only_the_groups_that_work_on_orders(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§73 The caller's own group does none; the first idle agent of the other takes it as the caller leaves."""
    duties = [on_duty("a", group="own"), on_duty("b", group="other"), on_duty("c", group="other")]
    centre = exact_centre([(500, 1), (1000, 0)], duties, groups=TWO, **orders(50.0, groups=(False, True)))
    calls = played(centre)
    # c, idle, has the first order at 600, as b's caller leaves; at 1100 b has been idle longer.
    assert calls.agent.tolist() == [1, 0]
    assert pieces(calls) == [(0, 2, 600, 650), (1, 1, 1100, 1150)]
    nobody = exact_centre([(1000, 0)], duties, groups=TWO, **orders(50.0, groups=(False, False)))
    assert np.isnan(played(nobody).orders.finished_s).all()


def test_orders_done_by_telephone_wait_for_the_day(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§73 Received at 1010 s: the one by telephone, due first, is taken at 08:00, the other at once. In the evening one
    that was begun before 20:00 is finished after it, the next waits and there is no next day."""
    centre = exact_centre(
        [(1000, 0), (71_850, 0), (71_855, 0)],
        [on_duty("a")],
        **orders((50.0, 60.0), np.array([1.0, 2.0]), order_by_day=(True, False)),
        talk=(constant(10.0),),
    )
    calls = played(centre)
    got = pieces(calls)
    assert got[:2] == [(0, 0, 1010, 1070), (0, 0, 28_800, 28_850)]
    # At 71,870 both calls are over: by telephone 71,870–71,920 and 71,920–71,970, then the others; 20:00 is 72,000.
    assert got[2:] == [
        (1, 0, 71_870, 71_920),
        (2, 0, 71_920, 71_970),
        (1, 0, 71_970, 72_030),
        (2, 0, 72_030, 72_090),
    ]
    late = exact_centre(
        [(71_960, 0), (71_975, 0)],
        [on_duty("a")],
        **orders(20.0, order_by_day=(True,)),
        talk=(constant(10.0),),
    )
    calls = played(late)
    # 71,970–71,975, put aside for the caller; again from 71,985; one is finished at 72,000 exactly, the other never.
    assert pieces(calls) == [(0, 0, 71_970, 71_975), (0, 0, 71_985, 72_000)]
    assert calls.orders.finished_s[0] == 72_000
    assert np.isnan(calls.orders.finished_s[1])


def test_an_order_yields_to_a_caller_and_is_taken_up_again(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§74 300 s of work from 1100; a call at 1150 interrupts; the remaining 250 s follow from 1250."""
    centre = exact_centre([(1000, 0), (1150, 0)], [on_duty("a")], **orders(300.0), ring_s=0.0)
    calls = played(centre)
    assert calls.answered_s.tolist() == [1000, 1150]
    assert pieces(calls) == [(0, 0, 1100, 1150), (0, 0, 1250, 1500), (1, 0, 1500, 1800)]
    assert calls.orders.finished_s.tolist() == [1500, 1800]
    assert calls.busy_s.tolist() == [800]


def test_an_idle_agent_anywhere_comes_before_one_at_an_order(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§74 §58 a is at work on an order, b of the overflow group is idle: b is given the call although a comes first."""
    duties = [on_duty("a", group="own"), on_duty("b", group="other")]
    centre = exact_centre(
        [(1000, 0), (1150, 0), (1160, 0)],
        duties,
        groups=TWO,
        overflow=((Overflow(1, 0.0),), ()),
        **orders(300.0, groups=(True, False)),
    )
    calls = played(centre)
    assert calls.agent.tolist() == [0, 1, 0]
    assert calls.answered_s.tolist() == [1000, 1150, 1160]


@pytest.mark.parametrize(
    ("choice", "agents"),
    [(AgentChoice.IN_ORDER, [0, 1]), (AgentChoice.LONGEST_IDLE, [1, 0]), (AgentChoice.LEAST_SKILLED, [1, 0])],
)
def test_of_agents_at_orders_the_choice_is_as_of_idle_ones(
    exact_centre: Build, on_duty: Duty, played: Play, choice: AgentChoice, agents: list[int]
) -> None:
    """§74 b has been at an order since 1100, a since 1110. b's group answers lines 1 and 0, a's lines 0, 2 and 3."""
    duties = [on_duty("a", group="own"), on_duty("b", group="other")]
    centre = exact_centre(
        [(1000, 1), (1010, 0), (1200, 0), (1210, 0)],
        duties,
        groups={"own": [0, 2, 3], "other": [1]},
        overflow=((Overflow(1, 0.0),), (), (), ()),
        agent_choice=choice,
        **orders(1000.0, groups=(True, True)),
    )
    calls = played(centre)
    assert calls.agent.tolist() == [1, 0, *agents]
    assert calls.answered_s.tolist() == [1000, 1010, 1200, 1210]


def test_what_is_left_goes_to_others_who_are_idle(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§74 a alone may answer line 0, and leaves the order at 1150; b, idle since 1125, takes the rest of it at once."""
    duties = [on_duty("a", group="own"), on_duty("b", 1125 / 3600, group="other")]
    centre = exact_centre([(1000, 0), (1150, 0)], duties, groups=TWO, **orders(300.0, groups=(True, True)))
    calls = played(centre)
    assert pieces(calls) == [(0, 0, 1100, 1150), (0, 1, 1150, 1400), (1, 0, 1250, 1550)]
    assert calls.orders.finished_s.tolist() == [1400, 1550]


def test_at_the_end_of_a_duty_what_is_left_goes_to_others_who_are_idle(
    exact_centre: Build, on_duty: Duty, played: Play
) -> None:
    """§74 §26 a leaves at 01:00, 50 s into the order; b, idle, takes the rest at once."""
    duties = [on_duty("a", 0, 1), on_duty("b", 0.99, 2)]
    calls = played(exact_centre([(3450, 0)], duties, **orders(300.0)))
    # At 3550 b, who came at 3564, is not there yet.
    assert pieces(calls) == [(0, 0, 3550, 3600), (0, 1, 3600, 3850)]


def test_as_a_delay_passes_an_agent_at_an_order_is_given_the_caller(
    exact_centre: Build, on_duty: Duty, played: Play
) -> None:
    """§74 §59 b's order, begun at 600, is put aside at 1040 for the caller who has waited 30 s."""
    duties = [on_duty("a", group="own"), on_duty("b", group="other")]
    centre = exact_centre(
        [(500, 1), (1000, 0), (1010, 0)],
        duties,
        groups=TWO,
        overflow=((Overflow(1, 30.0),), ()),
        **orders(1000.0, groups=(False, True)),
    )
    calls = played(centre)
    assert calls.agent.tolist() == [1, 0, 1]
    assert calls.answered_s.tolist() == [500, 1000, 1040]
    assert pieces(calls)[0] == (0, 1, 600, 1040)


def test_agents_at_orders_are_given_the_callers_of_a_line_they_take_over(
    exact_centre: Build, on_duty: Duty, played: Play
) -> None:
    """§74 §15 At 01:00 line 0 passes to the other group, whose agent is at work on an order; the longest waiting goes first."""
    serving = np.array([[0] + [1] * 23, [1] * 24])
    duties = [on_duty("a", 23, 24, group="own"), on_duty("b", group="other")]
    centre = exact_centre(
        [(1000, 1), (3000, 0), (3100, 0)], duties, groups=TWO, serving=serving, **orders(9000.0, groups=(True, True))
    )
    calls = played(centre)
    assert calls.answered_s.tolist() == [1000, 3600, 3700]
    assert pieces(calls)[0] == (0, 1, 1100, 3600)


def test_other_work_does_not_interrupt_an_order(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§74 A missed call falls due at 1220, and is called back when the order is finished at 1400."""
    centre = exact_centre(
        [(1000, 0), (1050, 1)],
        [on_duty("a")],
        groups={"all": [0, 1]},
        patience=(constant(inf), constant(20.0)),
        call_back_missed=True,
        call_back_delay_s=150.0,
        call_back_reached_share=0.0,
        **orders(300.0),
    )
    calls = played(centre)
    assert calls.other_work.kind.tolist() == [ORDER, MISSED_CALL]
    assert calls.other_work.start_s.tolist() == [1100, 1400]


def test_a_kept_place_does_interrupt_it(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§65 §74 The place kept at 1010 may be taken by b from 1040 on, who leaves an order for it."""
    duties = [on_duty("a", group="own"), on_duty("b", group="other")]
    centre = exact_centre(
        [(500, 1), (1000, 0), (1010, 0)],
        duties,
        groups=TWO,
        overflow=((Overflow(1, 30.0),), ()),
        announced_handling_s=(100.0, 100.0),
        offer_over_s=(50.0, inf),
        accept_share=(1.0, 0.0),
        call_back_reached_share=1.0,
        ring_s=0.0,
        **orders(1000.0, groups=(False, True)),
    )
    calls = played(centre)
    kept = calls.other_work.kind == KEPT_PLACE
    assert calls.other_work.start_s[kept].tolist() == [1040]
    assert calls.other_work.agent[kept].tolist() == [1]


@pytest.mark.parametrize("breaks", ["", "00:20-00:25"])
def test_an_order_is_put_aside_at_a_break_and_at_the_end(
    exact_centre: Build, on_duty: Duty, played: Play, breaks: str
) -> None:
    """§74 §25 §26 300 s of work from 1100; break from 1200 to 1500, or none; the duty ends at 01:00, the stay then too."""
    duties = [on_duty("a", 0, 1, breaks=breaks), on_duty("b", 2, 3)]
    calls = played(exact_centre([(1000, 0), (3450, 0)], duties, **orders(300.0)))
    if breaks:
        assert pieces(calls)[:2] == [(0, 0, 1100, 1200), (0, 0, 1500, 1700)]
        assert calls.stays.end_s.tolist() == [1200, 3600, 10_800]
    else:
        assert pieces(calls)[:1] == [(0, 0, 1100, 1400)]
        assert calls.stays.end_s.tolist() == [3600, 10_800]
    assert pieces(calls)[-2:] == [(1, 0, 3550, 3600), (1, 1, 7200, 7450)]


def test_an_order_whose_work_ends_as_it_is_put_aside_is_finished(
    exact_centre: Build, on_duty: Duty, played: Play
) -> None:
    """§74 §34 The duty ends at 3600, when the order's 50 s do."""
    calls = played(exact_centre([(3450, 0)], [on_duty("a", 0, 1), on_duty("b", 2, 3)], **orders(50.0)))
    assert pieces(calls) == [(0, 0, 3550, 3600)]
    assert calls.orders.finished_s.tolist() == [3600]
    assert (calls.outcome == ANSWERED).all()
