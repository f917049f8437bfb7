"""A roster that already exists, as work that the model and the rules can look at."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from scheduler.firm_places import firm_of_place
from scheduler.problem import RosterProblem
from scheduler.shift_times import utc_minutes
from scheduler.slots import Slot, Slots
from scheduler.table_rows import rows_of
from scheduler.work import Work

__all__ = ["KnownDuty", "places_apart", "work_of_duties"]


@dataclass(frozen=True, slots=True)
class KnownDuty:
    """A duty that no post of the problem takes up.

    Attributes:
        agent: the person's number.
        day: day number of the duty.
        shift: its shift.
        group: its group.
        role: A or B.
        start: start in UTC minutes.
        slot: index of its post; -1 where the problem has no such post, or too few of them.
    """

    agent: str
    day: int
    shift: str
    group: str
    role: str
    start: int
    slot: int


def work_of_duties(slots: Slots, duties: pd.DataFrame) -> tuple[Work, list[KnownDuty]]:
    """The work that ``duties`` (``tables.DUTIES``) describe, and the duties that stand outside the problem's posts.

    Duties are taken as they are: whether they keep the rules is the checker's matter. Left out are those of unknown
    people, of posts that the problem does not have (any more), beyond the number of posts, and second duties of a day.
    """
    work = Work.of_history(slots)
    index: dict[tuple[int, str, str, str], Slot] = {(s.day, s.group, s.shift.id, s.role): s for s in slots.all}
    outside: list[KnownDuty] = []
    rows = duties.sort_values(["start", "group", "post", "role", "agent"], kind="stable")
    for row in rows_of(rows):
        day = slots.day_of(pd.Timestamp(row.date).date())
        slot = index.get((day, str(row.group), str(row.shift), str(row.role)))
        agent = slots.agent_numbers.get(str(row.agent))
        fits = slot is not None and agent is not None and not work.on[agent, day]
        if fits and slot is not None and agent is not None and work.filled[slot.index] < slot.need:
            work.assign(agent, slot)
            continue
        start = utc_minutes(row.start)
        number = slot.index if slot is not None else -1
        outside.append(KnownDuty(str(row.agent), day, str(row.shift), str(row.group), str(row.role), start, number))
    return work, outside


def places_apart(problem: RosterProblem, duties: pd.DataFrame) -> tuple[RosterProblem, pd.DataFrame, pd.DataFrame]:
    """The problem without the posts that firms have still to name people for, the duties of people, those of firms.

    A firm's place fills its post; who will stand there is the firm's matter.
    """
    is_place = np.array([firm_of_place(str(name)) is not None for name in duties["agent"]], dtype=bool)
    places = duties[is_place]
    if places.empty:
        return problem, duties, places
    given = Counter((pd.Timestamp(r.date), str(r.group), str(r.shift), str(r.role)) for r in rows_of(places))
    posts = problem.posts.copy()
    keys = [(pd.Timestamp(r.date), str(r.group), str(r.shift)) for r in rows_of(posts)]
    for column, role in (("posts_a", "A"), ("posts_b", "B")):
        left = [max(0, int(n) - given[(*key, role)]) for key, n in zip(keys, posts[column], strict=True)]
        posts[column] = np.array(left, dtype=np.int64)
    return replace(problem, posts=posts), duties[~is_place].reset_index(drop=True), places
