"""A look back at some days: how good the forecasts were, which targets were missed, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from scenarios.day_causes import Method, review_day
from scenarios.forecast_review import ForecastReview, review_forecasts
from scenarios.history import HISTORY_DAYS, find_history
from scenarios.planned_days import PlannedDay, expected_seats, find_planned_day, planned_day_of_folder
from scenarios.preparation import StageProgress, silent
from scenarios.recorded_days import RecordedDay, recorded_day
from scenarios.scenario import Scenario
from wfm.errors import BadInput
from wfm.hotline import Hotline, calendar_of, grid_of, targets_of
from wfm.i18n import Text, both, say
from wfm.metrics import KPIS
from wfm.records import RecordStore
from wfm.review.missed import DayReview, TargetReview
from wfm.standards import Target
from wfm.store import Store

__all__ = ["STAGES", "Review", "ReviewSettings", "review_period"]

RECORDED_DAYS_MIN = 7
"""With fewer recorded days planning learns from generated ones: a review then takes the records as they are."""

STAGES: dict[str, Text] = {
    "records": Text("Call records", "通话记录"),
    "compilation": Text("Compiling the simulator", "编译仿真引擎"),
    "causes": Text("Causes", "原因分析"),
}


KNOWN_SHARE_MIN = 0.5
"""Share of the people on duty that agent states should name, for absence to be told from states that are missing."""


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """What to look back at, and how."""

    first: date
    last: date
    by: Method = "simulation"
    """Whether causes are split by simulated days or by the queueing formulas."""
    seed: int = 1
    replications: int = 100
    workers: int = 1
    all_days: bool = False
    """Explain every day, also those that kept their targets."""
    plan: Path | None = None
    """Folder of the plan; else the planning store is asked."""


@dataclass(frozen=True, slots=True)
class Review:
    """A look back at a period."""

    hotline: Hotline
    settings: ReviewSettings
    targets: tuple[Target, ...]
    """Targets over calls that have a limit."""
    days: tuple[DayReview, ...]
    """Days that were recorded and planned, those not explained with their observed values alone."""
    explained: frozenset[date]
    plans: dict[date, PlannedDay]
    forecast: ForecastReview
    notes: tuple[Text, ...]


def review_period(
    scenario: Scenario, settings: ReviewSettings, home: Path, store: Store | None, watch: StageProgress = silent
) -> Review:
    """Look back at the days from ``settings.first`` to ``settings.last``.

    Args:
        scenario: the hotline.
        settings: period and method.
        home: where call records live.
        store: plans, forecasts and rosters; may be None where ``settings.plan`` names a folder.
        watch: called with a stage's key of :data:`STAGES`, returns the progress to tell of it.

    Raises:
        BadInput: the period is empty or too long, nothing was recorded or planned in it.
    """
    hotline = scenario.hotline
    _require(settings)
    progress = watch("records")
    progress(0, 1)
    records = RecordStore(home, hotline.id)
    wanted = [settings.first + timedelta(days=n) for n in range((settings.last - settings.first).days + 1)]
    held = set(records.days())
    recorded = [day for day in wanted if day in held]
    if not recorded:
        raise BadInput(
            say(
                "{hotline}: no call records from {first} to {last}; import them with wfm import",
                hotline=hotline.id,
                first=settings.first,
                last=settings.last,
            )
        )
    plans = {day: plan for day in recorded if (plan := _plan(settings, hotline, day, store)) is not None}
    if not plans:
        raise BadInput(
            say(
                "{hotline}: no plan holds a recorded day from {first} to {last}; make one with wfm plan, or name its folder with --plan",
                hotline=hotline.id,
                first=settings.first,
                last=settings.last,
            )
        )
    actuals, notes = _actuals(hotline, records, settings, home)
    calendar = calendar_of(hotline)
    targets = tuple(t for t in targets_of(hotline) if t.measure == "calls" and t.limit is not None and t.kpi in KPIS)
    days_recorded = {day: recorded_day(hotline, day, records, actuals, home) for day in plans}
    progress(1, 1)

    wished = [
        day
        for day, one in days_recorded.items()
        if settings.all_days or any(not t.met(v) for t, v in _observed(targets, one).items())
    ]
    empty = [day for day in wished if not _somebody_planned(hotline, plans[day], days_recorded[day])]
    explain = [day for day in wished if day not in empty]
    if explain:
        _make_engine_ready(watch)
    told = watch("causes")
    told(0, max(len(explain), 1))
    days = []
    for day, plan in plans.items():
        if day in explain:
            reviewed = review_day(
                hotline,
                calendar,
                targets,
                plan,
                days_recorded[day],
                by=settings.by,
                seed=settings.seed,
                replications=settings.replications,
                workers=settings.workers,
            )
            days.append(reviewed)
            told(explain.index(day) + 1, len(explain))
        else:
            days.append(_only_observed(hotline, targets, days_recorded[day]))
    told(max(len(explain), 1), max(len(explain), 1))
    return Review(
        hotline=hotline,
        settings=settings,
        targets=targets,
        days=tuple(days),
        explained=frozenset(explain),
        plans=plans,
        forecast=review_forecasts(
            hotline,
            {day: plan.forecast for day, plan in plans.items()},
            actuals,
            settings.first,
            store if settings.plan is None else None,
        ),
        notes=(*_day_notes(wanted, held, plans, empty), *_record_notes(records, plans, days_recorded), *notes),
    )


def _require(settings: ReviewSettings) -> None:
    days = (settings.last - settings.first).days + 1
    if not 1 <= days <= HISTORY_DAYS:
        raise BadInput(say("--from, --to: found {days} days, allowed are 1 to {most}", days=days, most=HISTORY_DAYS))
    if not 20 <= settings.replications <= 10_000:
        raise BadInput(say("--replications: found {n}, allowed are 20 to 10000", n=settings.replications))


def _plan(settings: ReviewSettings, hotline: Hotline, day: date, store: Store | None) -> PlannedDay | None:
    if settings.plan is not None:
        return planned_day_of_folder(settings.plan, hotline, day)
    return None if store is None else find_planned_day(hotline, day, store)


def _actuals(
    hotline: Hotline, records: RecordStore, settings: ReviewSettings, home: Path
) -> tuple[pd.DataFrame, tuple[Text, ...]]:
    """Interval actuals of the period and what was before it; after-call work that records do not hold is added, as in planning."""
    after = settings.last + timedelta(days=1)
    if sum(day < after for day in records.days()) >= RECORDED_DAYS_MIN:
        history = find_history(hotline, after, settings.seed, home)
        return history.actuals, history.notes
    grid = grid_of(hotline, settings.first, (after - settings.first).days)
    return records.actuals(grid, hotline.line_ids, hotline.short_abandon_s), ()


def _make_engine_ready(watch: StageProgress) -> None:
    from simulation.engine import compile_engine, engine_is_compiled

    if not engine_is_compiled():
        compile_engine(watch("compilation"))


def _observed(targets: Iterable[Target], recorded: RecordedDay) -> dict[Target, float]:
    """Value of each target on the day; targets of which nothing was counted are left out."""
    values = {t: float(KPIS[t.kpi].daily(recorded.total)[0]) for t in targets}
    return {t: v for t, v in values.items() if np.isfinite(v)}


def _only_observed(hotline: Hotline, targets: tuple[Target, ...], recorded: RecordedDay) -> DayReview:
    nothing = float("nan")
    rows = tuple(
        TargetReview(t, "", value, nothing, nothing, (), nothing, nothing, "unknown")
        for t, value in _observed(targets, recorded).items()
    )
    return DayReview(recorded.day, {}, rows, (), ())


def _somebody_planned(hotline: Hotline, plan: PlannedDay, recorded: RecordedDay) -> bool:
    """Whether the roster has anybody answer on the day."""
    return bool(expected_seats(hotline, plan.duties, recorded.grid).any())


def _day_notes(
    wanted: list[date], held: set[date], plans: dict[date, PlannedDay], empty: list[date]
) -> tuple[Text, ...]:
    notes = []
    unrecorded = [day for day in wanted if day not in held]
    if unrecorded:
        notes.append(both("No call records on: {days}.", days=_dates(unrecorded)))
    unplanned = [day for day in wanted if day in held and day not in plans]
    if unplanned:
        notes.append(both("No plan holds: {days}.", days=_dates(unplanned)))
    if empty:
        notes.append(both("Nobody was rostered, so there is no plan to compare with: {days}.", days=_dates(empty)))
    late = [day for day, plan in plans.items() if not plan.before_the_day]
    if late:
        notes.append(both("The plan of these days was made after they had begun: {days}.", days=_dates(late)))
    return tuple(notes)


def _record_notes(
    records: RecordStore, plans: dict[date, PlannedDay], recorded: dict[date, RecordedDay]
) -> tuple[Text, ...]:
    """Of what the records are, where that makes causes or what is left misleading."""
    notes = []
    if "synthetic" in records.labels():
        notes.append(
            both(
                "These calls are generated, not recorded: what is left also holds how the generator answers them otherwise "
                "than the plan's roster."
            )
        )
    few = []
    for day, plan in plans.items():
        states = recorded[day].agent_states
        rostered = set(plan.duties.loc[(plan.duties["date"].dt.date == day) & (plan.duties["role"] == "A"), "agent"])
        if states is not None and len(rostered & set(states["agent"])) < KNOWN_SHARE_MIN * len(rostered):
            few.append(day)
    if few:
        notes.append(
            both(
                "Agent states name fewer than half of the people on duty: {days}. The others count as absent; were they not "
                "there, or do the states call them otherwise?",
                days=_dates(few),
            )
        )
    return tuple(notes)


def _dates(days: list[date]) -> str:
    """Dates, runs of them as ``2026-09-14–2026-09-20``."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(f"{r[0]}" if len(r) == 1 else f"{r[0]}–{r[-1]}" for r in runs)
