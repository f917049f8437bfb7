"""Importing what stands beside the calls, by a mapping, with every row that is not used named.

``rows read = accepted + rejected + left out + duplicates``: nothing is dropped silently.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd

from wfm.errors import BadInput
from wfm.execution import Progress, no_progress
from wfm.i18n import say
from wfm.records.chunk_rows import ChunkRows
from wfm.records.content_hash import file_hash, import_hash
from wfm.records.header_row import find_header
from wfm.records.item_mapping import ItemMapping
from wfm.records.item_rows import Unread
from wfm.records.item_versions import progress_of
from wfm.records.reading import read_chunks
from wfm.records.rejecting import Rejected, nothing_usable
from wfm.tables import Table, check_table

if TYPE_CHECKING:
    from wfm.hotline import Hotline

__all__ = ["Converter", "Finisher", "ItemImport", "day_words", "import_items", "import_result"]

M = TypeVar("M", bound=ItemMapping)
Converter = Callable[[ChunkRows, M, Unread], pd.DataFrame]
"""Rows of a chunk → the table's columns; rows that cannot be used are rejected in the chunk."""
Finisher = Callable[[pd.DataFrame], tuple[pd.DataFrame, list[Rejected]]]
"""All rows together → the rows kept, and those turned away only now; the column ``row`` is their line."""


@dataclass(frozen=True, slots=True)
class ItemImport:
    """What an import read, kept and turned away."""

    table: Table
    items: pd.DataFrame
    """Accepted rows, columns of the table."""
    rows_read: int
    content_hash: str
    """Of the file, the mapping and the hotline: the same import has the same hash."""
    source_hash: str
    """Of the file alone."""
    rejected: list[Rejected] = field(default_factory=list)
    left_out: list[Rejected] = field(default_factory=list)
    """Rows that the mapping leaves out on purpose."""
    duplicates: list[Rejected] = field(default_factory=list)
    """Rows that tell of an entry of which another row tells later stages."""
    unread: Unread = field(default_factory=Counter)
    """Values left empty because nothing says what they mean: (column, value) → rows."""
    columns: tuple[str, ...] = ()
    """Columns of the table that the file has."""
    events: int | None = None
    """Of a log of events: rows out of which the entries were made; None where each entry is one row."""

    @property
    def accepted(self) -> int:
        """Rows that were used: with those rejected, left out and told again they are the rows read."""
        return len(self.items) if self.events is None else self.events


def import_items(
    path: Path,
    mapping: M,
    table: Table,
    convert: Converter[M],
    hotline: Hotline,
    progress: Progress = no_progress,
    *,
    finish: Finisher | None = None,
) -> ItemImport:
    """Read the file as the mapping says.

    Raises:
        BadInput: the file cannot be read, lacks a column that is needed, or no row can be used.
    """
    header_row, header = find_header(path, mapping, mapping.read)
    chosen = mapping.for_header(header, path.name).model_copy(update={"header_row": header_row})
    parts: list[pd.DataFrame] = []
    rejected: list[Rejected] = []
    left_out: list[Rejected] = []
    unread: Unread = Counter()
    rows_read = 0
    for chunk in read_chunks(path, chosen, progress):
        rows = ChunkRows(chunk)
        rows_read += len(chunk.rows) + len(chunk.torn)
        rejected += [Rejected(row, "torn", found=str(found), allowed=str(wanted)) for row, found, wanted in chunk.torn]
        if chosen.left_out:
            name = next(iter(chosen.left_out))
            rows.reject(rows.holds(chosen.left_out), "left_out", name, rows.shown(name))
        frame = convert(rows, chosen, unread)
        frame["row"] = chunk.rows
        parts.append(frame[~rows.bad])
        told = [reason for reason in rows.reasons if reason is not None]
        rejected += [reason for reason in told if reason.code != "left_out"]
        left_out += [reason for reason in told if reason.code == "left_out"]
    if rows_read == 0:
        raise BadInput(say("{name}: holds no rows below its column names", name=path.name))
    kept = [part for part in parts if len(part)]
    items = pd.concat(kept, ignore_index=True) if kept else pd.DataFrame()
    if kept and finish is not None:
        items, late = finish(items)
        rejected += late
    if items.empty:
        raise BadInput(nothing_usable(path.name, rejected, rows_read))
    known = tuple(name for name in (n.rstrip("_") for n in chosen.columns.named) if name in table.column_names)
    found = import_result(path, table, items, rows_read, mapping.model_dump_json(by_alias=True), hotline)
    rejected.sort(key=lambda r: r.row)
    return ItemImport(
        table,
        found.items,
        rows_read,
        found.content_hash,
        found.source_hash,
        rejected,
        left_out,
        found.duplicates,
        unread,
        known,
    )


def import_result(
    path: Path, table: Table, items: pd.DataFrame, rows_read: int, recipe: str, hotline: Hotline
) -> ItemImport:
    """The accepted rows of a file, each entry once; ``items`` has the column ``row`` beside the table's."""
    once, duplicates = _count_once(items, table)
    source_hash = file_hash(path)
    content_hash = import_hash(source_hash, table.name, recipe, hotline=hotline)
    return ItemImport(
        table, check_table(table, once), rows_read, content_hash, source_hash, duplicates=duplicates, columns=()
    )


def _count_once(items: pd.DataFrame, table: Table) -> tuple[pd.DataFrame, list[Rejected]]:
    """Each entry once, in the version with the latest stages; of equal ones the last row."""
    key = list(table.key)
    ordered = items.assign(**progress_of(items, table)).sort_values(["_reopened", "_latest", "row"], kind="stable")
    kept = ~ordered.duplicated(key, keep="last")
    places = ordered.loc[kept, [*key, "row"]]
    others = ordered.loc[~kept, [*key, "row"]].merge(places, on=key, suffixes=("", "_kept"))
    told = [
        Rejected(int(row), "duplicate_item", found=str(int(by)))
        for row, by in zip(others["row"], others["row_kept"], strict=True)
    ]
    once = ordered[kept].sort_values("row", kind="stable")
    return once.drop(columns=["row", "_reopened", "_latest"]).reset_index(drop=True), sorted(told, key=lambda r: r.row)


def day_words(flags: dict[str, np.ndarray[tuple[int], np.dtype[np.bool_]]], size: int) -> Sequence[str | None]:
    """For each row the moments of which only the day is known, joined by ``;``; None where there are none."""
    names = list(flags)
    code = np.zeros(size, dtype=np.int64)
    for at, name in enumerate(names):
        code |= flags[name].astype(np.int64) << at
    words = {
        int(one): ";".join(name for at, name in enumerate(names) if one >> at & 1) or None for one in np.unique(code)
    }
    return [words[one] for one in code.tolist()]
