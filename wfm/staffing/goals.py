"""A standard's targets as limits on a queue: what seats can decide, and what they never can.

The queueing formulas know the wait until an agent is free. Between that and the standard lies what the
hotline adds: ringing at the agent (``ring_s``, part of the answer time), announcement and menu (part of
the clock that starts at dialling), callers served by the IVR, and callers who hang up inside it.

Choices made here, each on the side of the caller:

* ``waited_over_T_s_share`` counts a wait over T − ring for every caller, though one who gives up never
  hears the ringing.
* ``service_level_T_with_abandoned`` counts as served or gone who waits at most T − ring.
* A connection rate over days leaves out busy lines, which no number of seats changes. Asked of every
  interval it leaves out calls outside opening hours too; over the day they count (:func:`closed_call_terms`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from wfm.hotline import Hotline
from wfm.i18n import Text, both
from wfm.metrics import KPIS
from wfm.queueing import Goal
from wfm.standards import Target

__all__ = ["answer_threshold_s", "closed_call_terms", "goal_of", "kpi_of_goal", "sized_targets", "unreachable_targets"]

Floats = NDArray[np.float64]

_SERVICE_LEVEL = re.compile(r"service_level_(\d+)_(offered|answered|less_short|with_abandoned)")
_LONG_WAIT = re.compile(r"waited_over_(\d+)_s_share")
_USUAL_THRESHOLD_S = 15.0
"""The answer time that Chinese hotline standards and telephone systems count within."""


def goal_of(hotline: Hotline, target: Target) -> Goal | None:
    """The target as a limit on the queue of one group in one interval; None where seats decide nothing.

    Busy lines, ringing and handling time, work orders and satisfaction are not decided by seats, and a
    target without a limit asks for nothing. The goal may be one that no number of seats keeps.
    """
    if target.measure != "calls" or target.limit is None or target.operator is None or target.kpi not in KPIS:
        return None
    higher = KPIS[target.kpi].better == "higher"
    if higher != (target.operator in (">", ">=")):
        return None
    limit, strict = target.limit, target.operator in ("<", ">")
    ring, ivr = hotline.ring_s, hotline.ivr.announcement_s + hotline.ivr.menu_s
    if target.kpi == "asa_s":
        return Goal("asa_s", limit - ring, strict=strict)
    if target.kpi == "asa_from_dialling_s":
        return Goal("asa_s", limit - ring - ivr, strict=strict)
    if target.kpi == "mean_wait_s":
        return Goal("mean_wait_s", limit - ring, strict=strict)
    if target.kpi == "abandon_share":
        return Goal("abandon_share", limit, strict=strict)
    if target.kpi == "agent_connection_rate":
        return Goal("abandon_share", 1 - limit, strict=strict)
    if target.kpi == "occupancy":
        return Goal("occupancy", limit, strict=strict)
    if found := _LONG_WAIT.fullmatch(target.kpi):
        return Goal("wait_exceeds", limit, t_s=float(found[1]) - ring, strict=strict)
    if found := _SERVICE_LEVEL.fullmatch(target.kpi):
        within = float(found[1]) - ring
        match found[2]:
            case "offered":
                return Goal("service_level", limit, t_s=within, strict=strict)
            case "answered":
                return Goal("service_level_of_answered", limit, t_s=within, strict=strict)
            case "less_short":
                short = hotline.short_abandon_s
                return Goal("service_level_less_short", limit, t_s=within, short_s=short, strict=strict)
            case _:
                return Goal("wait_exceeds", 1 - limit, t_s=within, strict=strict)
    if target.kpi.startswith("connection_rate"):
        return _connection_goal(hotline, target.kpi, limit, strict)
    return None


def _connection_goal(hotline: Hotline, kpi_id: str, limit: float, strict: bool) -> Goal | None:
    """Connected ÷ offered = IVR share + queued·(1 − abandoned) + queued·abandoned·called back, solved for abandoned."""
    counted = KPIS[kpi_id].numerator
    if "answered" not in counted:
        return None
    queued, best = _best_connection(hotline, kpi_id)
    lost = queued * (1 - _called_back(hotline, kpi_id))
    if lost <= 0:
        # Nobody who gives up is lost: the rate is its best whatever the seats.
        return None if best >= limit else Goal("abandon_share", -1.0)
    return Goal("abandon_share", (best - limit) / lost, strict=strict)


def kpi_of_goal(hotline: Hotline, target: Target, value: Floats) -> Floats:
    """The target's KPI where the measure of its goal (see :func:`goal_of`) has this value."""
    ring, ivr = hotline.ring_s, hotline.ivr.announcement_s + hotline.ivr.menu_s
    if target.kpi in ("asa_s", "mean_wait_s"):
        return value + ring
    if target.kpi == "asa_from_dialling_s":
        return value + ring + ivr
    if target.kpi == "agent_connection_rate" or target.kpi.endswith("_with_abandoned"):
        return 1 - value
    if target.kpi.startswith("connection_rate"):
        queued, best = _best_connection(hotline, target.kpi)
        return best - queued * (1 - _called_back(hotline, target.kpi)) * value
    return value


