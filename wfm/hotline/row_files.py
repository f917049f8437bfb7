"""Rows of a CSV or Excel file, each with its number, as people keep lists of staff and leave."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from wfm.errors import BadInput
from wfm.hotline.text_files import decode_text, read_bytes
from wfm.i18n import list_words, say

__all__ = ["Row", "RowFile", "agent_in", "date_in", "find_row_file", "parse_date", "read_rows"]

ROWS_MAX = 100_000
_EXCEL_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file: its number as a text editor or Excel shows it, and its cells by column."""

    number: int
    cells: Mapping[str, object]

    def text(self, column: str) -> str:
        """The cell as text without blanks around it; whole numbers without ``.0``; ``""`` where empty."""
        value = self.cells.get(column)
        if value is None:
            return ""
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return str(value).strip()


@dataclass(frozen=True, slots=True)
class RowFile:
    """A file of rows under known columns."""

    name: str
    rows: Sequence[Row]
    columns: Sequence[str]

    def where(self, row: Row, column: str = "") -> str:
        """``agents.csv:17: lines`` for messages."""
        return f"{self.name}:{row.number}: {column}" if column else f"{self.name}:{row.number}"


def find_row_file(folder: Path, stem: str) -> Path | None:
    """``stem.csv`` or ``stem.xlsx`` in the folder; None when there is neither.

    Raises:
        BadInput: both are there, so that it is not clear which holds.
    """
    found = [path for path in (folder / f"{stem}.csv", folder / f"{stem}.xlsx") if path.is_file()]
    if len(found) > 1:
        raise BadInput(say("{folder}: holds both {stem}.csv and {stem}.xlsx; keep one", folder=folder, stem=stem))
    return found[0] if found else None


def read_rows(path: Path, aliases: Mapping[str, Sequence[str]], required: Sequence[str]) -> RowFile:
    """Rows of a CSV file (UTF-8 or GBK; comma, semicolon or tab) or of an Excel workbook's first sheet.

    Args:
        path: the file.
        aliases: column → other headings under which it may stand (Chinese ones).
        required: columns that must be there.

    Raises:
        BadInput: the file cannot be read, a column is unknown, twice or missing, or a row has too many cells.
    """
    table = _excel_rows(path) if path.suffix.lower() == ".xlsx" else _csv_rows(path)
    if not table:
        raise BadInput(say("{name}: is empty; the first line names the columns", name=path.name))
    if len(table) > ROWS_MAX + 1:
        raise BadInput(
            say(
                "{name}: holds {count:,} rows; at most {most:,} are read",
                name=path.name,
                count=len(table),
                most=ROWS_MAX,
            )
        )
    head_number, heads = table[0]
    columns = _columns(path.name, head_number, heads, aliases, required)
    rows = []
    for number, cells in table[1:]:
        extra = [cell for cell in cells[len(columns) :] if cell not in (None, "")]
        if extra:
            raise BadInput(
                say(
                    "{name}:{row}: has {count} cells, the first line names {columns} columns",
                    name=path.name,
                    row=number,
                    count=len(cells),
                    columns=len(columns),
                )
            )
        named = {column: cell for column, cell in zip(columns, cells, strict=False) if column}
        if any(str(cell).strip() for cell in named.values() if cell is not None):
            rows.append(Row(number, named))
    return RowFile(path.name, rows, columns)


