"""Interval-level records beside call records in one table of actuals.

Calls win where both tell of a line and interval; what neither tells is empty, and not zero.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.records.feed_mapping import FEED_COLUMNS
from wfm.records.feed_store import FeedBatch, FeedStore
from wfm.records.held_calls import read_batches
from wfm.records.partial_days import PartialDay
from wfm.records.whole_files import write_whole

if TYPE_CHECKING:
    from wfm.calendar import TimeGrid

__all__ = ["days_in_part", "days_told_twice", "keep_partial_days", "with_feed_days", "with_feeds"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MEANS = ("seats_staffed",)
"""Columns that are means over the interval, not sums."""


def with_feeds(folder: Path, actuals: pd.DataFrame, grid: TimeGrid) -> pd.DataFrame:
    """Actuals counted from calls, with what interval-level records tell beside them, and without what nobody recorded.

    Calls tell of a line on each local day on which they hold a call of the line; of a day that their file holds in part
    only, from its first call to its last. There they win. Elsewhere the feeds' counts stand, added up to the grid's
    intervals. What neither tells is empty, but for days between the first and last call of a line that has no feed: no
    call came then.

    Args:
        folder: of the hotline's records.
        actuals: ``tables.ACTUALS`` of the calls, a row for each line × interval of the grid, in that order.
        grid: the intervals.

    Raises:
        BadInput: the grid's intervals are shorter than those of a feed, or no multiple of them.
    """
    store = FeedStore(folder.parent.parent, folder.name)
    window = (grid.starts[0], grid.ends[-1])
    held = store.batches()
    batches = [b for b in held if b.first < window[1] and b.end > window[0]]
    line_of = {(b.layout, queue): line for b in held for queue, (line, _, _) in b.queues.items()}
    calls = _CallDays.read(folder)
    cut = calls.unknown(grid)
    if not batches and not cut.any():
        return actuals
    lines = list(dict.fromkeys(actuals["line"]))
    shape = (len(lines), len(grid))
    offered = np.nan_to_num(actuals["offered"].to_numpy(dtype=float).reshape(shape))
    day = (grid.dates - np.datetime64(grid.first, "D")).astype(np.int64)
    by_day: Floats = np.zeros((len(lines), grid.days))
    for row in range(len(lines)):
        np.add.at(by_day[row], day, offered[row])
    lively: Flags = np.asarray(by_day > 0, dtype=bool)
    called = lively[:, day] & ~cut
    told, values = _feed_table(store, batches, grid, lines, line_of)
    between = calls.between(grid)
    fed: Flags = np.isin(lines, sorted({line_of[b.layout, queue] for b in batches for queue in b.queues}))
    # A day without a record is no day without calls, on a line that only feeds tell of.
    has_calls: Flags = np.asarray(lively.any(axis=1), dtype=bool)
    no_call = np.where(fed[:, None], between & has_calls[:, None], True)
    own_stands = called | (no_call & ~told & ~cut)
    found = actuals.copy()
    for number, name in enumerate(FEED_COLUMNS):
        own = actuals[name].to_numpy(dtype=float).reshape(shape)
        found[name] = np.where(own_stands, own, np.where(told, values[number], np.nan)).ravel()
    return found


def with_feed_days(folder: Path, days: list[date]) -> list[date]:
    """Local dates that hold a call, and those that interval-level records tell of; in order."""
    return sorted({*days, *FeedStore(folder.parent.parent, folder.name).days()})


def days_told_twice(folder: Path) -> list[date]:
    """Local dates of which both calls and interval-level records tell; calls win there, line by line."""
    days = {date.fromisoformat(day) for day in _CallDays.read(folder).whole_or_part}
    return sorted(days & set(FeedStore(folder.parent.parent, folder.name).days()))


# Days that the calls hold in part ------------------------------------------------------------


def keep_partial_days(folder: Path, content_hash: str, days: tuple[PartialDay, ...]) -> None:
    """Remember which days a batch of calls holds in part only."""
    if not days:
        return
    told = json.dumps([day.as_dict() for day in days], indent=1)
    write_whole(folder / "partial" / f"{content_hash}.json", told.encode())


def days_in_part(folder: Path) -> tuple[PartialDay, ...]:
    """Days that the records, calls and feeds together, hold in part only, in order."""
    calls = _CallDays.read(folder)
    whole = {day for day in calls.whole_or_part if day not in calls.spans}
    found = {day: list(spans) for day, spans in calls.spans.items()}
    for batch in FeedStore(folder.parent.parent, folder.name).batches():
        part = {cut.day.isoformat(): cut for cut in batch.partial_days}
        whole |= {day for day in batch.days if day not in part}
        for day, cut in part.items():
            found.setdefault(day, []).append(cut)
    hulls = [
        PartialDay(spans[0].day, min(s.known_from for s in spans), max(s.known_to for s in spans))
        for day, spans in sorted(found.items())
        if day not in whole
    ]
    return tuple(hull for hull in hulls if hull.clock_span != ("00:00", "24:00"))


@dataclass(frozen=True, slots=True)
class _CallDays:
    """Which local dates the batches of calls hold, and which of them in part only."""

    whole_or_part: frozenset[str]
    spans: dict[str, list[PartialDay]]
    """Days that every batch holds in part: what each of them holds."""

    @classmethod
    def read(cls, folder: Path) -> _CallDays:
        days: dict[str, list[PartialDay | None]] = {}
        for batch in read_batches(folder / "manifests"):
            marked = folder / "partial" / f"{batch.content_hash}.json"
            try:
                cuts = json.loads(marked.read_text(encoding="utf-8")) if marked.exists() else []
                part = {kept["day"]: PartialDay.from_dict(kept) for kept in cuts}
            except (ValueError, KeyError, OSError):
                raise BadInput(say("{path}: is no readable list of partial days", path=marked)) from None
            for day, count in batch.days.items():
                if count:
                    days.setdefault(day, []).append(part.get(day))
        cut = {day: [span for span in spans if span] for day, spans in days.items() if all(spans)}
        return cls(frozenset(days), cut)

    def unknown(self, grid: TimeGrid) -> Flags:
        """(T,) intervals of days cut off that lie, wholly or in part, outside what the calls' files hold."""
        found = np.zeros(len(grid), dtype=bool)
        for day, spans in self.spans.items():
            here = grid.dates == np.datetime64(day, "D")
            if not here.any():
                continue
            known = np.zeros(len(grid), dtype=bool)
            for span in spans:
                begin, end = pd.Timestamp(span.known_from), pd.Timestamp(span.known_to)
                known |= np.asarray((grid.starts >= begin) & (grid.ends <= end))
            found |= here & ~known
        return found

    def between(self, grid: TimeGrid) -> Flags:
        """(T,) intervals from the first to the last day that holds a call."""
        if not self.whole_or_part:
            return np.zeros(len(grid), dtype=bool)
        first, last = min(self.whole_or_part), max(self.whole_or_part)
        found: Flags = (grid.dates >= np.datetime64(first, "D")) & (grid.dates <= np.datetime64(last, "D"))
        return found


