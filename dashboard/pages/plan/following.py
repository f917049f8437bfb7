"""How the plan page answers its controls: charts and address follow the choices, and going back brings both back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import dash
from dash import Input, Output, State, ctx, no_update

from dashboard.address import Place, place_of
from dashboard.answering import Answering
from dashboard.asked import asked_of
from dashboard.desk import Desk
from dashboard.figures.frame import aria
from dashboard.pages.plan.layout import chosen_place, demand_key, figure_of
from dashboard.tables import seats_rows
from scenarios.plan import Plan
from wfm.errors import BadInput

__all__ = ["resolved", "wire"]

_CONTROLS = ("line", "group", "day")
_CHARTS = ("demand", "seats", "coverage")


def resolved(place: Place, names: list[str]) -> Place:
    """The place with the newest plan where none is named."""
    return replace(place, plan=place.plan or (names[0] if names else ""))


def wire(answer: Answering, desk: Desk) -> None:
    """Register the callbacks of the page."""
    _pick(answer, desk)
    _follow(answer, desk)
    _table(answer, desk)
    _target(answer, desk)


def _pick(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("plan-url", "search", allow_duplicate=True),
        Input("plan-pick", "value"),
        State("plan-url", "search"),
        State("drawn", "data"),
        right="see",
        prevent_initial_call=True,
    )
    def pick(value: str | None, search: str | None, drawn: str) -> Any:
        """Another plan."""
        if not value or value == drawn:
            return no_update
        return Place(plan=value).search()


def _follow(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("plan-url", "search"),
        *(Output(name, "value") for name in _CONTROLS),
        *(Output(name, "figure") for name in _CHARTS),
        *(Output(f"{name}-frame", "aria-label") for name in _CHARTS),
        *(Output(f"{name}-csv", "href") for name in _CHARTS),
        Output("demand-key", "children"),
        Input("plan-url", "search"),
        *(Input(name, "value") for name in _CONTROLS),
        State("drawn", "data"),
        State("screen", "data"),
        right="see",
        prevent_initial_call=True,
    )
    def follow(
        search: str | None,
        line: str | None,
        group: str | None,
        day: str | None,
        drawn: str,
        told: dict[str, bool] | None,
    ) -> Any:
        """Charts follow the choices, the address follows too; going back in the browser brings both back."""
        asked = place_of(search)
        if asked.plan and asked.plan != drawn:  # the page of another plan is on its way
            raise dash.exceptions.PreventUpdate
        asked = replace(asked, plan=drawn)
        plan = plan_or_stop(desk, drawn)
        before = chosen_place(plan, asked)
        by_hand = replace(before, line=_value(line), group=_value(group), day=_value(day))
        triggered = ctx.triggered_prop_ids
        place = before if "plan-url.search" in triggered else chosen_place(plan, by_hand)
        if "plan-url.search" in triggered and place == by_hand:
            raise dash.exceptions.PreventUpdate
        screen = asked_of(None, None, told).screen
        made = [figure_of(name, plan, place, screen) for name in _CHARTS]
        return (
            no_update if place == before else place.search(),
            *(getattr(place, name) or "all" for name in _CONTROLS),
            *made,
            *(aria(figure) for figure in made),
            *(f"/data/{name}.csv{place.search()}" for name in _CHARTS),
            demand_key(plan, place.line or ""),
        )


def _table(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("seats-table", "rowData"),
        Input("seats-table-open", "n_clicks"),
        Input("group", "value"),
        Input("day", "value"),
        State("drawn", "data"),
        right="see",
        prevent_initial_call=True,
    )
    def fill_table(clicks: int | None, group: str | None, day: str | None, drawn: str) -> Any:
        """The table of intervals, once somebody has opened it."""
        if not clicks:
            raise dash.exceptions.PreventUpdate
        plan = plan_or_stop(desk, drawn)
        place = chosen_place(plan, Place(plan=drawn, group=_value(group), day=_value(day)))
        return seats_rows(plan, place.group, place.date)


def _target(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("daily", "figure"),
        Output("daily-frame", "aria-label"),
        Output("daily-csv", "href"),
        Input("target", "value"),
        State("drawn", "data"),
        State("screen", "data"),
        right="see",
        prevent_initial_call=True,
    )
    def follow_target(target: str | None, drawn: str, told: dict[str, bool] | None) -> Any:
        """The daily values of the chosen target."""
        plan = plan_or_stop(desk, drawn)
        place = chosen_place(plan, Place(plan=drawn, target=_value(target)))
        figure = figure_of("daily", plan, place, asked_of(None, None, told).screen)
        return figure, aria(figure), f"/data/daily.csv{Place(plan=drawn, target=place.target).search()}"


def plan_or_stop(desk: Desk, name: str) -> Plan:
    """The plan; nothing changes on the page when it has gone away meanwhile."""
    try:
        return desk.plans.plan(name)
    except BadInput:
        raise dash.exceptions.PreventUpdate from None


def _value(value: str | None) -> str:
    return "" if value in (None, "all") else str(value)
