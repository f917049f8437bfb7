"""A hotline simulated by itself: the seats of its requirement, or the roster of a finished plan, call by call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from scenarios.experiments import ExperimentResult, run_experiment
from scenarios.plan import Plan, ScoreRow
from scenarios.preparation import Prepared, StageProgress, prepare, silent, staged
from scenarios.roster_measures import measure_roster
from scenarios.scenario import Scenario, content_hash
from scenarios.scorecard import build_scorecard, period_kpis
from scheduler import rostered_agents
from simulation import Centre, Engine, centre_of
from simulation.control_variate import Controlled, controlled_kpi
from simulation.engine import compile_engine, engine_available, engine_is_compiled
from simulation.estimates import Estimate, estimate, period_values
from simulation.experiment import calls_of, path_count
from simulation.precision import Precision
from simulation.seat_duties import seat_duties
from wfm import __version__
from wfm.errors import BadInput
from wfm.execution import DaskCluster, Executor, InProcess, LocalProcesses, run_tasks
from wfm.i18n import Text, both, list_words, say
from wfm.metrics import KPIS
from wfm.staffing import compute_requirement, compute_workload

__all__ = ["SIMULATE_STAGES", "SimulateSettings", "SimulateView", "centre_of_plan", "simulate_scenario"]

SIMULATE_STAGES: dict[str, Text] = {
    "history": Text("Call records", "通话记录"),
    "forecast": Text("Forecast", "话务预测"),
    "requirement": Text("Requirement", "人力需求"),
    "compilation": Text("Compiling the simulator", "编译仿真引擎"),
    "simulation": Text("Simulation", "仿真"),
    "calls": Text("Calls table", "通话表"),
}

PATHS_LEAST, PATHS_MOST = 100, 1000
"""Sample paths of the forecast: at least as many as a plan has, and as many as there are replications."""
PATHS_FOR_PRECISION = 500
REPLICATIONS_GUESSED = 200
"""Replications that a precision is taken to need, when it is judged whether other processes pay."""
LONG_RUN_CALLS = {Engine.COMPILED: 20_000_000, Engine.SIMPY: 100_000}
"""Fewer calls than these are played sooner here than other processes start, which takes some seconds."""
REPLICATIONS_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class SimulateSettings:
    """What is to be simulated, and how. Of a plan the period is the plan's."""

    first: date
    days: int = 28
    seed: int = 1
    replications: int | None = 40
    """None where ``precision`` says how many."""
    precision: Precision | None = None
    kpi: str = "asa_s"
    """Whose precision is told."""
    control_variate: bool = False
    """Whether to sharpen its mean by the same callers with a seat for each."""
    engine: Engine = Engine.COMPILED
    executor: Executor | None = None
    """None: this process, or others of this machine where the run is long enough for them to start."""
    workers: int = 1
    """Processes at most, where no executor is named."""


@dataclass(frozen=True, slots=True)
class SimulateView:
    """Everything ``wfm simulate`` found out."""

    prepared: Prepared
    settings: SimulateSettings
    centre: Centre
    """What was played."""
    experiment: ExperimentResult
    kpis: pd.DataFrame
    """One row a replication, one column a KPI."""
    estimate: Estimate
    """The KPI asked for."""
    controlled: Controlled | None
    """The same with a control variate, if that was asked for."""
    scorecard: tuple[ScoreRow, ...]
    notes: tuple[Text, ...]
    inputs: dict[str, str]
    """Hash of each input."""
    version: str = __version__

    @property
    def engine(self) -> Engine:
        """The engine that played."""
        return self.settings.engine if engine_available(self.settings.engine) else Engine.SIMPY

    @property
    def calls_per_s(self) -> float:
        """Calls simulated per second of this run, those read from an earlier one left out."""
        result = self.experiment
        played = result.calls * (1 - result.resumed / result.replications)
        return played / result.seconds if result.seconds > 0 else 0.0


def simulate_scenario(
    scenario: Scenario,
    settings: SimulateSettings,
    home: Path,
    *,
    plan: Plan | None = None,
    watch: StageProgress = silent,
) -> SimulateView:
    """Simulate the seats that the requirement asks for or, with a plan, its roster.

    The forecast's sample paths are those of the seed: replication r of a plan's roster meets the callers that it met
    when the plan was made, as long as hotline, records and seed are the same. Finished replications are kept under
    ``home``, so that a rerun reads them.

    Args:
        scenario: hotline and agents. With a plan it may be a what-if of the plan's hotline.
        settings: period, effort, engine and executor.
        home: where call records live.
        plan: whose roster is played; without one the requirement's seats are manned without absence.
        watch: called with a stage's key, returns the progress to tell of it.

    Raises:
        BadInput: a number is out of range, the plan is another hotline's, nobody can answer a line, or the executor is
            not there.
    """
    _check(settings)
    if plan is not None and plan.hotline.id != scenario.hotline.id:
        raise BadInput(
            say(
                "--plan: the plan is of {found}, the scenario of {wanted}; give the scenario of the plan's hotline",
                found=plan.hotline.id,
                wanted=scenario.hotline.id,
            )
        )
    if plan is None:
        _require_skills(scenario)
    if isinstance(settings.executor, DaskCluster):
        run_tasks(abs, [0], executor=settings.executor)  # a cluster that is not there is told before the forecast
    paths = PATHS_FOR_PRECISION if settings.replications is None else min(settings.replications, PATHS_MOST)
    prepared = prepare(
        scenario,
        settings.first,
        settings.days,
        seed=settings.seed,
        paths=max(PATHS_LEAST, paths),
        home=home,
        watch=watch,
    )
    centre, measures = centre_of_plan(prepared, plan) if plan is not None else _centre_of_seats(prepared, watch)
    if settings.engine is Engine.COMPILED and not engine_is_compiled():
        compile_engine(watch("compilation"))
    result = run_experiment(
        centre,
        seed=settings.seed,
        replications=settings.replications,
        precision=settings.precision,
        engine=settings.engine,
        executor=settings.executor or _executor_for(centre, settings),
        ledger_folder=home / "replications",
        progress=watch("simulation"),
    )
    kpis = period_kpis(result.counts)
    inputs = {
        **scenario.input_hashes(),
        "records": prepared.history.content_hash,
        "standard": content_hash([t.model_dump(mode="json") for t in prepared.targets]),
    }
    return SimulateView(
        prepared=prepared,
        settings=settings,
        centre=centre,
        experiment=result,
        kpis=kpis,
        estimate=estimate(period_values(result.counts, KPIS[settings.kpi]), paths=path_count(centre)),
        controlled=_controlled(centre, result, settings) if settings.control_variate else None,
        scorecard=build_scorecard(scenario.hotline, prepared.targets, result.counts, kpis, measures),
        notes=_notes(prepared, plan, inputs),
        inputs=inputs if plan is None else {**inputs, "duties": content_hash(plan.duties.astype(str).to_dict("list"))},
    )


