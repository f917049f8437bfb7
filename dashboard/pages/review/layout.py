"""The review page: the sentence of the period, and its parts, each at an address of its own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from dash import dcc, html

from dashboard.answering import Answering
from dashboard.asked import Asked, address
from dashboard.attributes import aria_label
from dashboard.desk import Desk
from dashboard.page import Page
from dashboard.pages.parts import page_headline, select, tabs
from dashboard.pages.review.against import against_part
from dashboard.pages.review.causes import causes_part
from dashboard.pages.review.days import days_part
from dashboard.pages.review.downloads import serve_review_tables
from dashboard.pages.review.errors import errors_part
from dashboard.pages.review.intraday import intraday_part, rest_sentence
from dashboard.pages.review.period import SPANS, Period, against_of, last_recorded, lead_of, period_of
from dashboard.pages.review.sentence import period_sentence
from dashboard.pages.review.taking_up import wire_taking_up
from dashboard.pages.review.wiring import wire_review
from dashboard.person import here
from dashboard.wording import dated_label
from scenarios.scenario import Scenario
from wfm.i18n import both, say

__all__ = ["PAGE"]

_PARTS = {
    "against": against_part,
    "errors": errors_part,
    "causes": causes_part,
    "days": days_part,
    "intraday": intraday_part,
}


def _names() -> list[tuple[str, str]]:
    return [
        ("against", say("Forecast and actual")),
        ("errors", say("Errors")),
        ("causes", say("Missed targets")),
        ("days", say("Special days")),
        ("intraday", say("Rest of today")),
    ]


def _show(asked: Asked, desk: Desk) -> list[Any]:
    scenario = desk.scenario(asked)
    tab = asked.get("tab") if asked.get("tab") in _PARTS else "against"
    last = last_recorded(desk, scenario)
    page: list[Any] = [dcc.Location(id="review-url", refresh="callback-nav"), dcc.Store(id="review-job-done")]
    if last is None:
        return [*page, _top(scenario, None, asked, tab), _empty(scenario, asked)]
    period = period_of(asked, last)
    if tab == "intraday":
        look, sentence = rest_sentence(desk, scenario, desk.now(asked))
    else:
        look, sentence = period_sentence(
            desk, scenario, against_of(desk, scenario, period, lead_of(asked), desk.now(asked))
        )
    return [
        *page,
        _top(scenario, period, asked, tab),
        page_headline("review-headline", look, sentence),
        tabs(asked, _names(), tab, keep=("from", "to", "span", "line", "lead")),
        *_PARTS[tab](asked, desk, scenario, period),
    ]


def _top(scenario: Scenario, period: Period | None, asked: Asked, tab: str) -> html.Div:
    title = html.Div([html.H1(say("Forecast and actual")), html.P(scenario.hotline.name.of())], className="title")
    if period is None or tab in ("intraday", "days"):
        return html.Div(title, className="top")
    spans = [(str(n), say("{n} days", n=n)) for n in SPANS]
    if period.days not in SPANS:
        spans.append((str(period.days), say("{n} days", n=period.days)))
    before, after = (_moved(asked, period, period.days * way) for way in (-1, 1))
    return html.Div(
        [
            title,
            html.Div(
                [
                    select("review-span", say("Period"), spans, str(period.days), 120),
                    html.Nav(
                        [
                            dcc.Link("←", href=before, title=say("earlier")),
                            html.Span(_period_words(period.first, period.last)),
                            dcc.Link("→", href=after, title=say("later")),
                        ],
                        className="steps",
                        **aria_label(say("Another period")),
                    ),
                ],
                className="controls",
            ),
        ],
        className="top",
    )


def _moved(asked: Asked, period: Period, days: int) -> str:
    first, last = period.first + timedelta(days=days), period.last + timedelta(days=days)
    return asked.with_(**{"from": first, "to": last, "span": "", "day": ""})


def _period_words(first: date, last: date) -> str:
    return say("{first} – {last}", first=dated_label(first), last=dated_label(last))


def _empty(scenario: Scenario, asked: Asked) -> html.Div:
    way = address("/data", hotline=asked.get("hotline"), tab="import")
    step = (
        html.P(dcc.Link(say("Import records"), href=way, className="button"))
        if here().may("records")
        else html.P(say("Somebody of operations can import records on the page Data."))
    )
    return html.Div(
        [
            html.P(
                say("No call records of {hotline} yet.", hotline=scenario.hotline.name.of()),
                className="headline none",
                id="review-headline",
            ),
            html.P(
                say(
                    "Here will stand what came beside what was forecast, how good the forecasts were, why targets were missed, "
                    "which days were special, and where the rest of today will end."
                )
            ),
            step,
        ],
        className="empty",
    )


def _wire(answer: Answering, desk: Desk) -> None:
    serve_review_tables(answer.app.server, desk)
    wire_review(answer, desk)
    wire_taking_up(answer, desk)


PAGE = Page("review", both("Review"), _show, wire=_wire)
