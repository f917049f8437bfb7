"""Avaya CMS table ``hsplit``: one row a split (skill) and interval, in the time of the CMS.

SOURCE: Avaya Call Management System, Database Items and Calculations. A call counts in the interval in which it ends,
wrap-up included; ``callsoffered`` are the calls that the split was offered, answered, abandoned and sent elsewhere.
``anstime`` sums the time to answer over the calls answered, ``abntime`` over those abandoned; ``acdtime`` is talk,
without ``holdtime``; ``acceptable`` counts the calls answered within the split's own threshold, which is not in the table.
"""

from __future__ import annotations

from wfm.records.feed_mapping import CountColumn, FeedColumns, FeedMapping, LayoutSettings
from wfm.records.layouts.file_head import FileHead
from wfm.records.layouts.layout_mapping import layout_mapping
from wfm.records.mapping_parts import TextColumn, TimeColumn

__all__ = ["NEEDS", "recognise"]

NEEDS = ("row_date", "starttime", "split", "callsoffered", "acdcalls")
DATE_FORMATS = ["%m/%d/%Y", "%Y-%m-%d", "%Y/%m/%d", "%m-%d-%Y", "%m/%d/%y", "%Y%m%d", "%Y-%m-%d %H:%M:%S"]
"""Month first, as the CMS's database writes dates unless told otherwise."""


def recognise(head: FileHead, settings: LayoutSettings) -> FeedMapping | None:
    """The recipe for a file with the items of ``hsplit`` as columns."""
    found = head.header_row({name.replace("_", " ") for name in NEEDS})
    if found is None:
        return None
    row, names = found
    counts: dict[str, list[str]] = {
        "offered": ["callsoffered"],
        "queued": ["callsoffered"],
        "answered": ["acdcalls"],
        "abandoned": ["abncalls"],
        "blocked": ["busycalls"],
        "wait_answered_s": ["anstime"],
        "wait_all_s": ["anstime", "abntime"],
    }
    if settings.acceptable_s:
        counts[f"answered_within_{settings.acceptable_s}_s"] = ["acceptable"]
    known = {name: [names[item] for item in items] for name, items in counts.items() if set(items) <= names.keys()}
    if {"acdtime", "acwtime"} <= names.keys():
        known["handle_s"] = [names[item] for item in ("acdtime", "holdtime", "acwtime") if item in names]
    return layout_mapping(
        head,
        row,
        settings,
        FeedColumns(
            interval=TimeColumn(
                date=names["row date"],
                time=names["starttime"],
                unit="hhmm",
                format=[settings.date_format] if settings.date_format else DATE_FORMATS,
            ),
            line=TextColumn.model_validate(names["split"]),
            part=[names["acd"]] if "acd" in names else [],
            **{name: CountColumn.model_validate(sources) for name, sources in known.items()},
        ),
        interval_min=_interval_min(head, row, names.get("intrvl")),
    )


def _interval_min(head: FileHead, row: int, column: str | None) -> int:
    """Minutes of the interval as the item ``intrvl`` tells them in every row looked at; 0 where it does not."""
    if column is None:
        return 0
    place = head.rows[row - 1].index(column)
    told = {cells[place].removesuffix(".0") for cells in head.rows[row:] if len(cells) > place}
    return int(next(iter(told))) if len(told) == 1 and told <= {"15", "30", "60"} else 0
