"""Making a plan as long work: what ``wfm plan`` does, asked for on a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from dashboard.asked import address
from dashboard.jobs.kinds import JobKind
from dashboard.jobs.work import JobWork
from scenarios.pipeline import STAGES, PlanSettings
from wfm.i18n import both
from wfm.store import JobRecord

__all__ = ["PLAN", "plan_parameters"]


def plan_parameters(hotline: str, settings: PlanSettings, folder: str = "") -> dict[str, Any]:
    """Parameters of the job that plans ``hotline``.

    Args:
        hotline: a hotline or what-if that the desk knows by name.
        settings: period, seed and effort; ``workers`` is left to the process that does it.
        folder: name of the plan's folder; by default the hotline and the first day.
    """
    values = asdict(settings) | {"first": settings.first.isoformat()}
    values.pop("workers")
    return {"hotline": hotline, "settings": values, "folder": folder}


def _run(work: JobWork) -> Mapping[str, Any]:
    from dashboard.reports import render_report
    from scenarios.keep_plan import make_plan
    from wfm.execution import usable_cores

    asked = work.parameters
    given = {**asked["settings"], "first": date.fromisoformat(asked["settings"]["first"])}
    settings = PlanSettings(**given, workers=usable_cores())
    scenario = work.desk.hotlines.scenario(asked["hotline"])
    name = asked.get("folder") or f"{asked['hotline']}-{settings.first.isoformat()}"
    make_plan(
        scenario,
        settings,
        work.desk.plans.folder / name,
        work.desk.home,
        work.desk.store,
        render_report,
        work.watch,
        who=work.who,
    )
    return {"plan": name}


def _opens(job: JobRecord) -> str:
    return address("/plan", plan=job.result.get("plan"))


PLAN = JobKind(
    "plan",
    both("Staffing plan"),
    "plan",
    _run,
    stages={**STAGES, "report": both("Report")},
    opens=_opens,
)
