"""Cells of tables that go out as CSV: a spreadsheet must not run what somebody wrote into a name."""

from __future__ import annotations

from typing import Any

import pandas as pd

__all__ = ["harmless_cell", "harmless_cells"]

_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless_cell(value: Any) -> Any:
    """The value, with an apostrophe before it if a spreadsheet would read it as a formula (OWASP: CSV injection)."""
    if not isinstance(value, str) or not value.startswith(_BEGINS_FORMULA) or len(value) == 1:
        return value
    try:
        float(value.replace(",", ""))
    except ValueError:
        return f"'{value}"
    return value


def harmless_cells(table: pd.DataFrame) -> pd.DataFrame:
    """The table with every text harmless; numbers and moments as they are."""
    kinds = pd.api.types
    texts = [
        name
        for name in table.columns
        if not kinds.is_numeric_dtype(table[name]) and not kinds.is_datetime64_any_dtype(table[name])
    ]
    return table.assign(**{str(name): table[name].map(harmless_cell) for name in texts}) if texts else table
