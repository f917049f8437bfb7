"""Building a roster as long work: what ``wfm roster build`` does, and the result is a draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dashboard.asked import address
from dashboard.jobs.kinds import JobKind
from dashboard.jobs.work import JobWork
from scenarios.built_draft import BuildAsked
from scenarios.roster import ROSTER_STAGES
from wfm.i18n import both
from wfm.store import JobRecord

__all__ = ["ROSTER", "roster_parameters"]


def roster_parameters(hotline: str, asked: BuildAsked) -> dict[str, Any]:
    """Parameters of the job that builds a roster of ``hotline``; threads are left to the process that does it."""
    return {
        "hotline": hotline,
        "first": asked.first.isoformat(),
        "days": asked.days,
        "like": asked.like,
        "seconds": asked.seconds,
        "seed": asked.seed,
    }


def _run(work: JobWork) -> Mapping[str, Any]:
    from scenarios.built_draft import build_draft
    from wfm.execution import usable_cores

    given = work.parameters
    asked = BuildAsked(
        first=date.fromisoformat(given["first"]),
        days=int(given["days"]),
        like=given["like"],
        seconds=float(given["seconds"]),
        seed=int(given["seed"]),
        workers=usable_cores(),
    )
    scenario = work.desk.hotlines.scenario(given["hotline"])
    record, result = build_draft(scenario, work.desk.store, work.desk.home, asked, watch=work.watch, who=work.who)
    return {"draft": record.id, "hotline": given["hotline"], "status": result.status, "duties": len(result.duties)}


def _opens(job: JobRecord) -> str:
    return address("/roster", hotline=job.result.get("hotline"), draft=job.result.get("draft"))


ROSTER = JobKind("roster", both("Roster"), "roster", _run, stages=ROSTER_STAGES, opens=_opens)
