"""Who is on duty at a moment, who comes next, and where somebody is missing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from scenarios.intraday_roster import agents_on_duty
from scenarios.kept_plans import WHAT_IF
from scenarios.plan import Plan
from scenarios.published_duties import published_duties
from scheduler.table_rows import rows_of
from wfm.calendar import TimeGrid
from wfm.hotline import Agent, Hotline, minutes_of
from wfm.i18n import Text, both
from wfm.store import Store

__all__ = [
    "DayRoster",
    "OnDuty",
    "OpenPost",
    "Spell",
    "duties_at",
    "next_change",
    "open_posts",
    "roster_on",
    "spells_short",
]


@dataclass(frozen=True, slots=True, eq=False)
class DayRoster:
    """Duties of a day and its neighbours, and where they were found.

    Attributes:
        duties: ``tables.DUTIES`` of the day before, the day and the day after.
        kind: ``published`` in the planning store, or ``plan``: only planned, nobody was told.
        name: in words.
        posts: posts to fill (date, group, shift, posts_a, posts_b); None where they were not kept.
    """

    duties: pd.DataFrame
    kind: str
    name: Text
    posts: pd.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody on duty."""

    agent: str
    name: str
    firm: str
    role: str
    post: str
    group: str
    shift: str
    start: datetime
    end: datetime
    remote: bool
    pausing: bool
    """On a break at the moment."""


