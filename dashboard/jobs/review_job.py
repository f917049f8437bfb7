"""Looking back at a period as long work: what ``wfm review`` does, asked for on a page, and its result kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dashboard.asked import address
from dashboard.jobs.kinds import JobKind
from dashboard.jobs.work import JobWork
from scenarios.review import STAGES
from wfm.i18n import both
from wfm.store import JobRecord

__all__ = ["REVIEW", "review_parameters"]


def review_parameters(
    hotline: str, first: date, last: date, *, seed: int = 1, replications: int = 100, all_days: bool = False
) -> dict[str, Any]:
    """Parameters of the job that looks back at the days from ``first`` to ``last``."""
    return {
        "hotline": hotline,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "seed": seed,
        "replications": replications,
        "all_days": all_days,
    }


def _run(work: JobWork) -> Mapping[str, Any]:
    from scenarios.kept_review import keep_review, review_inputs
    from scenarios.review import ReviewSettings, review_period

    asked, desk = work.parameters, work.desk
    scenario = desk.hotlines.scenario(asked["hotline"])
    settings = ReviewSettings(
        first=date.fromisoformat(asked["first"]),
        last=date.fromisoformat(asked["last"]),
        seed=int(asked["seed"]),
        replications=int(asked["replications"]),
        all_days=bool(asked["all_days"]),
    )
    inputs = review_inputs(scenario, desk.home, desk.store)
    found = review_period(scenario, settings, desk.home, desk.store, work.watch)
    kept = keep_review(found, desk.home, desk.clock(), inputs)
    return {
        "first": asked["first"],
        "last": asked["last"],
        "days": len(kept.days),
        "missed": sum(bool(day.missed) for day in kept.days),
    }


def _opens(job: JobRecord) -> str:
    asked = job.parameters
    return address("/review", hotline=asked["hotline"], tab="causes", **{"from": asked["first"], "to": asked["last"]})


REVIEW = JobKind("review", both("look back"), "records", _run, stages=STAGES, opens=_opens)
