"""The page of the day: the sentence, what needs attention, the numbers, the day as a picture, and who is on duty."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.asked import Asked
from dashboard.pages.parts import STATUS_CLASS, day_field, page_headline
from dashboard.pages.today.attention_part import attention_part
from dashboard.pages.today.charts import calls_key, calls_part, chosen_line, people_part
from dashboard.pages.today.duty_part import duty_part
from dashboard.pages.today.lines import lines_part
from dashboard.pages.today.looking import Looked
from dashboard.pages.today.table_link import table_link
from dashboard.pages.today.targets import targets_part
from dashboard.pages.today.tiles import tiles
from dashboard.wording import day_label
from scenarios.today import Today
from scenarios.today_sentences import today_headline, today_status
from wfm.i18n import say

__all__ = ["refreshed", "today_page"]

REFRESH_MS = 60_000
_LIVE: dict[str, Any] = {"aria-live": "polite"}


def today_page(seen: Looked, asked: Asked) -> list[Any]:
    """Everything on the page, drawn for this screen."""
    today = seen.today
    parts = refreshed(seen, asked)
    return [
        dcc.Location(id="today-url", refresh="callback-nav"),
        dcc.Interval(id="today-tick", interval=REFRESH_MS, disabled=not seen.live),
        dcc.Store(id="today-seen", data={}),
        dcc.Store(id="today-drawn", data=f"{today.now:%Y-%m-%dT%H:%M}"),
        dcc.Store(id="today-job-done"),
        _top(seen, asked, parts["as-of"]),
        html.Div(parts["headline"], id="today-headline-frame"),
        html.Div(parts["attention"], id="today-attention", **_LIVE),
        html.Div(parts["tiles"], id="today-tiles"),
        html.Div(parts["targets"], id="today-targets"),
        calls_part(today, asked, parts["calls-key"]),
        people_part(today, asked),
        html.Div(parts["lines"], id="today-lines"),
        html.Section(
            [
                html.Header(
                    [
                        html.H2(say("On duty")),
                        html.Div([table_link("duty", asked)] if today.roster is not None else [], className="controls"),
                    ]
                ),
                html.Div(parts["duty"], id="today-duty"),
            ],
            className="card",
        ),
    ]


def refreshed(seen: Looked, asked: Asked) -> dict[str, Any]:
    """The parts that are drawn again as the day goes on, by the end of their id."""
    today = seen.today
    return {
        "as-of": _as_of(seen),
        "headline": _headline(today),
        "attention": attention_part(seen),
        "tiles": tiles(today),
        "targets": targets_part(today),
        "calls-key": calls_key(today, chosen_line(today, asked.get("line"))),
        "lines": lines_part(today, asked),
        "duty": duty_part(today),
    }


def _top(seen: Looked, asked: Asked, as_of: Any) -> html.Div:
    today = seen.today
    return html.Div(
        [
            html.Div(
                [html.H1(today.hotline.name.of()), html.P(as_of, id="today-as-of")],
                className="title",
            ),
            html.Div(
                [
                    html.Div(_steps(seen, asked), className="moments"),
                    html.Div(
                        [
                            day_field("today-day", say("Day"), today.now.date(), 140),
                            dmc.TextInput(
                                id="today-clock",
                                label=say("Time"),
                                value=f"{today.now:%H:%M}",
                                w=80,
                                size="sm",
                                debounce=True,
                            ),
                        ],
                        className="moments",
                    ),
                ],
                className="controls",
            ),
        ],
        className="top",
    )


def _steps(seen: Looked, asked: Asked) -> list[Any]:
    """To the end of the day before, of the day after, and back to now."""
    day = seen.today.now.date()
    before, after = (asked.with_(at=f"{day + timedelta(days=n)}T23:59") for n in (-1, 1))
    found = [dcc.Link(say("Day before"), href=before, className="button quiet-button")]
    if not seen.live:
        found.append(dcc.Link(say("Day after"), href=after, className="button quiet-button"))
        found.append(dcc.Link(say("Now"), href=asked.with_(at=None), className="button"))
    return found


def _as_of(seen: Looked) -> list[Any]:
    today = seen.today
    words = [f"{day_label(today.now.date())} {today.now:%H:%M}"]
    if not seen.live:
        words.append(say("a moment that was asked for, not now"))
    if today.so_far.reach is not None and today.now - today.so_far.reach > timedelta(minutes=1):
        words.append(say("records until {clock}", clock=f"{today.so_far.reach:%H:%M}"))
    if today.so_far.synthetic and today.so_far.known:
        words.append(say("generated calls, not recorded ones"))
    return [" · ".join(words)]


def _headline(today: Today) -> html.P:
    look = STATUS_CLASS.get(today_status(today), "none")
    return page_headline("today-headline", look, today_headline(today).of())
