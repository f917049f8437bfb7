"""The mapping of a file whose layout is known: how the head shows that it is written, and what the settings tell."""

from __future__ import annotations

from wfm.records.feed_mapping import FeedColumns, FeedMapping, LayoutSettings
from wfm.records.layouts.file_head import FileHead
from wfm.records.mapping_parts import Condition

__all__ = ["layout_mapping"]


def layout_mapping(
    head: FileHead,
    row: int,
    settings: LayoutSettings,
    columns: FeedColumns,
    *,
    time_zone: str = "",
    interval_min: int = 0,
    keep: Condition | None = None,
) -> FeedMapping:
    """How the file is read.

    Args:
        head: of the file.
        row: of its column names, from 1.
        settings: what is told of the file; they stand above the layout's own.
        columns: which hold what.
        time_zone: the layout's; empty: the hotline's.
        interval_min: the layout's; 0: as the times show.
        keep: rows that count.
    """
    return FeedMapping(
        level="intervals",
        format=head.kind,
        encoding=head.encoding,
        delimiter=head.delimiter,
        header_row=row,
        time_zone=settings.time_zone or time_zone,
        interval_min=settings.interval_min or interval_min,
        lines=settings.lines,
        keep=keep or {},
        columns=columns,
    )
