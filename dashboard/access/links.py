"""Who is signed in, as the frame of every page shows it: the name, a new password, signing out."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.access.signing import session_here
from dashboard.person import perhaps_here
from wfm.i18n import say

__all__ = ["account_links"]


def account_links() -> list[Any]:
    """Name and ways out; only the name where nobody had to come in."""
    person = perhaps_here()
    if person is None:
        return []
    name = html.Span(person.name)
    session = session_here()
    if session is None:
        return [name]
    password = html.A(say("Password"), href="/password") if session.user is not None else None
    # A form, not a link: only what a person presses ends the session.
    leave = html.Form(html.Button(say("Sign out"), className="plain link"), action="/sign-out", method="POST")
    return [name, html.Span([part for part in (password, leave) if part is not None], className="ways-out")]
