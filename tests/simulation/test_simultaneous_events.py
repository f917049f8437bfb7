"""Paragraph 34 of the semantics: what happens first when two things fall on the same instant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import inf, nextafter
from typing import Any

import numpy as np
import pytest

from simulation import Centre, simulate
from simulation.arrivals import arrivals_of
from simulation.calls import ABANDONED, ANSWERED, BLOCKED, CLOSED
from simulation.clock import Moment
from simulation.draws import constant

Build = Callable[..., Centre]
Duty = Callable[..., dict[str, Any]]


def test_the_written_order() -> None:
    """§34"""
    assert [m.name for m in sorted(Moment)] == [
        "SIGN_OFF", "HOURS", "HANG_UP", "WORK_DONE", "SIGN_ON", "PICK_UP", "GIVE_UP",
        "OVERFLOW", "IVR_END", "CALL_BACK",
        "ARRIVAL", "END",
    ]  # fmt: skip


def test_an_agent_whose_work_ends_with_the_duty_takes_no_further_call(small_centre: Build, on_duty: Duty) -> None:
    """§34 From 09:00 the queue never empties; six calls of ten minutes fill the hour exactly."""
    centre = small_centre({8: 30}, [on_duty("a", 9, 10)], talk=(constant(600),), patience=(constant(inf),))
    calls = simulate(centre, 1, 0)
    assert (calls.outcome == ANSWERED).sum() == 6
    assert calls.stays.end_s.tolist() == [36_000]


@pytest.mark.parametrize(("later", "fate"), [(False, ANSWERED), (True, ABANDONED)])
def test_patience_that_ends_as_an_agent_comes_is_served(
    small_centre: Build, on_duty: Duty, later: bool, fate: int
) -> None:
    """§34"""
    centre = small_centre({8: 1}, [on_duty("a", 9, 10)], patience=(constant(1000),))
    ends_s = float(arrivals_of(centre, 1, 0).time_s[0]) + 1000
    comes_s = nextafter(ends_s, inf) if later else ends_s
    centre = replace(centre, duties=replace(centre.duties, start_s=np.array([comes_s])))
    assert simulate(centre, 1, 0).outcome.tolist() == [fate]


def test_a_circuit_freed_at_that_instant_is_free(small_centre: Build, on_duty: Duty) -> None:
    """§34"""
    centre = small_centre({8: 2}, [on_duty("a"), on_duty("b")], circuits=1)
    for seed in range(50):
        first, second = arrivals_of(centre, seed, 0).time_s.tolist()
        talk_s = second - first
        if first + talk_s == second:
            exact = replace(centre, talk=(constant(talk_s),))
            longer = replace(centre, talk=(constant(talk_s * (1 + 1e-9)),))
            assert simulate(exact, seed, 0).outcome.tolist() == [ANSWERED, ANSWERED]
            assert simulate(longer, seed, 0).outcome.tolist() == [ANSWERED, BLOCKED]
            return
    pytest.fail("no seed gave an exact sum")


def test_opening_comes_before_a_caller_who_asks_at_that_instant(small_centre: Build, on_duty: Duty) -> None:
    """§34 §1 An interval holds its start: at 08:00 sharp the centre is open, at 18:00 sharp closed."""
    hotline = {"opening": {"weekday": ("08:00", "18:00"), "weekend": None, "holiday": None}}
    for hour, fate in ((7, ANSWERED), (17, CLOSED)):
        centre = small_centre({hour: 1}, [on_duty("a")], hotline=hotline)
        boundary_s = (hour + 1) * 3600.0
        for seed in range(50):
            arrived_s = float(arrivals_of(centre, seed, 0).time_s[0])
            if arrived_s + (boundary_s - arrived_s) == boundary_s:
                told = replace(centre, announcement_s=boundary_s - arrived_s)
                assert simulate(told, seed, 0).outcome.tolist() == [fate]
                break
        else:
            pytest.fail("no seed gave an exact sum")


def test_of_equals_the_lower_number_goes_first(small_centre: Build, on_duty: Duty) -> None:
    """§34 Four agents sign on at once: idle equally long, they are taken by number, and so are the callers."""
    agents = [on_duty(name, 8, 18) for name in ("d", "b", "a", "c")]
    idle = simulate(small_centre({9: 4}, agents, talk=(constant(4000),)), 1, 0)
    assert idle.agent.tolist() == [0, 1, 2, 3]
    waiting = simulate(small_centre({7: 4}, agents, talk=(constant(4000),), patience=(constant(inf),)), 1, 0)
    assert waiting.agent.tolist() == [0, 1, 2, 3]
    assert waiting.answered_s.tolist() == [8 * 3600.0] * 4
