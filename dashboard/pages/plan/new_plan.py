"""Making a plan: what is asked, the work under way, and what is said where there is no plan yet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html

from dashboard.answering import Answering, tell
from dashboard.asked import Asked, address, asked_of
from dashboard.days import read_day
from dashboard.desk import Desk
from dashboard.jobs.panel import job_panel
from dashboard.jobs.plan_job import plan_parameters
from dashboard.pages.parts import card, day_field
from dashboard.person import here
from scenarios.pipeline import PlanSettings
from scenarios.preparation import DAYS_MAX
from wfm.errors import BadInput
from wfm.i18n import both, language, say

__all__ = ["empty_view", "new_view", "wire_new_plan"]


def empty_view(asked: Asked, desk: Desk) -> list[Any]:
    """No plan yet: what will be here, and the first step."""
    scenario = desk.scenario(asked)
    return [
        html.Div(
            [
                html.H1(scenario.hotline.name.of()),
                html.P(
                    say("No plan of {name} yet. A plan brings the forecast, the seats required, a roster, its simulation, "
                        "and the scorecard against the standard.", name=scenario.hotline.name),
                    className="headline none",
                    id="plan-headline",
                ),
            ],
        ),
        *_form_and_work(asked, desk),
    ]  # fmt: skip


def new_view(asked: Asked, desk: Desk) -> list[Any]:
    """A further plan of the hotline."""
    scenario = desk.scenario(asked)
    back = dcc.Link(say("Back to the plans"), href=address("/plan", hotline=desk.hotline_of(asked)))
    return [
        html.Div(
            [
                html.Div([html.H1(say("New plan")), html.P(scenario.hotline.name.of())], className="title"),
                html.Div(back, className="controls"),
            ],
            className="top",
        ),
        *_form_and_work(asked, desk),
    ]


def _form_and_work(asked: Asked, desk: Desk) -> list[Any]:
    hotline = desk.hotline_of(asked)
    kept = [
        dcc.Location(id="plan-url", refresh="callback-nav"),
        dcc.Store(id="plan-drawn", data=""),
        dcc.Store(id="plan-asked-for", data=hotline),
        dcc.Store(id="plan-made"),
    ]
    running = [job for job in desk.jobs.recent(kind="plan", hotline=hotline, limit=5) if not job.finished]
    work = html.Div([job_panel(job, done="plan-made") for job in running], id="plan-work")
    if not here().may("plan"):
        words = say("Plans are made by managers and analysts; ask one of them, or look at another hotline.")
        return [*kept, html.P(words, className="quiet"), work]
    return [*kept, card(say("Make a plan"), [_form(desk, asked), work])]


def _form(desk: Desk, asked: Asked) -> html.Div:
    today = desk.now(asked).date()
    monday = today + timedelta(days=7 - today.weekday())
    level = [
        {"value": "interval", "label": say("in every interval")},
        {"value": "day", "label": say("over each day, as the standard counts")},
    ]
    sure = [{"value": "", "label": say("expected demand")}] + [
        {"value": str(share), "label": say("{share} % of days comply", share=share)} for share in (80, 90, 95)
    ]
    for option in sure:
        option["value"] = option["value"] or "none"
    return html.Div(
        [
            html.Div(
                [
                    day_field("plan-new-first", say("First day"), monday),
                    dmc.NumberInput(
                        id="plan-new-days", label=say("Days"), value=28, min=1, max=DAYS_MAX, w=110, size="sm"
                    ),
                    dmc.Select(id="plan-new-level", label=say("Targets hold"), data=level, value="interval",
                               allowDeselect=False, w=260, size="sm"),
                    dmc.Select(id="plan-new-confidence", label=say("Seats for"), data=sure, value="none",
                               allowDeselect=False, w=200, size="sm"),
                    dmc.NumberInput(id="plan-new-seed", label=say("Seed of chance"), value=1, min=0, w=130, size="sm"),
                    html.Button(say("Make a plan"), id="plan-make", className="button", type="button"),
                ],
                className="plan-form",
            ),
            html.P(
                say("Takes about a minute; you may leave this page meanwhile. The same seed gives the same plan."),
                className="note",
            ),
        ],
        lang=language(),
    )  # fmt: skip


def wire_new_plan(answer: Answering, desk: Desk) -> None:
    """Register the callbacks of the form."""

    @answer(
        Output("plan-work", "children"),
        Input("plan-make", "n_clicks"),
        State("plan-new-first", "value"),
        State("plan-new-days", "value"),
        State("plan-new-level", "value"),
        State("plan-new-confidence", "value"),
        State("plan-new-seed", "value"),
        State("plan-asked-for", "data"),
        right="plan",
        prevent_initial_call=True,
        running=[(Output("plan-make", "disabled"), True, False)],
    )
    def make(
        clicks: int | None, first: str | None, days: Any, level: str | None, sure: str | None, seed: Any, hotline: str
    ) -> Any:
        """Ask for a plan; its work shows below the form."""
        if not clicks:
            raise dash.exceptions.PreventUpdate
        settings = settings_of(first, days, level, sure, seed)
        scenario = desk.hotlines.scenario(hotline)
        name = free_name(desk, f"{hotline}-{settings.first.isoformat()}")
        job = desk.jobs.submit(
            "plan",
            plan_parameters(hotline, settings, name),
            title=both("{hotline}, {days} days from {first}", hotline=scenario.hotline.name, days=settings.days,
                       first=settings.first),
            hotline=hotline,
            who=here().name,
        )  # fmt: skip
        return [job_panel(job, done="plan-made")]

    @answer(
        Output("plan-url", "search", allow_duplicate=True),
        Input("plan-made", "data"),
        State("plan-url", "search"),
        State("plan-asked-for", "data"),
        right="see",
        prevent_initial_call=True,
    )
    def made(done: dict[str, Any] | None, search: str | None, hotline: str) -> Any:
        """Open the plan when it is made."""
        if not done or done.get("state") != "done":
            raise dash.exceptions.PreventUpdate
        name = desk.jobs.get(int(done["job"])).result.get("plan")
        tell(say("The plan “{name}” is made.", name=name))
        return asked_of("/plan", search).with_(plan=name, view="", hotline=hotline).removeprefix("/plan")


def settings_of(first: str | None, days: Any, level: str | None, sure: str | None, seed: Any) -> PlanSettings:
    """What was filled in.

    Raises:
        BadInput: something is missing or out of range.
    """
    day = read_day(first, say("First day"))
    if not isinstance(days, int | float) or not 1 <= days <= DAYS_MAX or int(days) != days:
        raise BadInput(say("Days: found {found}, allowed are 1 to {most}.", found=days, most=DAYS_MAX))
    if not isinstance(seed, int | float) or seed < 0 or int(seed) != seed:
        raise BadInput(say("Seed of chance: found {found}, allowed are whole numbers from 0.", found=seed))
    return PlanSettings(
        first=day,
        days=int(days),
        seed=int(seed),
        level="day" if level == "day" else "interval",
        confidence=None if sure in (None, "", "none") else int(str(sure)) / 100,
    )


def free_name(desk: Desk, name: str) -> str:
    """The name for a plan's folder, with a number where it is taken already."""
    taken = set(desk.plans.names()) | {
        str(job.parameters.get("folder")) for job in desk.jobs.recent(kind="plan", limit=50) if not job.finished
    }
    return next(one for n in range(1, 1000) if (one := name if n == 1 else f"{name}-{n}") not in taken)
