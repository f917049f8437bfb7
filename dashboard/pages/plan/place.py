"""Where on the plan page somebody stands: plan, view, and what its charts show. All of it stands in the address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from dashboard.asked import Asked, address
from dashboard.days import read_day
from dashboard.desk import Desk
from dashboard.views import busiest_line, daily_rows, day_list, demand_by_day, group_ids
from scenarios.plan import Plan
from wfm.i18n import Text, both, say

__all__ = ["VIEWS", "Place", "chosen_place", "opened_plan", "place_in", "span_of", "view_in", "view_link"]

VIEWS: dict[str, Text] = {
    "scorecard": both("Scorecard"),
    "demand": both("Demand"),
    "seats": both("Seats"),
    "sliders": both("What if"),
    "strictness": both("Cost of strictness"),
    "hiring": both("Hiring"),
}
"""Parts of the page, in their order; the first opens where none is named."""


@dataclass(frozen=True, slots=True)
class Place:
    """Plan, line, group, day and target that the page shows."""

    plan: str = ""
    line: str | None = None
    """None: not chosen yet; empty: all lines."""
    group: str = ""
    day: str = ""
    """ISO date; empty: the whole period."""
    target: str = ""

    @property
    def date(self) -> date | None:
        """The chosen day; None for the whole period.

        Raises:
            BadInput: what is chosen is no day.
        """
        return read_day(self.day, say("Address, {key}", key="day")) if self.day else None

    def table(self, name: str) -> str:
        """Address of the table ``NAME`` of what is shown."""
        line = self.line if self.line is None else self.line or "all"
        chosen = {"plan": self.plan, "line": line, "group": self.group, "day": self.day, "target": self.target}
        return address(f"/data/{name}.csv", **chosen)


def view_in(asked: Asked) -> str:
    """The view that is asked for."""
    return asked.get("view") if asked.get("view") in VIEWS else next(iter(VIEWS))


def view_link(asked: Asked, plan: str, view: str) -> str:
    """Address of another view of the same plan and day."""
    return address(
        "/plan",
        hotline=asked.get("hotline"),
        plan=plan,
        view=view if view != next(iter(VIEWS)) else "",
        day=asked.get("day"),
        group=asked.get("group"),
        at=asked.get("at"),
    )


def opened_plan(asked: Asked, desk: Desk) -> str:
    """Name of the plan that is asked for; else the newest of the hotline; empty where it has none."""
    return asked.get("plan") or next(iter(desk.plans_of(desk.hotline_of(asked))), "")


def place_in(asked: Asked, name: str = "") -> Place:
    """The choices of the address, for the plan of this name."""
    line = asked.query.get("line")
    return Place(
        plan=name or asked.get("plan"),
        line="" if line == "all" else line,
        group=asked.get("group"),
        day=asked.get("day"),
        target=asked.get("target"),
    )


def chosen_place(plan: Plan, place: Place) -> Place:
    """The place with what was not chosen, or is not in the plan, filled in.

    Raises:
        BadInput: the day is none.
    """
    lines = [str(line) for line in demand_by_day(plan).columns]
    rows = daily_rows(plan)
    targets = [row.target for row in rows]
    return replace(
        place,
        line=place.line if place.line is not None and place.line in ["", *lines] else busiest_line(plan),
        group=place.group if place.group in group_ids(plan) else "",
        day=place.day if place.date in day_list(plan) else "",
        target=place.target if place.target in targets else (targets[0] if targets else ""),
    )


def span_of(plan: Plan, day: date | None, span: str) -> list[date]:
    """The days that formulas answer for: one day, the week from it, or (``span`` ``plan``) all of the plan."""
    days = day_list(plan)
    if span == "plan":
        return days
    first = day if day in days else days[0]
    if span == "week":
        start = min(days.index(first), max(len(days) - 7, 0))
        return days[start : start + 7]
    return [first]
