"""What shifts were chosen, and what they come to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scheduler.shifts.chosen_shifts import ChosenShift, chosen_shifts
from scheduler.shifts.horizon import Horizon
from scheduler.shifts.implicit_model import ShiftProgram
from scheduler.shifts.shift_space import ShiftSpace
from scheduler.shifts.solve_program import Answer, Status

__all__ = ["ShiftChoice", "choice_of"]

Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ShiftChoice:
    """Shifts chosen, and what they come to.

    Attributes:
        shifts: the distinct shifts in use, by start and length.
        posts: columns ``day`` (number of the day, −1 the eve), ``date`` (NaT in a weekly cycle), ``skill_set``, ``shift``,
            ``breaks`` (minutes from the start of the shift, as ``90+15;180+30``), ``posts``: one row for each place of breaks.
        cover: columns ``group, slot, interval`` (NaT in a cycle), ``need, on_duty, over, short`` in heads, one row for
            each group and slot.
        serving: columns ``skill_set, group, slot, heads``: who serves whom, where people know several groups.
        status: ``optimal`` only where the bound proves it; ``feasible`` when the time was up before; ``interrupted``.
        objective: cost of the shifts in use, over- and understaffing as the design prices them.
        bound: no choice (with as few heads short) costs less.
        unreachable_h: head-hours needed that no shift of the design could serve; they count as short.
        space: the shifts that could have been chosen.
    """

    shifts: tuple[ChosenShift, ...]
    posts: pd.DataFrame
    cover: pd.DataFrame
    serving: pd.DataFrame
    status: Status
    objective: float
    bound: float
    paid_h: float
    unreachable_h: float
    seconds: float
    space: ShiftSpace

    @property
    def gap(self) -> float:
        """(objective − bound) ÷ objective."""
        return 0.0 if self.objective <= 0 else max(0.0, (self.objective - self.bound) / self.objective)

    @property
    def horizon(self) -> Horizon:
        """The time."""
        return self.space.horizon

    @property
    def over_h(self) -> float:
        """Head-hours beyond the need."""
        return float(self.cover["over"].sum() * self.horizon.slot_h)

    @property
    def short_h(self) -> float:
        """Head-hours short."""
        return float(self.cover["short"].sum() * self.horizon.slot_h)


def choice_of(made: ShiftProgram, answer: Answer, wanted: Counts, reached: Counts, seconds: float) -> ShiftChoice:
    """What an answer of the program comes to.

    Args:
        wanted: heads ``(G, T)`` needed; ``reached`` those of them that some shift could serve.
        seconds: time that was spent.
    """
    assert answer.x is not None
    space, horizon = made.space, made.space.horizon
    posts = np.rint(answer.x[made.posts]).astype(np.int64)
    heads, serving = _heads(made, answer)
    short = np.maximum(wanted - heads, 0)
    over = np.maximum(heads - wanted, 0)
    shifts, table = chosen_shifts(made, answer.x)
    starts = None
    if horizon.grid is not None:
        per = horizon.grid.interval_min // horizon.slot_min
        steps = pd.to_timedelta(np.tile(np.arange(per) * horizon.slot_min, len(horizon.grid)), unit="min")
        starts = horizon.grid.starts.repeat(per) + steps
    cover = pd.DataFrame(
        {
            "group": np.repeat(space.group_ids, horizon.slots),
            "slot": np.tile(np.arange(horizon.slots), len(space.group_ids)),
            "interval": pd.NaT if starts is None else np.tile(starts, len(space.group_ids)),
            "need": wanted.ravel(),
            "on_duty": heads.ravel(),
            "over": over.ravel(),
            "short": short.ravel(),
        }
    )
    if starts is not None:
        cover["interval"] = list(starts) * len(space.group_ids)
    design = space.design
    in_use = len(np.unique(space.kind[posts > 0]))
    hour = horizon.slot_h
    added = in_use * design.cost_per_shift if design.cost_per_shift else 0.0
    objective = float(space.cost @ posts) + added + design.overstaffing_cost_per_h * hour * float(over.sum())
    objective += (design.understaffing_cost_per_h or 0.0) * hour * float(short.sum())
    unreachable = float((wanted - reached).sum() * hour)
    # The bound is that of the program; what it leaves out as unreachable costs the same in every choice.
    bound = min(objective, answer.bound + made.constant + (objective - made.constant - answer.objective))
    status = answer.status
    paid = np.array([k.paid_h for k in space.kinds])[space.kind]
    return ShiftChoice(
        shifts,
        table,
        cover,
        serving,
        status,
        objective,
        objective if status == "optimal" else bound,
        float(paid @ posts),
        unreachable,
        seconds,
        space,
    )


def _heads(made: ShiftProgram, answer: Answer) -> tuple[Counts, pd.DataFrame]:
    """``(G, T)`` heads on duty, and who serves whom where that is a choice."""
    assert answer.x is not None
    space = made.space
    heads = np.zeros((len(space.group_ids), space.horizon.slots))
    for number in range(len(space.skill_sets)):
        there = np.zeros(space.horizon.slots)
        for column, slot, value in made.presence(number):
            np.add.at(there, slot, value * answer.x[column])
        several = space.serves[number].sum(axis=0) > 1
        for group in range(len(space.group_ids)):
            alone = space.serves[number, group] & ~several
            heads[group, alone] += there[alone]
    rows = []
    for (number, group), (slots, columns) in made.serving.items():
        heads[group, slots] += answer.x[columns]
        values = np.rint(answer.x[columns]).astype(np.int64)
        for slot, value in zip(slots[values > 0].tolist(), values[values > 0].tolist(), strict=True):
            rows.append((space.skill_sets[number].id, space.group_ids[group], slot, value))
    serving = pd.DataFrame(rows, columns=["skill_set", "group", "slot", "heads"])
    return np.rint(heads).astype(np.int64), serving
