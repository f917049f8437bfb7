"""The store of what stands beside the calls: immutable Parquet files, visible through manifests, read with DuckDB.

``records/HOTLINE/TABLE/CONTENTHASH.parquet`` holds one batch, ``records/HOTLINE/TABLE/manifests/CONTENTHASH.json`` makes it
visible. An entry that stands in several batches counts once, in the version that has come furthest
(:mod:`wfm.records.item_versions`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.records.arrow_tables import arrow_columns, from_arrow
from wfm.records.held_calls import connect
from wfm.records.item_versions import STAGES
from wfm.records.whole_files import write_parquet, write_whole
from wfm.tables import AGENT_STATES, SATISFACTION, WORK_ORDERS, Table, empty_table

if TYPE_CHECKING:
    import duckdb

__all__ = ["ItemStore", "ItemsAdded"]

_BEGINS = {WORK_ORDERS.name: "received_at", SATISFACTION.name: "asked_at", AGENT_STATES.name: "start"}
_ENDS = {AGENT_STATES.name: "end"}
"""Entries that last: they belong to every period that they reach into."""


@dataclass(frozen=True, slots=True)
class ItemsAdded:
    """What :meth:`ItemStore.add` did."""

    added: bool
    """False: this very batch was there already, and nothing was done."""
    replaced: int
    """Entries of older batches that this batch's versions now stand for."""
    later_kept: int
    """Entries of which an older batch holds a later version: that one goes on standing."""


