"""The duties of a repaired roster: rows that did not change stay as published, others take the posts that became free."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from scheduler.duties import duties_of, post_id
from scheduler.repair_damage import Damage
from scheduler.shift_times import utc_minutes
from scheduler.table_rows import rows_of
from scheduler.work import Work

__all__ = ["repaired_duties"]

Cell = tuple[str, date]


def repaired_duties(damage: Damage, work: Work) -> pd.DataFrame:
    """The whole roster (``tables.DUTIES``) after a repair.

    A row whose person and post stay keeps its post, and what is over keeps everything; a duty to come has the times of
    its shift as it is now. New rows take posts that became free, then the next numbers.
    """
    slots, published = damage.slots, damage.published
    people = [a.id for a in slots.problem.agents]
    moved = zip(*np.nonzero(work.slot != damage.before), strict=True)
    changed: set[Cell] = {(people[int(a)], slots.date_of(int(d))) for a, d in moved}
    changed |= {(d.agent, slots.date_of(d.day)) for d in damage.lost}
    fresh = duties_of(work)
    stays = np.array([cell not in changed for cell in _cells(published)], dtype=bool)
    kept, left = published[stays].copy(), published[~stays]
    place = {cell: number for number, cell in enumerate(_cells(fresh))}
    new_start, new_end = fresh["start"].tolist(), fresh["end"].tolist()
    times = zip(kept.index, _cells(kept), kept["start"].tolist(), kept["end"].tolist(), strict=True)
    for number, cell, start, end in times:
        at = place.get(cell)
        if at is not None and (start, end) != (new_start[at], new_end[at]) and utc_minutes(start) >= damage.now:
            for column in ("start", "end", "breaks"):
                kept.loc[number, column] = fresh[column].iloc[at]
    came = np.array([cell in changed for cell in _cells(fresh)], dtype=bool)
    new = fresh[came].copy()
    new["post"] = _posts(damage, kept, left, new)
    frame = pd.concat([kept, new], ignore_index=True) if len(new) else kept
    frame = frame.astype(published.dtypes.to_dict()) if len(published) else fresh
    return frame.sort_values(["start", "group", "post", "role", "agent"], ignore_index=True)


def _cells(duties: pd.DataFrame) -> list[Cell]:
    """(person, day) of every row."""
    people = (str(name) for name in duties["agent"].tolist())
    return list(zip(people, (day.date() for day in duties["date"].tolist()), strict=True))


def _posts(damage: Damage, kept: pd.DataFrame, left: pd.DataFrame, new: pd.DataFrame) -> list[str]:
    """Identifiers of the posts of the new rows."""
    taken: dict[tuple[Cell, str, str], set[str]] = {}
    freed: dict[tuple[Cell, str, str], list[str]] = {}
    same_days = kept[kept["date"].isin(new["date"])]
    for row in rows_of(same_days):
        taken.setdefault(_key(row), set()).add(str(row.post))
    for row in rows_of(left.sort_values("post")):
        freed.setdefault(_key(row), []).append(str(row.post))
    found = []
    for row in rows_of(new):
        key = _key(row)
        used = taken.setdefault(key, set())
        span = 1
        if row.role == "B":
            span = max(1, damage.slots.problem.hotline.group(str(row.group)).posts_per_backup)
        day = pd.Timestamp(row.date).date().isoformat()
        numbers = (post_id(day, str(row.shift), str(row.group), 1 + n * span) for n in range(len(used) + 1))
        post = next(p for p in (*freed.get(key, ()), *numbers) if p not in used)
        used.add(post)
        found.append(post)
    return found


def _key(row: object) -> tuple[Cell, str, str]:
    day = pd.Timestamp(row.date).date()  # type: ignore[attr-defined]
    return (str(row.shift), day), str(row.group), str(row.role)  # type: ignore[attr-defined]
