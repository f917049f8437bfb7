"""Tables of the plan page that follow sliders and choices, as CSV."""

from __future__ import annotations

import numpy as np
import pandas as pd
from flask import Response, request

from dashboard.answering import Answering
from dashboard.asked import asked_of
from dashboard.csv_files import csv_file
from dashboard.desk import Desk
from dashboard.pages.plan.knobs import change_of, knobs_for, values_in
from dashboard.pages.plan.quick import QUICK
from dashboard.pages.plan.sliders import days_in, planned_change
from dashboard.person import require
from scenarios.plan import Plan
from scenarios.quick_answer import QuickAnswer

__all__ = ["serve_downloads", "what_if_table"]


def serve_downloads(answer: Answering, desk: Desk) -> None:
    """Add ``/download/plan/what-if.csv``."""
    server = answer.app.server

    @server.get("/download/plan/what-if.csv")  # type: ignore[untyped-decorator]
    def plan_what_if_table() -> Response:
        require("see")
        asked = asked_of("/plan", request.query_string.decode())
        plan = desk.plans.plan(asked.get("plan"))
        knobs = knobs_for(plan)
        days = days_in(asked, plan)
        before = QUICK.answer(plan, planned_change(plan), days)
        after = QUICK.answer(plan, change_of(knobs, values_in(asked, knobs)), days)
        return csv_file(desk, asked, what_if_table(plan, before, after), f"{asked.get('plan')}-what-if-{days[0]}")


def what_if_table(plan: Plan, before: QuickAnswer, after: QuickAnswer) -> pd.DataFrame:
    """One row a group and interval, before and after; units stand in the columns' names."""
    groups, spell = after.seats.shape
    return pd.DataFrame(
        {
            "group": np.repeat([group.id for group in plan.hotline.groups], spell),
            "interval": list(after.starts.tz_localize(None)) * groups,
            "interval_s": after.interval_s,
            "calls_planned": before.calls.ravel(),
            "calls": after.calls.ravel(),
            "seats_planned": before.seats.ravel(),
            "seats": after.seats.ravel(),
            "seats_wanted": after.wanted.ravel(),
            "agents_planned": before.heads.ravel(),
            "agents": after.heads.ravel(),
            "reason": after.reason.ravel(),
            "service_level": after.service_level.ravel(),
            "asa_s": after.asa_s.ravel(),
            "abandon_share": after.abandon_share.ravel(),
        }
    )
