"""Receiving a file in pieces, and giving out the rows of it that cannot be used and the days that are stored."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from urllib.parse import unquote

import pandas as pd
from flask import Flask, Response, current_app, jsonify, request

from dashboard.asked import Asked
from dashboard.csv_cells import harmless_cell
from dashboard.csv_files import csv_file, note_export
from dashboard.desk import Desk
from dashboard.pages.data.held import state_words
from dashboard.pages.data.stock import stock_of
from dashboard.person import require
from wfm.errors import BadInput
from wfm.i18n import language
from wfm.records.foreign_content import check_content
from wfm.records.uploads import BYTES_MAX, Uploads

__all__ = ["most_bytes", "serve_uploads"]

BLOCK = 1 << 20
_BOM = "\ufeff"


def most_bytes(server: Flask) -> int:
    """The largest file that is taken: ``MAX_CONTENT_LENGTH`` of the server, where it is set."""
    return int(server.config.get("WFM_UPLOAD_BYTES") or server.config.get("MAX_CONTENT_LENGTH") or BYTES_MAX)


def serve_uploads(server: Flask, desk: Desk) -> None:
    """Add ``POST /upload/data``, ``/download/data/problems.csv`` and ``/download/data/days.csv``."""

    @server.post("/upload/data", endpoint="data-upload")
    def upload() -> Response:
        who = require("records").name
        most = most_bytes(current_app)
        request.max_content_length = most + BLOCK
        name = unquote(request.headers.get("X-File-Name", ""))
        uploads = Uploads(desk.home)
        try:
            hotline = desk.scenario(Asked("/data", request.args)).hotline.id
            received = uploads.receive(_blocks(), name or "file", hotline=hotline, who=who, most=most)
            try:
                check_content(uploads.file(received))
            except BadInput:
                uploads.forget(received)
                raise
        except BadInput as error:
            return _said(str(error))
        return jsonify({"token": received.token})

    @server.get("/download/data/problems.csv", endpoint="data-problems")
    def problems() -> Response:
        require("records")
        asked, uploads = Asked("/data", request.args), Uploads(desk.home)
        upload = uploads.get(asked.get("file"))
        content = uploads.problems(upload, language())
        name = f"problems-{upload.token}.csv"
        note_export(desk, asked, name, max(content.count(b"\n") - 1, 0))
        return _harmless(content, name)

    @server.get("/download/data/days.csv", endpoint="data-days")
    def days() -> Response:
        require("see")
        asked = Asked("/data", request.args)
        scenario = desk.scenario(asked)
        stock = stock_of(desk, scenario, desk.now(asked).date())
        table = pd.DataFrame(
            {
                "date": [one.day for one in stock.days],
                "state": [one.state for one in stock.days],
                "calls": pd.array([one.calls for one in stock.days], dtype="Int64"),
                "intervals": [int(one.intervals) for one in stock.days],
                "what": [state_words(one) for one in stock.days],
            }
        )
        return csv_file(desk, asked, table, f"{scenario.hotline.id}-days")


def _blocks() -> Iterator[bytes]:
    while block := request.stream.read(BLOCK):
        yield block


def _said(words: str) -> Response:
    answer = jsonify({"problem": words})
    answer.status_code = 422
    return answer


def _harmless(content: bytes, name: str) -> Response:
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([harmless_cell(cell) for cell in row] for row in rows)
    content = (_BOM + out.getvalue()).encode()
    return Response(content, mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'})
