"""Duties as CSV that Chinese Excel opens rightly, and back."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from scheduler.duties_table import duties_frame
from scheduler.table_rows import rows_of
from wfm.errors import BadInput
from wfm.i18n import say
from wfm.tables import DUTIES

__all__ = ["duties_csv", "read_duties", "write_duties"]

BOM = b"\xef\xbb\xbf"
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet calculate (OWASP, "CSV injection")."""


def duties_csv(duties: pd.DataFrame) -> bytes:
    """The duties as CSV, UTF-8 with a byte-order mark.

    Times are ISO 8601 with their offset, the remote flag is ``yes`` or ``no``. A text that a
    spreadsheet would take for a formula gets an apostrophe in front, as the spreadsheet itself writes it.
    """
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(DUTIES.column_names)
    for row in rows_of(duties[DUTIES.column_names]):
        writer.writerow(
            [
                _safe(row.agent),
                pd.Timestamp(row.date).date().isoformat(),
                _safe(row.shift),
                _safe(row.group),
                _safe(row.post),
                row.role,
                pd.Timestamp(row.start).isoformat(),
                pd.Timestamp(row.end).isoformat(),
                _safe(row.breaks),
                "yes" if row.remote else "no",
            ]
        )
    return BOM + text.getvalue().encode("utf-8")


def write_duties(duties: pd.DataFrame, path: str | Path) -> None:
    """Write :func:`duties_csv` to ``path``; the file appears only when complete."""
    path = Path(path)
    beside = path.with_name(f".{path.name}.part")
    beside.write_bytes(duties_csv(duties))
    beside.replace(path)


def read_duties(path: str | Path, time_zone: str) -> pd.DataFrame:
    """Duties written by :func:`write_duties`, perhaps saved again by a spreadsheet (``tables.DUTIES``).

    Raises:
        BadInput: the file is missing or not UTF-8, a column is missing, or a time cannot be read.
    """
    path = Path(path)
    try:
        content = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadInput(say("{path}: there is no such file", path=path)) from None
    except UnicodeDecodeError:
        try:
            content = path.read_text(encoding="gb18030")
        except UnicodeDecodeError:
            raise BadInput(say("{path}: the text is neither UTF-8 nor GBK", path=path)) from None
    reader = csv.DictReader(StringIO(content, newline=""))
    missing = [c for c in DUTIES.column_names if c not in (reader.fieldnames or [])]
    if missing:
        raise BadInput(say("{path}: the column {column} is missing", path=path, column=missing[0]))
    rows = [_row(path, line, row, time_zone) for line, row in enumerate(reader, start=2)]
    return duties_frame(rows, time_zone)


def _safe(value: object) -> str:
    text = "" if value is None or value is pd.NA else str(value)
    return f"'{text}" if text.startswith((*FORMULA_SIGNS, "'")) else text


def _row(path: Path, line: int, row: dict[str, str], time_zone: str) -> dict[str, object]:
    found: dict[str, object] = {}
    for column in ("agent", "shift", "group", "post", "breaks"):
        text = row[column] or ""
        found[column] = text[1:] if text.startswith("'") else text
    if row["role"] not in ("A", "B"):
        raise BadInput(
            say("{path}:{line}: role must be A or B, found {found!r}", path=path, line=line, found=row["role"])
        )
    found["role"] = row["role"]
    for column in ("date", "start", "end"):
        moment = _moment(row[column])
        if moment is None:
            raise BadInput(
                say(
                    "{path}:{line}: {column} must be a date or time like 2026-09-14T08:00+08:00, found {found!r}",
                    path=path,
                    line=line,
                    column=column,
                    found=row[column],
                )
            )
        if column != "date" and moment.tzinfo is None:
            moment = moment.tz_localize(ZoneInfo(time_zone))
        found[column] = moment.tz_localize(None).normalize() if column == "date" else moment
    found["remote"] = (row["remote"] or "").strip().lower() in ("yes", "true", "1", "是")
    return found


def _moment(text: str | None) -> pd.Timestamp | None:
    try:
        found = pd.Timestamp(text or "")
    except ValueError:
        return None
    return None if pd.isna(found) else found
