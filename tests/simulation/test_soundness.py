"""A centre that cannot be played is refused in one sentence that says where, what was found and what is allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import inf, nan
from typing import Any

import numpy as np
import pytest

from simulation import Centre, run_replications
from simulation.centre import GivenCalls, Overflow
from simulation.draws import constant, empirical, exponential, hyperexponential
from simulation.soundness import require_sound
from wfm.errors import BadInput

Build = Callable[..., Centre]
Duty = Callable[..., dict[str, Any]]


def given(times_s: list[float], lines: list[int] | None = None) -> GivenCalls:
    return GivenCalls(time_s=np.array(times_s), line=np.array(lines or [0] * len(times_s), dtype=np.int64))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"talk": (constant(-1.0),)}, r"talk \(line-0\) must be a duration of at least 0 s, found -1"),
        ({"wrap": (constant(nan),)}, r"wrap \(line-0\) must be a duration of at least 0 s, found nan"),
        ({"talk": ((1, -200.0, 0.0, 0.0),)}, r"talk \(line-0\) must be a duration .* found -200"),
        ({"patience": ((2, nan, 1.0, 0.0),)}, r"patience \(line-0\) .* found nan"),
        ({"hold": ((3, -1.0, 0.5, 0.0),)}, r"hold \(line-0\) .* found -1"),
        ({"talk": (hyperexponential(1.2, 5.0, 6.0),)}, r"talk \(line-0\) .* found nan"),
        ({"talk": (empirical(3),)}, r"talk \(line-0\) .* found nan"),
        ({"talk": (empirical(0),), "tables": np.array([[1.0, 3.0, 2.0]])}, r"talk \(line-0\) .* found nan"),
        ({"talk": ((9, 1.0, 1.0, 1.0),)}, r"talk \(line-0\) .* found nan"),
        ({"talk": (constant(inf),)}, r"talk \(line-0\) must end at some time"),
        ({"menu": exponential(inf)}, "menu must end at some time"),
        ({"ring_s": -3.0}, "ring_s must be a number of seconds of at least 0, found -3"),
        ({"head_start_s": (nan,)}, r"head_start_s \(line-0\) must be a number of seconds .* found nan"),
        ({"balk_over_s": (-1.0,)}, r"balk_over_s \(line-0\) must be a number of seconds .* found -1"),
        ({"overflow": ((Overflow(0, -5.0),),)}, r"overflow \(line-0\) must be a number of seconds .* found -5"),
        ({"self_service_share": 1.2}, "self_service_share must lie between 0 and 1, found 1.2"),
        ({"redial_share": (-0.1,)}, r"redial_share \(line-0\) must lie between 0 and 1, found -0.1"),
        ({"absence_share": nan}, "absence_share must lie between 0 and 1, found nan"),
        ({"self_service_share": 0.7, "hang_up_share": 0.4}, "must not exceed 1 together, found 1.1"),
        ({"attempts_max": (0,)}, r"attempts_max \(line-0\) must lie between 1 and 31, found 0"),
        ({"attempts_max": (32,)}, r"attempts_max \(line-0\) must lie between 1 and 31, found 32"),
        ({"overflow": ((Overflow(4, 5.0),),)}, "there is no group 4; .* from 0 to 0"),
        ({"serving": np.full((1, 24), -1)}, "there is no group -1"),
        ({"talk_scale": np.full((1, 24), nan)}, "talk_scale must be numbers of at least 0"),
        ({"pace": np.array([0.0])}, "pace must be a number above 0"),
        ({"given": given([5.0, 4.0])}, "in order of time; call 1 comes before"),
        ({"given": given([5.0, 86_400.0])}, "between 0 s and 86400 s"),
        ({"given": given([-1.0])}, "between 0 s and 86400 s"),
        ({"given": given([nan])}, "between 0 s and 86400 s"),
        ({"given": given([5.0], [1])}, "must name a line from 0 to 0"),
        ({"given": given([5.0, 6.0], [0])}, "need a line each, found 2 times and 1 lines"),
        ({"given": None, "arrivals": np.full((1, 1, 24), -1)}, "must lie between 0 and 1048575"),
        ({"given": None, "arrivals": np.full((1, 1, 24), 2**20)}, "must lie between 0 and 1048575"),
        ({"places": 0}, "no seat is open and nobody works remotely"),
    ],
)
def test_what_cannot_be_played(exact_centre: Build, on_duty: Duty, fields: dict[str, Any], said: str) -> None:
    sound = exact_centre([(1000, 0)], [on_duty("a")])
    require_sound(sound)
    with pytest.raises(BadInput, match=said) as refused:
        require_sound(replace(sound, **fields))
    assert str(refused.value).startswith("simulation: ")
    assert str(refused.value).count(".") <= 2, "one sentence"


def test_orders_need_work_shares_and_deadlines(exact_centre: Build, on_duty: Duty) -> None:
    orders: dict[str, Any] = {
        "order_share": (0.5,),
        "order_work": (constant(60.0),),
        "order_due_s": np.full((1, 24), inf),
        "order_by_day": (False,),
        "order_groups": np.array([True]),
    }
    require_sound(exact_centre([(1000, 0)], [on_duty("a")], **orders))
    for change, said in (
        ({"order_share": (2.0,)}, r"order_share \(0\) must lie between 0 and 1, found 2"),
        ({"order_work": (constant(-60.0),)}, r"order_work \(0\) must be a duration of at least 0 s, found -60"),
        ({"order_due_s": np.full((1, 24), nan)}, "the deadline of a work order must be a time"),
    ):
        with pytest.raises(BadInput, match=said):
            require_sound(exact_centre([(1000, 0)], [on_duty("a")], **(orders | change)))


def test_a_line_that_nobody_can_answer(exact_centre: Build, on_duty: Duty) -> None:
    """Group ``other`` has a B only: who calls line 1 reaches nobody, unless the line overflows or has no calls."""
    groups = {"own": [0], "other": [1]}
    duties = [on_duty("a", group="own"), on_duty("b", group="other", role="B")]
    with pytest.raises(BadInput, match="nobody can answer line line-1: the roster has no A duty in other"):
        require_sound(exact_centre([(1000, 1)], duties, groups=groups))
    require_sound(exact_centre([(1000, 1)], duties, groups=groups, overflow=((), (Overflow(0, 60.0),))))
    require_sound(exact_centre([(1000, 0)], duties, groups=groups))


def test_a_roster_with_nobody(exact_centre: Build, on_duty: Duty) -> None:
    centre = exact_centre([(1000, 0)], [on_duty("a")])
    with pytest.raises(BadInput, match="no A duty in the period"):
        require_sound(replace(centre, duties=replace(centre.duties, standby=np.array([True]))))


def test_replications_of_such_a_centre_are_refused_before_any_is_played(small_centre: Build, on_duty: Duty) -> None:
    """Also of one that was made by changing another."""
    centre = replace(small_centre({9: 4}, [on_duty("a")]), talk=(constant(-1.0),))
    with pytest.raises(BadInput, match=r"talk \(general\) must be a duration of at least 0 s, found -1"):
        run_replications(centre, seed=1, replications=2)
