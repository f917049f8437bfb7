"""The long view of a hotline: months, heads, hires, and the pool by firm.

Composes the months' hours (``wfm.staffing.long_view``) with whole shifts (``scheduler``), the heads they
take, the hires that keep them, and the pool of people under contract.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from scenarios.scenario import Scenario
from scenarios.typical_calls import find_typical_calls
from scheduler import cover_shifts
from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.errors import BadInput
from wfm.execution import Progress, no_progress
from wfm.hotline import Hotline
from wfm.i18n import Text, both, say
from wfm.staffing import compute_requirement
from wfm.staffing.heads_needed import HeadsNeeded, Member, Team, heads_needed, hours_per_head, planned_absence, teams_of
from wfm.staffing.hiring import (
    HiringPlan,
    HiringTerms,
    head_distribution,
    joined,
    plan_hiring,
    productive_distribution,
    terms_of,
)
from wfm.staffing.long_view import (
    MONTHS_MAX,
    MonthWork,
    RequirementOf,
    Rostered,
    ShiftPosts,
    month_after,
    month_work,
)
from wfm.staffing.pool import PoolSize, size_pool

__all__ = [
    "HIRE_STAGES",
    "HirePlan",
    "MemberPlan",
    "TeamMonth",
    "TeamPlan",
    "cover_with_shifts",
    "plan_hires",
    "team_name",
]

HIRE_STAGES = {
    "calls": both("Calls of like days"),
    "months": both("Months"),
    "hires": both("Hires"),
}

Watch = Callable[[str], Progress]

AHEAD_MONTHS = 6
"""Months looked at beyond the recruiting lead, so that the last decisions shown know what they are for."""


@dataclass(frozen=True, slots=True)
class MemberPlan:
    """The hires of one contract in a team."""

    member: Member
    terms: HiringTerms
    plan: HiringPlan
    """Over the months shown and those looked ahead."""
    paid_by_duty: tuple[float, ...]
    """Cost of duties by month where people are paid by the duty; zero for employees, whose wage is in the plan."""


@dataclass(frozen=True, slots=True)
class TeamMonth:
    """One month of a team, all contracts together."""

    month: date
    hours: float
    """Paid hours that the month asks for."""
    needed: float
    reason: str
    """What decides the heads: hours, duties, nights or presence."""
    heads: float
    """Expected heads on board."""
    low: int
    high: int
    """10 and 90 % quantiles of heads on board."""
    p_enough: float
    deciding: int
    joining: int
    leaving: float
    gap: float
    cost: float


@dataclass(frozen=True, slots=True)
class TeamPlan:
    """Heads and hires of one team; ``needed`` and ``members`` reach beyond the months shown."""

    team: Team
    needed: tuple[HeadsNeeded, ...]
    members: tuple[MemberPlan, ...]
    months: tuple[TeamMonth, ...]
    """The months shown."""


@dataclass(frozen=True, slots=True)
class HirePlan:
    """The long view of one hotline."""

    hotline: Hotline
    first: date
    months: int
    work: tuple[MonthWork, ...]
    """The months shown."""
    teams: tuple[TeamPlan, ...]
    pool: PoolSize | None
    """In the month that takes most heads; None where nobody is under contract."""
    reserve: float | None
    differences: dict[str, object]
    """What a what-if sets, by key path."""
    notes: tuple[Text, ...]


def team_name(role: str) -> Text:
    """What the team is called."""
    return both("Answering") if role == "answering" else both("Back office")


def cover_with_shifts(
    hotline: Hotline, requirement: pd.DataFrame, grid: TimeGrid, calendar: WorkingCalendar
) -> Rostered:
    """The month's requirement covered with the hotline's own shifts at least cost."""
    nights = {shift.id for shift in hotline.shifts if shift.night}
    paid = {shift.id: shift.paid_h for shift in hotline.shifts}
    found = cover_shifts(hotline, requirement, grid, calendar)
    # What begins on the eve belongs to the month before.
    table = found.posts[found.posts["date"] >= pd.Timestamp(grid.first)]
    posts = tuple(
        ShiftPosts(pd.Timestamp(day).date(), str(group), str(shift), int(a), int(b))
        for day, group, shift, a, b in table.itertuples(index=False)
    )
    duties: dict[date, int] = defaultdict(int)
    for post in posts:
        duties[post.date] += post.posts_a + post.posts_b
    return Rostered(
        paid_a_h=sum(post.posts_a * paid[post.shift] for post in posts),
        paid_b_h=sum(post.posts_b * paid[post.shift] for post in posts),
        duties=dict(duties),
        nights=sum(post.posts_a + post.posts_b for post in posts if post.shift in nights),
        posts=posts,
        uncovered_h=float(found.shortfall["short_heads"].sum()) * grid.interval_s / 3600,
    )


def _unwatched(_stage: str) -> Progress:
    return no_progress


def plan_hires(
    scenario: Scenario,
    first: date,
    months: int,
    home: Path,
    *,
    reserve: float | None = None,
    requirement_of: RequirementOf = compute_requirement,
    workers: int = 1,
    watch: Watch = _unwatched,
) -> HirePlan:
    """Heads by month from ``first``, the hires that keep them, and the pool.

    Args:
        scenario: the hotline and its people; heads on board when ``first`` begins are today's.
        first: any day of the first month.
        months: 1 to 36.
        home: where records are stored.
        reserve: probability of enough heads in every month; by default the hotline's own
            ``reserve_probability``, else enough on average.
        requirement_of: makes the requirement of a month.
        workers: processes that size months.
        watch: hears of each stage's progress.

    Raises:
        BadInput: the number of months, or numbers of the hotline that leave nothing to plan with.
    """
    if not 1 <= months <= MONTHS_MAX:
        raise BadInput(
            say("--months: found {found}, allowed is a whole number from 1 to {most}", found=months, most=MONTHS_MAX)
        )
    hotline = scenario.hotline
    first = date(first.year, first.month, 1)
    watched = watch("calls")
    watched(0, 1)
    calls = find_typical_calls(hotline, first, home)
    watched(1, 1)
    teams = teams_of(hotline, scenario.agents)
    lead = max(member.outlook.recruiting_months for team in teams for member in team.members)
    ahead = months + lead + AHEAD_MONTHS
    # One month at either end is only a neighbour over which hours are settled.
    every = [month_after(first, n) for n in range(-1, ahead + 1)]
    work = month_work(
        hotline,
        calls.calls,
        every,
        first,
        rostered_of=partial(cover_with_shifts, hotline),
        requirement_of=requirement_of,
        workers=workers,
        progress=watch("months"),
    )
    chosen = hotline.long_view.reserve_probability if reserve is None else reserve
    watched = watch("hires")
    plans = []
    for done, team in enumerate(teams):
        watched(done, len(teams))
        plans.append(_plan_team(hotline, team, work, months, chosen))
    watched(len(teams), len(teams))
    answering = plans[0]
    fullest = int(np.argmax([heads.needed for heads in answering.needed[:months]]))
    pool = size_pool(
        hotline,
        answering.team,
        answering.needed[fullest].needed,
        work[1 + fullest],
        scenario.agents,
        scenario.leave,
    )
    shown = tuple(work[1 : 1 + months])
    return HirePlan(
        hotline=hotline,
        first=first,
        months=months,
        work=shown,
        teams=tuple(plans),
        pool=pool,
        reserve=chosen,
        differences=scenario.differences,
        notes=_notes(hotline, shown, plans, calls.note, chosen),
    )


def _plan_team(hotline: Hotline, team: Team, work: Sequence[MonthWork], months: int, reserve: float | None) -> TeamPlan:
    inner = work[1:-1]
    heads = heads_needed(hotline, team, work)[1:-1]
    needed = np.array([found.needed for found in heads])
    hours = [month.counted_h if team.role == "answering" else month.back_office_h for month in inner]
    members = []
    for share, member in zip(team.mix, team.members, strict=True):
        terms = terms_of(hotline, member, hours_per_head(hotline, member, 365.25 / 12))
        plan = plan_hiring(member.people, share * needed, terms, reserve=reserve)
        by_duty = np.zeros(len(inner))
        if not member.contract.employee:
            # Hours that nobody works are not paid.
            worked = 1 - np.divide(plan.gap, plan.needed, out=np.zeros_like(plan.gap), where=plan.needed > 0)
            by_duty = share * np.array(hours) * worked * member.contract.cost_per_h
        members.append(MemberPlan(member, terms, plan, tuple(by_duty.tolist())))
    shown = tuple(_team_month(members, heads[m], hours[m], inner[m].month, m) for m in range(months))
    return TeamPlan(team, tuple(heads), tuple(members), shown)


def _team_month(members: Sequence[MemberPlan], heads: HeadsNeeded, hours: float, month: date, m: int) -> TeamMonth:
    """The contracts' plans of one month together; who leaves one contract does not depend on the others."""
    on_board, productive = np.ones(1), (np.zeros(1), np.ones(1))
    for one in members:
        joining = one.plan.joining
        on_board = np.convolve(on_board, head_distribution(one.member.people, joining, one.terms, m))
        productive = joined(productive, productive_distribution(one.member.people, joining, one.terms, m))
    low, high = np.searchsorted(np.cumsum(on_board), (0.1 - 1e-12, 0.9 - 1e-12))
    return TeamMonth(
        month=month,
        hours=hours,
        needed=heads.needed,
        reason=heads.reason,
        heads=sum(float(one.plan.heads[m]) for one in members),
        low=int(low),
        high=int(high),
        p_enough=float(min(productive[1][productive[0] >= heads.needed - 1e-6].sum(), 1.0)),
        deciding=sum(int(one.plan.deciding[m]) for one in members),
        joining=sum(int(one.plan.joining[m]) for one in members),
        leaving=sum(float(one.plan.leaving[m]) for one in members),
        gap=sum(float(one.plan.gap[m]) for one in members),
        cost=sum(float(one.plan.cost[m]) + one.paid_by_duty[m] for one in members),
    )


