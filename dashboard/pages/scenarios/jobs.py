"""Running a scenario, and sweeping its parameters, as long work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from dashboard.asked import address
from dashboard.jobs.kinds import JobKind
from dashboard.jobs.work import JobWork
from scenarios.pipeline import PlanSettings
from scenarios.scenario_runs import RUN_STAGES
from scenarios.sweep import SWEEP_STAGES
from scenarios.sweep_folder import SweepQuestion
from wfm.errors import BadInput
from wfm.i18n import both, say
from wfm.store import JobRecord

__all__ = ["SCENARIO_RUN", "SWEEP", "run_parameters", "sweep_parameters"]


def run_parameters(scenario: str, root: str, settings: PlanSettings) -> dict[str, Any]:
    """Parameters of the job that runs a scenario; ``root`` is its hotline's key in the tree."""
    values = asdict(settings) | {"first": settings.first.isoformat()}
    values.pop("workers")
    return {"scenario": scenario, "root": root, "settings": values}


def _run(work: JobWork) -> Mapping[str, Any]:
    from dashboard.pages.scenarios.desk import scenario_desk
    from dashboard.reports import render_report
    from scenarios.scenario_runs import run_scenario
    from wfm.execution import usable_cores

    asked = work.parameters
    given = {**asked["settings"], "first": date.fromisoformat(asked["settings"]["first"])}
    name = run_scenario(
        asked["scenario"],
        scenario_desk(work.desk).shelf.scenario(asked["scenario"]),
        PlanSettings(**given, workers=usable_cores()),
        work.desk.home,
        work.desk.store,
        render_report,
        work.watch,
        who=work.who,
    )
    return {"run": name, "root": asked.get("root", "")}


def _opens(job: JobRecord) -> str:
    return address("/scenarios", tab="tree", hotline=job.result.get("root"))


SCENARIO_RUN = JobKind("scenario-run", both("Run of a scenario"), "scenarios", _run, stages=RUN_STAGES, opens=_opens)


def sweep_parameters(question: SweepQuestion, root: str) -> dict[str, Any]:
    """Parameters of the job that computes a sweep, whose question lies in its folder."""
    return {"sweep": question.name, "scenario": question.scenario, "root": root}


def _sweep(work: JobWork) -> Mapping[str, Any]:
    from dashboard.pages.scenarios.desk import scenario_desk
    from scenarios.sweep import prepare_sweep, run_sweep
    from scenarios.sweep_folder import ask_sweep, finish_sweep, formula_of, points_of, read_sweep
    from wfm.execution import usable_cores

    home = work.desk.home
    question = read_sweep(home, work.parameters["sweep"]).question
    scenario = scenario_desk(work.desk).shelf.scenario(question.scenario)
    now = ask_sweep(question.scenario, scenario, question.parameters, question.settings, home, who=work.who)
    if now.name != question.name:
        raise BadInput(say("The scenario, its records or the product changed since this sweep was asked; ask it anew."))
    prepared = prepare_sweep(scenario, question.parameters, question.settings, home, work.watch)
    run_sweep(
        prepared,
        workers=usable_cores(),
        ledger=points_of(home, question),
        formula=formula_of(home, question),
        watch=work.watch,
    )
    finish_sweep(home, question)
    return {"sweep": question.name, "root": work.parameters.get("root", "")}


def _opens_sweep(job: JobRecord) -> str:
    return address("/scenarios", tab="sweep", hotline=job.result.get("root"), sweep=job.result.get("sweep"))


SWEEP = JobKind("sweep", both("Sweep"), "scenarios", _sweep, stages=SWEEP_STAGES, opens=_opens_sweep)
