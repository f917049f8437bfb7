"""Foreign files in pieces: CSV in whatever encoding and separator, Parquet, Excel.

Only the columns that the mapping looks at are kept; the rest, free text among it, is never stored.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.errors import BadInput
from wfm.execution import Progress, no_progress
from wfm.i18n import list_words, say
from wfm.os_reason import os_reason
from wfm.records.privacy import hide_numbers

__all__ = ["CHUNK_ROWS", "Chunk", "FileShape", "file_kind", "need_file", "open_sheet", "read_chunks", "text_encoding"]

CHUNK_ROWS = 50_000
"""Rows held as raw values at a time."""
_DELIMITERS = (",", ";", "\t", "|")


class FileShape(Protocol):
    """How a file is written, and which of its columns are looked at: what mappings of every kind tell."""

    @property
    def format(self) -> str:
        """csv, parquet, xlsx, or empty: by the file's name."""

    @property
    def encoding(self) -> str:
        """Of a CSV file; empty: whichever it is."""

    @property
    def delimiter(self) -> str:
        """Of a CSV file; empty: whichever it is."""

    @property
    def sheet(self) -> str:
        """Of a workbook; empty: the first."""

    @property
    def header_row(self) -> int:
        """Row of the column names, from 1."""

    @property
    def read(self) -> dict[str, str]:
        """Column of the file → column of ours it was first named for."""


@dataclass(slots=True)
class Chunk:
    """Some rows of a file: where each stands, and the raw values of the columns that are looked at."""

    rows: NDArray[np.int64]
    """Line of a CSV file, row of a sheet, number of a Parquet row; from 1."""
    columns: dict[str, pd.Series]
    torn: list[tuple[int, int, int]] = field(default_factory=list)
    """Rows with another number of fields than the header: (row, found, expected)."""


def read_chunks(path: Path, mapping: FileShape, progress: Progress = no_progress) -> Iterator[Chunk]:
    """The file's rows in pieces of :data:`CHUNK_ROWS`.

    Args:
        path: a CSV, Parquet or Excel file.
        mapping: which columns are looked at, and how the file is written where it does not show.
        progress: told bytes (CSV) or rows (others) of the whole.

    Raises:
        BadInput: the file is missing, cannot be read, or lacks a column of the mapping.
    """
    try:
        need_file(path)
        kind = mapping.format or file_kind(path)
        reader = {"csv": _csv_chunks, "parquet": _parquet_chunks, "xlsx": _xlsx_chunks}[kind]
        yield from reader(path, mapping, progress)
    except OSError as error:
        raise BadInput(say("{path}: cannot be read ({reason})", path=path, reason=os_reason(error))) from None


def need_file(path: Path) -> None:
    """Refuse what is no file, or an empty one.

    Raises:
        BadInput: it is missing, a folder, or empty.
    """
    if path.is_dir():
        raise BadInput(say("{path}: is a folder, a file is needed", path=path))
    if not path.exists():
        raise BadInput(say("{path}: there is no such file", path=path))
    if path.stat().st_size == 0:
        raise BadInput(say("{name}: the file is empty", name=path.name))


def file_kind(path: Path) -> str:
    """csv, parquet or xlsx, by the file's name."""
    kinds = {".parquet": "parquet", ".xlsx": "xlsx", ".xls": "xlsx", ".xlsm": "xlsx"}
    return kinds.get(path.suffix.lower(), "csv")


def _find_columns(header: Sequence[str], mapping: FileShape, path: Path) -> dict[str, int]:
    """Place of each column that is looked at.

    Raises:
        BadInput: one is missing, or stands twice.
    """
    places: dict[str, int] = {}
    for wanted, ours in mapping.read.items():
        count = list(header).count(wanted)
        if count == 1:
            places[wanted] = list(header).index(wanted)
            continue
        if count > 1:
            raise BadInput(
                say("{name}: the column {column!r} stands {count} times", name=path.name, column=wanted, count=count)
            )
        shown = list_words([hide_numbers(h) for h in header if h][:40]) or say("nothing")
        close = get_close_matches(wanted, header, n=1, cutoff=0.5)
        if close:
            raise BadInput(
                say(
                    "{name}: no column {column!r} (mapping: {ours}); did you mean {close!r}? The file has: {header}",
                    name=path.name,
                    column=wanted,
                    ours=ours,
                    close=hide_numbers(close[0]),
                    header=shown,
                )
            )
        raise BadInput(
            say(
                "{name}: no column {column!r} (mapping: {ours}); the file has: {header}",
                name=path.name,
                column=wanted,
                ours=ours,
                header=shown,
            )
        )
    return places


def text_encoding(path: Path, asked: str = "") -> str:
    """The encoding of a text file: as asked, by its byte-order mark, else UTF-8, else GB18030 (GBK and GB2312 are in it).

    Raises:
        BadInput: the encoding is not known, or none fits.
    """
    if asked:
        try:
            name = codecs.lookup(asked).name
        except LookupError:
            raise BadInput(say("encoding {encoding!r} is not known", encoding=asked)) from None
        if not _decodes(path, name):
            raise BadInput(say("{name}: is not a text in {encoding}", name=path.name, encoding=asked))
        return "utf-8-sig" if name == "utf-8" else name
    with path.open("rb") as file:
        start = file.read(4)
    marked = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8", "gb18030"):
        if _decodes(path, encoding):
            return "utf-8-sig" if encoding == "utf-8" else encoding
    raise BadInput(say("{name}: is not a text file in UTF-8 or GBK", name=path.name))


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    wide = encoding.startswith(("utf-16", "utf-32"))
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                if b"\0" in block and not wide:
                    return False
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _split(line: str, delimiter: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]


