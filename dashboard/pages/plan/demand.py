"""What will come, and whether enough people are there: forecast, required and rostered agents, cover."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.colours import line_colour
from dashboard.pages.parts import card, key, select
from dashboard.pages.plan.charts import Charts, choices
from dashboard.views import demand_by_day
from dashboard.wording import line_name
from scenarios.plan import Plan
from wfm.i18n import say

__all__ = ["demand_key", "demand_view"]


def demand_view(charts: Charts) -> list[Any]:
    """Calls of a line with their bands, and the cover they meet."""
    return [choices(charts.plan, charts.place, "demand"), _demand(charts), _coverage(charts)]


def _demand(charts: Charts) -> html.Section:
    plan, place = charts.plan, charts.place
    lines = [str(line) for line in demand_by_day(plan).columns]
    options = [(line, line_name(plan.hotline, line)) for line in lines] + [("", say("All lines (means)"))]
    return card(
        say("What will come"),
        [html.Div(demand_key(plan, place.line or ""), id="plan-demand-key"), charts.chart("demand")],
        [select("plan-line", say("Line"), options, place.line or "", 220), charts.table("demand")],
    )


def demand_key(plan: Plan, line: str) -> html.Ul:
    """What line and bands mean, or which line has which colour."""
    if line:
        colour = line_colour(plan.hotline.line_ids.index(line)) if line in plan.hotline.line_ids else line_colour(0)
        return key(
            [
                (say("mean"), {"borderTop": f"2px solid {colour}", "height": "0"}, ""),
                (say("80 % of outcomes"), {"background": colour, "opacity": "0.48"}, ""),
                (say("95 % of outcomes"), {"background": colour, "opacity": "0.16"}, ""),
            ]
        )
    return key(
        [
            (line_name(plan.hotline, one), {"borderTop": f"2px solid {line_colour(i)}", "height": "0"}, "")
            for i, one in enumerate(plan.hotline.line_ids)
        ]
    )


def _coverage(charts: Charts) -> html.Section:
    marks = key(
        [
            (say("too few"), {"background": "var(--short)"}, ""),
            (say("just right"), {"background": "var(--right)"}, ""),
            (say("more than needed"), {"background": "var(--over)"}, ""),
        ]
    )
    note = html.P(
        say("A cell over the period: what the worst group lacks, or where none is short the agents left over in all."),
        className="note",
    )
    return card(say("Cover"), [marks, charts.chart("coverage"), note], [charts.table("coverage")])
