"""Seats that keep the standard: per group and interval, with the target that decides and what is predicted.

Seats are agents who must answer (posts A). Each target that seats can keep holds in every interval, by
the exact Erlang A with the hotline's patience (Erlang C for callers who never give up). The occupancy cap
holds for calls and blended work together; minimum cover is hard and is named where it suffices alone.

Heads are seats ÷ (1 − unplanned shrinkage), rounded up. A single seat whose post has a B needs no second
head: the B on standby covers for the A.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from wfm.hotline import Hotline
from wfm.queueing import Goal, performance
from wfm.staffing.goals import answer_threshold_s, sized_targets
from wfm.staffing.interval_seats import seats_per_interval
from wfm.staffing.workload import Workload
from wfm.standards import Target
from wfm.tables import REQUIREMENT, check_table

__all__ = ["compute_requirement"]


def compute_requirement(hotline: Hotline, workload: Workload, targets: Iterable[Target]) -> pd.DataFrame:
    """The fewest seats per group and interval; columns of ``tables.REQUIREMENT``, rows as in ``workload``.

    ``reason`` is the KPI of the target that binds, ``occupancy_max``, ``minimum_cover``, ``built_seats``
    where the opened seats are fewer than wanted (``short_seats`` says by how many), or ``closed`` where
    the group serves no line. Targets that no number of seats keeps are left out; see
    ``unreachable_targets``. Predicted measures are those of ``seats``, answer times with ringing.
    """
    chosen = tuple(targets)
    sized = sized_targets(hotline, chosen)
    goals = [goal for _, goal in sized] + [Goal("occupancy", hotline.occupancy_max)]
    names = np.array([target.kpi for target, _ in sized] + ["occupancy_max", "minimum_cover"], dtype=object)

    table = workload.table
    shape = (len(hotline.groups), len(table) // len(hotline.groups))

    def grouped(column: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return table[column].to_numpy(dtype=np.float64).reshape(shape)

    serves = (table["lines"] != "").to_numpy().reshape(shape)
    rate, aht, patience = grouped("rate_per_s"), grouped("aht_s"), grouped("patience_s")
    blended = grouped("blended_erlang")
    minimum = np.array([[g.minimum_seats] for g in hotline.groups]) * serves
    found = seats_per_interval(goals, rate, aht, patience, blended, minimum, hotline.seats.opened)

    seats = found.seats
    reason = np.where(serves, names[found.binding], "closed")
    reason = np.where(found.wanted > seats, "built_seats", reason)
    backed = np.array([[g.posts_per_backup > 0] for g in hotline.groups])
    raised = np.ceil(seats / (1 - hotline.shrinkage.unplanned_share) - 1e-9)
    heads = np.where((seats <= 1) & backed, seats, raised) + 0.0  # no minus zero in closed hours

    within = answer_threshold_s(chosen) - hotline.ring_s
    predicted = performance(rate, aht, seats, within, patience)
    # Without calls nothing is predicted: a share of nobody is not defined.
    called = grouped("arrivals") > 0
    handling = np.where(called & (seats > 0), predicted.occupancy, 0.0) + blended / np.maximum(seats, 1)

    def shown(
        values: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    ) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.where(called, values, np.nan).ravel()

    requirement = pd.DataFrame(
        {
            "group": table["group"],
            "lines": table["lines"],
            "interval": table["interval"],
            "interval_s": table["interval_s"],
            "arrivals": table["arrivals"],
            "aht_s": table["aht_s"],
            "load_erlang": table["load_erlang"],
            "seats": seats.ravel(),
            "heads": heads.ravel(),
            "reason": reason.ravel(),
            "short_seats": (found.wanted - seats).ravel(),
            "asa_s": shown(predicted.asa_s + hotline.ring_s),
            "mean_wait_s": shown(predicted.mean_wait_s),
            "service_level": shown(predicted.service_level),
            "wait_probability": shown(predicted.wait_probability),
            "abandon_share": shown(predicted.abandon_share),
            "occupancy": np.where(seats > 0, np.minimum(handling, 1.0), 0.0).ravel(),
        }
    )
    return check_table(REQUIREMENT, requirement)
