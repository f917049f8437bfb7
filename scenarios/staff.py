"""The seats of a coming period: both levels side by side, day by day, and how surely each day complies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from scenarios.back_office import office_of
from scenarios.confident_seats import ConfidentRequirement, seats_with_confidence
from scenarios.findings import day_names
from scenarios.preparation import Prepared, StageProgress, prepare, silent, staged
from scenarios.scenario import Scenario, content_hash
from scenarios.staff_by_simulation import SimulatedRequirement, staff_by_simulation
from wfm import __version__
from wfm.errors import BadInput
from wfm.i18n import Text, both, say
from wfm.queueing.goal import HIGH
from wfm.staffing import (
    BackOfficeCover,
    ClockMethod,
    Level,
    SizingInputs,
    TrainingPlan,
    Workload,
    compute_requirement,
    compute_workload,
    day_values_of,
    price_of_hotline,
    sized_targets,
    sizing_inputs,
    skill_groups_of_hotline,
    training_plan,
    unreachable_targets,
)
from wfm.standards import Target

__all__ = [
    "LEVELS",
    "PATHS_FOR_CONFIDENCE",
    "STAFF_STAGES",
    "LevelView",
    "StaffSettings",
    "StaffView",
    "paths_for",
    "staff_hotline",
]

LEVELS: tuple[Level, Level] = ("interval", "day")
PATHS_FOR_CONFIDENCE = 800
"""Sample paths of the forecast where a confidence is asked for."""

STAFF_STAGES: dict[str, Text] = {
    "history": Text("Call records", "通话记录"),
    "forecast": Text("Forecast", "话务预测"),
    "requirement": Text("Requirement", "人力需求"),
    "lines": Text("Lines together", "专线合并"),
    "confidence": Text("Confidence", "达标把握"),
    "simulation": Text("Search by simulation", "仿真寻优"),
    "office": Text("Deferred work", "后台工作"),
}


@dataclass(frozen=True, slots=True)
class StaffSettings:
    """How seats are to be computed."""

    first: date
    days: int = 28
    level: Level = "interval"
    confidence: float | None = None
    clock: ClockMethod = "offered-load"
    seed: int = 1
    by: Literal["formula", "simulation"] = "formula"
    each_line: bool = False
    """By simulation: every line keeps the targets by itself."""
    absence: bool = False
    """By simulation: agents fail to come as often as the hotline says."""
    workers: int = 1


@dataclass(frozen=True, slots=True)
class LevelView:
    """What one level asks for."""

    level: Level
    requirement: pd.DataFrame
    """Columns of ``tables.REQUIREMENT``."""
    values: pd.DataFrame
    """Expected KPI of every sized target, one row a day, columns date and the targets' identifiers."""

    @property
    def seat_hours(self) -> float:
        """Agents answering, in hours."""
        return float((self.requirement["seats"] * self.requirement["interval_s"]).sum() / 3600)

    @property
    def head_hours(self) -> float:
        """The same with unplanned shrinkage."""
        return float((self.requirement["heads"] * self.requirement["interval_s"]).sum() / 3600)

    @property
    def seats_peak(self) -> int:
        """Most seats at once."""
        return int(self.requirement.groupby("interval")["seats"].sum().max())

    @property
    def short_hours(self) -> float:
        """Seat-hours wanted beyond the seats that may be opened."""
        return float((self.requirement["short_seats"] * self.requirement["interval_s"]).sum() / 3600)


