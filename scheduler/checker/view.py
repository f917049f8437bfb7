"""A roster as the checker sees it: duties of the past and of the roster, by person and by time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import pandas as pd

from scheduler.problem import RosterProblem
from scheduler.table_rows import rows_of
from wfm.hotline import Agent, Contract, Shift

__all__ = ["Duty", "RosterView", "read_history", "read_rows", "view_of_duties", "view_roster"]


Date = date


@dataclass(frozen=True, slots=True)
class Duty:
    """One row of the duties table; ``past`` if it belongs to the history."""

    agent: str
    date: Date
    shift: str
    group: str
    post: str
    role: str
    start: datetime
    end: datetime
    past: bool
    remote: bool = False

    @property
    def touched(self) -> list[Date]:
        """Calendar days on which the duty has at least a minute."""
        last = (self.end - timedelta(seconds=1)).date()
        return [self.date + timedelta(days=n) for n in range(max((last - self.date).days, 0) + 1)]


@dataclass(frozen=True)
class RosterView:
    """What the checks look at.

    Attributes:
        problem: the rules' parameters.
        duties: duties of the roster.
        by_agent: duties of each person, the past included, by start.
        agents: people by identifier.
        shifts: shifts by identifier.
        contracts: contract of each person.
        training: hours of training of each person, by the day on which it begins, up to the roster's end.
    """

    problem: RosterProblem
    duties: list[Duty]
    by_agent: dict[str, list[Duty]] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    shifts: dict[str, Shift] = field(default_factory=dict)
    contracts: dict[str, Contract] = field(default_factory=dict)
    training: dict[str, list[tuple[Date, float]]] = field(default_factory=dict)

    def is_night(self, duty: Duty) -> bool:
        """Whether the duty counts as a night."""
        shift = self.shifts.get(duty.shift)
        return shift is not None and shift.night

    def hours(self, duty: Duty) -> float:
        """Hours of the duty that count toward the hours band, in whole minutes: its own where it has times of its own."""
        shift = self.shifts.get(duty.shift)
        paid = _by_the_clock(duty, shift) if shift else round((duty.end - duty.start).total_seconds() / 60)
        return (paid if duty.role == "A" else round(paid * self.problem.hotline.rules.standby_hours_share)) / 60

    def law_holds(self, agent: str) -> bool:
        """Whether labour law holds for the person: an employee, where it is in force."""
        contract = self.contracts.get(agent)
        return contract is not None and contract.employee and self.problem.hotline.law is not None


def _by_the_clock(duty: Duty, shift: Shift) -> int:
    """Minutes from begin to end, less the unpaid breaks of the shift that lie between them as a whole."""
    midnight = datetime.combine(duty.date, time())
    begin, end = ((at.replace(tzinfo=None) - midnight) // timedelta(minutes=1) for at in (duty.start, duty.end))
    minutes = end - begin
    for pause in shift.breaks:
        first = shift.start_min + pause.after_min
        if not pause.paid and begin <= first and first + pause.length_min <= end:
            minutes -= pause.length_min
    return minutes


def view_roster(problem: RosterProblem, duties: pd.DataFrame) -> RosterView:
    """Read the duties and the history of the problem."""
    return view_of_duties(problem, read_rows(problem, duties, past=False), read_history(problem))


def read_history(problem: RosterProblem) -> list[Duty]:
    """The duties before the roster's first day."""
    if problem.history is None:
        return []
    return [d for d in read_rows(problem, problem.history, past=True) if d.date < problem.first]


def view_of_duties(problem: RosterProblem, rows: list[Duty], history: list[Duty]) -> RosterView:
    """The view of duties that were read before."""
    by_agent: dict[str, list[Duty]] = defaultdict(list)
    for duty in [*history, *rows]:
        by_agent[duty.agent].append(duty)
    for mine in by_agent.values():
        mine.sort(key=lambda d: (d.start, d.end))
    known = {c.id: c for c in problem.hotline.contracts}
    training: dict[str, list[tuple[date, float]]] = defaultdict(list)
    for busy in problem.busy:
        start, end = problem.busy_times(busy)
        day = start.astimezone(problem.zone).date()
        if busy.kind == "training" and day <= problem.last:
            training[busy.agent].append((day, int((end - start).total_seconds() // 60) / 60))
    return RosterView(
        problem,
        rows,
        dict(by_agent),
        {a.id: a for a in problem.agents},
        {s.id: s for s in problem.hotline.shifts},
        {a.id: known[a.contract] for a in problem.agents},
        dict(training),
    )


def read_rows(problem: RosterProblem, duties: pd.DataFrame, *, past: bool) -> list[Duty]:
    """Rows of a table of duties (``tables.DUTIES``)."""
    zone = problem.zone
    times: dict[pd.Timestamp, datetime] = {}

    def local(moment: pd.Timestamp) -> datetime:
        if moment not in times:
            times[moment] = moment.tz_convert(zone).to_pydatetime()
        return times[moment]

    days: dict[pd.Timestamp, date] = {day: pd.Timestamp(day).date() for day in duties["date"].unique()}
    return [
        Duty(
            agent=str(row.agent),
            date=days[row.date],
            shift=str(row.shift),
            group=str(row.group),
            post=str(row.post),
            role=str(row.role),
            start=local(row.start),
            end=local(row.end),
            past=past,
            remote=bool(row.remote),
        )
        for row in rows_of(duties)
    ]
