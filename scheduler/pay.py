"""Which hours of employees are paid at 150, 200 or 300 % (Labour Law of the PRC, Art. 44).

Time on the statutory holidays is paid at 300 %: the 13 days of the law alone, of National Day 1 to 3 October and not 4 to 7, minute
by minute of the calendar day. Of the rest, what a day holds beyond 8 h is overtime (150 %), and what the week holds beyond
40 h is work on rest days (200 %) where it lies on the sixth or seventh day worked, else overtime. Under comprehensive working
hours what the period holds beyond its normal hours is overtime (150 %), whatever the day (劳部发〔1995〕309号, 第65条). The statute
does not say in which order days and weeks are added up: this reading counts no hour twice. Contracted professionals are paid by
their contract.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd

from scheduler.problem import RosterProblem
from scheduler.settlement import PaidSpan
from scheduler.table_rows import rows_of
from wfm.calendar import statutory_days
from wfm.hotline import LabourLaw, Shift

__all__ = ["PaidTime", "paid_spans", "paid_time"]

NORMAL_DAYS = 5
"""Days worked in a week after which a further one is a rest day."""
MONTHS = {"month": 1, "quarter": 3, "year": 12}
Kind = str


@dataclass(frozen=True, slots=True)
class PaidTime:
    """Hours of one person in a roster by how they are paid, and what they cost.

    Attributes:
        agent: the person.
        normal_h: hours at the usual pay.
        overtime_h: hours at ``labour_law.overtime_factor``.
        rest_day_h: hours at ``labour_law.rest_day_factor``.
        holiday_h: hours at ``labour_law.holiday_factor``.
        amount: hours × factor × ``contract.cost_per_h``.
    """

    agent: str
    normal_h: float
    overtime_h: float
    rest_day_h: float
    holiday_h: float
    amount: float


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Paid time without a break; ``day`` is the day on which its duty or training begins."""

    day: date
    start: datetime
    end: datetime
    fresh: bool


def paid_time(problem: RosterProblem, duties: pd.DataFrame) -> list[PaidTime]:
    """Hours of everybody with a duty or training in the roster, by how they are paid; the history before it fills weeks."""
    law = problem.hotline.labour_law
    factors = {"normal": 1.0, "overtime": law.overtime_factor, "rest_day": law.rest_day_factor}
    factors["holiday"] = law.holiday_factor
    contracts = {c.id: c for c in problem.hotline.contracts}
    rates = {a.id: contracts[a.contract].cost_per_h for a in problem.agents}
    hours: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(factors, 0.0))
    for agent, start, end, kind in _kinds(problem, duties):
        hours[agent][kind] += (end - start).total_seconds() / 3600
    return [
        PaidTime(
            agent=agent,
            normal_h=found["normal"],
            overtime_h=found["overtime"],
            rest_day_h=found["rest_day"],
            holiday_h=found["holiday"],
            amount=rates[agent] * sum(factors[kind] * h for kind, h in found.items()),
        )
        for agent, found in sorted(hours.items())
    ]


def paid_spans(problem: RosterProblem, duties: pd.DataFrame) -> list[PaidSpan]:
    """Time of the roster that is paid by another factor than 1, for the settlement; spans of a person do not overlap."""
    law = problem.hotline.labour_law
    factors = {"overtime": law.overtime_factor, "rest_day": law.rest_day_factor, "holiday": law.holiday_factor}
    return [
        PaidSpan(agent, start, end, factors[kind])
        for agent, start, end, kind in _kinds(problem, duties)
        if kind in factors and factors[kind] != 1
    ]


def _kinds(problem: RosterProblem, duties: pd.DataFrame) -> Iterator[tuple[str, datetime, datetime, Kind]]:
    """(agent, start, end, kind) of all paid time of the roster, person by person in order of time."""
    law = problem.hotline.law
    contracts = {c.id: c for c in problem.hotline.contracts}
    employees = {a.id for a in problem.agents if contracts[a.contract].employee}
    holidays = _holidays(problem)
    for agent, stretches in sorted(_stretches(problem, duties).items()):
        if law is None or agent not in employees:
            yield from ((agent, s.start, s.end, "normal") for s in stretches if s.fresh)
        else:
            yield from ((agent, *piece) for piece in _of_employee(law, stretches, holidays))


