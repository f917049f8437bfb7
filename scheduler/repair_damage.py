"""What is broken of a published roster: what has begun, what stands, what cannot stand any more, what is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scheduler.goal import Goal, goal_of
from scheduler.problem import RosterProblem
from scheduler.rules import RULES
from scheduler.shift_times import utc_minutes
from scheduler.slots import Slot, Slots
from scheduler.work import Work
from scheduler.work_of_duties import KnownDuty, work_of_duties

__all__ = ["USUAL_CHANGE_COSTS", "ChangeCosts", "Damage", "assess_damage"]


@dataclass(frozen=True, slots=True)
class ChangeCosts:
    """What a change to a published roster costs, in the unit of the roster's objective.

    The defaults: ten cells changed cost as much as a B post left open, a hundred as much as an A post; a cell is dearer than
    any unfairness that its change could even out.

    Attributes:
        cell: a person's day that changes: another duty, a duty more, or one less.
        soon: the same within the notice.
        notice_h: duties that begin within so many hours from now are soon.
        stepping_up: the B of a post becomes the A of a post of the same shift.
        person: in the way that moves the fewest people, each person moved.
    """

    cell: int = 1_000
    soon: int = 3_000
    notice_h: float = 48.0
    stepping_up: int = 300
    person: int = 4_000


USUAL_CHANGE_COSTS = ChangeCosts()
"""The defaults."""


@dataclass(frozen=True, slots=True)
class Damage:
    """A roster at a moment: what stands, what cannot stand any more, what is open.

    Attributes:
        slots: the problem as it is now.
        goal: what makes a roster good.
        published: ``tables.DUTIES`` as published.
        standing: the work that can stay.
        before: (agents, days) slot of each cell as published; -1 off, -2 a duty that has no post any more.
        lost: duties from now on that cannot stand.
        begun: (agents, days) cells that nobody may change: begun, or over.
        price: (slots,) cost of changing a cell to or from the slot.
        now: the moment, UTC minutes.
        open_before: (slots,) posts that were open already as published; they stay as they are.
        open_posts: slots from now on with posts to fill.
    """

    slots: Slots
    goal: Goal
    published: pd.DataFrame
    standing: Work
    before: NDArray[np.int64]
    lost: tuple[KnownDuty, ...]
    begun: NDArray[np.bool_]
    price: NDArray[np.int64]
    now: int
    open_before: NDArray[np.int64]
    open_posts: tuple[int, ...]


def assess_damage(
    problem: RosterProblem,
    duties: pd.DataFrame,
    now: datetime,
    costs: ChangeCosts = USUAL_CHANGE_COSTS,
    *,
    as_published: RosterProblem | None = None,
) -> Damage:
    """What of a published roster still stands in the problem as it is now.

    Args:
        problem: people, leave and posts as they are now.
        duties: the published roster (``tables.DUTIES``).
        now: the moment; what began before it stays, whatever it breaks.
        costs: what a change costs.
        as_published: the problem that the published roster was made for: posts that it left open stay open. None: all open
            posts are to be filled.
    """
    slots = Slots(problem)
    moment = utc_minutes(now)
    work, outside = work_of_duties(slots, duties)
    before = work.slot.copy()
    lost: list[KnownDuty] = []
    for duty in outside:
        agent = slots.agent_numbers.get(duty.agent)
        if duty.start < moment:
            if agent is not None:
                _stand_without_post(work, agent, duty)
                before[agent, duty.day] = work.slot[agent, duty.day]
            continue
        lost.append(duty)
        if agent is not None and before[agent, duty.day] == -1:
            before[agent, duty.day] = -2
    cells = zip(duties["agent"].tolist(), (d.date() for d in duties["date"].tolist()), strict=True)
    published = dict(zip(cells, zip(duties["start"].tolist(), duties["end"].tolist(), strict=True), strict=True))
    for agent, slot in work.assignments():
        if slot.start < moment:
            continue
        start, end = published[problem.agents[agent].id, slots.date_of(slot.day)]
        moved = (utc_minutes(start), utc_minutes(end)) != (slot.start, slot.end)
        if not slots.eligible[agent, slot.index] or (moved and _blocked(work, agent, slot)):
            work.release(agent, slot.day)
            name = problem.agents[agent].id
            lost.append(KnownDuty(name, slot.day, slot.shift.id, slot.group, slot.role, slot.start, slot.index))
    begins = np.array([s.start for s in slots.all], dtype=np.int64)
    begun = np.zeros(work.slot.shape, dtype=bool)
    index = np.maximum(work.slot, 0)
    begun |= (work.slot >= 0) & (begins[index] < moment if len(begins) else False)
    begun |= work.slot == -2
    over = [d for d in range(slots.n_days) if slots.midnight(d) + 24 * 60 <= moment]
    begun[:, over] = True
    soon = begins < moment + costs.notice_h * 60
    open_before = _open_before(slots, duties, as_published)
    open_posts = tuple(int(k) for k in np.flatnonzero((work.missing() > open_before) & (begins >= moment)))
    return Damage(
        slots=slots,
        goal=goal_of(slots),
        published=duties,
        standing=work,
        before=before,
        lost=tuple(lost),
        begun=begun,
        price=np.where(soon, costs.soon, costs.cell).astype(np.int64),
        now=moment,
        open_before=open_before,
        open_posts=open_posts,
    )


def _open_before(slots: Slots, duties: pd.DataFrame, as_published: RosterProblem | None) -> NDArray[np.int64]:
    """(slots,) posts that the roster left open as it was published."""
    found = np.zeros(len(slots.all), dtype=np.int64)
    if as_published is None:
        return found
    then = Slots(as_published)
    missing = work_of_duties(then, duties)[0].missing()
    known = {(then.date_of(s.day), s.group, s.shift.id, s.role): int(missing[s.index]) for s in then.all}
    for slot in slots.all:
        found[slot.index] = max(0, known.get((slots.date_of(slot.day), slot.group, slot.shift.id, slot.role), 0))
    return found


def _blocked(work: Work, agent: int, slot: Slot) -> bool:
    """Whether a rule would keep the person from a duty that stands."""
    work.release(agent, slot.day)
    blocked = any(rule.blocks(work, slot)[agent] for rule in RULES)
    work.assign(agent, slot)
    return blocked


def _stand_without_post(work: Work, agent: int, duty: KnownDuty) -> None:
    """A duty that has begun stands though the problem has no post for it, as the past does."""
    shift = work.slots.shifts.get(duty.shift)
    if shift is None or work.on[agent, duty.day]:
        return
    work.slot[agent, duty.day] = -2
    work.on[agent, duty.day] = True
    work.night[agent, duty.day] = shift.night
    work.spill[agent, duty.day + 1] |= shift.start_min + shift.length_min > 1440
    share = 1.0 if duty.role == "A" else work.slots.problem.hotline.rules.standby_hours_share
    work.paid_min[agent, duty.day] += round(shift.paid_h * 60 * share)
    work.start[agent, duty.day] = duty.start
    work.end[agent, duty.day] = duty.start + shift.length_min
    work.shift[agent, duty.day] = work.slots.shift_numbers[shift.id]
    work.minute[agent, duty.day] = shift.start_min
