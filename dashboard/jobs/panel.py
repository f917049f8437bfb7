"""A job on a page: what it is at, how far it is, and the buttons that call it off, repeat it or show its result.

The panel asks the server by itself until the job has ended, so that whoever leaves the page and comes back,
or reloads it, finds it as far as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

import dash
from dash import MATCH, Input, Output, State, ctx, dcc, html, set_props

from dashboard.answering import Answering
from dashboard.attributes import UNSPOKEN, aria_label, cell_label
from dashboard.desk import Desk
from dashboard.jobs.kinds import kind_of
from dashboard.jobs.words import STATES, duration_words, elapsed_s, stage_words
from dashboard.person import here, require
from wfm.errors import BadInput
from wfm.i18n import say
from wfm.store import JobRecord

__all__ = ["job_list", "job_panel", "wire_panels"]

ASKED_EVERY_MS = 1000


def job_panel(job: int | JobRecord, done: str = "") -> html.Div:
    """The panel of a job.

    Args:
        job: the job, or its number; given whole, it is drawn at once.
        done: id of a ``dcc.Store`` of the page, whose data becomes ``{"job": …, "state": …}`` when the job ends.
    """
    number = job if isinstance(job, int) else job.id
    return html.Div(_inside(number, job if isinstance(job, JobRecord) else None, done), id=_id("panel", number))


def job_list(jobs: Sequence[JobRecord], zone: tzinfo | None = None) -> html.Table | html.P:
    """Jobs as a small table, each with the way to its result.

    Args:
        jobs: as ``desk.jobs.recent(…)`` gives them.
        zone: time zone of the times shown; that of the server by default.
    """
    if not jobs:
        return html.P(say("No long work yet."), className="quiet")
    heads = (say("Work"), say("State"), say("Submitted"), say("Submitted by"), say("Took"), say("Result"))
    return html.Table(
        [
            html.Thead(html.Tr([html.Th(words, scope="col") for words in heads])),
            html.Tbody([_row(job, heads, zone) for job in jobs]),
        ],
        className="score jobs",
    )


def wire_panels(answer: Answering, desk: Desk) -> None:
    """Register the callbacks of all panels; once for the application."""

    @answer(
        Output(_id("body", MATCH), "children"),
        Output(_id("tick", MATCH), "disabled"),
        Input(_id("tick", MATCH), "n_intervals"),
        Input(_id("cancel", MATCH), "n_clicks"),
        State(_id("told", MATCH), "data"),
        right="see",
    )
    def follow(_ticks: int | None, clicks: int | None, told: dict[str, Any]) -> Any:
        """The job as it is now; first called off, if that was asked."""
        number = int(told["job"])
        if isinstance(ctx.triggered_id, dict) and ctx.triggered_id["part"] == "job-cancel" and clicks:
            job = desk.jobs.get(number)
            require(kind_of(job.kind).right)
            desk.jobs.cancel(number, here().name)
        job = desk.jobs.get(number)
        if job.finished and told["done"] and not told["ended"]:
            set_props(told["done"], {"data": {"job": number, "state": job.state}})
        return _body(job), job.finished

    @answer(
        Output(_id("panel", MATCH), "children"),
        Input(_id("again", MATCH), "n_clicks"),
        State(_id("told", MATCH), "data"),
        right="see",
        prevent_initial_call=True,
    )
    def again(clicks: int | None, told: dict[str, Any]) -> Any:
        """The same work again, watched in the same place."""
        if not clicks:
            raise dash.exceptions.PreventUpdate
        job = desk.jobs.get(int(told["job"]))
        require(kind_of(job.kind).right)
        fresh = desk.jobs.get(desk.jobs.rerun(job.id, here().name))
        return _inside(fresh.id, fresh, told["done"])


def _id(part: str, job: Any) -> dict[str, Any]:
    return {"part": f"job-{part}", "job": job}


def _inside(number: int, job: JobRecord | None, done: str) -> list[Any]:
    ended = job is not None and job.finished
    return [
        dcc.Interval(id=_id("tick", number), interval=ASKED_EVERY_MS, disabled=ended),
        dcc.Store(id=_id("told", number), data={"job": number, "done": done, "ended": ended}),
        html.Div(_body(job, number), id=_id("body", number), className="job", role="status"),
    ]


def _body(job: JobRecord | None, number: int = 0) -> list[Any]:
    """What the panel shows. Its buttons are always there, so that a callback finds them; those of no use are hidden."""
    if job is None:
        return [html.P(say("Loading …"), className="quiet"), *_buttons(None, number)]
    look = STATES[job.state]
    told = [
        html.Span([html.Span(look.icon, className=f"mark {look.look}", **UNSPOKEN), " ", look.word.of()]),
        html.Span(duration_words(elapsed_s(job)), className="n") if job.started_at else None,
    ]
    return [
        html.Div([html.Strong(job.title.of()), *told], className="job-head"),
        _bar(job),
        html.P(_sentence(job), className="job-stage") if _sentence(job) else None,
        *_buttons(job, job.id),
    ]


def _sentence(job: JobRecord) -> str:
    return job.error.of() if job.error is not None else stage_words(job)


def _bar(job: JobRecord) -> html.Progress | None:
    if job.state != "running":
        return None
    name = aria_label(say("Progress of {title}", title=job.title.of()))
    if job.state == "running" and job.total > 0:
        return html.Progress(value=str(min(job.done, job.total)), max=str(job.total), **name)
    return html.Progress(**name)  # without a value it says that something is under way


def _buttons(job: JobRecord | None, number: int) -> list[Any]:
    may = job is not None and _may(job)
    can_cancel = job is not None and may and not job.finished and not job.cancel_asked
    can_repeat = job is not None and may and job.finished
    address = _address(job) if job is not None else ""
    return [
        html.Div(
            [
                html.A(say("Show the result"), href=address, className="button") if address else None,
                html.Button(
                    say("Call off"), id=_id("cancel", number), className="button quiet-button", hidden=not can_cancel
                ),
                html.Button(
                    say("Repeat"), id=_id("again", number), className="button quiet-button", hidden=not can_repeat
                ),
            ],
            className="job-buttons",
        )
    ]


def _may(job: JobRecord) -> bool:
    try:
        return here().may(kind_of(job.kind).right)
    except BadInput:
        return False


def _address(job: JobRecord) -> str:
    """Where the result is seen; nothing for a kind that this version does not know."""
    if job.state != "done":
        return ""
    try:
        return kind_of(job.kind).opens(job)
    except BadInput:
        return ""


def _row(job: JobRecord, heads: Sequence[str], zone: tzinfo | None) -> html.Tr:
    look = STATES[job.state]
    address = _address(job)
    cells: list[Any] = [
        dcc.Link(job.title.of(), href=f"/jobs?job={job.id}"),
        [
            html.Span(look.icon, className=f"mark {look.look}", **UNSPOKEN),
            " ",
            look.word.of(),
            html.Span(job.error.of(), className="small why") if job.error is not None else None,
        ],
        _moment(job.created_at, zone),
        job.owner or say("the owner"),
        duration_words(elapsed_s(job)) if job.started_at else "–",
        html.A(say("Show"), href=address) if address else "–",
    ]
    return html.Tr([html.Td(cell, **cell_label(head)) for cell, head in zip(cells, heads, strict=True)])


def _moment(at: datetime, zone: tzinfo | None) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
