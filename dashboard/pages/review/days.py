"""Days that are not as others are: what was found waits for a decision, what was decided is kept with who and when."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
from dash import html

from dashboard.asked import Asked
from dashboard.attributes import aria_label
from dashboard.desk import Desk
from dashboard.pages.parts import card, day_field, download
from dashboard.pages.review.against import table_address
from dashboard.pages.review.period import Period
from dashboard.person import here
from dashboard.wording import dated_label, line_name, number_words
from scenarios.day_marks import DayMarks, marks_of
from scenarios.scenario import Scenario
from wfm.hotline import Hotline
from wfm.i18n import Text, both, say
from wfm.records.cleaning import Mark

__all__ = ["KIND_NAMES", "days_part", "when_words"]

SHOWN = 60

KIND_NAMES: dict[str, Text] = {
    "gap": both("no records"),
    "outage": both("outage"),
    "partial_day": both("partial day"),
    "outlier_high": both("far too many calls"),
    "outlier_low": both("far too few calls"),
    "special_day": both("special day"),
}


def days_part(asked: Asked, desk: Desk, scenario: Scenario, period: Period) -> list[Any]:
    """Everything of the part “Special days”."""
    hotline = scenario.hotline
    marks = marks_of(desk.home, hotline)
    may = here().may("records")
    parts: list[Any] = []
    head: list[Any] = [download("review-marks-csv", table_address("marks", asked, period))] if marks.marks else []
    if may:
        head.insert(0, html.Button(say("Look for odd days"), id="review-look", className="button quiet-button"))
    parts.append(html.P(_sentence(marks), id="review-marks-sentence"))
    if may:
        parts.append(_form(asked, hotline, period))
    waiting = marks.proposed
    body: list[Any] = (
        [_mark(mark, marks, hotline, may) for mark in waiting[:SHOWN]]
        if waiting
        else [
            html.P(
                say("Nothing waits for a decision. What looks odd in the records is looked for when you ask."),
                className="quiet",
            )
        ]
    )
    parts.append(card(say("Found, and not yet decided"), body, head))
    if marks.accepted:
        parts.append(
            card(
                say("Decided: forecasts follow"), [_mark(mark, marks, hotline, may) for mark in marks.accepted[:SHOWN]]
            )
        )
    if marks.undone:
        rows = [_mark(mark, marks, hotline, may) for mark in marks.undone[:SHOWN]]
        parts.append(html.Details([html.Summary(say("Taken back ({count})", count=len(marks.undone))), *rows]))
    return parts


def _sentence(marks: DayMarks) -> str:
    if not marks.marks:
        return say(
            "No day is marked. Mark days that were not as others are, so that forecasts do not take them for usual."
        )
    hidden = sum(mark.kind != "special_day" for mark in marks.accepted)
    special = len(marks.accepted) - hidden
    return say(
        "{waiting} marks wait for a decision. Forecasts pass over {hidden} stretches, and learn {special} special days as days of their own kind.",
        waiting=len(marks.proposed),
        hidden=hidden,
        special=special,
    )


def when_words(mark: Mark, hotline: Hotline) -> str:
    """When a mark is: days, or a stretch of hours."""
    zone = ZoneInfo(hotline.time_zone)
    start, end = mark.start.astimezone(zone), mark.end.astimezone(zone)
    days = mark.days(hotline.time_zone)
    whole = start.time() == end.time() and start.hour == 0 and start.minute == 0
    if whole:
        first, last = dated_label(days[0]), dated_label(days[-1])
        return first if len(days) == 1 else say("{first} – {last}", first=first, last=last)
    if len(days) == 1:
        until = "24:00" if end.date() > days[0] else f"{end:%H:%M}"
        return f"{dated_label(days[0])} {start:%H:%M}–{until}"
    return say(
        "{first} – {last}",
        first=f"{dated_label(start.date())} {start:%H:%M}",
        last=f"{dated_label(end.date())} {end:%H:%M}",
    )


def _mark(mark: Mark, marks: DayMarks, hotline: Hotline, may: bool) -> html.Article:
    """One mark: when, what, why, who decided, and what can be done."""
    where = say("all lines") if mark.line is None else line_name(hotline, mark.line)
    title: list[Any] = [html.B(when_words(mark, hotline)), f" · {KIND_NAMES[mark.kind]} · {where}"]
    words = mark.name.of() if mark.name is not None else mark.reason.of()
    told: list[Any] = [html.P(title), html.P(words)]
    if mark.found is not None and mark.usual is not None:
        told.append(
            html.P(
                say(
                    "{found} calls where {usual} were usual",
                    found=number_words(mark.found),
                    usual=number_words(mark.usual),
                ),
                className="quiet",
            )
        )
    history = [event for event in marks.history(mark) if event.event != "withdrawn"]
    if mark.status != "proposed":
        told.append(html.P(_decided(mark, ZoneInfo(hotline.time_zone)), className="note"))
    elif len(history) > 1:
        told.append(html.P(say("proposed again"), className="note"))
    return html.Article(
        [html.Div(told), _actions(mark, may)], className="mark-row", id={"part": "review-mark", "mark": mark.id}
    )


def _decided(mark: Mark, zone: ZoneInfo) -> str:
    who = mark.by or say("the owner")
    when = "" if mark.at is None else f"{mark.at.astimezone(zone):%Y-%m-%d %H:%M}"
    if mark.status == "accepted":
        return say("confirmed by {who}, {when}", who=who, when=when)
    return say("taken back by {who}, {when}", who=who, when=when)


def _actions(mark: Mark, may: bool) -> Any:
    if not may:
        return None
    day = f"{mark.start.date()}"
    words = dmc.TextInput(
        id={"part": "review-words", "mark": mark.id},
        placeholder=say("what was it? (optional)"),
        value=mark.name.of() if mark.name is not None and mark.status == "accepted" else "",
        size="sm",
        w=220,
        **aria_label(say("What was on {day}?", day=day)),
    )
    confirm = html.Button(
        say("Rename") if mark.status == "accepted" else say("Confirm"),
        id={"part": "review-do", "mark": mark.id, "do": "accept"},
        className="button",
    )
    undo = html.Button(
        say("Take back") if mark.status == "accepted" else say("Discard"),
        id={"part": "review-do", "mark": mark.id, "do": "undo"},
        className="button quiet-button",
    )
    buttons = [words, confirm, undo] if mark.status != "undone" else [words, confirm]
    return html.Div(buttons, className="mark-actions")


def _form(asked: Asked, hotline: Hotline, period: Period) -> html.Section:
    """Annotate a day with words."""
    shown = asked.day("day") or period.last
    kinds = [
        {"value": "special_day", "label": say("special: learned as a kind of its own")},
        {"value": "outage", "label": say("not usual: not learned from (outage, wrong counts)")},
    ]
    lines = [
        {"value": "all", "label": say("all lines")},
        *({"value": one.id, "label": one.name.of()} for one in hotline.lines),
    ]
    return card(
        say("Annotate days"),
        [
            html.Div(
                [
                    day_field("review-mark-first", say("First day"), shown, 130),
                    day_field("review-mark-last", say("Last day"), shown, 130),
                    dmc.TextInput(
                        id="review-mark-words", label=say("What was it?"), placeholder=say("new wage law in force"),
                        value="", w=280, size="sm",
                    ),
                    dmc.Select(
                        id="review-mark-kind", label=say("Forecasts"), data=kinds, value="special_day", allowDeselect=False,
                        size="sm", w=320,
                    ),
                    dmc.Select(
                        id="review-mark-line", label=say("Line"), data=lines, value="all", allowDeselect=False, size="sm", w=180,
                        style={} if len(hotline.lines) > 1 else {"display": "none"},
                    ),
                    html.Button(say("Annotate"), id="review-mark-add", className="button"),
                ],
                className="controls",
            )
        ],
    )  # fmt: skip
