"""How a roster shares its burdens: nights, weekends, holidays and hours, over people and by firm."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from scheduler import RosterProblem
from scheduler.checker import hours_owed
from wfm.calendar import DayKind

__all__ = ["BURDENS", "roster_quality"]

BURDENS = ("duties", "standbys", "nights", "weekends", "holidays", "hours")
"""What one person carries: A and B duties, of these B, nights, duties on weekend days, on holidays, paid hours."""


def roster_quality(problem: RosterProblem, duties: pd.DataFrame) -> dict[str, Any]:
    """Fairness and hours as plain values.

    ``fairness``: one row for everybody and one a firm: ``firm`` (empty for everybody), ``people``, and for each of
    :data:`BURDENS` ``{"min", "mean", "max"}`` over the people who can hold a post. ``hours``: one row a contract:
    ``contract``, ``people``, hours a week ``min, mean, max``, the band's ``least, most``, ``owed_people`` and
    ``owed_h`` below the band in whole weeks.
    """
    carried = _carried(problem, duties)
    firms = sorted({a.firm for a in problem.agents if a.firm})
    groups = [("", carried)] + [(firm, carried[carried["firm"] == firm]) for firm in firms]
    return {
        "fairness": [
            {"firm": firm, "people": len(part), **{name: _spread(part[name]) for name in BURDENS}}
            for firm, part in groups
            if len(part)
        ],
        "hours": _hours(problem, duties, carried),
    }


def _carried(problem: RosterProblem, duties: pd.DataFrame) -> pd.DataFrame:
    """One row a person who can hold a post: firm, contract and each of :data:`BURDENS`."""
    hotline = problem.hotline
    answers = {k.id for k in hotline.staff_kinds if k.answers_calls}
    people = [a for a in problem.agents if not hotline.staff_kinds or a.staff_kind in answers]
    shifts = {s.id: s for s in hotline.shifts}
    days = [pd.Timestamp(day).date() for day in duties["date"]]
    kinds = [problem.kind_of(day) for day in days]
    known = [shifts.get(str(name)) for name in duties["shift"]]
    standby = (duties["role"] == "B").to_numpy()
    lasted_h = (duties["end"] - duties["start"]).dt.total_seconds().to_numpy() / 3600
    paid_h = np.array([s.paid_h if s else h for s, h in zip(known, lasted_h, strict=True)], dtype=float)
    table = pd.DataFrame(
        {
            "agent": duties["agent"].astype(str),
            "duties": 1.0,
            "standbys": standby.astype(float),
            "nights": [float(s is not None and s.night) for s in known],
            "weekends": [float(kind is DayKind.WEEKEND) for kind in kinds],
            "holidays": [float(kind is DayKind.HOLIDAY) for kind in kinds],
            "hours": np.where(standby, paid_h * hotline.rules.standby_hours_share, paid_h),
        }
    )
    sums = table.groupby("agent")[list(BURDENS)].sum().reindex([a.id for a in people]).fillna(0.0)
    sums["firm"] = [a.firm for a in people]
    sums["contract"] = [a.contract for a in people]
    return sums


def _spread(values: pd.Series[float]) -> dict[str, float]:
    return {
        "min": round(float(values.min()), 2),
        "mean": round(float(values.mean()), 2),
        "max": round(float(values.max()), 2),
    }


def _hours(problem: RosterProblem, duties: pd.DataFrame, carried: pd.DataFrame) -> list[dict[str, Any]]:
    weeks = problem.days / 7
    contract_of = {a.id: a.contract for a in problem.agents}
    owed: dict[str, dict[str, float]] = {}
    for debt in hours_owed(problem, duties):
        people = owed.setdefault(contract_of[debt.agent], {})
        people[debt.agent] = people.get(debt.agent, 0.0) + debt.hours
    rows = []
    for contract in problem.hotline.contracts:
        mine = carried.loc[carried["contract"] == contract.id, "hours"] / weeks
        if mine.empty:
            continue
        debts = owed.get(contract.id, {})
        rows.append(
            {
                "contract": contract.id,
                "people": len(mine),
                **_spread(mine),
                "least": contract.hours_per_week_min,
                "most": contract.hours_per_week_max,
                "owed_people": len(debts),
                "owed_h": round(sum(debts.values()), 1),
            }
        )
    return rows
