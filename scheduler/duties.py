"""From assignments to the duties table: post identifiers, times, breaks, who stands by from where."""

from __future__ import annotations

import pandas as pd

from scheduler.duties_table import duties_frame
from scheduler.shift_times import break_words, duty_times
from scheduler.slots import Slot
from scheduler.work import Work

__all__ = ["duties_of", "post_id"]


def post_id(day: str, shift: str, group: str, number: int) -> str:
    """Identifier of a post: ``2026-09-14/day-1/general/03``."""
    return f"{day}/{shift}/{group}/{number:02d}"


def duties_of(work: Work) -> pd.DataFrame:
    """Duties of the period (``tables.DUTIES``), ordered by start, post and role.

    Post ``n`` of a (date, group, shift) has the n-th A. A B that backs several posts carries the
    identifier of the first of them; a B whose standing partner is among the A shares that A's post. B who may stand by away
    from the centre, and everybody on a day on which it is closed, are remote.
    """
    slots = work.slots
    problem = slots.problem
    teams: dict[tuple[int, str, str], dict[str, tuple[Slot, list[int]]]] = {}
    for agent, slot in work.assignments():
        team = teams.setdefault((slot.day, slot.group, slot.shift.id), {})
        team.setdefault(slot.role, (slot, []))[1].append(agent)
    rows = []
    for (day, group, shift_id), team in teams.items():
        shift = slots.shifts[shift_id]
        date = slots.date_of(day)
        start, end = duty_times(date, shift, problem.zone)
        primaries = team["A"][1] if "A" in team else []
        backups = team["B"][1] if "B" in team else []
        closed = slots.on_closed_day(next(iter(team.values()))[0])
        places = _places(work, primaries, backups, problem.hotline.group(group).posts_per_backup)
        for agent, role, number in places:
            person = problem.agents[agent]
            rows.append(
                {
                    "agent": person.id,
                    "date": pd.Timestamp(date),
                    "shift": shift_id,
                    "group": group,
                    "post": post_id(date.isoformat(), shift_id, group, number),
                    "role": role,
                    "start": start,
                    "end": end,
                    "breaks": break_words(shift),
                    "remote": closed or (role == "B" and problem.hotline.rules.standby_remote and person.remote),
                }
            )
    frame = duties_frame(rows, problem.hotline.time_zone)
    return frame.sort_values(["start", "group", "post", "role", "agent"], ignore_index=True)


def _places(work: Work, primaries: list[int], backups: list[int], per_backup: int) -> list[tuple[int, str, int]]:
    """(agent, role, number of the post) of one (date, group, shift)."""
    numbers = work.slots.agent_numbers
    partner = {p: numbers.get(work.slots.problem.agents[p].pair, -1) for p in [*primaries, *backups]}
    first: list[tuple[int, int]] = [(p, partner[p]) for p in primaries if partner[p] in backups]
    taken = {b for _, b in first}
    free_b = [b for b in backups if b not in taken]
    others = [p for p in primaries if partner[p] not in backups]
    span = max(per_backup, 1)
    heads: dict[int, int] = {}
    found: list[tuple[int, str, int]] = []
    for order, backup in enumerate([b for _, b in first] + free_b):
        number = 1 + order * span
        found.append((backup, "B", number))
        if order < len(first):
            heads[number] = first[order][0]
    found += [(p, "A", n) for n, p in heads.items()]
    number = 1
    for agent in others:
        while number in heads:
            number += 1
        found.append((agent, "A", number))
        number += 1
    return found
