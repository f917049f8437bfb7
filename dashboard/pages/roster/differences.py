"""What differs between two rosters, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from dash import html

from dashboard.wording import day_label, number_words
from scenarios.roster_difference import Difference
from wfm.i18n import say

__all__ = ["difference_list"]

SHOWN = 120


def difference_list(changes: Sequence[Difference], *, shown: int = SHOWN) -> html.Div:
    """A sentence in sum, then the people of each day."""
    if not changes:
        return html.Div(html.P(say("No duty differs.")))
    people = len({c.agent for c in changes})
    parts: list[Any] = [
        html.P(
            say("One day of one person differs.")
            if len(changes) == 1
            else say("{n} days of {people} people differ.", n=number_words(len(changes)), people=number_words(people))
        )
    ]
    for day, of_day in groupby(changes[:shown], key=lambda c: c.date):
        parts.append(
            html.Div([html.H4(day_label(day)), html.Ul([html.Li(c.sentence()) for c in of_day])], className="of-day")
        )
    if len(changes) > shown:
        parts.append(html.P(say("… and {n} more", n=number_words(len(changes) - shown)), className="quiet"))
    return html.Div(parts, className="roster-differences")
