"""Tables of the planning store as typed SQLAlchemy models; they never leave this package."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

__all__ = [
    "AuditHeadRow",
    "AuditRow",
    "Base",
    "DutyRow",
    "ForecastRow",
    "Moment",
    "PlanRow",
    "RosterRow",
    "RosterVersionRow",
]

NAME = String(80)


class Moment(TypeDecorator[datetime]):
    """A moment: timezone-aware in Python, UTC in the database (SQLite keeps no time zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC; naive for SQLite."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone, found {value}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Timezone-aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables, with constraint names that migrations can refer to on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        dict[str, Any]: JSON,
        list[Any]: JSON,
        datetime: Moment,
        date: Date,
        bytes: LargeBinary,
    }


class PlanRow(Base):
    """A finished plan; its tables and report lie in ``folder``."""

    __tablename__ = "plans"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    hotline: Mapped[str] = mapped_column(NAME, index=True)
    first: Mapped[date]
    days: Mapped[int]
    seed: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[str] = mapped_column(NAME)
    inputs: Mapped[dict[str, Any]]
    folder: Mapped[str] = mapped_column(Text)
    scorecard: Mapped[list[Any]]
    created_at: Mapped[datetime]


class RosterRow(Base):
    """A roster; ``version`` is its latest version, checked when a new one is saved."""

    __tablename__ = "rosters"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    hotline: Mapped[str] = mapped_column(NAME)
    first: Mapped[date]
    last: Mapped[date]
    time_zone: Mapped[str] = mapped_column(NAME)
    version: Mapped[int]
    published_version: Mapped[int | None]
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plans.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    __table_args__ = (Index("ix_rosters_hotline_first", "hotline", "first"),)


class RosterVersionRow(Base):
    """One version of a roster; never changed after it is written."""

    __tablename__ = "roster_versions"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    roster_id: Mapped[int] = mapped_column(ForeignKey("rosters.id"))
    version: Mapped[int]
    who: Mapped[str] = mapped_column(NAME)
    note: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("roster_id", "version", name="uq_roster_versions_roster_id_version"),)


class DutyRow(Base):
    """One duty of one roster version (columns of ``tables.DUTIES``)."""

    __tablename__ = "duties"
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    roster_version_id: Mapped[int] = mapped_column(ForeignKey("roster_versions.id"))
    agent: Mapped[str] = mapped_column(NAME)
    date: Mapped[date]
    shift: Mapped[str] = mapped_column(NAME)
    group: Mapped[str] = mapped_column("agent_group", NAME)
    post: Mapped[str] = mapped_column(NAME)
    role: Mapped[str] = mapped_column(String(8))
    start: Mapped[datetime] = mapped_column("starts_at")
    end: Mapped[datetime] = mapped_column("ends_at")
    breaks: Mapped[str] = mapped_column(Text)
    remote: Mapped[bool] = mapped_column(Boolean)
    __table_args__ = (
        UniqueConstraint("roster_version_id", "agent", "starts_at", "role", name="uq_duties_version_agent_start_role"),
    )


class ForecastRow(Base):
    """A forecast with the moment it was made from; never overwritten. The summary is a Parquet file."""

    __tablename__ = "forecasts"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    hotline: Mapped[str] = mapped_column(NAME)
    origin: Mapped[datetime]
    first: Mapped[date]
    days: Mapped[int]
    interval_min: Mapped[int]
    model: Mapped[str] = mapped_column(NAME)
    seed: Mapped[int] = mapped_column(BigInteger)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plans.id"))
    summary: Mapped[bytes]
    created_at: Mapped[datetime]
    __table_args__ = (Index("ix_forecasts_hotline_first", "hotline", "first"),)


class AuditRow(Base):
    """Who did what to what, and when; append-only. Each entry holds the digest of the one before and its own."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    who: Mapped[str] = mapped_column(NAME)
    action: Mapped[str] = mapped_column(NAME)
    object: Mapped[str] = mapped_column(String(120))
    details: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class AuditHeadRow(Base):
    """The one row that says where the audit's chain ends, and up to which entry its beginning was removed."""

    __tablename__ = "audit_head"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    last_id: Mapped[int] = mapped_column(BigInteger)
    last_digest: Mapped[str] = mapped_column(String(64))
    removed_id: Mapped[int] = mapped_column(BigInteger)
    removed_digest: Mapped[str] = mapped_column(String(64))
