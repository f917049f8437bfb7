"""Who is there when: agents on duty per group and interval."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scheduler.shift_times import at_minute, utc_minutes
from scheduler.table_rows import rows_of
from wfm.hotline import Hotline, minutes_of

if TYPE_CHECKING:
    from wfm.calendar import TimeGrid

__all__ = ["rostered_agents"]


def rostered_agents(duties: pd.DataFrame, hotline: Hotline, grid: TimeGrid) -> pd.DataFrame:
    """A and B on duty for each group in each interval, breaks taken out.

    A duty that covers part of an interval counts by that part.

    Args:
        duties: ``tables.DUTIES``; duties outside the grid count where they reach into it.

    Returns:
        columns ``group, interval, rostered_a, rostered_b``: every group of the hotline × every
        interval of the grid, in that order.
    """
    zone = ZoneInfo(hotline.time_zone)
    bounds = np.array([utc_minutes(t) for t in [*grid.starts, grid.ends[-1]]], dtype=np.int64)
    counts = {(g.id, role): np.zeros(len(grid)) for g in hotline.groups for role in ("A", "B")}
    for row in rows_of(duties):
        count = counts.get((str(row.group), str(row.role)))
        if count is None:
            continue
        _add(count, bounds, utc_minutes(row.start), utc_minutes(row.end), 1.0)
        for begin, end in _breaks(row, zone):
            _add(count, bounds, begin, end, -1.0)
    parts = [
        pd.DataFrame(
            {
                "group": group.id,
                "interval": grid.starts,
                "rostered_a": counts[group.id, "A"].round(9),
                "rostered_b": counts[group.id, "B"].round(9),
            }
        )
        for group in hotline.groups
    ]
    return pd.concat(parts, ignore_index=True)


def _breaks(row: object, zone: ZoneInfo) -> list[tuple[int, int]]:
    words = str(getattr(row, "breaks", "") or "")
    if not words or words == "<NA>":
        return []
    start = pd.Timestamp(row.start).tz_convert(zone)  # type: ignore[attr-defined]
    begin_of_duty = start.hour * 60 + start.minute
    found = []
    for pause in words.split(";"):
        first, last = (minutes_of(clock) for clock in pause.split("-"))
        begin = begin_of_duty + (first - begin_of_duty) % 1440
        length = (last - first) % 1440
        moments = [at_minute(start.date(), m, zone) for m in (begin, begin + length)]
        found.append((utc_minutes(moments[0]), utc_minutes(moments[1])))
    return found


def _add(count: NDArray[np.float64], bounds: NDArray[np.int64], begin: int, end: int, amount: float) -> None:
    """Add ``amount`` to each interval in proportion to its overlap with ``begin``–``end`` (UTC minutes)."""
    begin, end = max(begin, int(bounds[0])), min(end, int(bounds[-1]))
    if begin >= end:
        return
    low = int(np.searchsorted(bounds, begin, side="right")) - 1
    high = int(np.searchsorted(bounds, end, side="left"))
    starts, ends = bounds[low:high], bounds[low + 1 : high + 1]
    count[low:high] += amount * (np.minimum(ends, end) - np.maximum(starts, begin)) / (ends - starts)
