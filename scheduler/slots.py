"""The posts of a problem as arrays: what there is to fill, who is able, and what the past holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scheduler.busy_hours import spans_of, training_by_day
from scheduler.eligibility import HINDRANCES
from scheduler.past_duties import PastDuty, past_duties
from scheduler.problem import RosterProblem
from scheduler.shift_times import at_minute, utc_minutes
from scheduler.slot import Slot, slots_in_time
from wfm.calendar import DayKind
from wfm.hotline import Contract, CountLimit, Pin, Shift

if TYPE_CHECKING:
    from scheduler.working_time import Account

__all__ = ["PAST_DAYS", "PastDuty", "Slot", "Slots"]

PAST_DAYS = 35
"""Days before the period that the arrays hold: a four-week window and the week around its start."""

AFTER_DAYS = 1
"""Days after the period that the arrays hold: a night begun on the last day reaches into it."""

UNLIMITED = 10**6


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
    def shift_numbers(self) -> dict[str, int]:
        """Position of each shift in the hotline."""
        return {s.id: n for n, s in enumerate(self.problem.hotline.shifts)}

    @cached_property
    def all(self) -> tuple[Slot, ...]:
        """Every (date, group, shift, role) with at least one post, or one to which people may be added, by time."""
        return slots_in_time(self)

    def is_rest_day(self, day: int) -> bool:
        """Whether the day is a weekend day or holiday."""
        return self.problem.kind_of(self.date_of(day)) in (DayKind.WEEKEND, DayKind.HOLIDAY)

    @cached_property
    def weekend_days(self) -> NDArray[np.bool_]:
        """(days,) calendar weekend days, whatever holiday or make-up day they are."""
        weekend = self.problem.hotline.calendar.weekend
        return np.array([self.date_of(day).weekday() in weekend for day in range(self.n_days)], dtype=bool)

    @cached_property
    def weekends_in(self) -> dict[tuple[int, int], tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Weekend days of spans looked at so far, with where each weekend begins among them."""
        return {}

    @cached_property
    def days_of_slots(self) -> NDArray[np.int64]:
        """(slots,) day number of each slot."""
        return np.array([s.day for s in self.all], dtype=np.int64)

    @cached_property
    def paid_of_slots(self) -> NDArray[np.int64]:
        """(slots,) minutes that count toward the hours band."""
        return np.array([s.paid_min for s in self.all], dtype=np.int64)

    @cached_property
    def names_of_slots(self) -> tuple[NDArray[np.int64], list[tuple[str, str]]]:
        """(slots,) number of each slot's (shift, role), and these."""
        known = sorted({(s.shift.id, str(s.role)) for s in self.all})
        number = {name: k for k, name in enumerate(known)}
        return np.array([number[s.shift.id, s.role] for s in self.all], dtype=np.int64), known

    @cached_property
    def spans_of_shifts(self) -> tuple[dict[tuple[int, str], int], dict[tuple[int, str], int]]:
        """Start and end in UTC minutes by (day, shift), where there are posts."""
        return {(s.day, s.shift.id): s.start for s in self.all}, {(s.day, s.shift.id): s.end for s in self.all}

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
        """Who has the skills and dialects for the slot, at night the ability to work nights; not to be written to."""
        found = self._able.get(slot.index)
        if found is None:
            found = self.skilled[slot.group] & self.speaking(slot)
            if slot.shift.night:
                found &= self.night_able
            found.flags.writeable = False
            self._able[slot.index] = found
        return found

    @cached_property
    def _able(self) -> dict[int, NDArray[np.bool_]]:
        """(agents,) by slot, as far as asked for."""
        return {}

    def speaking(self, slot: Slot) -> NDArray[np.bool_]:
        """Who speaks every dialect and language that the slot asks for."""
        asked = self.problem.dialects_for(self.date_of(slot.day), slot.group, slot.shift.id)
        if asked not in self._speaking:
            spoken = [set(asked) <= set(a.dialects) for a in self.problem.agents]
            self._speaking[asked] = np.array(spoken, dtype=bool)
        return self._speaking[asked]

    @cached_property
    def _speaking(self) -> dict[tuple[str, ...], NDArray[np.bool_]]:
        """(agents,) who speaks them all, by the dialects asked for so far."""
        return {}

    @cached_property
    def remote_able(self) -> NDArray[np.bool_]:
        """Who may answer away from the centre."""
        return np.array([a.remote for a in self.problem.agents], dtype=bool)

    def on_closed_day(self, slot: Slot) -> bool:
        """Whether the duty touches a day on which the centre is closed."""
        return bool(self.closed[slot.day] or (slot.spills and self.closed[slot.day + 1]))

    def on_site(self, slot: Slot) -> bool:
        """Whether whoever holds the slot counts as there: everybody as A, B unless they stand by away from the centre."""
        return slot.role == "A" or not (self.problem.hotline.rules.standby_remote or self.on_closed_day(slot))

    @cached_property
    def travel_min(self) -> NDArray[np.float64]:
        """Minutes to reach the centre; infinite where unknown."""
        return np.array([np.inf if a.travel_min is None else a.travel_min for a in self.problem.agents])

    @cached_property
    def employees(self) -> NDArray[np.bool_]:
        """Who falls under labour law; nobody where it is not in force."""
        in_force = self.problem.hotline.law is not None
        return np.array([c.employee and in_force for c in self.contracts], dtype=bool)

    @cached_property
    def rest_min(self) -> NDArray[np.int64]:
        """(agents,) minutes of rest between duties: the contract's, else the hotline's."""
        usual = self.problem.hotline.rules.rest_between_shifts_h
        hours = [usual if (h := c.rest_between_shifts_h) is None else h for c in self.contracts]
        return np.ceil(np.array(hours, dtype=float) * 60 - 1e-9).astype(np.int64)

    @cached_property
    def days_in_a_row_max(self) -> NDArray[np.int64]:
        """(agents,) days in a row on which duties may begin: the contract's, else the hotline's."""
        usual = self.problem.hotline.rules.consecutive_days_max
        return np.array([c.consecutive_days_max or usual for c in self.contracts], dtype=np.int64)

    @cached_property
    def nights_in_a_row_max(self) -> NDArray[np.int64]:
        """(agents,) nights in a row: the contract's, else the hotline's."""
        usual = self.problem.hotline.rules.consecutive_nights_max
        return np.array([c.consecutive_nights_max or usual for c in self.contracts], dtype=np.int64)

    @cached_property
    def week_max_min(self) -> NDArray[np.int64]:
        """(agents,) minutes of the contract's hours band, upper end."""
        return np.array([round(c.hours_per_week_max * 60) for c in self.contracts], dtype=np.int64)

    @cached_property
    def duties_max(self) -> NDArray[np.int64]:
        """(agents,) duties in 28 days; without a limit a great number."""
        return np.array([UNLIMITED if (n := c.duties_per_4_weeks_max) is None else n for c in self.contracts])

    @cached_property
    def nights_max(self) -> NDArray[np.int64]:
        """(agents,) nights in 28 days; without a limit a great number."""
        return np.array([UNLIMITED if (n := c.nights_per_4_weeks_max) is None else n for c in self.contracts])

    @cached_property
    def closed(self) -> NDArray[np.bool_]:
        """(days,): the centre is closed."""
        spans = self.problem.hotline.rules.centre_closed
        return np.array([any(s.first <= self.date_of(d) <= s.last for s in spans) for d in range(self.n_days)])

    @cached_property
    def busy_spans(self) -> list[tuple[int, int, int]]:
        """(agent, start, end) of hours in which nobody of these is on duty, UTC minutes."""
        return spans_of(self, "busy", "training")

    @cached_property
    def protected_spans(self) -> list[tuple[int, int, int]]:
        """(agent, start, end) of time without nights and overtime, UTC minutes."""
        return spans_of(self, "protected")

    @cached_property
    def training_spans(self) -> list[tuple[int, int, int]]:
        """(agent, start, end) of training, UTC minutes."""
        return spans_of(self, "training")

    @cached_property
    def law_day_min(self) -> NDArray[np.int64]:
        """(agents, days) minutes that the law lets a day last (``working_time.day_limits``)."""
        from scheduler.working_time import day_limits

        return day_limits(self)

    @cached_property
    def law_accounts(self) -> list[tuple[Account, list[int]]]:
        """The law's accounts of working time, each with the agents who could exceed it."""
        from scheduler.working_time import accounts_of, may_bind

        given = self.training_min.copy()
        for duty in self.past:
            if duty.day >= 0:
                given[duty.agent, duty.day] += duty.paid_min
        return [(a, np.flatnonzero(may_bind(self, a, given)).tolist()) for a in accounts_of(self)]

    @cached_property
    def law_protected_weeks(self) -> list[tuple[int, range]]:
        """(agent, week) without overtime (``working_time.protected_weeks``)."""
        from scheduler.working_time import protected_weeks

        return protected_weeks(self)

    @cached_property
    def training_min(self) -> NDArray[np.int64]:
        """(agents, days) minutes of training up to the period's end, on the day on which it begins."""
        return training_by_day(self)

    def midnight(self, day: int) -> int:
        """The moment at which the day begins, UTC minutes."""
        return utc_minutes(at_minute(self.date_of(day), 0, self.problem.zone))

    @cached_property
    def pins_of_day(self) -> dict[int, list[tuple[int, Pin]]]:
        """(agent, pin) by day number."""
        found: dict[int, list[tuple[int, Pin]]] = {}
        for pin in self.problem.pins:
            found.setdefault(self.day_of(pin.date), []).append((self.agent_numbers[pin.agent], pin))
        return found

    @cached_property
    def pinned(self) -> list[tuple[int, int]]:
        """(agent, day) of every duty of the period that is already decided."""
        return sorted((agent, day) for day in self.period for agent, pin in self.pins_of_day.get(day, []) if pin.shift)

    @cached_property
    def past(self) -> list[PastDuty]:
        """Duties of the history before the period, of people who are still there, by start."""
        return past_duties(self)

    @cached_property
    def limits(self) -> list[tuple[CountLimit, NDArray[np.int64]]]:
        """Every limit without weight, with the agents (numbers) who have it."""
        return self._limits_of(weighted=False)

    @cached_property
    def weighted_limits(self) -> list[tuple[CountLimit, NDArray[np.int64]]]:
        """Every limit with a weight, with the agents (numbers) who have it."""
        return self._limits_of(weighted=True)

    @cached_property
    def limits_of_agents(self) -> list[list[CountLimit]]:
        """Limits of each agent, those without weight first."""
        found: list[list[CountLimit]] = [[] for _ in range(self.n_agents)]
        for limit, people in (*self.limits, *self.weighted_limits):
            for agent in people.tolist():
                found[agent].append(limit)
        return found

    @cached_property
    def _limit_amounts(self) -> dict[tuple[str, str], tuple[NDArray[np.int64], NDArray[np.int64]]]:
        return {}

    def limit_amounts(self, limit: CountLimit) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """What counts toward the limit: (slots,) by slot, and (agents, days) the past and training."""
        from scheduler.count_limits import amount_of, past_amounts

        key = (limit.count, limit.shift)
        if key not in self._limit_amounts:
            of_slot = np.array([amount_of(self, s, limit) for s in self.all], dtype=np.int64)
            self._limit_amounts[key] = (of_slot, past_amounts(self, limit))
        return self._limit_amounts[key]

    def _limits_of(self, *, weighted: bool) -> list[tuple[CountLimit, NDArray[np.int64]]]:
        found = []
        for contract in self.problem.hotline.contracts:
            people = np.array([n for n, c in enumerate(self.contracts) if c.id == contract.id], dtype=np.int64)
            if len(people):
                found += [(limit, people) for limit in contract.limits if (limit.weight is not None) == weighted]
        return found

    @cached_property
    def eligible(self) -> NDArray[np.bool_]:
        """(agents, slots): able, and kept from the slot by nothing (``scheduler.eligibility``)."""
        found = np.zeros((self.n_agents, len(self.all)), dtype=bool)
        for slot in self.all:
            free = self.able(slot)
            for hindrance in HINDRANCES:
                free = free & ~hindrance.keeps(self, slot)
            found[:, slot.index] = free
        return found
