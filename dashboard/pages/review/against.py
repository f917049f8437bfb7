"""Forecast beside what came: by interval with its bands, by day, by line; and which forecast stood for each day."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from dash import html

from dashboard.asked import Asked, address
from dashboard.attributes import cell_label
from dashboard.colours import Screen, line_colour
from dashboard.desk import Desk
from dashboard.figures.kept import kept_figure
from dashboard.figures.review import against_by_day, against_by_day_figure, against_figure
from dashboard.graph import graph
from dashboard.pages.parts import card, day_field, download, key, select
from dashboard.pages.review.period import Period, against_of, kinds_of, lead_of, line_of
from dashboard.wording import day_label, day_name, number_words, value_words
from scenarios.forecast_against import ForecastAgainst
from scenarios.forecast_review import LEADS_DAYS
from scenarios.scenario import Scenario
from wfm.i18n import say

__all__ = ["against_part", "choices", "lead_words", "table_address"]

INTERVAL_DAYS = 14
"""Up to so many days are drawn interval by interval, unless days are asked for."""


def against_part(asked: Asked, desk: Desk, scenario: Scenario, period: Period) -> list[Any]:
    """Everything of the part “Forecast and actual”."""
    against = against_of(desk, scenario, period, lead_of(asked), desk.now(asked))
    line, day, by = line_of(asked, scenario), _day(asked, period), view_of(asked, period)
    screen: Screen = asked.screen
    kinds = kinds_of(scenario, period)
    key = ("against", by, line, day, screen, str(kinds.day_kinds))
    figure = kept_figure(
        against,
        key,
        lambda: (
            against_by_day_figure(against, kinds, line, screen)
            if by == "day"
            else against_figure(against, kinds, line, day, screen)
        ),
    )
    note = None
    if not line and by == "interval" and len(scenario.hotline.lines) > 1:
        note = html.P(say("Bands of lines do not add up: choose a line to see them."), className="note")
    return [
        html.Div(_controls(asked, scenario, period, line, day, by), className="controls choices", id="review-choices"),
        card(
            say("What came"),
            [_key(scenario, line, by, screen), graph("review-against", figure), note],
            [download("review-against-csv", table_address("against", asked, period))],
        ),
        card(say("Day by day"), [_days(asked, against, scenario, kinds_of(scenario, period), line)]),
    ]


def view_of(asked: Asked, period: Period) -> str:
    """By interval, or by day."""
    if _day(asked, period) is not None:
        return "interval"
    if asked.get("by") in ("interval", "day"):
        return asked.get("by")
    return "interval" if period.days <= INTERVAL_DAYS else "day"


def _day(asked: Asked, period: Period) -> date | None:
    day = asked.day("day")
    return day if day is not None and period.first <= day <= period.last else None


def table_address(name: str, asked: Asked, period: Period) -> str:
    """Where the table behind a chart is."""
    query = {"from": period.first, "to": period.last, "line": asked.get("line"), "lead": asked.get("lead")}
    return address(f"/download/review/{name}.csv", hotline=asked.get("hotline"), **query)


def lead_words(lead: int) -> str:
    """How far ahead a forecast stood."""
    return say("{n} days ahead", n=lead) if lead else say("on the evening before")


def choices(asked: Asked, scenario: Scenario, line: str) -> list[Any]:
    """Line and lead, as parts of the page share them."""
    controls: list[Any] = []
    if len(scenario.hotline.lines) > 1:
        lines = [("", say("all lines")), *((one.id, one.name.of()) for one in scenario.hotline.lines)]
        controls.append(select("review-line", say("Line"), lines, line, 200))
    leads = [(str(n), lead_words(n)) for n in LEADS_DAYS]
    controls.append(select("review-lead", say("Forecast as it stood"), leads, str(lead_of(asked)), 200))
    return controls


def _controls(asked: Asked, scenario: Scenario, period: Period, line: str, day: date | None, by: str) -> list[Any]:
    views = [("interval", say("by interval")), ("day", say("by day"))]
    return [
        *choices(asked, scenario, line),
        day_field(
            "review-day",
            say("Day"),
            day,
            among=period.list,
            clearable=True,
            placeholder=say("whole period"),
        ),
        select("review-by", say("Shown"), views, by, 140),
    ]


def _key(scenario: Scenario, line: str, by: str, screen: Screen) -> html.Ul:
    colour = line_colour(scenario.hotline.line_ids.index(line)) if line else screen.palette.accent
    entries = [
        (say("recorded"), {}, "line"),
        (say("forecast"), {"borderTop": f"2px solid {colour}", "height": "0"}, ""),
    ]
    if line and by == "interval":
        entries += [
            (say("80 % of outcomes"), {"background": colour, "opacity": "0.48"}, ""),
            (say("95 % of outcomes"), {"background": colour, "opacity": "0.16"}, ""),
        ]
    return key(entries)


def _days(asked: Asked, against: ForecastAgainst, scenario: Scenario, kinds: Any, line: str) -> html.Table:
    """Each day: what came, what was forecast, and which forecast it was."""
    heads = (say("day"), say("recorded"), say("forecast"), say("difference"), say("which forecast"))
    rows = []
    for row in reversed(against_by_day(against, line).to_dict("records")):
        day = row["date"].date()
        stood = against.stood.get(day)
        origin = "–"
        if stood is not None:
            made = stood.record.created_at.astimezone(ZoneInfo(scenario.hotline.time_zone))
            origin = say("of {day}, made {made}", day=day_label(stood.record.first), made=f"{made:%Y-%m-%d %H:%M}")
            if stood.late:
                origin = say("{forecast}, after the day had begun", forecast=origin)
        special = day_name(kinds, day)
        share = (row["actual"] - row["forecast"]) / row["forecast"] if row["forecast"] > 0 else float("nan")
        signed = value_words(share, "share") if share != share or share < 0 else f"+{value_words(share, 'share')}"
        rows.append(
            html.Tr(
                [
                    html.Td(
                        [html.A(day_label(day), href=asked.with_(day=day)), f" · {special}" if special else ""],
                        className="full",
                    ),
                    html.Td(number_words(row["actual"]), className="n", **cell_label(heads[1])),
                    html.Td(number_words(row["forecast"]), className="n", **cell_label(heads[2])),
                    html.Td(signed.replace("-", "−"), className="n", **cell_label(heads[3])),
                    html.Td(origin, className="quiet", **cell_label(heads[4])),
                ]
            )
        )
    head = html.Thead(
        html.Tr([html.Th(word, scope="col", className="n" if 0 < at < 4 else "") for at, word in enumerate(heads)])
    )
    return html.Table([head, html.Tbody(rows)], className="score")
