"""Which of many rosters is best, simulated only as far as it takes to tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scenarios.ledger import BatchFolder
from scenarios.plan import Plan
from scenarios.preparation import Prepared, StageProgress, prepare, silent
from scenarios.scenario import Scenario, content_hash
from scenarios.simulate import PATHS_FOR_PRECISION, centre_of_plan
from simulation import Choice, Engine, choose_best
from simulation.engine import compile_engine, engine_available, engine_is_compiled
from simulation.selection import REPLICATIONS_MIN, require_choice
from wfm import __version__
from wfm.errors import BadInput
from wfm.i18n import Text, list_words, say
from wfm.metrics import KPIS

__all__ = ["CHOOSE_STAGES", "ChooseSettings", "ChooseView", "choose_plan"]

CHOOSE_STAGES: dict[str, Text] = {
    "history": Text("Call records", "通话记录"),
    "forecast": Text("Forecast", "话务预测"),
    "compilation": Text("Compiling the simulator", "编译仿真引擎"),
    "simulation": Text("Simulation", "仿真"),
}


@dataclass(frozen=True, slots=True)
class ChooseSettings:
    """By which KPI rosters are told apart, and how surely."""

    kpi: str = "asa_s"
    probability: float = 0.95
    """With which the chosen roster shall be within ``indifference`` of the best."""
    indifference: float = 0.0
    """Differences up to this do not matter, in the unit of the KPI."""
    replications_max: int = 2000
    """Of all rosters together."""
    seed: int | None = None
    """None: the first plan's."""
    engine: Engine = Engine.COMPILED
    workers: int = 1


@dataclass(frozen=True, slots=True)
class ChooseView:
    """Which roster is best, how surely, and from what."""

    prepared: Prepared
    settings: ChooseSettings
    seed: int
    choice: Choice
    inputs: dict[str, str]
    """Hash of each input; of each plan its duties."""
    version: str = __version__

    @property
    def engine(self) -> Engine:
        """The engine that played."""
        return self.settings.engine if engine_available(self.settings.engine) else Engine.SIMPY


def choose_plan(
    scenario: Scenario,
    plans: Mapping[str, Plan],
    settings: ChooseSettings,
    home: Path,
    *,
    watch: StageProgress = silent,
) -> ChooseView:
    """Let the rosters of plans answer the same calls, most often those between which it is hard to choose.

    Args:
        scenario: hotline and agents, or a what-if of them, for all plans.
        plans: two or more by name, of this hotline and of one period.
        settings: the KPI, and how surely.
        home: where call records live, and finished replications are kept.
        watch: called with a stage's key, returns the progress to tell of it.

    Raises:
        BadInput: fewer than two plans, a plan of another hotline or period, an unknown KPI, or a number out of range.
    """
    if settings.kpi not in KPIS:
        known = list_words(list(KPIS))
        raise BadInput(say("--kpi: found {found!r}, allowed are {known}", found=settings.kpi, known=known))
    if len(plans) < 2:
        raise BadInput(say("a choice needs at least two plans, found {n}", n=len(plans)))
    most = settings.replications_max
    require_choice(len(plans), settings.probability, settings.indifference, REPLICATIONS_MIN, most)
    first = next(iter(plans.values()))
    for name, plan in plans.items():
        if plan.hotline.id != scenario.hotline.id:
            raise BadInput(
                say(
                    "{plan}: the plan is of {found}, the scenario of {wanted}; give the scenario of the plan's hotline",
                    plan=name,
                    found=plan.hotline.id,
                    wanted=scenario.hotline.id,
                )
            )
        if (plan.first, plan.days) != (first.first, first.days):
            raise BadInput(
                say(
                    "{plan}: begins on {found} and has {days} days; the plans to choose from must have one period",
                    plan=name,
                    found=plan.first.isoformat(),
                    days=plan.days,
                )
            )
    seed = first.seed if settings.seed is None else settings.seed
    prepared = prepare(scenario, first.first, first.days, seed=seed, paths=PATHS_FOR_PRECISION, home=home, watch=watch)
    centres = {name: centre_of_plan(prepared, plan)[0] for name, plan in plans.items()}
    if settings.engine is Engine.COMPILED and not engine_is_compiled():
        compile_engine(watch("compilation"))
    ledger = BatchFolder(home / "replications")
    choice = choose_best(
        centres,
        seed=seed,
        kpi=settings.kpi,
        p_good=settings.probability,
        indifference=settings.indifference,
        replications_max=settings.replications_max,
        engine=settings.engine,
        workers=settings.workers,
        ledger=ledger,
        progress=watch("simulation"),
    )
    ledger.tidy()
    inputs = {
        **scenario.input_hashes(),
        "records": prepared.history.content_hash,
        **{f"{name}/duties.csv": content_hash(plan.duties.astype(str).to_dict("list")) for name, plan in plans.items()},
    }
    return ChooseView(prepared=prepared, settings=settings, seed=seed, choice=choice, inputs=inputs)
