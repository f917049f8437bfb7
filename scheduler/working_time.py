"""Working time by law, for the model: over which days it is counted, how much of it is overtime, and what is the limit.

Working time are the paid minutes of duties (standby by its share) and training, on the day on which they begin. Under standard
accounting the overtime of a calendar week is the larger of what single days hold beyond the normal hours a day and what
the week holds beyond the normal hours a week; it belongs to the month of the week's Monday. The statute does not say how days
and weeks are added up: this reading counts no hour twice. Under comprehensive working hours a whole period is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from scheduler.slots import Slots

__all__ = ["Account", "accounts_of", "day_limits", "may_bind", "protected_weeks", "worked_min"]

NO_LIMIT = 10**9


@dataclass(frozen=True)
class Account:
    """Days over which working time is counted against one limit.

    Attributes:
        weeks: calendar weeks of which the overtime counts; empty under comprehensive hours.
        days: days of which all hours count; empty under standard accounting.
        before: (agents,) minutes of the account before the arrays begin.
        most: the limit, minutes of overtime or of working time.
        first: first calendar day, for sentences.
    """

    weeks: tuple[range, ...]
    days: range
    before: NDArray[np.int64]
    most: int
    first: date


def day_limits(slots: Slots) -> NDArray[np.int64]:
    """(agents, days) minutes that a duty with the day's training may last."""
    law = slots.problem.hotline.law
    found = np.full((slots.n_agents, slots.n_days), NO_LIMIT, dtype=np.int64)
    if law is not None and law.accounting == "standard":
        found[slots.employees] = round((law.hours_per_day + law.overtime_a_day_h) * 60)
    normal = round(slots.problem.hotline.labour_law.hours_per_day * 60)
    for agent, start, end in slots.protected_spans:
        for day in range(slots.n_days):
            if start < slots.midnight(day + 1) and slots.midnight(day) < end:
                found[agent, day] = min(found[agent, day], normal)
    return found


def protected_weeks(slots: Slots) -> list[tuple[int, range]]:
    """(agent, week) in which the agent is protected from overtime on some day."""
    found = []
    for agent, start, end in slots.protected_spans:
        for week in slots.weeks:
            if start < slots.midnight(week.start + 7) and slots.midnight(week.start) < end:
                found.append((agent, week))
    return sorted(set(found), key=lambda x: (x[0], x[1].start))


def accounts_of(slots: Slots) -> list[Account]:
    """The accounts that the period and its eve touch; none where the law is not in force."""
    law = slots.problem.hotline.law
    if law is None:
        return []
    none = np.zeros(slots.n_agents, dtype=np.int64)
    if law.accounting in ("standard", "week"):
        most = round(law.overtime_h_per_month * 60)
        months = sorted({slots.date_of(w.start).replace(day=1) for w in slots.weeks})
        return [Account(_weeks_of(slots, month), range(0), none, most, month) for month in months]
    most = round((law.normal_hours + law.overtime_hours) * 60)
    length = {"month": 1, "quarter": 3, "year": 12}[law.accounting]
    found: dict[date, Account] = {}
    for day in slots.period:
        begin = _begin(slots.date_of(day), length)
        if begin not in found:
            days = range(max(0, slots.day_of(begin)), min(slots.n_days, slots.day_of(_after(begin, length))))
            before = none.copy()
            for duty in slots.past:
                if duty.day < 0 and slots.date_of(duty.day) >= begin:
                    before[duty.agent] += duty.paid_min
            for agent, start, end in slots.training_spans:
                if start < slots.midnight(0) and start >= slots.midnight(slots.day_of(begin)):
                    before[agent] += end - start
            found[begin] = Account((), days, before, most, begin)
    return list(found.values())


def worked_min(
    slots: Slots, account: Account, paid: NDArray[np.int64], people: Sequence[int] | slice
) -> NDArray[np.int64]:
    """(people,) what of ``paid`` (people, days) counts against the account's limit: overtime, or all of it."""
    if account.days:
        return np.asarray(
            account.before[people] + paid[:, account.days.start : account.days.stop].sum(axis=1), dtype=np.int64
        )
    law = slots.problem.hotline.labour_law
    a_day, a_week = round(law.hours_per_day * 60), round(law.hours_per_week * 60)
    total = np.zeros(len(paid), dtype=np.int64)
    for week in account.weeks:
        there = paid[:, week.start : week.stop]
        of_week = np.maximum(there.sum(axis=1) - a_week, 0)
        of_days = np.maximum(there - a_day, 0).sum(axis=1)
        total += of_week if law.accounting == "week" else np.maximum(of_week, of_days)
    return total


def may_bind(slots: Slots, account: Account, given: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(agents,) employees for whom the account could be exceeded at all; ``given`` (agents, days) is past and training."""
    law = slots.problem.hotline.labour_law
    longest = max((s.paid_min for s in slots.all), default=0)
    week_max = np.array([round(c.hours_per_week_max * 60) for c in slots.contracts], dtype=np.int64)
    if account.days:
        weeks = sum(1 for w in slots.weeks if set(w) & set(account.days))
        most = worked_min(slots, account, given, slice(None)) + weeks * week_max
    else:
        most = worked_min(slots, account, given, slice(None))
        fresh = [w for w in account.weeks if w in slots.weeks]
        over_week = np.maximum(week_max - round(law.hours_per_week * 60), 0)
        training = given[:, slots.period.start :].sum(axis=1)
        over_days = 7 * max(0, longest - round(law.hours_per_day * 60)) + training
        most = most + len(fresh) * np.maximum(over_week, over_days)
    found: NDArray[np.bool_] = slots.employees & (most > account.most)
    return found


def _weeks_of(slots: Slots, month: date) -> tuple[range, ...]:
    """Calendar weeks whose Monday lies in the month, as far as the arrays hold them."""
    day = month + timedelta(days=-month.weekday() % 7)
    found = []
    while day.month == month.month:
        start = slots.day_of(day)
        if start < slots.n_days and start + 7 > 0:
            found.append(range(max(0, start), min(start + 7, slots.n_days)))
        day += timedelta(days=7)
    return tuple(found)


def _begin(day: date, months: int) -> date:
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def _after(begin: date, months: int) -> date:
    month = begin.month - 1 + months
    return begin.replace(year=begin.year + month // 12, month=month % 12 + 1)
