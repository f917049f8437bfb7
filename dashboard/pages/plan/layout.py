"""The plan page: what matters first, then the scorecard, what will come, and who is there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
import plotly.graph_objects as go
from dash import dcc, html

from dashboard.address import Place
from dashboard.attributes import UNSPOKEN, cell_label
from dashboard.colours import Screen, line_colour
from dashboard.figures import coverage_figure, daily_figure, demand_figure, seats_figure
from dashboard.graph import graph
from dashboard.pages.parts import STATUS_CLASS, card, download, facts, findings, key, select, status_cell
from dashboard.roster_words import assumption_sentences, fairness_rows, roster_pairs
from dashboard.sentences import headline, weak_place, worst_status
from dashboard.views import busiest_line, daily_rows, day_list, demand_by_day, group_ids
from dashboard.wording import (
    day_label,
    day_name,
    group_name,
    interval_words,
    limit_words,
    line_name,
    period_words,
    probability_words,
    sizing_words,
    source_words,
    value_words,
)
from scenarios.plan import Plan, ScoreRow
from wfm.i18n import say

__all__ = ["chosen_place", "demand_key", "figure_of", "plan_page"]


def chosen_place(plan: Plan, place: Place) -> Place:
    """The place with what was not chosen, or is not in the plan, filled in."""
    lines = [str(line) for line in demand_by_day(plan).columns]
    rows = daily_rows(plan)
    targets = [row.target for row in rows]
    return replace(
        place,
        line=place.line if place.line is not None and place.line in ["", *lines] else busiest_line(plan),
        group=place.group if place.group in group_ids(plan) else "",
        day=place.day if place.date in day_list(plan) else "",
        target=place.target if place.target in targets else (targets[0] if targets else ""),
    )


def figure_of(name: str, plan: Plan, place: Place, screen: Screen) -> go.Figure:
    """The figure of this name for what is chosen."""
    place = chosen_place(plan, place)
    if name == "demand":
        return demand_figure(plan, place.line or "", place.date, screen)
    if name == "seats":
        return seats_figure(plan, place.group, place.date, screen)
    if name == "coverage":
        return coverage_figure(plan, place.group, place.date, screen)
    row = next(r for r in daily_rows(plan) if r.target == place.target)
    return daily_figure(plan, row, screen)


def plan_page(plan: Plan, place: Place, names: list[str], screen: Screen) -> list[Any]:
    """Everything on the page, drawn for this screen."""
    place = chosen_place(plan, place)
    drawn = _Drawn(plan, place, screen)
    return [
        dcc.Location(id="plan-url", refresh="callback-nav"),
        dcc.Store(id="drawn", data=place.plan),
        _top(plan, place, names),
        _headline(plan, place, worst_status(plan)),
        findings(plan),
        card(say("Scorecard"), [_scorecard(plan)], [drawn.table("scorecard")]),
        _choices(plan, place),
        _demand(plan, place, drawn),
        _seats(plan, place, drawn),
        _coverage(drawn),
        _daily(plan, place, drawn),
        _roster(plan),
        _assumed(plan),
        html.P(_origin(plan), className="note"),
    ]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What the charts of the page are drawn for."""

    plan: Plan
    place: Place
    screen: Screen

    def chart(self, name: str) -> html.Div:
        """The chart of this name."""
        return graph(name, figure_of(name, self.plan, self.place, self.screen))

    def table(self, name: str) -> html.A:
        """The link to the table behind it."""
        return download(f"{name}-csv", f"/data/{name}.csv{self.place.search()}")


def _top(plan: Plan, place: Place, names: list[str]) -> html.Div:
    return html.Div(
        [
            html.Div(
                [html.H1(plan.hotline.name.of()), html.P(f"{plan.hotline.number} · {period_words(plan)}")],
                className="title",
            ),
            html.Div(
                [select("plan-pick", say("Plan"), [(name, name) for name in names], place.plan, 240)],
                className="controls",
            ),
        ],
        className="top",
    )


