"""The day at a moment: calls so far against forecast and targets, who is on duty, what is still to come."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.daily_compliance import deciding_targets
from scenarios.day_expected import DayExpected, day_expected, plan_of_day
from scenarios.day_so_far import DaySoFar, day_so_far
from scenarios.duties_now import (
    DayRoster,
    OnDuty,
    OpenPost,
    Spell,
    duties_at,
    next_change,
    open_posts,
    roster_on,
    spells_short,
)
from scenarios.intraday_roster import agents_on_duty
from scenarios.kept_intraday import KeptIntraday, latest_intraday
from scenarios.plan import Plan
from scenarios.scenario import Scenario
from wfm.calendar import TimeGrid
from wfm.hotline import Hotline, calendar_of, grid_of, open_intervals, targets_of
from wfm.metrics import KPIS
from wfm.records import RecordStore
from wfm.staffing import unreachable_targets
from wfm.standards import Target
from wfm.store import Store

__all__ = ["CONNECTION", "LineToday", "TargetToday", "Today", "connection_target", "look_at_today", "service_level_kpi"]

CONNECTION = "connection_rate_24h"
"""The connection rate that is shown where the hotline's standard names none."""
_AHEAD_H = 8
"""Hours in which open posts are looked for."""


@dataclass(frozen=True, slots=True)
class TargetToday:
    """One target over the day so far, and where a kept look expects it to end. Undefined values are NaN.

    ``status`` tells of the value so far: met, missed, or unknown; ``end_status`` of the day's end by its probability.
    """

    target: Target
    so_far: float
    expected: float
    low: float
    high: float
    p_met: float
    status: str
    end_status: str


@dataclass(frozen=True, slots=True)
class LineToday:
    """One line so far; ``line`` empty: all together. Undefined values are NaN.

    ``came`` first attempts while agents answer, which the forecast counts; ``offered`` calls, all of them.
    """

    line: str
    offered: float
    came: float
    answered: float
    abandoned: float
    waiting: int | None
    connection: float
    service_level: float
    asa_s: float
    expected: float
    rest: float
    status: str


@dataclass(frozen=True, slots=True, eq=False)
class Today:
    """A hotline at a moment of a day.

    ``phase``: ``before`` opening, ``open``, ``over`` (nobody answers any more today) or ``closed`` all day;
    ``cover``: interval, on_duty, backups, needed (NaN where not known), all groups together.
    """

    hotline: Hotline
    now: datetime
    phase: str
    opens: datetime | None
    so_far: DaySoFar
    lines: tuple[LineToday, ...]
    targets: tuple[TargetToday, ...]
    expected: DayExpected | None
    kept: KeptIntraday | None
    plan: str
    roster: DayRoster | None
    on_duty: tuple[OnDuty, ...]
    next_at: datetime | None
    next_duty: tuple[OnDuty, ...]
    open_posts: tuple[OpenPost, ...]
    spells: tuple[Spell, ...]
    cover: pd.DataFrame

    @property
    def over(self) -> bool:
        """Whether the day has ended."""
        return self.phase == "over"

    def line(self, line: str = "") -> LineToday:
        """One line, or all together."""
        return next(one for one in self.lines if one.line == line)


def connection_target(hotline: Hotline) -> Target | None:
    """The target of the hotline's standard that asks for a connection rate."""
    asked = [t for t in targets_of(hotline) if t.measure == "calls" and t.kpi.startswith("connection_rate")]
    return next((t for t in asked if t.limit is not None), asked[0] if asked else None)


def service_level_kpi(hotline: Hotline) -> str:
    """The service level that the hotline's standard asks for; answered within 15 s of queued calls where it asks for none."""
    asked = [t.kpi for t in targets_of(hotline) if t.measure == "calls" and t.kpi.startswith("service_level")]
    return asked[0] if asked else "service_level_15_offered"


def look_at_today(scenario: Scenario, now: datetime, home: Path, store: Store, plans: list[tuple[str, Plan]]) -> Today:
    """How the day that holds ``now`` stands. Nothing is forecast or simulated here: a second's work at most.

    Args:
        scenario: hotline and people.
        now: the moment, in the hotline's time zone; nothing that was recorded later is looked at.
        home: where records and kept looks lie.
        store: the planning store.
        plans: plans of the hotline by name, the newest first.
    """
    hotline, day = scenario.hotline, now.date()
    grid = grid_of(hotline, day, 1)
    so_far = day_so_far(RecordStore(home, hotline.id), hotline, now)
    kept = latest_intraday(home, hotline.id, day, until=now)
    planned = plan_of_day(day, plans)
    expected = day_expected(day, kept, planned)
    roster = roster_on(hotline, day, store, plans)
    needed = _needed(kept, planned)
    opened = open_intervals(hotline, grid, calendar_of(hotline))
    phase = _phase(grid, opened, now)
    on_duty: list[OnDuty] = []
    next_at, coming = None, list[OnDuty]()
    posts: list[OpenPost] = []
    spells: list[Spell] = []
    if roster is not None:
        on_duty = duties_at(roster, scenario.agents, now)
        next_at, coming = next_change(roster, scenario.agents, now)
        posts = open_posts(hotline, roster, now, now + timedelta(hours=_AHEAD_H))
        if needed is not None:
            spells = spells_short(hotline, grid, roster.duties, needed, now)
    open_at = set(grid.starts[opened])
    return Today(
        hotline=hotline,
        now=now,
        phase=phase,
        opens=grid.starts[opened][0].to_pydatetime() if opened.any() else None,
        so_far=so_far,
        lines=tuple(_line(hotline, so_far, expected, now, line, open_at) for line in ["", *hotline.line_ids]),
        targets=_targets(hotline, so_far, kept),
        expected=expected,
        kept=kept,
        plan=planned[0] if planned else "",
        roster=roster,
        on_duty=tuple(on_duty),
        next_at=next_at,
        next_duty=tuple(coming),
        open_posts=tuple(posts),
        spells=tuple(spells),
        cover=_cover(hotline, grid, roster, needed),
    )