@dataclass(frozen=True, slots=True)
class StaffView:
    """Everything ``wfm staff`` found out."""

    prepared: Prepared
    settings: StaffSettings
    workload: Workload
    targets: tuple[Target, ...]
    """Those that seats are sized for."""
    levels: dict[Level, LevelView]
    """Both levels, for the expected demand."""
    confident: ConfidentRequirement | None
    """Seats of the chosen level for the confidence asked for."""
    simulated: SimulatedRequirement | None
    """Seats found by simulation, where they were asked for."""
    price: pd.DataFrame
    """What separate lines cost against pooling; see ``price_of_separation``."""
    skill_groups: pd.DataFrame
    """First requirement of people who know the same lines; see ``skill_groups_of_hotline``."""
    training: TrainingPlan
    """The period's training, laid where the fewest seats are needed."""
    office: BackOfficeCover
    """The back office that deferred work needs beside the seats asked for."""
    day_kinds: dict[str, dict[str, str]]
    """ISO date → kind and names of the day."""
    notes: tuple[Text, ...]
    inputs: dict[str, str]
    """Hash of each input."""
    version: str = __version__

    @property
    def requirement(self) -> pd.DataFrame:
        """The requirement asked for: of the chosen level, of the confidence where one was named, or by simulation."""
        if self.simulated is not None:
            return self.simulated.table
        return self.confident.table if self.confident is not None else self.levels[self.settings.level].requirement

    def by_day(self) -> pd.DataFrame:
        """One row a day: date, calls, hours of both levels and of the requirement asked for, probability if known."""
        table = _hours_by_day(self.requirement).rename(columns={"seat_hours": "chosen_seat_hours"})
        for level, view in self.levels.items():
            table[f"{level}_seat_hours"] = _hours_by_day(view.requirement)["seat_hours"]
        if self.confident is not None:
            stated = self.confident.days[["date", "probability", "half_width", "quantile", "reached"]]
            table = table.merge(stated, on="date", how="left")
        if self.simulated is not None:
            columns = ["date", "start_hours", "start_held", "mended_hours", "hours", "saved_hours", "gap", "held"]
            table = table.merge(
                self.simulated.days[columns].add_prefix("simulated_"), left_on="date", right_on="simulated_date"
            )
            table = table.drop(columns="simulated_date")
        return table


def _hours_by_day(requirement: pd.DataFrame) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "date": requirement["interval"].dt.tz_localize(None).dt.normalize(),
            "calls": requirement["arrivals"],
            "seat_hours": requirement["seats"] * requirement["interval_s"] / 3600,
        }
    )
    peak = requirement.groupby("interval")["seats"].sum()
    frame = frame.groupby("date", sort=True).sum().reset_index()
    days = pd.DatetimeIndex(peak.index).tz_localize(None).normalize()
    frame["seats_peak"] = peak.groupby(days).max().to_numpy()
    return frame


def paths_for(confidence: float | None, otherwise: int) -> int:
    """Sample paths that the forecast needs.

    Raises:
        BadInput: the confidence is not between 0.5 and 0.999.
    """
    if confidence is None:
        return otherwise
    if not 0.5 <= confidence <= 0.999:
        raise BadInput(say("--confidence: found {found:g}, allowed are 0.5 to 0.999", found=confidence))
    return max(otherwise, PATHS_FOR_CONFIDENCE)


