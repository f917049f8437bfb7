"""Drafts of rosters in the planning store: every change is a row of its own, and nobody's change is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any, Literal

import pandas as pd
from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.engine import RowMapping

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.store.audit import write_audit
from wfm.store.connection import reading, writing
from wfm.store.draft_models import RosterDraftRow, RosterEditRow
from wfm.store.draft_records import CellChange, CellEdit, CellsChanged, DraftRecord, EditKind
from wfm.store.records import StaleVersion
from wfm.store.rows import insert_row
from wfm.tables import DUTIES, check_table

__all__ = ["DraftStore"]

_HEAD = [c for c in RosterDraftRow.__table__.columns if c.name not in ("duties", "posts")]
_EDIT = [c for c in RosterEditRow.__table__.columns if c.name not in ("id", "draft_id")]


class DraftStore:
    """Drafts of rosters in one database; every method is one transaction, and changes stand in the audit."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(
        self,
        *,
        hotline: str,
        first: date,
        last: date,
        duties: pd.DataFrame,
        posts: Sequence[Mapping[str, Any]] | None,
        origin: Mapping[str, Any],
        note: str = "",
        who: str = "",
    ) -> DraftRecord:
        """Keep a new draft.

        Args:
            hotline: identifier of the hotline.
            first: first day of the roster.
            last: its last day.
            duties: what it begins from, columns of ``tables.DUTIES``.
            posts: the posts to fill, as plain values; None where they are not known.
            origin: what it begins from, as plain values.
            note: why.
            who: who begins it.
        """
        buffer = BytesIO()
        check_table(DUTIES, duties).to_parquet(buffer, index=False, compression="zstd")
        now = _now()
        values: dict[str, Any] = {
            "hotline": hotline,
            "first": first,
            "last": last,
            "time_zone": str(duties["start"].dt.tz),
            "origin": dict(origin),
            "note": note,
            "duties": buffer.getvalue(),
            "posts": None if posts is None else [dict(p) for p in posts],
            "edits": 0,
            "who": who,
            "created_at": now,
            "changed_at": now,
            "closed": "",
        }
        with writing(self._engine) as connection:
            number = insert_row(connection, RosterDraftRow, values)
            details = {"hotline": hotline, "first": str(first), "origin": dict(origin), "duties": len(duties)}
            write_audit(connection, who, "begin roster draft", f"draft {number}", details)
            return _record(_head(connection, number))

    def draft(self, draft: int) -> DraftRecord:
        """One draft.

        Raises:
            BadInput: there is none of this number.
        """
        with reading(self._engine) as connection:
            return _record(_head(connection, draft))

    def drafts(self, hotline: str, first: date | None = None, *, closed: bool = False) -> list[DraftRecord]:
        """Drafts of a hotline, the one last changed first; closed ones only if asked for.

        Args:
            hotline: identifier of the hotline.
            first: only of the roster that begins on this day.
            closed: whether published and discarded ones are wanted too.
        """
        query = select(*_HEAD).where(RosterDraftRow.hotline == hotline)
        query = query.order_by(RosterDraftRow.changed_at.desc(), RosterDraftRow.id.desc())
        if first is not None:
            query = query.where(RosterDraftRow.first == first)
        if not closed:
            query = query.where(RosterDraftRow.closed == "")
        with reading(self._engine) as connection:
            return [_record(row) for row in connection.execute(query).mappings()]

    def base(self, draft: int) -> tuple[pd.DataFrame, pd.DataFrame | None]:
        """What a draft began from: its duties (``tables.DUTIES``), and the posts to fill, where they are known.

        Raises:
            BadInput: there is none of this number.
        """
        query = select(RosterDraftRow.duties, RosterDraftRow.posts, RosterDraftRow.time_zone).where(
            RosterDraftRow.id == draft
        )
        with reading(self._engine) as connection:
            _head(connection, draft)
            kept, posts, zone = connection.execute(query).one()
        frame = pd.read_parquet(BytesIO(kept))
        for column in ("start", "end"):
            frame[column] = pd.to_datetime(frame[column], utc=True).dt.tz_convert(zone).dt.as_unit("ns")
        frame["date"] = pd.to_datetime(frame["date"]).dt.as_unit("ns")
        if posts is None:
            return check_table(DUTIES, frame), None
        needed = pd.DataFrame(posts, columns=None if posts else ["date", "group", "shift", "posts_a", "posts_b"])
        needed["date"] = pd.to_datetime(needed["date"]).astype("datetime64[ns]")
        return check_table(DUTIES, frame), needed

    def edits(self, draft: int, after: int = 0) -> list[CellEdit]:
        """Changes of a draft after the edit of this number, in their order."""
        query = (
            select(*_EDIT)
            .where(RosterEditRow.draft_id == draft, RosterEditRow.number > after)
            .order_by(RosterEditRow.number)
        )
        with reading(self._engine) as connection:
            return [CellEdit(**row) for row in connection.execute(query).mappings()]

    def change(
        self,
        draft: int,
        changes: Sequence[CellChange],
        *,
        based_on: int,
        kind: EditKind = "change",
        of_step: int | None = None,
        who: str = "",
    ) -> list[CellEdit]:
        """Change cells of a draft, all or none.

        Changes of other cells that were made in the meantime stay as they are. A cell that was changed in the
        meantime to something else than is wanted now is not overwritten.

        Args:
            draft: number of the draft.
            changes: the cells.
            based_on: number of the last edit that the person who changes has seen.
            kind: whether it is a change by hand, or takes back or repeats one.
            of_step: the step that is taken back or repeated.
            who: who changes.

        Returns:
            what was written; nothing where every cell is as wanted already.

        Raises:
            CellsChanged: cells were changed since ``based_on``; nothing was written.
            BadInput: there is no such draft, or it is closed.
        """
        now = _now()
        with writing(self._engine) as connection:
            head = _head(connection, draft, lock=True)
            if head["closed"]:
                raise BadInput(_closed_words(head["closed"]))
            wanted = {(c.agent, c.date): c for c in changes if c.before != c.after}
            since = _last_edits(connection, draft, based_on, wanted)
            others = [e for key, e in since.items() if e.after != wanted[key].after]
            if others:
                raise CellsChanged(
                    say("{n} of these cells were changed by somebody else in the meantime", n=len(others)),
                    edits=others,
                    latest=int(head["edits"]),
                )
            fresh = [c for key, c in wanted.items() if key not in since]
            if not fresh:
                return []
            number = int(head["edits"])
            step = number + 1
            rows: list[dict[str, Any]] = [
                {
                    "number": number + n,
                    "step": step,
                    "kind": kind,
                    "of_step": of_step,
                    "agent": change.agent,
                    "date": change.date,
                    "before": change.before,
                    "after": change.after,
                    "who": who,
                    "at": now,
                }
                for n, change in enumerate(fresh, 1)
            ]
            connection.execute(insert(RosterEditRow), [{**row, "draft_id": draft} for row in rows])
            counted = {"edits": number + len(rows), "changed_at": now}
            connection.execute(update(RosterDraftRow).where(RosterDraftRow.id == draft).values(counted))
            told = [{"agent": c.agent, "date": c.date.isoformat(), "before": c.before, "after": c.after} for c in fresh]
            write_audit(connection, who, f"{kind} roster draft", f"draft {draft}", {"step": step, "cells": told})
            return [CellEdit(**row) for row in rows]

    def close(self, draft: int, how: Literal["published", "discarded"], *, based_on: int, who: str = "") -> DraftRecord:
        """End the work on a draft; what was published is not changed any more.

        Args:
            draft: number of the draft.
            how: what became of it.
            based_on: number of the last edit that the person who ends it has seen.
            who: who ends it.

        Raises:
            StaleVersion: it was changed in the meantime; it stays open.
            BadInput: there is no such draft, or it is closed.
        """
        return self._mark(draft, how, who, f"{how} roster draft", based_on)

    def reopen(self, draft: int, *, who: str = "") -> DraftRecord:
        """Take up a draft again that was discarded.

        Raises:
            BadInput: there is no such draft, or it was published.
        """
        return self._mark(draft, "", who, "reopen roster draft")

    def _mark(self, draft: int, closed: str, who: str, action: str, based_on: int | None = None) -> DraftRecord:
        with writing(self._engine) as connection:
            head = _head(connection, draft, lock=True)
            if head["closed"] == "published" or (head["closed"] and closed):
                raise BadInput(_closed_words(head["closed"]))
            if based_on is not None and based_on != head["edits"]:
                raise StaleVersion(
                    say("the draft was changed by somebody else in the meantime; look at it again"),
                    found=int(head["edits"]),
                    expected=based_on,
                )
            values = {"closed": closed, "changed_at": _now()}
            connection.execute(update(RosterDraftRow).where(RosterDraftRow.id == draft).values(values))
            write_audit(connection, who, action, f"draft {draft}", {"edits": int(head["edits"])})
            return _record(_head(connection, draft))