def _csv_chunks(path: Path, mapping: FileShape, progress: Progress) -> Iterator[Chunk]:
    encoding = text_encoding(path, mapping.encoding)
    size = path.stat().st_size
    csv.field_size_limit(10_000_000)
    with path.open("rb") as raw, io.TextIOWrapper(raw, encoding=encoding, newline="") as text:
        before, delimiter = 0, mapping.delimiter
        line = text.readline()
        if line.lower().startswith("sep=") and len(line.rstrip("\r\n")) == 5:
            delimiter = delimiter or line[4]
            before, line = 1, text.readline()
        for _ in range(mapping.header_row - 1):
            before, line = before + 1, text.readline()
        if not delimiter:
            delimiter = max(_DELIMITERS, key=lambda d: (len(set(_split(line, d)) & set(mapping.read)), line.count(d)))
        header = _split(line, delimiter)
        places = _find_columns(header, mapping, path)
        names, at = list(places), list(places.values())
        reader = csv.reader(text, delimiter=delimiter)
        first = before + 2
        numbers: list[int] = []
        kept: list[list[str]] = []
        torn: list[tuple[int, int, int]] = []
        begins = first
        try:
            for cells in reader:
                row, begins = begins, first + reader.line_num
                if len(cells) != len(header):
                    # Blank lines and lines of separators only are no rows; empty cells past the header are harmless.
                    if not any(cell.strip() for cell in cells):
                        continue
                    if len(cells) < len(header) or any(cell.strip() for cell in cells[len(header) :]):
                        torn.append((row, len(cells), len(header)))
                        continue
                numbers.append(row)
                kept.append([cells[i] for i in at])
                if len(numbers) == CHUNK_ROWS:
                    yield _text_chunk(numbers, kept, names, torn)
                    numbers, kept, torn = [], [], []
                    progress(min(raw.tell(), size), size)
        except csv.Error:
            raise BadInput(
                say("{name}:{line}: a quotation mark is not closed, or the row is endless", name=path.name, line=begins)
            ) from None
    if numbers or torn:
        yield _text_chunk(numbers, kept, names, torn)
    progress(size, size)


def _text_chunk(numbers: list[int], kept: list[list[str]], names: list[str], torn: list[tuple[int, int, int]]) -> Chunk:
    columns = list(zip(*kept, strict=True)) if kept else [()] * len(names)
    series = {name: pd.Series(list(values), dtype=object) for name, values in zip(names, columns, strict=True)}
    return Chunk(np.asarray(numbers, dtype=np.int64), series, torn)


def _parquet_chunks(path: Path, mapping: FileShape, progress: Progress) -> Iterator[Chunk]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
    except pa.ArrowException:
        raise BadInput(say("{name}: is not a Parquet file", name=path.name)) from None
    with file:
        names = list(_find_columns(file.schema_arrow.names, mapping, path))
        total, row = file.metadata.num_rows, 1
        for batch in file.iter_batches(batch_size=CHUNK_ROWS, columns=names):
            frame = batch.to_pandas()
            yield Chunk(np.arange(row, row + len(frame)), {name: frame[name] for name in names})
            row += len(frame)
            progress(row - 1, total)


def open_sheet(path: Path, name: str) -> Any:
    """The sheet of this name of a workbook; empty: its first.

    Raises:
        BadInput: the file is no workbook, or has no such sheet.
    """
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(path)
    except (calamine.CalamineError, ValueError):
        raise BadInput(say("{name}: is not an Excel workbook, or is protected by a password", name=path.name)) from None
    if name and name not in book.sheet_names:
        raise BadInput(
            say(
                "{name}: no sheet {sheet!r}; the file has: {known}",
                name=path.name,
                sheet=name,
                known=list_words(book.sheet_names),
            )
        )
    return book.get_sheet_by_name(name or book.sheet_names[0])


def _xlsx_chunks(path: Path, mapping: FileShape, progress: Progress) -> Iterator[Chunk]:
    sheet = open_sheet(path, mapping.sheet)
    rows: Iterator[list[Any]] = iter(sheet.to_python(skip_empty_area=False))
    header: list[str] = []
    for _ in range(mapping.header_row):
        header = [str(cell).strip() for cell in next(rows, [])]
    places = _find_columns(header, mapping, path)
    total = sheet.height
    numbers: list[int] = []
    kept: list[list[Any]] = []
    for number, cells in enumerate(rows, mapping.header_row + 1):
        chosen = [cells[i] for i in places.values()]
        if not any(cell != "" for cell in cells):
            continue
        numbers.append(number)
        kept.append(chosen)
        if len(numbers) == CHUNK_ROWS:
            yield _text_chunk(numbers, kept, list(places), [])
            numbers, kept = [], []
            progress(number, total)
    if numbers:
        yield _text_chunk(numbers, kept, list(places), [])
    progress(total, total)
