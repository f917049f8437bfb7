"""What costs in a model beside posts, pairs, hours and fairness: wishes, weighted limits, teams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scheduler.count_limits import amounts, bounds, counted, most_spans, unit_of, whole_spans
from scheduler.goal import Goal, teams_of
from scheduler.rules.counted_limits import Terms
from wfm.hotline import CountLimit

if TYPE_CHECKING:
    from scheduler.model import Neighbourhood

__all__ = ["grant_wishes", "keep_teams_together", "keep_weighted_limits"]


def grant_wishes(part: Neighbourhood, goal: Goal) -> None:
    """Duties cost what they add to the wishes."""
    if not goal.wish_cost.size:
        return
    for (agent, index), var in part.x.items():
        if cost := int(goal.wish_cost[agent, index]):
            part.objective.append((var, cost))


def keep_weighted_limits(part: Neighbourhood) -> None:
    """Units beyond a limit with a weight cost; of overlapping windows the fullest counts."""
    slots = part.slots
    chosen = set(part.agents)
    for limit, people in slots.weighted_limits:
        mine = np.array([a for a in people.tolist() if a in chosen], dtype=np.int64)
        if not len(mine):
            continue
        least, most = bounds(limit)
        fixed, current = amounts(part.fixed, limit, mine), amounts(part.current, limit, mine)
        for number, agent in enumerate(mine.tolist()):
            terms = Terms(part, limit, agent, fixed[number])
            now = current[number : number + 1]
            if most is not None:
                _price_beyond(part, limit, terms, now, most)
            if least is not None:
                _price_below(part, limit, terms, now, least)


def _price_beyond(part: Neighbourhood, limit: CountLimit, terms: Terms, now: NDArray[np.int64], most: int) -> None:
    unit, cost = unit_of(limit), round(limit.weight or 0)
    fullest: Any = None
    for span in most_spans(part.slots, limit):
        inside, done, reach = terms.of(span)
        units = -(-(done + reach - most) // unit)
        if not inside or units <= 0:
            continue
        if limit.over == "four_weeks" and fullest is not None:
            beyond = fullest
        else:
            beyond = fullest = part.model.new_int_var(0, -(-(reach + max(0, done)) // unit) + units, "")
            part.objective.append((beyond, cost))
            if limit.over != "four_weeks":
                over = int(counted(part.slots, limit, now, span)[0]) - most
                part.model.add_hint(beyond, max(0, -(-over // unit)))
        part.model.add(unit * beyond >= sum(w * v for v, w in inside) + done - most)


def _price_below(part: Neighbourhood, limit: CountLimit, terms: Terms, now: NDArray[np.int64], least: int) -> None:
    unit, cost = unit_of(limit), round(limit.weight or 0)
    for span in whole_spans(part.slots, limit):
        inside, done, _ = terms.of(span)
        if not inside or done >= least:
            continue
        units = -(-(least - done) // unit)
        owed = part.model.new_int_var(0, units, "")
        short = least - int(counted(part.slots, limit, now, span)[0])
        part.model.add_hint(owed, min(units, max(0, -(-short // unit))))
        part.model.add(sum(w * v for v, w in inside) + unit * owed >= least - done)
        part.objective.append((owed, cost))


def keep_teams_together(part: Neighbourhood, goal: Goal) -> None:
    """Each further shift of a team on a day costs."""
    if not goal.team_weight:
        return
    slots = part.slots
    for team in teams_of(slots):
        for day in part.days:
            by_shift: dict[str, list[Any]] = {}
            for agent in team:
                if (index := int(part.fixed.slot[agent, day])) >= 0:
                    by_shift.setdefault(slots.all[index].shift.id, []).append(True)
                for slot, var in part.of_agent_day.get((agent, day), ()):
                    by_shift.setdefault(slot.shift.id, []).append(var)
            used: list[Any] = []
            for holders in by_shift.values():
                if any(h is True for h in holders):
                    used.append(1)
                    continue
                there = part.model.new_bool_var("")
                for holder in holders:
                    part.model.add_implication(holder, there)
                used.append(there)
            if len(used) > 1:
                further = part.model.new_int_var(0, len(used) - 1, "")
                part.model.add(further >= sum(used) - 1)
                part.objective.append((further, goal.team_weight))
