"""Which of the stored files tell the calls of a stretch of time, and DuckDB's view of each call's last version."""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

import pandas as pd

from wfm.calendar import TimeGrid
from wfm.errors import BadInput
from wfm.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb

__all__ = ["Batch", "HeldCalls", "Label", "Stretch", "calls_between", "connect", "read_batches", "stretches"]

Label = Literal["recorded", "synthetic"]

MEMORY = "512MB"
"""What DuckDB may hold before it writes to the disk."""
THREADS_MAX = 4
"""Threads at most: each holds some of the memory."""
STRETCH_CALLS = 3_000_000
"""Calls looked at together: whole days, as many as have about so many."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A manifest as read."""

    content_hash: str
    source_hash: str
    label: Label
    time_zone: str
    sequence: int
    added_at: str
    days: dict[str, int]
    moved: tuple[str, ...]
    """Calls that older batches hold under another date."""


def read_batches(manifests: Path) -> list[Batch]:
    """The batches in the order in which they were added.

    Raises:
        BadInput: a manifest cannot be read.
    """
    found = []
    for path in sorted(manifests.glob("*.json")):
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue  # withdrawn this moment
        except (ValueError, OSError):
            raise BadInput(say("{path}: is no readable manifest of call records", path=path)) from None
        found.append(
            Batch(
                kept["content_hash"],
                kept["source_hash"],
                kept["label"],
                kept["time_zone"],
                kept["sequence"],
                kept["added_at"],
                kept["days"],
                tuple(kept["moved"]),
            )
        )
    return sorted(found, key=lambda b: (b.sequence, b.added_at, b.content_hash))


@dataclass(frozen=True, slots=True)
class HeldCalls:
    """Files that hold calls of a stretch, each with the place of its batch in the order of adding."""

    single: tuple[tuple[str, int], ...]
    """Files of dates that one batch alone tells: no other version of their calls stands on the same date."""
    shared: tuple[tuple[str, int], ...]
    """Files of dates that several batches tell."""
    later: tuple[tuple[str, int], ...]
    """Files of the same dates whose batch was not the first to tell them; some of moments outside the stretch."""

    def __bool__(self) -> bool:
        return bool(self.single or self.shared)

    def view(self, name: str, columns: str, where: str, connection: duckdb.DuckDBPyConnection, moved: bool) -> str:
        """SQL for ``WITH``: the relation ``name`` of ``columns`` of each call's last version.

        Args:
            name: of the relation, and of the tables that are registered for it.
            columns: expressions over columns of ``tables.CALLS``, with aliases.
            where: condition on the last versions.
            connection: where tables are registered.
            moved: whether some calls stand under another date in a later batch, as the table ``moved`` tells.
        """
        import pyarrow as pa

        parts = []
        if self.single and not moved:
            parts.append(f"SELECT {columns} FROM {_files(self.single)} h WHERE {where}")  # noqa: S608
        contested = self.shared + (self.single if moved else ())
        if contested:
            ranked = dict(contested + self.later)
            sequence = pa.array(list(ranked.values()), pa.int64())
            connection.register(f"{name}_files", pa.table({"filename": list(ranked), "sequence": sequence}))
            with_sequence = f"{_files(contested)} JOIN {name}_files USING (filename)"
            rivals = ["SELECT call, sequence FROM moved"]
            if self.later:
                rivals.append(f"SELECT call, sequence FROM {_files(self.later)} JOIN {name}_files USING (filename)")  # noqa: S608
            versions = " UNION ALL ".join(rivals)
            parts.append(
                f"SELECT {columns} FROM (SELECT * FROM {with_sequence}) h WHERE {where} AND NOT EXISTS "  # noqa: S608
                f"(SELECT 1 FROM ({versions}) r WHERE r.call = h.call AND r.sequence > h.sequence)"
            )
        return f"{name} AS ({' UNION ALL '.join(parts)})"


def _files(files: Sequence[tuple[str, int]]) -> str:
    """SQL that reads the files, each row with its file's name."""
    paths = ", ".join("'" + path.replace("'", "''") + "'" for path, _ in files)
    return f"read_parquet([{paths}], union_by_name = true, hive_partitioning = false, filename = true)"


def calls_between(folder: Path, batches: Sequence[Batch], start: pd.Timestamp, end: pd.Timestamp) -> HeldCalls:
    """The files that may hold calls arriving from ``start`` to before ``end``; dates are those of each batch's zone."""
    chosen: list[tuple[str, str, int]] = []
    for order, batch in enumerate(batches):
        zone = ZoneInfo(batch.time_zone)
        first = start.tz_convert(zone).date().isoformat()
        last = (end - pd.Timedelta(microseconds=1)).tz_convert(zone).date().isoformat()
        chosen += [(day, path, order) for day, path in _day_files(folder, batch) if first <= day <= last]
    # Other versions stand under the same dates, if perhaps at moments outside the stretch.
    first_to_tell = {day: order for day, _, order in reversed(chosen)}
    told = Counter(day for batch in batches for day, calls in batch.days.items() if calls)
    later = [
        (path, order)
        for order, batch in enumerate(batches)
        for day, path in _day_files(folder, batch)
        if order > first_to_tell.get(day, order)
    ]
    return HeldCalls(
        tuple((path, order) for day, path, order in chosen if told[day] == 1),
        tuple((path, order) for day, path, order in chosen if told[day] > 1),
        tuple(later),
    )


def _day_files(folder: Path, batch: Batch) -> list[tuple[str, str]]:
    """Dates that the batch tells, and the file of each."""
    return [
        (day, (folder / f"date={day}" / f"{batch.content_hash}.parquet").as_posix())
        for day, calls in batch.days.items()
        if calls
    ]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of whole days of a grid: its intervals ``first`` to before ``last``, and their moments."""

    first: int
    last: int
    start: pd.Timestamp
    end: pd.Timestamp


def stretches(grid: TimeGrid, batches: Sequence[Batch], most_calls: int = STRETCH_CALLS) -> Iterator[Stretch]:
    """The grid cut into runs of days that hold about ``most_calls`` calls, so that memory stays bounded."""
    held: Counter[str] = Counter()
    for batch in batches:
        held.update(batch.days)
    days = grid.dates.astype("datetime64[D]")
    begun, calls = 0, 0
    for day in grid.day_list:
        after = int(days.searchsorted(pd.Timestamp(day + timedelta(days=1)).to_datetime64(), side="left"))
        calls += held[day.isoformat()]
        if after > begun and (calls >= most_calls or after == len(grid)):
            yield Stretch(begun, after, grid.starts[begun], grid.ends[after - 1])
            begun, calls = after, 0


def connect() -> duckdb.DuckDBPyConnection:
    """DuckDB in memory, with bounds: :data:`THREADS_MAX`, :data:`MEMORY`, and a folder of its own for what does not fit.

    Its own progress bar is off: it would be printed among the results.
    """
    import duckdb

    spill = Path(tempfile.gettempdir()) / f"wfm-duckdb-{secrets.token_hex(6)}"
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": min(THREADS_MAX, os.cpu_count() or 1),
        "memory_limit": MEMORY,
        "preserve_insertion_order": False,
        "temp_directory": spill.as_posix(),
        "autoinstall_known_extensions": False,
    }
    connection = duckdb.connect(":memory:", config=settings)
    connection.execute("SET enable_progress_bar = false")
    return connection
