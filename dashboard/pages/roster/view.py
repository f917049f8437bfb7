"""What every tab of the roster page looks at: one month of a hotline, and the roster at hand for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from dashboard.asked import Asked
from dashboard.desk import Desk
from dashboard.roster_shelf import FoundRoster, RosterShelf, roster_shelf
from scenarios.roster_at_hand import RosterAtHand
from scenarios.roster_month import MonthView
from scenarios.scenario import Scenario

__all__ = ["RosterView", "Shown", "look"]

Shown = Literal["published", "version", "draft", "plan", "nothing"]
"""What is looked at: the published version, another version of it, a draft, a plan's roster, or nothing yet."""


@dataclass(frozen=True, slots=True)
class RosterView:
    """One month of a hotline as the roster page shows it.

    Attributes:
        hotline: name of the hotline, as addresses have it.
        scenario: hotline, people and leave as they are now.
        first: first day of the month.
        last: its last day.
        months: first days of all months that are known, the latest first.
        shown: what is looked at.
        roster: it, with the problem for the checker (requests collected in time and the roster before included);
            None where there is nothing yet.
        version: the version looked at, or the one that the draft changes; 0 where nothing is published.
        published: the published version of the month; None where there is none.
        plan: name of the plan whose roster is looked at.
        draft: number of the draft that is looked at; else of the open draft of the month, 0 if there is none.
        month: state of the month, its deadlines, requests, publications and swaps.
        found: how the desk's shelf knows it.
    """

    hotline: str
    scenario: Scenario
    first: date
    last: date
    months: tuple[date, ...]
    shown: Shown
    roster: RosterAtHand | None
    version: int
    published: int | None
    plan: str
    draft: int
    month: MonthView
    found: FoundRoster

    @property
    def is_published(self) -> bool:
        """Whether the published version is looked at."""
        return self.shown == "published"


def look(asked: Asked, desk: Desk) -> RosterView:
    """The month and the roster that an address asks for: ``month`` (its first day), ``draft``, ``version``, ``plan``.

    Without a month, the one under way or the next one with a roster. Of a month, unless the address names another: the
    published version, else the open draft, else the newest plan's roster.

    Raises:
        BadInput: there is no such hotline, draft, version or plan.
    """
    shelf: RosterShelf = roster_shelf(desk)
    hotline = desk.hotline_of(asked)
    scenario = desk.hotlines.scenario(hotline)
    now = desk.now(asked)
    found = shelf.find(
        scenario,
        now,
        first=asked.day("month"),
        draft=asked.number("draft") or 0,
        version=asked.number("version") or 0,
        plan=asked.get("plan"),
    )
    return RosterView(
        hotline=hotline,
        scenario=scenario,
        first=found.first,
        last=found.last,
        months=found.months,
        shown=found.shown,
        roster=found.roster,
        version=found.version,
        published=found.published,
        plan=found.plan,
        draft=found.draft,
        month=found.month,
        found=found,
    )
