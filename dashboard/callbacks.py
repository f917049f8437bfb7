"""The address decides which page is open; a page is drawn for those who may see it."""

from __future__ import annotations

import logging
from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, State
from flask import has_request_context, request

from dashboard.answering import Answering
from dashboard.asked import Asked, address, asked_of
from dashboard.desk import Desk
from dashboard.page import Page
from dashboard.pages import PAGES
from dashboard.pages.parts import error_page
from dashboard.person import Forbidden, here, perhaps_here
from dashboard.shell import Opened, nav_links, shell
from dashboard.still import still
from wfm.errors import BadInput
from wfm.i18n import language, say

__all__ = ["page_of", "register_callbacks", "whole_page"]

_LOG = logging.getLogger("wfm.dashboard")


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
        State("hotline", "value"),
        right=None,
    )
    def show(
        path: str | None,
        search: str | None,
        told: dict[str, bool] | None,
        shown: dict[str, str] | None,
        chosen: str | None,
    ) -> Any:
        """The page of the address; only the links change while the same page stays open, and nothing if all stands."""
        if told is None:
            raise dash.exceptions.PreventUpdate
        asked = asked_of(path, search, told)
        wanted = _wanted(asked)
        before = shown or {}
        if before == wanted:
            raise dash.exceptions.PreventUpdate
        hotline = desk.hotline_of(asked)
        same = before.get("drawn") == wanted["drawn"]
        return (
            dash.no_update if same else _contents(asked, desk),
            wanted,
            _links(asked, desk),
            dash.no_update if hotline == chosen else hotline,
        )


def _wanted(asked: Asked) -> dict[str, str]:
    """What stands open once the address is shown: the page and its title, what it was drawn for, and the whole address."""
    page = page_of(asked.path)
    return {
        "key": page.key if page else "",
        "lang": "zh-CN" if language() == "zh" else "en",
        "title": page.name.of() if page else say("No such page"),
        "drawn": f"{page.key} {page.drawn_for(asked)} {asked.screen} {language()}" if page else asked.path,
        "address": asked.with_(),
    }


def _contents(asked: Asked, desk: Desk) -> Any:
    page = page_of(asked.path)
    if page is None:
        return error_page(say("There is no page at {path}.", path=asked.path))
    return drawn_page(page, asked, desk)


def _links(asked: Asked, desk: Desk) -> list[Any]:
    page = page_of(asked.path)
    return nav_links(PAGES, page.key if page else "", desk.hotline_of(asked), asked, language())


def whole_page(desk: Desk) -> Any:
    """The layout: the shell, and in it the page of the address that ``assets/early.js`` names, so that it is drawn at once.

    Without an address, and where the page cannot be drawn, the shell waits for the callback that asks for the page.
    """
    told = request.args if has_request_context() else {}
    if "path" in told and perhaps_here() is not None:
        screen = {name: told.get(name) == "true" for name in ("dark", "narrow")}
        asked = asked_of(told["path"], told.get("search"), screen)
        try:
            opened = Opened(_contents(asked, desk), _wanted(asked), _links(asked, desk), desk.hotline_of(asked), screen)
            return still(shell(desk, language(), opened))
        except Exception:  # noqa: BLE001 - the callback meets it again, and says so on the page
            _LOG.warning("page not drawn with its shell", exc_info=True)
    return still(shell(desk, language()))


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
