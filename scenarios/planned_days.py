"""What was planned for a day: the plan that stood then, its forecast, and the seats that its roster lets expect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.kept_plans import working_plans
from scenarios.plan_folder import read_plan
from simulation.attendance import attendance, rostered_duties
from simulation.draws import exponential
from wfm.calendar import TimeGrid
from wfm.hotline import Hotline
from wfm.store import PlanRecord, Store

__all__ = ["PlannedDay", "expected_seats", "find_planned_day", "planned_day_of_folder"]

Floats = NDArray[np.float64]

ATTENDANCES = 200
"""Drawn attendances whose mean is expected, where absence or lateness is."""


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """The plan of one day."""

    name: str
    """Number of the plan in the store, or its folder."""
    made_at: datetime | None
    forecast: pd.DataFrame
    """``Forecast.summary()``; perhaps of more days."""
    duties: pd.DataFrame
    """``tables.DUTIES`` of the roster last made known, else of the plan's own."""
    expected: dict[str, float]
    """What the plan's simulation expected of the day, target by target."""
    before_the_day: bool
    """The plan was made before the day began."""


def find_planned_day(hotline: Hotline, day: date, store: Store) -> PlannedDay | None:
    """The last plan that holds the day and was made before it began; else the last made at all. None: there is none.

    Plans of what-ifs are taken only where there are no others.
    """
    begin = datetime.combine(day, time(), tzinfo=ZoneInfo(hotline.time_zone))
    held = working_plans([p for p in store.plans(hotline.id) if p.first <= day < p.first + timedelta(days=p.days)])
    if not held:
        return None
    before = [p for p in held if p.created_at < begin]
    plan = max(before or held, key=lambda p: p.id)
    record = next((f for f in store.forecasts.records(hotline.id) if f.plan_id == plan.id), None)
    duties = _duties(hotline, plan, day, begin, store)
    if record is None or duties is None:
        return None
    summary = store.forecasts.summary(record.id)
    summary["interval"] = summary["interval"].dt.tz_convert(hotline.time_zone)
    return PlannedDay(
        name=str(plan.id),
        made_at=plan.created_at,
        forecast=summary,
        duties=duties,
        expected=_expected(plan.scorecard, day),
        before_the_day=bool(before),
    )


def _duties(hotline: Hotline, plan: PlanRecord, day: date, begin: datetime, store: Store) -> pd.DataFrame | None:
    """The roster published for the day, as it stood when the day began; else the last version of the plan's own.

    What was repaired on the day itself is no plan: it answers to what went wrong.
    """
    rosters = [r for r in store.rosters(hotline.id) if r.first <= day <= r.last]
    published = [r for r in rosters if r.published_version is not None]
    own = [r for r in rosters if r.plan_id == plan.id]
    if published:
        latest = max(published, key=lambda r: (r.changed_at, r.id))
        known = latest.published_version or latest.version
    elif own:
        latest = max(own, key=lambda r: r.id)
        known = latest.version
    else:
        return None
    stood = [v.version for v in store.roster_versions(latest.id) if v.version <= known and v.created_at < begin]
    return store.roster(latest.id, max(stood, default=known)).duties


def _expected(rows: list[dict[str, object]], day: date) -> dict[str, float]:
    found = {}
    for row in rows:
        by_day = row.get("by_day")
        if isinstance(by_day, dict) and day.isoformat() in by_day:
            found[str(row["target"])] = float(by_day[day.isoformat()])
    return found


def planned_day_of_folder(folder: Path, hotline: Hotline, day: date) -> PlannedDay | None:
    """The day in a plan's folder; None where the plan is of another hotline or does not hold the day.

    Raises:
        BadInput: there is no plan in the folder, or a damaged one.
    """
    plan = read_plan(folder)
    if plan.hotline.id != hotline.id or not plan.first <= day < plan.first + timedelta(days=plan.days):
        return None
    expected = {row.target: row.by_day[day.isoformat()] for row in plan.scorecard if day.isoformat() in row.by_day}
    return PlannedDay(str(folder), None, plan.forecast, plan.duties, expected, True)


def expected_seats(hotline: Hotline, duties: pd.DataFrame, grid: TimeGrid) -> Floats:
    """Agents of each group whom the roster lets expect in each interval, ``(G, T)``.

    Breaks are taken off, and unplanned absence and lateness as the hotline has them, B's standing in for absent A's:
    the mean of the simulation's attendance.
    """
    groups = [g.id for g in hotline.groups]
    rostered = rostered_duties(duties, groups, grid)
    lost = hotline.shrinkage
    varies = lost.unplanned_share > 0 or lost.late_share > 0
    draws = ATTENDANCES if varies else 1
    edges = np.arange(len(grid) + 1) * grid.interval_s
    seats = np.zeros((len(groups), len(grid)))
    for replication in range(draws):
        there = attendance(
            rostered,
            lost.unplanned_share,
            hotline.rules.standby_delay_min * 60,
            seed=0,
            replication=replication,
            late_share=lost.late_share,
            late=exponential(lost.late_mean_min * 60),
        )
        for group, start_s, end_s in zip(there.group, there.start_s, there.end_s, strict=True):
            inside = np.minimum(edges[1:], end_s) - np.maximum(edges[:-1], start_s)
            seats[group] += np.maximum(inside, 0.0)
    mean: Floats = seats / (draws * grid.interval_s)
    return mean
