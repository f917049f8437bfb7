"""排班: the month as a grid, its cover, its versions; requests, repairs, fairness and files."""

from __future__ import annotations

from dashboard.answering import Answering
from dashboard.desk import Desk
from dashboard.page import Page
from dashboard.pages.roster.choosing import wire_choices
from dashboard.pages.roster.layout import drawn_for, roster_page
from dashboard.pages.roster.tabs import TABS
from wfm.i18n import both

__all__ = ["PAGE"]


def _wire(answer: Answering, desk: Desk) -> None:
    wire_choices(answer)
    for tab in TABS:
        tab.wire(answer, desk)


PAGE = Page("roster", both("Roster"), roster_page, wire=_wire, drawn_for=drawn_for)
