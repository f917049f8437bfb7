"""What stands above every part of the plan page: name, plan, the one sentence, and the ways to the parts."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard.asked import Asked, address
from dashboard.attributes import aria_label
from dashboard.pages.parts import STATUS_CLASS, page_headline, select
from dashboard.pages.plan.place import VIEWS, view_link
from dashboard.person import here
from dashboard.sentences import headline, weak_place, worst_status
from dashboard.wording import period_words
from scenarios.plan import Plan
from wfm.i18n import say

__all__ = ["headline_of", "top", "ways"]


def top(plan: Plan, name: str, names: list[str]) -> html.Div:
    """Hotline and period, the choice of the plan, and a new one."""
    new = dcc.Link(
        say("New plan"), href=address("/plan", hotline=plan.hotline.id, view="new"), className="button", id="plan-new"
    )
    report = html.A(
        [html.Span(className="icon icon-report"), say("Report")],
        href=address("/report", plan=name),
        className="download",
        target="_blank",
    )
    return html.Div(
        [
            html.Div(
                [html.H1(plan.hotline.name.of()), html.P(f"{plan.hotline.number} · {period_words(plan)}")],
                className="title",
            ),
            html.Div(
                [
                    select("plan-pick", say("Plan to look at"), [(one, one) for one in names], name, 240),
                    report,
                    new if here().may("plan") else None,
                ],
                className="controls",
            ),
        ],
        className="top",
    )


def headline_of(plan: Plan, name: str, asked: Asked) -> html.P:
    """The one sentence, and the way to its weak hour."""
    look = STATUS_CLASS.get(worst_status(plan), "none")
    weak = weak_place(plan)
    link = None
    if weak is not None:
        group, day = weak
        href = address(
            "/plan", hotline=asked.get("hotline"), plan=name, view="seats", group=group, day=day, at=asked.get("at")
        )
        link = dcc.Link(say("Show it"), href=href, className="show-it")
    return page_headline("plan-headline", look, headline(plan), link)


def ways(asked: Asked, name: str, view: str) -> html.Nav:
    """The parts of the page; the open one is marked."""
    marked: dict[str, Any] = {"aria-current": "page"}
    return html.Nav(
        html.Ul(
            [
                html.Li(dcc.Link(words.of(), href=view_link(asked, name, key), className="plan-view"),
                        **(marked if key == view else {}))
                for key, words in VIEWS.items()
            ]
        ),
        className="plan-views",
        id="plan-views",
        **aria_label(say("Parts of the plan")),
    )  # fmt: skip
