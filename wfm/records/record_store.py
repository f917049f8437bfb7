"""The store of call records: immutable Parquet files, visible through manifests, read with DuckDB.

``records/HOTLINE/date=D/CONTENTHASH.parquet`` holds one batch's calls of one local date;
``records/HOTLINE/manifests/CONTENTHASH.json`` names a batch's files. A batch is there once its
manifest is renamed into place; files without a manifest are nobody's and are never read. A call
that stands in two batches counts once: the later batch wins.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from wfm.errors import BadInput
from wfm.execution import Progress, no_progress
from wfm.i18n import say
from wfm.records.arrow_tables import from_arrow
from wfm.records.batch_writing import local_days, older_versions, write_by_day, write_chunks_by_day
from wfm.records.duration_quantiles import SHARES, By, duration_quantiles
from wfm.records.feed_merging import with_feed_days, with_feeds
from wfm.records.held_calls import Batch, Label, connect, read_batches
from wfm.records.interval_counts import ANSWERED_US, HANDLE_US, count_actuals
from wfm.records.whole_files import write_whole
from wfm.tables import CALLS, empty_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wfm.calendar import TimeGrid

__all__ = ["AddResult", "Label", "RecordStore"]


@dataclass(frozen=True, slots=True)
class AddResult:
    """What :meth:`RecordStore.add` did."""

    added: bool
    """False: this very batch was there already, and nothing was done."""
    calls: int
    days: tuple[date, ...]
    replaced: int
    """Calls of older batches that this batch's versions now stand for."""