def _columns(
    name: str, number: int, heads: Sequence[object], aliases: Mapping[str, Sequence[str]], required: Sequence[str]
) -> list[str]:
    meanings = {alias.casefold(): column for column, others in aliases.items() for alias in (column, *others)}
    found: list[str] = []
    for head in heads:
        text = str(head if head is not None else "").strip()
        column = meanings.get(text.casefold(), "")
        if text and not column:
            close = get_close_matches(text.casefold(), meanings, n=1)
            known = list_words(list(aliases))
            if close:
                raise BadInput(
                    say(
                        "{name}:{row}: unknown column {column!r}; did you mean {close}? Known: {known}",
                        name=name,
                        row=number,
                        column=text,
                        close=close[0],
                        known=known,
                    )
                )
            raise BadInput(
                say(
                    "{name}:{row}: unknown column {column!r}; known: {known}",
                    name=name,
                    row=number,
                    column=text,
                    known=known,
                )
            )
        if column and column in found:
            raise BadInput(say("{name}:{row}: the column {column} stands twice", name=name, row=number, column=column))
        found.append(column)
    for column in required:
        if column not in found:
            others = list_words([column, *aliases[column]])
            raise BadInput(
                say(
                    "{name}:{row}: the column {column} is missing (also read: {others})",
                    name=name,
                    row=number,
                    column=column,
                    others=others,
                )
            )
    return found


def _csv_rows(path: Path) -> list[tuple[int, list[object]]]:
    text = decode_text(read_bytes(path), path.name)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=lambda mark: (first.count(mark), mark == ","))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[object]]] = []
    try:
        number = 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((number, list(cells)))
            number = reader.line_num + 1
    except csv.Error:
        raise BadInput(
            say("{name}:{row}: a quotation mark is not closed or stands in the wrong place", name=path.name, row=number)
        ) from None
    return rows


def _excel_rows(path: Path) -> list[tuple[int, list[object]]]:
    from python_calamine import CalamineError, load_workbook

    content = read_bytes(path)
    try:
        workbook = load_workbook(io.BytesIO(content))
        cells = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError):
        raise BadInput(say("{name}: is not an Excel workbook (.xlsx)", name=path.name)) from None
    rows: list[tuple[int, list[object]]] = []
    for number, row in enumerate(cells, 1):
        last = max((n for n, cell in enumerate(row, 1) if cell not in (None, "")), default=0)
        if last:
            rows.append((number, list(row[:last])))
    return rows


def agent_in(file: RowFile, row: Row, known: Collection[str]) -> str:
    """The person of the column ``agent``.

    Raises:
        BadInput: it names nobody known.
    """
    agent, where = row.text("agent"), file.where(row, "agent")
    if agent in known:
        return agent
    close = get_close_matches(agent, sorted(known), n=1)
    if close:
        raise BadInput(
            say("{where}: unknown agent {agent!r}; did you mean {close}?", where=where, agent=agent, close=close[0])
        )
    raise BadInput(say("{where}: unknown agent {agent!r}", where=where, agent=agent))


def date_in(file: RowFile, row: Row, column: str) -> date:
    """The date of a cell.

    Raises:
        BadInput: it is none.
    """
    found = parse_date(row.cells.get(column))
    if found is None:
        raise BadInput(
            say(
                "{where}: should be a date, as 2026-09-20 (found {found!r})",
                where=file.where(row, column),
                found=row.text(column),
            )
        )
    return found


def parse_date(value: Any) -> date | None:
    """A date from a cell: 2026-09-20, 2026/9/20, 2026.9.20, 20260920, 2026年9月20日, an Excel date or its number.

    None where the cell holds none of these.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value if value is not None else "").strip()
    if text.isdigit():
        # Excel counts days from 1900; only numbers of the years 1990 to 2100 are taken for dates.
        serial = int(text) if len(text) == 5 else 0
        return _EXCEL_EPOCH + timedelta(days=serial) if 32874 <= serial <= 73415 else _compact_date(text)
    cleaned = text.replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-").replace(".", "-")
    parts = cleaned.split(" ")[0].split("T")[0].split("-")
    if len(parts) != 3 or not all(part.isdigit() for part in parts) or len(parts[0]) != 4:
        return None
    return _date(*map(int, parts))


def _compact_date(text: str) -> date | None:
    return _date(int(text[:4]), int(text[4:6]), int(text[6:])) if len(text) == 8 else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
