"""The charts of the plan page, each with its table, drawn for a place and a screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
import plotly.graph_objects as go
from dash import dcc, html

from dashboard.colours import Screen
from dashboard.figures import coverage_figure, daily_figure, demand_figure, seats_figure
from dashboard.figures.binding import binding_figure
from dashboard.figures.kept import kept_figure
from dashboard.graph import graph
from dashboard.pages.parts import download, select
from dashboard.pages.plan.place import Place, chosen_place
from dashboard.views import daily_rows, day_list, group_ids
from dashboard.wording import day_label, day_name, group_name
from scenarios.plan import Plan
from wfm.i18n import say

__all__ = ["Charts", "choices", "day_options", "defined", "figure_of"]


def figure_of(name: str, plan: Plan, place: Place, screen: Screen) -> go.Figure:
    """The figure of this name for what is chosen."""
    place = chosen_place(plan, place)
    return kept_figure(plan, (name, place, screen), lambda: _drawn(name, plan, place, screen))


def _drawn(name: str, plan: Plan, place: Place, screen: Screen) -> go.Figure:
    if name == "demand":
        return demand_figure(plan, place.line or "", place.date, screen)
    if name == "seats":
        return seats_figure(plan, place.group, place.date, screen)
    if name == "coverage":
        return coverage_figure(plan, place.group, place.date, screen)
    if name == "binding":
        return binding_figure(plan, place.group, place.date, screen)
    row = next(r for r in daily_rows(plan) if r.target == place.target)
    return daily_figure(plan, row, screen)


@dataclass(frozen=True, slots=True)
class Charts:
    """What the charts of a view are drawn for."""

    plan: Plan
    place: Place
    screen: Screen

    def chart(self, name: str) -> html.Div:
        """The chart of this name."""
        return graph(f"plan-{name}", figure_of(name, self.plan, self.place, self.screen))

    def table(self, name: str) -> html.A:
        """The link to the table behind it."""
        return download(f"plan-{name}-csv", self.place.table(name))


def day_options(plan: Plan) -> list[tuple[str, str]]:
    """The days of the plan with what is special to them."""
    found = []
    for day in day_list(plan):
        name = day_name(plan, day)
        found.append((day.isoformat(), f"{day_label(day)} · {name}" if name else day_label(day)))
    return found


def choices(plan: Plan, place: Place, view: str) -> html.Div:
    """What the charts below show: which days, which group. Its ids are those of the view."""
    days = [("", say("whole period")), *day_options(plan)]
    groups = [("", group_name(plan.hotline, "")), *((g, group_name(plan.hotline, g)) for g in group_ids(plan))]
    return html.Div(
        [
            dcc.Location(id=f"plan-{view}-url", refresh="callback-nav"),
            select(f"plan-{view}-day", say("Day"), days, place.day, 220),
            select(f"plan-{view}-group", say("Group"), groups, place.group, 220),
        ],
        className="controls choices",
    )


def defined(words: str, *explained: str) -> Any:
    """Words whose meaning shows on hover, focus and touch."""
    return dmc.Tooltip(
        html.Span(words, className="defined", tabIndex="0"),
        label=html.Div([html.Div(line) for line in explained if line]),
        multiline=True,
        w=320,
        events={"hover": True, "focus": True, "touch": True},
        withArrow=True,
        position="bottom-start",
    )
