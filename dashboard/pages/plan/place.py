"""Where on the plan page somebody stands: plan, view, and what its charts show. All of it stands in the address."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dashboard.address import Place
from dashboard.asked import Asked, address
from dashboard.desk import Desk
from dashboard.views import busiest_line, daily_rows, day_list, demand_by_day, group_ids
from scenarios.plan import Plan
from wfm.i18n import Text, both

__all__ = ["VIEWS", "chosen_place", "opened_plan", "place_in", "span_of", "view_in", "view_link"]

VIEWS: dict[str, Text] = {
    "scorecard": both("Scorecard"),
    "demand": both("Demand"),
    "seats": both("Seats"),
    "sliders": both("What if"),
    "strictness": both("Cost of strictness"),
    "hiring": both("Hiring"),
}
"""Parts of the page, in their order; the first opens where none is named."""


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
    """The place with what was not chosen, or is not in the plan, filled in."""
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
