"""工单与回访: what is overdue, due today and due next, and the cover that would clear it."""

from __future__ import annotations

from typing import Any

from dashboard.asked import Asked
from dashboard.desk import Desk
from dashboard.page import Page
from dashboard.pages.orders.following import wire
from dashboard.pages.orders.layout import orders_page
from dashboard.pages.orders.looking import looked
from wfm.i18n import both

__all__ = ["PAGE"]


def _show(asked: Asked, desk: Desk) -> list[Any]:
    return orders_page(looked(asked, desk), asked, desk)


PAGE = Page(
    "orders", both("Work orders"), _show, wire=wire, drawn_for=lambda asked: f"{asked.get('hotline')} {asked.get('at')}"
)
