"""The numbers of the day so far, each with its definition, and what is compared with a limit with its mark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard.attributes import UNSPOKEN
from dashboard.pages.parts import STATUS_CLASS
from dashboard.wording import limit_words, number_words, value_words
from scenarios.today import CONNECTION, LineToday, Today, connection_target, service_level_kpi
from wfm.i18n import say
from wfm.metrics import KPIS

__all__ = ["tiles"]


def _tile(name: str, value: Any, below: str, definition: Sequence[str], look: str = "") -> html.Div:
    told = html.Span(name, className="defined", tabIndex="0")
    return html.Div(
        [
            html.Dt(
                dmc.Tooltip(
                    told,
                    label=html.Div([html.Div(words) for words in definition if words]),
                    multiline=True,
                    w=320,
                    withArrow=True,
                    events={"hover": True, "focus": True, "touch": True},
                    position="bottom-start",
                )
            ),
            html.Dd([html.Span(value, className=f"figure {look}"), html.Span(below, className="small")]),
        ]
    )


def tiles(today: Today) -> html.Dl:
    """Calls, answered, waiting, connection rate, service level and mean answer time of all lines together."""
    one = today.line()
    connection = connection_target(today.hotline)
    kpi = KPIS[connection.kpi if connection is not None else CONNECTION]
    level = KPIS[service_level_kpi(today.hotline)]
    look = STATUS_CLASS.get(one.status, "none")
    mark = html.Span({"met": "✓ ", "risk": "△ ", "missed": "✕ "}.get(look, ""), className=f"mark {look}", **UNSPOKEN)
    limit = limit_words(connection.operator or "", connection.limit, connection.unit) if connection is not None else ""
    waiting = "–" if one.waiting is None or today.over else number_words(one.waiting)
    return html.Dl(
        [
            _tile(
                say("Calls"),
                number_words(one.offered),
                _expected_words(one),
                [say("all calls of the day that arrived until the moment, busy ones and redials included")],
            ),
            _tile(
                say("Answered"),
                number_words(one.answered),
                say("{n} given up", n=number_words(one.abandoned)) if not math.isnan(one.abandoned) else "",
                [say("calls that an agent picked up until the moment")],
            ),
            _tile(say("Waiting now"), waiting, _waiting_words(today), [_waiting_definition()]),
            _tile(
                say("Connection rate"),
                [mark, value_words(one.connection, "share")],
                _status_below(one.status, limit, over=today.over),
                _defined(kpi.name.of(), kpi.definition.of(), connection.clause if connection else kpi.clause, limit),
            ),
            _tile(
                say("Service level"),
                value_words(one.service_level, "share"),
                level.name.of(),
                _defined(level.name.of(), level.definition.of(), level.clause, ""),
            ),
            _tile(
                say("Mean answer time"),
                value_words(one.asa_s, "s"),
                "",
                _defined(KPIS["asa_s"].name.of(), KPIS["asa_s"].definition.of(), KPIS["asa_s"].clause, ""),
            ),
        ],
        className="tiles",
    )


def _status_below(status: str, limit: str, *, over: bool) -> str:
    if over:
        word = {"met": say("met"), "missed": say("missed")}.get(status, say("no data"))
    else:
        word = {"met": say("met so far"), "missed": say("missed so far")}.get(status, say("no data"))
    return f"{word} · {limit}" if limit else word


def _defined(name: str, definition: str, clause: str, limit: str) -> list[str]:
    return [name, definition, say("limit {limit}", limit=limit) if limit else "", clause]


def _expected_words(one: LineToday) -> str:
    if math.isnan(one.expected):
        return ""
    return say("{n} expected by now", n=number_words(one.expected))


def _waiting_words(today: Today) -> str:
    if today.over:
        return say("the day is over")
    if today.line().waiting is not None:
        return say("{n} in conversation", n=number_words(today.so_far.talking))
    if today.so_far.reach is None:
        return say("no data")
    return say("no data; records until {clock}", clock=f"{today.so_far.reach:%H:%M}")


def _waiting_definition() -> str:
    return say(
        "callers in the queue at the moment; a call is recorded once it has ended, so that this is known only when the "
        "records reach beyond the moment"
    )
