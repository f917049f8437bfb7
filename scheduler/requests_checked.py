"""Requests of people, judged against every rule: may these two swap, may this person go on leave, and who could step in?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from scheduler.checker import Violation
from scheduler.firm_duties import check_with_places
from scheduler.goal import cost_of, goal_of
from scheduler.greedy import free_for
from scheduler.problem import RosterProblem
from scheduler.slots import Slot, Slots
from scheduler.swaps import Swap, broken_by, duty_of, newly_broken, swap_duties
from scheduler.table_rows import rows_of
from scheduler.work import Work
from scheduler.work_of_duties import work_of_duties
from wfm.errors import BadInput
from wfm.hotline import Leave
from wfm.i18n import Text, both, say

__all__ = ["DutyToCover", "RequestChecked", "Taker", "check_away", "check_leave", "check_swap", "takers_of"]

TAKERS = 5
"""So many people who could take a duty over are named."""
LOOKED_AT = 40
"""Of all who may take it, so many with the fewest duties are compared."""


@dataclass(frozen=True, slots=True)
class Taker:
    """Somebody who could take a duty over without breaking a rule.

    Attributes:
        agent: the person.
        hours: paid hours in the week of the duty, with it.
        hours_max: upper end of the contract's band.
        nights: nights of the roster, with it.
        duties: duties of the roster, with it.
        cost: what the roster costs more with it (fairness, hours, wishes), in the unit of ``build_roster``.
        text: what it means for the person, in words.
    """

    agent: str
    hours: float
    hours_max: float
    nights: int
    duties: int
    cost: int
    text: Text


@dataclass(frozen=True, slots=True)
class DutyToCover:
    """A duty that somebody cannot hold, and who could, best first."""

    agent: str
    date: date
    shift: str
    group: str
    role: str
    takers: tuple[Taker, ...]


@dataclass(frozen=True, slots=True)
class RequestChecked:
    """The answer to a request.

    Attributes:
        ok: nothing breaks by it.
        breaks: what breaks that did not break before; pairs away are named, open posts are not.
        duties: the roster with the request granted (``tables.DUTIES``); for leave, without the duties in the way.
        to_cover: duties that somebody else would have to take, and who could.
    """

    ok: bool
    breaks: tuple[Violation, ...]
    duties: pd.DataFrame
    to_cover: tuple[DutyToCover, ...]


def check_swap(problem: RosterProblem, duties: pd.DataFrame, swap: Swap) -> RequestChecked:
    """May the two people swap? Where it breaks a rule, people who could take the giver's duty instead are named.

    Raises:
        BadInput: somebody is unknown or has no such duty.
    """
    swapped = swap_duties(problem, duties, swap)
    breaks = tuple(v for v in broken_by(problem, duties, swapped) if v.rule != "posts_filled")
    to_cover = () if not breaks else (_to_cover(problem, duties, swap.giver, swap.day, swap.shift),)
    return RequestChecked(not breaks, breaks, swapped, to_cover)


def check_away(problem: RosterProblem, agent: str, first: date, last: date) -> None:
    """Refuse an absence that cannot be meant.

    Raises:
        BadInput: the person is unknown, the days end before they begin, or none of them touches the roster.
    """
    if agent not in {a.id for a in problem.agents}:
        raise BadInput(say("unknown agent {agent}", agent=agent))
    if last < first:
        raise BadInput(
            say("leave of {agent} ends ({last}) before it starts ({first})", agent=agent, last=last, first=first)
        )
    if last < problem.first or first > problem.last + timedelta(days=1):  # the last night reaches into the day after
        raise BadInput(
            say(
                "{agent} is away {first} to {last}, outside the roster ({start} to {end})",
                agent=agent,
                first=first,
                last=last,
                start=problem.first,
                end=problem.last,
            )
        )


def check_leave(problem: RosterProblem, duties: pd.DataFrame, agent: str, first: date, last: date) -> RequestChecked:
    """May the person be away from ``first`` to ``last``?

    Each duty in the way is named as a broken rule, with the people who could take it.

    Raises:
        BadInput: see :func:`check_away`.
    """
    check_away(problem, agent, first, last)
    away = replace(problem, leave=[*problem.leave, Leave(agent=agent, first=first, last=last)])
    fresh = newly_broken(check_with_places(problem, duties), check_with_places(away, duties))
    breaks = [v for v in fresh if v.rule != "posts_filled"]
    in_the_way = [
        row
        for row in rows_of(duties)
        if str(row.agent) == agent and row.date.date() <= last and pd.Timestamp(row.end) > _midnight(problem, first)
    ]
    days = sorted({row.date.date() for row in in_the_way})
    covered = tuple(_to_cover(away, duties, agent, row.date.date(), str(row.shift)) for row in in_the_way)
    gone = (duties["agent"] == agent) & duties["date"].isin([pd.Timestamp(day) for day in days])
    return RequestChecked(not breaks, tuple(breaks), duties[~gone].reset_index(drop=True), covered)


def takers_of(
    problem: RosterProblem, duties: pd.DataFrame, agent: str, day: date, shift: str = ""
) -> tuple[Taker, ...]:
    """Who could take over the duty of ``agent`` on ``day`` without breaking a rule, cheapest for the roster first.

    ``shift`` tells which duty of the day is meant where there are several.

    Raises:
        BadInput: the person has no such duty on the day.
    """
    row = duty_of(duties, agent, day, shift)
    slots = Slots(problem)
    work, _ = work_of_duties(slots, duties)
    giver = slots.agent_numbers.get(agent)
    number = slots.day_of(day)
    key = (str(row.group), str(row.shift), str(row.role))
    slot = next((s for s in slots.of_day.get(number, []) if (s.group, s.shift.id, s.role) == key), None)
    if slot is None:
        return ()
    if giver is not None and work.slot[giver, number] == slot.index:
        work.release(giver, number)
    goal = goal_of(slots)
    free = free_for(work, slot, finishing=True)
    if giver is not None:
        free[giver] = False
    fewest = np.argsort(np.where(free, (work.slot >= 0).sum(axis=1), np.iinfo(np.int64).max), kind="stable")
    base = cost_of(work, goal)
    found = []
    for taker in fewest[: min(LOOKED_AT, int(free.sum()))].tolist():
        work.assign(taker, slot)
        found.append(_taker(work, taker, slot, cost_of(work, goal) - base))
        work.release(taker, number)
    found.sort(key=lambda t: (t.cost, t.duties, t.hours, t.agent))
    legal = (t for t in found if not _breaks(problem, duties, Swap(agent, day, t.agent, shift=shift)))
    return tuple(taker for _, taker in zip(range(TAKERS), legal, strict=False))


def _to_cover(problem: RosterProblem, duties: pd.DataFrame, agent: str, day: date, shift: str) -> DutyToCover:
    row = duty_of(duties, agent, day, shift)
    takers = takers_of(problem, duties, agent, day, shift)
    return DutyToCover(agent, day, str(row.shift), str(row.group), str(row.role), takers)


def _breaks(problem: RosterProblem, duties: pd.DataFrame, swap: Swap) -> bool:
    """Whether the checker objects: to the two people's duties and to everybody's of the day."""
    near = duties[duties["agent"].isin([swap.giver, swap.taker]) | (duties["date"] == pd.Timestamp(swap.day))]
    handed = swap_duties(problem, near, swap)
    return any(v.breaks_law for v in broken_by(problem, near, handed))


def _taker(work: Work, taker: int, slot: Slot, cost: int) -> Taker:
    slots = work.slots
    week = next(w for w in slots.weeks if slot.day in w)
    hours = float(work.paid_min[taker, week.start : week.stop].sum()) / 60
    most = slots.contracts[taker].hours_per_week_max
    mine = work.slot[taker] >= 0
    nights, count = int((work.night[taker] & mine).sum()), int(mine.sum())
    text = both(
        "{agent}: {hours:g} of {most:g} h in the week, {nights} nights and {duties} duties in the roster",
        agent=slots.problem.agents[taker].id,
        hours=round(hours, 2),
        most=most,
        nights=nights,
        duties=count,
    )
    return Taker(slots.problem.agents[taker].id, hours, most, nights, count, int(cost), text)


def _midnight(problem: RosterProblem, day: date) -> pd.Timestamp:
    return pd.Timestamp(day).tz_localize(problem.zone, nonexistent="shift_forward", ambiguous=True)
