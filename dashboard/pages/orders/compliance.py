"""How the standard is kept this month: each rate with its limit and clause."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import html

from dashboard.asked import Asked
from dashboard.attributes import cell_label
from dashboard.pages.orders.looking import Looked
from dashboard.pages.orders.table_link import table_link
from dashboard.pages.parts import card, status_cell
from dashboard.wording import limit_words, number_words, source_words, value_words
from wfm.i18n import say
from wfm.records.order_compliance import MeasuredRow

__all__ = ["compliance_card"]


def compliance_card(seen: Looked, asked: Asked) -> html.Section | None:
    """The table of rates; None where nothing can be measured."""
    review = seen.due.review
    if review is None:
        return None
    heads = [
        (say("status"), ""),
        (say("target"), ""),
        (say("value"), "n"),
        (say("kept of"), "n"),
        (say("limit"), "n"),
        (say("clause"), ""),
    ]
    rows = [_measured(row) for row in review.rows if row.counted or row.not_told or not row.target.startswith("own-")]
    period = say("{first} to {last}", first=review.first.isoformat(), last=review.last.isoformat())
    return card(
        say("How the standard is kept this month"),
        [
            html.P(period, className="note"),
            html.Div(
                html.Table(
                    [
                        html.Thead(html.Tr([html.Th(words, className=cls, scope="col") for words, cls in heads])),
                        html.Tbody(rows),
                    ],
                    className="score",
                ),
                className="wide",
            ),
        ],
        [table_link("rates", asked)],
    )


def _measured(row: MeasuredRow) -> html.Tr:
    told = [row.definition.of(), row.note.of() if row.note else ""]
    name = dmc.Tooltip(
        html.Span(row.name.of(), className="defined", tabIndex="0"),
        label=html.Div([html.Div(words) for words in told if words]),
        multiline=True,
        w=320,
        events={"hover": True, "focus": True, "touch": True},
        withArrow=True,
        position="bottom-start",
    )
    counted = f"{row.kept:,} / {row.counted:,}" if row.counted else "–"
    missing = html.Span(say("{n} not told", n=number_words(row.not_told)), className="small") if row.not_told else None
    mark = (
        html.Span(source_words(row.source), className="assumed") if row.clause and row.source != "published" else None
    )
    return html.Tr(
        [
            status_cell(row.status),
            html.Td(name, className="full"),
            html.Td(value_words(row.value, "share"), className="n", **cell_label(say("value"))),
            html.Td([counted, missing], className="n", **cell_label(say("kept of"))),
            html.Td(limit_words(row.operator, row.limit, "share"), className="n", **cell_label(say("limit"))),
            html.Td([row.clause, " ", mark], className="clause full"),
        ]
    )
