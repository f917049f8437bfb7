"""The scorecard of a plan: each target with value, interval, probability, limit and clause; and day by day."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.attributes import cell_label
from dashboard.pages.parts import card, download, facts, findings, select, status_cell
from dashboard.pages.plan.charts import Charts, defined
from dashboard.roster_words import assumption_sentences, fairness_rows, roster_pairs
from dashboard.views import daily_rows
from dashboard.wording import (
    error_words,
    interval_words,
    limit_words,
    probability_words,
    sizing_words,
    source_words,
    value_words,
)
from scenarios.plan import Plan, ScoreRow
from wfm.i18n import say

__all__ = ["scorecard_view"]


def scorecard_view(charts: Charts) -> list[Any]:
    """Findings, targets, days, the roster in short, and what is assumed."""
    plan = charts.plan
    return [
        findings(plan),
        card(
            say("Scorecard"),
            [
                _scorecard(plan),
                html.P(
                    say(
                        "Value: mean over replications of the period's figure; the interval holds 95 % of them, forecast "
                        "uncertainty included; ± is the error of the simulation alone. Met from 90 % probability, at risk from 50 %."
                    ),
                    className="note",
                ),
            ],
            [charts.table("scorecard")],
        ),
        _daily(charts),
        _roster(plan),
        _assumed(plan),
        html.P(_origin(plan), className="note"),
    ]


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
    head = html.Thead(html.Tr([html.Th(words, className=cls, scope="col") for words, cls in heads]))
    return html.Div(
        html.Table([head, html.Tbody([_score_row(row) for row in plan.scorecard])], className="score"),
        className="wide",
    )


def _score_row(row: ScoreRow) -> html.Tr:
    error = error_words(row.mc_half_width, row.unit)
    half = html.Span(error, className="small") if error else None
    mark = None if row.source == "published" else html.Span(source_words(row.source), className="assumed")
    explained = [row.definition.of(), f"“{row.quote}”" if row.quote.of() else "", row.note.of() if row.note else ""]
    return html.Tr(
        [
            status_cell(row.status),
            html.Td(defined(row.name.of(), *explained), className="full"),
            html.Td([value_words(row.value, row.unit), half], className="n", **cell_label(say("value"))),
            html.Td(interval_words(row.low, row.high, row.unit), className="n", **cell_label(say("95 % interval"))),
            html.Td(probability_words(row.p_met), className="n", **cell_label(say("kept with"))),
            html.Td(limit_words(row.operator, row.limit, row.unit), className="n", **cell_label(say("limit"))),
            html.Td([row.clause, " ", mark], className="clause full"),
        ]
    )


def _daily(charts: Charts) -> html.Section | None:
    rows = daily_rows(charts.plan)
    if not rows:
        return None
    options = [(row.target, row.name.of()) for row in rows]
    return card(
        say("Day by day"),
        [
            charts.chart("daily"),
            html.P(say("Mean over replications. Dashed: the limit. A ring marks a day beyond it."), className="note"),
        ],
        [
            select("plan-target", say("Target"), options, charts.place.target, 300),
            charts.table("daily"),
            download("plan-compliance-csv", charts.place.table("compliance"), say("Probability per day (CSV)"))
            if len(charts.plan.compliance) > 1
            else None,
        ],
    )


def _roster(plan: Plan) -> html.Section:
    heads = [(say("per agent on the roster"), ""), (say("least"), "n"), (say("median"), "n"), (say("most"), "n")]
    rows = fairness_rows(plan)
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(words, className=cls, scope="col") for words, cls in heads])),
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
    """What is assumed, folded: the list is long."""
    found = assumption_sentences(plan)
    if not found:
        return card(say("What is assumed"), [html.P(say("Nothing: every number is published."))])
    return card(
        say("What is assumed"),
        [
            html.Details(
                [
                    html.Summary(say("{count} assumptions behind these numbers", count=len(found))),
                    html.Ul([html.Li(words) for words in found]),
                ]
            )
        ],
    )


def _origin(plan: Plan) -> str:
    return say(
        "{sizing} · {replications} replications · seed {seed} · version {version} · forecast model {model}",
        sizing=sizing_words(plan),
        replications=plan.replications,
        seed=plan.seed,
        version=plan.version,
        model=plan.forecast_model,
    )
