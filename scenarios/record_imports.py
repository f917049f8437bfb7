"""A foreign file from its first look to the store: what it is, what would be taken of it, and the import itself."""

from __future__ import annotations

import io
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from scenarios.record_intake import days_without_calls, read_items, store_calls
from scenarios.scenario import Scenario
from wfm.errors import BadInput
from wfm.execution import Progress, no_progress
from wfm.i18n import say
from wfm.records import FeedImport, ImportResult, ItemImport, ItemStore, RecordStore
from wfm.records.any_file import choose_recipe, import_file, needs_key
from wfm.records.foreign_content import check_content
from wfm.records.held_days import held_days
from wfm.records.item_mapping import choose_item_mapping
from wfm.records.item_mapping import load_item_mapping as load_items
from wfm.records.item_mapping_names import shipped_names
from wfm.records.kept_mappings import header_of, kept_mapping, layout_fingerprint
from wfm.records.layouts import detect_layout
from wfm.records.layouts.file_head import FileHead, read_head
from wfm.records.privacy import phone_key
from wfm.records.reading import text_encoding
from wfm.records.rejecting import count_by_code

__all__ = [
    "KINDS",
    "REJECTED_MAX",
    "FileKind",
    "Imported",
    "Recognised",
    "Trial",
    "import_summary",
    "read_whole",
    "recognise",
    "refuse_too_many",
    "store_imported",
    "try_reading",
]

Imported = ImportResult | FeedImport | ItemImport
FileKind = Literal["calls", "orders", "satisfaction", "states"]
KINDS: tuple[FileKind, ...] = ("calls", "orders", "satisfaction", "states")
"""What a file holds; ``calls``: single calls, or counts by interval."""

REJECTED_MAX = 0.01
"""Share of the rows that may be rejected without anybody being asked."""
TRIED_ROWS = 2_000
"""Rows of a large file that the first look reads."""
SMALL_BYTES = 1_000_000
"""Files up to this size are read whole at the first look."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file is, as far as its head shows."""

    path: Path
    head: FileHead
    header_row: int
    header: tuple[str, ...]
    fingerprint: str
    """Names its layout: files with the same column names have the same one."""
    kind: FileKind | None
    """None: nobody has said yet what its columns mean."""
    mapping: str = ""
    """Remembered mapping file; empty: the layout is known, or a shipped mapping fits."""
    layout: str = ""
    """Name of the layout or mapping."""
    found: str = ""
    """What was found, in one sentence."""

    @property
    def remembered(self) -> bool:
        """Whether somebody has said before what its columns mean."""
        return bool(self.mapping)


@dataclass(frozen=True, slots=True)
class Trial:
    """What reading a file, or its first rows, gave."""

    result: Imported | None
    whole: bool
    """All rows were read, not only the first."""
    problem: str = ""
    """Why it cannot be read, in one sentence."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Column of the file → column of ours it is read for."""


def recognise(path: Path, scenario: Scenario, home: Path) -> Recognised:
    """Look at the head of a file.

    Raises:
        BadInput: it is no text, workbook or Parquet file, or would exhaust the machine.
    """
    check_content(path)
    head = read_head(path)
    row, header = header_of(head)
    fingerprint = layout_fingerprint(scenario.hotline.id, head)
    known = kept_mapping(home, fingerprint)
    if known is not None and known[0] in KINDS:
        kind: FileKind = next(one for one in KINDS if one == known[0])
        words = say("{name}: read by the mapping that was made for files with these columns", name=path.name)
        layout = choose_recipe(path, mapping=str(known[1])).layout if kind == "calls" else known[1].stem
        return Recognised(path, head, row, header, fingerprint, kind, str(known[1]), layout, words)
    try:
        found = detect_layout(path)
        return Recognised(path, head, row, header, fingerprint, "calls", "", found.layout.name, found.sentence)
    except BadInput:
        pass
    for one in ("orders", "states", "satisfaction"):
        for name in shipped_names(one):
            mapping = load_items(one, name)
            if any(mapping.fits(cells) for cells in head.rows[:12]) and len(set(mapping.read) & set(header)) >= 3:
                words = say("{name}: {kind}, columns found by name", name=path.name, kind=_kind_words(one))
                kind = next(k for k in KINDS if k == one)
                return Recognised(path, head, row, header, fingerprint, kind, "", name, words)
    return Recognised(path, head, row, header, fingerprint, None)


def _kind_words(kind: str) -> str:
    words = {
        "calls": say("call records"),
        "orders": say("work orders"),
        "satisfaction": say("satisfaction answers"),
        "states": say("states of agents"),
    }
    return words[kind]


def try_reading(file: Recognised, scenario: Scenario, home: Path, scratch: Path) -> Trial:
    """Read a small file whole, of a large one the first rows, and store nothing.

    Args:
        file: what was recognised.
        scenario: hotline and people.
        home: where the key of callers' numbers lies.
        scratch: folder for a short copy, made and removed here.
    """
    if file.kind is None:
        return Trial(None, False)
    small = file.path.stat().st_size <= SMALL_BYTES
    if not small and file.head.kind == "xlsx":
        return Trial(None, False, columns=_columns(file))  # a workbook cannot be cut without reading it all
    try:
        path = file.path if small else _first_rows(file, scratch)
        return Trial(read_whole(file, scenario, home, path=path), small, columns=_columns(file))
    except BadInput as error:
        return Trial(None, small, str(error))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _first_rows(file: Recognised, scratch: Path) -> Path:
    """A copy of the first rows, under the same name."""
    scratch.mkdir(parents=True, exist_ok=True)
    copy = scratch / file.path.name
    if file.head.kind == "parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        with pq.ParquetFile(file.path) as source:
            batch = next(source.iter_batches(batch_size=TRIED_ROWS), None)
            pq.write_table(pa.Table.from_batches([] if batch is None else [batch], source.schema_arrow), copy)
        return copy
    encoding = text_encoding(file.path)
    with (
        file.path.open("rb") as raw,
        io.TextIOWrapper(raw, encoding=encoding, newline="") as text,
        copy.open("w", encoding=encoding, newline="") as out,
    ):
        out.writelines(islice(iter(lambda: text.readline(20_000), ""), TRIED_ROWS))
    return copy


