"""Importing interval-level records: counts of queues and intervals, with every row that is not used named."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from wfm.errors import BadInput
from wfm.execution import Progress, no_progress
from wfm.i18n import say
from wfm.records.content_hash import file_hash, import_hash
from wfm.records.feed_mapping import FEED_COLUMNS, FeedMapping
from wfm.records.feed_rows import FeedRows
from wfm.records.partial_days import PartialDay, find_partial_days
from wfm.records.queue_lines import QueueLines, need_line_column
from wfm.records.reading import read_chunks
from wfm.records.rejecting import Rejected, nothing_usable

if TYPE_CHECKING:
    from wfm.hotline import Hotline

__all__ = ["FeedImport", "import_feed"]

INTERVALS_MIN = (1440, 720, 480, 360, 240, 180, 120, 60, 30, 20, 15, 10, 6, 5, 4, 3, 2, 1)
"""Lengths of intervals that are tried, longest first."""
ON_RASTER_SHARE = 0.99
"""Share of the rows whose times must be multiples of an interval for it to be taken as the file's."""


@dataclass(frozen=True, slots=True)
class FeedImport:
    """What an import of interval-level records read, kept and turned away."""

    cells: pd.DataFrame
    """One row a queue and interval: ``queue``, ``line``, ``interval`` (start), and the counts that the file tells."""
    interval_min: int
    known: tuple[str, ...]
    """Columns of ``tables.ACTUALS`` that the file tells; all others stay empty."""
    idle_rows: bool
    """Whether the file holds rows without a call: then an interval that is not there is not known, else it had none."""
    rejected: list[Rejected]
    left_out: list[Rejected]
    duplicates: list[Rejected]
    rows_read: int
    accepted: int
    """Rows that went into ``cells``."""
    content_hash: str
    """Of the file, the mapping and the hotline: the same import has the same hash."""
    source_hash: str
    """Of the file alone."""
    partial_days: tuple[PartialDay, ...] = ()
    queues: Dictionary[str, str] = field(default_factory=dict)
    """Queue of the file → line that its counts went to."""

    @property
    def days(self) -> list[date]:
        """Local dates that the file tells of."""
        return sorted(set(self.cells["interval"].dt.date))

    @property
    def not_known(self) -> tuple[str, ...]:
        """Columns of ``tables.ACTUALS`` that the file does not tell."""
        return tuple(name for name in FEED_COLUMNS if name not in self.known)

    @property
    def calls(self) -> float:
        """Calls offered, all lines and intervals together."""
        name = next(name for name in ("offered", "queued", "first_attempts") if name in self.known)
        return float(self.cells[name].sum())


def import_feed(
    path: str | Path, mapping: FeedMapping, *, hotline: Hotline, progress: Progress = no_progress
) -> FeedImport:
    """Read interval-level records from ``path`` as ``mapping`` says.

    A queue (with its skills, language and so on) that tells an interval twice counts once: the row with the most calls
    stands, whichever comes first.

    Args:
        path: CSV, Parquet or Excel file.
        mapping: which columns mean what.
        hotline: the centre; its lines, time zone and interval.
        progress: told how much of the file is read.

    Raises:
        BadInput: the file cannot be read, lacks a column, tells longer intervals than the hotline's or such as do not
            fit into them; a queue's line does not exist; or no row can be used.
    """
    path = Path(path)
    queues = QueueLines(hotline, mapping.lines)
    need_line_column(mapping.columns.line, hotline)
    rows = FeedRows(mapping, hotline, queues)
    for chunk in read_chunks(path, mapping, progress):
        rows.take(chunk)
    if rows.read == 0:
        raise BadInput(say("{name}: holds no rows below its column names", name=path.name))
    table = rows.table()
    length_min = mapping.interval_min or (_length_min(table, hotline) if len(table) else 1)
    if len(table):
        _check_length(path.name, length_min, hotline)
    table = rows.on_raster(table, length_min)
    table = rows.count_once(table)
    if table.empty:
        raise BadInput(nothing_usable(path.name, sorted(rows.rejected, key=lambda r: r.row), rows.read))
    known = tuple(mapping.columns.counts)
    cells = table.rename(columns={"key": "queue"})[["queue", "line", "interval", *known]]
    cells = cells.sort_values(["queue", "interval"], ignore_index=True).astype({"queue": "string", "line": "string"})
    cells["interval"] = cells["interval"].dt.tz_convert(hotline.time_zone)
    demand = next(name for name in ("offered", "queued", "first_attempts") if name in known)
    source = file_hash(path)
    return FeedImport(
        cells=cells,
        interval_min=length_min,
        known=known,
        idle_rows=bool((table[demand] == 0).any()),
        rejected=sorted(rows.rejected, key=lambda r: r.row),
        left_out=sorted(rows.left_out, key=lambda r: r.row),
        duplicates=sorted(rows.duplicates, key=lambda r: r.row),
        rows_read=rows.read,
        accepted=len(table),
        content_hash=import_hash(source, mapping.model_dump_json(by_alias=True), hotline=hotline),
        source_hash=source,
        partial_days=find_partial_days(
            cells["interval"],
            hotline,
            calls=cells[demand].to_numpy(dtype=float),
            length_min=length_min,
            lines=cells["line"].unique(),
        ),
        queues=dict(sorted(rows.queues.items())),
    )


def _length_min(table: pd.DataFrame, hotline: Hotline) -> int:
    """The usual step from one time to the next, or the longest part of it that nearly all times are multiples of."""
    minute = table["clock_min"].to_numpy(dtype=float)
    times = table["interval"].drop_duplicates().sort_values()
    steps = (times.diff().dropna().dt.total_seconds() / 60).value_counts()
    usual = float(steps[steps == steps.max()].index.min()) if len(steps) else float(hotline.interval_min)
    for length in INTERVALS_MIN:
        if length <= usual and len(minute) and (minute % length == 0).mean() >= ON_RASTER_SHARE:
            return length
    return 1


def _check_length(name: str, length_min: int, hotline: Hotline) -> None:
    wanted = hotline.interval_min
    if length_min > wanted:
        raise BadInput(
            say(
                "{name}: tells intervals of {found} minutes, longer than the {wanted} of {hotline}, and cannot be cut; "
                "set interval_min of the hotline to {found} or more, or export shorter intervals",
                name=name,
                found=length_min,
                wanted=wanted,
                hotline=hotline.id,
            )
        )
    if wanted % length_min:
        raise BadInput(
            say(
                "{name}: intervals of {found} minutes do not add up to the {wanted} of {hotline}",
                name=name,
                found=length_min,
                wanted=wanted,
                hotline=hotline.id,
            )
        )
