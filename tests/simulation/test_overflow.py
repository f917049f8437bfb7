"""Paragraphs 57–61 of the semantics: who answers whom when groups help each other out."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, nan, nextafter
from typing import Any

import numpy as np
import pytest

from simulation import Centre, SimulatedCalls
from simulation.calls import ABANDONED, ANSWERED, MISSED_CALL, SATISFACTION
from simulation.centre import AgentChoice, Overflow
from simulation.draws import constant

Build = Callable[..., Centre]
Duty = Callable[..., dict[str, Any]]
Play = Callable[..., SimulatedCalls]

TWO = {"own": [0], "other": [1]}


def helped(after_s: float) -> tuple[tuple[Overflow, ...], ...]:
    """Line 0 overflows to group 1 after so long; line 1 does not overflow."""
    return ((Overflow(1, after_s),), ())


def test_a_caller_is_taken_by_the_overflow_group_once_the_delay_has_passed(
    exact_centre: Build, on_duty: Duty, played: Play
) -> None:
    """§57 The own agent talks for 100 s; the other is idle and may help after 30 s."""
    duties = [on_duty("a", group="own"), on_duty("b", group="other")]
    centre = exact_centre([(1000, 0), (1010, 0), (1060, 0)], duties, groups=TWO, overflow=helped(30.0))
    calls = played(centre)
    assert calls.agent.tolist() == [0, 1, 0]
    assert calls.answered_s.tolist() == [1000, 1040, 1100]


def test_without_a_delay_the_overflow_group_answers_at_once(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§57"""
    duties = [on_duty("a", group="own"), on_duty("b", group="other")]
    calls = played(exact_centre([(1000, 0), (1010, 0)], duties, groups=TWO, overflow=helped(0.0)))
    assert calls.agent.tolist() == [0, 1]
    assert calls.answered_s.tolist() == [1000, 1010]


@pytest.mark.parametrize(("free_s", "taken"), [(1040.0, 1), (nextafter(1040.0, 0), 2)])
def test_at_the_very_end_of_the_delay_it_has_passed(
    exact_centre: Build, on_duty: Duty, played: Play, free_s: float, taken: int
) -> None:
    """§57 b falls free when line 0's caller has waited 30 s, or a hair less; line 1's has waited 20 s."""
    duties = [on_duty("a", 23, 24, group="own"), on_duty("b", group="other")]
    centre = exact_centre(
        [(940, 1), (1010, 0), (1020, 1)],
        duties,
        groups=TWO,
        overflow=helped(30.0),
        talk=(constant(100.0), constant(free_s - 940.0)),
    )
    assert 940.0 + (free_s - 940.0) == free_s
    assert played(centre).answered_s[taken] == free_s


