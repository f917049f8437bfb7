"""Huawei skill-queue statistics of five minutes, as the CC-CMS serves and exports them.

SOURCE: Huawei Cloud Customer Engagement Center, API reference, "Querying Service Quality for Skill Queues in Batches":
``skillId``, ``statStartTime`` (milliseconds since 1970), ``inCallNum`` incoming, ``connectedNum`` connected,
``callLostNum`` lost, ``in15sCallNum`` connected within 15 s, ``in20sCallNum`` within 20 s.
"""

from __future__ import annotations

import re

from wfm.records.feed_mapping import CountColumn, FeedColumns, FeedMapping, LayoutSettings
from wfm.records.layouts.file_head import FileHead
from wfm.records.layouts.layout_mapping import layout_mapping
from wfm.records.mapping_parts import TextColumn, TimeColumn
from wfm.tables import WAIT_THRESHOLDS_S

__all__ = ["NEEDS", "recognise"]

NEEDS = ("skillId", "statStartTime", "inCallNum", "connectedNum")
INTERVAL_MIN = 5


def recognise(head: FileHead, settings: LayoutSettings) -> FeedMapping | None:
    """The recipe for a file with the fields of the interface as columns."""
    found = head.header_row({name.lower() for name in NEEDS})
    if found is None:
        return None
    row, names = found
    counts = {"offered": "incallnum", "queued": "incallnum", "answered": "connectednum", "abandoned": "calllostnum"}
    counts |= {f"answered_within_{t}_s": f"in{t}scallnum" for t in WAIT_THRESHOLDS_S}
    return layout_mapping(
        head,
        row,
        settings,
        FeedColumns(
            interval=_time(head, row, names["statstarttime"]),
            line=TextColumn.model_validate(names["skillid"]),
            part=[names[name] for name in ("ccid", "vdn") if name in names],
            **{n: CountColumn.model_validate(names[source]) for n, source in counts.items() if source in names},
        ),
        interval_min=INTERVAL_MIN,
    )


def _time(head: FileHead, row: int, column: str) -> TimeColumn:
    """Milliseconds or seconds since 1970, or written out, as the first rows show."""
    place = head.rows[row - 1].index(column)
    cells = [cells[place] for cells in head.rows[row:] if len(cells) > place and cells[place]]
    digits = [len(cell.removesuffix(".0")) for cell in cells if re.fullmatch(r"\d{10,13}(\.0)?", cell)]
    if len(digits) * 2 > len(cells):
        return TimeColumn.model_validate({"from": column, "unit": "epoch_ms" if max(digits) > 11 else "epoch_s"})
    return TimeColumn.model_validate(column)
