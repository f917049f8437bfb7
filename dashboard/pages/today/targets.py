"""The targets of the day: where each stands so far, and where the day will end."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import html

from dashboard.attributes import cell_label
from dashboard.pages.parts import card, status_cell
from dashboard.wording import interval_words, limit_words, probability_words, source_words, value_words
from scenarios.today import TargetToday, Today
from wfm.i18n import say
from wfm.metrics import KPIS

__all__ = ["targets_part"]


def targets_part(today: Today) -> html.Section | None:
    """The table of the targets; None where nothing is known of them yet."""
    if not today.targets or not (today.so_far.known or today.kept is not None):
        return None
    heads = [
        (say("status"), ""),
        (say("target"), ""),
        (say("so far") if not today.over else say("the day"), "n"),
        (say("limit"), "n"),
        (say("end of the day"), "n"),
        (say("80 % band"), "n"),
        (say("kept with"), "n"),
        (say("clause"), ""),
    ]
    rows = [_target_row(row, today) for row in today.targets]
    return card(
        say("Targets of the day"),
        [
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
            html.P(_outlook_note(today), className="note"),
        ],
    )


def _outlook_note(today: Today) -> str:
    if today.kept is not None:
        return say(
            "End of the day as forecast anew from the calls until {clock}; made {made}.",
            clock=f"{today.kept.now:%H:%M}",
            made=f"{today.kept.made_at.astimezone(today.now.tzinfo):%Y-%m-%d %H:%M}",
        )
    return "" if today.over else say("The end of the day is known once the rest of the day was forecast anew.")


def _target_row(row: TargetToday, today: Today) -> html.Tr:
    target = row.target
    decided = row.end_status if row.end_status != "unknown" and not today.over else row.status
    kpi = KPIS[target.kpi]
    name = dmc.Tooltip(
        html.Span(target.name.of(), className="defined", tabIndex="0"),
        label=html.Div([html.Div(kpi.definition.of()), html.Div(f"“{target.quote}”" if target.quote.of() else "")]),
        multiline=True,
        w=320,
        events={"hover": True, "focus": True, "touch": True},
        withArrow=True,
        position="bottom-start",
    )
    mark = None if target.source == "published" else html.Span(source_words(target.source), className="assumed")
    return html.Tr(
        [
            status_cell(decided),
            html.Td(name, className="full"),
            _cell(value_words(row.so_far, target.unit), say("so far")),
            _cell(limit_words(target.operator or "", target.limit, target.unit), say("limit")),
            _cell(value_words(row.expected, target.unit), say("end of the day")),
            _cell(interval_words(row.low, row.high, target.unit), say("80 % band")),
            _cell(probability_words(row.p_met), say("kept with")),
            html.Td([target.clause, " ", mark], className="clause full"),
        ]
    )


def _cell(words: str, label: str) -> html.Td:
    return html.Td(words, className="n", **cell_label(label))
