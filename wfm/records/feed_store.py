"""The store of interval-level records: immutable Parquet files, visible through manifests, beside the calls.

``records/HOTLINE/feeds/CONTENTHASH.parquet`` holds one batch's counts by queue and interval, as short as the feed tells
them; ``records/HOTLINE/feeds/manifests/CONTENTHASH.json`` says what the batch knows. A batch is there once its manifest is
renamed into place. Of two batches of one layout that tell the same queue and interval, the later one counts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.records.arrow_tables import arrow_moments
from wfm.records.feed_mapping import FEED_COLUMNS
from wfm.records.partial_days import PartialDay
from wfm.records.whole_files import write_parquet, write_whole

if TYPE_CHECKING:
    from wfm.records.feed_importing import FeedImport

__all__ = ["FeedAddResult", "FeedBatch", "FeedStore"]


@dataclass(frozen=True, slots=True)
class FeedAddResult:
    """What :meth:`FeedStore.add` did."""

    added: bool
    """False: this very batch was there already, and nothing was done."""
    replaced: int
    """Queues and intervals of older batches that this batch's counts now stand for."""


@dataclass(frozen=True, slots=True)
class FeedBatch:
    """A manifest as read."""

    content_hash: str
    source_hash: str
    sequence: int
    added_at: str
    layout: str
    interval_min: int
    known: tuple[str, ...]
    idle_rows: bool
    first: datetime
    """Start of its first interval."""
    end: datetime
    """End of its last interval."""
    queues: dict[str, tuple[str, datetime, datetime]]
    """Queue → its line, the start of its first and the end of its last interval."""
    days: dict[str, int]
    partial_days: tuple[PartialDay, ...]


