"""How the import answers: the job is asked for, watched, and its result drawn; a file can be removed."""

from __future__ import annotations

from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, State, ctx

from dashboard.answering import Answering
from dashboard.asked import asked_of
from dashboard.desk import Desk
from dashboard.jobs.import_job import import_parameters
from dashboard.jobs.panel import job_panel
from dashboard.pages.data.importing import job_of_upload
from dashboard.person import here
from scenarios.record_imports import REJECTED_MAX
from wfm.errors import BadInput
from wfm.i18n import both, say
from wfm.records.uploads import Uploads

__all__ = ["wire_import"]


def wire_import(answer: Answering, desk: Desk) -> None:
    """Register the callbacks."""
    answer.in_browser(ClientsideFunction("data", "picker"), Output("data-picker", "lang"), Input("data-picker", "id"))
    _import(answer, desk)
    _forget(answer, desk)


def _import(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("data-job", "children"),
        Input("data-import", "n_clicks"),
        Input("data-check", "n_clicks"),
        State("data-allow", "checked"),
        State("data-mix", "checked"),
        State("data-token", "data"),
        State("data-url", "search"),
        right="records",
        prevent_initial_call=True,
        running=[(Output("data-import", "disabled"), True, False), (Output("data-check", "disabled"), True, False)],
    )
    def start(
        clicks: int | None,
        checks: int | None,
        allow: bool | None,
        mix: bool | None,
        token: str,
        search: str | None,
    ) -> Any:
        """Import the file, or check all its rows; who asks twice is shown the work that is under way."""
        if not clicks and not checks:
            raise dash.exceptions.PreventUpdate
        scenario = desk.scenario(asked_of("/data", search))
        upload = Uploads(desk.home).get(token)
        under_way = job_of_upload(desk, scenario, token)
        if under_way is not None and not under_way.finished:
            return job_panel(under_way, "data-job-done")
        dry = ctx.triggered_id == "data-check"
        title = both("Check {name}", name=upload.name) if dry else both("Import {name}", name=upload.name)
        number = desk.jobs.submit(
            "import",
            import_parameters(
                scenario.hotline.id, token, dry=dry, rejected_max=1.0 if allow else REJECTED_MAX, mix=bool(mix)
            )
            | {"hotline": desk.hotline_of(asked_of("/data", search))},
            title=title,
            who=here().name,
            hotline=scenario.hotline.id,
        )
        return job_panel(desk.jobs.get(number), "data-job-done")

    @answer(
        Output("data-url", "search"),
        Input("data-job-done", "data"),
        State("data-url", "search"),
        right="records",
        prevent_initial_call=True,
    )
    def ended(told: dict[str, Any] | None, search: str | None) -> Any:
        """The page is drawn again with what the job came to; one that failed is told by its panel."""
        if not told or told["state"] != "done":
            raise dash.exceptions.PreventUpdate
        asked = asked_of("/data", search)
        return asked.search(done=told["job"])


def _forget(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("data-url", "search", allow_duplicate=True),
        Input("data-forget", "n_clicks"),
        State("data-token", "data"),
        State("data-url", "search"),
        right="records",
        prevent_initial_call=True,
    )
    def forget(clicks: int | None, token: str, search: str | None) -> Any:
        """Remove the file at once; what a job is reading stays until it has ended."""
        if not clicks:
            raise dash.exceptions.PreventUpdate
        asked = asked_of("/data", search)
        job = job_of_upload(desk, desk.scenario(asked), token)
        if job is not None and not job.finished:
            raise BadInput(say("The file is being read; call the work off first."))
        uploads = Uploads(desk.home)
        uploads.forget(uploads.get(token))
        return asked.search(file="", done="", made="", **{"as": ""})
