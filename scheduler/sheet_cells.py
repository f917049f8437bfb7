"""Cells of a workbook or CSV file as rows, with their addresses as a spreadsheet shows them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from wfm.errors import BadInput
from wfm.hotline.row_files import parse_date
from wfm.hotline.text_files import decode_text, read_bytes
from wfm.i18n import say

__all__ = ["Sheet", "cell_text", "day_of_heading", "read_sheets"]

SIZE_MAX = 50_000_000
_NUMERALS = str.maketrans("０１２３４５６７８９", "0123456789")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: ``rows[0][0]`` is the cell A1. ``name`` is empty for a CSV file."""

    file: str
    name: str
    rows: Sequence[Sequence[object]]

    def text(self, row: int, column: int) -> str:
        """The cell as text without blanks around it; empty beyond the sheet's end."""
        if row >= len(self.rows) or column >= len(self.rows[row]):
            return ""
        return cell_text(self.rows[row][column])

    def where(self, row: int, column: int) -> str:
        """``roster.xlsx: 排班!F7`` for messages."""
        letters, rest = "", column
        while rest >= 0:
            letters = chr(ord("A") + rest % 26) + letters
            rest = rest // 26 - 1
        return f"{self.file}: {self.name}!{letters}{row + 1}" if self.name else f"{self.file}: {letters}{row + 1}"


def cell_text(value: object) -> str:
    """A cell as text; whole numbers without ``.0``, an apostrophe that guards a formula taken off."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in "=+-@\t\r'" else text


def read_sheets(path: Path) -> list[Sheet]:
    """Every sheet of a workbook (.xlsx, .xlsm, .xls, .ods), or the one sheet of a CSV file (UTF-8 or GBK).

    Raises:
        BadInput: the file is missing, too large, or is neither.
    """
    content = read_bytes(path, SIZE_MAX)
    if path.suffix.lower() in (".xlsx", ".xlsm", ".xls", ".ods"):
        from python_calamine import CalamineError, load_workbook

        try:
            book = load_workbook(io.BytesIO(content))
            return [
                Sheet(path.name, name, book.get_sheet_by_name(name).to_python(skip_empty_area=False))
                for name in book.sheet_names
            ]
        except (CalamineError, OSError, ValueError):
            raise BadInput(say("{name}: is not an Excel workbook (.xlsx)", name=path.name)) from None
    text = decode_text(content, path.name)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=lambda mark: (first.count(mark), mark == ","))
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise BadInput(
            say("{name}: a quotation mark is not closed or stands in the wrong place", name=path.name)
        ) from None
    return [Sheet(path.name, "", rows)]


def day_of_heading(value: object, first: date | None) -> date | None:
    """The day that a column's heading names; None where it names none.

    A full date in any way :func:`wfm.hotline.row_files.parse_date` reads. With ``first``, the period's first day,
    also a month and day (9/14, 9月14日, 09-14 周一) or a bare day of the month: the first such day from ``first`` less
    a week on.
    """
    if isinstance(value, (date, datetime)):
        return parse_date(value)
    text = cell_text(value).translate(_NUMERALS)
    words = text.replace("(", " ").replace("（", " ").replace("\n", " ").split()
    text = words[0] if words else ""
    whole = parse_date(text)
    if whole is not None or first is None:
        return whole
    cleaned = text.replace("月", "-").replace("日", "").replace("号", "").replace("/", "-").replace(".", "-")
    parts = cleaned.split("-")
    if not 1 <= len(parts) <= 2 or not all(p.isascii() and p.isdigit() and len(p) <= 2 for p in parts):
        return None
    numbers = [int(p) for p in parts]
    for n in range(-7, 366):
        day = first + timedelta(days=n)
        if numbers == ([day.month, day.day] if len(numbers) == 2 else [day.day]):
            return day
    return None
