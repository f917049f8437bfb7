"""How the charts of the plan page answer its controls: they and the address follow, and going back brings both back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import dash
from dash import Input, Output, State, ctx, no_update

from dashboard.answering import Answering
from dashboard.asked import Asked, asked_of
from dashboard.desk import Desk
from dashboard.figures.frame import aria
from dashboard.figures.seats import seats_figure
from dashboard.pages.plan.charts import figure_of
from dashboard.pages.plan.demand import demand_key
from dashboard.pages.plan.place import chosen_place, place_in, view_in
from dashboard.pages.plan.quick import QUICK
from dashboard.tables import seats_rows
from dashboard.views import group_ids
from scenarios.plan import Plan
from scenarios.quick_change import Change
from wfm.errors import BadInput

__all__ = ["plan_or_stop", "wire_charts"]

_CONFIDENCES = (80.0, 90.0, 95.0)


def wire_charts(answer: Answering, desk: Desk) -> None:
    """Register the callbacks of the choices and their charts."""
    _pick(answer)
    _follow(answer, desk, "demand", ("demand", "coverage"))
    _follow(answer, desk, "seats", ("seats", "binding"))
    _band(answer, desk)
    _table(answer, desk)
    _target(answer, desk)


def _pick(answer: Answering) -> None:
    @answer(
        Output("plan-url", "search", allow_duplicate=True),
        Input("plan-pick", "value"),
        State("plan-url", "search"),
        State("plan-drawn", "data"),
        right="see",
        prevent_initial_call=True,
    )
    def pick(value: str | None, search: str | None, drawn: str) -> Any:
        """Another plan, in the same view."""
        if not value or value == drawn:
            return no_update
        asked = asked_of("/plan", search)
        kept = {key: asked.get(key) for key in ("hotline", "view", "at")}
        return Asked("/plan", {k: v for k, v in kept.items() if v}).with_(plan=value).removeprefix("/plan")


def _follow(answer: Answering, desk: Desk, view: str, charts: tuple[str, ...]) -> None:
    """The choices of a view. Each view has controls of its own: a callback whose inputs are not there is an error."""
    with_line = view == "demand"
    controls = {"line": "plan-line"} if with_line else {}
    controls |= {"group": f"plan-{view}-group", "day": f"plan-{view}-day"}
    more = (Output("plan-demand-key", "children"),) if with_line else ()
    where = f"plan-{view}-url"

    @answer(
        Output(where, "search"),
        *(Output(control, "value") for control in controls.values()),
        *(Output(f"plan-{name}", "figure") for name in charts),
        *(Output(f"plan-{name}-frame", "aria-label") for name in charts),
        *(Output(f"plan-{name}-csv", "href") for name in charts),
        *more,
        Input(where, "search"),
        *(Input(control, "value") for control in controls.values()),
        State("plan-drawn", "data"),
        State("screen", "data"),
        right="see",
        prevent_initial_call=True,
    )
    def follow(search: str | None, *given: Any) -> Any:
        """Charts follow the choices, the address follows too."""
        values, (drawn, told) = given[: len(controls)], given[len(controls) :]
        asked = asked_of("/plan", search, told)
        if (asked.get("plan") and asked.get("plan") != drawn) or view_in(asked) != view:  # another is on its way
            raise dash.exceptions.PreventUpdate
        plan = plan_or_stop(desk, drawn)
        before = chosen_place(plan, place_in(asked, drawn))
        chosen = dict(zip(controls, map(_value, values), strict=True))
        by_hand = replace(before, line=chosen.get("line", before.line), group=chosen["group"], day=chosen["day"])
        by_address = f"{where}.search" in ctx.triggered_prop_ids
        place = before if by_address else chosen_place(plan, by_hand)
        if by_address and place == by_hand:
            raise dash.exceptions.PreventUpdate
        made = [figure_of(name, plan, place, asked.screen) for name in charts]
        query = asked.with_(
            plan=drawn,
            day=place.day,
            group=place.group,
            **({"line": place.line or "all"} if with_line else {}),
        ).removeprefix("/plan")
        return (
            no_update if place == before else query,
            *(getattr(place, name) or "all" for name in controls),
            *made,
            *(aria(figure) for figure in made),
            *(place.table(name) for name in charts),
            *((demand_key(plan, place.line or ""),) if with_line else ()),
        )


def _band(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("plan-seats", "figure", allow_duplicate=True),
        Output("plan-seats-frame", "aria-label", allow_duplicate=True),
        Input("plan-binding", "figure"),
        Input("plan-band", "id"),
        State("plan-seats-group", "value"),
        State("plan-seats-day", "value"),
        State("plan-drawn", "data"),
        State("screen", "data"),
        right="see",
        prevent_initial_call="initial_duplicate",
    )
    def add_band(
        _figure: Any, _band: str, group: str | None, day: str | None, drawn: str, told: dict[str, bool] | None
    ) -> Any:
        """The confidence band, which takes a moment longer than the rest."""
        plan = plan_or_stop(desk, drawn)
        place = chosen_place(plan, replace(place_in(Asked(), drawn), group=_value(group), day=_value(day)))
        bands = bands_of(plan, place.group, place.date)
        figure = seats_figure(plan, place.group, place.date, asked_of(None, None, told).screen, bands)
        return figure, aria(figure)


def bands_of(plan: Plan, group: str, day: Any) -> list[tuple[float, list[Any], list[float]]]:
    """Agents required where the calls of 80, 90 and 95 % of days are covered: (per cent, starts, heads)."""
    found = []
    places = [g.id for g in plan.hotline.groups]
    shown = [places.index(one) for one in ([group] if group else group_ids(plan))]
    for confidence in _CONFIDENCES:
        told = QUICK.answer(plan, Change(confidence=confidence), [day] if day else ())
        heads = told.heads[shown].sum(axis=0)
        starts = list(told.starts.tz_localize(None))
        if group:
            there = told.reason[shown[0]] != "closed"
            starts = [start for start, keep in zip(starts, there, strict=True) if keep]
            heads = heads[there]
        found.append((confidence, starts, [float(value) for value in heads]))
    return found


def _table(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("plan-seats-table", "rowData"),
        Input("plan-seats-table-open", "n_clicks"),
        Input("plan-seats-group", "value"),
        Input("plan-seats-day", "value"),
        State("plan-drawn", "data"),
        right="see",
        prevent_initial_call=True,
    )
    def fill_table(clicks: int | None, group: str | None, day: str | None, drawn: str) -> Any:
        """The table of intervals, once somebody has opened it."""
        if not clicks:
            raise dash.exceptions.PreventUpdate
        plan = plan_or_stop(desk, drawn)
        place = chosen_place(plan, replace(place_in(Asked(), drawn), group=_value(group), day=_value(day)))
        return seats_rows(plan, place.group, place.date)


def _target(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("plan-daily", "figure"),
        Output("plan-daily-frame", "aria-label"),
        Output("plan-daily-csv", "href"),
        Output("plan-url", "search", allow_duplicate=True),
        Input("plan-target", "value"),
        State("plan-url", "search"),
        State("plan-drawn", "data"),
        State("screen", "data"),
        right="see",
        prevent_initial_call=True,
    )
    def follow_target(target: str | None, search: str | None, drawn: str, told: dict[str, bool] | None) -> Any:
        """The daily values of the chosen target."""
        plan = plan_or_stop(desk, drawn)
        asked = asked_of("/plan", search, told)
        place = chosen_place(plan, replace(place_in(asked, drawn), target=_value(target)))
        figure = figure_of("daily", plan, place, asked.screen)
        query = asked.with_(plan=drawn, target=place.target).removeprefix("/plan")
        return figure, aria(figure), place.table("daily"), query


def plan_or_stop(desk: Desk, name: str) -> Plan:
    """The plan; nothing changes on the page when it has gone away meanwhile."""
    try:
        return desk.plans.plan(name)
    except BadInput:
        raise dash.exceptions.PreventUpdate from None


def _value(value: str | None) -> str:
    return "" if value in (None, "all") else str(value)
