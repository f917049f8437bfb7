"""What happens when an address or a choice changes. A callback asks for a plan and hands it to a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, State, ctx, no_update

from dashboard.address import Place, place_of
from dashboard.colours import Screen
from dashboard.figures.frame import aria
from dashboard.pages.compare import choose_two, compare_page, comparison_body
from dashboard.pages.parts import empty_page, error_page
from dashboard.pages.plan import chosen_place, demand_key, figure_of, plan_page
from dashboard.shelf import PlanShelf
from dashboard.shell import nav_links
from dashboard.tables import seats_rows
from scenarios.comparison import compare_plans
from scenarios.plan import Plan
from wfm.errors import BadInput
from wfm.i18n import Language, use_language

__all__ = ["register_callbacks"]


def register_callbacks(app: dash.Dash, shelf: PlanShelf) -> None:
    """Wire the pages to the address and to their controls."""
    _screen(app)
    _pages(app, shelf)
    _plan(app, shelf)
    _compare(app, shelf)


def _screen(app: Any) -> None:
    look = [Output("screen", "data"), Output("mantine", "forceColorScheme")]
    app.clientside_callback(ClientsideFunction("screen", "theme"), look, Input("theme", "n_clicks"))
    app.clientside_callback(ClientsideFunction("screen", "fold"), Output("fold", "n_clicks"), Input("fold", "n_clicks"))


def screen_of(data: dict[str, bool] | None) -> Screen:
    """The reader's screen as the browser told it."""
    told = data or {}
    return Screen(dark=bool(told.get("dark")), narrow=bool(told.get("narrow")))


def resolved(place: Place, names: list[str]) -> Place:
    """The place with the newest plan where none is named."""
    return replace(place, plan=place.plan or (names[0] if names else ""))


def _pages(app: dash.Dash, shelf: PlanShelf) -> None:
    @app.callback(
        Output("page", "children"),
        Output("shown", "data"),
        Output("nav", "children"),
        Input("url", "pathname"),
        Input("url", "search"),
        Input("screen", "data"),
        State("shown", "data"),
        State("language", "data"),
    )
    def show(
        pathname: str | None, search: str | None, told: dict[str, bool] | None, shown: str, chosen: Language
    ) -> tuple[Any, Any, Any]:
        """The page of the address; only its links change while the same page stays open."""
        if told is None:
            raise dash.exceptions.PreventUpdate
        pathname, place, screen = pathname or "/", place_of(search), screen_of(told)
        with use_language(chosen):
            names = shelf.names()
            links = nav_links(pathname, place, chosen, search or "")
            compares = pathname.startswith("/compare")
            place = place if compares else resolved(place, names)
            wanted = f"{'compare' if compares else place.plan} {screen}"
            if shown == wanted and names:
                return no_update, no_update, links
            if not names:
                return empty_page(shelf.folder), "", links
            if compares:
                return compare_page(place, names, comparison_of(shelf, place.plans, names, screen)), wanted, links
            try:
                return plan_page(shelf.plan(place.plan), place, names, screen), wanted, links
            except BadInput as error:
                return error_page(str(error), names), "", links