def _choices(plan: Plan, place: Place) -> html.Div:
    """What the charts below show: which days, which group."""
    days = [("", say("whole period"))]
    for day in day_list(plan):
        name = day_name(plan, day)
        days.append((day.isoformat(), f"{day_label(day)} · {name}" if name else day_label(day)))
    groups = [("", group_name(plan.hotline, ""))] + [(g, group_name(plan.hotline, g)) for g in group_ids(plan)]
    return html.Div(
        [select("day", say("Day"), days, place.day, 220), select("group", say("Group"), groups, place.group, 220)],
        className="controls choices",
        id="choices",
    )


def _headline(plan: Plan, place: Place, status: str) -> html.P:
    look = STATUS_CLASS.get(status, "none")
    icon = {"met": "✓", "risk": "△", "missed": "✕"}.get(look, "–")
    weak = weak_place(plan)
    link = None
    if weak is not None:
        group, day = weak
        there = replace(place, group=group, day=day.isoformat())
        link = dcc.Link(say("Show it"), href=f"/plan{there.search()}", className="show-it")
    return html.P(
        [html.Span(icon, className=f"mark {look}", **UNSPOKEN), " ", headline(plan), link],
        className=f"headline {look}",
        id="headline",
    )


def _scorecard(plan: Plan) -> html.Div:
    heads = [
        (say("status"), ""),
        (say("target"), ""),
        (say("value"), "n"),
        (say("95 % interval"), "n"),
        (say("kept with"), "n"),
        (say("limit"), "n"),
        (say("clause"), ""),
    ]
    head = html.Thead(html.Tr([html.Th(words, className=cls) for words, cls in heads]))
    return html.Div(
        html.Table([head, html.Tbody([_score_row(row) for row in plan.scorecard])], className="score"),
        className="wide",
    )


def _score_row(row: ScoreRow) -> html.Tr:
    half = None
    if row.mc_half_width is not None:
        half = html.Span(f"± {value_words(row.mc_half_width, row.unit)}", className="small")
    mark = None if row.source == "published" else html.Span(source_words(row.source), className="assumed")
    explained = [row.definition.of(), f"“{row.quote}”" if row.quote.of() else "", row.note.of() if row.note else ""]
    name = dmc.Tooltip(
        html.Span(row.name.of(), className="defined", tabIndex="0"),
        label=html.Div([html.Div(words) for words in explained if words]),
        multiline=True,
        w=320,
        events={"hover": True, "focus": True, "touch": True},
        withArrow=True,
        position="bottom-start",
    )
    return html.Tr(
        [
            status_cell(row.status),
            html.Td(name, className="full"),
            html.Td([value_words(row.value, row.unit), half], className="n", **cell_label(say("value"))),
            html.Td(interval_words(row.low, row.high, row.unit), className="n", **cell_label(say("95 % interval"))),
            html.Td(probability_words(row.p_met), className="n", **cell_label(say("kept with"))),
            html.Td(limit_words(row.operator, row.limit, row.unit), className="n", **cell_label(say("limit"))),
            html.Td([row.clause, " ", mark], className="clause full"),
        ]
    )


def _demand(plan: Plan, place: Place, drawn: _Drawn) -> html.Section:
    lines = [str(line) for line in demand_by_day(plan).columns]
    options = [(line, line_name(plan.hotline, line)) for line in lines] + [("", say("All lines (means)"))]
    return card(
        say("What will come"),
        [html.Div(demand_key(plan, place.line or ""), id="demand-key"), drawn.chart("demand")],
        [select("line", say("Line"), options, place.line or "", 220), drawn.table("demand")],
    )


