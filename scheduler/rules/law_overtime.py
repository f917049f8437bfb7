"""Overtime of employees, a calendar month at most ``labour_law.overtime_h_per_month``: Labour Law of the PRC, Art. 41.

Under comprehensive working hours (Order 146, Art. 5; 劳部发〔1994〕503号) all hours of the month, quarter or year count against
the normal hours and this overtime. Who is protected (Arts. 61, 63) works no more than the normal hours in a week. What the past
holds already is no fault of the roster; it may add none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scheduler.rules.rule import Rule
from scheduler.working_time import Account, worked_min
from wfm.i18n import Text, both

if TYPE_CHECKING:
    from scheduler.model import Neighbourhood
    from scheduler.slots import Slot
    from scheduler.work import Work

__all__ = ["RULE"]


def _blocks(work: Work, slot: Slot) -> NDArray[np.bool_]:
    slots = work.slots
    blocked = np.zeros(slots.n_agents, dtype=bool)
    if not slot.paid_min:
        return blocked
    for account, people in slots.law_accounts:
        if len(people) and any(slot.day in days for days in account.weeks or (account.days,)):
            paid = work.paid_min[people]
            now = worked_min(slots, account, paid, people)
            paid[:, slot.day] += slot.paid_min
            after = worked_min(slots, account, paid, people)
            blocked[people] |= (after > account.most) & (after > now)
    normal = round(slots.problem.hotline.labour_law.hours_per_week * 60)
    for agent, week in slots.law_protected_weeks:
        if slot.day in week:
            blocked[agent] |= work.paid_min[agent, week.start : week.stop].sum() + slot.paid_min > normal
    return blocked


def _constrain(part: Neighbourhood) -> None:
    slots = part.slots
    chosen = set(part.agents)
    for account, people in slots.law_accounts:
        for agent in people:
            if agent in chosen:
                if account.days:
                    limit = account.most - int(account.before[agent])
                    part.at_most(agent, account.days, lambda s: s.paid_min, part.fixed.paid_min, limit)
                else:
                    _overtime_at_most(part, account, agent)
    normal = round(slots.problem.hotline.labour_law.hours_per_week * 60)
    for agent, week in slots.law_protected_weeks:
        if agent in chosen:
            part.at_most(agent, week, lambda s: s.paid_min, part.fixed.paid_min, normal)


def _overtime_at_most(part: Neighbourhood, account: Account, agent: int) -> None:
    """The overtime of the account's weeks together stays below the limit, or at what is settled if that lies above."""
    slots = part.slots
    law = slots.problem.hotline.labour_law
    a_day, a_week = round(law.hours_per_day * 60), round(law.hours_per_week * 60)
    fixed = part.fixed.paid_min[agent : agent + 1]
    now = part.current.paid_min[agent : agent + 1]
    settled = int(worked_min(slots, account, fixed, [agent])[0])
    most = max(account.most, settled)
    overtime: list[Any] = []
    done = 0
    for week in account.weeks:
        alone = Account((week,), range(0), account.before, account.most, account.first)
        terms = part.terms(agent, week, lambda slot: slot.paid_min)
        if not terms:
            done += int(worked_min(slots, alone, fixed, [agent])[0])
            continue
        there = fixed[0, week.start : week.stop]
        var = part.model.new_int_var(0, 7 * 1440, "")
        part.model.add(sum(w * v for v, w in terms) + int(there.sum()) - a_week <= var)
        if law.accounting == "standard":
            base = int(np.maximum(there - a_day, 0).sum())
            longer = []
            for day in week:
                settled_min = int(fixed[0, day])
                for slot, x in part.of_agent_day.get((agent, day), ()):
                    if more := max(0, settled_min + slot.paid_min - a_day) - max(0, settled_min - a_day):
                        longer.append(more * x)
            part.model.add(sum(longer) + base <= var)
        part.model.add_hint(var, int(worked_min(slots, alone, now, [agent])[0]))
        overtime.append(var)
    if overtime:
        part.model.add(sum(overtime) <= most - done)


def _counted(people: int) -> Text:
    return both("{people} at the limit of overtime (Labour Law, Arts. 41, 61, 63)", people=people)


RULE = Rule("law_overtime", _counted, _blocks, _constrain)
