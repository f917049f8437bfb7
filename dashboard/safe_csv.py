"""Tables as CSV in which no cell is a formula, and their answer to a browser."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pandas as pd
from flask import Response

from dashboard.tables import csv_bytes

__all__ = ["csv_answer", "guarded"]

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so would be calculated by a spreadsheet (OWASP, "CSV injection")."""


def guarded(value: Any) -> Any:
    """The value; a text that a spreadsheet would take for a formula has an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_DANGEROUS) else value


def csv_answer(table: pd.DataFrame, name: str) -> Response:
    """The table as a file to keep, ``NAME.csv``."""
    texts = table.select_dtypes(include=["object", "string"]).columns
    safe = table.assign(**{str(column): table[column].map(guarded) for column in texts})
    return Response(
        csv_bytes(safe),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}.csv"},
    )
