"""从严的代价: hours for each limit and each confidence, and what each further hour of a day buys."""

from __future__ import annotations

from datetime import date
from typing import Any

import dash
import pandas as pd
from dash import Input, Output, State, ctx, dcc, html, no_update
from flask import Response, request

from dashboard.answering import Answering
from dashboard.asked import Asked, asked_of
from dashboard.attributes import cell_label
from dashboard.csv_files import csv_file
from dashboard.desk import Desk
from dashboard.figures.strictness import bought_figure, cost_figure, knob_value_words
from dashboard.graph import graph
from dashboard.pages.parts import card, download, select
from dashboard.pages.plan.charts import day_options
from dashboard.pages.plan.following import plan_or_stop
from dashboard.pages.plan.knobs import knobs_for
from dashboard.pages.plan.place import view_in
from dashboard.pages.plan.quick import QUICK
from dashboard.pages.plan.sliders import days_in, planned_change
from dashboard.person import require
from dashboard.views import reason_hours
from dashboard.wording import day_label, difference_words, number_words
from scenarios.plan import Plan
from scenarios.quick_change import Change, Knob, changed_targets
from scenarios.strictness import bought_by_hours, costs_of, strict_knobs
from wfm.errors import BadInput
from wfm.i18n import say

__all__ = ["strictness_view", "wire_strictness"]


def knob_in(asked: Asked, plan: Plan) -> Knob:
    """What the address asks to be varied; by default the limit that decides most seats of the plan."""
    knobs = strict_knobs(knobs_for(plan))
    kpis = {target.id: target.kpi for target in changed_targets(plan.hotline, Change())}
    ranked = [str(reason) for reason in reason_hours(plan).index]
    decides = sorted(knobs, key=lambda k: ranked.index(kpis[k.target]) if kpis.get(k.target) in ranked else len(ranked))
    return next((knob for knob in knobs if knob.key == asked.get("strict")), decides[0])


def strictness_view(asked: Asked, plan: Plan) -> list[Any]:
    """The choice of limit and day; what follows is computed once the page stands."""
    knob, day = knob_in(asked, plan), days_in(asked, plan)[0]
    return [
        html.Div(
            [
                dcc.Location(id="plan-strictness-url", refresh="callback-nav"),
                dcc.Store(id="plan-strictness-shown", data=""),
                select(
                    "plan-strictness-knob", say("What is varied"),
                    [(one.key, one.name.of()) for one in strict_knobs(knobs_for(plan))], knob.key, 300,
                ),
                select("plan-strictness-day", say("Day"), day_options(plan), day.isoformat(), 220),
            ],
            className="controls choices",
        ),
        html.Div(html.P(say("Computing …"), className="loading"), id="plan-strictness"),
    ]  # fmt: skip


def _told(plan: Plan, name: str, knob: Knob, day: date, asked: Asked) -> list[Any]:
    base = planned_change(plan)
    table = costs_of(QUICK.answer, plan, base, knob, [day])
    link = f"/download/plan/strictness.csv?plan={name}&strict={knob.key}&day={day.isoformat()}"
    parts: list[Any] = [
        html.P(_sentence(knob, table, day), className="headline none", id="plan-strictness-sentence", role="status"),
        card(
            say("Agent-hours by {name}", name=knob.name),
            [graph("plan-cost", cost_figure(knob, table, asked.screen)), _table(knob, table)],
            [download("plan-cost-csv", link)],
        ),
    ]
    if knob.target:
        bought = bought_by_hours(QUICK.answer, plan, base, knob.target, day)
        target = next(t for t in changed_targets(plan.hotline, base) if t.id == knob.target)
        if bought is not None and target.limit is not None:
            hours = QUICK.answer(plan, base, [day]).seat_hours
            parts.append(
                card(
                    say("What each further hour buys"),
                    [
                        graph(
                            "plan-bought",
                            bought_figure(
                                target.name.of(), target.unit, day, bought, hours, target.limit, asked.screen
                            ),
                        ),
                        html.P(
                            say(
                                "The best that any allocation of so many seat-hours reaches over the day, every seat where it helps "
                                "this target most, from minimum cover on. Where the plan asks every interval to keep the target, it "
                                "takes more hours than the day by itself would."
                            ),
                            className="note",
                        ),
                    ],
                    [download("plan-bought-csv", link.replace("strictness.csv", "bought.csv"))],
                )
            )
    return parts  # fmt: skip


