"""Standing pairs (AB岗): A and B cover each other and are never both absent by day.

DB330503/T 02.3: 按照线路数量设置AB岗. Assumed: on a working day on which a group of theirs has day
posts, at least one of a standing pair is on duty. Where the day has fewer such posts than pairs,
as many pairs as posts are lacking may stay away; a pair of whom nobody can come (both on leave) is reported instead.
"""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.slots import Slots
from wfm.calendar import DayKind

__all__ = ["PairDay", "pair_days"]


@dataclass(frozen=True, slots=True)
class PairDay:
    """A day and the pairs of whom somebody has to be there.

    Attributes:
        day: day number.
        pairs: agent numbers of each pair of whom at least one can come.
        absent: agent numbers of each pair of whom nobody can come.
        excused: how many pairs may stay away because there are fewer posts than pairs.
    """

    day: int
    pairs: tuple[tuple[int, int], ...]
    absent: tuple[tuple[int, int], ...]
    excused: int


def pair_days(slots: Slots) -> list[PairDay]:
    """Every working day on which pairs have to be present."""
    pairs = sorted(
        {
            (min(i, j), max(i, j))
            for i, agent in enumerate(slots.problem.agents)
            if agent.pair and (j := slots.agent_numbers[agent.pair]) >= 0
        }
    )
    found = []
    for day in slots.period if pairs else []:
        if slots.problem.kind_of(slots.date_of(day)) not in (DayKind.WEEKDAY, DayKind.MAKEUP):
            continue
        posts = [s for s in slots.of_day[day] if not s.shift.night]
        needed, absent, serving = [], [], set()
        for i, j in pairs:
            theirs = [s for s in posts if slots.able(s)[i] or slots.able(s)[j]]
            if not theirs:
                continue
            serving |= {s.index for s in theirs}
            if any(slots.eligible[p, s.index] for p in (i, j) for s in theirs):
                needed.append((i, j))
            else:
                absent.append((i, j))
        if needed or absent:
            places = sum(s.need for s in posts if s.index in serving)
            found.append(PairDay(day, tuple(needed), tuple(absent), max(0, len(needed) - places)))
    return found