def _notes(
    hotline: Hotline, work: Sequence[MonthWork], plans: Sequence[TeamPlan], calls: Text, reserve: float | None
) -> tuple[Text, ...]:
    notes = [calls]
    years = sorted({month.month.year for month in work if month.provisional})
    if years:
        notes.append(
            both(
                "* {years}: holidays are not announced yet; statutory days count, without moved days off and make-up days.",
                years=Text(", ".join(map(str, years)), "、".join(map(str, years))),
            )
        )
    short = [month for month in work if month.short_seats]
    if short:
        worst = max(short, key=lambda month: month.short_seats)
        notes.append(
            both(
                "From {first} on the {opened} opened seats are too few at the busiest time, in {worst} by {short}; the heads are those for the opened seats.",
                first=f"{short[0].month:%Y-%m}",
                opened=hotline.seats.opened,
                worst=f"{worst.month:%Y-%m}",
                short=worst.short_seats,
            )
        )
    uncovered = sum(month.rostered.uncovered_h for month in work)
    if uncovered >= 1:
        notes.append(
            both(
                "No shift of the hotline covers {hours:,.0f} h of the heads asked for in these months; they are not counted.",
                hours=uncovered,
            )
        )
    for plan in plans:
        notes += _team_notes(hotline, plan, len(work), reserve)
    if hotline.long_view.induction_h < 20:
        notes.append(
            both(
                "Induction takes {hours:g} h; the rules of the convenience lines ask for at least 20 h (岗前培训不少于20小时).",
                hours=hotline.long_view.induction_h,
            )
        )
    return tuple(notes)


