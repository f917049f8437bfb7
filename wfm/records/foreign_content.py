"""What kind of file this is by its content, and whether reading it could exhaust the machine.

A name proves nothing: a workbook is a zip archive whose parts may unpack to any size, whatever its directory says. So a
file from outside is looked at before anything else reads it.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Literal

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.records.reading import need_file, text_encoding

__all__ = ["PARQUET_ROWS_MAX", "UNPACKED_MAX", "Content", "check_content"]

Content = Literal["text", "workbook", "parquet"]

UNPACKED_MAX = 500 * 2**20
"""Bytes to which a workbook may unpack: a million rows of twenty columns stay below it."""
PARTS_MAX = 2_000
PARQUET_ROWS_MAX = 200_000_000
PARQUET_UNPACKED_MAX = 16 * 2**30
MIB = 2**20

_OTHERS = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"\x1f\x8b": "gzip",
    b"MZ": "EXE",
    b"\x7fELF": "ELF",
}


def check_content(path: Path) -> Content:
    """The kind of the file.

    Raises:
        BadInput: it is empty, no text, workbook or Parquet file, or would unpack to more than is allowed.
    """
    need_file(path)
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"PAR1"):
        _check_parquet(path)
        return "parquet"
    if start.startswith(b"PK"):
        _check_workbook(path)
        return "workbook"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return "workbook"
    for sign, name in _OTHERS.items():
        if start.startswith(sign):
            raise BadInput(
                say(
                    "{name}: is a file of kind {kind}; CSV, Excel, Parquet or a queue log is needed",
                    name=path.name,
                    kind=name,
                )
            )
    text_encoding(path)
    return "text"


def _check_workbook(path: Path) -> None:
    """Unpack every part and count, since the directory of an archive may lie about sizes."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if not any(part.filename.startswith("xl/") for part in parts):
                raise BadInput(
                    say("{name}: is an archive and no workbook; unpack it and choose the file inside", name=path.name)
                )
            if len(parts) > PARTS_MAX:
                raise BadInput(
                    say("{name}: the workbook has {count} parts, too many", name=path.name, count=len(parts))
                )
            unpacked = 0
            for part in parts:
                part.file_size = UNPACKED_MAX + 1  # what it says is not believed; reading ends with the data
                with archive.open(part) as stream:
                    while block := stream.read(MIB):
                        unpacked += len(block)
                        if unpacked > UNPACKED_MAX:
                            raise BadInput(
                                say(
                                    "{name}: the workbook unpacks to more than {most} MiB; save it as CSV instead",
                                    name=path.name,
                                    most=UNPACKED_MAX // MIB,
                                )
                            )
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise BadInput(say("{name}: is not an Excel workbook, or is protected by a password", name=path.name)) from None


def _check_parquet(path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            told = file.metadata
            rows = told.num_rows
            unpacked = sum(told.row_group(n).total_byte_size for n in range(told.num_row_groups))
    except (pa.ArrowException, OSError):
        raise BadInput(say("{name}: is not a Parquet file", name=path.name)) from None
    if rows > PARQUET_ROWS_MAX or unpacked > PARQUET_UNPACKED_MAX:
        raise BadInput(say("{name}: holds {rows:,} rows, too many to be read at once", name=path.name, rows=rows))
