"""Tables of the scheduler's month: requests, publications, swaps, attendance, settlements."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wfm.store.models import NAME, Base

__all__ = ["AttendanceRow", "MonthRow", "PublicationRow", "RequestRow", "RosterPostsRow", "SettlementRow", "SwapRow"]

BIG_KEY = BigInteger().with_variant(Integer, "sqlite")


class MonthRow(Base):
    """A roster's month; ``version`` is counted up by every change of it."""

    __tablename__ = "months"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    hotline: Mapped[str] = mapped_column(NAME)
    first: Mapped[date]
    last: Mapped[date]
    roster_id: Mapped[int | None] = mapped_column(ForeignKey("rosters.id"))
    version: Mapped[int]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("hotline", "first", name="uq_months_hotline_first"),)


class RosterPostsRow(Base):
    """The posts that a roster was to fill."""

    __tablename__ = "roster_posts"
    roster_id: Mapped[int] = mapped_column(ForeignKey("rosters.id"), primary_key=True)
    posts: Mapped[list[Any]]


class PublicationRow(Base):
    """A version of a roster was made known; append-only."""

    __tablename__ = "publications"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    roster_id: Mapped[int] = mapped_column(ForeignKey("rosters.id"))
    version: Mapped[int]
    content: Mapped[str] = mapped_column(String(16))
    late: Mapped[bool] = mapped_column(Boolean)
    who: Mapped[str] = mapped_column(NAME)
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("roster_id", "version", name="uq_publications_roster_id_version"),)


class RequestRow(Base):
    """Leave, a busy time or a wish that came in for a month, or the withdrawal of one; append-only."""

    __tablename__ = "requests"
    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    month_id: Mapped[int] = mapped_column(ForeignKey("months.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    agent: Mapped[str] = mapped_column(NAME)
    details: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    late: Mapped[bool] = mapped_column(Boolean)
    who: Mapped[str] = mapped_column(NAME)


class SwapRow(Base):
    """A swap that was asked for, and what came of it."""

    __tablename__ = "swaps"
    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    month_id: Mapped[int] = mapped_column(ForeignKey("months.id"), index=True)
    asked: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(16))
    reasons: Mapped[list[Any]]
    roster_version: Mapped[int | None]
    who: Mapped[str] = mapped_column(NAME)
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class AttendanceRow(Base):
    """Somebody was signed in; append-only."""

    __tablename__ = "attendance"
    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    hotline: Mapped[str] = mapped_column(NAME)
    agent: Mapped[str] = mapped_column(NAME)
    signed_in: Mapped[datetime]
    signed_out: Mapped[datetime]
    who: Mapped[str] = mapped_column(NAME)
    at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("hotline", "agent", "signed_in", name="uq_attendance_hotline_agent_signed_in"),)


class SettlementRow(Base):
    """What a month cost; append-only, one a month."""

    __tablename__ = "settlements"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    month_id: Mapped[int] = mapped_column(ForeignKey("months.id"))
    amount: Mapped[str] = mapped_column(String(40))
    people: Mapped[list[Any]]
    who: Mapped[str] = mapped_column(NAME)
    at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("month_id", name="uq_settlements_month_id"),)
