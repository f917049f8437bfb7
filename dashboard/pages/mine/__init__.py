"""我的班次: one's own duties, what one asked for, and the calendar. An agent sees this page and nothing else."""

from __future__ import annotations

from dashboard.answering import Answering
from dashboard.desk import Desk
from dashboard.page import Page
from dashboard.pages.mine import asking
from dashboard.pages.mine.files import serve_mine
from dashboard.pages.mine.layout import mine_page
from wfm.i18n import both

__all__ = ["PAGE"]


def _wire(answer: Answering, desk: Desk) -> None:
    asking.wire(answer, desk)
    asking.wire_withdrawals(answer, desk)
    asking.wire_links(answer, desk)
    serve_mine(answer.app.server, desk)


PAGE = Page(
    "mine",
    both("My duties"),
    mine_page,
    right="own duties",
    wire=_wire,
    menu_of=lambda person: bool(person.agent) or not person.may("see"),
)