def _sentence(knob: Knob, table: pd.DataFrame, day: date) -> str:
    """What one step to either side costs."""
    at = int(table["planned"].to_numpy().argmax())
    words = [
        say(
            "{name} {value} instead of {planned}: {difference}",
            name=knob.name,
            value=knob_value_words(knob, float(table["value"].iloc[n])),
            planned=knob_value_words(knob, knob.default),
            difference=difference_words(float(table["extra_h"].iloc[n]), "h"),
        )
        for n in (at - 1, at + 1)
        if 0 <= n < len(table)
    ]
    hours = number_words(float(table["agent_hours"].iloc[at]), 1)
    told = say("; ").join(words)
    if float(table["extra_h"].min()) > -0.05 and knob.key != "confidence":
        told += say("; a looser limit saves nothing, as other targets and minimum cover decide")
    return say("{day} takes {hours} agent-hours. {told}.", day=day_label(day), hours=hours, told=told)


def _table(knob: Knob, table: pd.DataFrame) -> html.Table:
    heads = [
        knob.name.of(),
        say("agent-hours"),
        say("against the plan"),
        say("most seats at once"),
        say("seat-hours not to be had"),
    ]
    return html.Table(
        [
            html.Thead(html.Tr([html.Th(words, className="n" if n else "", scope="col") for n, words in enumerate(heads)])),
            html.Tbody(
                [
                    html.Tr(
                        [
                            html.Td([knob_value_words(knob, row["value"]), " · " + say("planned") if row["planned"] else ""], className="full"),
                            html.Td(number_words(row["agent_hours"], 1), className="n", **cell_label(heads[1])),
                            html.Td(difference_words(row["extra_h"], "h"), className="n", **cell_label(heads[2])),
                            html.Td(number_words(row["most_seats"]), className="n", **cell_label(heads[3])),
                            html.Td(number_words(row["short_hours"], 1), className="n", **cell_label(heads[4])),
                        ],
                        className="sure" if row["planned"] else "",
                    )
                    for row in table.to_dict("records")
                ]
            ),
        ],
        className="score",
    )  # fmt: skip


def wire_strictness(answer: Answering, desk: Desk) -> None:
    """Register the callbacks and downloads of the view."""

    @answer(
        Output("plan-strictness-url", "search"),
        Output("plan-strictness", "children"),
        Output("plan-strictness-knob", "value"),
        Output("plan-strictness-day", "value"),
        Output("plan-strictness-shown", "data"),
        Input("plan-strictness-url", "search"),
        Input("plan-strictness-knob", "value"),
        Input("plan-strictness-day", "value"),
        State("plan-strictness-shown", "data"),
        State("plan-drawn", "data"),
        State("screen", "data"),
        right="see",
        running=[(Output("plan-strictness", "className"), "waiting", "")],
    )
    def vary(
        search: str | None,
        knob: str | None,
        day: str | None,
        shown: str,
        drawn: str,
        told: dict[str, bool] | None,
    ) -> Any:
        """Another limit or another day; and the first one, as soon as the page stands."""
        asked = asked_of("/plan", search, told)
        if (asked.get("plan") and asked.get("plan") != drawn) or view_in(asked) != "strictness":
            raise dash.exceptions.PreventUpdate
        plan = plan_or_stop(desk, drawn)
        by_address = not shown or "plan-strictness-url.search" in ctx.triggered_prop_ids
        if not by_address:
            asked = asked_of("/plan", asked.search(plan=drawn, strict=knob, day=day), told)
        chosen, on = knob_in(asked, plan), days_in(asked, plan)[0]
        wanted = f"{chosen.key} {on.isoformat()}"
        if wanted == shown:
            raise dash.exceptions.PreventUpdate
        query = no_update if by_address else asked.with_().removeprefix("/plan")
        return query, _told(plan, drawn, chosen, on, asked), chosen.key, on.isoformat(), wanted

    @answer.app.server.get("/download/plan/<name>.csv")  # type: ignore[untyped-decorator]
    def plan_strictness_table(name: str) -> Response:
        require("see")
        asked = asked_of("/plan", request.query_string.decode())
        if name not in ("strictness", "bought"):
            raise BadInput(say("There is no table {name}.", name=name))
        plan = desk.plans.plan(asked.get("plan"))
        knob, day = knob_in(asked, plan), days_in(asked, plan)[0]
        base = planned_change(plan)
        table: pd.DataFrame | None
        if name == "strictness":
            table = costs_of(QUICK.answer, plan, base, knob, [day])
        else:
            table = bought_by_hours(QUICK.answer, plan, base, knob.target, day)
        if table is None:
            raise BadInput(say("No formula tells what further hours buy for {target}.", target=knob.name))
        return csv_file(desk, asked, table, f"{asked.get('plan')}-{name}-{knob.key}-{day}")
