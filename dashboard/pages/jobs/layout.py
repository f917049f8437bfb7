"""The page of long work: the chosen job, what is under way, and what was asked for lately."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from dash import html

from dashboard.answering import Answering
from dashboard.asked import Asked
from dashboard.desk import Desk
from dashboard.jobs.badge import wire_badge
from dashboard.jobs.panel import job_list, job_panel, wire_panels
from dashboard.page import Page
from dashboard.pages.parts import card
from dashboard.person import here
from wfm.errors import BadInput
from wfm.i18n import both, say
from wfm.store import JobRecord

__all__ = ["PAGE"]

SHOWN = 50


def _show(asked: Asked, desk: Desk) -> list[Any]:
    who = here().name
    everybody = not who or asked.get("whose") == "all"
    jobs = desk.jobs.recent(who=None if everybody else who, limit=SHOWN)
    zone = ZoneInfo(desk.scenario(asked).hotline.time_zone)
    chosen = _chosen(asked, desk)
    under_way = [job for job in jobs if not job.finished and (chosen is None or job.id != chosen.id)]
    finished = [job for job in jobs if job.finished]
    page: list[Any] = [
        html.H1(say("Long work")),
        html.P(_headline(jobs), id="jobs-headline", className=f"headline {_look(jobs)}"),
    ]
    if chosen is not None:
        page.append(card(say("Job {number}", number=chosen.id), [job_panel(chosen)]))
    if under_way:
        page.append(card(say("Under way"), [job_panel(job) for job in under_way]))
    if finished:
        page.append(card(say("Ended"), [job_list(finished, zone)]))
    if not jobs:
        page.append(
            html.P(
                say(
                    "Plans, simulations and sweeps that take more than a moment are done in the background; here stand "
                    "their progress and their results. Ask for the first one on the page Plan or Scenarios."
                ),
                className="empty",
            )
        )
    if who:
        other = asked.with_(whose="" if everybody else "all")
        words = say("Only my own work") if everybody else say("Work of everybody")
        page.append(html.P(html.A(words, href=other)))
    return page


def _chosen(asked: Asked, desk: Desk) -> JobRecord | None:
    if not asked.get("job"):
        return None
    number = asked.number("job")
    if number is None:
        raise BadInput(say("planning store: there is no job {number}", number=asked.get("job")))
    return desk.jobs.get(number)


def _look(jobs: list[JobRecord]) -> str:
    ended = next((job for job in jobs if job.finished), None)
    return "missed" if ended is not None and ended.state == "failed" else "none"


def _headline(jobs: list[JobRecord]) -> str:
    running, waiting = (sum(job.state == state for job in jobs) for state in ("running", "waiting"))
    if running or waiting:
        return say("{running} running, {waiting} waiting for a free worker.", running=running, waiting=waiting)
    ended = next((job for job in jobs if job.finished), None)
    if ended is None:
        return say("No long work yet.")
    if ended.state == "failed" and ended.error is not None:
        return say("Nothing runs. “{title}” failed last: {why}", title=ended.title, why=ended.error)
    return say("Nothing runs. The last one was “{title}”.", title=ended.title)


def _wire(answer: Answering, desk: Desk) -> None:
    """Panels and badge stand on every page; they are wired here, once."""
    wire_panels(answer, desk)
    wire_badge(answer, desk)


PAGE = Page("jobs", both("Long work"), _show, wire=_wire, in_menu=False)
