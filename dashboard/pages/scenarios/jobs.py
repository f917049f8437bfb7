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
from wfm.i18n import both
from wfm.store import JobRecord

__all__ = ["SCENARIO_RUN", "run_parameters"]


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
