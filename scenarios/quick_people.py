"""People behind hours of duty, by the contracts they have."""

from __future__ import annotations

from collections.abc import Sequence

from wfm.hotline import Agent, Hotline
from wfm.staffing.heads_needed import hours_per_head, teams_of

__all__ = ["people_for"]


def people_for(hotline: Hotline, agents: Sequence[Agent], agent_hours: float, days: int) -> float:
    """Heads who bring these hours on duty over ``days`` days, in the contracts' present mix; not rounded.

    What a head brings counts planned absence and, under contract, what people take up of their hours.
    """
    team = teams_of(hotline, agents)[0]
    each = sum(share * hours_per_head(hotline, one, days) for share, one in zip(team.mix, team.members, strict=True))
    return agent_hours / each if each > 0 else float("nan")
