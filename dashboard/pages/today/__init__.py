"""总览: how the day stands, what needs attention, and who is on duty."""

from __future__ import annotations

from typing import Any

from dashboard.asked import Asked
from dashboard.desk import Desk
from dashboard.page import Page
from dashboard.pages.today.following import wire
from dashboard.pages.today.layout import today_page
from dashboard.pages.today.looking import looked
from wfm.i18n import both

__all__ = ["PAGE"]


def _show(asked: Asked, desk: Desk) -> list[Any]:
    return today_page(looked(asked, desk), asked)


PAGE = Page(
    "today", both("Today"), _show, wire=wire, drawn_for=lambda asked: f"{asked.get('hotline')} {asked.get('at')}"
)
