"""The page Administration: its parts under tabs, each with an address."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard.answering import Answering
from dashboard.asked import Asked
from dashboard.desk import Desk
from dashboard.page import Page
from dashboard.pages.admin import audit, calendar, hotlines, sessions, standards, users
from dashboard.pages.admin.part import Part
from dashboard.pages.parts import tabs
from wfm.i18n import both, say

__all__ = ["PAGE", "PARTS"]

PARTS: tuple[Part, ...] = (
    users.PART,
    hotlines.PART,
    standards.PART,
    calendar.PART,
    sessions.PART,
    audit.PART,
)
"""In the order of the tabs."""


def chosen_part(asked: Asked) -> Part:
    """The part of the address; the first one for any other."""
    return next((part for part in PARTS if part.key == asked.get("tab")), PARTS[0])


def _show(asked: Asked, desk: Desk) -> list[Any]:
    part = chosen_part(asked)
    return [
        dcc.Location(id="admin-url", refresh="callback-nav"),
        html.Div(html.Div(html.H1(say("Administration")), className="title"), className="top"),
        tabs(asked, [(p.key, p.name.of()) for p in PARTS], part.key),
        html.Div(part.show(asked, desk), id="admin-body"),
    ]


def _wire(answer: Answering, desk: Desk) -> None:
    for part in PARTS:
        part.wire(answer, desk)


PAGE = Page("admin", both("Administration"), _show, right="administer", wire=_wire)
