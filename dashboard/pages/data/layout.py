"""The data page: what is stored and what is missing, the import with its preview, and the privacy notice."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard.answering import Answering
from dashboard.asked import Asked
from dashboard.desk import Desk
from dashboard.page import Page
from dashboard.pages.data.held import held_part
from dashboard.pages.data.importing import import_part
from dashboard.pages.data.mapping_wiring import wire_mapping
from dashboard.pages.data.privacy import privacy_part
from dashboard.pages.data.stock import headline_of, stock_of
from dashboard.pages.data.upload_route import serve_uploads
from dashboard.pages.data.wiring import wire_import
from dashboard.pages.parts import page_headline, tabs
from dashboard.person import here
from wfm.i18n import both, say

__all__ = ["PAGE"]


def chosen_tab(asked: Asked) -> str:
    """The part of the page that is asked for and may be seen."""
    known = [key for key, _ in _names()]
    return asked.get("tab") if asked.get("tab") in known else known[0]


def _names() -> list[tuple[str, str]]:
    names = [("held", say("What is there"))]
    if here().may("records"):
        names.append(("import", say("Import")))
    return [*names, ("privacy", say("Privacy"))]


def _show(asked: Asked, desk: Desk) -> list[Any]:
    scenario = desk.scenario(asked)
    stock = stock_of(desk, scenario, desk.now(asked).date())
    look, sentence = headline_of(stock)
    tab = chosen_tab(asked)
    part = {"held": held_part, "import": import_part, "privacy": privacy_part}[tab]
    return [
        dcc.Location(id="data-url", refresh="callback-nav"),
        html.Div(
            html.Div([html.H1(say("Data")), html.P(scenario.hotline.name.of())], className="title"), className="top"
        ),
        page_headline("data-headline", look, sentence),
        tabs(asked, _names(), tab),
        *part(asked, desk, scenario, stock),
    ]


def _wire(answer: Answering, desk: Desk) -> None:
    serve_uploads(answer.app.server, desk)
    wire_import(answer, desk)
    wire_mapping(answer, desk)


PAGE = Page("data", both("Data"), _show, wire=_wire)