class ItemStore:
    """One table of a hotline under ``home``: ``WORK_ORDERS``, ``SATISFACTION`` or ``AGENT_STATES``.

    Any number of processes may read and add at the same time; nobody waits for a lock.
    """

    def __init__(self, home: Path, hotline_id: str, table: Table) -> None:
        self.table = table
        self.folder = Path(home) / "records" / hotline_id / table.name
        self._manifests = self.folder / "manifests"

    def add(self, items: pd.DataFrame, content_hash: str, *, source_hash: str = "") -> ItemsAdded:
        """Add a batch; it is visible whole or not at all.

        Args:
            items: columns of the table.
            content_hash: names the batch. Adding it again does nothing.
            source_hash: of the file. An older batch of the same file, read by another mapping, is withdrawn.
        """
        batches = self._batches()
        if any(b["content_hash"] == content_hash for b in batches):
            return ItemsAdded(False, 0, 0)
        withdrawn = [b for b in batches if source_hash and b["source_hash"] == source_hash]
        remaining = [b for b in batches if b not in withdrawn]
        sequence = max((b["sequence"] for b in batches), default=0) + 1
        self._write(items, self._file(content_hash))
        manifest = {
            "content_hash": content_hash,
            "source_hash": source_hash,
            "sequence": sequence,
            "added_at": datetime.now(UTC).isoformat(),
            "items": len(items),
        }
        same, mine = self._compared(manifest, remaining)
        write_whole(self._manifests / f"{content_hash}.json", json.dumps(manifest, indent=1).encode())
        for batch in withdrawn:
            # Only the manifest goes: whoever reads at this moment keeps the files that they opened.
            (self._manifests / f"{batch['content_hash']}.json").unlink(missing_ok=True)
        return ItemsAdded(True, mine, same - mine)

    def read(self, first: date | None, last: date, time_zone: str) -> pd.DataFrame:
        """Entries that begin on the local dates ``first`` (None: the earliest) to ``last``, both included; states also
        those that reach into them. Columns of the table, times in ``time_zone``, in the order of their begin.
        """
        batches = self._batches()
        if not batches:
            return empty_table(self.table, time_zone)
        zone = ZoneInfo(time_zone)
        until = datetime.combine(last + timedelta(days=1), datetime.min.time(), zone)
        since = None if first is None else datetime.combine(first, datetime.min.time(), zone)
        begins = _BEGINS[self.table.name]
        ends = _ENDS.get(self.table.name, begins)
        clause = f'"{begins}" < ?' + ("" if since is None else f' AND "{ends}" {">" if ends != begins else ">="} ?')
        names = ", ".join(f'"{name}"' for name in self.table.column_names)
        key = ", ".join(f'"{name}"' for name in self.table.key)
        with connect() as connection:
            self._register(connection, batches)
            table = connection.sql(
                f"""
                SELECT {names} FROM (
                    SELECT * FROM held QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {self._order()}) = 1
                ) WHERE {clause} ORDER BY "{begins}", {key}
                """,  # noqa: S608 - the names are those of the table
                params=[until, *([] if since is None else [since])],
            ).to_arrow_table()
        return from_arrow(table, self.table, time_zone)

    def reach(self, time_zone: str) -> tuple[int, date, date] | None:
        """Number of entries, and the local dates on which the first and the last of them begin; None: nothing is stored."""
        batches = self._batches()
        if not batches:
            return None
        key = ", ".join(f'"{name}"' for name in self.table.key)
        begins = _BEGINS[self.table.name]
        with connect() as connection:
            self._register(connection, batches)
            found = connection.execute(
                f'SELECT count(DISTINCT ({key})), epoch_us(min("{begins}")), epoch_us(max("{begins}")) FROM held'  # noqa: S608
            ).fetchone()
        if not found or not found[0]:
            return None
        zone = ZoneInfo(time_zone)
        first, last = (datetime.fromtimestamp(moment / 1e6, zone).date() for moment in found[1:])
        return int(found[0]), first, last

    def _compared(self, new: dict[str, Any], others: list[dict[str, Any]]) -> tuple[int, int]:
        """How many of the new batch's entries others hold too, and of how many the new version stands."""
        if not others:
            return 0, 0
        key = ", ".join(f'"{name}"' for name in self.table.key)
        with connect() as connection:
            self._register(connection, [*others, new])
            found = connection.execute(
                f"""
                SELECT count(*), count(*) FILTER (newest) FROM (
                    SELECT sequence = $mine AS newest,
                        bool_or(sequence = $mine) OVER same AND bool_or(sequence <> $mine) OVER same AS both_hold,
                        row_number() OVER (PARTITION BY {key} ORDER BY {self._order()}) AS place
                    FROM held WINDOW same AS (PARTITION BY {key})
                ) WHERE both_hold AND place = 1
                """,  # noqa: S608
                {"mine": new["sequence"]},
            ).fetchone()
        return (int(found[0]), int(found[1])) if found else (0, 0)

    def _order(self) -> str:
        """Versions of one entry, the one that stands first."""
        latest = ", ".join(f'"{name}"' for name in STAGES[self.table.name])
        reopened = "coalesce(reopened, 0) DESC, " if "reopened" in self.table.column_names else ""
        return f"{reopened}greatest({latest}) DESC, sequence DESC"

    def _register(self, connection: duckdb.DuckDBPyConnection, batches: list[dict[str, Any]]) -> None:
        import pyarrow as pa

        files = [str(self._file(b["content_hash"])) for b in batches]
        order = pa.array([b["sequence"] for b in batches], pa.int64())
        connection.register("files", pa.table({"filename": files, "sequence": order}))
        listed = ", ".join("'" + name.replace("'", "''") + "'" for name in files)
        connection.execute(
            f"CREATE TEMP VIEW held AS SELECT * FROM read_parquet([{listed}], filename = true, union_by_name = true) "  # noqa: S608
            "JOIN files USING (filename)"
        )

    def _batches(self) -> list[dict[str, Any]]:
        found = []
        for path in sorted(self._manifests.glob("*.json")):
            try:
                kept = json.loads(path.read_text(encoding="utf-8"))
                found.append({name: kept[name] for name in ("content_hash", "source_hash", "sequence", "added_at")})
            except FileNotFoundError:
                continue  # withdrawn this moment
            except (ValueError, KeyError, TypeError, OSError):
                raise BadInput(say("{path}: is no readable manifest of records", path=path)) from None
        return sorted(found, key=lambda b: (b["sequence"], b["added_at"], b["content_hash"]))

    def _file(self, content_hash: str) -> Path:
        return self.folder / f"{content_hash}.parquet"

    def _write(self, items: pd.DataFrame, path: Path) -> None:
        import pyarrow as pa

        ordered = items.sort_values(_BEGINS[self.table.name], kind="stable")
        write_parquet(path, pa.table(arrow_columns(ordered, self.table)))