def closed_call_terms(hotline: Hotline, target: Target, goal: Goal, unserved: Floats) -> tuple[Floats, Floats]:
    """What calls outside opening hours add to numerator and denominator of the goal over a day; as ``unserved``.

    Only connection rates over all offered calls count them: as lost, unless they are called back and that
    counts. ``unserved`` are the day's calls that asked for an agent while none answered.
    """
    none = np.zeros_like(unserved)
    if not target.kpi.startswith("connection_rate") or goal.measure != "abandon_share":
        return none, none
    counts = "called_back" in KPIS[target.kpi].numerator and hotline.call_back.closed_calls
    lost = 1 - (hotline.call_back.reached_share if counts else 0.0)
    # A caller who gives up is lost with 1 − called back; in parts of that.
    return unserved * lost / (1 - _called_back(hotline, target.kpi)), unserved


def _best_connection(hotline: Hotline, kpi_id: str) -> tuple[float, float]:
    """Share of callers who ask for an agent, and the connection rate if none of them gives up."""
    ivr = hotline.ivr
    queued = max(1 - ivr.self_service_share - ivr.hang_up_share, 0.0)
    return queued, queued + (ivr.self_service_share if "ivr_completed" in KPIS[kpi_id].numerator else 0.0)


def _called_back(hotline: Hotline, kpi_id: str) -> float:
    counts = "called_back" in KPIS[kpi_id].numerator and hotline.call_back.missed_calls
    return hotline.call_back.reached_share if counts else 0.0


def sized_targets(hotline: Hotline, targets: Iterable[Target]) -> list[tuple[Target, Goal]]:
    """The targets that seats are sized for, with their goals: those that some number of seats keeps."""
    found = ((t, goal_of(hotline, t)) for t in targets if t.sizing)
    return [(target, goal) for target, goal in found if goal is not None and goal.reachable]


def unreachable_targets(hotline: Hotline, targets: Iterable[Target]) -> list[tuple[Target, Text]]:
    """The targets meant for sizing that no number of seats keeps, each with one sentence that says why."""
    found = ((t, goal_of(hotline, t)) for t in targets if t.sizing)
    return [(t, _why(hotline, t, goal)) for t, goal in found if goal is not None and not goal.reachable]


def _why(hotline: Hotline, target: Target, goal: Goal) -> Text:
    limit = target.limit or 0.0
    if target.kpi == "asa_from_dialling_s":
        return both(
            "{target}: announcement, menu and ringing alone take {taken:g} s, the limit is {limit:g} s; no number of seats keeps it",
            target=target.name,
            taken=hotline.ivr.announcement_s + hotline.ivr.menu_s + hotline.ring_s,
            limit=limit,
        )
    if goal.measure in ("asa_s", "mean_wait_s"):
        return both(
            "{target}: ringing alone takes {taken:g} s, the limit is {limit:g} s; no number of seats keeps it",
            target=target.name,
            taken=hotline.ring_s,
            limit=limit,
        )
    if target.kpi.startswith("connection_rate"):
        return both(
            "{target}: with callers who hang up or are served in the IVR it reaches {best:.1%} at best, the limit is {limit:.1%}; no number of seats keeps it",
            target=target.name,
            best=_best_connection(hotline, target.kpi)[1],
            limit=limit,
        )
    if goal.t_s < 0:
        return both(
            "{target}: ringing alone takes {taken:g} s, longer than the time allowed; no number of seats keeps it",
            target=target.name,
            taken=hotline.ring_s,
        )
    return both(
        "{target}: a limit of {limit:g} leaves no room for a single caller; no number of seats keeps it",
        target=target.name,
        limit=limit,
    )


def answer_threshold_s(targets: Iterable[Target]) -> float:
    """The answer time whose share is predicted: of the first service level with a limit, else 15 s."""
    for target in targets:
        found = _SERVICE_LEVEL.fullmatch(target.kpi)
        if found and target.limit is not None:
            return float(found[1])
    return _USUAL_THRESHOLD_S