def demand_key(plan: Plan, line: str) -> html.Ul:
    """What line and bands mean, or which line has which colour."""
    if line:
        colour = line_colour(plan.hotline.line_ids.index(line)) if line in plan.hotline.line_ids else line_colour(0)
        return key(
            [
                (say("mean"), {"borderTop": f"2px solid {colour}", "height": "0"}, ""),
                (say("80 % of outcomes"), {"background": colour, "opacity": "0.48"}, ""),
                (say("95 % of outcomes"), {"background": colour, "opacity": "0.16"}, ""),
            ]
        )
    return key(
        [
            (line_name(plan.hotline, one), {"borderTop": f"2px solid {line_colour(i)}", "height": "0"}, "")
            for i, one in enumerate(plan.hotline.line_ids)
        ]
    )


def _seats(plan: Plan, place: Place, drawn: _Drawn) -> html.Section:
    marks = key(
        [
            (say("required (with unplanned absence)"), {}, "line"),
            (say("rostered"), {"background": "var(--fill)"}, ""),
            (say("short"), {"background": "var(--short)"}, ""),
            (say("seats opened and built (caps of the whole hotline)"), {}, "cap"),
        ]
    )
    grid = html.Details([html.Summary(say("Table of intervals"), id="seats-table-open"), _grid()])
    return card(say("Required and rostered"), [marks, drawn.chart("seats"), grid], [drawn.table("seats")])


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
        id="seats-table",
        columnDefs=columns,
        rowData=[],
        defaultColDef={"sortable": True, "resizable": True, "suppressHeaderMenuButton": True},
        dashGridOptions={"localeText": texts},
        className="grid",
        style={"height": "320px", "width": "100%"},
    )


def _coverage(drawn: _Drawn) -> html.Section:
    marks = key(
        [
            (say("too few"), {"background": "var(--short)"}, ""),
            (say("just right"), {"background": "var(--right)"}, ""),
            (say("more than needed"), {"background": "var(--over)"}, ""),
        ]
    )
    note = html.P(
        say("A cell over the period: what the worst group lacks, or where none is short the agents left over in all."),
        className="note",
    )
    return card(say("Cover"), [marks, drawn.chart("coverage"), note], [drawn.table("coverage")])


def _daily(plan: Plan, place: Place, drawn: _Drawn) -> html.Section | None:
    rows = daily_rows(plan)
    if not rows:
        return None
    options = [(row.target, row.name.of()) for row in rows]
    return card(
        say("Day by day"),
        [
            drawn.chart("daily"),
            html.P(say("Mean over replications. Dashed: the limit. A ring marks a day beyond it."), className="note"),
        ],
        [select("target", say("Target"), options, place.target, 300), drawn.table("daily")],
    )


def _roster(plan: Plan) -> html.Section:
    heads = [(say("per agent on the roster"), ""), (say("least"), "n"), (say("median"), "n"), (say("most"), "n")]
    rows = fairness_rows(plan)
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(words, className=cls) for words, cls in heads])),
            html.Tbody(
                [
                    html.Tr(
                        [
                            html.Td(name, className="full"),
                            html.Td(low, className="n", **cell_label(say("least"))),
                            html.Td(middle, className="n", **cell_label(say("median"))),
                            html.Td(high, className="n", **cell_label(say("most"))),
                        ]
                    )
                    for name, low, middle, high in rows
                ]
            ),
        ],
        className="score",
    )
    broken = html.Ul([html.Li(text.of()) for text in plan.roster.violations[:20]]) if plan.roster.violations else None
    return card(
        say("The roster"),
        [html.Div([facts(roster_pairs(plan)), table if rows else None], className="two"), broken],
    )


def _assumed(plan: Plan) -> html.Section:
    found = assumption_sentences(plan)
    body = html.Ul([html.Li(words) for words in found]) if found else html.P(say("Nothing: every number is published."))
    return card(say("What is assumed"), [body])


def _origin(plan: Plan) -> str:
    return say(
        "{sizing} · {replications} replications · seed {seed} · version {version} · forecast model {model}",
        sizing=sizing_words(plan),
        replications=plan.replications,
        seed=plan.seed,
        version=plan.version,
        model=plan.forecast_model,
    )