@dataclass(frozen=True, slots=True)
class OpenPost:
    """A post of a shift that nobody holds. ``role`` A or B; ``count`` how many of them."""

    group: str
    shift: str
    role: str
    count: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch in which a group has fewer on duty than required. ``missing`` at its worst, of ``needed``."""

    group: str
    start: datetime
    end: datetime
    missing: float
    there: float
    needed: float


def roster_on(hotline: Hotline, day: date, store: Store, plans: list[tuple[str, Plan]]) -> DayRoster | None:
    """The roster that holds ``day``: as published in the store, else of the newest plan; None if neither does.

    Args:
        hotline: whose.
        day: the day.
        store: the planning store.
        plans: plans of the hotline by name, the newest first; those that only asked what if come last.
    """
    around = (day - timedelta(days=1), day + timedelta(days=1))
    held = [r for r in store.rosters(hotline.id) if r.published_version is not None and r.first <= day <= r.last]
    if held:
        latest = max(held, key=lambda r: r.id)
        duties = published_duties(store, hotline.id, *around)
        name = both(
            "published roster {first} – {last}, version {version}",
            first=latest.first,
            last=latest.last,
            version=latest.published_version,
        )
        return DayRoster(duties, "published", name, store.months.posts_of(latest.id))
    for name_of_plan, plan in sorted(plans, key=lambda p: WHAT_IF in p[1].inputs):
        if plan.first <= day < plan.first + timedelta(days=plan.days):
            dates = pd.to_datetime(plan.duties["date"])
            near = (dates >= pd.Timestamp(around[0])) & (dates <= pd.Timestamp(around[1]))
            return DayRoster(
                plan.duties[near.to_numpy()], "plan", both("plan {name}, not published", name=name_of_plan)
            )
    return None


def duties_at(roster: DayRoster, people: Collection[Agent], now: datetime) -> list[OnDuty]:
    """Who is on duty at the moment, A before B, post by post."""
    known = {agent.id: agent for agent in people}
    there = roster.duties[(roster.duties["start"] <= now) & (roster.duties["end"] > now)]
    found = [_on_duty(row, known, now) for row in rows_of(there)]
    return sorted(found, key=lambda d: (d.group, d.start, d.shift, d.post, d.role, d.agent))


def next_change(roster: DayRoster, people: Collection[Agent], now: datetime) -> tuple[datetime | None, list[OnDuty]]:
    """When the next duties begin, within a day, and who then comes."""
    known = {agent.id: agent for agent in people}
    ahead = roster.duties[(roster.duties["start"] > now) & (roster.duties["start"] <= now + timedelta(days=1))]
    if ahead.empty:
        return None, []
    moment = ahead["start"].min()
    rows = rows_of(ahead[ahead["start"] == moment])
    found = [_on_duty(row, known, now) for row in rows]
    return moment.to_pydatetime(), sorted(found, key=lambda d: (d.group, d.shift, d.post, d.role, d.agent))


def _on_duty(row: Any, known: dict[str, Agent], now: datetime) -> OnDuty:
    person = known.get(str(row.agent))
    start, end = (pd.Timestamp(x).tz_convert(now.tzinfo).to_pydatetime() for x in (row.start, row.end))
    return OnDuty(
        agent=str(row.agent),
        name=person.name if person is not None and person.name else str(row.agent),
        firm=person.firm if person is not None else "",
        role=str(row.role),
        post=str(row.post),
        group=str(row.group),
        shift=str(row.shift),
        start=start,
        end=end,
        remote=bool(row.remote),
        pausing=_pausing(str(row.breaks), start, now),
    )


def _pausing(breaks: str, start: datetime, now: datetime) -> bool:
    if not breaks or breaks in ("<NA>", "nan"):
        return False
    begun = start.hour * 60 + start.minute
    at = (now - start).total_seconds() / 60
    for pause in breaks.split(";"):
        first, last = (minutes_of(clock) for clock in pause.split("-"))
        begin = (first - begun) % 1440
        if begin <= at < begin + (last - first) % 1440:
            return True
    return False


def open_posts(hotline: Hotline, roster: DayRoster, now: datetime, until: datetime) -> list[OpenPost]:
    """Posts of shifts that are on between the two moments and that nobody holds, the soonest first.

    Known exactly where the posts were kept with the roster. Elsewhere a post is open as far as the duties themselves
    show it: a B without its A, or an A whose group asks for a B and has none.
    """
    shifts = {shift.id: shift for shift in hotline.shifts}
    wanted: dict[tuple[date, str, str], tuple[int, int]] = {}
    held: dict[tuple[date, str, str], dict[str, set[str]]] = {}
    for row in rows_of(roster.duties):
        key = (pd.Timestamp(row.date).date(), str(row.group), str(row.shift))
        posts = held.setdefault(key, {"A": set(), "B": set()})
        posts.setdefault(str(row.role), set()).add(str(row.post))
    if roster.posts is not None:
        for row in rows_of(roster.posts):
            day = pd.Timestamp(row.date).date()
            if abs((day - now.date()).days) <= 1:
                wanted[day, str(row.group), str(row.shift)] = (int(row.posts_a), int(row.posts_b))
    else:
        per_backup = {group.id: group.posts_per_backup for group in hotline.groups}
        for key, posts in held.items():
            every = len(posts["A"] | posts["B"])
            span = per_backup.get(key[1], 0)
            wanted[key] = (every, -(-every // span) if span else 0)
    found = []
    for (day, group, shift_id), (posts_a, posts_b) in wanted.items():
        shift = shifts.get(shift_id)
        if shift is None:
            continue
        start = datetime(day.year, day.month, day.day, tzinfo=now.tzinfo) + timedelta(minutes=shift.start_min)
        end = start + timedelta(minutes=shift.length_min)
        if end <= now or start >= until:
            continue
        there = held.get((day, group, shift_id), {"A": set(), "B": set()})
        for role, count in (("A", posts_a - len(there["A"])), ("B", posts_b - len(there["B"]))):
            if count > 0:
                found.append(OpenPost(group, shift_id, role, count, start, end))
    return sorted(found, key=lambda p: (p.role, p.start, p.group))


def spells_short(
    hotline: Hotline, grid: TimeGrid, duties: pd.DataFrame, needed: pd.DataFrame, now: datetime
) -> list[Spell]:
    """Stretches from now to the end of the grid in which a group has fewer on duty than required, the worst first.

    Args:
        hotline: its groups.
        grid: the day.
        duties: ``tables.DUTIES`` that reach into it.
        needed: group, interval, heads.
        now: the moment.
    """
    on_duty = agents_on_duty(hotline, duties, grid)
    ahead = np.asarray(grid.ends > pd.Timestamp(now))
    found = []
    for g, group in enumerate(hotline.groups):
        mine = needed[needed["group"] == group.id].set_index("interval")["heads"]
        heads = mine.reindex(grid.starts).to_numpy(dtype=np.float64)
        lacking = np.nan_to_num(heads - on_duty[g]) * ahead
        found += _spells(group.id, grid, lacking, on_duty[g], heads)
    return sorted(found, key=lambda s: (-s.missing, s.start, s.group))


def _spells(group: str, grid: TimeGrid, lacking: Any, there: Any, needed: Any) -> list[Spell]:
    found = []
    begin: int | None = None
    for t in range(len(grid) + 1):
        short = t < len(grid) and lacking[t] > 1e-6
        if short and begin is None:
            begin = t
        elif not short and begin is not None:
            worst = begin + int(np.argmax(lacking[begin:t]))
            found.append(
                Spell(
                    group,
                    grid.starts[begin].to_pydatetime(),
                    grid.ends[t - 1].to_pydatetime(),
                    float(lacking[worst]),
                    float(there[worst]),
                    float(needed[worst]),
                )
            )
            begin = None
    return found