def staff_hotline(scenario: Scenario, settings: StaffSettings, home: Path, watch: StageProgress = silent) -> StaffView:
    """Forecast the period and compute its seats at both levels; with a confidence, the seats that reach it.

    Raises:
        BadInput: the confidence is no probability, the period's calendar is not announced, or a part of the
            input cannot be planned.
    """
    confidence = settings.confidence
    if settings.by == "formula" and (settings.each_line or settings.absence):
        raise BadInput(say("--each-line and --absence are for --by simulation"))
    if settings.clock != "offered-load" and (
        confidence is not None or settings.level == "day" or settings.by == "simulation"
    ):
        raise BadInput(
            say(
                "--clock {clock} compares methods for single intervals; with --level day, --confidence or --by simulation only offered-load is allowed",
                clock=settings.clock,
            )
        )
    if settings.by == "simulation" and confidence is not None and settings.level == "interval":
        raise BadInput(say("--by simulation: with --confidence it is days that comply; only --level day is allowed"))
    paths = paths_for(confidence, 100)
    prepared = prepare(scenario, settings.first, settings.days, seed=settings.seed, paths=paths, home=home, watch=watch)
    hotline, targets = prepared.hotline, prepared.targets

    def both_levels() -> tuple[Workload, SizingInputs, dict[Level, LevelView]]:
        workload = compute_workload(
            hotline, prepared.forecast.summary(), prepared.grid, prepared.calendar, clock=settings.clock
        )
        inputs = sizing_inputs(hotline, workload, targets)
        return workload, inputs, {level: _view(prepared, workload, inputs, level) for level in LEVELS}

    workload, inputs, levels = staged(watch, "requirement", both_levels)
    price = staged(watch, "lines", lambda: price_of_hotline(hotline, workload, targets, scenario.agents))
    confident = None
    if confidence is not None:
        confident = seats_with_confidence(
            hotline,
            prepared.forecast,
            prepared.grid,
            prepared.calendar,
            targets,
            confidence,
            level=settings.level,
            seed=settings.seed,
            progress=watch("confidence"),
        )
    chosen = confident.table if confident is not None else levels[settings.level].requirement
    simulated = None
    if settings.by == "simulation":
        simulated = staff_by_simulation(
            prepared,
            chosen,
            level=settings.level,
            confidence=confidence,
            each_line=settings.each_line,
            absence=settings.absence,
            seed=settings.seed,
            workers=settings.workers,
            progress=watch("simulation"),
        )
        chosen = simulated.table
    seats = chosen.pivot(index="interval", columns="group", values="seats").sum(axis=1).to_numpy(dtype=np.float64)
    office = staged(watch, "office", lambda: office_of(prepared, workload, chosen, settings.seed))
    kinds = {day: (str(prepared.calendar.kind(day)), prepared.calendar.name(day)) for day in prepared.grid.day_list}
    return StaffView(
        prepared=prepared,
        settings=settings,
        workload=workload,
        targets=tuple(target for target, _ in sized_targets(hotline, targets)),
        levels=levels,
        confident=confident,
        simulated=simulated,
        price=price,
        skill_groups=skill_groups_of_hotline(hotline, workload, targets, scenario.agents),
        training=training_plan(hotline, scenario.agents, seats, prepared.grid, prepared.calendar),
        office=office,
        day_kinds=day_names(kinds),
        notes=(*_notes(prepared, inputs, levels), *_history_note(prepared)),
        inputs={
            **scenario.input_hashes(),
            "records": prepared.history.content_hash,
            "standard": content_hash([t.model_dump(mode="json") for t in targets]),
        },
    )


def _view(prepared: Prepared, workload: Workload, inputs: SizingInputs, level: Level) -> LevelView:
    hotline, targets = prepared.hotline, prepared.targets
    requirement = compute_requirement(hotline, workload, targets, level)
    seats = requirement["seats"].to_numpy(dtype=np.int64).reshape(inputs.calls.shape)
    values = day_values_of(hotline, inputs, targets, seats)
    values.insert(0, "date", pd.to_datetime(prepared.grid.day_list))
    return LevelView(level, requirement, values)


def _notes(prepared: Prepared, inputs: SizingInputs, levels: dict[Level, LevelView]) -> tuple[Text, ...]:
    """What no seats keep, and what the opened seats do not keep: the best they reach, and the gap."""
    hotline, targets = prepared.hotline, prepared.targets
    found = [why for _, why in unreachable_targets(hotline, targets)]
    view = levels["day"]
    short = view.requirement["short_seats"].to_numpy().reshape(inputs.calls.shape).sum(axis=0)
    days = np.unique(inputs.day[short > 0])
    for target, goal in sized_targets(hotline, targets):
        if target.limit is None:
            continue
        reached = view.values[target.id].to_numpy()[days]
        missed = [not target.met(float(v)) for v in reached if np.isfinite(v)]
        if any(missed):
            worst = np.nanmin(reached) if goal.measure in HIGH or target.operator in (">", ">=") else np.nanmax(reached)
            found.append(
                both(
                    "{target}: on {days} days the {opened} seats opened cannot keep it; the worst day reaches {value:.4g} (limit {limit:g})",
                    target=target.name,
                    days=sum(missed),
                    opened=hotline.seats.opened,
                    value=float(worst),
                    limit=target.limit,
                )
            )
    return tuple(found)


def _history_note(prepared: Prepared) -> tuple[Text, ...]:
    history = prepared.history
    if history.kind == "records":
        return ()
    return (
        both(
            "The forecast learned from {days} days of synthetic records made from the hotline's assumed demand; "
            "import call records to plan on real ones.",
            days=history.days,
        ),
    )
