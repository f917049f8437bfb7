"""Parts that pages share: cards, keys, statuses, findings, and what is said when there is nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.asked import Asked, address
from dashboard.attributes import UNSPOKEN, aria_label
from dashboard.colours import status_of
from dashboard.sentences import findings_below
from dashboard.wording import severity_words
from scenarios.plan import Plan
from wfm.i18n import language, say

__all__ = [
    "LOOK_ICONS",
    "STATUS_CLASS",
    "card",
    "day_field",
    "download",
    "error_page",
    "facts",
    "findings",
    "key",
    "page_headline",
    "select",
    "status_cell",
    "tabs",
]

STATUS_CLASS = {"met": "met", "at risk": "risk", "missed": "missed"}
LOOK_ICONS = {"met": "✓", "risk": "△", "missed": "✕"}
_FINDING_ICONS = {"good": "✓", "notice": "•", "warning": "△", "problem": "✕"}


def card(title: str, body: Sequence[Any], controls: Sequence[Any] = ()) -> html.Section:
    """A part of a page under its own heading."""
    return html.Section(
        [html.Header([html.H2(title), html.Div(list(controls), className="controls")]), *body], className="card"
    )


def page_headline(part_id: str, look: str, words: str, *more: Any) -> html.P:
    """The sentence of a page with its mark. ``look``: met, risk, missed or none."""
    mark = html.Span(LOOK_ICONS.get(look, "–"), className=f"mark {look}", **UNSPOKEN)
    return html.P([mark, " ", words, *more], className=f"headline {look}", id=part_id)


def key(entries: Sequence[tuple[str, dict[str, str], str]]) -> html.Ul:
    """What the marks of a chart mean: (words, style of the swatch, its class)."""
    return html.Ul(
        [html.Li([html.I(style=style, className=cls), words]) for words, style, cls in entries], className="key"
    )


def download(link_id: str, href: str = "", words: str = "") -> html.A:
    """A link to the table behind a chart, or to what ``words`` say."""
    return html.A(
        [html.Span(className="icon icon-download"), words or say("Table (CSV)")],
        id=link_id,
        href=href,
        className="download",
        download="",
    )


def select(select_id: str, label: str, options: Sequence[tuple[str, str]], value: str, width: int = 220) -> dmc.Select:
    """A choice of one; an empty value is written ``all``, since a select has no empty choice."""
    return dmc.Select(
        id=select_id,
        label=label,
        data=[{"value": key or "all", "label": words} for key, words in options],
        value=value or "all",
        w=width,
        size="sm",
        allowDeselect=False,
        checkIconPosition="right",
        comboboxProps={"withinPortal": True},
    )


def tabs(asked: Asked, names: Sequence[tuple[str, str]], chosen: str, keep: Sequence[str] = ()) -> html.Nav:
    """Ways to the parts of a page, each with an address (``tab``); of the rest of the address only ``keep`` goes along."""
    gone = {key: "" for key in asked.query if key not in ("hotline", "at", *keep)}
    marked: dict[str, Any] = {"aria-current": "page"}
    return html.Nav(
        html.Ul(
            [
                html.Li(
                    dcc.Link(words, href=asked.with_(**{**gone, "tab": key}), className="page-tab"),
                    **(marked if key == chosen else {}),
                )
                for key, words in names
            ]
        ),
        className="page-tabs",
        **aria_label(say("Parts of this page")),
    )


def day_field(
    field_id: str, label: str, value: date | None, width: int = 160, among: Sequence[date] = (), **more: Any
) -> dmc.DatePickerInput:
    """A field for one day with a calendar in the reader's language; its value is an ISO date.

    Of ``among``, in their order, only these days can be chosen, and the calendar opens where they begin.
    """
    if among:
        more |= {"minDate": among[0].isoformat(), "maxDate": among[-1].isoformat()}
        more |= {} if value else {"defaultDate": among[0].isoformat()}
        span = {among[0] + timedelta(days=n) for n in range((among[-1] - among[0]).days)}
        more["disabledDates"] = sorted(day.isoformat() for day in span.difference(among))
    heads = {"monthLabelFormat": "YYYY年M月", "yearLabelFormat": "YYYY年"} if language() == "zh" else {}
    return dmc.DatePickerInput(
        id=field_id,
        label=label,
        value=value.isoformat() if value else None,
        valueFormat="YYYY-MM-DD",
        w=width,
        size="sm",
        **heads,
        **more,
    )


def status_cell(status: str) -> html.Td:
    """Icon and word."""
    look = status_of(status)
    return html.Td(
        [
            html.Span(look.icon, className=f"mark {STATUS_CLASS.get(status, 'none')}", **UNSPOKEN),
            " ",
            look.word.of(),
        ],
        className="status full",
    )


def findings(plan: Plan) -> html.Ul | None:
    """What the plan's reader must know, each with what would mend it."""
    shown = findings_below(plan)
    if not shown:
        return None
    return html.Ul(
        [
            html.Li(
                [
                    html.Span(
                        _FINDING_ICONS[finding.severity],
                        className=f"mark {finding.severity}",
                        role="img",
                        **aria_label(severity_words(finding.severity)),
                    ),
                    finding.text.of(),
                    html.Span(finding.remedy.of(), className="remedy") if finding.remedy else None,
                ]
            )
            for finding in shown
        ],
        className="findings",
    )


def facts(pairs: Sequence[tuple[str, str]]) -> html.Dl:
    """Names and values."""
    return html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in pairs], className="facts")


def error_page(message: str, names: Sequence[str] = (), anew: str = "") -> html.Div:
    """What went wrong in one sentence, and where to go from here: plans of these names, the page without its choices."""
    return html.Div(
        [
            html.Div(html.P(message), className="error", role="alert"),
            html.P(dcc.Link(say("Open the page without these choices"), href=anew, className="button"))
            if anew
            else None,
            html.Ul([html.Li(dcc.Link(name, href=address("/plan", plan=name))) for name in names], className="plans"),
        ],
        className="empty",
    )
