"""人力规划: what a plan forecasts, requires and rosters, how surely it complies, and what other numbers would take."""

from __future__ import annotations

from typing import Any

from dash import dcc

from dashboard.answering import Answering
from dashboard.asked import Asked
from dashboard.desk import Desk
from dashboard.page import Page
from dashboard.pages.plan.charts import Charts, figure_of
from dashboard.pages.plan.demand import demand_key, demand_view
from dashboard.pages.plan.downloads import serve_downloads
from dashboard.pages.plan.following import wire_charts
from dashboard.pages.plan.hiring import hiring_view, wire_hiring
from dashboard.pages.plan.new_plan import empty_view, new_view, wire_new_plan
from dashboard.pages.plan.place import Place, chosen_place, opened_plan, place_in, view_in
from dashboard.pages.plan.scorecard import scorecard_view
from dashboard.pages.plan.seats import seats_view
from dashboard.pages.plan.sliders import sliders_view, wire_sliders
from dashboard.pages.plan.strictness import strictness_view, wire_strictness
from dashboard.pages.plan.top import headline_of, top, ways
from wfm.i18n import Text

__all__ = ["PAGE", "Place", "chosen_place", "demand_key", "figure_of", "place_in"]


def _show(asked: Asked, desk: Desk) -> list[Any]:
    if asked.get("view") == "new":
        return new_view(asked, desk)
    name = opened_plan(asked, desk)
    if not name:
        return empty_view(asked, desk)
    plan = desk.plans.plan(name)
    view = view_in(asked)
    place = chosen_place(plan, place_in(asked, name))
    charts = Charts(plan, place, asked.screen)
    names = desk.plans_of(plan.hotline.id)
    return [
        dcc.Location(id="plan-url", refresh="callback-nav"),
        dcc.Store(id="plan-drawn", data=name),
        top(plan, name, names),
        headline_of(plan, name, asked),
        ways(asked, name, view),
        *_VIEWS[view](asked, desk, charts),
    ]


def _scorecard(_asked: Asked, _desk: Desk, charts: Charts) -> list[Any]:
    return scorecard_view(charts)


def _demand(_asked: Asked, _desk: Desk, charts: Charts) -> list[Any]:
    return demand_view(charts)


def _seats(_asked: Asked, _desk: Desk, charts: Charts) -> list[Any]:
    return seats_view(charts)


def _sliders(asked: Asked, desk: Desk, charts: Charts) -> list[Any]:
    return sliders_view(asked, desk, charts.plan, charts.place.plan)


def _strictness(asked: Asked, _desk: Desk, charts: Charts) -> list[Any]:
    return strictness_view(asked, charts.plan)


def _hiring(asked: Asked, desk: Desk, charts: Charts) -> list[Any]:
    return hiring_view(asked, desk, charts.plan.hotline.id)


_VIEWS = {
    "scorecard": _scorecard,
    "demand": _demand,
    "seats": _seats,
    "sliders": _sliders,
    "strictness": _strictness,
    "hiring": _hiring,
}


def _wire(answer: Answering, desk: Desk) -> None:
    wire_charts(answer, desk)
    wire_new_plan(answer, desk)
    wire_sliders(answer, desk)
    wire_strictness(answer, desk)
    wire_hiring(answer, desk)
    serve_downloads(answer, desk)


PAGE = Page(
    "plan",
    Text("Plan", "人力规划"),
    _show,
    wire=_wire,
    drawn_for=lambda asked: (
        f"{asked.get('hotline')} {asked.get('plan')} {asked.get('view')} {asked.get('months')} {asked.get('made')}"
    ),
)