# Feeds on the grid ---------------------------------------------------------------------------


def _feed_table(
    store: FeedStore,
    batches: list[FeedBatch],
    grid: TimeGrid,
    lines: list[str],
    line_of: dict[tuple[str, str], str],
) -> tuple[Flags, Floats]:
    """(L, T) whether a feed tells of the line and interval, and (C, L, T) its counts; NaN where it does not know."""
    told = np.zeros((len(lines), len(grid)), dtype=bool)
    values = np.full((len(FEED_COLUMNS), len(lines), len(grid)), np.nan)
    newest = np.full(told.shape, -1, dtype=np.int64)
    if not batches:
        return told, values
    cells = store.cells(grid.starts[0], grid.ends[-1])
    for layout, length_min in sorted({(b.layout, b.interval_min) for b in batches}):
        if grid.interval_min % length_min:
            raise BadInput(
                say(
                    "interval records tell {found} minutes at a time, which do not add up to intervals of {wanted} minutes",
                    found=length_min,
                    wanted=grid.interval_min,
                )
            )
        mine = [b for b in batches if (b.layout, b.interval_min) == (layout, length_min)]
        alike = (cells["layout"] == layout) & (cells["interval_min"] == length_min)
        known = [n for n, name in enumerate(FEED_COLUMNS) if any(name in b.known for b in mine)]
        slots = _Slots(grid, length_min, lines, [FEED_COLUMNS[n] for n in known])
        for batch in mine:
            slots.cover(batch, {line_of[layout, queue] for queue in batch.queues})
        for queue, part in cells[alike].groupby("queue", sort=True):
            slots.add(str(queue), line_of[layout, str(queue)], part, mine)
        whole, counts, sequence = slots.on_grid()
        better = whole & (sequence > newest)
        told |= better
        newest = np.where(better, sequence, newest)
        values[:, better] = np.nan
        values[known] = np.where(better, counts, values[known])
    return told, values


