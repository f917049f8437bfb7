"""The comparison page: finished plans side by side, their differences with intervals, in sentences first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.address import Place
from dashboard.attributes import cell_label
from dashboard.colours import Screen, line_colour, status_of
from dashboard.figures import differences_figure
from dashboard.figures.differences import units_of
from dashboard.graph import graph
from dashboard.pages.parts import STATUS_CLASS, card, key
from dashboard.wording import difference_range, difference_words, limit_words, period_words, value_words
from scenarios.comparison import Comparison, ComparisonRow
from scenarios.plan import ScoreRow
from wfm.i18n import say
from wfm.metrics import KPIS

__all__ = ["choose_two", "compare_page", "comparison_body"]


def compare_page(place: Place, names: Sequence[str], body: Any) -> list[Any]:
    """The choice of plans, and under it their comparison ``body``."""
    chosen = [name for name in place.plans if name in names]
    return [
        dcc.Location(id="compare-url", refresh="callback-nav"),
        html.Div(
            [
                html.Div(
                    [html.H1(say("Compare plans")), html.P(say("Differences are against the first plan."))],
                    className="title",
                ),
                html.Div(
                    dmc.MultiSelect(
                        id="compare-pick",
                        label=say("Plans"),
                        data=[{"value": name, "label": name} for name in names],
                        value=chosen,
                        w=440,
                        size="sm",
                        searchable=True,
                        nothingFoundMessage=say("No plan of that name"),
                        clearable=True,
                    ),
                    className="controls",
                ),
            ],
            className="top",
        ),
        html.Div(body, id="compare-body"),
    ]


def choose_two(names: Sequence[str]) -> html.Div:
    """What is said while fewer than two plans are chosen."""
    words = (
        say("Choose two or more plans above.")
        if len(names) > 1
        else say("A comparison needs two plans; make another one with other inputs:")
    )
    command = None if len(names) > 1 else html.Code("wfm plan guizhou-12348 --seed 2 --out out/guizhou-12348-b")
    return html.Div([html.P(words), command], className="empty")


def comparison_body(comparison: Comparison, names: Sequence[str], screen: Screen) -> list[Any]:
    """Sentences, scorecards side by side, differences as pictures, and what each plan takes."""
    paired = (
        say("Paired: every plan met the same callers, so that differences are sharper than the values themselves.")
        if comparison.paired
        else say("Not paired: seed, period or replications differ; differences are those of independent samples.")
    )
    pictures = [
        graph(f"differences-{unit}", differences_figure(comparison, names, unit, screen))
        for unit in units_of(comparison)
    ]
    marks = key(
        [
            (name, {"background": line_colour(i), "width": "10px", "borderRadius": "5px"}, "")
            for i, name in enumerate(names[1:])
        ]
    )
    return [
        html.Ul([html.Li(sentence.of()) for sentence in comparison.sentences], className="sentences", id="sentences"),
        html.P(paired, className="note"),
        card(say("Scorecards side by side"), [_table(comparison, names)]),
        card(say("Differences"), [marks, html.Div(pictures, className="two")]),
        card(say("What each plan takes"), [_costs(comparison, names)]),
    ]


def _head(first: str, comparison: Comparison, names: Sequence[str]) -> html.Thead:
    cells = [html.Th(first)]
    for name, plan in zip(names, comparison.plans, strict=True):
        link = dcc.Link(name, href=f"/plan{Place(plan=name).search()}")
        cells.append(html.Th([link, html.Span(period_words(plan), className="small")], className="n"))
    return html.Thead(html.Tr(cells))


def _table(comparison: Comparison, names: Sequence[str]) -> html.Div:
    scored = [row for plan in comparison.plans for row in plan.scorecard]
    rows = [_row(row, names, scored) for row in comparison.rows]
    head = _head(say("target"), comparison, names)
    return html.Div(html.Table([head, html.Tbody(rows)], className="score"), className="wide")


def _row(row: ComparisonRow, names: Sequence[str], scored: Sequence[ScoreRow]) -> html.Tr:
    cells = []
    for name, value, difference, status in zip(names, row.values, row.differences, row.statuses, strict=True):
        mark = None
        if status:
            look = status_of(status)
            mark = html.Span(
                [html.Span(look.icon, className=f"mark {STATUS_CLASS.get(status, 'none')}"), f" {look.word} "],
                className="small",
            )
        change = None
        if difference is not None:
            change = html.Span(
                [
                    html.Span(difference_words(difference.mean, row.unit), className="sure" if difference.sure else ""),
                    f" ({difference_range(difference.low, difference.high, row.unit)})",
                ],
                className="small",
            )
        cells.append(html.Td([value_words(value, row.unit), change, mark], className="n", **cell_label(name)))
    kpi = KPIS.get(row.kpi)
    name_cell = dmc.Tooltip(
        html.Span(row.name.of(), className="defined", tabIndex="0"),
        label=kpi.definition.of() if kpi is not None else row.kpi,
        multiline=True,
        w=320,
        events={"hover": True, "focus": True, "touch": True},
    )
    limit = None
    if row.limit is not None:
        operator = next((s.operator for s in scored if s.kpi == row.kpi and s.limit is not None), "")
        limit = html.Span(say("limit {limit}", limit=limit_words(operator, row.limit, row.unit)), className="small")
    return html.Tr([html.Td([name_cell, limit], className="full"), *cells])


def _costs(comparison: Comparison, names: Sequence[str]) -> html.Div:
    rows = [
        html.Tr(
            [
                html.Td(row.name.of(), className="full"),
                *(
                    html.Td(
                        [
                            value_words(value, row.unit),
                            html.Span(difference_words(value - row.values[0], row.unit), className="small")
                            if index
                            else None,
                        ],
                        className="n",
                        **cell_label(names[index]),
                    )
                    for index, value in enumerate(row.values)
                ),
            ]
        )
        for row in comparison.costs
    ]
    head = _head(say("what"), comparison, names)
    return html.Div(html.Table([head, html.Tbody(rows)], className="score"), className="wide")
