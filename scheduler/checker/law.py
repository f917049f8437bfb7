"""Working time by law, for employees: each sentence names its article.

Contracted professionals follow their contract. A rest of 11 h and a cap on nights are good practice and stand elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from scheduler.checker.view import RosterView
from scheduler.checker.violation import Violation
from wfm.hotline import LabourLaw
from wfm.i18n import both

__all__ = ["law_hours_a_day", "law_overtime", "law_rest_day"]

DAY = timedelta(days=1)
MONTHS = {"month": 1, "quarter": 3, "year": 12}


def law_hours_a_day(view: RosterView) -> Iterator[Violation]:
    """A day holds the normal hours and overtime of 1 h, exceptionally 3 h, at most (Labour Law, Arts. 36 and 41; Order 146, Art. 3).

    Not held by the day under comprehensive working hours; who is protected has no overtime (Arts. 61, 63).
    """
    law = view.problem.hotline.labour_law
    for agent in view.by_agent:
        by_day = _hours_by_day(view, agent)
        for day in sorted({d.date for d in view.by_agent[agent] if not d.past and view.hours(d) > 0}):
            limits = []
            if view.law_holds(agent) and law.accounting == "standard":
                limits.append(law.hours_per_day + law.overtime_a_day_h)
            if _is_protected(view, agent, day, day):
                limits.append(law.hours_per_day)
            if limits and by_day[day] > min(limits) + 1e-6:
                text = both(
                    "{agent} works {worked:g} h on {date}; {most:g} h are allowed (Labour Law, Arts. 36, 41, 61, 63; Order 146, Art. 3)",
                    agent=agent,
                    worked=round(by_day[day], 2),
                    date=day,
                    most=min(limits),
                )
                yield Violation("law_hours_a_day", agent, day, text)


def law_rest_day(view: RosterView) -> Iterator[Violation]:
    """Each calendar week (Monday first) holds a day without a minute of duty (Labour Law, Art. 38)."""
    for agent, mine in view.by_agent.items():
        if not view.law_holds(agent):
            continue
        least = view.problem.hotline.labour_law.rest_days_per_week
        worked: dict[date, set[date]] = defaultdict(set)
        for duty in mine:
            for day in duty.touched:
                worked[_monday(day)].add(day)
        for monday in sorted({_monday(day) for d in mine if not d.past for day in d.touched}):
            if 7 - len(worked[monday]) < least:
                text = both(
                    "{agent} has {free} rest days in the week of {monday}; {least} are due (Labour Law, Art. 38)",
                    agent=agent,
                    free=7 - len(worked[monday]),
                    monday=monday,
                    least=least,
                )
                yield Violation("law_rest_day", agent, monday, text)


def law_overtime(view: RosterView) -> Iterator[Violation]:
    """Overtime of a calendar month stays within 36 h (Labour Law, Art. 41); comprehensive hours within their period's total.

    A week's overtime is the larger of what its days hold beyond 8 h each and what it holds beyond 40 h, and belongs to the
    month of its Monday. Who is protected (Arts. 61, 63) works no more than the normal hours in a week.
    """
    law = view.problem.hotline.labour_law
    for agent, mine in view.by_agent.items():
        total = _hours_by_day(view, agent)
        given = _hours_by_day(view, agent, past_only=True)
        fresh = {d.date for d in mine if not d.past}
        if view.law_holds(agent):
            yield from _periods(view, law, agent, total, given, fresh)
        for monday in sorted({_monday(day) for day in fresh}):
            worked, before = _of_week(total, monday), _of_week(given, monday)
            if (
                _is_protected(view, agent, monday, monday + 6 * DAY)
                and worked > law.hours_per_week + 1e-6
                and worked > before + 1e-6
            ):
                text = both(
                    "{agent} is protected from overtime (Labour Law, Arts. 61, 63), but works {worked:g} h in the week of {monday}; {most:g} h are normal",
                    agent=agent,
                    worked=round(worked, 2),
                    monday=monday,
                    most=law.hours_per_week,
                )
                yield Violation("law_overtime", agent, monday, text)


def _periods(
    view: RosterView, law: LabourLaw, agent: str, total: dict[date, float], given: dict[date, float], fresh: set[date]
) -> Iterator[Violation]:
    if law.accounting in MONTHS:
        months = MONTHS[law.accounting]
        for begin in sorted({_begin(day, months) for day in fresh}):
            end = _begin((begin + 31 * months * DAY), months) - DAY
            worked = sum(h for day, h in total.items() if begin <= day <= end)
            before = sum(h for day, h in given.items() if begin <= day <= end)
            most = law.normal_hours + law.overtime_hours
            if worked > most + 1e-3 and worked > before + 1e-6:
                text = both(
                    "{agent} works {worked:g} h from {begin} to {end}; {normal:g} h and {overtime:g} h of overtime are allowed (Order 146, Art. 5; Labour Law, Art. 41)",
                    agent=agent,
                    worked=round(worked, 2),
                    begin=begin,
                    end=end,
                    normal=law.normal_hours,
                    overtime=law.overtime_hours,
                )
                yield Violation("law_overtime", agent, begin, text)
        return
    for month in sorted({_monday(day).replace(day=1) for day in fresh}):
        worked, before = (_overtime(law, by_day, month) for by_day in (total, given))
        if worked > law.overtime_h_per_month + 1e-6 and worked > before + 1e-6:
            text = both(
                "{agent} has {worked:g} h of overtime in the weeks that begin in {month:%Y-%m}; {most:g} h are allowed (Labour Law, Art. 41)",
                agent=agent,
                worked=round(worked, 2),
                month=month,
                most=law.overtime_h_per_month,
            )
            yield Violation("law_overtime", agent, month, text)


def _overtime(law: LabourLaw, by_day: dict[date, float], month: date) -> float:
    """Overtime of the weeks whose Monday lies in the month."""
    found = 0.0
    for monday in {_monday(day) for day in by_day}:
        if monday.replace(day=1) == month:
            of_days = sum(max(0.0, by_day.get(monday + n * DAY, 0.0) - law.hours_per_day) for n in range(7))
            of_week = _of_week(by_day, monday) - law.hours_per_week
            found += max(of_week, 0.0) if law.accounting == "week" else max(of_days, of_week, 0.0)
    return found


def _hours_by_day(view: RosterView, agent: str, *, past_only: bool = False) -> dict[date, float]:
    """Hours of duties and training, on the day on which they begin."""
    found: dict[date, float] = defaultdict(float)
    for duty in view.by_agent.get(agent, []):
        if duty.past or not past_only:
            found[duty.date] += view.hours(duty)
    for day, hours in view.training.get(agent, []):
        found[day] += hours
    return found


def _of_week(by_day: dict[date, float], monday: date) -> float:
    return sum(by_day.get(monday + n * DAY, 0.0) for n in range(7))


def _monday(day: date) -> date:
    return day - day.weekday() * DAY


def _begin(day: date, months: int) -> date:
    """First day of the accounting period that holds the day."""
    return day.replace(month=day.month - (day.month - 1) % months, day=1)


def _is_protected(view: RosterView, agent: str, first: date, last: date) -> bool:
    zone = view.problem.zone
    begin, end = datetime.combine(first, time(), zone), datetime.combine(last + DAY, time(), zone)
    spans: Iterable[tuple[datetime, datetime]] = (
        view.problem.busy_times(b) for b in view.problem.busy if b.agent == agent and b.kind == "protected"
    )
    return any(start < end and begin < stop for start, stop in spans)
