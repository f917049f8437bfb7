"""The page of work orders and call-backs: what is overdue, what is due when, how the standard is kept, which cover clears it."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard.asked import Asked, address
from dashboard.desk import Desk
from dashboard.pages.orders.compliance import compliance_card
from dashboard.pages.orders.counts import counts_card
from dashboard.pages.orders.cover_part import cover_card
from dashboard.pages.orders.due_chart import due_card
from dashboard.pages.orders.items import items_card
from dashboard.pages.orders.looking import Looked, cover_of
from dashboard.pages.orders.tiles import tiles
from dashboard.pages.orders.words import moment_words
from dashboard.pages.parts import STATUS_CLASS, page_headline
from scenarios.orders_sentences import orders_headline, orders_status
from wfm.i18n import say

__all__ = ["orders_page"]


def orders_page(seen: Looked, asked: Asked, desk: Desk) -> list[Any]:
    """Everything on the page, drawn for this screen."""
    if seen.due.reach is None:
        return _empty(seen)
    cover = cover_of(asked, desk)
    return [
        dcc.Location(id="orders-url", refresh="callback-nav"),
        _top(seen),
        _headline(seen),
        tiles(seen, asked),
        due_card(seen, cover, asked),
        cover_card(seen, cover, asked),
        compliance_card(seen, asked),
        html.Div([counts_card(seen, asked, "class"), counts_card(seen, asked, "department")], className="two"),
        items_card(seen, asked),
        html.Ul([html.Li(note.of()) for note in seen.due.review.notes], className="note")
        if seen.due.review is not None and seen.due.review.notes
        else None,
    ]


def _empty(seen: Looked) -> list[Any]:
    query = {"hotline": seen.hotline.id}
    return [
        dcc.Location(id="orders-url", refresh="callback-nav"),
        html.Div(
            [
                html.H1(say("Work orders and call-backs")),
                html.P(
                    say("No work orders and no satisfaction answers of this hotline are imported yet."),
                    className="headline none",
                    id="orders-headline",
                ),
                html.P(
                    say(
                        "Here stand work orders that are overdue or due next, call-backs owed to callers who were not fully "
                        "satisfied, how the standard is kept, and how many people would clear what is open."
                    )
                ),
                html.P(dcc.Link(say("Import work orders"), href=address("/data", **query), className="button")),
                html.P(say("Or at the command line:")),
                html.Code(f"wfm import-orders FILE.csv --hotline {seen.hotline.id}"),
            ],
            className="empty",
        ),
    ]


def _top(seen: Looked) -> html.Div:
    due = seen.due
    words = [moment_words(due.now), say("records until {clock}", clock=moment_words(due.reach))]
    return html.Div(
        html.Div([html.H1(seen.hotline.name.of()), html.P(" · ".join(words))], className="title"), className="top"
    )


def _headline(seen: Looked) -> html.P:
    look = STATUS_CLASS.get(orders_status(seen.due), "none")
    return page_headline("orders-headline", look, orders_headline(seen.due).of())
