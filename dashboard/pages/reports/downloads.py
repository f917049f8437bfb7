"""Tables of the reports page as CSV and Excel."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any, cast
from urllib.parse import quote

import pandas as pd
from flask import Response, request

from dashboard.answering import Answering
from dashboard.asked import Asked, asked_of
from dashboard.csv_files import csv_file, note_export
from dashboard.desk import Desk
from dashboard.pages.reports.rates import counts_of, rates_table, rates_with_trend
from dashboard.person import require
from dashboard.tables import table_of
from scenarios.duties_by_firm import duties_by_firm
from scenarios.recorded_rates import Kind
from wfm.errors import BadInput
from wfm.i18n import say

__all__ = ["book_bytes", "serve_downloads"]

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def serve_downloads(answer: Answering, desk: Desk) -> None:
    """Add ``/download/reports/…``."""
    server = answer.app.server

    @server.get("/download/reports/rates.<form>")  # type: ignore[untyped-decorator]
    def reports_rates(form: str) -> Response:
        require("see")
        return _answered(desk, form, lambda asked: _rates(desk, asked))

    @server.get("/download/reports/scorecard.<form>")  # type: ignore[untyped-decorator]
    def reports_scorecard(form: str) -> Response:
        require("see")

        def made(asked: Asked) -> tuple[pd.DataFrame, str]:
            return table_of(desk.plans.plan(asked.get("plan")), "scorecard"), f"{asked.get('plan')}-scorecard"

        return _answered(desk, form, made)

    @server.get("/download/reports/firm-duties.<form>")  # type: ignore[untyped-decorator]
    def reports_firms(form: str) -> Response:
        require("see")
        return _answered(desk, form, lambda asked: _firms(desk, asked))


def _rates(desk: Desk, asked: Asked) -> tuple[pd.DataFrame, str]:
    hotline = desk.scenario(asked).hotline
    if asked.get("period") not in ("week", "month", "quarter"):
        raise BadInput(say("period: found {found!r}, allowed are week, month and quarter", found=asked.get("period")))
    kind = cast("Kind", asked.get("period"))
    periods = rates_with_trend(hotline, counts_of(desk, hotline), desk, kind)
    if not periods:
        raise BadInput(say("There are no call records of {name} yet.", name=hotline.name))
    return rates_table(hotline, periods, kind), f"{hotline.id}-{kind}"


def _firms(desk: Desk, asked: Asked) -> tuple[pd.DataFrame, str]:
    scenario = desk.scenario(asked)
    first = asked.day("month")
    found = [r for r in desk.store.rosters(scenario.hotline.id) if r.first == first and r.published_version is not None]
    if not found:
        raise BadInput(say("There is no published roster of this month."))
    saved = desk.store.roster(found[-1].id, found[-1].published_version)
    table = duties_by_firm(scenario.hotline, scenario.agents, saved.duties)
    return table, f"{scenario.hotline.id}-{asked.get('month')}-firms"


def _answered(desk: Desk, form: str, make: Callable[[Asked], tuple[pd.DataFrame, str]]) -> Response:
    if form not in ("csv", "xlsx"):
        raise BadInput(say("There is no such file."))
    asked = asked_of("/reports", request.query_string.decode())
    table, name = make(asked)
    if form == "csv":
        return csv_file(desk, asked, table, name)
    note_export(desk, asked, f"{name}.xlsx", len(table))
    return Response(
        book_bytes(table),
        mimetype=_XLSX,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}.xlsx"},
    )


def book_bytes(table: pd.DataFrame) -> bytes:
    """A workbook of one sheet: heads frozen, columns as wide as what stands in them."""
    import xlsxwriter

    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "nan_inf_to_errors": True, "strings_to_formulas": False,
                                        "strings_to_urls": False})  # fmt: skip
    sheet = book.add_worksheet()
    head, day = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "yyyy-mm-dd"})
    for column, name in enumerate(table.columns):
        sheet.write_string(0, column, str(name), head)
        widest = len(str(name))
        for row, value in enumerate(table[name], start=1):
            _write(sheet, row, column, value, day)
            widest = max(widest, min(len(str(value)), 60))
        sheet.set_column(column, column, widest + 2)
    sheet.freeze_panes(1, 0)
    book.close()
    return buffer.getvalue()


def _write(sheet: Any, row: int, column: int, value: Any, day: Any) -> None:
    if value is None or (isinstance(value, float) and value != value):
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, float(value))
    elif hasattr(value, "isoformat") and not hasattr(value, "hour"):
        sheet.write_datetime(row, column, value, day)
    else:
        sheet.write_string(row, column, str(value))
