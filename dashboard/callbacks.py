"""The address decides which page is open; a page is drawn for those who may see it."""

from __future__ import annotations

from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, State

from dashboard.answering import Answering
from dashboard.asked import Asked, address, asked_of
from dashboard.desk import Desk
from dashboard.page import Page
from dashboard.pages import PAGES
from dashboard.pages.parts import error_page
from dashboard.person import Forbidden, here
from dashboard.shell import nav_links
from wfm.errors import BadInput
from wfm.i18n import language, say

__all__ = ["page_of", "register_callbacks"]


def register_callbacks(answer: Answering, desk: Desk) -> None:
    """Wire the shell and every page."""
    _screen(answer)
    _pages(answer, desk)
    _hotline(answer, desk)
    for page in PAGES:
        page.wire(answer, desk)


def page_of(path: str) -> Page | None:
    """The page of an address: the first one that the person may see for ``/``; None where there is no such page."""
    key = path.strip("/").split("/")[0]
    if not key:
        return next((page for page in PAGES if here().may(page.right)), None)
    return next((page for page in PAGES if page.key == key), None)


def _screen(answer: Answering) -> None:
    look = [Output("screen", "data"), Output("mantine", "forceColorScheme")]
    answer.in_browser(ClientsideFunction("screen", "theme"), look, Input("theme", "n_clicks"))
    answer.in_browser(ClientsideFunction("screen", "fold"), Output("fold", "n_clicks"), Input("fold", "n_clicks"))
    answer.in_browser(ClientsideFunction("screen", "more"), Output("more", "n_clicks"), Input("more", "n_clicks"))
    answer.in_browser(ClientsideFunction("screen", "opened"), Output("opened", "data"), Input("shown", "data"))


def _pages(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("page", "children"),
        Output("shown", "data"),
        Output("nav", "children"),
        Output("hotline", "value"),
        Input("url", "pathname"),
        Input("url", "search"),
        Input("screen", "data"),
        State("shown", "data"),
        right=None,
    )
    def show(path: str | None, search: str | None, told: dict[str, bool] | None, shown: dict[str, str] | None) -> Any:
        """The page of the address; only the links change while the same page stays open."""
        if told is None:
            raise dash.exceptions.PreventUpdate
        asked = asked_of(path, search, told)
        page = page_of(asked.path)
        hotline = desk.hotline_of(asked)
        tag = "zh-CN" if language() == "zh" else "en"
        links = nav_links(PAGES, page.key if page else "", hotline, asked, language())
        if page is None:
            wanted = {"key": "", "lang": tag, "title": say("No such page"), "drawn": asked.path}
            return error_page(say("There is no page at {path}.", path=asked.path)), wanted, links, hotline
        drawn = f"{page.key} {page.drawn_for(asked)} {asked.screen} {language()}"
        wanted = {"key": page.key, "lang": tag, "title": page.name.of(), "drawn": drawn}
        if shown == wanted:
            return dash.no_update, dash.no_update, links, hotline
        return drawn_page(page, asked, desk), wanted, links, hotline


def drawn_page(page: Page, asked: Asked, desk: Desk) -> Any:
    """Everything on the page, or a sentence that says why it cannot be shown."""
    try:
        if not here().may(page.right):
            return error_page(say("Your role does not open this page."))
        return page.show(asked, desk)
    except Forbidden as error:
        return error_page(str(error))
    except BadInput as error:
        anew = address(f"/{page.key}") if asked.query else ""
        return error_page(str(error), desk.plans.names() if page.key == "plan" else (), anew)


def _hotline(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("url", "search"),
        Input("hotline", "value"),
        State("url", "pathname"),
        State("url", "search"),
        right="own duties",  # it shows nothing, and the page asks who may open it
        prevent_initial_call=True,
    )
    def choose(chosen: str | None, path: str | None, search: str | None) -> Any:
        """Another hotline: the same page, from its beginning."""
        asked = asked_of(path, search)
        if not chosen or chosen == desk.hotline_of(asked):
            raise dash.exceptions.PreventUpdate
        return f"?hotline={chosen}"
