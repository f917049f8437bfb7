"""How the page keeps up: every minute what has changed is drawn again, and nothing else; the line and the moment follow the address."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

import dash
from dash import Input, Output, State, no_update
from plotly.utils import PlotlyJSONEncoder

from dashboard.answering import Answering, tell
from dashboard.asked import Asked, asked_of
from dashboard.days import read_clock, read_day
from dashboard.desk import Desk
from dashboard.figures.frame import aria
from dashboard.jobs.panel import job_panel
from dashboard.pages.today.charts import chosen_line, figure_of
from dashboard.pages.today.downloads import serve_today_tables
from dashboard.pages.today.layout import refreshed
from dashboard.pages.today.looking import Looked, looked
from dashboard.person import here
from wfm.i18n import both, say

__all__ = ["wire"]

_PARTS = ("as-of", "headline", "attention", "tiles", "targets", "calls-key", "lines", "duty")
_FRAMES = {"headline": "headline-frame"}
_CHARTS = ("calls", "people")


def wire(answer: Answering, desk: Desk) -> None:
    """Register the callbacks of the page, and its tables."""
    _refresh(answer, desk)
    _choose(answer, desk)
    _moment(answer)
    _again(answer, desk)
    serve_today_tables(answer.app.server, desk)


def _asked(search: str | None, told: dict[str, bool] | None) -> Asked:
    return asked_of("/today", search, told)


def _refresh(answer: Answering, desk: Desk) -> None:
    @answer(
        *(Output(f"today-{_FRAMES.get(name, name)}", "children") for name in _PARTS),
        Output("today-seen", "data"),
        Input("today-tick", "n_intervals"),
        Input("today-job-done", "data"),
        State("today-url", "search"),
        State("today-seen", "data"),
        State("screen", "data"),
        right="see",
        prevent_initial_call=True,
    )
    def refresh(
        ticks: int | None,
        done: Any,
        search: str | None,
        seen: dict[str, str] | None,
        told: dict[str, bool] | None,
    ) -> Any:
        """What has changed since it was drawn; the rest stays untouched, with whatever is open or marked in it."""
        asked = _asked(search, told)
        parts = refreshed(looked(asked, desk), asked)
        marks = {name: _digest(part) for name, part in parts.items()}
        before = seen or {}
        return (
            *(no_update if before.get(name) == marks[name] else parts[name] for name in _PARTS),
            marks,
        )

    @answer(
        *(Output(f"today-{name}", "figure") for name in _CHARTS),
        *(Output(f"today-{name}-frame", "aria-label") for name in _CHARTS),
        Input("today-seen", "data"),
        State("today-url", "search"),
        State("screen", "data"),
        right="see",
        prevent_initial_call=True,
    )
    def redraw(_seen: Any, search: str | None, told: dict[str, bool] | None) -> Any:
        """The charts, after what is around them."""
        return _charts(looked(_asked(search, told), desk), _asked(search, told))


def _charts(seen: Looked, asked: Asked) -> Any:
    line = chosen_line(seen.today, asked.get("line"))
    drawn = [figure_of(name, seen.today, line, asked.screen) for name in _CHARTS]
    return (*drawn, *(aria(figure) for figure in drawn))


def _digest(part: Any) -> str:
    return hashlib.sha256(json.dumps(part, cls=PlotlyJSONEncoder, sort_keys=True).encode()).hexdigest()[:16]


def _choose(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("today-url", "search"),
        Output("today-calls", "figure", allow_duplicate=True),
        Output("today-calls-frame", "aria-label", allow_duplicate=True),
        Output("today-calls-key", "children", allow_duplicate=True),
        Output("today-calls-csv", "href"),
        Output("today-line", "value"),
        Input("today-line", "value"),
        Input("today-url", "search"),
        State("screen", "data"),
        right="see",
        prevent_initial_call=True,
    )
    def choose(value: str | None, search: str | None, told: dict[str, bool] | None) -> Any:
        """Another line; going back in the browser brings the one before back."""
        asked = _asked(search, told)
        seen = looked(asked, desk)
        by_address = "today-url.search" in dash.ctx.triggered_prop_ids
        chosen = "" if value in (None, "all") else str(value)
        line = chosen_line(seen.today, asked.get("line") if by_address else chosen)
        if (by_address and line == chosen) or (not by_address and line == asked.get("line")):
            raise dash.exceptions.PreventUpdate
        there = Asked("/today", {**asked.query, "line": line}, asked.screen)
        figure = figure_of("calls", seen.today, line, asked.screen)
        query = Asked("/download/today/calls.csv", {k: v for k, v in there.query.items() if v})
        return (
            no_update if by_address else there.search(),
            figure,
            aria(figure),
            refreshed(seen, there)["calls-key"],
            query.with_(),
            line or "all",
        )


def _moment(answer: Answering) -> None:
    @answer(
        Output("url", "search", allow_duplicate=True),
        Input("today-day", "value"),
        Input("today-clock", "value"),
        State("today-drawn", "data"),
        State("today-url", "search"),
        right="see",
        prevent_initial_call=True,
    )
    def look_from(day: str | None, clock: str | None, drawn: str, search: str | None) -> Any:
        """Another day, or another time of it; the fields say what is drawn until somebody changes one."""
        moment = datetime.combine(read_day(day, say("Day")), read_clock(clock, say("Time")))
        at = moment.isoformat(timespec="minutes")
        if at == drawn:
            raise dash.exceptions.PreventUpdate
        return _asked(search, None).search(at=at)


def _again(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("today-job", "children"),
        Input("today-again", "n_clicks"),
        State("today-url", "search"),
        right="records",
        prevent_initial_call=True,
        running=[(Output("today-again", "disabled"), True, False)],
    )
    def again(clicks: int | None, search: str | None) -> Any:
        """Ask for the rest of the day anew, and watch it being done."""
        if not clicks:
            raise dash.exceptions.PreventUpdate
        from dashboard.jobs.intraday_job import intraday_parameters

        asked = _asked(search, None)
        scenario, now = desk.scenario(asked), desk.now(asked)
        name = scenario.hotline.name
        job = desk.jobs.submit(
            "intraday",
            intraday_parameters(desk.hotline_of(asked), now if asked.get("at") else None),
            title=both("{hotline}: rest of {day}", hotline=name, day=now.date()),
            hotline=scenario.hotline.id,
            who=here().name,
        )
        tell(say("The rest of the day is being forecast anew."))
        return job_panel(desk.jobs.get(job), done="today-job-done")
