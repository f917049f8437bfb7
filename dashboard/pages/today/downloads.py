"""The tables of the page as CSV."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from flask import Flask, Response, request

from dashboard.asked import asked_of
from dashboard.csv_files import csv_file
from dashboard.desk import Desk
from dashboard.figures.today import calls_table, people_table
from dashboard.pages.today.charts import chosen_line
from dashboard.pages.today.looking import looked
from dashboard.person import require
from dashboard.wording import group_name, line_name, shift_name
from scenarios.today import Today
from wfm.errors import BadInput
from wfm.i18n import say

__all__ = ["serve_today_tables"]


_TABLES: dict[str, Callable[[Today, str], pd.DataFrame]] = {
    "calls": calls_table,
    "people": lambda today, line: people_table(today),
    "lines": lambda today, line: _lines_table(today),
    "duty": lambda today, line: _duty_table(today),
}


def serve_today_tables(server: Flask, desk: Desk) -> None:
    """Add ``/download/today/NAME.csv``."""

    @server.get("/download/today/<name>.csv")
    def today_table(name: str) -> Response:
        require("see")
        asked = asked_of("/today", request.query_string.decode())
        if name not in _TABLES:
            raise BadInput(say("There is no table {name}.", name=name))
        today = looked(asked, desk).today
        table = _TABLES[name](today, chosen_line(today, asked.get("line")))
        return csv_file(desk, asked, table, f"{today.hotline.id}-{today.now:%Y-%m-%d}-{name}")


def _lines_table(today: Today) -> pd.DataFrame:
    rows = [
        {
            "line": row.line,
            "name": line_name(today.hotline, row.line) if row.line else say("All lines"),
            "calls": row.offered,
            "expected_by_now": row.expected,
            "answered": row.answered,
            "abandoned": row.abandoned,
            "waiting": row.waiting,
            "connection_share": row.connection,
            "service_level_share": row.service_level,
            "asa_s": row.asa_s,
            "still_expected": row.rest,
        }
        for row in today.lines
    ]
    return pd.DataFrame(rows)


def _duty_table(today: Today) -> pd.DataFrame:
    rows = [
        {
            "when": when,
            "group": group_name(today.hotline, duty.group),
            "shift": shift_name(today.hotline, duty.shift),
            "post": duty.post,
            "role": duty.role,
            "agent": duty.agent,
            "name": duty.name,
            "start": duty.start.isoformat(),
            "end": duty.end.isoformat(),
            "remote": duty.remote,
            "on_break": duty.pausing,
        }
        for when, duties in (("now", today.on_duty), ("next", today.next_duty))
        for duty in duties
    ]
    columns = ["when", "group", "shift", "post", "role", "agent", "name", "start", "end", "remote", "on_break"]
    return pd.DataFrame(rows, columns=columns)
