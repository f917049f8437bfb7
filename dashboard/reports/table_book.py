"""Tables as an Excel workbook: a sheet a table, headings frozen, every text a text."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

import pandas as pd

__all__ = ["table_book"]

_WIDEST = 40
_LONGEST_NAME = 31


def table_book(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """The workbook (.xlsx); keys are the names of its sheets."""
    import xlsxwriter

    stream = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(stream, options)
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    for name, table in tables.items():
        sheet = book.add_worksheet(name[:_LONGEST_NAME])
        for column, title in enumerate(table.columns):
            sheet.write_string(0, column, str(title), head)
            values = table[title].tolist()
            longest = max([8, *(len(str(v)) for v in values)])
            sheet.set_column(column, column, min(longest + 2, _WIDEST))
            for row, value in enumerate(values, 1):
                if value is None or value is pd.NA or value != value:
                    sheet.write_blank(row, column, None)
                elif isinstance(value, (int, float)):
                    sheet.write_number(row, column, value)
                else:
                    sheet.write_string(row, column, str(value))
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, len(table), max(len(table.columns) - 1, 0))
    book.close()
    return stream.getvalue()
