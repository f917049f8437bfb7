"""Ways to repair a published roster as long work; they stand in the table of jobs until one is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from dashboard.asked import address
from dashboard.jobs.kinds import JobKind
from dashboard.jobs.work import JobWork
from wfm.errors import BadInput
from wfm.i18n import both, say
from wfm.store import JobRecord

__all__ = ["REPAIR", "away_of", "repair_parameters"]


def repair_parameters(
    hotline: str, first: date, version: int, away: Sequence[tuple[str, date, date | None]], now: datetime
) -> dict[str, Any]:
    """Parameters of the job.

    Args:
        hotline: a hotline that the desk knows by name.
        first: first day of the month.
        version: the published version that is to be repaired.
        away: person, first and last day; None: to the end of the roster.
        now: what began before stays.
    """
    return {
        "hotline": hotline,
        "first": first.isoformat(),
        "version": version,
        "away": [[agent, begin.isoformat(), end.isoformat() if end else ""] for agent, begin, end in away],
        "now": now.isoformat(),
    }


def away_of(parameters: Mapping[str, Any]) -> tuple[tuple[str, date, date | None], ...]:
    """Who cannot come, of a job's parameters."""
    return tuple(
        (str(agent), date.fromisoformat(begin), date.fromisoformat(end) if end else None)
        for agent, begin, end in parameters["away"]
    )


def _run(work: JobWork) -> Mapping[str, Any]:
    from scenarios.month_repair import propose_repairs
    from scenarios.roster_month import published_roster

    asked = work.parameters
    scenario = work.desk.hotlines.scenario(asked["hotline"])
    _, found = published_roster(scenario, work.desk.store, date.fromisoformat(asked["first"]))
    if found.version != asked["version"]:
        raise BadInput(
            say(
                "version {found} is published by now, not version {asked}; ask for repairs again",
                found=found.version,
                asked=asked["version"],
            )
        )
    proposals = propose_repairs(
        found, away_of(asked), datetime.fromisoformat(asked["now"]), progress=work.watch("repair")
    )
    return {"version": found.version, "proposals": [p.plain() for p in proposals]}


def _opens(job: JobRecord) -> str:
    asked = job.parameters
    return address("/roster", hotline=asked["hotline"], month=asked["first"], tab="repair", job=job.id)


REPAIR = JobKind(
    "repair", both("Repair of a roster"), "roster", _run, stages={"repair": both("Ways out")}, opens=_opens
)