class FeedStore:
    """The interval-level records of one hotline under ``home``.

    Any number of processes may read and add at the same time; nobody waits for a lock.
    """

    def __init__(self, home: Path, hotline_id: str) -> None:
        self.folder = Path(home) / "records" / hotline_id / "feeds"
        self._manifests = self.folder / "manifests"

    def add(self, feed: FeedImport, layout: str = "") -> FeedAddResult:
        """Add what an import read; it is visible whole or not at all.

        The same content hash again does nothing. An older batch of the same file, read by another mapping, is withdrawn.

        Args:
            feed: what was read.
            layout: the layout or mapping it was read by: queues of one layout are added up, of two layouts that tell
                of the same line and interval the later batch counts.
        """
        import pyarrow as pa

        batches = self.batches()
        if any(b.content_hash == feed.content_hash for b in batches):
            return FeedAddResult(False, 0)
        withdrawn = [b for b in batches if b.source_hash == feed.source_hash]
        older = self.cells(feed.cells["interval"].min(), feed.cells["interval"].max(), without=withdrawn)
        alike = (older["interval_min"] == feed.interval_min) & (older["layout"] == layout)
        same = older.loc[alike, ["queue", "interval"]]
        replaced = len(feed.cells[["queue", "interval"]].merge(same, on=["queue", "interval"]))
        columns = {
            "queue": pa.array(feed.cells["queue"], pa.string(), from_pandas=True),
            "line": pa.array(feed.cells["line"], pa.string(), from_pandas=True),
            "interval": arrow_moments(feed.cells["interval"]),
        }
        columns |= {n: pa.array(feed.cells[n].to_numpy(dtype=float), from_pandas=True) for n in feed.known}
        write_parquet(self._file(feed.content_hash), pa.table(columns))
        length = pd.Timedelta(minutes=feed.interval_min)
        days = feed.cells["interval"].dt.date.value_counts(sort=False).sort_index()
        manifest = {
            "content_hash": feed.content_hash,
            "source_hash": feed.source_hash,
            "sequence": max((b.sequence for b in batches), default=0) + 1,
            "added_at": datetime.now(UTC).isoformat(),
            "layout": layout,
            "interval_min": feed.interval_min,
            "known": list(feed.known),
            "idle_rows": feed.idle_rows,
            "first": feed.cells["interval"].min().isoformat(),
            "end": (feed.cells["interval"].max() + length).isoformat(),
            "queues": {
                queue: [
                    part["line"].iloc[0],
                    part["interval"].min().isoformat(),
                    (part["interval"].max() + length).isoformat(),
                ]
                for queue, part in feed.cells.groupby("queue", sort=True)
            },
            "days": {day.isoformat(): int(count) for day, count in days.items()},
            "partial_days": [day.as_dict() for day in feed.partial_days],
        }
        write_whole(self._manifests / f"{feed.content_hash}.json", json.dumps(manifest, indent=1).encode())
        for batch in withdrawn:
            # Only the manifest goes: whoever reads at this moment keeps the file that they opened.
            (self._manifests / f"{batch.content_hash}.json").unlink(missing_ok=True)
        return FeedAddResult(True, replaced)

    def batches(self) -> list[FeedBatch]:
        """The batches in the order in which they were added.

        Raises:
            BadInput: a manifest cannot be read.
        """
        found = []
        for path in sorted(self._manifests.glob("*.json")):
            try:
                kept = json.loads(path.read_text(encoding="utf-8"))
                found.append(
                    FeedBatch(
                        content_hash=kept["content_hash"],
                        source_hash=kept["source_hash"],
                        sequence=kept["sequence"],
                        added_at=kept["added_at"],
                        layout=kept["layout"],
                        interval_min=kept["interval_min"],
                        known=tuple(kept["known"]),
                        idle_rows=kept["idle_rows"],
                        first=datetime.fromisoformat(kept["first"]),
                        end=datetime.fromisoformat(kept["end"]),
                        queues={
                            queue: (line, datetime.fromisoformat(first), datetime.fromisoformat(end))
                            for queue, (line, first, end) in kept["queues"].items()
                        },
                        days=kept["days"],
                        partial_days=tuple(PartialDay.from_dict(day) for day in kept["partial_days"]),
                    )
                )
            except FileNotFoundError:
                continue  # withdrawn this moment
            except (ValueError, KeyError, OSError):
                raise BadInput(say("{path}: is no readable manifest of interval records", path=path)) from None
        return sorted(found, key=lambda b: (b.sequence, b.added_at, b.content_hash))

    def days(self) -> list[date]:
        """Local dates that hold at least one interval, in order."""
        return sorted({date.fromisoformat(day) for b in self.batches() for day in b.days})

    def cells(self, first: pd.Timestamp, last: pd.Timestamp, *, without: list[FeedBatch] | None = None) -> pd.DataFrame:
        """Counts of the intervals that start from ``first`` to ``last``, both included, each from its latest batch.

        Args:
            first: with time zone.
            last: with time zone.
            without: batches to pass over.

        Returns:
            Columns ``queue``, ``line``, ``interval`` (start, UTC), ``layout``, ``interval_min``, ``sequence`` of the batch, and all of
            ``FEED_COLUMNS``; what a batch does not know is empty.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        parts = []
        bounds = [
            pa.scalar(pd.Timestamp(moment).tz_convert("UTC").to_pydatetime(), pa.timestamp("us", tz="UTC"))
            for moment in (first, last)
        ]
        for batch in self.batches():
            if (without and batch in without) or batch.first > last or batch.end <= first:
                continue
            table = pq.read_table(
                self._file(batch.content_hash), filters=[("interval", ">=", bounds[0]), ("interval", "<=", bounds[1])]
            )
            frame = table.to_pandas()
            frame["interval"] = frame["interval"].dt.tz_convert("UTC").astype("datetime64[ns, UTC]")
            parts.append(frame.assign(layout=batch.layout, interval_min=batch.interval_min, sequence=batch.sequence))
        names = ["queue", "line", "interval", "layout", "interval_min", "sequence", *FEED_COLUMNS]
        if not parts:
            empty = pd.DataFrame({name: pd.Series(dtype=float) for name in names})
            return empty.astype(
                {"queue": "string", "line": "string", "layout": "string", "interval": "datetime64[ns, UTC]"}
            )
        held = pd.concat(parts, ignore_index=True).reindex(columns=names)
        held = held.drop_duplicates(["layout", "queue", "interval", "interval_min"], keep="last", ignore_index=True)
        held[list(FEED_COLUMNS)] = held[list(FEED_COLUMNS)].astype(np.float64)
        found: pd.DataFrame = held.astype({"queue": "string", "line": "string", "layout": "string"})
        return found

    def _file(self, content_hash: str) -> Path:
        return self.folder / f"{content_hash}.parquet"
