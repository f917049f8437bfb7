"""Rows of an interval-level file into counts: what each row tells, and why a row is not used."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.records.cells import read_counts, read_seconds
from wfm.records.chunk_rows import ChunkRows, Flags, shown_cell
from wfm.records.converting import read_moments
from wfm.records.feed_mapping import FEED_SECONDS, CountColumn, FeedMapping
from wfm.records.mapping_parts import SKIP
from wfm.records.reading import Chunk
from wfm.records.rejecting import Rejected

if TYPE_CHECKING:
    from wfm.hotline import Hotline
    from wfm.records.queue_lines import QueueLines

__all__ = ["FeedRows"]

Floats = NDArray[np.float64]

TOTALS = re.compile(r"^(合计|总计|小计|汇总|平均|total|totals|grand total|sum|summary|average)[:：]?$", re.IGNORECASE)
"""What stands in the first columns of a row of totals."""
OF_ANSWERED = ("wait_answered_s", "handle_s")
JOINT = "|||"
"""Joins a queue and what tells its rows apart, as Genesys Cloud joins skills."""


class FeedRows:
    """Takes an interval-level file chunk by chunk; what is not used is listed as it comes."""

    def __init__(self, mapping: FeedMapping, hotline: Hotline, queues: QueueLines) -> None:
        self.mapping, self.lines = mapping, queues
        self.zone = mapping.time_zone or hotline.time_zone
        self.only = hotline.line_ids[0]
        self.read = 0
        self.rejected: list[Rejected] = []
        self.left_out: list[Rejected] = []
        self.duplicates: list[Rejected] = []
        self.queues: dict[str, str] = {}
        self._parts: list[pd.DataFrame] = []
        self._starts = " + ".join(name for name in dict.fromkeys(mapping.columns.interval.read) if name)

    def take(self, chunk: Chunk) -> None:
        """Read a chunk's rows."""
        self.read += len(chunk.rows) + len(chunk.torn)
        self.rejected += [Rejected(row, "torn", found=str(found), allowed=str(want)) for row, found, want in chunk.torn]
        rows = ChunkRows(chunk)
        columns = self.mapping.columns
        self._leave_out_totals(rows)
        rows.reject(~rows.holds(self.mapping.keep), "left_out", *self._kept(rows))
        interval, twice = self._interval(rows)
        key, line = self._line(rows)
        values = {name: np.full(rows.size, np.nan) for name in columns.counts}
        for name, column in columns.counts.items():
            values[name] = self._count(rows, column, seconds=name in FEED_SECONDS)
        for name, column in columns.counts.items():
            if column.mean_of:
                over = values[column.mean_of]
                values[name] = np.where(over == 0, 0.0, values[name] * over)
        if "answered" in values:
            for name in OF_ANSWERED:
                if name in values:
                    values[name] = np.where(np.isnan(values[name]) & (values["answered"] == 0), 0.0, values[name])
        demand = next(name for name in ("offered", "queued", "first_attempts") if name in values)
        rows.reject(np.isnan(values[demand]), "no_count", " + ".join(columns.counts[demand].names))
        found = pd.DataFrame({"row": chunk.rows, "key": key, "line": line, "interval": interval, "twice": twice})
        local = interval.dt.tz_convert(self.zone).dt.tz_localize(None)
        found["clock_min"] = ((local - local.dt.normalize()).dt.total_seconds() / 60).to_numpy()
        self._parts.append(pd.concat([found, pd.DataFrame(values)], axis=1)[~rows.bad])
        for reason in rows.reasons:
            if reason is not None:
                (self.left_out if reason.code in ("left_out", "total_row") else self.rejected).append(reason)

    def table(self) -> pd.DataFrame:
        """The rows that stand so far: row, key, line, interval (UTC), twice, clock_min, and the counts."""
        return pd.concat(self._parts, ignore_index=True) if self._parts else pd.DataFrame()

    def on_raster(self, table: pd.DataFrame, length_min: int) -> pd.DataFrame:
        """Without the rows that begin no interval; they are rejected."""
        if table.empty:
            return table
        off = (table["clock_min"] % length_min != 0).to_numpy()
        self.rejected += [
            Rejected(int(row), "off_raster", self._starts, f"{moment:%Y-%m-%d %H:%M:%S}", str(length_min))
            for row, moment in zip(
                table.loc[off, "row"], table.loc[off, "interval"].dt.tz_convert(self.zone), strict=True
            )
        ]
        return table[~off]

    def count_once(self, table: pd.DataFrame) -> pd.DataFrame:
        """Each queue and interval once: the row with the most calls, of equals with the greater figures that follow.

        Where the clock shows an hour twice, the second of two rows of one queue and clock time is the second hour.
        """
        if table.empty:
            return table
        if table["twice"].any():
            table = self._second_hour(table)
        counts = list(self.mapping.columns.counts)
        ranked = table.assign(key=pd.factorize(table["key"])[0]).sort_values(
            ["key", "interval", *counts, "row"],
            ascending=[True, True, *[False] * len(counts), True],
            na_position="last",
            kind="stable",
        )
        again = ranked.duplicated(["key", "interval"])
        kept = ranked["row"].where(~again).ffill()
        told = ranked[counts].fillna(-1.0)
        same = (told == told.where(~again).ffill()).all(axis=1)
        self.duplicates += [
            Rejected(int(row), "duplicate_row" if alike else "duplicate_interval", found=str(int(stands)))
            for row, alike, stands in zip(ranked.loc[again, "row"], same[again], kept[again], strict=True)
        ]
        return table.loc[ranked.index[~again]].sort_index()

    def _second_hour(self, table: pd.DataFrame) -> pd.DataFrame:
        """The later of two rows of one ambiguous clock time, as the file has them, moved to its second reading."""
        some = table[table["twice"]].sort_values("row", kind="stable")
        again = some.index[some.groupby(["key", "interval"]).cumcount() == 1]
        if not len(again):
            return table
        clock = table.loc[again, "interval"].dt.tz_convert(self.zone).dt.tz_localize(None)
        late = clock.dt.tz_localize(self.zone, ambiguous=np.zeros(len(clock), dtype=bool)).dt.tz_convert("UTC")
        moved = table["interval"].copy()
        moved.loc[again] = late.astype(moved.dtype)
        return table.assign(interval=moved)

    # Columns ----------------------------------------------------------------------------------

    def _leave_out_totals(self, rows: ChunkRows) -> None:
        column = self.mapping.columns.interval
        names = [*((column.date, column.time) if column.date else column.names)]
        if self.mapping.columns.line is not None:
            names += self.mapping.columns.line.names
        for name in filter(None, names):
            if rows.raw(name).dtype != object:
                continue
            text = rows.text(name)
            total = text.map(lambda cell: cell is not None and TOTALS.match(cell) is not None).to_numpy(dtype=bool)
            rows.reject(total, "total_row", name, lambda at, text=text: shown_cell(text.iloc[at]))

    def _kept(self, rows: ChunkRows) -> tuple[str, object]:
        names = list(self.mapping.keep)
        texts = [rows.text(name) for name in names]
        return " / ".join(names), lambda at: " / ".join(shown_cell(text.iloc[at]) for text in texts)

    def _interval(self, rows: ChunkRows) -> tuple[pd.Series, Flags]:
        column = self.mapping.columns.interval
        found = pd.Series(pd.NaT, index=range(rows.size), dtype="datetime64[ns, UTC]")
        twice = np.zeros(rows.size, dtype=bool)
        clock, counted = column.time or column.seconds, rows.holds(column.when)
        for name in [column.date] if column.date else column.names:
            filled = ~rows.empty(column, name) & counted & found.isna().to_numpy()
            if clock:
                filled &= ~rows.empty(column, clock)
            if not filled.any():
                continue
            read, maybe = read_moments(rows, column, name, filled, self.zone)
            wrong = filled.copy()
            wrong[filled] = read.isna().to_numpy()
            shown = rows.shown(name)
            by_clock = rows.shown(clock) if clock else None
            rows.reject(
                wrong,
                "bad_time",
                self._starts,
                lambda at, shown=shown, by_clock=by_clock: shown(at) + (f" {by_clock(at)}" if by_clock else ""),
            )
            found.loc[filled] = read.to_numpy()
            twice[filled] = maybe
        rows.reject(found.isna().to_numpy(), "no_time", self._starts)
        return found, twice

    def _line(self, rows: ChunkRows) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
        """What tells the rows of an interval apart, and the line of each."""
        columns = self.mapping.columns
        nothing = pd.Series([None] * rows.size, dtype=object)
        queue = nothing
        if columns.line is not None:
            counted = rows.holds(columns.line.when)
            for name in columns.line.names:
                told = counted & ~rows.empty(columns.line, name)
                queue = queue.where(queue.notna(), rows.text(name).where(told, None))
        parts = [rows.text(name) for name in columns.part]
        table = pd.DataFrame({"queue": queue, **{f"part{n}": part for n, part in enumerate(parts)}})
        places, known = pd.factorize(pd.MultiIndex.from_frame(table.fillna("")))
        keys, lines = [], []
        for values in known:
            queue_name, *rest = (str(value) for value in values)
            skills = [skill for part in rest for skill in sorted(part.split(JOINT)) if skill]
            name = JOINT.join([queue_name, *skills])
            one = self.lines.find(*dict.fromkeys([name, *(f"{queue_name}{JOINT}{s}" for s in skills), queue_name]))
            if columns.line is None:
                one = self.only
            keys.append(JOINT.join([queue_name, *rest]))
            lines.append(one)
            if one is not None and one != SKIP:
                self.queues[queue_name or one] = one
        key = np.array(keys, dtype=object)[places]
        line = np.array(lines, dtype=object)[places]
        column = " / ".join(columns.line.names) if columns.line is not None else ""

        def shown(at: int) -> str:
            return shown_cell(queue.iloc[at])

        rows.reject(np.asarray(line == SKIP, dtype=bool), "left_out", column, shown)
        rows.reject(np.asarray(pd.isna(line), dtype=bool), "unknown_queue", column, shown, self.lines.known)
        return key, line

    def _count(self, rows: ChunkRows, column: CountColumn, *, seconds: bool) -> Floats:
        total = np.zeros(rows.size)
        for name in column.names:
            filled = rows.filled(name)
            if column.empty:
                filled = filled & ~rows.text(name).isin([str(value) for value in column.empty]).to_numpy(dtype=bool)
            if column.when:
                filled = filled & rows.holds(column.when)
            cells = rows.raw(name).reset_index(drop=True)[filled]
            value = np.full(rows.size, np.nan)
            value[filled] = read_seconds(cells, column.unit) if seconds else read_counts(cells)
            shown = rows.shown(name)
            rows.reject(filled & np.isnan(value), "bad_duration" if seconds else "bad_count", name, shown)
            rows.reject(filled & (value < 0), "negative" if seconds else "negative_count", name, shown)
            total += value
        return total
