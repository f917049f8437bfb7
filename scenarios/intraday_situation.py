"""The rest of a day as moves see it: who is there, who is needed, and what a move would change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.intraday_roster import agents_on_duty
from scheduler import RosterProblem
from scheduler.checker import Violation
from scheduler.firm_duties import check_with_places
from wfm.calendar import TimeGrid
from wfm.hotline import Hotline
from wfm.i18n import Text

__all__ = ["Proposal", "Situation", "duties_ahead", "how_many", "more_posts", "shift_name"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Situation:
    """The rest of a day: who is there, who is needed. Arrays ``(G, T)``; ``passed`` ``(T,)``; ``calls`` ``(L, T)``.

    ``heads`` are those that keep every target in every interval; ``minimum`` ``(G,)`` seats that must be there.
    """

    hotline: Hotline
    grid: TimeGrid
    now: datetime
    problem: RosterProblem
    duties: pd.DataFrame
    on_duty: Floats
    heads: Floats
    minimum: Floats
    blended_erlang: Floats
    load_erlang: Floats
    passed: Floats
    calls: Floats

    @property
    def ahead(self) -> Floats:
        """Share of each interval that is still to come, ``(T,)``."""
        left: Floats = 1.0 - self.passed
        return left

    @property
    def short(self) -> Floats:
        """Heads that are missing in what is still to come."""
        missing: Floats = np.maximum(self.heads - self.on_duty, 0.0) * (self.ahead > 0)
        return missing

    def group_number(self, group: str) -> int:
        """Place of a group in the arrays."""
        return next(n for n, g in enumerate(self.hotline.groups) if g.id == group)

    def presence(self, duties: pd.DataFrame) -> Floats:
        """Agents that these duties, all taken as A, bring in each interval."""
        return agents_on_duty(self.hotline, duties.assign(role="A"), self.grid)

    def local(self, moment: datetime | pd.Timestamp) -> pd.Timestamp:
        """The moment in the hotline's time."""
        return pd.Timestamp(moment).tz_convert(self.hotline.time_zone)

    @cached_property
    def broken_already(self) -> list[Violation]:
        """What the roster breaks as it is."""
        return check_with_places(self.problem, self.duties)


@dataclass(frozen=True)
class Proposal:
    """A move to try: what it is in words, its people, when, its seats, and the roster it makes.

    ``change`` ``(G, T)`` agents more or fewer; ``duties`` and ``problem``: the changed roster; None: nothing changes
    in it. ``but``: rules that the move sets aside knowingly, since it is about them. ``shift``: whose duties change.
    """

    kind: str
    action: Text
    group: str
    people: tuple[str, ...]
    start: datetime
    end: datetime
    hours: float
    change: Floats
    duties: pd.DataFrame | None = None
    problem: RosterProblem | None = None
    but: tuple[str, ...] = ()
    shift: str = ""


def more_posts(problem: RosterProblem, day: pd.Timestamp, group: str, shift: str, *, a: int, b: int) -> RosterProblem:
    """The problem with so many posts more of one date, group and shift."""
    posts = problem.posts
    here = (pd.to_datetime(posts["date"]) == day) & (posts["group"] == group) & (posts["shift"] == shift)
    if here.any():
        changed = posts.copy()
        changed.loc[here, "posts_a"] = (changed.loc[here, "posts_a"] + a).clip(lower=0)
        changed.loc[here, "posts_b"] = (changed.loc[here, "posts_b"] + b).clip(lower=0)
        return replace(problem, posts=changed)
    row = pd.DataFrame([{"date": day, "group": group, "shift": shift, "posts_a": max(a, 0), "posts_b": max(b, 0)}])
    return replace(problem, posts=pd.concat([posts, row], ignore_index=True))


def duties_ahead(situation: Situation, role: str) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Duties of this role that still have time today, by group and end; people whom firms have still to name left out."""
    duties = situation.duties
    now, last = pd.Timestamp(situation.now), situation.grid.ends[-1]
    here = (duties["role"] == role) & (duties["end"] > now) & (duties["start"] < last)
    known = {a.id for a in situation.problem.agents}
    here &= duties["agent"].isin(known)
    for (group, shift, _start, _end), part in duties[here].groupby(["group", "shift", "start", "end"], sort=True):
        yield str(group), str(shift), part.sort_values(["post", "agent"])


def how_many(situation: Situation, group: str, change: Floats, available: int) -> int:
    """How many of them: as many as are missing at worst where they would be, at least one; no more than seats are open.

    ``change``: what all the ``available`` bring.
    """
    number = situation.group_number(group)
    there = (change[number] > 0) & (situation.ahead > 0)
    if not there.any():
        return 0
    missing = float(situation.short[number, there].max())
    room = situation.hotline.seats.opened - situation.on_duty.sum(axis=0)[there].max()
    return int(max(min(available, max(1.0, np.ceil(missing - 1e-9)), np.floor(room + 1e-9)), 0.0))


def shift_name(situation: Situation, shift: str) -> Text | str:
    """The shift's name; its identifier where the hotline no longer has it."""
    return next((s.name for s in situation.hotline.shifts if s.id == shift), shift)
