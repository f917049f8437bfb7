"""Line by line: what came, what was expected, and how it was answered."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard.asked import Asked, address
from dashboard.attributes import UNSPOKEN, cell_label
from dashboard.colours import line_colour
from dashboard.pages.parts import STATUS_CLASS, card
from dashboard.pages.today.table_link import table_link
from dashboard.wording import limit_words, line_name, number_words, value_words
from scenarios.today import LineToday, Today, connection_target
from wfm.i18n import say

__all__ = ["lines_part"]


def lines_part(today: Today, asked: Asked) -> html.Section:
    """The table of the lines, all of them together last; without records and forecast, what will be here."""
    if not today.so_far.known and today.expected is None:
        return _no_records(today)
    heads = [
        (say("line"), ""),
        (say("calls"), "n"),
        (say("expected by now"), "n"),
        (say("answered"), "n"),
        (say("waiting"), "n"),
        (say("connection rate"), "n"),
        (say("service level"), "n"),
        (say("mean answer time"), "n"),
        (say("still expected"), "n"),
    ]
    # Of a single line the sum would say the same again.
    shown = (*today.lines[1:], today.lines[0]) if len(today.lines) > 2 else today.lines[1:]
    rows = [_line_row(row, today, [words for words, _ in heads]) for row in shown]
    body: list[Any] = [
        html.Div(
            html.Table(
                [
                    html.Thead(html.Tr([html.Th(words, className=cls, scope="col") for words, cls in heads])),
                    html.Tbody(rows),
                ],
                className="score lines",
            ),
            className="wide",
        ),
        html.P(_limit_note(today), className="note"),
    ]
    return card(say("Line by line"), body, [table_link("lines", asked)])


def _limit_note(today: Today) -> str:
    target = connection_target(today.hotline)
    if target is None or target.limit is None:
        return say("Calls count whose fate was known at the moment.")
    return say(
        "The limit {limit} holds for the whole hotline; beside a single line the mark only compares. Calls count whose fate was known at the moment.",
        limit=limit_words(target.operator or "", target.limit, target.unit),
    )


def _line_row(row: LineToday, today: Today, heads: list[str]) -> html.Tr:
    look = STATUS_CLASS.get(row.status, "none")
    mark = {"met": "✓ ", "risk": "△ ", "missed": "✕ "}.get(look, "")
    number = today.hotline.line_ids.index(row.line) if row.line else -1
    swatch = html.I(style={"background": line_colour(number)}, className="swatch") if row.line else None
    values: list[Any] = [
        number_words(row.offered),
        number_words(row.expected),
        number_words(row.answered),
        "–" if row.waiting is None else number_words(row.waiting),
        [html.Span(mark, className=f"mark {look}", **UNSPOKEN), value_words(row.connection, "share")],
        value_words(row.service_level, "share"),
        value_words(row.asa_s, "s"),
        number_words(row.rest),
    ]
    name = line_name(today.hotline, row.line) if row.line else say("All lines")
    return html.Tr(
        [
            html.Td([swatch, name], className="full"),
            *(html.Td(v, className="n", **cell_label(h)) for v, h in zip(values, heads[1:], strict=True)),
        ],
        className="" if row.line else "sum",
    )


def _no_records(today: Today) -> html.Section:
    return card(
        say("Line by line"),
        [
            html.P(
                say(
                    "Here stand calls, connection rate and answer time of each line as soon as call records of the day are imported."
                )
            ),
            html.P(dcc.Link(say("Import records"), href=address("/data", hotline=today.hotline.id))),
        ],
    )
