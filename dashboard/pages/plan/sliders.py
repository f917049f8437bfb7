"""试算: turn a number and see at once, by formula, what it takes in seats, hours and people; verify it by simulation."""

from __future__ import annotations

from typing import Any

import dash
from dash import ALL, Input, Output, State, ctx, dcc, html, no_update

from dashboard.answering import Answering
from dashboard.asked import Asked, address, asked_of
from dashboard.colours import Screen
from dashboard.desk import Desk
from dashboard.figures.frame import aria, frame
from dashboard.figures.what_if import what_if_figure
from dashboard.graph import graph
from dashboard.jobs.panel import job_panel
from dashboard.pages.parts import card, download, key, select
from dashboard.pages.plan.charts import day_options
from dashboard.pages.plan.following import plan_or_stop
from dashboard.pages.plan.knobs import change_of, knob_part, knob_words, knobs_for, query_of, values_in
from dashboard.pages.plan.place import span_of, view_in
from dashboard.pages.plan.quick import QUICK
from dashboard.pages.plan.told import hours_table, sentence_of
from dashboard.pages.plan.verify import verified_part, verify_parameters, verify_title
from dashboard.person import here
from dashboard.views import day_list, weakest_day
from scenarios.plan import Plan
from scenarios.quick_change import Change
from wfm.errors import BadInput
from wfm.i18n import say

__all__ = ["days_in", "planned_change", "sliders_view", "wire_sliders"]


def sliders_view(asked: Asked, desk: Desk, plan: Plan, name: str) -> list[Any]:
    """The sliders with their answer."""
    knobs = knobs_for(plan)
    values = values_in(asked, knobs)
    days = days_in(asked, plan)
    change = change_of(knobs, values)
    span = asked.get("span") if asked.get("span") in ("week", "plan") else "day"
    controls = html.Div(
        [
            dcc.Location(id="plan-sliders-url", refresh="callback-nav"),
            dcc.Store(id="plan-verified"),
            dcc.Store(id="plan-sliders-shown", data=""),
            select("plan-sliders-day", say("Day"), day_options(plan), days[0].isoformat(), 220),
            select(
                "plan-sliders-span",
                say("Answer for"),
                [("day", say("this day")), ("week", say("the week from it")), ("plan", say("the whole plan"))],
                span,
                220,
            ),
            dcc.Link(
                say("As planned"),
                href=address("/plan", hotline=asked.get("hotline"), plan=name, view="sliders", day=days[0], span=asked.get("span")),
                id="plan-reset",
                className="button quiet-button",
            ),
        ],
        className="controls choices",
    )  # fmt: skip
    waiting = frame(asked.screen, say("Computing …"), 360)
    waiting.update_xaxes(visible=False).update_yaxes(visible=False)
    return [
        controls,
        html.Div([knob_part(knob, values[knob.key]) for knob in knobs], className="knobs"),
        html.P(say("Computing …"), className="headline none", id="plan-sliders-sentence", role="status"),
        card(
            say("Before and after"),
            [
                html.Div(id="plan-sliders-hours"),
                key(
                    [
                        (say("as planned"), {"background": "var(--fill)"}, ""),
                        (say("as changed"), {"borderTop": "2px solid var(--accent)", "height": "0"}, ""),
                    ]
                ),
                graph("plan-sliders", waiting),
                html.P(
                    say(
                        "By formula, for the expected demand of these days: the same sizing that makes a plan. "
                        "It leaves out what the roster adds; a finished plan and the simulation hold it."
                    ),
                    className="note",
                ),
            ],
            [download("plan-sliders-csv")],
        ),
        card(
            say("Verify by simulation"),
            [
                html.P(
                    say(
                        "Plays the calls of these days, one by one, against the seats above, 200 times, and sets what "
                        "callers meet beside the formula. Takes some seconds; you may leave the page meanwhile."
                    ),
                    className="note",
                ),
                html.Div(
                    verified_part(desk, plan, name, change, days),
                    id="plan-verify-part",
                ),
            ],
            [html.Button(say("Verify by simulation"), id="plan-verify", className="button", type="button")]
            if here().may("plan")
            else [],
        ),
    ]


def days_in(asked: Asked, plan: Plan) -> list[Any]:
    """The days that are asked about: by default the plan's weakest day."""
    day = asked.day("day")
    first = day if day in day_list(plan) else weakest_day(plan)
    return span_of(plan, first, asked.get("span"))


def _told(
    plan: Plan, days: list[Any], change: Change, screen: Screen, desk: Desk, name: str, asked: Asked
) -> dict[str, Any]:
    before = QUICK.answer(plan, planned_change(plan), days)
    after = QUICK.answer(plan, change, days)
    return {
        "sentence": sentence_of(plan, days, before, after),
        "hours": hours_table(plan, desk, days, change, before, after),
        "chart": what_if_figure(plan, days, before, after, screen),
        "csv": f"/download/plan/what-if.csv{asked.search(plan=name)}",
    }


