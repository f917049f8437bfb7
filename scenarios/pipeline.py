"""The whole way of the data: history → forecast → requirement → roster → simulation → scorecard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.back_office import office_note, office_of
from scenarios.daily_compliance import daily_compliance, deciding_targets
from scenarios.findings import build_findings, day_names
from scenarios.history import History
from scenarios.plan import Finding, Plan, RosterSummary, ScoreRow
from scenarios.posts_needed import posts_needed
from scenarios.preparation import StageProgress, prepare, silent
from scenarios.remedies import find_remedy, remedy_sentence, with_remedy, worst_call_row
from scenarios.roster_measures import measure_roster
from scenarios.roster_problem import roster_problem
from scenarios.scenario import Scenario, content_hash
from scenarios.scorecard import build_scorecard, period_kpis
from scenarios.staff import paths_for
from scheduler import Cover, Roster, RosterProblem, build_roster, refuse_impossible, rostered_agents
from scheduler.checker import check_roster, is_legal
from simulation import centre_of, run_replications
from simulation.engine import compile_engine, engine_is_compiled
from wfm import __version__
from wfm.calendar import TimeGrid
from wfm.errors import BadInput
from wfm.forecast import Forecast
from wfm.hotline import Hotline
from wfm.i18n import Text, both, say
from wfm.metrics import COUNTS
from wfm.staffing import Level, unreachable_targets
from wfm.standards import Target

__all__ = ["STAGES", "PlanSettings", "plan_hotline"]

STAGES: dict[str, Text] = {
    "history": Text("Call records", "通话记录"),
    "forecast": Text("Forecast", "话务预测"),
    "requirement": Text("Requirement", "人力需求"),
    "confidence": Text("Confidence", "达标把握"),
    "cover": Text("Shifts", "班次覆盖"),
    "roster": Text("Roster", "排班"),
    "compilation": Text("Compiling the simulator", "编译仿真引擎"),
    "simulation": Text("Simulation", "仿真"),
    "scorecard": Text("Scorecard", "记分卡"),
    "remedy": Text("Remedies", "补救措施"),
}
"""Stages in their order, with the names that progress shows."""


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """How a plan is to be made."""

    first: date
    days: int = 28
    seed: int = 1
    replications: int = 40
    workers: int = 1
    roster_seconds: float = 40.0
    allow_gaps: bool = False
    """Plan on where counting already shows that posts must stay unfilled."""
    reproducible: bool = True
    """One solver worker under a deterministic limit: the same roster on every machine."""
    level: Level = "interval"
    """Whether every interval keeps the targets, or the day as the standard counts it."""
    confidence: float | None = None
    """Probability with which each day is to comply; without one, seats are those of the expected demand."""


def plan_hotline(scenario: Scenario, settings: PlanSettings, home: Path, watch: StageProgress = silent) -> Plan:
    """Run every stage for the scenario and return the finished plan; writes nothing.

    Args:
        scenario: hotline, agents and leave.
        settings: period, seed and effort.
        home: where call records live; generated ones take their place where there are none.
        watch: called with a stage's key, returns the progress to tell of it.

    Raises:
        BadInput: the period's calendar is not announced, or a part of the input cannot be planned.
    """
    if not 2 <= settings.replications <= 10_000:
        raise BadInput(say("--replications: found {n}, allowed are 2 to 10000", n=settings.replications))
    if not 0 < settings.roster_seconds <= 36_000:
        raise BadInput(
            say(
                "--roster-seconds: found {seconds}, allowed are more than 0 and at most 36000",
                seconds=settings.roster_seconds,
            )
        )
    prepared = prepare(
        scenario,
        settings.first,
        settings.days,
        seed=settings.seed,
        paths=paths_for(settings.confidence, max(100, settings.replications)),
        home=home,
        watch=watch,
    )
    hotline, targets, grid, calendar = prepared.hotline, prepared.targets, prepared.grid, prepared.calendar
    open_mask, history, forecast = prepared.open_mask, prepared.history, prepared.forecast
    needed = posts_needed(
        prepared, level=settings.level, confidence=settings.confidence, seed=settings.seed, watch=watch
    )
    requirement, cover = needed.requirement, needed.cover
    problem = roster_problem(scenario, settings.first, settings.days, cover.posts)
    if not settings.allow_gaps:
        refuse_impossible(problem)
    roster = build_roster(
        problem,
        seed=settings.seed,
        seconds=settings.roster_seconds,
        reproducible=settings.reproducible,
        workers=settings.workers,
        progress=watch("roster"),
    )
    on_duty = rostered_agents(roster.duties, hotline, grid)
    centre = centre_of(hotline, grid, open_mask, forecast.paths, forecast.aht_s, roster.duties, scenario.agents)
    if not engine_is_compiled():
        compile_engine(watch("compilation"))
    counts = run_replications(
        centre,
        seed=settings.seed,
        replications=settings.replications,
        workers=settings.workers,
        progress=watch("simulation"),
    )
    done = watch("scorecard")
    done(0, 1)
    kpis = period_kpis(counts)
    unreachable = unreachable_targets(hotline, targets)
    compliance = daily_compliance(counts, deciding_targets(targets, (t.id for t, _ in unreachable)))
    scorecard = build_scorecard(hotline, targets, counts, kpis, measure_roster(hotline, roster.duties, on_duty, grid))
    summarised = _roster_summary(problem, roster, cover)
    findings = build_findings(
        hotline,
        scorecard,
        summarised,
        requirement,
        on_duty,
        roster.reasons,
        unreachable,
        (
            *office_note(office_of(prepared, needed.workload, requirement, settings.seed)),
            *_history_note(history, settings.first),
            *history.notes,
            *forecast.notes,
        ),
    )
    findings = _mend(
        hotline,
        grid,
        open_mask,
        forecast,
        requirement,
        roster,
        targets,
        scorecard,
        kpis,
        findings,
        problem,
        settings,
        watch,
    )
    kinds = {day: (str(calendar.kind(day)), calendar.name(day)) for day in grid.day_list}
    done(1, 1)
    return Plan(
        hotline=hotline,
        first=settings.first,
        days=settings.days,
        seed=settings.seed,
        version=__version__,
        inputs={
            **scenario.input_hashes(),
            "records": history.content_hash,
            "calendar": content_hash({day.isoformat(): kind for day, (kind, _name) in kinds.items()}),
            "standard": content_hash([t.model_dump(mode="json") for t in targets]),
        },
        history=history.kind,
        history_days=history.days,
        forecast_model=forecast.model,
        replications=settings.replications,
        reproducible=settings.reproducible,
        level=settings.level,
        confidence=settings.confidence,
        forecast=needed.summary,
        requirement=requirement,
        cover=on_duty,
        duties=roster.duties,
        daily=counts.groupby(["date", "line"], sort=True)[list(COUNTS)].mean().reset_index(),
        replication_kpis=kpis,
        compliance=compliance,
        scorecard=scorecard,
        roster=summarised,
        findings=findings,
        day_kinds=day_names(kinds),
    )


def _mend(
    hotline: Hotline,
    grid: TimeGrid,
    open_mask: NDArray[np.bool_],
    forecast: Forecast,
    requirement: pd.DataFrame,
    roster: Roster,
    targets: tuple[Target, ...],
    scorecard: tuple[ScoreRow, ...],
    kpis: pd.DataFrame,
    findings: tuple[Finding, ...],
    problem: RosterProblem,
    settings: PlanSettings,
    watch: StageProgress,
) -> tuple[Finding, ...]:
    """The findings, with a remedy that was simulated where a target over calls is not met."""
    progress = watch("remedy")
    row = worst_call_row(scorecard, {t.id for t, _ in unreachable_targets(hotline, targets)})
    remedy = None
    if row is not None:
        remedy = find_remedy(
            hotline,
            grid,
            open_mask,
            forecast,
            requirement,
            roster.duties,
            next(t for t in targets if t.id == row.target),
            kpis,
            problem.day_kinds,
            problem.agents,
            seed=settings.seed,
            workers=settings.workers,
            progress=progress,
        )
    progress(1, 1)
    if row is None or remedy is None:
        return findings
    return with_remedy(findings, row, remedy_sentence(hotline, remedy, row))


def _roster_summary(problem: RosterProblem, roster: Roster, cover: Cover) -> RosterSummary:
    violations = check_roster(problem, roster.duties)
    duties = roster.duties
    answering = duties[duties["role"] == "A"]
    hours = (answering["end"] - answering["start"]).dt.total_seconds().sum() / 3600
    unfilled = roster.unfilled
    return RosterSummary(
        status=roster.status,
        legal=is_legal(violations),
        objective=float(roster.objective),
        bound=float(roster.bound),
        posts=int(cover.posts["posts_a"].sum() + cover.posts["posts_b"].sum()),
        unfilled=int(unfilled["missing"].sum()) if len(unfilled) else 0,
        agents=len(problem.agents),
        agents_used=int(duties["agent"].nunique()),
        hours=float(hours),
        violations=tuple(v.text for v in violations if v.breaks_law),
    )


def _history_note(history: History, first: date) -> tuple[Text, ...]:
    if history.kind == "synthetic":
        return (
            both(
                "The forecast learned from {days} days of synthetic records made from the hotline's assumed demand; "
                "import call records to plan on real ones.",
                days=history.days,
            ),
        )
    return (both("The forecast learned from {days} recorded days before {first}.", days=history.days, first=first),)
