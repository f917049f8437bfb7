"""What was chosen, in words of the roster: shifts, their posts, and each post's breaks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scheduler.shifts.implicit_model import ShiftProgram
from scheduler.shifts.place_breaks import place_breaks
from scheduler.shifts.shift_space import ShiftKind

__all__ = ["ChosenShift", "break_text", "chosen_shifts", "shift_id"]

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ChosenShift:
    """A distinct shift in use."""

    id: str
    kind: ShiftKind
    posts: int
    """Posts in the whole horizon."""
    breaks: tuple[tuple[tuple[tuple[int, int, bool], ...], int], ...]
    """Places of its breaks as (minutes from the start, length in minutes, paid), with the posts that have them, most first."""


def shift_id(kind: ShiftKind) -> str:
    """As ``0830-8h`` or ``0830-7h30``."""
    hours, minutes = divmod(kind.length_min, 60)
    return f"{kind.start_min // 60:02d}{kind.start_min % 60:02d}-{hours}h{minutes:02d}".removesuffix("h00") + (
        "" if minutes else "h"
    )


def break_text(breaks: tuple[tuple[int, int, bool], ...]) -> str:
    """``90+15;180+30``: minutes from the start of the shift, and length."""
    return ";".join(f"{after}+{length}" for after, length, _ in breaks)


def chosen_shifts(made: ShiftProgram, x: Floats) -> tuple[tuple[ChosenShift, ...], pd.DataFrame]:
    """The shifts in use, and the table of posts of :class:`~scheduler.shifts.shift_choice.ShiftChoice`."""
    space, horizon = made.space, made.space.horizon
    posts = np.rint(x[made.posts]).astype(np.int64)
    after: dict[int, list[tuple[int, bool, Counts]]] = {}
    for pool, (slots, columns) in zip(space.pools, made.breaks, strict=True):
        begun_at, begun = slots, np.rint(x[columns]).astype(np.int64)
        low = 0 if horizon.cyclic else int(min(slots.min(), 0))
        size = horizon.slots if horizon.cyclic else int(slots.max()) - low + 1
        counts = np.zeros(size, dtype=np.int64)
        counts[begun_at - low] = begun
        first = pool.earliest - low
        fold = first // size * size if horizon.cyclic else np.zeros_like(first)
        placed = place_breaks(first - fold, pool.latest - low - fold, posts[pool.option], counts, cyclic=horizon.cyclic)
        for number, option in enumerate(pool.option.tolist()):
            if posts[option]:
                window = next(w for w in space.kinds[space.kind[option]].windows if w.kind == pool.kind)
                minutes = window.earliest_min + (placed[number] - (first - fold)[number]) * horizon.slot_min
                after.setdefault(option, []).append((window.length_min, window.paid, minutes))
    rows = []
    used: dict[int, Counter[tuple[tuple[int, int, bool], ...]]] = {}
    for option in np.flatnonzero(posts).tolist():
        parts = sorted(after.get(option, []), key=lambda part: int(part[2][0]))
        places = Counter(
            tuple((int(minutes[n]), length, paid) for length, paid, minutes in parts) for n in range(int(posts[option]))
        )
        kind = int(space.kind[option])
        used.setdefault(kind, Counter()).update(places)
        day = int(space.day[option])
        date = pd.NaT if horizon.grid is None else pd.Timestamp(horizon.grid.first + timedelta(days=day))
        for breaks, count in sorted(places.items()):
            people = space.skill_sets[int(space.skill_set[option])].id
            rows.append((day, date, people, shift_id(space.kinds[kind]), break_text(breaks), count))
    table = pd.DataFrame(rows, columns=["day", "date", "skill_set", "shift", "breaks", "posts"])
    table["date"] = pd.to_datetime(table["date"])
    shifts = tuple(
        ChosenShift(
            shift_id(space.kinds[kind]),
            space.kinds[kind],
            sum(places.values()),
            tuple(sorted(places.items(), key=lambda item: (-item[1], item[0]))),
        )
        for kind, places in sorted(
            used.items(), key=lambda item: (space.kinds[item[0]].start_min, space.kinds[item[0]].length_min)
        )
    )
    return shifts, table.sort_values(["day", "skill_set", "shift", "breaks"], ignore_index=True)
