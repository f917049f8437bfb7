"""What strictness costs: hours for each limit, for each confidence, and what each further hour buys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from scenarios.plan import Plan
from scenarios.quick_answer import QuickAnswer
from scenarios.quick_change import EXPECTED, Change, Knob, changed_targets
from wfm.queueing import Goal
from wfm.staffing.goals import answer_threshold_s, kpi_of_goal, sized_targets
from wfm.staffing.trade_off import trade_off_curve

__all__ = ["bought_by_hours", "costs_of", "strict_knobs", "values_tried"]

Ask = Callable[[Plan, Change, Sequence[date]], QuickAnswer]
"""Answers a change for some days of a plan."""

_CONFIDENCES = (EXPECTED, 60.0, 70.0, 80.0, 90.0, 95.0, 98.0)
_MEASURES = {"asa_s": "asa_s", "mean_wait_s": "asa_s", "service_level": "service_level", "abandon_share": "abandon_share",
             "wait_exceeds": "waited_over_share"}  # fmt: skip
"""Column of the curve that says how a goal's measure stands."""


def strict_knobs(knobs: Sequence[Knob]) -> list[Knob]:
    """Those whose value is how strict the plan is: limits of targets, and the confidence."""
    return [knob for knob in knobs if knob.target or knob.key == "confidence"]


def values_tried(knob: Knob) -> list[float]:
    """Values of the knob, looser and stricter ones around the planned one."""
    if knob.key == "confidence":
        return sorted({*_CONFIDENCES, knob.default})
    if knob.unit == "s":
        tried = [knob.default * factor for factor in (0.4, 0.6, 0.8, 1.0, 4 / 3, 2.0, 3.0, 4.0)]
        return sorted({round(value) if value != knob.default else value for value in tried if value <= knob.most})
    if knob.default >= 50:
        left = 100 - knob.default
        tried = [100 - left * factor for factor in (0.2, 0.4, 0.6, 0.8, 1.0, 1.4, 2.0, 3.0)]
    else:
        tried = [knob.default * factor for factor in (0.2, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)]
    return sorted({round(value, 2) for value in tried if knob.least <= value <= knob.most} | {knob.default})


def costs_of(ask: Ask, plan: Plan, base: Change, knob: Knob, days: Sequence[date]) -> pd.DataFrame:
    """One row a value of the knob, all else as ``base``: value, seat_hours, agent_hours, most_seats, short_hours.

    ``extra_h`` are agent-hours beyond those at the planned value, ``planned`` marks that value.
    """
    rows = []
    for value in values_tried(knob):
        planned = abs(value - knob.default) < 1e-9
        change = base if planned else _with(base, knob, value)
        told = ask(plan, change, days)
        rows.append(
            {
                "value": value,
                "unit": knob.unit,
                "seat_hours": told.seat_hours,
                "agent_hours": told.agent_hours,
                "most_seats": told.most_seats,
                "short_hours": told.short_hours,
                "planned": planned,
            }
        )
    table = pd.DataFrame(rows)
    at_plan = float(table.loc[table["planned"], "agent_hours"].iloc[0])
    return table.assign(extra_h=table["agent_hours"] - at_plan)


def _with(base: Change, knob: Knob, value: float) -> Change:
    if knob.key == "confidence":
        return replace(base, confidence=value)
    limit = value if knob.unit == "s" else value / 100
    return replace(base, limits={**base.limits, knob.target: limit})


def bought_by_hours(ask: Ask, plan: Plan, base: Change, target: str, day: date) -> pd.DataFrame | None:
    """What each further seat-hour of the day buys for a target, best seat first; None where no formula draws it.

    Columns: staff_hours, value (the target's KPI over the day), best. Patience is taken as exponential.
    """
    told = ask(plan, base, [day])
    if told.inputs is None:
        return None
    inputs = told.inputs
    targets = changed_targets(plan.hotline, base)
    found = next(((t, g) for t, g in sized_targets(plan.hotline, targets) if t.id == target), None)
    if found is None or found[1].measure not in _MEASURES:
        return None
    limit, goal = found
    within = goal.t_s if goal.measure == "service_level" else answer_threshold_s(targets) - plan.hotline.ring_s
    curve = trade_off_curve(
        Goal(goal.measure, goal.limit, t_s=goal.t_s),
        inputs.mean_per_s,
        inputs.aht_s,
        inputs.patience_s,
        inputs.minimum,
        inputs.opened,
        inputs.interval_s,
        calls=inputs.calls,
        within_s=within,
        long_wait_s=goal.t_s if goal.measure == "wait_exceeds" else 40.0,
    )
    measured = curve[_MEASURES[goal.measure]].to_numpy(dtype=np.float64)
    values = kpi_of_goal(plan.hotline, limit, measured)
    return pd.DataFrame({"staff_hours": curve["staff_hours"], "value": values, "best": curve["best"]})
