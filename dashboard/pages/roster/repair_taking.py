"""Taking a repair: into the draft of the month, where it can be looked at and undone, or published at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import dash
from dash import ALL, Input, Output, State, ctx

from dashboard.answering import Answering, tell
from dashboard.asked import address, asked_of
from dashboard.desk import Desk
from dashboard.jobs.repair_job import away_of
from dashboard.pages.roster.put_in import differing_part, draft_to_change, put_in_place
from dashboard.pages.roster.view import RosterView, look
from dashboard.person import here
from scenarios.month_repair import Proposal, repair_in_draft, take_repair
from wfm.errors import BadInput
from wfm.i18n import say
from wfm.store import JobRecord

__all__ = ["wire_taking"]


def wire_taking(answer: Answering, desk: Desk) -> None:
    """Register the callbacks of the ways' buttons."""
    place = [State("url", "pathname"), State("url", "search")]

    @answer(
        Output("roster-repair-url", "href"),
        Output("roster-repair-differs", "children"),
        Input({"part": "roster-repair-take", "job": ALL, "number": ALL}, "n_clicks"),
        Input({"part": "roster-repair-insist", "job": ALL, "number": ALL, "seen": ALL}, "n_clicks"),
        *place,
        right="roster",
        prevent_initial_call=True,
    )
    def take(clicks: list[int | None], insisted: list[int | None], path: str, search: str) -> Any:
        """Put the way that was chosen into the draft; where the draft does not agree, say where."""
        chosen = _chosen([*clicks, *insisted])
        asked = asked_of(path, search)
        view = look(asked, desk)
        job, proposal = _proposal(desk, view, chosen)
        put = repair_in_draft(
            view.scenario,
            desk.store,
            view.first,
            proposal,
            away_of(job.parameters),
            desk.now(asked),
            draft=draft_to_change(desk, view),
            seen=int(chosen["seen"]) if "seen" in chosen else None,
            who=here().name,
        )
        if put.differs:
            insist = {"part": "roster-repair-insist", "job": job.id, "number": int(chosen["number"])}
            return dash.no_update, differing_part(desk, asked, view, put, insist)
        number = put.draft.record.id
        if put.step is None:
            tell(say("Draft {number} holds these changes already.", number=number), kind="warning")
        else:
            tell(say("The repair stands in draft {number}; the absence is noted.", number=number))
        places = {(m["agent"], date.fromisoformat(m["date"])) for m in proposal.moves}
        return put_in_place(asked, view, put, places), []

    @answer(
        Output("roster-repair-url", "href", allow_duplicate=True),
        Input({"part": "roster-repair-publish", "job": ALL, "number": ALL}, "n_clicks"),
        *place,
        right="roster",
        prevent_initial_call=True,
    )
    def take_at_once(clicks: list[int | None], path: str, search: str) -> Any:
        """Publish the way that was chosen, as the next version."""
        chosen = _chosen(clicks)
        asked = asked_of(path, search)
        view = look(asked, desk)
        job, proposal = _proposal(desk, view, chosen)
        made = take_repair(
            view.scenario,
            desk.store,
            view.first,
            proposal,
            away_of(job.parameters),
            desk.now(asked),
            over=int(job.result["version"]),
            who=here().name,
        )
        said = say("Published as version {version}. The version before stays in the history.", version=made.version)
        draft = draft_to_change(desk, view)
        if draft is None:
            tell(said)
        else:
            number = draft.record.id
            open_words = say(
                "Draft {number} is open and does not hold this repair; put it in there too.", number=number
            )
            tell(f"{said} {open_words}", kind="warning")
        return address(
            "/roster", hotline=view.hotline, month=view.first.isoformat(), at=asked.get("at"), version=made.version
        )


def _chosen(clicks: Sequence[int | None]) -> dict[str, Any]:
    """Id of the button that was pressed; nothing happens when the buttons were only drawn."""
    used = ctx.triggered_id
    if not any(clicks) or not isinstance(used, dict):
        raise dash.exceptions.PreventUpdate
    return dict(used)


def _proposal(desk: Desk, view: RosterView, chosen: dict[str, Any]) -> tuple[JobRecord, Proposal]:
    """The way that a button stands for.

    Raises:
        BadInput: it is another roster's, or there is no such way.
    """
    job = desk.jobs.get(int(chosen["job"]))
    fits = job.state == "done" and job.kind == "repair" and job.parameters["hotline"] == view.hotline
    if not fits or job.parameters["first"] != view.first.isoformat():
        raise BadInput(say("This repair belongs to another roster."))
    proposals = job.result["proposals"]
    number = int(chosen["number"])
    if not 1 <= number <= len(proposals):
        raise BadInput(say("There is no way {number}.", number=number))
    return job, Proposal.of(proposals[number - 1])