def _phase(grid: TimeGrid, opened: NDArray[np.bool_], now: datetime) -> str:
    if not opened.any():
        return "closed"
    moment = pd.Timestamp(now)
    if moment < grid.starts[opened][0]:
        return "before"
    # A rehearsal that asks for 23:59 looks back on the day.
    ends = grid.ends[opened][-1] - pd.Timedelta(minutes=1)
    return "over" if moment >= ends else "open"


def _needed(kept: KeptIntraday | None, planned: tuple[str, Plan] | None) -> pd.DataFrame | None:
    """Heads required by group and interval: as a kept look found anew, before its moment as the plan has it."""
    parts = []
    if kept is not None and len(kept.seats):
        parts.append(kept.seats[["group", "interval", "heads"]])
    if planned is not None:
        parts.append(planned[1].requirement[["group", "interval", "heads"]])
    if not parts:
        return None
    zone = parts[0]["interval"].dt.tz
    joined = pd.concat([p.assign(interval=p["interval"].dt.tz_convert(zone)) for p in parts], ignore_index=True)
    return joined.drop_duplicates(["group", "interval"], keep="first")


def _cover(hotline: Hotline, grid: TimeGrid, roster: DayRoster | None, needed: pd.DataFrame | None) -> pd.DataFrame:
    starts = grid.starts
    table = pd.DataFrame({"interval": starts, "on_duty": float("nan"), "backups": float("nan"), "needed": float("nan")})
    if roster is not None:
        backups = roster.duties[roster.duties["role"] == "B"].assign(role="A")
        table["on_duty"] = agents_on_duty(hotline, roster.duties, grid).sum(axis=0)
        table["backups"] = agents_on_duty(hotline, backups, grid).sum(axis=0)
    if needed is not None:
        sums = needed.groupby("interval")["heads"].sum()
        table["needed"] = sums.reindex(starts).to_numpy()
    return table


def _line(
    hotline: Hotline,
    so_far: DaySoFar,
    expected: DayExpected | None,
    now: datetime,
    line: str,
    open_at: Collection[pd.Timestamp],
) -> LineToday:
    counts = so_far.of(line)
    connection = connection_target(hotline)
    kpi = connection.kpi if connection is not None else CONNECTION
    value = _kpi(kpi, counts)
    came = so_far.intervals if not line else so_far.intervals[so_far.intervals["line"] == line]
    waiting = so_far.waiting
    minutes = hotline.interval_min
    reach = so_far.reach or now
    return LineToday(
        line=line,
        offered=float(counts["offered"].iloc[0]) if so_far.known else math.nan,
        came=float(came.loc[came["interval"].isin(open_at), "first_attempts"].sum()) if so_far.known else math.nan,
        answered=float(counts["answered"].iloc[0]) if so_far.known else math.nan,
        abandoned=float(counts["abandoned"].iloc[0]) if so_far.known else math.nan,
        waiting=None if waiting is None else waiting[line] if line else sum(waiting.values()),
        connection=value,
        service_level=_kpi(service_level_kpi(hotline), counts),
        asa_s=_kpi("asa_s", counts),
        expected=expected.by(reach, line, minutes) if expected is not None else math.nan,
        rest=expected.after(now, line, minutes) if expected is not None else math.nan,
        status=_status(connection, value),
    )


def _kpi(kpi: str, counts: pd.DataFrame) -> float:
    return float(KPIS[kpi].daily(counts)[0])


def _status(target: Target | None, value: float) -> str:
    if target is None or target.limit is None or math.isnan(value):
        return "unknown"
    return "met" if target.met(value) else "missed"


def _targets(hotline: Hotline, so_far: DaySoFar, kept: KeptIntraday | None) -> tuple[TargetToday, ...]:
    unreachable = {t.id for t, _ in unreachable_targets(hotline, targets_of(hotline))}
    ends = {kpi.target: kpi for kpi in kept.kpis} if kept is not None else {}
    counts = so_far.of()
    found = []
    for target in deciding_targets(targets_of(hotline), unreachable):
        value = _kpi(target.kpi, counts)
        end = ends.get(target.id)
        found.append(
            TargetToday(
                target=target,
                so_far=value,
                expected=end.value if end else math.nan,
                low=end.low if end else math.nan,
                high=end.high if end else math.nan,
                p_met=end.p_met if end else math.nan,
                status=_status(target, value),
                end_status=end.status if end else "unknown",
            )
        )
    return tuple(found)
