"""What is downloaded or opened beside the pages: tables as CSV, and the report."""

from __future__ import annotations

from flask import Flask, Response, request

from dashboard.asked import asked_of
from dashboard.csv_files import csv_file
from dashboard.desk import Desk
from dashboard.pages.plan import chosen_place, place_in
from dashboard.person import require
from dashboard.reports import render_report, script_hash
from dashboard.security import content_policy
from dashboard.tables import TABLES, table_of
from wfm.errors import BadInput
from wfm.i18n import say

__all__ = ["serve_files"]


def serve_files(server: Flask, desk: Desk) -> None:
    """Add ``/data/NAME.csv`` and ``/report``; both take the query of the plan page."""

    shelf = desk.plans

    @server.get("/data/<name>.csv")
    def table(name: str) -> Response:
        require("see")
        if name not in TABLES:
            raise BadInput(say("There is no table {name}.", name=name))
        asked = asked_of("/plan", request.query_string.decode())
        plan = shelf.plan(asked.get("plan"))
        place = chosen_place(plan, place_in(asked))
        table = table_of(plan, name, line=place.line or "", group=place.group, day=place.date, target=place.target)
        return csv_file(desk, asked, table, "-".join(part for part in (place.plan, name, place.day) if part))

    @server.get("/report")
    def report() -> Response:
        require("see")
        name = request.args.get("plan", "") or next(iter(shelf.names()), "")
        page = render_report(shelf.plan(name))
        policy = content_policy([script_hash()])
        return Response(page, mimetype="text/html", headers={"Content-Security-Policy": policy})
