"""Goals that no number of seats keeps, said with the reason.

Goals cannot contradict each other: every measure improves with each seat, so that what keeps the
hardest goal keeps all. A goal by itself can be out of reach, as ratios come near 1 and waits near 0
but never get there.
"""

from __future__ import annotations

import math
from typing import get_args

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.queueing.goal import HIGH, Goal, Measure

__all__ = ["require_reachable", "stated"]


def require_reachable(goal: Goal) -> None:
    """Refuse a goal that seats without end do not keep.

    Raises:
        BadInput: with the goal, its limit and the reason.
    """
    if goal.measure not in get_args(Measure):
        raise BadInput(say("{measure} is no measure of a queue", measure=goal.measure))
    if not (math.isfinite(goal.t_s) and math.isfinite(goal.short_s)):
        raise BadInput(
            say("{what}: the time must be a finite number of seconds (found {t})", what=_name(goal),
                t=f"{goal.t_s if not math.isfinite(goal.t_s) else goal.short_s:g}")
        )  # fmt: skip
    if goal.reachable:
        return
    if goal.t_s < 0:
        raise BadInput(
            say("{what} within {t} s: no number of seats reaches it; the time must be zero or more",
                what=_name(goal), t=f"{goal.t_s:g}")
        )  # fmt: skip
    if goal.measure in HIGH:
        raise BadInput(
            say("{what} {limit}: no number of seats reaches it; the limit must be below 1",
                what=_name(goal), limit=f"{goal.limit:g}")
        )  # fmt: skip
    raise BadInput(
        say("{what} {limit}: no number of seats reaches it; the limit must be above 0",
            what=_name(goal), limit=f"{goal.limit:g}")
    )  # fmt: skip


def stated(goal: Goal) -> str:
    """The goal in words: ``service level ≥ 0.8 within 20 s``."""
    sign = (">" if goal.strict else "≥") if goal.measure in HIGH else ("<" if goal.strict else "≤")
    limit = f"{goal.limit:g}"
    if goal.measure in (*HIGH, "wait_exceeds"):
        return say("{what} {sign} {limit} at {t} s", what=_name(goal), sign=sign, limit=limit, t=f"{goal.t_s:g}")
    return f"{_name(goal)} {sign} {limit}"


def _name(goal: Goal) -> str:
    return _names()[goal.measure]


def _names() -> dict[str, str]:
    return {
        "service_level": say("service level"),
        "service_level_of_answered": say("service level of answered calls"),
        "service_level_less_short": say("service level without short abandons"),
        "asa_s": say("mean answer time in seconds"),
        "mean_wait_s": say("mean wait in seconds"),
        "wait_exceeds": say("share of long waits"),
        "abandon_share": say("abandoned share"),
        "occupancy": say("occupancy"),
    }
