"""People behind hours of duty, by the contracts they have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from scenarios.plan import Plan
from wfm.hotline import Agent
from wfm.staffing.heads_needed import hours_per_head, planned_absence, teams_of

__all__ = ["people_for"]

_FOUR_WEEKS = 28


def people_for(plan: Plan, agents: Sequence[Agent], days: Sequence[date], ratio: float) -> float:
    """Heads who carry the plan's duties of these days ``ratio`` times, in the contracts' present mix; not rounded.

    The most of what hours, duties in four weeks and nights in four weeks take, as ``heads_needed`` counts them for a
    month: A duties in hours, A and B duties in number. NaN where the contracts leave nothing, 0 without duties.
    """
    hotline, team = plan.hotline, teams_of(plan.hotline, agents)[0]
    wanted = {pd.Timestamp(day) for day in days}
    duties = plan.duties[[pd.Timestamp(day) in wanted for day in plan.duties["date"]]]
    shifts = {shift.id: shift for shift in hotline.shifts}
    names = [str(name) for name in duties["shift"]]
    answering = [role == "A" for role in duties["role"]]
    hours = sum(shifts[s].paid_h for s, a in zip(names, answering, strict=True) if a and s in shifts)
    nights = sum(1 for s in names if s in shifts and shifts[s].night)
    there = [
        m.outlook.taken_share if not m.contract.employee else 1 - planned_absence(hotline, m) for m in team.members
    ]
    span = len(days) / _FOUR_WEEKS

    def brought(limits: list[float | None], shares: list[float]) -> float | None:
        """Duties or nights that one head of the mix brings in these days; None without a limit."""
        if any(limit is None for limit, part in zip(limits, team.mix, strict=True) if part > 0):
            return None
        pairs = zip(limits, shares, team.mix, strict=True)
        return sum((limit or 0.0) * span * share * part for limit, share, part in pairs)

    each = [
        (hours, sum(part * hours_per_head(hotline, m, len(days)) for part, m in zip(team.mix, team.members, strict=True))),
        (float(len(duties)), brought([m.contract.duties_per_4_weeks_max for m in team.members], there)),
        (
            float(nights),
            brought(
                [m.contract.nights_per_4_weeks_max for m in team.members],
                [share * m.night_share for share, m in zip(there, team.members, strict=True)],
            ),
        ),
    ]  # fmt: skip
    found = [asked / one if one > 0 else float("nan") for asked, one in each if one is not None and asked > 0]
    return ratio * max(found, default=0.0)
