"""Training (培训) in the valleys of the day: off the phone when the fewest are needed on it.

Training cannot be broken off for a call, so that it is done by people beyond the seats. It is laid where
seats are fewest: the level that water poured over the requirement reaches. No other way to lay the same
hours needs fewer people at the busiest moment, and none lies more evenly.

Regular training is part of the planned shrinkage and of the contract's hours; this says when, not how much
more. Induction before the first duty is the new hires' own time and takes nobody from a seat.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.hotline import Agent, Hotline
from wfm.staffing.back_office import watch_seconds

__all__ = ["TrainingPlan", "fill_valleys", "training_plan"]

Floats = NDArray[np.float64]

_DAYS_PER_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """Training of a period."""

    regular_h: float
    """Hours of people who answer."""
    induction_h: float
    """Hours of new hires before their first duty."""
    people: Floats
    """People in regular training at once; ``(T,)``, a mean that whole sessions come near to."""
    unplaced_h: float
    """Regular hours for which the office's hours have no room."""
    seats_most: float
    """Most seats at one moment."""
    people_most: float
    """Most seats and people in training at one moment."""


def fill_valleys(level: Floats, work: float, most: Floats) -> Floats:
    """``work`` laid on ``level`` so that the highest sum is least; ``(T,)``.

    Every place takes min(most, max(L − level, 0)) with one L for all. If not all of it fits, every
    place takes ``most``.

    Args:
        level: what stands there already.
        work: amount to lay, in units of level × place.
        most: what a place can take, 0 where nothing may be laid.
    """
    if work <= 0:
        return np.zeros_like(level)
    if most.sum() <= work:
        return most.copy()
    # The amount laid grows with L along straight pieces that end where a place begins or is full.
    ends = np.unique(np.concatenate([level[most > 0], (level + most)[most > 0]]))

    def laid(height: float) -> Floats:
        found: Floats = np.clip(height - level, 0.0, most)
        return found

    low, high = 0, len(ends) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if laid(float(ends[middle])).sum() <= work:
            low = middle
        else:
            high = middle
    below, above = laid(float(ends[low])).sum(), laid(float(ends[high])).sum()
    part = (work - below) / (above - below) if above > below else 0.0
    return laid(float(ends[low] + part * (ends[high] - ends[low])))


def training_plan(
    hotline: Hotline,
    agents: Sequence[Agent],
    seats: Floats,
    grid: TimeGrid,
    calendar: WorkingCalendar,
    *,
    new_hires: float = 0.0,
) -> TrainingPlan:
    """The period's training, laid into the office's hours where the fewest seats are needed.

    Args:
        hotline: hours of training of each contract and of induction (``long_view``), office hours.
        agents: its people; employees who may answer are trained regularly.
        seats: seats needed, all groups; ``(T,)``.
        grid: the period.
        calendar: working days.
        new_hires: people who start in the period.
    """
    silent = {kind.id for kind in hotline.staff_kinds if not kind.answers_calls}
    employees = {contract.id for contract in hotline.contracts if contract.employee}
    trained = Counter(a.contract for a in agents if a.staff_kind not in silent and a.contract in employees)
    months = grid.days / _DAYS_PER_MONTH
    regular = sum(n * hotline.long_view.outlook(c).training_h_per_month for c, n in trained.items()) * months
    at_work = watch_seconds(hotline, grid, calendar).sum(axis=0) > 0
    room = np.where(at_work, float(sum(trained.values())), 0.0)
    people = fill_valleys(seats, regular * 3600 / grid.interval_s, room)
    return TrainingPlan(
        regular_h=regular,
        induction_h=hotline.long_view.induction_h * new_hires,
        people=people,
        unplaced_h=max(regular - float(people.sum()) * grid.interval_s / 3600, 0.0),
        seats_most=float(seats.max(initial=0.0)),
        people_most=float((seats + people).max(initial=0.0)),
    )
