"""Rest days in each calendar week (Monday first), ``rules.weekly_rest_days_min``.

Labour Law of the PRC, Art. 38: at least one rest day a week. A rest day is a calendar day on which no duty begins
and into which none reaches. Of a week cut by the border of the period, the past counts with its
duties and the days after the period count as free.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scheduler.rules.rule import Rule
from wfm.i18n import Text, both

if TYPE_CHECKING:
    from scheduler.model import Neighbourhood
    from scheduler.slots import Slot
    from scheduler.work import Work

__all__ = ["RULE", "keep_rest_days", "too_few_rest_days"]


def _blocks(work: Work, slot: Slot) -> NDArray[np.bool_]:
    return too_few_rest_days(work, slot, work.slots.problem.hotline.rules.weekly_rest_days_min)


def too_few_rest_days(work: Work, slot: Slot, least: int) -> NDArray[np.bool_]:
    """(agents,) who would have fewer than ``least`` days off in a week with the slot."""
    limit = 7 - least
    blocked = np.zeros(work.slots.n_agents, dtype=bool)
    for week in work.slots.weeks:
        touched = [d for d in (slot.day, slot.day + 1) if d in week and (d == slot.day or slot.spills)]
        if touched:
            days = slice(week.start, week.stop)
            worked = work.on[:, days] | work.spill[:, days]
            worked[:, [d - week.start for d in touched]] = True
            blocked |= worked.sum(axis=1) > limit
    return blocked


def _constrain(part: Neighbourhood) -> None:
    keep_rest_days(part, part.agents, part.slots.problem.hotline.rules.weekly_rest_days_min)


def keep_rest_days(part: Neighbourhood, agents: list[int], least: int) -> None:
    """Each of the agents has at least so many days off in each week."""
    limit = 7 - least
    for agent in agents:
        for week in part.slots.weeks:
            parts = [_worked(part, agent, day) for day in week]
            fixed = sum(p for p in parts if isinstance(p, bool))
            free = [p for p in parts if not isinstance(p, bool)]
            if len(free) > limit - fixed:
                part.model.add(sum(free) <= max(0, limit - fixed))  # the past may lie beyond the limit


def _worked(part: Neighbourhood, agent: int, day: int) -> Any:
    """Whether the agent works on the day: True or False where it is settled, else an expression."""
    if part.fixed.on[agent, day] or part.fixed.spill[agent, day]:
        return True
    begins = [var for _, var in part.of_agent_day.get((agent, day), [])]
    reaches = [var for slot, var in part.of_agent_day.get((agent, day - 1), []) if slot.spills]
    if not begins and not reaches:
        return False
    if not begins or not reaches:
        return sum(begins or reaches)
    worked = part.model.new_bool_var("")
    for var in begins + reaches:
        part.model.add_implication(var, worked)
    part.model.add_hint(worked, bool(part.current.on[agent, day] or part.current.spill[agent, day]))
    return worked


def _counted(people: int) -> Text:
    return both("{people} need the weekly rest day", people=people)


RULE = Rule("weekly_rest_day", _counted, _blocks, _constrain)
