"""Asterisk's ``queue_log``: one event a line, ``epoch|callid|queue|member|EVENT|data…``; calls are put together from them.

SOURCE: Asterisk documentation, Operation, Logging, "Queue Logs". Times are seconds since 1970, in UTC.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wfm.errors import BadInput
from wfm.execution import Progress, no_progress
from wfm.i18n import say
from wfm.os_reason import os_reason
from wfm.records.content_hash import file_hash, import_hash
from wfm.records.feed_mapping import LayoutSettings
from wfm.records.importing import ImportResult, overlapping_calls
from wfm.records.layouts.asterisk_calls import CallMaker
from wfm.records.layouts.file_head import FileHead
from wfm.records.partial_days import find_partial_days
from wfm.records.queue_lines import QueueLines
from wfm.records.reading import text_encoding
from wfm.records.rejecting import Rejected, nothing_usable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfm.hotline import Hotline

__all__ = ["QueueLog", "import_queue_log", "recognise"]

_ROW = re.compile(r"^\d{9,11}(\.\d+)?\|[^|]*\|[^|]*\|[^|]*\|[A-Z]+")
FIELDS_MIN = 5
DAY_S = 86_400.0
PROGRESS_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class QueueLog:
    """How a ``queue_log`` is read: its encoding, and the lines of its queues."""

    lines: dict[str, str]
    encoding: str = ""


def recognise(head: FileHead, settings: LayoutSettings) -> QueueLog | None:
    """The recipe for a text most of whose lines are events of ``queue_log``."""
    filled = [line for line in head.lines if line.strip()]
    if sum(bool(_ROW.match(line)) for line in filled) * 2 <= len(filled):
        return None
    return QueueLog(settings.lines, head.encoding)


def import_queue_log(
    path: str | Path, recipe: QueueLog, *, hotline: Hotline, key: bytes, progress: Progress = no_progress
) -> ImportResult:
    """Read a ``queue_log`` into call records.

    Rows may stand in any order. A caller who leaves one queue unanswered and enters another is one call, on the line of
    the first queue, and waits on; one who is transferred into a queue after an answer is a call of its own there. A call
    whose begin is in an older file is put together from the waits and talks that its last events tell.

    Raises:
        BadInput: the file cannot be read, a queue's line does not exist, or no row can be used.
    """
    path = Path(path)
    maker = CallMaker(hotline, QueueLines(hotline, recipe.lines), key)
    encoding = recipe.encoding or text_encoding(path)
    size = path.stat().st_size
    rejected: list[Rejected] = []
    late_s, rows_read = 0.0, 0
    for _, time_s, _ in _events(path, encoding):
        if time_s is not None:
            late_s = max(late_s, maker.newest_s - time_s)
            maker.newest_s = max(maker.newest_s, time_s)
    end_s, maker.newest_s = maker.newest_s, float("-inf")
    done = 0
    for row, time_s, fields in _events(path, encoding):
        rows_read += 1
        done += sum(map(len, fields)) + len(fields)
        if len(fields) < FIELDS_MIN:
            rejected.append(Rejected(row, "torn", found=str(len(fields)), allowed=f"{FIELDS_MIN}+"))
        elif time_s is None:
            rejected.append(Rejected(row, "bad_time", "epoch", repr(fields[0][:20])))
        else:
            maker.take(row, time_s, fields)
        if rows_read % PROGRESS_ROWS == 0:
            # Nothing more comes of a call whose last event is a day older than the oldest that may still come.
            maker.finish(before_s=maker.newest_s - late_s - DAY_S, end_s=end_s)
            progress(min(done, size), size)
    maker.finish(before_s=float("inf"), end_s=end_s)
    progress(size, size)
    if rows_read == 0:
        raise BadInput(say("{name}: the file is empty", name=path.name))
    rejected = sorted([*rejected, *maker.rejected], key=lambda r: r.row)
    calls = maker.calls()
    if calls.empty:
        if rejected:
            raise BadInput(nothing_usable(path.name, rejected, rows_read))
        raise BadInput(say("{name}: none of its {rows} rows tells of a call", name=path.name, rows=rows_read))
    source = file_hash(path)
    told = json.dumps(recipe.lines, sort_keys=True, ensure_ascii=False)
    return ImportResult(
        calls=calls,
        rejected=rejected,
        content_hash=import_hash(source, "asterisk-queue-log", told, hotline=hotline),
        rows_read=rows_read,
        source_hash=source,
        left_out=sorted(maker.left_out, key=lambda r: r.row),
        duplicates=sorted(maker.duplicates, key=lambda r: r.row),
        overlapping=overlapping_calls(calls, 1.0),
        partial_days=find_partial_days(calls["arrived_at"], hotline),
        rows_used=maker.rows_used,
    )


def _events(path: Path, encoding: str) -> Iterator[tuple[int, float | None, list[str]]]:
    """Line number, time and fields of each line that is not blank."""
    try:
        with path.open(encoding=encoding, newline="") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    fields = line.rstrip("\r\n").split("|")
                    yield number, _epoch_s(fields[0]), fields
    except OSError as error:
        raise BadInput(say("{path}: cannot be read ({reason})", path=path, reason=os_reason(error))) from None


def _epoch_s(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < 7.2e9 else None
