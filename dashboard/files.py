"""What is downloaded or opened beside the pages: tables as CSV, and the report."""

from __future__ import annotations

from flask import Flask, Response, request

from dashboard.address import place_of
from dashboard.desk import Desk
from dashboard.pages.plan import chosen_place
from dashboard.person import require
from dashboard.reports import render_report, script_hash
from dashboard.security import content_policy
from dashboard.tables import TABLES, csv_bytes, table_of
from wfm.errors import BadInput

__all__ = ["serve_files"]


def serve_files(server: Flask, desk: Desk) -> None:
    """Add ``/data/NAME.csv`` and ``/report``; both take the query of the plan page."""

    shelf = desk.plans

    @server.get("/data/<name>.csv")
    def table(name: str) -> Response:
        require("see")
        if name not in TABLES:
            return _sentence(name, 404)
        place = place_of(request.query_string.decode())
        try:
            plan = shelf.plan(place.plan)
        except BadInput as error:
            return _sentence(str(error), 404)
        place = chosen_place(plan, place)
        content = csv_bytes(
            table_of(plan, name, line=place.line or "", group=place.group, day=place.date, target=place.target)
        )
        parts = [place.plan, name, place.day]
        filename = "-".join(part for part in parts if part)
        return Response(
            content,
            mimetype="text/csv",
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{_quoted(filename)}.csv"},
        )

    @server.get("/report")
    def report() -> Response:
        require("see")
        name = place_of(request.query_string.decode()).plan or next(iter(shelf.names()), "")
        try:
            page = render_report(shelf.plan(name))
        except BadInput as error:
            return _sentence(str(error), 404)
        policy = content_policy([script_hash()])
        return Response(page, mimetype="text/html", headers={"Content-Security-Policy": policy})


def _quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(name, safe="")


def _sentence(words: str, status: int) -> Response:
    return Response(words, status=status, mimetype="text/plain")