class RecordStore:
    """The call records of one hotline under ``home``.

    Any number of processes may read and add at the same time; nobody waits for a lock.
    """

    def __init__(self, home: Path, hotline_id: str) -> None:
        self.hotline_id = hotline_id
        self.folder = Path(home) / "records" / hotline_id
        self._manifests = self.folder / "manifests"

    # Adding -----------------------------------------------------------------------------------

    def add(
        self,
        calls: pd.DataFrame,
        content_hash: str,
        label: Label,
        *,
        time_zone: str | None = None,
        source_hash: str = "",
        mix: bool = False,
    ) -> AddResult:
        """Add a batch; it is visible whole or not at all.

        Args:
            calls: ``tables.CALLS``; they belong to the local date of their arrival.
            content_hash: names the batch. Adding it again does nothing.
            label: ``recorded`` or ``synthetic``.
            time_zone: of the hotline; empty: the one the arrival times carry.
            source_hash: of the file the calls came from. An older batch of the same file, read by
                another mapping, is withdrawn.
            mix: allow recorded beside synthetic calls.

        Raises:
            BadInput: the store holds calls of the other label and ``mix`` is not asked for.
        """
        zone = time_zone or str(calls["arrived_at"].dt.tz)
        batches, withdrawn = self._room_for(content_hash, label, source_hash, mix)
        if batches is None:
            days = local_days(calls["arrived_at"], zone)
            return AddResult(False, len(calls), tuple(days), 0)
        counts = write_by_day(calls, lambda day: self._file(day, content_hash), zone)
        return self._publish(content_hash, source_hash, label, zone, counts, batches, withdrawn)

    def add_chunks(
        self,
        chunks: Iterable[pd.DataFrame],
        content_hash: str,
        label: Label,
        *,
        time_zone: str,
        source_hash: str = "",
        mix: bool = False,
    ) -> AddResult:
        """Add a batch that comes in chunks, in memory that does not grow with their number.

        As :meth:`add`; a call that stands twice in the stream counts once, as its later row tells it. If this very batch
        is there already, no chunk is asked for.

        Raises:
            BadInput: the store holds calls of the other label and ``mix`` is not asked for.
        """
        batches, withdrawn = self._room_for(content_hash, label, source_hash, mix)
        if batches is None:
            kept = next(b for b in self._batches() if b.content_hash == content_hash).days
            return AddResult(False, sum(kept.values()), tuple(date.fromisoformat(day) for day in sorted(kept)), 0)
        scratch = self.folder / f".adding-{secrets.token_hex(6)}"
        counts = write_chunks_by_day(chunks, lambda day: self._file(day, content_hash), time_zone, scratch)
        return self._publish(content_hash, source_hash, label, time_zone, counts, batches, withdrawn)

    def _room_for(
        self, content_hash: str, label: Label, source_hash: str, mix: bool
    ) -> tuple[list[Batch] | None, list[Batch]]:
        """All batches, None if this very one is among them; and those that it takes the place of."""
        batches = self._batches()
        if any(b.content_hash == content_hash for b in batches):
            return None, []
        withdrawn = [b for b in batches if source_hash and b.source_hash == source_hash]
        other = sorted({b.label for b in batches if b not in withdrawn} - {label})
        if other and not mix:
            raise BadInput(_mixed_sentence(self.hotline_id, label))
        return batches, withdrawn

    def _publish(
        self,
        content_hash: str,
        source_hash: str,
        label: Label,
        time_zone: str,
        counts: dict[str, int],
        batches: list[Batch],
        withdrawn: list[Batch],
    ) -> AddResult:
        """Make a batch visible whose files are written."""
        new = [(day, self._file(day, content_hash)) for day in counts]
        old = [(day, self._file(day, b.content_hash)) for b in batches if b not in withdrawn for day in b.days]
        replaced, moved = older_versions(new, old)
        manifest = {
            "hotline": self.hotline_id,
            "content_hash": content_hash,
            "source_hash": source_hash,
            "label": label,
            "time_zone": time_zone,
            "sequence": max((b.sequence for b in batches), default=0) + 1,
            "added_at": datetime.now(UTC).isoformat(),
            "calls": sum(counts.values()),
            "days": counts,
            "moved": moved,
        }
        write_whole(self._manifests / f"{content_hash}.json", json.dumps(manifest, indent=1).encode())
        for batch in withdrawn:
            # Only the manifest goes: whoever reads at this moment keeps the files that they opened.
            (self._manifests / f"{batch.content_hash}.json").unlink(missing_ok=True)
        days = tuple(date.fromisoformat(day) for day in counts)
        return AddResult(True, sum(counts.values()), days, replaced)

    def _file(self, day: str, content_hash: str) -> Path:
        return self.folder / f"date={day}" / f"{content_hash}.parquet"

    # Reading ----------------------------------------------------------------------------------

    def _batches(self) -> list[Batch]:
        """The batches in the order in which they were added."""
        return read_batches(self._manifests)

    def labels(self) -> list[Label]:
        """Labels of the batches held, sorted: empty, one of them, or both where mixing was asked for."""
        return sorted({b.label for b in self._batches()})

    def days(self) -> list[date]:
        """Local dates that hold at least one call, or that interval-level records tell of, in order."""
        days = sorted({date.fromisoformat(day) for b in self._batches() for day, n in b.days.items() if n})
        return with_feed_days(self.folder, days)

    def calls(self, first: date, last: date, *, time_zone: str | None = None) -> pd.DataFrame:
        """Call records (``tables.CALLS``) of the local dates ``first`` to ``last``, both included, by arrival.

        Times come in ``time_zone``, or in that of the newest batch; the dates are those of the zone in
        which the batches were added.
        """
        files: list[str] = []
        sequence: list[int] = []
        moved: dict[str, list[Any]] = {"call": [], "sequence": []}
        batches = self._batches()
        time_zone = time_zone or (batches[-1].time_zone if batches else "UTC")
        for order, batch in enumerate(batches):
            chosen = [day for day in batch.days if first.isoformat() <= day <= last.isoformat()]
            files += [str(self._file(day, batch.content_hash)) for day in chosen]
            sequence += [order] * len(chosen)
            moved["call"] += list(batch.moved)
            moved["sequence"] += [order] * len(batch.moved)
        if not files:
            return empty_table(CALLS, time_zone)
        import pyarrow as pa

        names = ", ".join(CALLS.column_names)
        with connect() as connection:
            connection.register("files", pa.table({"filename": files, "sequence": pa.array(sequence, pa.int64())}))
            connection.register(
                "moved",
                pa.table(
                    {"call": pa.array(moved["call"], pa.string()), "sequence": pa.array(moved["sequence"], pa.int64())}
                ),
            )
            table = connection.sql(
                f"""
                WITH held AS (
                    SELECT * FROM read_parquet(?, filename = true, union_by_name = true) JOIN files USING (filename)
                )
                SELECT {names} FROM held h
                WHERE NOT EXISTS (SELECT 1 FROM moved m WHERE m.call = h.call AND m.sequence > h.sequence)
                QUALIFY row_number() OVER (PARTITION BY call ORDER BY sequence DESC) = 1
                ORDER BY arrived_at, call
                """,  # noqa: S608 - the names are those of tables.CALLS
                params=[files],
            ).to_arrow_table()
        return from_arrow(table, CALLS, time_zone)

    def answered_days(self, first: date, last: date) -> pd.DataFrame:
        """On which days call records tell of answered calls of each line: ``line``, ``date``, ``wrap_up`` (some of them tell it)."""
        days = {
            str(self._file(day, batch.content_hash)): day
            for batch in self._batches()
            for day in batch.days
            if first.isoformat() <= day <= last.isoformat()
        }
        if not days:
            return pd.DataFrame({"line": [], "date": [], "wrap_up": []})
        import pyarrow as pa

        with connect() as connection:
            connection.register("files", pa.table({"filename": list(days), "day": list(days.values())}))
            found: pd.DataFrame = connection.sql(
                "SELECT line, CAST(day AS DATE) AS date, bool_or(wrap_s IS NOT NULL) AS wrap_up "
                "FROM read_parquet(?, filename = true) JOIN files USING (filename) WHERE outcome = 'answered' "
                "GROUP BY ALL ORDER BY ALL",
                params=[list(days)],
            ).df()
        found["date"] = pd.to_datetime(found["date"]).dt.date
        return found

    def actuals(
        self, grid: TimeGrid, lines: Sequence[str], short_abandon_s: float, *, progress: Progress = no_progress
    ) -> pd.DataFrame:
        """Interval actuals (``tables.ACTUALS``) of the grid, redials known from the calls just before it too.

        The same as :func:`wfm.records.aggregate_actuals` says of the calls, counted in the files: any number of calls
        in bounded memory.
        """
        counted = count_actuals(self.folder, self._batches(), grid, lines, short_abandon_s, progress)
        return with_feeds(self.folder, counted, grid)

    def quantiles(
        self,
        duration: Literal["wait", "handle"],
        grid: TimeGrid,
        lines: Sequence[str],
        *,
        shares: Sequence[float] = SHARES,
        by: By = "interval",
        progress: Progress = no_progress,
    ) -> pd.DataFrame:
        """Durations within which shares of the answered calls lie, by line and interval, or by line and time of day.

        ``wait``: answer time (queue and ring); ``handle``: talk, hold and wrap-up. As
        :func:`wfm.records.duration_quantiles.duration_quantiles` returns them.

        Raises:
            BadInput: a share lies outside 0 … 1.
        """
        measured = {"wait": ANSWERED_US, "handle": HANDLE_US}[duration]
        batches = self._batches()
        return duration_quantiles(self.folder, batches, grid, lines, measured, shares=shares, by=by, progress=progress)


def _mixed_sentence(hotline_id: str, label: Label) -> str:
    if label == "synthetic":
        return say(
            "the store holds recorded calls of {hotline}; synthetic ones are not put beside them (--mix allows it)",
            hotline=hotline_id,
        )
    return say(
        "the store holds synthetic calls of {hotline}; recorded ones are not put beside them (--mix allows it)",
        hotline=hotline_id,
    )
