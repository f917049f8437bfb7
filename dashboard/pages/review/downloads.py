"""The tables behind the charts of the review page, as CSV."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pandas as pd
from flask import Flask, Response, request

from dashboard.asked import Asked
from dashboard.csv_files import csv_file
from dashboard.desk import Desk
from dashboard.figures.intraday import rest_table
from dashboard.pages.review.period import Period, against_of, last_recorded, lead_of, line_of, period_of
from dashboard.person import require
from scenarios.day_marks import marks_of
from scenarios.forecast_against import errors_by
from scenarios.kept_intraday import latest_intraday
from scenarios.kept_review import find_review
from scenarios.scenario import Scenario
from wfm.errors import BadInput
from wfm.i18n import say

__all__ = ["TABLES", "serve_review_tables", "table_of"]


def _against(asked: Asked, desk: Desk, scenario: Scenario, period: Period) -> pd.DataFrame:
    cells = against_of(desk, scenario, period, lead_of(asked), desk.now(asked)).cells
    line = line_of(asked, scenario)
    cells = cells if not line else cells[cells["line"] == line]
    times = cells["interval"].dt.strftime("%Y-%m-%d %H:%M")
    return cells.assign(interval=times).drop(columns="date")


def _errors(asked: Asked, desk: Desk, scenario: Scenario, period: Period) -> pd.DataFrame:
    against = against_of(desk, scenario, period, lead_of(asked), desk.now(asked))
    rows = []
    for by in ("day", "week", "line"):
        for part, one in errors_by(against, by, line_of(asked, scenario) if by != "line" else "").items():
            row: dict[str, object] = {
                "by": by,
                "part": str(part),
                "calls": one.calls,
                "forecast": one.forecast,
                "wape": one.wape,
                "bias": one.bias,
                "day_wape": one.day_wape,
            }
            rows.append(row | {f"in_{round(100 * c.nominal)}_band": c.share for c in one.coverage})
    return pd.DataFrame(rows)


def _causes(asked: Asked, desk: Desk, scenario: Scenario, period: Period) -> pd.DataFrame:
    kept = find_review(desk.home, scenario.hotline.id, period.first, period.last)
    rows = []
    for day in kept.days if kept is not None else ():
        for row in (*day.targets, *day.by_line):
            plain = {
                "date": day.day, "target": row.target, "line": row.line, "unit": row.unit, "limit": row.limit, "met": row.met,
                "planned": row.planned, "observed": row.observed,
            }  # fmt: skip
            for cause in row.causes:
                rows.append(plain | {"cause": cause.factor, "effect": cause.value, "half_width_95": cause.half_width})
            rows.append(plain | {"cause": "luck", "effect": row.luck, "half_width_95": float("nan")})
    return pd.DataFrame(rows)


def _marks(asked: Asked, desk: Desk, scenario: Scenario, period: Period) -> pd.DataFrame:
    zone = ZoneInfo(scenario.hotline.time_zone)
    return pd.DataFrame(
        [
            {
                "mark": mark.id,
                "from": f"{mark.start.astimezone(zone):%Y-%m-%d %H:%M}",
                "to": f"{mark.end.astimezone(zone):%Y-%m-%d %H:%M}",
                "line": mark.line or "",
                "kind": mark.kind,
                "status": mark.status,
                "words": (mark.name or mark.reason).of(),
                "by": mark.by,
                "at": "" if mark.at is None else mark.at.isoformat(timespec="seconds"),
                "found": mark.found,
                "usual": mark.usual,
            }
            for mark in marks_of(desk.home, scenario.hotline).marks
        ]
    )


def _intraday(asked: Asked, desk: Desk, scenario: Scenario, period: Period) -> pd.DataFrame:
    now = desk.now(asked)
    look = latest_intraday(desk.home, scenario.hotline.id, now.date(), until=now + timedelta(minutes=1))
    if look is None:
        raise BadInput(say("Nobody has looked at the rest of this day yet."))
    return rest_table(look)


TABLES: dict[str, Callable[[Asked, Desk, Scenario, Period], pd.DataFrame]] = {
    "against": _against,
    "errors": _errors,
    "causes": _causes,
    "marks": _marks,
    "intraday": _intraday,
}


def table_of(name: str, asked: Asked, desk: Desk) -> pd.DataFrame:
    """The table of this name for what is asked.

    Raises:
        BadInput: there is no such table, or nothing to show in it.
    """
    if name not in TABLES:
        raise BadInput(say("There is no table {name}.", name=name))
    scenario = desk.scenario(asked)
    last = last_recorded(desk, scenario) or desk.now(asked).date()
    return TABLES[name](asked, desk, scenario, period_of(asked, last))


def serve_review_tables(server: Flask, desk: Desk) -> None:
    """Add ``/download/review/NAME.csv``."""

    @server.get("/download/review/<name>.csv", endpoint="review-table")
    def table(name: str) -> Response:
        require("see")
        asked = Asked("/review", request.args)
        return csv_file(desk, asked, table_of(name, asked, desk), f"{desk.hotline_of(asked)}-review-{name}")
