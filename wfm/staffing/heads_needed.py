"""Heads that a month's hours and duties take.

Heads are the least number that passes each of four counts, people of several contracts mixed as today:

* hours: paid hours ÷ hours a head works. Employees: hours of an average month less planned absence
  (leave, training, meetings, long illness); unplanned absence is in the rostered heads already and is
  not counted twice. Where working time is settled over three months (综合计算工时), the hours of a month
  are the mean of it and its neighbours. Contracted people: the upper end of their hours band, by the
  share they take up.
* duties: A and B duties ÷ duties allowed in four weeks, by the share taken up; contracts without a limit
  do not count.
* nights: night duties ÷ nights allowed in four weeks of those who may work nights.
* presence: duties of the fullest day ÷ share of people who can come on it, since nobody has two a day.

Limits of validity: each count is of means, and necessary. Rest rules, skills and who happens to be away
are the roster's and the pool's to count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import inf

import numpy as np
from numpy.typing import NDArray

from wfm.errors import BadInput
from wfm.hotline import Agent, Contract, ContractOutlook, Hotline
from wfm.hotline.long_view import WORKING_DAYS_PER_YEAR
from wfm.i18n import say
from wfm.staffing.deferred_work import has_back_office
from wfm.staffing.long_view import MonthWork, month_after

__all__ = ["HeadsNeeded", "Member", "Team", "heads_needed", "hours_per_head", "planned_absence", "teams_of"]

Floats = NDArray[np.float64]

_FOUR_WEEKS = 28


@dataclass(frozen=True, slots=True)
class Member:
    """People of one team under one contract."""

    contract: Contract
    outlook: ContractOutlook
    people: int
    night_share: float
    """Share who may work nights."""
    weekday_share: tuple[float, ...]
    """Share who can come on each weekday, Monday first."""


@dataclass(frozen=True, slots=True)
class Team:
    """People who do the same work: ``answering`` or ``back_office``."""

    role: str
    members: tuple[Member, ...]

    @property
    def people(self) -> int:
        """Heads today."""
        return sum(member.people for member in self.members)

    @property
    def mix(self) -> tuple[float, ...]:
        """Share of each contract among the heads; the first alone where there is nobody."""
        if not self.people:
            return (1.0, *(0.0 for _ in self.members[1:]))
        return tuple(member.people / self.people for member in self.members)


@dataclass(frozen=True, slots=True)
class HeadsNeeded:
    """Heads that a month takes by each count; ``needed`` is the largest, ``reason`` its name."""

    by_hours: float
    by_duties: float
    by_nights: float
    by_presence: float

    @property
    def needed(self) -> float:
        """The heads needed, not rounded."""
        return max(self.by_hours, self.by_duties, self.by_nights, self.by_presence)

    @property
    def reason(self) -> str:
        """``hours``, ``duties``, ``nights`` or ``presence``."""
        names = ("hours", "duties", "nights", "presence")
        counts = (self.by_hours, self.by_duties, self.by_nights, self.by_presence)
        return names[int(np.argmax(counts))]


def teams_of(hotline: Hotline, agents: Sequence[Agent]) -> list[Team]:
    """The answering team, and the back office's where the hotline has one of its own.

    Kinds of staff that neither answer nor work in the back office (managers, maintainers) are in no team.
    """
    kinds = {kind.id: kind for kind in hotline.staff_kinds}
    roles = ["answering"] + (["back_office"] if has_back_office(hotline) else [])

    def role_of(agent: Agent) -> str:
        kind = kinds.get(agent.staff_kind)
        if kind is None or kind.answers_calls:
            return "answering"
        return "back_office" if kind.back_office else ""

    teams = []
    for role in roles:
        mine = [agent for agent in agents if role_of(agent) == role]
        members = [
            _member(hotline, contract, [agent for agent in mine if agent.contract == contract.id])
            for contract in hotline.contracts
        ]
        peopled = tuple(member for member in members if member.people)
        teams.append(Team(role, peopled or (members[0],)))
    return teams


def _member(hotline: Hotline, contract: Contract, people: list[Agent]) -> Member:
    count = len(people)
    return Member(
        contract=contract,
        outlook=hotline.long_view.outlook(contract.id),
        people=count,
        night_share=sum(agent.night for agent in people) / count if count else 1.0,
        weekday_share=tuple(
            sum(agent.weekdays[day] == "1" for agent in people) / count if count else 1.0 for day in range(7)
        ),
    )


def planned_absence(hotline: Hotline, member: Member) -> float:
    """Share of an employee's paid time that is planned away: leave, training, meetings, long illness.

    ``shrinkage.planned_share`` holds leave, training and meetings; where leave and training alone are
    more, they count. Contracted people have none: what they do not take up is in ``taken_share``.

    Raises:
        BadInput: nothing is left of the paid time.
    """
    if not member.contract.employee:
        return 0.0
    outlook = member.outlook
    leave = outlook.leave_days_per_year / WORKING_DAYS_PER_YEAR
    training = outlook.training_h_per_month / outlook.hours_per_month
    share = max(hotline.shrinkage.planned_share, leave + training) + outlook.sick_share
    if share >= 1:
        raise BadInput(
            say(
                "long_view.contracts.{contract}: leave, training and illness take {share:.0%} of paid time; less than 100 % is allowed",
                contract=member.contract.id,
                share=share,
            )
        )
    return share


def hours_per_head(hotline: Hotline, member: Member, days: float) -> float:
    """Hours on duty that one head brings in a month of ``days`` days."""
    band = member.contract.hours_per_week_max * days / 7
    if not member.contract.employee:
        return band * member.outlook.taken_share
    return min(member.outlook.hours_per_month, band) * (1 - planned_absence(hotline, member))


def heads_needed(hotline: Hotline, team: Team, work: Sequence[MonthWork]) -> list[HeadsNeeded]:
    """Heads that each month takes; ``work`` holds consecutive months.

    Raises:
        BadInput: the contracts leave no hour, duty or night for work that has to be done.
    """
    answering = team.role == "answering"
    hours = np.array([month.counted_h if answering else month.back_office_h for month in work])
    settled = _settled(hours, hotline.long_view.hours_settled_over_months)
    found = []
    for place, month in enumerate(work):
        days = (month_after(month.month, 1) - month.month).days
        employed = sum(share for share, member in zip(team.mix, team.members, strict=True) if member.contract.employee)
        asked_h = employed * settled[place] + (1 - employed) * hours[place]
        per_head = _mean(team, [hours_per_head(hotline, member, days) for member in team.members])
        by_hours = _heads(asked_h, per_head, "hours_per_week_max", month.month)
        if not answering:
            found.append(HeadsNeeded(by_hours, 0.0, 0.0, 0.0))
            continue
        duties, nights = sum(month.rostered.duties.values()), month.rostered.nights
        there = [1 - planned_absence(hotline, member) for member in team.members]
        taken = [
            m.outlook.taken_share if not m.contract.employee else t for m, t in zip(team.members, there, strict=True)
        ]
        duty_limits = [m.contract.duties_per_4_weeks_max for m in team.members]
        night_limits = [m.contract.nights_per_4_weeks_max for m in team.members]
        per_duty = _mean(team, _limits(duty_limits, taken, [1.0] * len(taken), days))
        per_night = _mean(team, _limits(night_limits, taken, [m.night_share for m in team.members], days))
        by_presence = max(
            (
                _heads(
                    count,
                    _mean(team, [m.weekday_share[day.weekday()] * t for m, t in zip(team.members, there, strict=True)]),
                    "weekdays",
                    month.month,
                )
                for day, count in month.rostered.duties.items()
            ),
            default=0.0,
        )
        found.append(
            HeadsNeeded(
                by_hours,
                _heads(duties, per_duty, "duties_per_4_weeks_max", month.month),
                _heads(nights, per_night, "nights_per_4_weeks_max", month.month),
                by_presence,
            )
        )
    return found


def _settled(hours: Floats, months: int) -> Floats:
    """Mean over ``months`` months around each, as many as there are at the ends."""
    reach = months // 2
    means: Floats = np.array([hours[max(0, n - reach) : n + reach + 1].mean() for n in range(len(hours))])
    return means


def _limits(limits: list[int | None], taken: list[float], able: list[float], days: int) -> list[float]:
    """Duties or nights a head brings in a month; no limit is infinite."""
    return [
        inf if limit is None else limit * days / _FOUR_WEEKS * share * fit
        for limit, share, fit in zip(limits, taken, able, strict=True)
    ]


def _mean(team: Team, values: list[float]) -> float:
    return sum(share * value for share, value in zip(team.mix, values, strict=True) if share > 0)


def _heads(asked: float, per_head: float, key: str, month: date) -> float:
    if asked <= 1e-9:
        return 0.0
    if per_head <= 0:
        raise BadInput(
            say(
                "{month}: work is left that no head can take, as {key} of the contracts leaves nothing",
                month=f"{month:%Y-%m}",
                key=key,
            )
        )
    return float(asked / per_head)
