"""What seats are decided from: each group's queue in each interval, the goals, and what stays hard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wfm.hotline import Hotline
from wfm.queueing import Goal, PatienceLaw
from wfm.staffing.goals import closed_call_terms, sized_targets
from wfm.staffing.workload import Workload
from wfm.standards import Target

__all__ = ["Level", "SizingInputs", "sizing_inputs"]

Level = Literal["interval", "day"]
"""Whether each target holds in every interval, or over the day as the standard counts it."""

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SizingInputs:
    """Queues of every group and interval, arrays ``(G, T)``, and the limits to keep."""

    goals: tuple[Goal, ...]
    """Those of the targets that seats can keep, and last the hotline's occupancy cap."""
    reasons: tuple[str, ...]
    """KPI of each goal's target; ``occupancy_max`` for the cap."""
    calls: Floats
    """Calls that ask for an agent."""
    rate_per_s: Floats
    """What the stationary formulas are given: the busy part of an interval that keeps its targets by itself, the
    mean where the day's intervals are judged together."""
    mean_per_s: Floats
    inflow_per_s: Floats
    """What backlog follows."""
    aht_s: Floats
    patience_s: Floats
    """Mean by the hazard, where a formula knows exponential patience alone."""
    patience: Floats | PatienceLaw
    """The laws, cells in the order of the arrays; ``(G, T)`` where they are plain means."""
    blended_erlang: Floats
    minimum: Counts
    """Minimum cover where the group serves a line."""
    serves: NDArray[np.bool_]
    opened: int
    interval_s: float
    day: Counts
    """Index of each interval's date, ``(T,)``."""
    other_numerator: Floats
    """What no seat changes of each goal's daily sums, ``(D, J)``; see ``day_level_seats``."""
    other_denominator: Floats


def sizing_inputs(
    hotline: Hotline, workload: Workload, targets: Iterable[Target], level: Level = "interval"
) -> SizingInputs:
    """The inputs of one period; targets that no number of seats keeps are left out (see ``unreachable_targets``)."""
    sized = sized_targets(hotline, targets)
    table = workload.table
    shape = (len(hotline.groups), len(table) // len(hotline.groups))

    def grouped(column: str) -> Floats:
        return table[column].to_numpy(dtype=np.float64).reshape(shape)

    starts = table["interval"].iloc[: shape[1]]
    day = np.unique(starts.dt.date.to_numpy(), return_inverse=True)[1].astype(np.int64)
    serves = (table["lines"] != "").to_numpy().reshape(shape)
    goals = (*(goal for _, goal in sized), Goal("occupancy", hotline.occupancy_max))
    days = int(day.max(initial=0)) + 1
    above, below = np.zeros((days, len(goals))), np.zeros((days, len(goals)))
    unserved = np.zeros(days)
    np.add.at(unserved, day, workload.unserved)
    for j, (target, goal) in enumerate(sized):
        above[:, j], below[:, j] = closed_call_terms(hotline, target, goal, unserved)
    return SizingInputs(
        goals=goals,
        reasons=(*(target.kpi for target, _ in sized), "occupancy_max"),
        calls=grouped("arrivals"),
        rate_per_s=grouped("busy_per_s" if level == "interval" else "mean_per_s"),
        mean_per_s=grouped("mean_per_s"),
        inflow_per_s=grouped("inflow_per_s"),
        aht_s=grouped("aht_s"),
        patience_s=grouped("patience_s"),
        patience=workload.patience.reshape(shape) if isinstance(workload.patience, np.ndarray) else workload.patience,
        blended_erlang=grouped("blended_erlang"),
        minimum=np.array([[g.minimum_seats] for g in hotline.groups]) * serves,
        serves=serves,
        opened=hotline.seats.opened,
        interval_s=float(table["interval_s"].iloc[0]),
        day=day,
        other_numerator=above,
        other_denominator=below,
    )
