"""Looking ahead by month as long work: what ``wfm hire`` does, asked for on a page, and its result kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dashboard.asked import address
from dashboard.jobs.kinds import JobKind
from dashboard.jobs.work import JobWork
from scenarios.hire import HIRE_STAGES
from wfm.i18n import both
from wfm.store import JobRecord

__all__ = ["HIRE", "hire_parameters"]


def hire_parameters(hotline: str, first: date, months: int) -> dict[str, Any]:
    """Parameters of the work that looks ahead over ``months`` months from that of ``first``."""
    return {"hotline": hotline, "first": first.replace(day=1).isoformat(), "months": months}


def _run(work: JobWork) -> Mapping[str, Any]:
    from scenarios.kept_hires import look_ahead_and_keep
    from wfm.execution import usable_cores

    asked = work.parameters
    scenario = work.desk.hotlines.scenario(asked["hotline"])
    look_ahead_and_keep(
        scenario,
        date.fromisoformat(asked["first"]),
        int(asked["months"]),
        work.desk.home,
        workers=usable_cores(),
        watch=work.watch,
    )
    return {"hotline": asked["hotline"]}


def _opens(job: JobRecord) -> str:
    return address("/plan", hotline=job.hotline, view="hiring", months=job.parameters.get("months"))


HIRE = JobKind("hire", both("look ahead"), "plan", _run, stages=HIRE_STAGES, opens=_opens)
