"""Which shifts a hotline would best have: chosen for a coming period or a week that repeats, beside those it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from scenarios.findings import day_names
from scenarios.preparation import Prepared, StageProgress, prepare, silent, staged
from scenarios.scenario import Scenario, content_hash
from scenarios.shift_search import ShiftSearch, search_shifts
from scheduler import Cover, cover_shifts
from scheduler.shift_times import at_minute, utc_minutes
from scheduler.shifts import ShiftChoice, SkillSet, choose_shifts, choose_weekly_shifts, skill_sets_of
from scheduler.shifts.weekly_cycle import OverWeeks
from scheduler.table_rows import rows_of
from wfm import __version__
from wfm.errors import BadInput
from wfm.execution import Progress
from wfm.hotline import Hotline, ShiftDesign
from wfm.i18n import Text, both, say
from wfm.staffing import Level, compute_requirement, compute_workload

__all__ = ["SHIFT_STAGES", "GivenShifts", "ShiftSettings", "ShiftView", "shifts_hotline"]

SHIFT_STAGES: dict[str, Text] = {
    "history": Text("Call records", "通话记录"),
    "forecast": Text("Forecast", "话务预测"),
    "requirement": Text("Requirement", "人力需求"),
    "cover": Text("The hotline's shifts", "现有班次"),
    "shifts": Text("Choosing shifts", "选择班次"),
    "compilation": Text("Compiling the simulator", "编译仿真引擎"),
    "simulation": Text("Search by simulation", "仿真寻优"),
}


@dataclass(frozen=True, slots=True)
class ShiftSettings:
    """How shifts are to be chosen."""

    first: date
    days: int = 28
    level: Level = "interval"
    grid_min: int | None = None
    """Grid of breaks and heads; None: the design's."""
    cyclic: bool = False
    """One week that repeats, instead of every day of the period."""
    over_weeks: OverWeeks = "most"
    shared_skills: bool = False
    """People serve every group whose lines they know, and are no more than there are."""
    by: Literal["formula", "simulation"] = "formula"
    seconds: float = 20.0
    seed: int = 1
    workers: int = 1


@dataclass(frozen=True, slots=True)
class GivenShifts:
    """What the hotline's own shifts come to for the same requirement."""

    paid_h: float
    work_h: float
    """On duty within the period, breaks out."""
    over_h: float
    short_h: float
    shifts: int
    posts: int
    proven: bool


@dataclass(frozen=True, slots=True)
class ShiftView:
    """Everything ``wfm shifts`` found out."""

    prepared: Prepared
    settings: ShiftSettings
    design: ShiftDesign
    requirement: pd.DataFrame
    """Columns of ``tables.REQUIREMENT``."""
    choice: ShiftChoice
    searched: ShiftSearch | None
    """By simulation, where that was asked for; ``choice`` is what it found."""
    given: GivenShifts
    """For the period; of a weekly cycle the mean of its weeks."""
    day_kinds: dict[str, dict[str, str]]
    notes: tuple[Text, ...]
    inputs: dict[str, str]
    version: str = __version__


def shifts_hotline(scenario: Scenario, settings: ShiftSettings, home: Path, watch: StageProgress = silent) -> ShiftView:
    """Forecast the period, compute its requirement, and choose shifts for it.

    Raises:
        BadInput: the period cannot be planned, the options contradict each other, or the shift design cannot be met.
    """
    _refuse_contradictions(settings)
    design = _design(scenario.hotline, settings.grid_min)
    prepared = prepare(scenario, settings.first, settings.days, seed=settings.seed, paths=100, home=home, watch=watch)
    hotline, grid = prepared.hotline, prepared.grid

    def required() -> pd.DataFrame:
        workload = compute_workload(hotline, prepared.forecast.summary(), grid, prepared.calendar)
        return compute_requirement(hotline, workload, prepared.targets, settings.level)

    requirement = staged(watch, "requirement", required)
    cover = cover_shifts(hotline, requirement, grid, prepared.calendar, progress=watch("cover"))
    skill_sets = skill_sets_of(hotline, scenario.agents) if settings.shared_skills else None
    choice = _choose(settings, prepared, requirement, design, skill_sets, watch("shifts"))
    searched = None
    if settings.by == "simulation":
        searched = search_shifts(
            prepared,
            requirement,
            choice,
            level=settings.level,
            seconds=settings.seconds,
            seed=settings.seed,
            workers=settings.workers,
            watch=watch,
        )
        choice = searched.choice
    kinds = {day: (str(prepared.calendar.kind(day)), prepared.calendar.name(day)) for day in grid.day_list}
    return ShiftView(
        prepared=prepared,
        settings=settings,
        design=design,
        requirement=requirement,
        choice=choice,
        searched=searched,
        given=_given(hotline, cover, requirement, prepared, settings.days / 7 if settings.cyclic else 1.0),
        day_kinds=day_names(kinds),
        notes=_notes(prepared),
        inputs={
            **scenario.input_hashes(),
            "records": prepared.history.content_hash,
            "standard": content_hash([t.model_dump(mode="json") for t in prepared.targets]),
        },
    )


