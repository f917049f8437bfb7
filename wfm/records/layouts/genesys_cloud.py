"""Genesys Cloud interval records: UTC, 15 minutes, queue × media × skills × language, skills joined by ``|||``.

SOURCE: Genesys Cloud Resource Center, "Prepare the historical data import .csv file". An interaction counts as offered in
the interval in which it comes and as handled in the one in which it is handled, which may be a later one.
"""

from __future__ import annotations

from wfm.records.feed_mapping import CountColumn, FeedColumns, FeedMapping, LayoutSettings
from wfm.records.layouts.file_head import FileHead
from wfm.records.layouts.layout_mapping import layout_mapping
from wfm.records.mapping_parts import Cell, TextColumn, TimeColumn

__all__ = ["NEEDS", "recognise"]

NEEDS = ("Interval Start UTC Date", "Queue", "Offered")
INTERVAL_MIN = 15
VOICE: list[Cell] = ["Voice", "voice", "VOICE", None]


def recognise(head: FileHead, settings: LayoutSettings) -> FeedMapping | None:
    """The recipe for a file with the columns of the historical data import."""
    found = head.header_row({"interval start utc date", "queue", "offered"})
    if found is None:
        return None
    row, names = found
    counts = {"offered": names["offered"], "queued": names["offered"]}
    if "interactions handled" in names:
        counts["answered"] = names["interactions handled"]
    if "total handle time" in names:
        counts["handle_s"] = names["total handle time"]
    media = names.get("media type")
    return layout_mapping(
        head,
        row,
        settings,
        FeedColumns(
            interval=TimeColumn.model_validate(names["interval start utc date"]),
            line=TextColumn.model_validate(names["queue"]),
            part=[names[name] for name in ("skill set", "language") if name in names],
            **{name: CountColumn.model_validate(source) for name, source in counts.items()},
        ),
        time_zone="UTC",
        interval_min=INTERVAL_MIN,
        keep={media: VOICE} if media else {},
    )
