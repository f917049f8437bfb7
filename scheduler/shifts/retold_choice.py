"""A choice told anew after single posts were changed: its shifts, cover and cost from the posts alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd

from scheduler.shifts.chosen_shifts import ChosenShift, shift_id
from scheduler.shifts.shift_choice import ShiftChoice
from scheduler.shifts.shift_space import ShiftSpace
from scheduler.table_rows import rows_of

__all__ = ["retold_choice"]


def retold_choice(space: ShiftSpace, before: ShiftChoice, posts: pd.DataFrame) -> ShiftChoice:
    """``before`` with other posts, held against the same need. Nothing is known of how far its cost is from the least.

    Args:
        space: whose kinds the posts are of; every skill set serves one group.
        posts: columns ``day, skill_set, shift, breaks, posts`` as in :class:`ShiftChoice`.
    """
    horizon, design = space.horizon, space.design
    kinds = {shift_id(kind): kind for kind in space.kinds}
    serves = {people.id: people.groups[0] for people in space.skill_sets}
    on_duty = {str(group): np.zeros(horizon.slots, dtype=np.int64) for group in before.cover["group"].unique()}
    used: dict[str, Counter[tuple[tuple[int, int, bool], ...]]] = {}
    cost = paid_h = 0.0
    for row in rows_of(posts):
        kind, count = kinds[str(row.shift)], int(row.posts)
        pairs = [tuple(map(int, part.split("+"))) for part in str(row.breaks).split(";") if part]
        places = tuple((a, n, w.paid) for (a, n), w in zip(pairs, kind.windows, strict=True))
        used.setdefault(str(row.shift), Counter())[places] += count
        paid_h += count * kind.paid_h
        cost += count * kind.paid_h * design.cost_per_h * (design.night_cost_factor if kind.night else 1.0)
        group = serves[str(row.skill_set)]
        for first, last, sign in [(0, kind.length_min, 1), *((a, a + n, -1) for a, n, _ in places)]:
            low, high = (horizon.slot_of(int(row.day), kind.start_min + m) for m in (first, last))
            if group in on_duty:
                on_duty[group][max(low, 0) : max(min(high, horizon.slots), 0)] += sign * count
    cover = before.cover.copy()
    cover["on_duty"] = np.concatenate([on_duty[str(g)] for g in cover["group"].unique()])
    cover["over"] = (cover["on_duty"] - cover["need"]).clip(lower=0)
    cover["short"] = (cover["need"] - cover["on_duty"]).clip(lower=0)
    hour = horizon.slot_h
    cost += design.cost_per_shift * len(used) + design.overstaffing_cost_per_h * hour * float(cover["over"].sum())
    cost += (design.understaffing_cost_per_h or 0.0) * hour * float(cover["short"].sum())
    table = posts.copy()
    if horizon.grid is None:
        table["date"] = pd.NaT
    else:
        table["date"] = [pd.Timestamp(horizon.grid.first + timedelta(days=int(day))) for day in posts["day"]]
    shifts = tuple(
        ChosenShift(name, kinds[name], sum(c.values()), tuple(sorted(c.items(), key=lambda i: (-i[1], i[0]))))
        for name, c in sorted(used.items(), key=lambda item: (kinds[item[0]].start_min, kinds[item[0]].length_min))
    )
    return replace(
        before,
        shifts=shifts,
        posts=table[["day", "date", "skill_set", "shift", "breaks", "posts"]].sort_values(
            ["day", "skill_set", "shift", "breaks"], ignore_index=True
        ),
        cover=cover,
        status="feasible",
        objective=cost,
        bound=0.0,
        paid_h=paid_h,
        space=space,
    )
