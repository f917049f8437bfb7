"""What needs attention, each with the way to where it is mended."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard.asked import address
from dashboard.attributes import aria_label
from dashboard.pages.today.looking import Looked
from dashboard.wording import severity_words
from scenarios.attention import Attention
from wfm.i18n import say

__all__ = ["attention_part"]


_ICONS = {"problem": "✕", "warning": "△", "notice": "•"}


def attention_part(seen: Looked) -> list[Any]:
    """The list, the most urgent first; a sentence where nothing needs attention."""
    if not seen.attention:
        return [html.P(say("Nothing needs your attention."), className="note")]
    shown = [_attention_item(one, seen) for one in seen.attention]
    return [html.H2(say("Needs attention"), className="sr-only"), html.Ul(shown, className="findings attention")]


def _attention_item(one: Attention, seen: Looked) -> html.Li:
    link = None
    if one.page and one.page != "today":
        at = None if seen.live else f"{seen.today.now:%Y-%m-%dT%H:%M}"
        href = address(f"/{one.page}", hotline=seen.today.hotline.id, at=at, **one.query)
        link = dcc.Link(_page_words(one.page), href=href, className="go")
    return html.Li(
        [
            html.Span(
                _ICONS[one.urgency],
                className=f"mark {one.urgency}",
                role="img",
                **aria_label(severity_words(one.urgency)),
            ),
            one.text.of(),
            " ",
            link,
        ]
    )


def _page_words(page: str) -> str:
    words = {
        "roster": say("Open the roster"),
        "review": say("Open the review"),
        "data": say("Import records"),
        "orders": say("Open the work orders"),
        "jobs": say("Open the job"),
        "admin": say("Open the calendar"),
    }
    return words.get(page, say("Open"))