def _columns(file: Recognised) -> dict[str, str]:
    """Column of the file → column of ours, as the recipe reads it."""
    try:
        if file.kind == "calls":
            recipe = choose_recipe(file.path, mapping=file.mapping).recipe
            return dict(getattr(recipe, "read", {}))
        assert file.kind is not None
        mapping = choose_item_mapping(file.kind, file.path, file.mapping)
        return {name: ours for name, ours in mapping.read.items() if name in file.header}
    except BadInput:
        return {}


def read_whole(
    file: Recognised, scenario: Scenario, home: Path, *, path: Path | None = None, progress: Progress = no_progress
) -> Imported:
    """Read every row.

    Args:
        file: what was recognised.
        scenario: hotline and people.
        home: where the key of callers' numbers lies.
        path: another file of the same layout, read instead.
        progress: told how much is read.

    Raises:
        BadInput: nobody has said what the columns mean, or the file cannot be read.
    """
    place, hotline = path or file.path, scenario.hotline
    if file.kind is None:
        raise BadInput(say("{name}: nobody has said yet what its columns mean", name=place.name))
    if file.kind == "calls":
        recipe = choose_recipe(place, mapping=file.mapping).recipe
        key = phone_key(home) if needs_key(recipe) else b""
        return import_file(place, recipe, hotline=hotline, key=key, progress=progress)
    return read_items(file.kind, place, hotline, scenario.agents, home, mapping=file.mapping, progress=progress)


def store_imported(
    result: Imported,
    file: Recognised,
    scenario: Scenario,
    home: Path,
    *,
    rejected_max: float = REJECTED_MAX,
    mix: bool = False,
) -> dict[str, Any]:
    """Put what was read into the store, whole or not at all, and tell what changed.

    Args:
        result: what :func:`read_whole` returned.
        file: how it was read.
        scenario: the hotline.
        home: where records live.
        rejected_max: share of the rows that may be rejected.
        mix: allow recorded beside generated calls.

    Returns:
        :func:`import_summary`, with ``already_imported``, ``replaced`` (entries that were there and that this file tells
        anew), ``new_days`` and ``known_days`` (days of the file that the store did not hold before, and that it did).

    Raises:
        BadInput: too many rows are rejected, or the store holds generated calls and ``mix`` is not asked for.
    """
    refuse_too_many(result, file.path.name, rejected_max)
    hotline = scenario.hotline
    told = import_summary(result, file)
    if isinstance(result, ItemImport):
        items = ItemStore(home, hotline.id, result.table).add(
            result.items, result.content_hash, source_hash=result.source_hash
        )
        return told | {"already_imported": not items.added, "replaced": items.replaced}
    store = RecordStore(home, hotline.id)
    before = set(store.days())
    if "synthetic" in store.labels() and not mix:
        raise BadInput(_mixed(hotline.id))
    added = store_calls(result, file.layout, hotline, home, mix=mix)
    days = result.days
    return told | {
        "already_imported": not added.added,
        "replaced": added.replaced,
        "new_days": [day.isoformat() for day in days if day not in before],
        "known_days": [day.isoformat() for day in days if day in before],
        "still_missing": [d.day.isoformat() for d in held_days(home, hotline) if d.state == "missing"],
    }


def _mixed(hotline: str) -> str:
    return say(
        "The store holds generated calls of {hotline}. Recorded ones are not put beside them unless you allow it.",
        hotline=hotline,
    )


def refuse_too_many(result: Imported, name: str, rejected_max: float) -> None:
    """Refuse a file of which too many rows are rejected.

    Raises:
        BadInput: they are more than the share ``rejected_max`` of the rows read.
    """
    if len(result.rejected) <= rejected_max * result.rows_read:
        return
    first = result.rejected[0]
    raise BadInput(
        say(
            "{name}: {count:,} of {rows:,} rows rejected, nothing imported; line {line}: {reason}",
            name=name,
            count=len(result.rejected),
            rows=result.rows_read,
            line=first.row,
            reason=first.reason,
        )
    )


def import_summary(result: Imported, file: Recognised) -> dict[str, Any]:
    """What was read, as plain values: rows by fate, days, calls."""
    told: dict[str, Any] = {
        "file": file.path.name,
        "kind": file.kind,
        "layout": file.layout,
        "rows_read": result.rows_read,
        "accepted": result.accepted,
        "rejected": len(result.rejected),
        "rejected_by_reason": count_by_code(result.rejected),
        "left_out": len(result.left_out),
        "duplicates": len(result.duplicates),
    }
    if isinstance(result, ItemImport):
        begin = next(c.name for c in result.table.columns if c.kind == "time")
        days = sorted(set(result.items[begin].dt.date))
        told |= {"table": result.table.name, "entries": len(result.items)}
    else:
        days = result.days
        partial = [part.as_dict() for part in result.partial_days]
        told |= {
            "level": "intervals" if isinstance(result, FeedImport) else "calls",
            "calls": int(result.calls) if isinstance(result, FeedImport) else len(result.calls),
            "missing_days": [day.isoformat() for day in days_without_calls(days)],
            "partial_days": partial,
        }
    return told | {
        "days": len(days),
        "first_day": days[0].isoformat() if days else "",
        "last_day": days[-1].isoformat() if days else "",
    }
