"""The day as pictures: calls against the forecast, and people against the requirement."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.asked import Asked
from dashboard.colours import Screen, line_colour
from dashboard.figures.kept import kept_figure
from dashboard.figures.today import calls_figure, people_figure
from dashboard.graph import graph
from dashboard.pages.parts import card, key, select
from dashboard.pages.today.table_link import table_link
from dashboard.person import here
from dashboard.wording import line_name
from scenarios.today import Today
from wfm.i18n import say

__all__ = ["calls_key", "calls_part", "chosen_line", "figure_of", "people_part"]


def chosen_line(today: Today, line: str) -> str:
    """The line whose calls are drawn; all together where none of this name is known."""
    return line if line in today.hotline.line_ids else ""


def figure_of(name: str, today: Today, line: str, screen: Screen) -> Any:
    """The figure ``calls`` or ``people``."""
    key = ("today", name, line, screen, today.now.replace(second=0, microsecond=0))

    def draw() -> Any:
        return calls_figure(today, line, screen) if name == "calls" else people_figure(today, screen)

    # A look that is kept is told another moment at each asking; its table of the day stays the same one.
    return kept_figure(today.cover, key, draw)


def calls_part(today: Today, asked: Asked, marks: Any) -> html.Section:
    """The card of the calls, with the choice of the line."""
    line = chosen_line(today, asked.get("line"))
    options = [("", say("All lines"))] + [(one, line_name(today.hotline, one)) for one in today.hotline.line_ids]
    controls = [
        select("today-line", say("Line"), options, line, 220),
        table_link("calls", asked),
    ]
    body = [
        html.Div(marks, id="today-calls-key"),
        graph("today-calls", figure_of("calls", today, line, asked.screen)),
        html.Div(_again(today), id="today-again-frame"),
    ]
    return card(say("Calls today"), body, controls)


def _again(today: Today) -> list[Any]:
    """Asking for the rest of the day anew, for those who may."""
    if today.over or not here().may("records"):
        return []
    return [
        html.Button(say("Forecast the rest of the day anew"), id="today-again", className="button", n_clicks=0),
        html.Div(id="today-job"),
    ]


def calls_key(today: Today, line: str) -> list[Any]:
    """What the marks of the calls mean, and which forecast it is."""
    colour = line_colour(today.hotline.line_ids.index(line)) if line else "var(--accent)"
    entries: list[tuple[str, dict[str, str], str]] = [
        (say("came (ring: interval not over)"), {"borderTop": "2px solid var(--ink)", "height": "0"}, "")
    ]
    if today.expected is not None:
        entries.append((say("expected"), {"borderTop": f"2px solid {colour}", "height": "0"}, ""))
        rows = today.expected.intervals
        mine = rows[rows["line"] == line]
        if mine["p10"].notna().any():
            entries.append((say("80 % of outcomes"), {"background": colour, "opacity": "0.48"}, ""))
        if mine["p025"].notna().any():
            entries.append((say("95 % of outcomes"), {"background": colour, "opacity": "0.16"}, ""))
        if today.expected.updated is not None:
            entries.append((say("as planned"), {"borderTop": "1px dotted var(--soft)", "height": "0"}, ""))
        source = today.expected.source.of()
        note = say("Forecast: {source}.", source=source)
        if mine["p10"].isna().all():
            note += " " + say("Bands are known for each line; choose one.")
    else:
        note = say("No forecast holds this day: make a plan that holds it.")
    return [key(entries), html.P(note, className="note")]


def people_part(today: Today, asked: Asked) -> html.Section:
    """The card of the people on duty."""
    marks = key(
        [
            (say("required (with unplanned absence)"), {}, "line"),
            (say("on duty, breaks taken out"), {"background": "var(--fill)"}, ""),
            (say("short"), {"background": "var(--short)"}, ""),
        ]
    )
    return card(
        say("Agents today"),
        [marks, graph("today-people", figure_of("people", today, "", asked.screen))],
        [table_link("people", asked)],
    )
