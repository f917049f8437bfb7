"""The first rows of a file, whatever it is: what a layout is recognised by."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from wfm.errors import BadInput
from wfm.i18n import list_words, say
from wfm.os_reason import os_reason
from wfm.records.privacy import hide_numbers
from wfm.records.reading import need_file, text_encoding

__all__ = ["HEADER_ROWS", "FileHead", "plain_name", "read_head"]

ROWS = 60
"""Rows that are looked at."""
HEADER_ROWS = 12
"""Rows among which the column names are looked for: titles may stand above them."""
DELIMITERS = (",", ";", "\t", "|")
WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, slots=True)
class FileHead:
    """What the head of a file shows."""

    name: str
    kind: Literal["csv", "xlsx", "parquet"]
    encoding: str
    """Of a text; else empty."""
    delimiter: str
    """Of a text: what most of its rows hold the same number of; else empty."""
    rows: tuple[tuple[str, ...], ...]
    """The first rows, cells stripped; of a Parquet file its column names, then its first rows."""
    lines: tuple[str, ...] = ()
    """Of a text: its first lines as they stand."""

    def header_row(self, wanted: set[str]) -> tuple[int, dict[str, str]] | None:
        """The first row that holds all of ``wanted`` (plain names): its number from 1, and plain name → name as written."""
        for number, cells in enumerate(self.rows[:HEADER_ROWS], 1):
            written = {plain_name(cell): cell for cell in reversed(cells) if cell}
            if wanted <= written.keys():
                return number, written
        return None

    @property
    def shown(self) -> str:
        """What was seen, in a few words; nothing that might be a caller's number."""
        kinds = {"csv": say("a text"), "xlsx": say("a workbook"), "parquet": say("a Parquet file")}
        widest = max(self.rows[:HEADER_ROWS], key=lambda cells: sum(map(bool, cells)), default=())
        cells = [hide_numbers(cell if len(cell) <= 30 else cell[:29] + "…") for cell in widest if cell][:12]
        seen = list_words(cells) or say("nothing")
        return say("{kind} with the columns {columns}", kind=kinds[self.kind], columns=seen)


def plain_name(name: str) -> str:
    """A column name for comparing: small letters, without units in brackets, spaces as one."""
    text = re.sub(r"[(（][^)）]*[)）]", " ", name.replace("\ufeff", "")).lower()
    return " ".join(text.replace("_", " ").split())


def read_head(path: Path) -> FileHead:
    """Look at the head of a file.

    Raises:
        BadInput: it is missing, a folder, empty, or neither a text nor a workbook nor a Parquet file.
    """
    need_file(path)
    try:
        with path.open("rb") as file:
            start = file.read(8)
        if start.startswith(b"PAR1"):
            return FileHead(path.name, "parquet", "", "", _parquet_rows(path))
        if start.startswith(WORKBOOK):
            return FileHead(path.name, "xlsx", "", "", _sheet_rows(path))
        encoding = text_encoding(path)
        with path.open("rb") as raw, io.TextIOWrapper(raw, encoding=codecs.lookup(encoding).name, newline="") as text:
            lines = [line.rstrip("\r\n") for line in islice(iter(lambda: text.readline(20_000), ""), ROWS)]
    except OSError as error:
        raise BadInput(say("{path}: cannot be read ({reason})", path=path, reason=os_reason(error))) from None
    told = lines[0][4:] if lines and re.fullmatch(r"sep=.", lines[0], re.IGNORECASE) else ""
    lines = lines[1:] if told else lines  # a line for Excel, which reading passes over too
    delimiter = told or _delimiter(lines)
    rows = tuple(tuple(cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])) for line in lines)
    return FileHead(path.name, "csv", encoding, delimiter, rows, tuple(lines))


def _delimiter(lines: list[str]) -> str:
    filled = [line for line in lines if line.strip()]

    def agreeing(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in filled]
        usual = max(set(counts), key=counts.count, default=0)
        return (counts.count(usual) if usual else 0, usual)

    return max(DELIMITERS, key=agreeing)


def _parquet_rows(path: Path) -> tuple[tuple[str, ...], ...]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            batch = next(file.iter_batches(batch_size=5), None)
            names = tuple(file.schema_arrow.names)
            first = [] if batch is None else [tuple(map(_cell, row.values())) for row in batch.to_pylist()]
    except (pa.ArrowException, OSError):
        raise BadInput(say("{name}: is not a Parquet file", name=path.name)) from None
    return (names, *first)


def _sheet_rows(path: Path) -> tuple[tuple[str, ...], ...]:
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(path)
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False, nrows=ROWS)
    except Exception as error:
        if not isinstance(error, calamine.CalamineError | ValueError | IndexError | OSError):
            raise
        raise BadInput(say("{name}: is not an Excel workbook, or is protected by a password", name=path.name)) from None
    return tuple(tuple(map(_cell, row)) for row in rows)


def _cell(value: Any) -> str:
    return "" if value is None else str(value).strip()
