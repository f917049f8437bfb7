"""Seats with which each day of a plan complies with probability p, and how surely it really does.

The forecast's paths say how far the day's rates may lie from what is expected; calls of each generated day are
then drawn and played (``simulation.many_days``). Half of the paths serve the search, the other half the
statement. A forecast of few paths knows little of its own tails: 500 to 1,000 are wanted, and the stated
half-width counts paths, not days.

*Level* ``interval``: every target holds in every interval at the expected demand, as ``compute_requirement``
asks; a more demanding day is sized for where p asks for it. *Level* ``day``: the fewest seat-hours whose day
complies, with no more asked of single intervals than minimum cover and the occupancy cap. At both levels the
occupancy cap, a rule of good practice, holds at the expected demand: the uncertain part of demand is sized for
what callers wait and lose.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.daily_compliance import deciding_targets
from scenarios.generated_days import DayGenerator
from wfm.calendar import DayKind, TimeGrid, WorkingCalendar
from wfm.errors import BadInput
from wfm.execution import Progress, no_progress
from wfm.forecast import Forecast
from wfm.hotline import Hotline, open_intervals
from wfm.i18n import say
from wfm.queueing import Goal, performance, size_seats
from wfm.staffing import compute_requirement, compute_workload, sized_targets, unreachable_targets
from wfm.staffing.confidence import FACTOR_LEAST, ConfidentSeats, find_confident_seats
from wfm.staffing.day_level import day_level_seats
from wfm.staffing.goals import answer_threshold_s
from wfm.staffing.interval_seats import COVER, seats_per_interval
from wfm.standards import Target
from wfm.tables import REQUIREMENT, check_table

__all__ = ["ConfidentRequirement", "Level", "SeatFamily", "seats_with_confidence"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Level = Literal["interval", "day"]

STATED_ON = 2
"""The statement plays this many times the days of one evaluation of the search."""


@dataclass(frozen=True, slots=True)
class ConfidentRequirement:
    """Seats for a confidence, and what is stated of each day."""

    table: pd.DataFrame
    """Columns of ``tables.REQUIREMENT``; what is predicted, is predicted of the expected demand."""
    days: pd.DataFrame
    """One row a date: date; probability that the day complies and half_width of its 95 % interval; demand_factor
    sized for and the quantile of the day's rate that it is; seat_hours; expected_seat_hours, those of the same
    level without uncertainty; reached, whether the probability asked for was found; evaluations."""
    confidence: float
    level: Level


def seats_with_confidence(
    hotline: Hotline,
    forecast: Forecast,
    grid: TimeGrid,
    calendar: WorkingCalendar,
    targets: tuple[Target, ...],
    confidence: float,
    level: Level = "interval",
    seed: int = 1,
    days_per_evaluation: int = 500,
    progress: Progress = no_progress,
) -> ConfidentRequirement:
    """The cheapest seats with which each day of the period complies with probability ``confidence``.

    A day complies when it alone keeps every deciding target that seats can keep (§52 of the semantics).

    Args:
        hotline: lines, groups, rules.
        forecast: of the same grid; 500 to 1,000 paths are wanted.
        grid: the period.
        calendar: opening hours and working days.
        targets: the standard's targets.
        confidence: probability asked for, between 0 and 1.
        level: see the module.
        seed: seed of the generated days.
        days_per_evaluation: days that each tried staffing plays; the statement plays twice as many.
        progress: told how many days of the plan are done.

    Raises:
        BadInput: the confidence is not between 0 and 1, fewer than 50 days or fewer than 4 paths are given, or
            the period cannot be planned.
    """
    if not 0 < confidence < 1:
        raise BadInput(say("confidence should lie between 0 and 1, both left out; found {found:g}", found=confidence))
    if days_per_evaluation < 50:
        raise BadInput(say("days of an evaluation: 50 or more are needed, found {found}", found=days_per_evaluation))
    family = SeatFamily(hotline, forecast.summary(), grid, calendar, targets, level)
    generator = DayGenerator(hotline, forecast, grid, open_intervals(hotline, grid, calendar), seed)
    deciding = deciding_targets(targets, [t.id for t, _ in unreachable_targets(hotline, targets)])
    half = generator.paths // 2
    seats, binding = family.expected.copy(), family.binding.copy()
    starts: dict[DayKind, float] = {}
    rows = []
    progress(0, grid.days)
    for n, day in enumerate(grid.day_list):
        here = np.flatnonzero(grid.dates == np.datetime64(day, "D"))
        before = seats[:, : here[0]]
        searched = generator.draw(here, np.arange(half), days_per_evaluation, 0)
        stated = generator.draw(
            here, np.arange(half, generator.paths), STATED_ON * days_per_evaluation, days_per_evaluation
        )
        kind = calendar.kind(day)
        found = find_confident_seats(
            lambda factor, here=here: family.at(here, factor)[0],  # type: ignore[misc]
            lambda tried, before=before, days=searched: days.complies(before, tried, deciding),  # type: ignore[misc]
            lambda tried, before=before, days=stated: days.complies(before, tried, deciding),  # type: ignore[misc]
            confidence,
            start=starts.get(kind, 1.0),
            least=1.0 if level == "interval" else FACTOR_LEAST,
            origin=stated.origin,
        )
        starts[kind] = found.demand_factor
        seats[:, here] = found.seats
        binding[:, here] = family.at(here, found.demand_factor)[1]
        expected = family.at(here, 1.0)[0]
        rows.append(_day_row(day, found, expected, generator.day_factors(here), grid))
        progress(n + 1, grid.days)
    return ConfidentRequirement(family.table(seats, binding), pd.DataFrame(rows), confidence, level)


def _day_row(day: date, found: ConfidentSeats, expected: Counts, factors: Floats, grid: TimeGrid) -> dict[str, object]:
    hours = grid.interval_s / 3600
    return {
        "date": pd.Timestamp(day),
        "probability": found.probability,
        "half_width": found.half_width,
        "demand_factor": found.demand_factor,
        "quantile": float((factors <= found.demand_factor).mean()),
        "seat_hours": float(found.seats.sum()) * hours,
        "expected_seat_hours": float(expected.sum()) * hours,
        "reached": found.reached,
        "evaluations": found.evaluations,
    }


class SeatFamily:
    """The seats that a level asks for at multiples of the expected demand."""

    def __init__(
        self,
        hotline: Hotline,
        summary: pd.DataFrame,
        grid: TimeGrid,
        calendar: WorkingCalendar,
        targets: tuple[Target, ...],
        level: Level,
    ) -> None:
        """Args: as of :func:`seats_with_confidence`; ``summary`` holds line, interval, mean and aht_s."""
        self.hotline, self.grid, self.level, self.targets = hotline, grid, level, targets
        workload = compute_workload(hotline, summary, grid, calendar)
        self.base = compute_requirement(hotline, workload, targets)
        sized = sized_targets(hotline, targets)
        self.goals = [goal for _, goal in sized if goal.measure != "occupancy"]
        self.names = [target.kpi for target, goal in sized if goal.measure != "occupancy"]
        caps = [goal for _, goal in sized if goal.measure == "occupancy"] + [Goal("occupancy", hotline.occupancy_max)]
        shape = (len(hotline.groups), len(grid))
        table = workload.table
        columns = ("arrivals", "aht_s", "patience_s", "blended_erlang")
        arrivals, self.aht, self.patience, self.blended = (
            table[name].to_numpy(dtype=np.float64).reshape(shape) for name in columns
        )
        self.rate = arrivals / grid.interval_s
        self.serves = (table["lines"] != "").to_numpy().reshape(shape)
        self.cover = np.array([[g.minimum_seats] for g in hotline.groups]) * self.serves
        capped = size_seats(
            self.rate.ravel(), self.aht.ravel(), caps, self.patience.ravel(), other_work_erlang=self.blended.ravel()
        ).seats.reshape(shape)
        own = self.base["seats"].to_numpy(dtype=np.int64).reshape(shape)
        self.hard = own if level == "interval" else np.maximum(self.cover, capped)
        """What holds at the expected demand, whatever the confidence."""
        self._known: dict[tuple[int, float], tuple[Counts, Counts]] = {}
        self.expected = own
        """The ordinary requirement."""
        self.binding = np.full(shape, COVER)

    def at(self, here: Counts, factor: float) -> tuple[Counts, Counts]:
        """Seats ``(G, len(here))`` of one date at this multiple of its demand, and the goal that binds."""
        key = (int(here[0]), factor)
        if key not in self._known:
            self._known[key] = self._size(here, factor)
        return self._known[key]

    def _size(self, here: Counts, factor: float) -> tuple[Counts, Counts]:
        rate, aht, patience = self.rate[:, here] * factor, self.aht[:, here], self.patience[:, here]
        none, hard, opened = np.zeros_like(rate), self.hard[:, here], self.hotline.seats.opened
        if self.level == "interval":
            found = seats_per_interval(self.goals, rate, aht, patience, none, hard, opened)
            return found.seats, found.binding
        day = day_level_seats(
            self.goals, rate, aht, patience, none, hard, opened, self.grid.interval_s, np.zeros(len(here), dtype=int)
        )
        return day.seats, np.where(day.seats > hard, day.binding[0], COVER)

    def table(self, seats: Counts, binding: Counts) -> pd.DataFrame:
        """``tables.REQUIREMENT`` with these seats; where they are the ordinary ones, its reasons stay."""
        hotline, base = self.hotline, self.base
        within = answer_threshold_s(self.targets) - hotline.ring_s
        predicted = performance(self.rate, self.aht, seats, within, self.patience)
        called = self.rate > 0
        handling = np.where(called & (seats > 0), predicted.occupancy, 0.0) + self.blended / np.maximum(seats, 1)
        backed = np.array([[g.posts_per_backup > 0] for g in hotline.groups])
        raised = np.ceil(seats / (1 - hotline.shrinkage.unplanned_share) - 1e-9)
        names = np.array([*self.names, "minimum_cover"], dtype=object)
        own = base["reason"].to_numpy(dtype=object).reshape(seats.shape)
        above = (seats != self.expected) & (binding != COVER)
        below = (seats != self.expected) & (binding == COVER) & self.serves
        reason = np.where(above, names[binding], np.where(below, self._hard_reason(), own))

        def shown(values: Floats) -> Floats:
            return np.where(called, values, np.nan).ravel()

        changed = base.assign(
            seats=seats.ravel(),
            heads=(np.where((seats <= 1) & backed, seats, raised) + 0.0).ravel(),
            reason=reason.ravel(),
            asa_s=shown(predicted.asa_s + hotline.ring_s),
            mean_wait_s=shown(predicted.mean_wait_s),
            service_level=shown(predicted.service_level),
            wait_probability=shown(predicted.wait_probability),
            abandon_share=shown(predicted.abandon_share),
            occupancy=np.where(seats > 0, np.minimum(handling, 1.0), 0.0).ravel(),
        )
        return check_table(REQUIREMENT, changed)

    def _hard_reason(self) -> NDArray[np.object_]:
        return np.where(self.hard > self.cover, "occupancy_max", "minimum_cover").astype(object)