def _refuse_contradictions(settings: ShiftSettings) -> None:
    if not 0 < settings.seconds <= 36_000:
        raise BadInput(
            say("--seconds: found {seconds:g}, allowed are more than 0 and at most 36000", seconds=settings.seconds)
        )
    if settings.by == "simulation" and (settings.cyclic or settings.shared_skills):
        raise BadInput(
            say(
                "--by simulation: plays a period with people of its own for each group; leave --cyclic and --shared-skills out"
            )
        )
    if settings.cyclic and settings.days < 7:
        raise BadInput(say("--cyclic: needs --days of at least 7, found {days}", days=settings.days))


def _choose(
    settings: ShiftSettings,
    prepared: Prepared,
    requirement: pd.DataFrame,
    design: ShiftDesign,
    skill_sets: Sequence[SkillSet] | None,
    progress: Progress,
) -> ShiftChoice:
    """Shifts of the period, or of the week that repeats."""
    asked: dict[str, Any] = {
        "design": design,
        "skill_sets": skill_sets,
        "seconds": settings.seconds,
        "seed": settings.seed,
    }
    if settings.cyclic:
        return choose_weekly_shifts(
            prepared.hotline, requirement, prepared.grid, over_weeks=settings.over_weeks, progress=progress, **asked
        )
    return choose_shifts(prepared.hotline, requirement, prepared.grid, progress=progress, **asked)


def _design(hotline: Hotline, grid_min: int | None) -> ShiftDesign:
    allowed = (5, 10, 15, 20, 30, 60)
    if grid_min is None:
        return hotline.shift_design
    if grid_min not in allowed:
        raise BadInput(
            say(
                "--grid-min: found {found}, allowed are {allowed}", found=grid_min, allowed=", ".join(map(str, allowed))
            )
        )
    return hotline.shift_design.model_copy(update={"grid_min": grid_min})


def _given(hotline: Hotline, cover: Cover, requirement: pd.DataFrame, prepared: Prepared, parts: float) -> GivenShifts:
    grid = prepared.grid
    begin = utc_minutes(grid.starts[0])
    end = begin + len(grid) * grid.interval_min
    zone = ZoneInfo(hotline.time_zone)
    shifts = {shift.id: shift for shift in hotline.shifts}
    worked = 0
    for row in rows_of(cover.posts):
        shift, day = shifts[str(row.shift)], pd.Timestamp(row.date).date()
        edges = [(0, shift.length_min, 1), *((b.after_min, b.after_min + b.length_min, -1) for b in shift.breaks)]
        for first, last, sign in edges:
            low, high = (utc_minutes(at_minute(day, shift.start_min + m, zone)) for m in (first, last))
            worked += sign * int(row.posts_a) * max(0, min(high, end) - max(low, begin))
    need_h = float(np.ceil(requirement["heads"]).sum() * grid.interval_s / 3600)
    short_h = float(cover.shortfall["short_heads"].sum() * grid.interval_s / 3600)
    return GivenShifts(
        paid_h=cover.paid_h / parts,
        work_h=worked / 60 / parts,
        over_h=max(0.0, worked / 60 - need_h + short_h) / parts,
        short_h=short_h / parts,
        shifts=int(cover.posts["shift"].nunique()),
        posts=round(float(cover.posts["posts_a"].sum()) / parts),
        proven=cover.proven,
    )


def _notes(prepared: Prepared) -> tuple[Text, ...]:
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
