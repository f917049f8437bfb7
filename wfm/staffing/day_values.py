"""What each day comes to with given seats, target by target, as the formulas expect it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.hotline import Hotline
from wfm.queueing import goal_terms
from wfm.queueing.solve import solve
from wfm.staffing.goals import kpi_of_goal, sized_targets
from wfm.staffing.sizing_inputs import SizingInputs
from wfm.standards import Target

__all__ = ["day_values_of"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


def day_values_of(hotline: Hotline, inputs: SizingInputs, targets: Iterable[Target], seats: Counts) -> pd.DataFrame:
    """The expected KPI of every sized target on every day: one row a day, one column a target's identifier.

    ``seats`` is ``(G, T)``. Sums run over all groups; NaN on a day without calls. The values are those of the
    expected demand; how surely a day keeps its limits is another question.
    """
    patience = inputs.patience.ravel() if isinstance(inputs.patience, np.ndarray) else inputs.patience
    solved = solve(inputs.mean_per_s.ravel(), inputs.aht_s.ravel(), seats.ravel().astype(np.float64), patience)
    days = len(inputs.other_numerator)
    day = np.broadcast_to(inputs.day, inputs.calls.shape).ravel()
    calls = inputs.calls.ravel()
    found: dict[str, Floats] = {}
    for j, (target, goal) in enumerate(sized_targets(hotline, targets)):
        above, below = goal_terms(goal, solved)
        if goal.measure == "occupancy":
            parts = above + inputs.blended_erlang.ravel(), below
        else:
            parts = calls * above, calls * below
        # Without calls a queue's measures are not defined; they count nothing.
        sums = [_by_day(np.where(calls > 0, p, 0.0), day, days) for p in parts]
        total = sums[0] + inputs.other_numerator[:, j], sums[1] + inputs.other_denominator[:, j]
        ratio = np.divide(*total, out=np.full(days, np.nan), where=total[1] > 0)
        found[target.id] = kpi_of_goal(hotline, target, ratio)
    return pd.DataFrame(found)


def _by_day(values: Floats, day: Counts, days: int) -> Floats:
    return np.bincount(day, weights=values, minlength=days).astype(np.float64)