def _plan(app: dash.Dash, shelf: PlanShelf) -> None:
    controls = ("line", "group", "day")
    charts = ("demand", "seats", "coverage")

    @app.callback(
        Output("plan-url", "search", allow_duplicate=True),
        Input("plan-pick", "value"),
        State("plan-url", "search"),
        prevent_initial_call=True,
    )
    def pick(value: str | None, search: str | None) -> Any:
        """Another plan."""
        if not value or value == resolved(place_of(search), shelf.names()).plan:
            return no_update
        return Place(plan=value).search()

    @app.callback(
        Output("plan-url", "search"),
        *(Output(name, "value") for name in controls),
        *(Output(name, "figure") for name in charts),
        *(Output(f"{name}-frame", "aria-label") for name in charts),
        *(Output(f"{name}-csv", "href") for name in charts),
        Output("demand-key", "children"),
        Input("plan-url", "search"),
        *(Input(name, "value") for name in controls),
        State("drawn", "data"),
        State("screen", "data"),
        State("language", "data"),
        prevent_initial_call=True,
    )
    def follow(
        search: str | None,
        line: str | None,
        group: str | None,
        day: str | None,
        drawn: str,
        told: dict[str, bool] | None,
        chosen: Language,
    ) -> Any:
        """Charts follow the choices, the address follows too; going back in the browser brings both back."""
        with use_language(chosen):
            asked = resolved(place_of(search), shelf.names())
            if asked.plan != drawn:  # the page of another plan is on its way
                raise dash.exceptions.PreventUpdate
            plan = plan_or_stop(shelf, asked.plan)
            before = chosen_place(plan, asked)
            by_hand = replace(before, line=_value(line), group=_value(group), day=_value(day))
            triggered = ctx.triggered_prop_ids
            place = before if "plan-url.search" in triggered else chosen_place(plan, by_hand)
            if "plan-url.search" in triggered and place == by_hand:
                raise dash.exceptions.PreventUpdate
            screen = screen_of(told)
            made = [figure_of(name, plan, place, screen) for name in charts]
            return (
                no_update if place == before else place.search(),
                *(getattr(place, name) or "all" for name in controls),
                *made,
                *(aria(figure) for figure in made),
                *(f"/data/{name}.csv{place.search()}" for name in charts),
                demand_key(plan, place.line or ""),
            )

    @app.callback(
        Output("seats-table", "rowData"),
        Input("seats-table-open", "n_clicks"),
        Input("group", "value"),
        Input("day", "value"),
        State("drawn", "data"),
        State("language", "data"),
        prevent_initial_call=True,
    )
    def fill_table(clicks: int | None, group: str | None, day: str | None, drawn: str, chosen: Language) -> Any:
        """The table of intervals, once somebody has opened it."""
        if not clicks:
            raise dash.exceptions.PreventUpdate
        with use_language(chosen):
            plan = plan_or_stop(shelf, drawn)
            place = chosen_place(plan, Place(plan=drawn, group=_value(group), day=_value(day)))
            return seats_rows(plan, place.group, place.date)

    @app.callback(
        Output("daily", "figure"),
        Output("daily-frame", "aria-label"),
        Output("daily-csv", "href"),
        Input("target", "value"),
        State("drawn", "data"),
        State("screen", "data"),
        State("language", "data"),
        prevent_initial_call=True,
    )
    def follow_target(target: str | None, drawn: str, told: dict[str, bool] | None, chosen: Language) -> Any:
        """The daily values of the chosen target."""
        with use_language(chosen):
            plan = plan_or_stop(shelf, drawn)
            place = chosen_place(plan, Place(plan=drawn, target=_value(target)))
            figure = figure_of("daily", plan, place, screen_of(told))
            return figure, aria(figure), f"/data/daily.csv{Place(plan=drawn, target=place.target).search()}"


def plan_or_stop(shelf: PlanShelf, name: str) -> Plan:
    """The plan; nothing changes on the page when it has gone away meanwhile."""
    try:
        return shelf.plan(name)
    except BadInput:
        raise dash.exceptions.PreventUpdate from None


def _value(value: str | None) -> str:
    return "" if value in (None, "all") else str(value)


def _compare(app: dash.Dash, shelf: PlanShelf) -> None:
    @app.callback(
        Output("compare-url", "search"),
        Output("compare-pick", "value"),
        Output("compare-body", "children"),
        Input("compare-url", "search"),
        Input("compare-pick", "value"),
        State("screen", "data"),
        State("language", "data"),
        prevent_initial_call=True,
    )
    def follow(search: str | None, picked: list[str] | None, told: dict[str, bool] | None, chosen: Language) -> Any:
        """The comparison of the chosen plans."""
        with use_language(chosen):
            names = shelf.names()
            asked = place_of(search).plans
            known = tuple(name for name in asked if name in names)
            by_hand = tuple(name for name in (picked or []) if name in names)
            if "compare-url.search" in ctx.triggered_prop_ids:
                if known == by_hand:
                    raise dash.exceptions.PreventUpdate
                return no_update, list(known), comparison_of(shelf, asked, names, screen_of(told))
            body = comparison_of(shelf, by_hand, names, screen_of(told))
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