def _of_employee(
    law: LabourLaw, stretches: list[_Stretch], holidays: set[date]
) -> Iterator[tuple[datetime, datetime, Kind]]:
    by_day: dict[date, timedelta] = defaultdict(timedelta)
    by_period: dict[date, timedelta] = defaultdict(timedelta)
    a_day, a_period = timedelta(hours=law.hours_per_day), timedelta(hours=law.normal_hours)
    worked: dict[date, list[date]] = defaultdict(list)
    for stretch in stretches:
        monday = stretch.day - timedelta(days=stretch.day.weekday())
        if stretch.day not in worked[monday]:
            worked[monday].append(stretch.day)
        beyond = "overtime"
        if law.accounting == "standard" and worked[monday].index(stretch.day) >= NORMAL_DAYS:
            beyond = "rest_day"
        period = _period(law, stretch.day, monday)
        for start, end, day in _by_midnight(stretch):
            found: list[tuple[datetime, datetime, Kind]] = []
            if day in holidays:
                found.append((start, end, "holiday"))
            else:
                middle = end
                if law.accounting == "standard":
                    middle = min(end, start + max(a_day - by_day[stretch.day], timedelta()))
                last = min(middle, start + max(a_period - by_period[period], timedelta()))
                by_day[stretch.day] += end - start
                by_period[period] += middle - start
                found = [(start, last, "normal"), (last, middle, beyond), (middle, end, "overtime")]
            if stretch.fresh:
                yield from (piece for piece in found if piece[0] < piece[1])


def _period(law: LabourLaw, day: date, monday: date) -> date:
    """First day of the accounting period that holds the day; its week's Monday where weeks are counted."""
    months = MONTHS.get(law.accounting)
    return monday if months is None else day.replace(month=day.month - (day.month - 1) % months, day=1)


def _by_midnight(stretch: _Stretch) -> Iterator[tuple[datetime, datetime, date]]:
    """The stretch cut at local midnights, each piece with its calendar day."""
    start = stretch.start
    while start < stretch.end:
        midnight = pd.Timestamp(start.date() + timedelta(days=1)).tz_localize(start.tzinfo).to_pydatetime()
        end = min(stretch.end, midnight)
        yield start, end, start.date()
        start = end


def _stretches(problem: RosterProblem, duties: pd.DataFrame) -> dict[str, list[_Stretch]]:
    """Paid time of everybody, in order of time: duties less unpaid breaks, a standby's by its share, and training."""
    shifts = {s.id: s for s in problem.hotline.shifts}
    known = {a.id for a in problem.agents}
    found: dict[str, list[_Stretch]] = defaultdict(list)
    tables = [(duties, True)] if problem.history is None else [(problem.history, False), (duties, True)]
    for table, fresh in tables:
        for row in rows_of(table):
            day = pd.Timestamp(row.date).date()
            if str(row.agent) in known and (fresh or day < problem.first):
                share = 1.0 if row.role == "A" else problem.hotline.rules.standby_hours_share
                start, end = (pd.Timestamp(t).tz_convert(problem.zone).to_pydatetime() for t in (row.start, row.end))
                for low, high in _paid(shifts.get(str(row.shift)), start, end, share):
                    found[str(row.agent)].append(_Stretch(day, low, high, fresh))
    for busy in problem.busy:
        if busy.kind == "training":
            start, end = (t.astimezone(problem.zone) for t in problem.busy_times(busy))
            if start.date() <= problem.last:
                found[busy.agent].append(_Stretch(start.date(), start, end, start.date() >= problem.first))
    for mine in found.values():
        mine.sort(key=lambda s: (s.start, s.end))
    return found


def _paid(shift: Shift | None, start: datetime, end: datetime, share: float) -> list[tuple[datetime, datetime]]:
    """Paid time of a duty: unpaid breaks taken out, and of a standby the first part by its share."""
    spans, low = [], start
    for pause in shift.breaks if shift is not None else ():
        if not pause.paid:
            begin = start + timedelta(minutes=pause.after_min)
            spans.append((low, min(begin, end)))
            low = begin + timedelta(minutes=pause.length_min)
    spans.append((low, end))
    left = sum(((b - a) for a, b in spans), timedelta()) * share
    kept = []
    for a, b in spans:
        length = min(b - a, left)
        if length > timedelta():
            kept.append((a, a + length))
            left -= length
    return kept


def _holidays(problem: RosterProblem) -> set[date]:
    """Statutory holidays of the years that the roster touches."""
    country = problem.hotline.calendar.country
    if country is None:
        return set()
    years = range((problem.first - timedelta(days=1)).year, (problem.last + timedelta(days=1)).year + 1)
    return {day for year in years for day in statutory_days(country, year)}