def _team_notes(hotline: Hotline, plan: TeamPlan, months: int, reserve: float | None) -> list[Text]:
    notes = []
    name = team_name(plan.team.role)
    for one in plan.members:
        who = (
            name if len(plan.members) == 1 else both("{team}, {contract}", team=name, contract=one.member.contract.name)
        )
        gap = one.plan.gap[:months]
        lead = one.member.outlook.recruiting_months
        if (gap[:lead] > 0.05).any():
            notes.append(
                both(
                    "{who}: {gap:.1f} heads are short at worst before anybody decided on now can join, {lead} months on; overtime, or fewer hours, until then.",
                    who=who,
                    gap=float(gap[:lead].max()),
                    lead=lead,
                )
            )
        limit = one.member.outlook.hires_per_month_max
        if limit is not None and ((gap > 0.05) & (one.plan.joining[:months] >= limit))[lead:].any():
            notes.append(
                both(
                    "{who}: the limit of {limit} people joining in a month leaves gaps that more could close.",
                    who=who,
                    limit=limit,
                )
            )
        if one.member.contract.employee:
            notes.append(
                both(
                    "{who}: of {hours:g} paid hours a month {share:.1%} are planned away (leave, training, meetings, long illness).",
                    who=who,
                    hours=one.member.outlook.hours_per_month,
                    share=planned_absence(hotline, one.member),
                )
            )
        if one.plan.status != "optimal" and one.plan.bound is not None:
            notes.append(
                both(
                    "{who}: the hires are not proven cheapest; no plan can be cheaper by more than {share:.2%}.",
                    who=who,
                    share=1 - one.plan.bound / one.plan.objective,
                )
            )
    if plan.team.role == "back_office":
        notes.append(
            both(
                "{who}: work orders, call-backs and quality listening are counted; rosters and appraisal come on top.",
                who=name,
            )
        )
    return notes
