"""The row of the column names: exports often begin with a title or the day of the export."""

from __future__ import annotations

import csv
from collections.abc import Collection
from itertools import islice
from pathlib import Path

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.os_reason import os_reason
from wfm.records.reading import FileShape, file_kind, need_file, open_sheet, text_encoding

__all__ = ["find_header"]

ROWS_LOOKED_AT = 20


def find_header(path: Path, shape: FileShape, known: Collection[str]) -> tuple[int, list[str]]:
    """Row of the column names, from 1, and the names: as ``shape`` says, else of the first rows the one with most known names.

    Raises:
        BadInput: the file is missing or cannot be read.
    """
    try:
        need_file(path)
        kind = shape.format or file_kind(path)
        rows = {"csv": _csv_rows, "xlsx": _xlsx_rows, "parquet": _parquet_rows}[kind](path, shape, set(known))
    except OSError as error:
        raise BadInput(say("{path}: cannot be read ({reason})", path=path, reason=os_reason(error))) from None
    if shape.header_row:
        row = min(shape.header_row, len(rows))
    else:
        row = 1 + max(range(len(rows)), key=lambda at: (len(set(rows[at]) & set(known)), -at), default=0)
    return row, rows[row - 1] if rows else []


def _csv_rows(path: Path, shape: FileShape, known: set[str]) -> list[list[str]]:
    with path.open(encoding=text_encoding(path, shape.encoding), newline="") as file:
        lines = list(islice(file, max(ROWS_LOOKED_AT, shape.header_row) + 1))
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].rstrip("\r\n")) == 5:
        lines = lines[1:]  # spreadsheets' own line of the separator is no row

    def split(delimiter: str) -> list[list[str]]:
        return [[cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])] for line in lines]

    if shape.delimiter:
        return split(shape.delimiter)
    return max(
        (split(delimiter) for delimiter in (",", ";", "\t", "|")),
        key=lambda rows: (max((len(set(row) & known) for row in rows), default=0), sum(map(len, rows))),
    )


def _xlsx_rows(path: Path, shape: FileShape, known: set[str]) -> list[list[str]]:
    sheet = open_sheet(path, shape.sheet)
    rows = sheet.to_python(skip_empty_area=False, nrows=max(ROWS_LOOKED_AT, shape.header_row))
    return [[str(cell).strip() for cell in row] for row in rows]


def _parquet_rows(path: Path, shape: FileShape, known: set[str]) -> list[list[str]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return [list(pq.read_schema(path).names)]
    except pa.ArrowException:
        raise BadInput(say("{name}: is not a Parquet file", name=path.name)) from None
