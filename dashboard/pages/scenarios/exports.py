"""Files of the page: a run's report and folder, a comparison as Excel and CSV; and the old address of comparisons."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from urllib.parse import quote

import pandas as pd
from flask import Flask, Response, redirect, request

from dashboard.asked import address, asked_of
from dashboard.csv_files import csv_file, note_export
from dashboard.desk import Desk
from dashboard.pages.scenarios.compare import sides_of
from dashboard.pages.scenarios.desk import scenario_desk
from dashboard.pages.scenarios.sweep import sweep_frame
from dashboard.person import here, require
from dashboard.reports import script_hash
from dashboard.security import content_policy
from scenarios.comparison import Comparison, compare_plans
from scenarios.scenario_runs import runs_folder
from scenarios.sweep_folder import read_sweep
from wfm.errors import BadInput
from wfm.i18n import say

__all__ = ["comparison_table", "serve_scenario_files"]

_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def comparison_table(comparison: Comparison, names: list[str]) -> pd.DataFrame:
    """The comparison as one table: a row a figure, a value a plan, and differences with their intervals."""
    status_, difference_, low, high = say("status"), say("difference"), say("lower end"), say("upper end")
    rows: list[dict[str, Any]] = []
    for row in comparison.rows:
        cells: dict[str, Any] = {say("figure"): row.name.of(), say("unit"): row.unit, say("limit"): row.limit}
        for index, (name, value, difference, status) in enumerate(
            zip(names, row.values, row.differences, row.statuses, strict=True)
        ):
            cells |= {name: value, f"{name} · {status_}": status}
            if index:
                cells[f"{name} · {difference_}"] = None if difference is None else difference.mean
                cells[f"{name} · {low}"] = None if difference is None else difference.low
                cells[f"{name} · {high}"] = None if difference is None else difference.high
        rows.append(cells)
    for cost in comparison.costs:
        cells = {say("figure"): cost.name.of(), say("unit"): cost.unit}
        for index, (name, value) in enumerate(zip(names, cost.values, strict=True)):
            cells[name] = value
            if index:
                cells[f"{name} · {difference_}"] = value - cost.values[0]
        rows.append(cells)
    return pd.DataFrame(rows)


def serve_scenario_files(server: Flask, desk: Desk) -> None:
    """Add the routes."""

    @server.get("/compare")
    def scenarios_compared() -> Any:
        """Where comparisons stood before; links that were kept go on working."""
        asked = asked_of("/compare", request.query_string.decode())
        lang = asked.get("lang")
        return redirect(address("/scenarios", tab="compare", plans=asked.get("plans"), lang=lang))

    @server.get("/download/scenarios/report")
    def scenarios_report() -> Response:
        require("see")
        path = runs_folder(desk.home) / _known(desk, request.args.get("run", "")) / "report.html"
        if not path.is_file():
            raise BadInput(say("This run has no report."))
        policy = content_policy([script_hash()])
        return Response(path.read_bytes(), mimetype="text/html", headers={"Content-Security-Policy": policy})

    @server.get("/download/scenarios/plan.zip")
    def scenarios_folder() -> Response:
        require("see")
        name = request.args.get("run", "")
        mine = scenario_desk(desk)
        folders = mine.run_plans.folders() | desk.plans.folders()
        if name not in folders:
            mine.plan(name)
        desk.store.trail.note(here().name, "export", f"plan {name}", {"as": "zip"})
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folders[name].iterdir()):
                if path.is_file():
                    archive.write(path, f"{name}/{path.name}")
        return _file(buffer.getvalue(), f"{name}.zip", "application/zip")

    @server.get("/download/scenarios/sweep.<kind>")
    def scenarios_sweep(kind: str) -> Response:
        require("see")
        if kind not in ("csv", "parquet"):
            raise BadInput(say("There is no such file."))
        kept = read_sweep(desk.home, request.args.get("sweep", ""))
        table, name = sweep_frame(kept), f"sweep-{kept.question.name}"
        asked = asked_of("/scenarios", request.query_string.decode())
        if kind == "csv":
            return csv_file(desk, asked, table, name)
        note_export(desk, asked, f"{name}.parquet", len(table))
        buffer = io.BytesIO()
        table.to_parquet(buffer, index=False)
        return _file(buffer.getvalue(), f"{name}.parquet", "application/vnd.apache.parquet")

    @server.get("/download/scenarios/comparison.<kind>")
    def scenarios_comparison(kind: str) -> Response:
        require("see")
        asked = asked_of("/scenarios", request.query_string.decode())
        if kind not in ("csv", "xlsx"):
            raise BadInput(say("There is no such file."))
        mine, sides = scenario_desk(desk), sides_of(desk)
        names = asked.names("plans")
        compared = compare_plans([mine.plan(name) for name in names])
        table = comparison_table(compared, [sides[name].title for name in names])
        if kind == "csv":
            return csv_file(desk, asked, table, "comparison")
        note_export(desk, asked, "comparison.xlsx", len(table))
        return _file(_book(table, [s.of() for s in compared.sentences]), "comparison.xlsx", _SHEETS)


def _book(table: pd.DataFrame, sentences: list[str]) -> bytes:
    """An Excel book: the sentences above, the table under them."""
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer, engine="xlsxwriter") as writer:
        sheet = say("Comparison")
        table.to_excel(writer, sheet_name=sheet, index=False, startrow=len(sentences) + 1)
        page = writer.sheets[sheet]
        for index, words in enumerate(sentences):
            page.write_string(index, 0, words)
        page.set_column(0, 0, 40)
        page.set_column(1, max(len(table.columns) - 1, 1), 16)
        page.freeze_panes(len(sentences) + 2, 1)
    return buffer.getvalue()


def _known(desk: Desk, name: str) -> str:
    """The name, if it is that of a run; else one that nothing has."""
    return name if name in scenario_desk(desk).run_plans.folders() else "-"


def _file(content: bytes, name: str, kind: str) -> Response:
    return Response(
        content, mimetype=kind, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    )
