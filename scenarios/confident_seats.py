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

from dataclasses import dataclass, replace
from datetime import date

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
from wfm.queueing import Goal, PatienceLaw
from wfm.staffing import compute_workload, unreachable_targets
from wfm.staffing.confidence import FACTOR_LEAST, ConfidentSeats, find_confident_seats
from wfm.staffing.interval_seats import COVER, IntervalSeats, seats_per_interval
from wfm.staffing.requirement import day_seats_of, requirement_table
from wfm.staffing.sizing_inputs import Level, sizing_inputs
from wfm.standards import Target

__all__ = ["ConfidentRequirement", "SeatFamily", "seats_with_confidence"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

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
    seats, binding, wanted = family.hard.copy(), family.hard_binding.copy(), family.hard_wanted.copy()
    starts: dict[DayKind, float] = {}
    rows = []
    progress(0, grid.days)
    for n, day in enumerate(grid.day_list):
        here = np.flatnonzero(grid.dates == np.datetime64(day, "D"))
        before = seats[:, : here[0]]
        seen, unseen = generator.halves(here)
        searched = generator.draw(here, seen, days_per_evaluation, 0)
        stated = generator.draw(here, unseen, STATED_ON * days_per_evaluation, days_per_evaluation)
        kind = calendar.kind(day)
        found = find_confident_seats(
            lambda factor, here=here: family.at(here, factor).seats,  # type: ignore[misc]
            lambda tried, before=before, days=searched: days.complies(before, tried, deciding),  # type: ignore[misc]
            lambda tried, before=before, days=stated: days.complies(before, tried, deciding),  # type: ignore[misc]
            confidence,
            start=starts.get(kind, 1.0),
            least=1.0 if level == "interval" else FACTOR_LEAST,
            origin=stated.origin,
        )
        starts[kind] = found.demand_factor
        most = family.at(here, found.demand_factor)
        seats[:, here], binding[:, here] = found.seats, most.binding
        # Where places ran short, what was wanted stays; else the search's own seats were enough.
        wanted[:, here] = np.where(most.wanted > most.seats, most.wanted, found.seats)
        expected = family.at(here, 1.0).seats
        rows.append(_day_row(day, found, expected, generator.day_factors(here), grid))
        progress(n + 1, grid.days)
    return ConfidentRequirement(family.table(seats, binding, wanted), pd.DataFrame(rows), confidence, level)


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
    """The seats that a level asks for at multiples of the expected demand; arrays ``(G, T)``."""

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
        self.hotline, self.level, self.targets = hotline, level, targets
        self.workload = compute_workload(hotline, summary, grid, calendar)
        self.inputs = sizing_inputs(hotline, self.workload, targets, level)
        self.waits = [j for j, goal in enumerate(self.inputs.goals) if goal.measure != "occupancy"]
        goals = self.inputs.goals
        if level == "day":
            goals = tuple(goal for goal in goals if goal.measure == "occupancy")
        hard = self._every_interval(goals, slice(None), 1.0, self.inputs.minimum)
        self.hard = hard.seats
        """What holds at the expected demand, whatever the confidence."""
        last = np.full(hard.binding.shape, len(self.inputs.goals) - 1)
        self.hard_binding = np.where(hard.binding == COVER, COVER, hard.binding if level == "interval" else last)
        self.hard_wanted = hard.wanted
        self._known: dict[tuple[int, float], IntervalSeats] = {}

    def at(self, here: Counts, factor: float) -> IntervalSeats:
        """The seats of one date at this multiple of its demand; arrays ``(G, len(here))``."""
        key = (int(here[0]), factor)
        if key not in self._known:
            found = self._over_the_day(here, factor) if self.level == "day" else self._in_intervals(here, factor)
            binding = np.where(found.seats > self.hard[:, here], found.binding, self.hard_binding[:, here])
            self._known[key] = IntervalSeats(found.wanted, found.seats, binding)
        return self._known[key]

    def table(self, seats: Counts, binding: Counts, wanted: Counts) -> pd.DataFrame:
        """``tables.REQUIREMENT`` with these seats."""
        return requirement_table(self.hotline, self.workload, self.targets, self.inputs, seats, binding, wanted)

    def _every_interval(
        self, goals: tuple[Goal, ...], here: Counts | slice, factor: float, minimum: Counts
    ) -> IntervalSeats:
        of = self.inputs
        return seats_per_interval(
            goals,
            of.rate_per_s[:, here] * factor,
            of.aht_s[:, here],
            self._patience(here),
            of.blended_erlang[:, here] * factor,
            minimum[:, here],
            of.opened,
        )

    def _patience(self, here: Counts | slice) -> Floats | PatienceLaw:
        """The laws of these intervals' cells."""
        patience = self.inputs.patience
        if isinstance(patience, np.ndarray):
            return patience[:, here]
        cells = np.arange(self.inputs.calls.size).reshape(self.inputs.calls.shape)
        return patience.at(cells[:, here].ravel())

    def _in_intervals(self, here: Counts, factor: float) -> IntervalSeats:
        goals = tuple(self.inputs.goals[j] for j in self.waits)
        found = self._every_interval(goals, here, factor, self.hard)
        wanted = np.maximum(found.wanted, self.hard_wanted[:, here])
        return IntervalSeats(wanted, found.seats, np.array([*self.waits, COVER])[found.binding])

    def _over_the_day(self, here: Counts, factor: float) -> IntervalSeats:
        of = self.inputs
        day, waits = of.day[here[0]], self.waits
        found = day_seats_of(
            replace(
                of,
                goals=tuple(of.goals[j] for j in waits),
                reasons=tuple(of.reasons[j] for j in waits),
                calls=of.calls[:, here] * factor,
                rate_per_s=of.rate_per_s[:, here] * factor,
                aht_s=of.aht_s[:, here],
                patience_s=of.patience_s[:, here],
                patience=self._patience(here),
                blended_erlang=np.zeros_like(of.blended_erlang[:, here]),
                minimum=self.hard[:, here],
                serves=of.serves[:, here],
                day=np.zeros(len(here), dtype=np.int64),
                other_numerator=of.other_numerator[day : day + 1, waits] * factor,
                other_denominator=of.other_denominator[day : day + 1, waits] * factor,
            )
        )
        wanted = np.maximum(found.seats, self.hard_wanted[:, here])
        return IntervalSeats(wanted, found.seats, np.full(found.seats.shape, [*waits, COVER][found.binding[0]]))
