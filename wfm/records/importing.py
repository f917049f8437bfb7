"""Importing call records: from a foreign file, by a mapping, to ``tables.CALLS``, with every rejected row named."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from wfm.errors import BadInput
from wfm.execution import Progress, no_progress
from wfm.i18n import say
from wfm.records.content_hash import file_hash, import_hash
from wfm.records.converting import ChunkReader
from wfm.records.mapping import Mapping
from wfm.records.partial_days import PartialDay, find_partial_days
from wfm.records.reading import read_chunks
from wfm.records.rejecting import Rejected, nothing_usable
from wfm.tables import CALLS, check_table

if TYPE_CHECKING:
    from wfm.hotline import Hotline

__all__ = ["ImportResult", "Rejected", "import_calls", "overlapping_calls"]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import read, kept and turned away."""

    calls: pd.DataFrame
    """Accepted calls, columns of ``tables.CALLS``, in the order of arrival."""
    rejected: list[Rejected]
    """Rows that cannot be used, in the order of the file."""
    content_hash: str
    """Of the file, the mapping and the hotline: the same import has the same hash."""
    rows_read: int
    source_hash: str
    """Of the file alone."""
    left_out: list[Rejected] = field(default_factory=list)
    """Rows that the mapping leaves out on purpose (``skip``)."""
    duplicates: list[Rejected] = field(default_factory=list)
    """Rows that tell a call that a later row tells too; each call counts once."""
    unread: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Values that were left empty because the mapping does not list them: (column, value) → rows."""
    overlapping: int = 0
    """Answered calls that begin before the same agent's earlier call ended."""
    partial_days: tuple[PartialDay, ...] = ()
    """Days at either end of the file that it does not hold whole."""
    rows_used: int | None = None
    """Rows that tell of the accepted calls, where a call takes more rows than one."""

    @property
    def accepted(self) -> int:
        """Rows that were used: read less rejected, left out and duplicates."""
        return len(self.calls) if self.rows_used is None else self.rows_used

    @property
    def days(self) -> list[date]:
        """Local dates that hold at least one call."""
        return sorted(set(self.calls["arrived_at"].dt.date))


def import_calls(
    path: str | Path, mapping: Mapping, *, hotline: Hotline, key: bytes, progress: Progress = no_progress
) -> ImportResult:
    """Read call records from ``path`` as ``mapping`` says.

    A row that cannot be used is rejected with its reason and never dropped silently: an unreadable
    or missing time, an unknown line or outcome, a negative duration, moments out of order.

    Args:
        path: CSV (UTF-8, UTF-16, GBK, GB18030; comma, semicolon, tab), Parquet or Excel file.
        mapping: which columns mean what.
        hotline: the centre; its lines and time zone.
        key: secret under which callers' numbers are hashed.
        progress: told how much of the file is read.

    Raises:
        BadInput: the file is missing or cannot be read, lacks a column, the mapping names a line that
            the hotline does not have, or no row can be used.
    """
    path = Path(path)
    reader = ChunkReader(mapping, hotline, key)
    parts: list[pd.DataFrame] = []
    rejected: list[Rejected] = []
    left_out: list[Rejected] = []
    rows_read = 0
    for chunk in read_chunks(path, mapping, progress):
        rows_read += len(chunk.rows) + len(chunk.torn)
        done = reader.convert(chunk)
        parts.append(done.calls)
        rejected += done.rejected
        left_out += done.left_out
    if rows_read == 0:
        raise BadInput(say("{name}: holds no rows below its column names", name=path.name))
    kept = [part for part in parts if len(part)]
    if not kept:
        raise BadInput(nothing_usable(path.name, rejected, rows_read))
    rejected.sort(key=lambda r: r.row)
    calls, duplicates = _count_once(pd.concat(kept, ignore_index=True))
    source_hash = file_hash(path)
    return ImportResult(
        calls=check_table(CALLS, calls),
        rejected=rejected,
        content_hash=import_hash(source_hash, mapping.model_dump_json(by_alias=True), hotline=hotline),
        rows_read=rows_read,
        source_hash=source_hash,
        left_out=left_out,
        duplicates=duplicates,
        unread=reader.unread,
        overlapping=overlapping_calls(calls, mapping.clock_tolerance_s),
        partial_days=find_partial_days(calls["arrived_at"], hotline),
    )


def _count_once(calls: pd.DataFrame) -> tuple[pd.DataFrame, list[Rejected]]:
    """Each call once, its last row kept; sorted by arrival. ``calls`` has the column ``row`` beside its own."""
    repeated = calls["call"].duplicated(keep="last")
    duplicates: list[Rejected] = []
    if repeated.any():
        last = calls.loc[~calls["call"].duplicated(keep="last")].set_index("call")["row"]
        earlier = calls.loc[repeated, ["row", "call"]]
        duplicates = [
            Rejected(int(row), "duplicate", found=str(last[call]))
            for row, call in zip(earlier["row"], earlier["call"], strict=True)
        ]
        calls = calls.loc[~repeated]
    calls = calls.drop(columns="row").sort_values(["arrived_at", "call"], kind="stable", ignore_index=True)
    return calls, duplicates


def overlapping_calls(calls: pd.DataFrame, tolerance_s: float) -> int:
    """Answered calls whose pick-up lies before the end of an earlier call of the same agent."""
    mine = calls.loc[calls["agent"].notna() & calls["answered_at"].notna(), ["agent", "answered_at", "ended_at"]]
    if mine.empty:
        return 0
    mine = mine.sort_values(["agent", "answered_at"], kind="stable")
    ends = mine["ended_at"].dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(dtype="datetime64[ns]").astype(np.int64)
    starts = mine["answered_at"].dt.tz_convert("UTC").dt.tz_localize(None)
    agent = mine["agent"].astype(object).to_numpy()
    busy_until = pd.Series(ends).groupby(agent).cummax().groupby(agent).shift(1, fill_value=np.iinfo(np.int64).min)
    early = busy_until.to_numpy() - starts.to_numpy(dtype="datetime64[ns]").astype(np.int64)
    first = busy_until.to_numpy() == np.iinfo(np.int64).min
    return int(((early > tolerance_s * 1e9) & ~first).sum())