class _Slots:
    """Counts of feeds of one interval length: S slots of that length over the grid's period."""

    def __init__(self, grid: TimeGrid, length_min: int, lines: list[str], columns: list[str]) -> None:
        self.columns = columns
        self.per_interval = grid.interval_min // length_min
        self.count = len(grid) * self.per_interval
        self.start_ns = grid.starts[0].tz_convert("UTC").as_unit("ns").value
        self.length_ns = length_min * 60_000_000_000
        self.row = {line: number for number, line in enumerate(lines)}
        shape = (len(lines), self.count)
        self.told = np.zeros(shape, dtype=bool)
        self.newest = np.full(shape, -1, dtype=np.int64)
        self.total = np.zeros((len(columns), *shape))
        self.unknown = np.zeros(self.total.shape, dtype=bool)
        self.never_told = np.ones(self.total.shape, dtype=bool)

    def _place(self, moment: datetime) -> int:
        ns = pd.Timestamp(moment).tz_convert("UTC").as_unit("ns").value
        return int(np.clip((ns - self.start_ns) // self.length_ns, 0, self.count))

    def cover(self, batch: FeedBatch, lines: set[str]) -> None:
        """A feed that leaves out intervals without calls tells of every interval from its first to its last."""
        if batch.idle_rows:
            return
        here = slice(self._place(batch.first), self._place(batch.end))
        known = np.isin(self.columns, batch.known)
        for line in lines & set(self.row):
            row = self.row[line]
            self.told[row, here] = True
            self.newest[row, here] = np.maximum(self.newest[row, here], batch.sequence)
            self.never_told[known, row, here] = False

    def add(self, queue: str, line: str, cells: pd.DataFrame, batches: list[FeedBatch]) -> None:
        """One queue's counts, added to its line's."""
        if line not in self.row:
            return
        row = self.row[line]
        ns = (
            cells["interval"]
            .dt.tz_convert("UTC")
            .dt.tz_localize(None)
            .to_numpy(dtype="datetime64[ns]")
            .astype(np.int64)
        )
        at = (ns - self.start_ns) // self.length_ns
        inside = (at >= 0) & (at < self.count)
        at = at[inside]
        counts = cells[self.columns].to_numpy(dtype=float)[inside].T
        self.told[row, at] = True
        self.newest[row, at] = np.maximum(self.newest[row, at], cells["sequence"].to_numpy()[inside])
        self.total[:, row, at] += np.nan_to_num(counts)
        self.unknown[:, row, at] |= np.isnan(counts)
        self.never_told[:, row, at] = False
        held = np.zeros(self.count, dtype=bool)
        held[at] = True
        for batch in batches:
            if batch.idle_rows and queue in batch.queues:
                _, first, end = batch.queues[queue]
                gap = np.zeros(self.count, dtype=bool)
                gap[self._place(first) : self._place(end)] = True
                self.unknown[:, row, gap & ~held] = True

    def on_grid(self) -> tuple[Flags, Floats, NDArray[np.int64]]:
        """(L, T) whether told, (K, L, T) counts, (L, T) sequence of the newest batch that told of the interval."""
        values = np.where(self.unknown | self.never_told, np.nan, self.total)
        told = self.told.reshape(len(self.row), -1, self.per_interval)
        split = values.reshape(len(self.columns), len(self.row), -1, self.per_interval)
        mean = np.isin(self.columns, MEANS)[:, None, None]
        counts = np.where(mean, split.mean(axis=3), split.sum(axis=3))
        whole: Flags = told.all(axis=2) & ~np.isnan(counts).all(axis=0)
        return whole, counts, self.newest.reshape(told.shape).max(axis=2)
