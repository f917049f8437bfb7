"""Having a roster built: how long it may take and what it is to fill; it runs in the background and becomes a draft."""

from __future__ import annotations

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html, no_update

from dashboard.answering import Answering, tell
from dashboard.asked import Asked, asked_of
from dashboard.desk import Desk
from dashboard.jobs.panel import job_panel
from dashboard.jobs.roster_job import roster_parameters
from dashboard.pages.parts import card, select
from dashboard.pages.roster.names import draft_words, place_of
from dashboard.pages.roster.view import RosterView, look
from dashboard.person import here
from dashboard.wording import day_label
from scenarios.built_draft import BuildAsked
from scenarios.roster_limits import check_seconds
from wfm.errors import BadInput
from wfm.i18n import both, say
from wfm.store import JobRecord

__all__ = ["build_part", "wire_building"]

_WEEKS = (4, 5, 6, 8)


def build_part(asked: Asked, desk: Desk, view: RosterView) -> html.Section | html.Div:
    """The form, and the work under way or last done."""
    if not here().may("roster"):
        return html.Div()
    drafts = desk.store.drafts.drafts(view.scenario.hotline.id, view.first)
    sources = [("", say("what the forecast asks for"))]
    sources += [(str(d.id), say("posts and pins of {draft}", draft=draft_words(d))) for d in drafts]
    running = _latest(desk, view)
    form = html.Div(
        [
            dmc.NumberInput(
                id="roster-build-days",
                label=say("Days from {first} on", first=day_label(view.first)),
                value=(view.last - view.first).days + 1,
                min=7,
                max=91,
                w=170,
                size="sm",
            ),
            dmc.NumberInput(
                id="roster-build-seconds",
                label=say("Search for (seconds)"),
                value=40,
                min=5,
                max=3600,
                w=130,
                size="sm",
            ),
            select("roster-build-like", say("Fill"), sources, "", 280),
            html.Button(say("Build a roster"), id="roster-build", className="button", n_clicks=0),
        ],
        className="controls",
    )
    note = say(
        "The solver fills the posts, keeps every rule and shares nights and weekends fairly. The result is a draft."
    )
    return card(
        say("Build"),
        [
            dcc.Store(id="roster-job-done"),
            form,
            html.P(note, className="note"),
            html.Div(job_panel(running, done="roster-job-done") if running else None, id="roster-job"),
        ],
    )


def _latest(desk: Desk, view: RosterView) -> JobRecord | None:
    """The build of this month that was asked for last."""
    jobs = desk.jobs.recent(kind="roster", hotline=view.hotline, limit=10)
    return next((j for j in jobs if j.parameters.get("first") == view.first.isoformat()), None)


def wire_building(answer: Answering, desk: Desk) -> None:
    """Register the callbacks of the form and of the end of the work."""

    @answer(
        Output("roster-job", "children"),
        Input("roster-build", "n_clicks"),
        State("roster-build-days", "value"),
        State("roster-build-seconds", "value"),
        State("roster-build-like", "value"),
        State("roster-url", "search"),
        right="roster",
        prevent_initial_call=True,
        running=[(Output("roster-build", "disabled"), True, False)],
    )
    def build(clicks: int | None, days: Any, seconds: Any, like: str | None, search: str | None) -> Any:
        """Ask for the work; its panel follows it."""
        if not clicks:
            raise dash.exceptions.PreventUpdate
        view = look(asked_of("/roster", search), desk)
        if not isinstance(days, (int, float)) or not isinstance(seconds, (int, float)):
            raise BadInput(say("Give the number of days and of seconds."))
        check_seconds(float(seconds))
        chosen = None if like in (None, "", "all") else int(str(like))
        wanted = BuildAsked(view.first, int(days), chosen, float(seconds))
        job = desk.jobs.submit(
            "roster",
            roster_parameters(view.hotline, wanted),
            title=both("Roster of {hotline} from {first} on", hotline=view.scenario.hotline.name, first=view.first),
            hotline=view.hotline,
            who=here().name,
        )
        return job_panel(job, done="roster-job-done")

    @answer(
        Output("roster-url", "search", allow_duplicate=True),
        Input("roster-job-done", "data"),
        State("roster-url", "search"),
        right="see",
        prevent_initial_call=True,
    )
    def show_built(done: dict[str, Any] | None, search: str | None) -> Any:
        """The draft that was built."""
        if not done or done.get("state") != "done":
            return no_update
        draft = desk.jobs.get(int(done["job"])).result.get("draft")
        if draft is None:
            return no_update
        asked = asked_of("/roster", search)
        view = look(Asked("/roster", {**asked.query, "draft": str(draft)}), desk)
        tell(say("The roster is built; it is draft {number}.", number=draft))
        return place_of(asked, view, tab="", draft=draft, version="", plan="", build="").partition("/roster")[2]
