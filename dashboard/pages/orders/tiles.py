"""How many work orders and call-backs are overdue, due today and due later, each with the way to its items."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard.asked import Asked, address
from dashboard.pages.orders.items import FILTERS
from dashboard.pages.orders.looking import Looked
from dashboard.wording import number_words
from scenarios.orders_due import STATES
from wfm.i18n import say

__all__ = ["tiles"]


def _tile(name: str, value: str, below: str, href: str = "", look: str = "") -> html.Div:
    shown: Any = dcc.Link(value, href=href) if href else value
    return html.Div(
        [
            html.Dt(name),
            html.Dd(
                [
                    html.Span(
                        [html.Span({"missed": "✕ ", "risk": "△ "}.get(look, ""), className=f"mark {look}"), shown],
                        className="figure",
                    ),
                    html.Span(below, className="small"),
                ]
            ),
        ]
    )


def tiles(seen: Looked, asked: Asked) -> html.Dl:
    """The numbers in a row."""
    due = seen.due

    def to(**query: str) -> str:
        kept = {k: v for k, v in asked.query.items() if k not in FILTERS}
        return address("/orders", **{**kept, **query})

    late, today = due.count("overdue", "order"), due.count("today", "order")
    back_late = due.count("overdue", "call_back")
    back_open = sum(due.count(state, "call_back") for state in STATES)
    unknown = say("{n} more of which nobody told", n=number_words(due.call_backs_unknown))
    return html.Dl(
        [
            _tile(
                say("Work orders overdue"),
                number_words(late),
                say("of {n} open", n=number_words(sum(due.count(s, "order") for s in STATES))),
                to(state="overdue", kind="order"),
                "missed" if late else "",
            ),
            _tile(
                say("Work orders due today"),
                number_words(today),
                "",
                to(state="today", kind="order"),
                "risk" if today else "",
            ),
            _tile(
                say("Work orders due later"),
                number_words(due.count("ahead", "order")),
                "",
                to(state="ahead", kind="order"),
            ),
            _tile(
                say("Call-backs overdue"),
                number_words(back_late),
                say("of {n} owed", n=number_words(back_open)),
                to(state="overdue", kind="call_back"),
                "missed" if back_late else "",
            ),
            _tile(
                say("Call-backs due today"),
                number_words(due.count("today", "call_back")),
                "",
                to(state="today", kind="call_back"),
            ),
            _tile(
                say("Call-backs done this month"),
                number_words(due.call_backs_done),
                unknown if due.call_backs_unknown else "",
            ),
        ],
        className="tiles",
    )