def test_the_next_delay_brings_the_next_group(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§57 §59 Nobody works in the own group; one group helps after 20 s, another after 50 s."""
    groups = {"own": [0], "first": [1], "second": [2]}
    duties = [on_duty("o", 23, 24, group="own"), on_duty("a", group="first"), on_duty("b", group="second")]
    steps = ((Overflow(1, 20.0), Overflow(2, 50.0)), (), ())
    centre = exact_centre([(1000, 0), (1010, 0), (1100, 2), (1120, 0)], duties, groups=groups, overflow=steps)
    calls = played(centre)
    # a takes the first at 1020 until 1120; the second waits for b at 1060 until 1160, so line 2 waits.
    assert calls.agent.tolist() == [0, 1, 1, 0]
    assert calls.answered_s.tolist() == [1020, 1060, 1160, 1140]


def test_an_agent_of_the_overflow_group_who_becomes_free_takes_who_has_waited_long_enough(
    exact_centre: Build, on_duty: Duty, played: Play
) -> None:
    """§57 §60 At 1100 the other group's agent takes the caller who has waited 60 s, at 1200 not the one of 10 s."""
    duties = [on_duty("a", 23, 24, group="own"), on_duty("b", group="other")]
    centre = exact_centre([(1000, 1), (1040, 0), (1190, 0)], duties, groups=TWO, overflow=helped(30.0))
    assert played(centre).answered_s.tolist() == [1000, 1100, 1220]


def choice_centre(build: Build, duty: Duty, choice: AgentChoice) -> Centre:
    """Line 0's own group and two that help at once; all idle at 2000, after calls that made them so at
    1100 (own), 1101 (wide, which answers lines 1, 2 and 0) and 1102 (narrow, which answers 3 and 0)."""
    groups = {"own": [0, 4, 5], "wide": [1, 2], "narrow": [3]}
    duties = [duty("a", group="own"), duty("b", group="wide"), duty("c", group="narrow")]
    calls = [(1000.0, 3), (1001.0, 1), (1002.0, 0), (2000.0, 0), (2001.0, 0), (2002.0, 0)]
    steps: tuple[tuple[Overflow, ...], ...] = ((Overflow(1, 0.0), Overflow(2, 0.0)), (), (), (), (), ())
    return build(calls, duties, groups=groups, overflow=steps, agent_choice=choice)


@pytest.mark.parametrize(
    ("choice", "agents"),
    [(AgentChoice.IN_ORDER, [0, 1, 2]), (AgentChoice.LONGEST_IDLE, [2, 1, 0]), (AgentChoice.LEAST_SKILLED, [2, 0, 1])],
)
def test_which_idle_agent_is_given_the_call(
    exact_centre: Build, on_duty: Duty, played: Play, choice: AgentChoice, agents: list[int]
) -> None:
    """§58 Skills: own 3 (0, 4, 5), wide 3 (1, 2 and 0), narrow 2 (3 and 0); of equals the first as written.
    Longest idle: c since 1100, b since 1101, a since 1102."""
    centre = choice_centre(exact_centre, on_duty, choice)
    assert centre.group_skills.tolist() == [3, 3, 2]
    # At 1002 everybody but the own agent is at work, whatever the choice.
    assert played(centre).agent.tolist() == [2, 1, 0, *agents]


def test_within_a_group_it_is_the_agent_longest_idle(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§58 Two agents help out; b has been idle since 1100, c since 1101."""
    duties = [on_duty("a", group="own"), on_duty("b", group="other"), on_duty("c", group="other")]
    calls = [(1000.0, 1), (1001.0, 1), (1990.0, 0), (2000.0, 0), (2001.0, 0)]
    for choice in AgentChoice:
        centre = exact_centre(calls, duties, groups=TWO, overflow=helped(0.0), agent_choice=choice)
        result = played(centre).agent.tolist()
        assert result[:2] == [1, 2]
        helpers = [agent for agent in result[2:] if agent != 0]
        assert helpers == [1, 2], "whoever comes first, b is asked before c"


def test_as_a_delay_passes_the_caller_goes_to_an_idle_agent_of_that_group_longest_idle_first(
    exact_centre: Build, on_duty: Duty, played: Play
) -> None:
    """§59 Idle since: c 1090, b 1100."""
    duties = [on_duty("a", 23, 24, group="own"), on_duty("b", group="other"), on_duty("c", group="other")]
    calls = [(1000.0, 1), (1000.5, 1), (2000.0, 0)]
    centre = exact_centre(calls, duties, groups=TWO, overflow=helped(30.0))
    result = played(centre)
    assert result.agent.tolist() == [1, 2, 1]
    assert result.answered_s[2] == 2030.0


def test_patience_that_ends_with_the_delay_ends_first(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§34 §59 Giving up comes before an overflow delay of the same instant."""
    duties = [on_duty("a", 23, 24, group="own"), on_duty("b", group="other")]
    for patience_s, fate in ((30.0, ABANDONED), (nextafter(30.0, inf) + 1e-9, ANSWERED)):
        patience = (constant(patience_s), constant(inf))
        centre = exact_centre([(1000, 0)], duties, groups=TWO, overflow=helped(30.0), patience=patience)
        assert played(centre).outcome.tolist() == [fate]


@pytest.mark.parametrize(
    ("fields", "order"),
    [
        ({}, [1, 2, 3]),
        ({"priority": (2, 1, 1)}, [2, 3, 1]),
        ({"head_start_s": (0.0, 0.0, 25.0)}, [3, 1, 2]),
        ({"head_start_s": (0.0, 10.0, 20.0)}, [1, 2, 3]),
        ({"priority": (1, 1, 2), "head_start_s": (0.0, 11.0, 1000.0)}, [2, 1, 3]),
    ],
    ids=["longest wait", "priority", "head start", "equal with head starts", "priority before head start"],
)
def test_which_caller_a_free_agent_takes(
    exact_centre: Build, on_duty: Duty, played: Play, fields: dict[str, Any], order: list[int]
) -> None:
    """§60 Three lines, one agent who is free at 1100; callers since 1010 (line 0), 1020 (1) and 1030 (2).
    With head starts of 10 s and 20 s all have waited equally long: the lower number goes first."""
    calls = [(1000.0, 0), (1010.0, 0), (1020.0, 1), (1030.0, 2)]
    centre = exact_centre(calls, [on_duty("a")], groups={"all": [0, 1, 2]}, **fields)
    answered_s = played(centre).answered_s
    assert (np.argsort(answered_s[1:]) + 1).tolist() == order
    assert np.sort(answered_s).tolist() == [1000, 1100, 1200, 1300]


def test_a_head_start_does_not_open_an_overflow_earlier(exact_centre: Build, on_duty: Duty, played: Play) -> None:
    """§60 A head start counts in the comparison only, not towards the delay of §57."""
    duties = [on_duty("a", 23, 24, group="own"), on_duty("b", group="other")]
    centre = exact_centre([(1000, 0)], duties, groups=TWO, overflow=helped(30.0), head_start_s=(500.0, 0.0))
    assert played(centre).answered_s.tolist() == [1030]


def test_call_backs_are_made_by_the_group_that_serves_the_line(
    exact_centre: Build, on_duty: Duty, played: Play
) -> None:
    """§61 b is idle from the start, and yet the call-backs wait for a, who comes at 10:00."""
    duties = [on_duty("a", 10, 12, group="own"), on_duty("b", group="other")]
    gives_up = exact_centre(
        [(30_000, 0)],
        duties,
        groups=TWO,
        overflow=helped(60.0),
        patience=(constant(50.0), constant(inf)),
        call_back_missed=True,
        call_back_delay_s=0.0,
        call_back_reached_share=1.0,
    )
    calls = played(gives_up)
    assert calls.other_work.kind.tolist() == [MISSED_CALL]
    assert calls.other_work.agent.tolist() == [0]
    assert calls.other_work.start_s.tolist() == [36_000]
    answered = exact_centre(
        [(30_000, 0)], duties, groups=TWO, overflow=helped(60.0), follow_up_share=1.0, follow_up=constant(80.0)
    )
    calls = played(answered)
    assert calls.agent.tolist() == [1]
    assert calls.other_work.kind.tolist() == [SATISFACTION]
    assert calls.other_work.agent.tolist() == [0]
    assert calls.other_work.start_s.tolist() == [36_000]
    assert calls.called_back_s.tolist() == pytest.approx([nan], nan_ok=True)
