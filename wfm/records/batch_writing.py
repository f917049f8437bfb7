"""Writing a batch of calls to files of one local date each, from one table or from a stream of chunks."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from wfm.records.arrow_tables import arrow_columns
from wfm.records.held_calls import connect
from wfm.records.whole_files import write_parquet
from wfm.tables import CALLS

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["local_days", "older_versions", "write_by_day", "write_chunks_by_day"]

ROW_GROUP = 50_000
"""Rows of a part that are read together: in order of time, so that a few of them hold a date."""
TOGETHER = 300_000
"""Calls of whole dates that are put in order together."""


def write_by_day(calls: pd.DataFrame, path_of: Callable[[str], Path], time_zone: str) -> dict[str, int]:
    """Write ``tables.CALLS`` to one file a local date, by arrival; returns the calls of each date."""
    table = _by_arrival(calls, time_zone)
    return _write_days(table, path_of)


def write_chunks_by_day(
    chunks: Iterable[pd.DataFrame], path_of: Callable[[str], Path], time_zone: str, scratch: Path
) -> dict[str, int]:
    """The same of a stream of chunks, in memory that does not grow with their number.

    A call that stands twice in the stream counts once, as its later row tells it.

    Args:
        chunks: ``tables.CALLS`` each, in any order of time.
        path_of: the file of a date.
        time_zone: whose dates they are.
        scratch: folder for parts, made here and removed again.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    counts: Counter[str] = Counter()
    place = 0
    scratch.mkdir(parents=True)
    try:
        parts = []
        for number, chunk in enumerate(chunks):
            if chunk.empty:
                continue
            table = _by_arrival(chunk, time_zone)
            counts.update(Counter(table.column("day").to_pylist()))
            # By arrival the rows are written, by their place in the stream the later one wins.
            table = table.append_column("place", pa.array(table.column("row").to_numpy() + place, pa.int64()))
            place += len(chunk)
            parts.append((scratch / f"{number}.parquet").as_posix())
            pq.write_table(table, parts[-1], compression="zstd", row_group_size=ROW_GROUP)
            del table
        written: dict[str, int] = {}
        for table in _days_in_order(parts, counts):
            written |= _write_days(table, path_of)
        return written
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _days_in_order(parts: Sequence[str], counts: Counter[str]) -> Iterator[pa.Table]:
    """Calls of the parts, each once, a few dates at a time."""
    if not parts:
        return
    columns = ", ".join([*CALLS.column_names, "day"])
    with connect() as connection:
        connection.execute(
            "CREATE TEMP TABLE repeated AS SELECT call, max(place) AS place FROM read_parquet(?) "
            "GROUP BY call HAVING count(*) > 1",
            [list(parts)],
        )
        for first, last in _runs(counts):
            yield connection.sql(
                f"SELECT {columns} FROM read_parquet(?) p WHERE day BETWEEN ? AND ? AND NOT EXISTS "  # noqa: S608
                "(SELECT 1 FROM repeated r WHERE r.call = p.call AND r.place > p.place) ORDER BY arrived_at, place",
                params=[list(parts), first, last],
            ).to_arrow_table()


def _runs(counts: Counter[str]) -> Iterator[tuple[str, str]]:
    """First and last date of runs that hold about :data:`TOGETHER` calls."""
    first, calls = "", 0
    days = sorted(counts)
    for day in days:
        first = first or day
        calls += counts[day]
        if calls >= TOGETHER or day == days[-1]:
            yield first, day
            first, calls = "", 0


def _write_days(table: pa.Table, path_of: Callable[[str], Path]) -> dict[str, int]:
    """Write a table in order of time, with the column ``day``, to one file a date."""
    days = table.column("day").to_numpy(zero_copy_only=False)
    found, starts = np.unique(days, return_index=True)
    ends = np.append(starts, len(days))[1:]
    bare = table.select(CALLS.column_names)
    counts = {}
    for day, start, end in zip(found.tolist(), starts.tolist(), ends.tolist(), strict=True):
        write_parquet(path_of(day), bare.slice(start, end - start))
        counts[day] = end - start
    return counts


def _by_arrival(calls: pd.DataFrame, time_zone: str) -> pa.Table:
    """``tables.CALLS`` by arrival, and the columns ``day`` (local date) and ``row`` (place in ``calls``)."""
    import pyarrow as pa

    columns = arrow_columns(calls, CALLS)
    day, found = pd.factorize(_local_midnights(calls["arrived_at"], time_zone), sort=True)
    names = np.array([moment.date().isoformat() for moment in found], dtype=object)
    columns["day"] = pa.array(names[day] if len(names) else [], pa.string())
    columns["row"] = pa.array(np.arange(len(calls)), pa.int64())
    order = np.argsort(calls["arrived_at"].dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(), kind="stable")
    return pa.table(columns).take(order)


def local_days(moments: pd.Series, time_zone: str) -> list[date]:
    """Local dates of the moments, each once, in order."""
    return [midnight.date() for midnight in sorted(_local_midnights(moments, time_zone).unique())]


def _local_midnights(moments: pd.Series, time_zone: str) -> pd.Series:
    local: pd.Series = moments.dt.tz_convert(time_zone).dt.tz_localize(None).dt.normalize()
    return local


def older_versions(new: Sequence[tuple[str, Path]], old: Sequence[tuple[str, Path]]) -> tuple[int, list[str]]:
    """How many calls of new files stand in old ones too, and which of them under another date.

    Args:
        new: date and file.
        old: likewise, of batches added before.
    """
    if not new or not old:
        return 0, []
    import pyarrow as pa

    with connect() as connection:
        for name, files in (("new_files", new), ("old_files", old)):
            paths = [path.as_posix() for _, path in files]
            connection.register(name, pa.table({"day": [day for day, _ in files], "filename": paths}))
        found = connection.sql(
            """
            WITH newer AS (SELECT call, day FROM read_parquet($new, filename = true) JOIN new_files USING (filename)),
                older AS (SELECT call, day FROM read_parquet($old, filename = true) JOIN old_files USING (filename))
            SELECT n.call, bool_or(n.day <> o.day) AS moved FROM older o JOIN newer n USING (call)
            GROUP BY n.call ORDER BY n.call""",
            params={"new": [p.as_posix() for _, p in new], "old": [p.as_posix() for _, p in old]},
        ).to_arrow_table()
    calls, moved = (column.to_pylist() for column in found.columns)
    return found.num_rows, [call for call, is_moved in zip(calls, moved, strict=True) if is_moved]
