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
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.errors import BadInput
from wfm.execution import Progress, no_progress
from wfm.i18n import say
from wfm.records.duration_quantiles import SHARES, By, duration_quantiles
from wfm.records.feed_merging import with_feed_days, with_feeds
from wfm.records.held_calls import Batch, Label, connect, read_batches
from wfm.records.interval_counts import ANSWERED_US, HANDLE_US, count_actuals
from wfm.tables import CALLS, check_table, empty_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from wfm.calendar import TimeGrid

__all__ = ["AddResult", "Label", "RecordStore"]

_TIMES = tuple(c.name for c in CALLS.columns if c.kind == "time")


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
        batches = self._batches()
        local = calls["arrived_at"].dt.tz_convert(time_zone) if time_zone else calls["arrived_at"]
        day_of, found = pd.factorize(local.dt.tz_localize(None).dt.normalize(), sort=True)
        present = tuple(moment.date() for moment in found)
        if any(b.content_hash == content_hash for b in batches):
            return AddResult(False, len(calls), present, 0)
        withdrawn = [b for b in batches if source_hash and b.source_hash == source_hash]
        remaining = [b for b in batches if b not in withdrawn]
        other = sorted({b.label for b in remaining} - {label})
        if other and not mix:
            raise BadInput(_mixed_sentence(self.hotline_id, label))
        order = np.argsort(calls["arrived_at"].dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(), kind="stable")
        table = _to_arrow(calls).take(order)
        ends = np.cumsum(np.bincount(day_of, minlength=len(present)))
        names = [day.isoformat() for day in present]
        counts: dict[str, int] = {}
        for name, end in zip(names, ends.tolist(), strict=True):
            start = sum(counts.values())
            self._write_parquet(table.slice(start, end - start), self._file(name, content_hash))
            counts[name] = end - start
        replaced, moved = self._older_versions(calls["call"], np.asarray(names, dtype=object)[day_of], remaining)
        manifest = {
            "hotline": self.hotline_id,
            "content_hash": content_hash,
            "source_hash": source_hash,
            "label": label,
            "time_zone": time_zone or str(calls["arrived_at"].dt.tz),
            "sequence": max((b.sequence for b in batches), default=0) + 1,
            "added_at": datetime.now(UTC).isoformat(),
            "calls": len(calls),
            "days": counts,
            "moved": moved,
        }
        self._manifests.mkdir(parents=True, exist_ok=True)
        _write_whole(self._manifests / f"{content_hash}.json", json.dumps(manifest, indent=1).encode())
        for batch in withdrawn:
            # Only the manifest goes: whoever reads at this moment keeps the files that they opened.
            (self._manifests / f"{batch.content_hash}.json").unlink(missing_ok=True)
        return AddResult(True, len(calls), present, replaced)

    def _file(self, day: str, content_hash: str) -> Path:
        return self.folder / f"date={day}" / f"{content_hash}.parquet"

    @staticmethod
    def _write_parquet(table: pa.Table, path: Path) -> None:
        import pyarrow.parquet as pq

        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.stem}.{secrets.token_hex(4)}.tmp")
        pq.write_table(table, temporary, compression="zstd")
        temporary.replace(path)

    def _older_versions(self, ids: pd.Series, days: NDArray[np.object_], batches: list[Batch]) -> tuple[int, list[str]]:
        """How many calls older batches hold too, and which of them under another date."""
        files = [(day, str(self._file(day, b.content_hash))) for b in batches for day in b.days]
        if not files:
            return 0, []
        import pyarrow as pa

        new = pa.table({"call": pa.array(ids, pa.string(), from_pandas=True), "day": days.tolist()})
        old = pa.table({"day": [d for d, _ in files], "filename": [f for _, f in files]})
        with connect() as connection:
            connection.register("new_calls", new)
            connection.register("old_files", old)
            found = connection.sql(
                "SELECT n.call, bool_or(n.day <> f.day) AS moved "
                "FROM read_parquet(?, filename = true) o JOIN old_files f USING (filename) JOIN new_calls n USING (call) "
                "GROUP BY n.call ORDER BY n.call",
                params=[[f for _, f in files]],
            ).to_arrow_table()
        return found.num_rows, [
            call for call, moved in zip(*(c.to_pylist() for c in found.columns), strict=True) if moved
        ]

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
        return _from_arrow(table, time_zone)

    def actuals(
        self, grid: TimeGrid, lines: Sequence[str], short_abandon_s: float, *, progress: Progress = no_progress
    ) -> pd.DataFrame:
        """Interval actuals (``tables.ACTUALS``) of the grid, redials known from the calls just before it too.

        The same as :func:`wfm.records.aggregate_actuals` says of the calls, counted in the files: any number of calls
        in bounded memory.
        """
        counted = count_actuals(self.folder, self._batches(), grid, lines, short_abandon_s, progress)
        return with_feeds(self.folder, counted, grid)

    def wait_quantiles(
        self,
        grid: TimeGrid,
        lines: Sequence[str],
        *,
        shares: Sequence[float] = SHARES,
        by: By = "interval",
        progress: Progress = no_progress,
    ) -> pd.DataFrame:
        """Answer times (queue and ring) within which shares of the answered calls lie, by line and interval.

        Or by line and time of day; as :func:`wfm.records.duration_quantiles.duration_quantiles` returns them.

        Raises:
            BadInput: a share lies outside 0 … 1.
        """
        return duration_quantiles(
            self.folder, self._batches(), grid, lines, ANSWERED_US, shares=shares, by=by, progress=progress
        )

    def handle_quantiles(
        self,
        grid: TimeGrid,
        lines: Sequence[str],
        *,
        shares: Sequence[float] = SHARES,
        by: By = "interval",
        progress: Progress = no_progress,
    ) -> pd.DataFrame:
        """Handling times (talk, hold and wrap-up) of answered calls, likewise.

        Raises:
            BadInput: a share lies outside 0 … 1.
        """
        return duration_quantiles(
            self.folder, self._batches(), grid, lines, HANDLE_US, shares=shares, by=by, progress=progress
        )


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


def _write_whole(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    temporary.write_bytes(content)
    temporary.replace(path)


def _to_arrow(calls: pd.DataFrame) -> pa.Table:
    """Texts as strings, moments as microseconds in UTC, the rest as doubles; nothing of pandas' own."""
    import pyarrow as pa

    columns = {}
    for column in CALLS.columns:
        values = calls[column.name]
        if column.kind == "time":
            ticks = values.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
            columns[column.name] = pa.array(ticks, pa.timestamp("us")).cast(pa.timestamp("us", tz="UTC"))
        elif column.kind == "text":
            columns[column.name] = pa.array(values, pa.string(), from_pandas=True)
        else:
            columns[column.name] = pa.array(values.to_numpy(dtype=float, na_value=np.nan), from_pandas=True)
    return pa.table(columns)


def _from_arrow(table: pa.Table, time_zone: str) -> pd.DataFrame:
    """``tables.CALLS`` with times in ``time_zone``."""
    frame = table.to_pandas()
    for name in _TIMES:
        frame[name] = frame[name].dt.tz_convert(ZoneInfo(time_zone)).astype(f"datetime64[ns, {time_zone}]")
    return check_table(CALLS, frame)
