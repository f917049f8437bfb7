"""Who is on duty, post by post: A filled, B outlined, breaks and remote answering marked."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from dash import html

from dashboard.attributes import UNSPOKEN
from dashboard.wording import group_name, shift_name
from scenarios.duties_now import OnDuty
from scenarios.today import Today
from wfm.i18n import say

__all__ = ["duty_part"]


def duty_part(today: Today) -> list[Any]:
    """Now, and who comes next."""
    if today.roster is None:
        return [
            html.P(
                say("No roster holds this day. Publish one on the roster page, or make a plan that holds it."),
                className="quiet",
            )
        ]
    source = html.P(say("From: {roster}.", roster=today.roster.name), className="note")
    now = html.Div([html.H3(_count(today.on_duty, say("Now"))), *_groups(today, today.on_duty)])
    coming: Any = None
    if today.next_at is not None:
        when = f"{today.next_at:%H:%M}"
        heading = say("Next, from {clock}", clock=when)
        if today.next_at.date() != today.now.date():
            heading = say("Next, tomorrow from {clock}", clock=when)
        coming = html.Div([html.H3(_count(today.next_duty, heading)), *_groups(today, today.next_duty)])
    return [_legend(), html.Div([now, coming], className="two"), source]


def _count(people: Sequence[OnDuty], heading: str) -> str:
    a = sum(1 for d in people if d.role == "A")
    return say("{heading}: {a} A, {b} B", heading=heading, a=a, b=len(people) - a)


def _legend() -> html.Ul:
    return html.Ul(
        [
            html.Li([html.Span("A", className="person a", **UNSPOKEN), say("on the post")]),
            html.Li([html.Span("B", className="person b", **UNSPOKEN), say("backup of the post")]),
            html.Li([html.Span("…", className="person a pausing", **UNSPOKEN), say("on a break")]),
            html.Li([html.Span("⌂", className="away", **UNSPOKEN), say("answers from elsewhere")]),
        ],
        className="key",
    )


def _groups(today: Today, people: Sequence[OnDuty]) -> list[Any]:
    if not people:
        return [html.P(say("Nobody."), className="quiet")]
    found: list[Any] = []
    for (group, shift, start, end), mine in groupby(people, key=lambda d: (d.group, d.shift, d.start, d.end)):
        posts = [
            html.Li([_person(person) for person in team], className="post")
            for _, team in ((post, list(team)) for post, team in groupby(mine, key=lambda d: d.post))
        ]
        head = html.P(
            [
                html.Strong(group_name(today.hotline, group)),
                " ",
                html.Span(
                    f"{shift_name(today.hotline, shift)} {start:%H:%M}–{end:%H:%M}",
                    className="quiet",
                ),
            ],
            className="team",
        )
        found += [head, html.Ul(posts, className="posts")]
    return found


def _person(person: OnDuty) -> html.Span:
    told = [person.name, say("A, on the post") if person.role == "A" else say("B, backup of the post")]
    if person.firm:
        told.append(person.firm)
    if person.pausing:
        told.append(say("on a break"))
    if person.remote:
        told.append(say("answers from elsewhere"))
    look = f"person {person.role.lower()}{' pausing' if person.pausing else ''}"
    shown = [person.name, html.Span(" …", **UNSPOKEN) if person.pausing else None]
    if person.remote:
        shown.append(html.Span(" ⌂", className="away", **UNSPOKEN))
    return html.Span(shown, className=look, title=" · ".join(told))
