"""Seats by interval: required with their confidence band, rostered, opened and built; and what decides them."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
from dash import dcc, html

from dashboard.attributes import cell_label
from dashboard.figures.binding import reason_colours
from dashboard.pages.parts import card, key
from dashboard.pages.plan.charts import Charts, choices, defined
from dashboard.views import reason_hours
from dashboard.wording import number_words, reason_words, value_words
from scenarios.plan import Plan
from wfm.i18n import say
from wfm.metrics import KPIS

__all__ = ["seats_view"]


def seats_view(charts: Charts) -> list[Any]:
    """Required against rostered seats, and what binds where."""
    return [choices(charts.plan, charts.place, "seats"), _seats(charts), _binding(charts)]


def _seats(charts: Charts) -> html.Section:
    marks = key(
        [
            (say("required (with unplanned absence)"), {}, "line"),
            (
                say("required on busier days: 80, 90, 95 % of days"),
                {"background": "var(--accent)", "opacity": "0.3"},
                "",
            ),
            (say("rostered"), {"background": "var(--fill)"}, ""),
            (say("short"), {"background": "var(--short)"}, ""),
            (say("seats opened and built (caps of the whole hotline)"), {}, "cap"),
        ]
    )
    note = html.P(
        say(
            "The band is by formula: the same targets sized for the calls that 80, 90 and 95 % of days stay below, "
            "read from the spread of the forecast. How surely a day complies is on the scorecard, by simulation."
        ),
        className="note",
    )
    grid = html.Details([html.Summary(say("Table of intervals"), id="plan-seats-table-open"), _grid()])
    return card(
        say("Required and rostered"),
        [marks, dcc.Store(id="plan-band"), charts.chart("seats"), note, grid],
        [charts.table("seats")],
    )


def _grid() -> dag.AgGrid:
    """The table of intervals; its rows come when it is opened."""
    names = {
        "group": say("Group"),
        "interval": say("Interval"),
        "heads": say("Required"),
        "seats": say("Seats"),
        "rostered_a": say("Rostered A"),
        "rostered_b": say("Rostered B"),
        "short_heads": say("Short"),
        "reason": say("Decided by"),
    }
    wide = {"group": 180, "interval": 150, "reason": 240}
    columns = [
        {
            "field": field,
            "headerName": words,
            "width": wide.get(field, 110),
            "type": "" if field in wide else "rightAligned",
        }
        for field, words in names.items()
    ]
    texts = {"noRowsToShow": say("No rows"), "loadingOoo": say("Loading …")}
    return dag.AgGrid(
        id="plan-seats-table",
        columnDefs=columns,
        rowData=[],
        defaultColDef={"sortable": True, "resizable": True, "suppressHeaderMenuButton": True},
        dashGridOptions={"localeText": texts},
        className="grid",
        style={"height": "320px", "width": "100%"},
    )


def _binding(charts: Charts) -> html.Section:
    colours = reason_colours(charts.plan, charts.screen)
    marks = key([(reason_words(reason), {"background": colour}, "") for reason, colour in colours.items()])
    return card(
        say("What decides the seats"),
        [marks, charts.chart("binding"), _shares(charts.plan)],
        [charts.table("binding")],
    )


def _shares(plan: Plan) -> html.Table:
    hours = reason_hours(plan)
    total = float(hours.sum()) or 1.0
    heads = [(say("decided by"), ""), (say("seat-hours"), "n"), (say("share"), "n"), (say("what would lower them"), "")]
    return html.Table(
        [
            html.Thead(html.Tr([html.Th(words, className=cls, scope="col") for words, cls in heads])),
            html.Tbody(
                [
                    html.Tr(
                        [
                            html.Td(_explained(str(reason)), className="full"),
                            html.Td(number_words(float(value)), className="n", **cell_label(say("seat-hours"))),
                            html.Td(value_words(float(value) / total, "share"), className="n", **cell_label(say("share"))),
                            html.Td(_way_out(str(reason)), className="full"),
                        ]
                    )
                    for reason, value in hours.items()
                ]
            ),
        ],
        className="score",
    )  # fmt: skip


def _explained(reason: str) -> Any:
    kpi = KPIS.get(reason)
    return defined(reason_words(reason), kpi.definition.of(), kpi.clause) if kpi else reason_words(reason)


def _way_out(reason: str) -> str:
    if reason == "minimum_cover":
        return say("fewer groups at quiet hours, or a lower minimum cover")
    if reason == "built_seats":
        return say("nothing: more seats are wanted than may be opened; open more, or lower the calls")
    if reason == "occupancy_max":
        return say("a higher cap on occupancy, or less work between calls")
    return say("a looser limit (see “Cost of strictness”), more patient callers, or lines that share their agents")
