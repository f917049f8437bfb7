"""Which days the store holds: whole, in part, not at all, the one under way, and those on which the hotline is closed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from wfm.hotline import calendar_of, grid_of, open_intervals
from wfm.records.feed_merging import days_in_part
from wfm.records.feed_store import FeedStore
from wfm.records.held_calls import Batch, connect, read_batches
from wfm.records.partial_days import PartialDay

if TYPE_CHECKING:
    from wfm.hotline import Hotline

__all__ = ["DayState", "HeldDay", "held_days"]

DayState = Literal["whole", "part", "under way", "missing", "closed"]


@dataclass(frozen=True, slots=True)
class HeldDay:
    """What is stored of one day."""

    day: date
    state: DayState
    calls: int | None
    """Call records; None where there are none."""
    intervals: bool
    """Interval-level records tell of the day."""
    part: PartialDay | None = None
    """From when to when it is known, where that is not the whole day."""


def held_days(home: Path, hotline: Hotline, until: date | None = None, *, today: date | None = None) -> list[HeldDay]:
    """Every day from the first that is stored to the last, or to ``until`` if that is later, in order.

    A day without records is ``closed`` if the hotline is not open on it, else ``missing``. Of ``today`` records are
    still to come: if it has some it is ``under way``, neither whole nor cut off.

    Raises:
        BadInput: a file of the store cannot be read.
    """
    folder = Path(home) / "records" / hotline.id
    calls = _calls_by_day(folder, read_batches(folder / "manifests"))
    intervals = set(FeedStore(home, hotline.id).days())
    held = sorted({*calls, *intervals})
    if not held:
        return []
    last = max(held[-1], until or held[-1])
    count = (last - held[0]).days + 1
    grid = grid_of(hotline, held[0], count)
    is_open = open_intervals(hotline, grid, calendar_of(hotline))
    open_days = {moment.date() for moment in grid.starts[is_open]}
    part = {cut.day: cut for cut in days_in_part(folder)}
    found = []
    for day in (held[0] + timedelta(days=n) for n in range(count)):
        state: DayState = "missing" if day in open_days else "closed"
        if day in calls or day in intervals:
            state = "under way" if day == today else "part" if day in part else "whole"
        found.append(HeldDay(day, state, calls.get(day), day in intervals, part.get(day)))
    return found


def _calls_by_day(folder: Path, batches: list[Batch]) -> dict[date, int]:
    """Calls of each day. Days that one batch tells of need no file to be opened; of others each call counts once."""
    told = Counter(day for batch in batches for day, n in batch.days.items() if n)
    counts = {day: n for batch in batches for day, n in batch.days.items() if n and told[day] == 1}
    again = [day for day, times in told.items() if times > 1]
    if again:
        counts |= _counted_once(folder, batches, again)
    return {date.fromisoformat(day): n for day, n in counts.items() if n}


def _counted_once(folder: Path, batches: list[Batch], days: list[str]) -> dict[str, int]:
    import pyarrow as pa

    files = {
        (folder / f"date={day}" / f"{batch.content_hash}.parquet").as_posix(): day
        for batch in batches
        for day in days
        if batch.days.get(day)
    }
    with connect() as connection:
        connection.register("files", pa.table({"filename": list(files), "day": list(files.values())}))
        rows = connection.execute(
            "SELECT day, count(DISTINCT call) FROM read_parquet(?, filename = true) JOIN files USING (filename) GROUP BY day",
            [list(files)],
        ).fetchall()
    return {day: int(n) for day, n in rows}