def planned_change(plan: Plan) -> Change:
    """No change: the confidence that the plan was made for, by formula."""
    return Change(confidence=next((knob.default for knob in knobs_for(plan) if knob.key == "confidence"), None))


def wire_sliders(answer: Answering, desk: Desk) -> None:
    """Register the callbacks of the view."""

    @answer(
        Output("plan-sliders-url", "search"),
        Output({"part": "plan-knob-slider", "knob": ALL}, "value"),
        Output({"part": "plan-knob-value", "knob": ALL}, "children"),
        Output("plan-sliders-day", "value"),
        Output("plan-sliders-span", "value"),
        Output("plan-sliders-sentence", "children"),
        Output("plan-sliders-hours", "children"),
        Output("plan-sliders", "figure"),
        Output("plan-sliders-frame", "aria-label"),
        Output("plan-sliders-csv", "href"),
        Output("plan-verify-part", "children"),
        Output("plan-sliders-shown", "data"),
        Input("plan-sliders-url", "search"),
        Input({"part": "plan-knob-slider", "knob": ALL}, "value"),
        Input("plan-sliders-day", "value"),
        Input("plan-sliders-span", "value"),
        Input("plan-verified", "data"),
        State({"part": "plan-knob-slider", "knob": ALL}, "id"),
        State("plan-sliders-shown", "data"),
        State("plan-drawn", "data"),
        State("screen", "data"),
        right="see",
        running=[(Output("plan-sliders-frame", "className"), "graph waiting", "graph")],
    )
    def turn(
        search: str | None,
        sliders: list[Any],
        day: str | None,
        span: str | None,
        _verified: Any,
        ids: list[dict[str, str]],
        shown: str,
        drawn: str,
        told: dict[str, bool] | None,
    ) -> Any:
        """Everything follows the sliders; the address keeps them."""
        asked = asked_of("/plan", search, told)
        if (asked.get("plan") and asked.get("plan") != drawn) or view_in(asked) != "sliders":
            raise dash.exceptions.PreventUpdate
        plan = plan_or_stop(desk, drawn)
        knobs = knobs_for(plan)
        by_hand = {one["knob"]: float(value) for one, value in zip(ids, sliders, strict=True) if value is not None}
        known = values_in(asked, knobs)
        triggered = ctx.triggered_prop_ids
        by_address = not shown or "plan-sliders-url.search" in triggered
        values = known if by_address else {**known, **by_hand}
        if not by_address:
            changes = {"day": day, "span": "" if span in (None, "day", "all") else span}
            query = asked.search(plan=drawn, view="sliders", **changes, **query_of(knobs, values))
            asked = asked_of("/plan", query, told)
        days = days_in(asked, plan)
        change = change_of(knobs, values)
        wanted = f"{values} {days[0]} {len(days)}"
        if wanted == shown and "plan-verified.data" not in triggered:
            raise dash.exceptions.PreventUpdate
        parts = _told(plan, days, change, asked.screen, desk, drawn, asked)
        return (
            no_update if by_address else asked.with_().removeprefix("/plan"),
            [values[one["knob"]] if by_address else no_update for one in ids],
            [knob_words(next(k for k in knobs if k.key == one["knob"]), values[one["knob"]]) for one in ids],
            days[0].isoformat() if by_address and asked.get("span") != "plan" else no_update,
            (asked.get("span") or "day") if by_address else no_update,
            parts["sentence"],
            parts["hours"],
            parts["chart"],
            aria(parts["chart"]),
            parts["csv"],
            verified_part(desk, plan, drawn, change, days),
            wanted,
        )

    @answer(
        Output("plan-verify-part", "children", allow_duplicate=True),
        Input("plan-verify", "n_clicks"),
        State("plan-sliders-url", "search"),
        State("plan-drawn", "data"),
        right="plan",
        prevent_initial_call=True,
        running=[(Output("plan-verify", "disabled"), True, False)],
    )
    def verify(clicks: int | None, search: str | None, drawn: str) -> Any:
        """Ask for the simulation of what the sliders say."""
        if not clicks:
            raise dash.exceptions.PreventUpdate
        plan = desk.plans.plan(drawn)
        asked = asked_of("/plan", search)
        knobs = knobs_for(plan)
        change = change_of(knobs, values_in(asked, knobs))
        days = days_in(asked, plan)
        if len(days) > 7:
            raise BadInput(say("Choose a day or a week to verify; the whole plan is simulated when it is made."))
        job = desk.jobs.submit(
            "verify",
            verify_parameters(drawn, change, days, asked),
            title=verify_title(plan, days),
            hotline=plan.hotline.id,
            who=here().name,
        )
        return job_panel(job, done="plan-verified")
