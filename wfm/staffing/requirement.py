"""Seats that keep the standard: per group and interval, with the target that decides and what is predicted.

Seats are agents who must answer (posts A). At the level ``interval`` each target that seats can keep holds in
every interval; at the level ``day`` the day's own ratios and means hold, with the fewest seat-hours. Queues
are exact: M/M/n+G with the lines' own laws of patience, Erlang A where all are exponential. The occupancy cap holds
for calls and blended work together, in every interval; minimum cover is hard and is named where it suffices.

Heads are seats ÷ (1 − unplanned shrinkage), rounded up. A single seat whose post has a B needs no second
head: the B on standby covers for the A.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.hotline import Hotline
from wfm.queueing import Performance, performance
from wfm.staffing.backlog import BacklogPerformance, backlog_performance
from wfm.staffing.backlog_seats import backlog_seats
from wfm.staffing.day_level import DaySeats, day_level_seats
from wfm.staffing.goals import answer_threshold_s
from wfm.staffing.interval_seats import COVER, seats_per_interval
from wfm.staffing.sizing_inputs import Level, SizingInputs, sizing_inputs
from wfm.staffing.workload import Workload
from wfm.standards import Target
from wfm.tables import REQUIREMENT, check_table

__all__ = ["compute_requirement", "day_seats_of", "heads_for", "requirement_table"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


def compute_requirement(
    hotline: Hotline, workload: Workload, targets: Iterable[Target], level: Level = "interval"
) -> pd.DataFrame:
    """The fewest seats per group and interval; columns of ``tables.REQUIREMENT``, rows as in ``workload``.

    ``reason`` is the KPI of the target that binds (over the day at the level ``day``), ``occupancy_max``,
    ``minimum_cover``, ``built_seats`` where the opened seats are fewer than wanted (``short_seats`` says by
    how many; at the level ``day`` wanted is what every interval would ask for), or ``closed`` where the group
    serves no line. Targets that no number of seats keeps are left out; see ``unreachable_targets``. Predicted
    measures are those of ``seats``, answer times with ringing.
    """
    chosen = tuple(targets)
    inputs = sizing_inputs(hotline, workload, chosen, level)
    if level == "interval" and workload.clock == "backlog":
        return _with_backlog(hotline, workload, chosen, inputs)
    found = seats_per_interval(
        inputs.goals,
        inputs.rate_per_s,
        inputs.aht_s,
        inputs.patience,
        inputs.blended_erlang,
        inputs.minimum,
        inputs.opened,
    )
    if level == "interval":
        return requirement_table(hotline, workload, chosen, inputs, found.seats, found.binding, found.wanted)
    day = day_seats_of(inputs)
    kept = day.kept[inputs.day]
    binding = np.where(day.seats > inputs.minimum, day.binding[inputs.day], COVER)
    # Where the places do not suffice for the day, they fall short of what every interval would ask for.
    wanted = np.where(kept, day.seats, np.maximum(day.seats, found.wanted))
    return requirement_table(hotline, workload, chosen, inputs, day.seats, binding, wanted)


def _stationary(inputs: SizingInputs, seats: Counts, within_s: float) -> Performance:
    if isinstance(inputs.patience, np.ndarray):
        return performance(inputs.rate_per_s, inputs.aht_s, seats, within_s, inputs.patience)
    flat = performance(inputs.rate_per_s.ravel(), inputs.aht_s.ravel(), seats.ravel(), within_s, inputs.patience)
    return Performance(**{f.name: getattr(flat, f.name).reshape(seats.shape) for f in fields(Performance)})


def _with_backlog(
    hotline: Hotline, workload: Workload, targets: tuple[Target, ...], inputs: SizingInputs
) -> pd.DataFrame:
    """Every interval keeps every target, with what earlier ones left; the period starts with its offered load."""
    calls_per_s = inputs.calls / inputs.interval_s
    carried = {
        "inflow_per_s": inputs.inflow_per_s,
        "in_system": (inputs.mean_per_s * inputs.aht_s)[:, 0],
        "is_open": inputs.serves,
    }
    found = backlog_seats(
        inputs.goals,
        calls_per_s,
        inputs.interval_s,
        inputs.aht_s,
        inputs.patience_s,
        inputs.blended_erlang,
        inputs.minimum,
        inputs.opened,
        **carried,
    )
    within = answer_threshold_s(targets) - hotline.ring_s
    predicted = backlog_performance(
        calls_per_s, inputs.interval_s, inputs.aht_s, found.seats, inputs.patience_s, within, **carried
    )
    return requirement_table(hotline, workload, targets, inputs, found.seats, found.binding, found.wanted, predicted)


def day_seats_of(inputs: SizingInputs) -> DaySeats:
    """The day level's seats, and what each day comes to.

    A limit that calls outside opening hours alone use up is kept over the calls of the open hours instead.
    """

    def decided(above: Floats, below: Floats) -> DaySeats:
        return day_level_seats(
            inputs.goals,
            inputs.rate_per_s,
            inputs.aht_s,
            inputs.patience_s,
            inputs.blended_erlang,
            inputs.minimum,
            inputs.opened,
            inputs.interval_s,
            inputs.day,
            calls=inputs.calls,
            other_numerator=above,
            other_denominator=below,
            law=None if isinstance(inputs.patience, np.ndarray) else inputs.patience,
        )

    day = decided(inputs.other_numerator, inputs.other_denominator)
    if not day.never.any():
        return day
    return decided(np.where(day.never, 0.0, inputs.other_numerator), np.where(day.never, 0.0, inputs.other_denominator))


def heads_for(hotline: Hotline, seats: Counts) -> Floats:
    """Agents on duty for these seats, ``(G, T)``: seats ÷ (1 − unplanned shrinkage), whole; see the module."""
    backed = np.array([[g.posts_per_backup > 0] for g in hotline.groups])
    raised = np.ceil(seats / (1 - hotline.shrinkage.unplanned_share) - 1e-9)
    return np.where((seats <= 1) & backed, seats, raised) + 0.0  # no minus zero in closed hours


def requirement_table(
    hotline: Hotline,
    workload: Workload,
    targets: tuple[Target, ...],
    inputs: SizingInputs,
    seats: Counts,
    binding: Counts,
    wanted: Counts,
    predicted: Performance | BacklogPerformance | None = None,
) -> pd.DataFrame:
    """``tables.REQUIREMENT`` for these seats; arrays ``(G, T)``.

    ``binding`` indexes the inputs' goals, :data:`~wfm.staffing.interval_seats.COVER` for minimum cover.
    ``predicted`` are the seats' measures, by default those of the stationary queue.
    """
    table = workload.table
    names = np.array([*inputs.reasons, "minimum_cover"], dtype=object)
    reason = np.where(inputs.serves, names[binding], "closed")
    reason = np.where(wanted > seats, "built_seats", reason)
    heads = heads_for(hotline, seats)

    within = answer_threshold_s(targets) - hotline.ring_s
    if predicted is None:
        predicted = _stationary(inputs, seats, within)
    # Without calls nothing is predicted: a share of nobody is not defined.
    called = inputs.calls > 0
    handling = np.where(called & (seats > 0), predicted.occupancy, 0.0) + inputs.blended_erlang / np.maximum(seats, 1)

    def shown(values: Floats) -> Floats:
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
            "short_seats": (wanted - seats).ravel(),
            "asa_s": shown(predicted.asa_s + hotline.ring_s),
            "mean_wait_s": shown(predicted.mean_wait_s),
            "service_level": shown(predicted.service_level),
            "wait_probability": shown(predicted.wait_probability),
            "abandon_share": shown(predicted.abandon_share),
            "occupancy": np.where(seats > 0, np.minimum(handling, 1.0), 0.0).ravel(),
        }
    )
    return check_table(REQUIREMENT, requirement)
