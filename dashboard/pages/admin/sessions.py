"""Sessions: which browsers are signed in, and ending them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash
from dash import ALL, Input, Output, State, ctx, html

from dashboard.answering import Answering, tell
from dashboard.asked import Asked, asked_of
from dashboard.attributes import aria_label, cell_label
from dashboard.desk import Desk
from dashboard.pages.admin.part import Part
from dashboard.pages.admin.words import browser_words, moment_words, role_words, zone_of
from dashboard.pages.parts import card
from dashboard.person import here
from wfm.i18n import both, say
from wfm.store import SessionRecord

__all__ = ["PART"]


def _show(asked: Asked, desk: Desk) -> list[Any]:
    sessions = desk.store.accounts.sessions.all()
    limits = desk.store.accounts.limits
    people = len({session.name for session in sessions})
    headline = say("Open sessions: {count}. People: {people}.", count=len(sessions), people=people)
    if not sessions:
        headline = say("Nobody is signed in.")
    rule = say(
        "A session ends after {idle} minutes without anybody at it, after {longest} hours in any case, and when password "
        "or roles change. The owner of this machine, who came by the link, stays for {longest} hours.",
        idle=round(limits.idle.total_seconds() / 60),
        longest=round(limits.longest.total_seconds() / 3600),
    )
    body = [_table(sessions, asked, desk)] if sessions else [html.P(say("Who signs in will stand here."))]
    return [
        html.P(headline, className="headline none", id="admin-headline"),
        card(say("Sessions"), [*body, html.P(rule, className="note")]),
    ]


def _table(sessions: Sequence[SessionRecord], asked: Asked, desk: Desk) -> html.Table:
    zone = zone_of(asked, desk)
    headings = (say("Name"), say("Roles"), say("Since"), say("Last at it"), say("From"), say("Browser"))
    rows = []
    for session in sessions:
        roles = say("owner of this machine") if session.user is None else ", ".join(map(role_words, session.roles))
        cells = (
            session.name,
            roles,
            moment_words(session.began_at, zone),
            moment_words(session.used_at, zone),
            session.address or "–",
            browser_words(session.browser),
        )
        end = html.Button(
            say("End"),
            id={"type": "admin-sessions-end", "number": session.id},
            className="button quiet-button",
            n_clicks=0,
            **aria_label(say("End the session of {name}", name=session.name)),
        )
        named = [html.Td(cell, **cell_label(heading)) for cell, heading in zip(cells, headings, strict=True)]
        rows.append(html.Tr([*named, html.Td(end)]))
    heads = [html.Th(heading) for heading in headings]
    return html.Table(
        [html.Thead(html.Tr([*heads, html.Th(html.Span(say("End"), className="unseen"))])), html.Tbody(rows)],
        className="score",
    )


def _wire(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("admin-body", "children", allow_duplicate=True),
        Input({"type": "admin-sessions-end", "number": ALL}, "n_clicks"),
        State("admin-url", "pathname"),
        State("admin-url", "search"),
        right="administer",
        prevent_initial_call=True,
    )
    def end(clicks: list[int | None], path: str | None, search: str | None) -> Any:
        """End one session."""
        if not any(clicks):
            raise dash.exceptions.PreventUpdate
        desk.store.accounts.sessions.end_number(int((ctx.triggered_id or {})["number"]), who=here().name)
        tell(say("The session is ended."))
        return _show(asked_of(path, search), desk)


PART = Part("sessions", both("Sessions"), _show, _wire)
