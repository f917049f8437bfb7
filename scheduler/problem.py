"""What a roster has to solve: people, posts, absences, the past and the kinds of day."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import pandas as pd

from scheduler.impossible_requests import check_requests
from scheduler.table_rows import rows_of
from wfm.calendar import DayKind
from wfm.errors import BadInput
from wfm.hotline import Agent, Balance, Busy, Hotline, Leave, Pin, Wish
from wfm.i18n import say

__all__ = ["POST_COLUMNS", "RosterProblem", "dialects_in"]

POST_COLUMNS = ("date", "group", "shift", "posts_a", "posts_b")
"""Columns of the posts to fill: how many A and B posts each (date, group, shift) has.

Further columns may stand there: ``dialects``, the dialects and languages that everybody on these posts speaks, joined by ``;``;
``short_cost``, the cost of each A post that nobody fills; and ``surplus_cost``, the cost of each A beyond the posts; without it nobody is
put on duty beyond the posts.
"""


_SEPARATORS = re.compile(r"[;\uff1b\u3001|,\uff0c+]")

COST_COLUMNS = ("short_cost", "surplus_cost")


def dialects_in(cell: object) -> tuple[str, ...]:
    """Dialects and languages in a cell of the posts, in their order; none where it is empty."""
    if not isinstance(cell, str):
        return ()
    return tuple(dict.fromkeys(word for part in _SEPARATORS.split(cell) if (word := part.strip())))


@dataclass(frozen=True)
class RosterProblem:
    """A roster to build or to check. Both sides of every rule read their parameters here.

    Attributes:
        hotline: shifts, groups, contracts and the rules' limits.
        agents: the people; ``Agent.lines`` are their skills.
        leave: days on which an agent cannot be rostered.
        first: first day of the period.
        days: length of the period in days.
        posts: columns ``date, group, shift, posts_a, posts_b``. Posts of the eve (``first`` less one
            day) are allowed: night shifts that serve the first hours of the period.
        history: duties of the roster before (``tables.DUTIES``), or None when nothing is known;
            rows from ``first`` on are ignored. Limits reach across the border.
        day_kinds: kind of each day; days left out are weekdays or weekends by the hotline's calendar setting.
        wishes: duties people would like or would like not to have.
        pins: duties and days off that are already decided.
        busy: hours in which people cannot be on duty, or not at night.
        balances: what people carried beyond their share before the history.

    Raises:
        BadInput: an identifier is unknown or stands twice, a post lies outside the period, or wishes, pins or busy hours
            cannot be.
    """

    hotline: Hotline
    agents: list[Agent]
    leave: list[Leave]
    first: date
    days: int
    posts: pd.DataFrame
    history: pd.DataFrame | None
    day_kinds: dict[date, DayKind]
    wishes: Sequence[Wish] = ()
    pins: Sequence[Pin] = ()
    busy: Sequence[Busy] = ()
    balances: Sequence[Balance] = ()

    def __post_init__(self) -> None:
        self._check_people()
        self._check_posts()
        check_requests(self)

    @property
    def last(self) -> date:
        """Last day of the period."""
        return self.first + timedelta(days=self.days - 1)

    @property
    def zone(self) -> ZoneInfo:
        """Time zone of the hotline."""
        return ZoneInfo(self.hotline.time_zone)

    def busy_times(self, busy: Busy) -> tuple[datetime, datetime]:
        """Begin and end with their offset; times without one are the hotline's local time."""
        times = []
        for moment in (busy.start, busy.end):
            stamp = pd.Timestamp(moment)
            if stamp.tzinfo is None:
                stamp = stamp.tz_localize(self.zone, ambiguous=True, nonexistent="shift_forward")
            times.append(stamp.to_pydatetime())
        return times[0], times[1]

    def dialects_for(self, day: date, group: str, shift: str) -> tuple[str, ...]:
        """Dialects and languages that everybody on these posts speaks: the group's, the shift's, those that the posts name."""
        named = self._dialects_named.get((day, group, shift), ())
        of_group = next((g.dialects for g in self.hotline.groups if g.id == group), ())
        of_shift = next((s.dialects for s in self.hotline.shifts if s.id == shift), ())
        return tuple(dict.fromkeys((*of_group, *of_shift, *named)))

    @cached_property
    def _dialects_named(self) -> dict[tuple[date, str, str], tuple[str, ...]]:
        """What the posts name, by (date, group, shift)."""
        if "dialects" not in self.posts.columns:
            return {}
        return {
            (pd.Timestamp(row.date).date(), str(row.group), str(row.shift)): dialects_in(row.dialects)
            for row in rows_of(self.posts)
        }

    def kind_of(self, day: date) -> DayKind:
        """Kind of a day, from ``day_kinds`` or the weekday."""
        known = self.day_kinds.get(day)
        if known is not None:
            return DayKind(known)
        return DayKind.WEEKEND if day.weekday() in self.hotline.calendar.weekend else DayKind.WEEKDAY

    def _check_people(self) -> None:
        if self.days < 1:
            raise BadInput(say("the roster needs at least one day, found {days}", days=self.days))
        if not self.agents:
            raise BadInput(say("the roster needs at least one agent, found none"))
        twice = [name for name, n in Counter(a.id for a in self.agents).items() if n > 1]
        if twice:
            raise BadInput(say("agents: the id {agent} stands twice; each id is allowed once", agent=twice[0]))
        known = {a.id for a in self.agents}
        contracts = {c.id for c in self.hotline.contracts}
        kinds = {k.id for k in self.hotline.staff_kinds}
        for agent in self.agents:
            if agent.contract not in contracts:
                raise BadInput(
                    say(
                        "agent {agent}: unknown contract {contract}; known: {known}",
                        agent=agent.id,
                        contract=agent.contract,
                        known=", ".join(sorted(contracts)),
                    )
                )
            if kinds and agent.staff_kind not in kinds:
                raise BadInput(
                    say(
                        "agent {agent}: unknown staff kind {kind}; known: {known}",
                        agent=agent.id,
                        kind=agent.staff_kind,
                        known=", ".join(sorted(kinds)),
                    )
                )
            if agent.pair and (agent.pair not in known or agent.pair == agent.id):
                raise BadInput(
                    say(
                        "agent {agent}: the partner {pair} is no other agent of this hotline",
                        agent=agent.id,
                        pair=agent.pair,
                    )
                )
        for leave in self.leave:
            if leave.agent not in known:
                raise BadInput(say("leave: unknown agent {agent}", agent=leave.agent))

    def _check_posts(self) -> None:
        missing = [c for c in POST_COLUMNS if c not in self.posts.columns]
        if missing:
            raise BadInput(say("posts: the column {column} is missing", column=missing[0]))
        groups = {g.id for g in self.hotline.groups}
        shifts = {s.id for s in self.hotline.shifts}
        seen: set[tuple[date, str, str]] = set()
        for row in rows_of(self.posts):
            day = pd.Timestamp(row.date).date()
            if not self.first - timedelta(days=1) <= day <= self.last:
                raise BadInput(
                    say(
                        "posts: {date} lies outside the period {first} to {last}",
                        date=day,
                        first=self.first,
                        last=self.last,
                    )
                )
            if row.group not in groups:
                raise BadInput(say("posts: unknown group {group} on {date}", group=row.group, date=day))
            if row.shift not in shifts:
                raise BadInput(say("posts: unknown shift {shift} on {date}", shift=row.shift, date=day))
            if (day, str(row.group), str(row.shift)) in seen:
                raise BadInput(
                    say(
                        "posts: {date}, {group}, {shift} stands twice; give one row with the number of posts",
                        date=day,
                        group=row.group,
                        shift=row.shift,
                    )
                )
            seen.add((day, str(row.group), str(row.shift)))
            for column in COST_COLUMNS:
                cost = getattr(row, column, None)
                if cost is not None and not pd.isna(cost) and not float(cost) >= 0:
                    raise BadInput(
                        say(
                            "posts: {date}, {group}, {shift}: {column} must be 0 or more, found {found:g}",
                            date=day,
                            group=row.group,
                            shift=row.shift,
                            column=column,
                            found=float(cost),
                        )
                    )
            if row.posts_a < 0 or row.posts_b < 0:
                raise BadInput(
                    say(
                        "posts: {date}, {group}, {shift} has a negative number of posts",
                        date=day,
                        group=row.group,
                        shift=row.shift,
                    )
                )
