"""Finished plans side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash
from dash import Input, Output, State, ctx, no_update

from dashboard.address import Place, place_of
from dashboard.answering import Answering
from dashboard.asked import Asked, asked_of
from dashboard.colours import Screen
from dashboard.desk import Desk
from dashboard.page import Page
from dashboard.pages.compare.layout import choose_two, compare_page, comparison_body
from dashboard.pages.parts import empty_page, error_page
from dashboard.shelf import PlanShelf
from scenarios.comparison import compare_plans
from wfm.errors import BadInput
from wfm.i18n import both

__all__ = ["PAGE", "comparison_of"]


def _show(asked: Asked, desk: Desk) -> list[Any]:
    names = desk.plans.names()
    if not names:
        return [empty_page(desk.plans.folder)]
    place = Place(plans=tuple(asked.names("plans")))
    return compare_page(place, names, comparison_of(desk.plans, place.plans, names, asked.screen))


def wire(answer: Answering, desk: Desk) -> None:
    """Register the callbacks of the page."""

    @answer(
        Output("compare-url", "search"),
        Output("compare-pick", "value"),
        Output("compare-body", "children"),
        Input("compare-url", "search"),
        Input("compare-pick", "value"),
        State("screen", "data"),
        right="see",
        prevent_initial_call=True,
    )
    def follow(search: str | None, picked: list[str] | None, told: dict[str, bool] | None) -> Any:
        """The comparison of the chosen plans."""
        names = desk.plans.names()
        screen = asked_of(None, None, told).screen
        asked = place_of(search).plans
        known = tuple(name for name in asked if name in names)
        by_hand = tuple(name for name in (picked or []) if name in names)
        if "compare-url.search" in ctx.triggered_prop_ids:
            if known == by_hand:
                raise dash.exceptions.PreventUpdate
            return no_update, list(known), comparison_of(desk.plans, asked, names, screen)
        body = comparison_of(desk.plans, by_hand, names, screen)
        return Place(plans=by_hand).search() or "?", no_update, body


def comparison_of(shelf: PlanShelf, chosen: Sequence[str], names: list[str], screen: Screen) -> Any:
    """The comparison of these plans, or a sentence that says why there is none."""
    if len(chosen) < 2 and all(name in names for name in chosen):
        return choose_two(names)
    try:
        comparison = compare_plans([shelf.plan(name) for name in chosen])
        return comparison_body(comparison, chosen, screen)
    except BadInput as error:
        return error_page(str(error))


PAGE = Page("compare", both("Compare"), _show, wire=wire, drawn_for=lambda asked: "")
