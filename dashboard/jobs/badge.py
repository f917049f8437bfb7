"""How much long work is under way, in the frame of every page."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, dcc, html

from dashboard.answering import Answering
from dashboard.attributes import UNSPOKEN
from dashboard.desk import Desk
from dashboard.person import here
from wfm.i18n import say

__all__ = ["wire_badge"]

SEEN_EVERY_MS = 10_000


def wire_badge(answer: Answering, desk: Desk) -> None:
    """Fill the place ``jobs-badge`` of the shell, and keep it right."""

    @answer(Output("jobs-badge", "children"), Input("opened", "data"), right=None)
    def fill(_opened: Any) -> Any:
        """A link to the page of long work, for those who may open it."""
        if not here().may("see"):
            return None
        return [
            dcc.Interval(id="jobs-badge-tick", interval=SEEN_EVERY_MS),
            dcc.Link(
                [
                    html.Span(className="icon icon-jobs", **UNSPOKEN),
                    html.Span(_words(desk), id="jobs-badge-words", className="word"),
                ],
                href="/jobs",
                className="entry",
                title=say("Long work"),
            ),
        ]

    @answer(Output("jobs-badge-words", "children"), Input("jobs-badge-tick", "n_intervals"), right="see")
    def count(_ticks: int | None) -> Any:
        """The number of jobs."""
        return _words(desk)


def _words(desk: Desk) -> str:
    """The person's own jobs; all of them for the owner of the machine."""
    counts = desk.jobs.under_way(here().name or None)
    if counts["running"]:
        return say("{n} running", n=counts["running"])
    if counts["waiting"]:
        return say("{n} waiting", n=counts["waiting"])
    return say("Long work")
