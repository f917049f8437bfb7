"""The posts of a problem as arrays: what there is to fill, who is able, and what the past holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scheduler.problem import RosterProblem
from scheduler.shift_times import duty_times, utc_minutes
from scheduler.table_rows import rows_of
from wfm.calendar import DayKind
from wfm.hotline import Contract, Shift

__all__ = ["PAST_DAYS", "Role", "Slot", "Slots"]

PAST_DAYS = 35
"""Days before the period that the arrays hold: a four-week window and the week around its start."""

AFTER_DAYS = 1
"""Days after the period that the arrays hold: a night begun on the last day reaches into it."""

Role = Literal["A", "B"]


@dataclass(frozen=True, slots=True)
class Slot:
    """All posts of one (date, group, shift, role).

    ``day`` counts from the first day of the arrays, ``PAST_DAYS`` before the period.
    """

    index: int
    day: int
    group: str
    shift: Shift
    role: Role
    need: int
    start: int
    """Start and end in UTC minutes."""
    end: int
    spills: bool
    """Whether the duty reaches into the next calendar day."""
    paid_min: int
    """Minutes that count toward the hours band: a standby's by ``rules.standby_hours_share``."""
    rest_day: bool
    """Begun on a weekend day or holiday."""


@dataclass(frozen=True)
class Slots:
    """The model side's view of a problem."""

    problem: RosterProblem

    @cached_property
    def n_agents(self) -> int:
        """Number of agents."""
        return len(self.problem.agents)

    @cached_property
    def n_days(self) -> int:
        """Days in the arrays: past, period and the day after."""
        return PAST_DAYS + self.problem.days + AFTER_DAYS

    @cached_property
    def period(self) -> range:
        """Day numbers on which posts may begin: the eve and the period."""
        return range(PAST_DAYS - 1, PAST_DAYS + self.problem.days)

    def date_of(self, day: int) -> date:
        """Calendar date of a day number."""
        return self.problem.first + timedelta(days=day - PAST_DAYS)

    def day_of(self, day: date) -> int:
        """Day number of a calendar date."""
        return (day - self.problem.first).days + PAST_DAYS

    @cached_property
    def weeks(self) -> list[range]:
        """Calendar weeks (Monday first) that touch the period, cut to the arrays."""
        first = self.day_of(self.date_of(self.period.start) - timedelta(days=self.date_of(self.period.start).weekday()))
        return [range(start, min(start + 7, self.n_days)) for start in range(first, self.period.stop, 7)]

    @cached_property
    def shifts(self) -> dict[str, Shift]:
        """Shifts by identifier."""
        return {s.id: s for s in self.problem.hotline.shifts}

    @cached_property
    def all(self) -> tuple[Slot, ...]:
        """Every (date, group, shift, role) with at least one post, by time."""
        share = self.problem.hotline.rules.standby_hours_share
        found: list[Slot] = []
        rows = sorted(
            (pd.Timestamp(r.date).date(), self.shifts[r.shift].start_min, r.group, r.shift, r.posts_a, r.posts_b)
            for r in rows_of(self.problem.posts)
        )
        for day, _, group, shift_id, posts_a, posts_b in rows:
            shift = self.shifts[shift_id]
            start, end = duty_times(day, shift, self.problem.zone)
            paid = round(shift.paid_h * 60)
            needs: tuple[tuple[Role, int, int], ...] = (("A", posts_a, paid), ("B", posts_b, round(paid * share)))
            for role, need, paid_min in needs:
                if need > 0:
                    found.append(
                        Slot(
                            index=len(found),
                            day=self.day_of(day),
                            group=group,
                            shift=shift,
                            role=role,
                            need=int(need),
                            start=utc_minutes(start),
                            end=utc_minutes(end),
                            spills=shift.start_min + shift.length_min > 1440,
                            paid_min=paid_min,
                            rest_day=self.problem.kind_of(day) in (DayKind.WEEKEND, DayKind.HOLIDAY),
                        )
                    )
        return tuple(found)

    @cached_property
    def of_day(self) -> dict[int, list[Slot]]:
        """Slots by day number."""
        found: dict[int, list[Slot]] = {d: [] for d in self.period}
        for slot in self.all:
            found[slot.day].append(slot)
        return found

    @cached_property
    def agent_numbers(self) -> dict[str, int]:
        """Position of each agent."""
        return {a.id: i for i, a in enumerate(self.problem.agents)}

    @cached_property
    def contracts(self) -> list[Contract]:
        """Contract of each agent."""
        known = {c.id: c for c in self.problem.hotline.contracts}
        return [known[a.contract] for a in self.problem.agents]

    @cached_property
    def firms(self) -> NDArray[np.int64]:
        """Number of each agent's firm, -1 for none."""
        names = sorted({a.firm for a in self.problem.agents if a.firm})
        number = {name: i for i, name in enumerate(names)}
        return np.array([number.get(a.firm, -1) for a in self.problem.agents], dtype=np.int64)

    @cached_property
    def away(self) -> NDArray[np.bool_]:
        """(agents, days): on leave."""
        found = np.zeros((self.n_agents, self.n_days), dtype=bool)
        for leave in self.problem.leave:
            low = max(0, self.day_of(leave.first))
            high = min(self.n_days, self.day_of(leave.last) + 1)
            if low < high:
                found[self.agent_numbers[leave.agent], low:high] = True
        return found

    @cached_property
    def on_weekday(self) -> NDArray[np.bool_]:
        """(agents, days): the weekday is one on which the agent can be rostered."""
        able = np.array([[c == "1" for c in a.weekdays] for a in self.problem.agents], dtype=bool)
        weekday = np.array([self.date_of(d).weekday() for d in range(self.n_days)])
        return able[:, weekday]

    @cached_property
    def skilled(self) -> dict[str, NDArray[np.bool_]]:
        """By group: who answers calls and every line of the group."""
        answering = {k.id for k in self.problem.hotline.staff_kinds if k.answers_calls}
        answers = [not self.problem.hotline.staff_kinds or a.staff_kind in answering for a in self.problem.agents]
        return {
            g.id: np.array(
                [ok and set(g.lines) <= set(a.lines) for ok, a in zip(answers, self.problem.agents, strict=True)],
                dtype=bool,
            )
            for g in self.problem.hotline.groups
        }

    @cached_property
    def night_able(self) -> NDArray[np.bool_]:
        """Who may work nights."""
        return np.array([a.night for a in self.problem.agents], dtype=bool)

    def able(self, slot: Slot) -> NDArray[np.bool_]:
        """Who has the skills for the slot, at night the ability to work nights."""
        skilled = self.skilled[slot.group]
        return skilled & self.night_able if slot.shift.night else skilled

    @cached_property
    def eligible(self) -> NDArray[np.bool_]:
        """(agents, slots): able, and neither on leave nor on another weekday than the agent's."""
        found = np.zeros((self.n_agents, len(self.all)), dtype=bool)
        for slot in self.all:
            free = ~self.away[:, slot.day] & self.on_weekday[:, slot.day]
            if slot.spills:
                free &= ~self.away[:, slot.day + 1]
            found[:, slot.index] = self.able(slot) & free
        return found
