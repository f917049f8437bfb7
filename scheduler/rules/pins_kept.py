"""Every duty that is already decided is in the roster; one that cannot be costs more than anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.costs import COST_OWED
from scheduler.rules.rule import Rule, blocks_nobody
from wfm.i18n import Text, both

if TYPE_CHECKING:
    from scheduler.model import Neighbourhood

__all__ = ["RULE"]


def _constrain(part: Neighbourhood) -> None:
    chosen, free = set(part.agents), set(part.days)
    for agent, day in part.slots.pinned:
        if agent in chosen and day in free and not part.fixed.on[agent, day]:
            duties = [var for _, var in part.of_agent_day.get((agent, day), ())]
            if duties:
                absent = part.model.new_bool_var("")
                part.model.add_bool_or([*duties, absent])
                part.model.add_hint(absent, not part.current.on[agent, day])
                part.objective.append((absent, COST_OWED))


def _counted(people: int) -> Text:
    return both("{people} with a duty that is already decided", people=people)


RULE = Rule("pins_kept", _counted, blocks_nobody, _constrain)