def _controlled(centre: Centre, result: ExperimentResult, settings: SimulateSettings) -> Controlled:
    return controlled_kpi(centre, result.counts, KPIS[settings.kpi], seed=settings.seed)


def _executor_for(centre: Centre, settings: SimulateSettings) -> Executor:
    calls = calls_of(centre) * (settings.replications or REPLICATIONS_GUESSED)
    playing = settings.engine if engine_available(settings.engine) else Engine.SIMPY
    long = settings.workers > 1 and calls >= LONG_RUN_CALLS[playing]
    return LocalProcesses(settings.workers) if long else InProcess()


def _check(settings: SimulateSettings) -> None:
    if settings.kpi not in KPIS:
        known = list_words(list(KPIS))
        raise BadInput(say("--kpi: found {found!r}, allowed are {known}", found=settings.kpi, known=known))
    if settings.replications is not None and not 1 <= settings.replications <= REPLICATIONS_MAX:
        raise BadInput(
            say("--replications: found {n}, allowed are 1 to {most:,}", n=settings.replications, most=REPLICATIONS_MAX)
        )


def centre_of_plan(prepared: Prepared, plan: Plan) -> tuple[Centre, dict[str, float]]:
    """The plan's roster with the forecast's calls, and what the standard measures of the roster itself."""
    hotline, forecast, grid = prepared.hotline, prepared.forecast, prepared.grid
    agents = prepared.scenario.agents
    centre = centre_of(hotline, grid, prepared.open_mask, forecast.paths, forecast.aht_s, plan.duties, agents)
    return centre, measure_roster(hotline, plan.duties, rostered_agents(plan.duties, hotline, grid), grid)


def _centre_of_seats(prepared: Prepared, watch: StageProgress) -> tuple[Centre, dict[str, float]]:
    """The requirement's seats, always manned; they are no roster, of which nothing is measured."""
    hotline, forecast, grid = prepared.hotline, prepared.forecast, prepared.grid

    def seats() -> pd.DataFrame:
        workload = compute_workload(hotline, forecast.summary(), grid, prepared.calendar)
        requirement = compute_requirement(hotline, workload, prepared.targets, "interval")
        wanted = requirement["seats"].to_numpy(dtype=np.int64).reshape(len(hotline.groups), len(grid))
        return seat_duties(wanted, [group.id for group in hotline.groups], grid)

    duties = staged(watch, "requirement", seats)
    centre = centre_of(hotline, grid, prepared.open_mask, forecast.paths, forecast.aht_s, duties)
    return replace(centre, absence_share=0.0, late_share=0.0), {}


def _require_skills(scenario: Scenario) -> None:
    silent_kinds = {kind.id for kind in scenario.hotline.staff_kinds if not kind.answers_calls}
    known = {line for agent in scenario.agents if agent.staff_kind not in silent_kinds for line in agent.lines}
    for line in scenario.hotline.line_ids:
        if line not in known:
            raise BadInput(say("agents: nobody can answer line {line}; name it among an agent's lines", line=line))


def _notes(prepared: Prepared, plan: Plan | None, inputs: dict[str, str]) -> tuple[Text, ...]:
    notes = []
    if plan is None:
        notes.append(
            both(
                "Simulated are the seats of the requirement, each always manned: no roster, no absence, no lateness; "
                "give a plan's folder with --plan to simulate its roster."
            )
        )
    else:
        other = [key for key in inputs if key in plan.inputs and inputs[key] != plan.inputs[key]]
        if other:
            notes.append(
                both(
                    "Not as when the plan was made: {parts}. The scorecard need not be the plan's.",
                    parts=", ".join(other),
                )
            )
    if prepared.history.kind == "synthetic":
        notes.append(
            both(
                "The forecast learned from {days} days of synthetic records made from the hotline's assumed demand; "
                "import call records to plan on real ones.",
                days=prepared.history.days,
            )
        )
    return tuple(notes)