def _now() -> datetime:
    return datetime.now(UTC)


def _closed_words(how: str) -> str:
    if how == "published":
        return say("this draft is published already; begin a new one to change the roster further")
    return say("this draft was discarded")


def _head(connection: Connection, draft: int, *, lock: bool = False) -> RowMapping:
    query = select(*_HEAD).where(RosterDraftRow.id == draft)
    row = connection.execute(query.with_for_update() if lock else query).mappings().one_or_none()
    if row is None:
        raise BadInput(say("planning store: there is no roster draft {number}", number=draft))
    return row


def _record(row: RowMapping) -> DraftRecord:
    return DraftRecord(**{str(k): v for k, v in row.items()})


def _last_edits(
    connection: Connection, draft: int, based_on: int, cells: Mapping[tuple[str, date], CellChange]
) -> dict[tuple[str, date], CellEdit]:
    """The last edit after ``based_on`` of each of these cells that has one."""
    query = (
        select(*_EDIT)
        .where(RosterEditRow.draft_id == draft, RosterEditRow.number > based_on)
        .order_by(RosterEditRow.number)
    )
    found = {}
    for row in connection.execute(query).mappings():
        if (row["agent"], row["date"]) in cells:
            found[row["agent"], row["date"]] = CellEdit(**row)
    return found
