"""Tables that leave the dashboard as CSV: no cell is a formula, and who took which one along stands in the audit."""

from __future__ import annotations

from urllib.parse import quote

import pandas as pd
from flask import Response

from dashboard.asked import Asked
from dashboard.desk import Desk
from dashboard.person import here
from dashboard.tables import csv_bytes

__all__ = ["csv_file", "note_export"]

_NOT_A_CHOICE = ("lang", "token")


def csv_file(desk: Desk, asked: Asked, table: pd.DataFrame, name: str) -> Response:
    """The table that an address asks for as a file to keep, ``NAME.csv``; the export is noted."""
    note_export(desk, asked, f"{name}.csv", len(table))
    return Response(
        csv_bytes(table),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{name}.csv', safe='')}"},
    )


def note_export(desk: Desk, asked: Asked, file: str, rows: int) -> None:
    """Write into the audit who takes which file along, with what the address chooses and how many rows it holds."""
    choices = {key: value for key, value in asked.query.items() if key not in _NOT_A_CHOICE}
    desk.store.trail.note(here().name, "export table", f"table {file}", {**choices, "rows": rows})
