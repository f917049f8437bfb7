"""Tables of roster drafts: what each began from, and every change of a cell since."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wfm.store.models import NAME, Base

__all__ = ["RosterDraftRow", "RosterEditRow"]

BIG_KEY = BigInteger().with_variant(Integer, "sqlite")


class RosterDraftRow(Base):
    """A roster that is worked on and not published; ``edits`` counts its changes. The duties are a Parquet file."""

    __tablename__ = "roster_drafts"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    hotline: Mapped[str] = mapped_column(NAME)
    first: Mapped[date]
    last: Mapped[date]
    time_zone: Mapped[str] = mapped_column(NAME)
    origin: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(Text)
    duties: Mapped[bytes]
    posts: Mapped[list[Any] | None]
    edits: Mapped[int]
    who: Mapped[str] = mapped_column(NAME)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    closed: Mapped[str] = mapped_column(String(16))
    __table_args__ = (Index("ix_roster_drafts_hotline_first", "hotline", "first"),)


class RosterEditRow(Base):
    """One cell of a draft was changed; append-only. Cells changed together have the same ``step``."""

    __tablename__ = "roster_edits"
    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("roster_drafts.id"))
    number: Mapped[int]
    step: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    of_step: Mapped[int | None]
    agent: Mapped[str] = mapped_column(NAME)
    date: Mapped[date]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    who: Mapped[str] = mapped_column(NAME)
    at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("draft_id", "number", name="uq_roster_edits_draft_id_number"),)
