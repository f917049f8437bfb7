"""Looking at the running day as long work: what ``wfm intraday`` does, asked for on a page, and its result kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.asked import address
from dashboard.jobs.kinds import JobKind
from dashboard.jobs.work import JobWork
from scenarios.intraday import STAGES
from wfm.i18n import both
from wfm.store import JobRecord

__all__ = ["INTRADAY", "intraday_parameters"]


def intraday_parameters(hotline: str, at: datetime | None = None, seed: int = 1) -> dict[str, Any]:
    """Parameters of the job that looks at the day of ``hotline`` that holds ``at``; None: the clock's moment."""
    return {"hotline": hotline, "at": "" if at is None else at.isoformat(), "seed": seed}


def _run(work: JobWork) -> Mapping[str, Any]:
    from scenarios.kept_intraday import look_and_keep

    name = work.parameters["hotline"]
    scenario = work.desk.hotlines.scenario(name)
    zone = ZoneInfo(scenario.hotline.time_zone)
    made_at = work.desk.clock()
    asked = work.parameters.get("at")
    now = datetime.fromisoformat(asked).astimezone(zone) if asked else made_at.astimezone(zone)
    folders = work.desk.plans.folders()
    kept = look_and_keep(
        scenario,
        now,
        work.desk.home,
        made_at=made_at,
        plans=[folders[plan] for plan in work.desk.plans_of(name)],
        seed=int(work.parameters.get("seed", 1)),
        watch=work.watch,
    )
    return {"hotline": name, "day": kept.day.isoformat(), "now": kept.now.isoformat(), "moves": len(kept.moves)}


def _opens(job: JobRecord) -> str:
    return address("/review", hotline=job.hotline, tab="intraday", at=job.parameters.get("at"))


INTRADAY = JobKind("intraday", both("rest of the day"), "records", _run, stages=STAGES, opens=_opens)
