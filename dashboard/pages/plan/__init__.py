"""人力规划: what a plan forecasts, requires and rosters, and how surely it complies."""

from __future__ import annotations

from typing import Any

from dashboard.address import place_of
from dashboard.asked import Asked
from dashboard.desk import Desk
from dashboard.page import Page
from dashboard.pages.parts import empty_page
from dashboard.pages.plan.following import resolved, wire
from dashboard.pages.plan.layout import chosen_place, demand_key, figure_of, plan_page
from wfm.i18n import both

__all__ = ["PAGE", "chosen_place", "demand_key", "figure_of", "plan_page"]


def _show(asked: Asked, desk: Desk) -> list[Any]:
    of_hotline = desk.plans_of(desk.hotline_of(asked))
    names = of_hotline or desk.plans.names()
    if not names:
        return [empty_page(desk.plans.folder)]
    place = resolved(place_of(asked.with_().partition("?")[2]), names)
    return plan_page(desk.plans.plan(place.plan), place, names, asked.screen)


PAGE = Page(
    "plan", both("Plan"), _show, wire=wire, drawn_for=lambda asked: f"{asked.get('hotline')} {asked.get('plan')}"
)
