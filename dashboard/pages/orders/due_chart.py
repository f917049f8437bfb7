"""Open items by the day on which they are due, as a picture."""

from __future__ import annotations

import plotly.graph_objects as go
from dash import html

from dashboard.asked import Asked
from dashboard.colours import Screen
from dashboard.figures.kept import kept_figure
from dashboard.figures.orders import due_figure
from dashboard.graph import graph
from dashboard.pages.orders.looking import Looked
from dashboard.pages.orders.table_link import table_link
from dashboard.pages.parts import card, key
from scenarios.orders_cover import ClearingCover
from scenarios.orders_due import count_by_due_day
from wfm.hotline import calendar_of
from wfm.i18n import say

__all__ = ["WORKING_DAYS", "due_card", "figure_of"]


WORKING_DAYS = 10
"""Working days ahead that the chart shows."""


def figure_of(seen: Looked, cover: ClearingCover, screen: Screen) -> go.Figure:
    """The chart of open items by due day."""
    calendar = calendar_of(seen.hotline)
    able = cover.smallest

    def draw() -> go.Figure:
        counts = count_by_due_day(seen.due, calendar, WORKING_DAYS)
        return due_figure(counts, calendar, seen.due.now.date(), able.items_per_day, able.people, screen)

    return kept_figure(seen.due, ("due", able.items_per_day, able.people, screen), draw)


def due_card(seen: Looked, cover: ClearingCover, asked: Asked) -> html.Section:
    """The chart with its key."""
    marks = key(
        [
            (say("overdue"), {"background": "var(--short)"}, ""),
            (say("work orders"), {"background": "var(--accent)"}, ""),
            (say("call-backs"), {"background": "var(--soft)"}, ""),
            (say("what the cover below can do in a day"), {}, "cap"),
        ]
    )
    return card(
        say("Open items by due day"),
        [marks, graph("orders-due", figure_of(seen, cover, asked.screen))],
        [table_link("due", asked)],
    )
