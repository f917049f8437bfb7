"""Days worked in a row at least, once begun, ``contract.consecutive_days_min``.

What excuses a short run: ``scheduler.runs``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scheduler.rules.rule import Rule, blocks_nobody, require
from scheduler.runs import short_runs
from scheduler.slots import PAST_DAYS
from wfm.i18n import Text, both

if TYPE_CHECKING:
    from scheduler.model import Neighbourhood
    from scheduler.slots import Slot
    from scheduler.work import Work

__all__ = ["RULE"]


def _constrain(part: Neighbourhood) -> None:
    slots = part.slots
    known = slots.problem.history is not None
    last = slots.period.stop - 1
    near = set(part.days)
    for agent in part.agents:
        least = slots.contracts[agent].consecutive_days_min
        if least == 1:
            continue
        begin = PAST_DAYS if not known or part.fixed.slot[agent, PAST_DAYS - 1] == -2 else PAST_DAYS - 1
        before = _run_to(part.fixed.on[agent], begin) if known else 0
        for day in range(begin if known else PAST_DAYS + 1, last):
            goes_on = day == begin and before > 0
            reach = least - before if goes_on else least
            for further in range(day + 1, min(day + reach, last + 1)):
                plus = [further] if goes_on else [day - 1, further]
                if near & {day, *plus}:
                    # Begun on the day, and not the day before: worked on the further day too.
                    require(part, agent, plus=plus, minus=[day], least=0)


def _run_to(row: NDArray[np.bool_], day: int) -> int:
    """Days worked in a row up to the day before ``day``."""
    free = np.flatnonzero(~row[:day])
    return day - 1 - int(free[-1]) if len(free) else day


def _breaks(work: Work, slot: Slot) -> NDArray[np.bool_]:
    found = blocks_nobody(work, slot)
    for agent, contract in enumerate(work.slots.contracts):
        if contract.consecutive_days_min > 1:
            row, fresh = work.on[agent].copy(), work.slot[agent] >= 0
            row[slot.day] = fresh[slot.day] = True
            runs = short_runs(work.slots, row, fresh, contract.consecutive_days_min)
            found[agent] = any(a <= slot.day <= b for a, b in runs)
    return found


def _unsound(work: Work) -> list[tuple[int, int]]:
    found = []
    for agent, contract in enumerate(work.slots.contracts):
        if contract.consecutive_days_min > 1:
            fresh = work.slot[agent] >= 0
            for first, last in short_runs(work.slots, work.on[agent], fresh, contract.consecutive_days_min):
                found += [(agent, day) for day in range(first, last + 1) if fresh[day]]
    return found


def _counted(people: int) -> Text:
    return both("{people} who would work too few days in a row", people=people)


RULE = Rule("consecutive_days_min", _counted, blocks_nobody, _constrain, _breaks, _unsound)
