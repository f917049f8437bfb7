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
    fresh_of = {_cell(row): row for row in rows_of(fresh)}
    stays = np.array([_cell(row) not in changed for row in rows_of(published)], dtype=bool)
    kept, left = published[stays].copy(), published[~stays]
    for number, row in zip(kept.index, list(rows_of(kept)), strict=True):
        now = fresh_of.get(_cell(row))
        if now is not None and utc_minutes(row.start) >= damage.now and (row.start, row.end) != (now.start, now.end):
            for column in ("start", "end", "breaks"):
                kept.loc[number, column] = getattr(now, column)
    came = np.array([_cell(row) in changed for row in rows_of(fresh)], dtype=bool)
    new = fresh[came].copy()
    new["post"] = _posts(damage, kept, left, new)
    frame = pd.concat([kept, new], ignore_index=True) if len(new) else kept
    frame = frame.astype(published.dtypes.to_dict()) if len(published) else fresh
    return frame.sort_values(["start", "group", "post", "role", "agent"], ignore_index=True)


def _cell(row: object) -> Cell:
    return str(row.agent), pd.Timestamp(row.date).date()  # type: ignore[attr-defined]


def _posts(damage: Damage, kept: pd.DataFrame, left: pd.DataFrame, new: pd.DataFrame) -> list[str]:
    """Identifiers of the posts of the new rows."""
    taken: dict[tuple[Cell, str, str], set[str]] = {}
    freed: dict[tuple[Cell, str, str], list[str]] = {}
    for row in rows_of(kept):
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
