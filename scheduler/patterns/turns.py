"""A pool that takes turns: posts in their order, each to the firm furthest below its share, there to who waits longest.

Each duty goes to the firm with the largest ``share × (duties given + 1) − duties of the firm``. These differences add
up to one, so the largest is above zero: while every firm has somebody free, none is ever one duty above its share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scheduler.greedy import free_for
from scheduler.slots import Slot, Slots
from scheduler.work import Work
from wfm.errors import BadInput
from wfm.hotline import PatternTurns, RosterPattern
from wfm.i18n import say

__all__ = ["firm_quotas", "take_turns"]


def take_turns(work: Work, pattern: RosterPattern, turns: PatternTurns, busy: set[int]) -> None:
    """Fill the posts of the pool's shifts as far as the rules and the month's cap allow, in order of time.

    Args:
        work: the roster so far; changed in place.
        pattern: for messages.
        turns: the pool.
        busy: agent numbers that walk in cycles and take no turn.

    Raises:
        BadInput: a firm with a share has nobody.
    """
    slots = work.slots
    mine = [
        slot
        for slot in slots.all
        if (not turns.shifts or slot.shift.id in turns.shifts) and (not turns.group or slot.group == turns.group)
    ]
    pool = np.zeros(slots.n_agents, dtype=bool)
    for slot in mine:
        pool |= slots.able(slot)
    pool[sorted(busy)] = False
    firms = [a.firm for a in slots.problem.agents]
    share = firm_quotas(pattern, turns, [f for f, inside in zip(firms, pool, strict=True) if inside])
    given: Counter[str] = Counter()
    waited = _last_duty(work)
    months = _months(slots)
    per_month: Counter[tuple[int, int]] = Counter(
        (int(agent), months[day]) for agent, day in zip(*np.nonzero(work.on), strict=True)
    )
    for slot in sorted(mine, key=lambda s: (s.day, s.start, s.role, s.index)):
        while work.filled[slot.index] < slot.need:
            free = _free(work, slot, pool, turns.duties_per_month_max, per_month, months)
            if not len(free):
                break
            done = sum(given.values())
            firm = max({firms[a] for a in free}, key=lambda f: (share[f] * (done + 1) - given[f], f))
            agent = min((a for a in free if firms[a] == firm), key=lambda a: (waited[a], a))
            work.assign(agent, slot)
            given[firm] += 1
            waited[agent] = slot.start
            per_month[agent, months[slot.day]] += 1


def firm_quotas(pattern: RosterPattern, turns: PatternTurns, firms: Sequence[str]) -> dict[str, float]:
    """Share of each firm: as named, the rest of the duties by people. ``firms`` has one entry a person of the pool.

    Raises:
        BadInput: a named firm has nobody in the pool.
    """
    people = Counter(firms)
    named = {item.firm: item.share for item in turns.firm_shares}
    for firm in named:
        if firm not in people:
            raise BadInput(
                say(
                    "pattern {pattern}: nobody of the firm {firm} can take a turn",
                    pattern=pattern.id,
                    firm=firm,
                )
            )
    others = sum(count for firm, count in people.items() if firm not in named)
    rest = max(0.0, 1 - sum(named.values()))
    return {firm: named.get(firm, rest * count / others if others else 0.0) for firm, count in people.items()}


def _free(
    work: Work,
    slot: Slot,
    pool: NDArray[np.bool_],
    cap: int | None,
    per_month: Counter[tuple[int, int]],
    months: list[int],
) -> list[int]:
    free = np.flatnonzero(free_for(work, slot) & pool).tolist()
    return [a for a in free if cap is None or per_month[a, months[slot.day]] < cap]


def _last_duty(work: Work) -> list[int]:
    """Start of each agent's last duty so far in UTC minutes; who had none waits longest."""
    started = np.where(work.on, work.start, -(2**40))
    return [int(t) for t in started.max(axis=1)]


def _months(slots: Slots) -> list[int]:
    """Calendar month of each day number, as year × 12 + month."""
    return [(day := slots.date_of(n)).year * 12 + day.month for n in range(slots.n_days)]
