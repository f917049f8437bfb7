"""Tables of long work: jobs with their progress and result, and the processes that do them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from wfm.store.models import NAME, Base

__all__ = ["JobRow", "JobWorkerRow"]


class JobRow(Base):
    """A piece of long work: who asked for it, how far it is, and what came of it."""

    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(NAME)
    title: Mapped[dict[str, Any]]
    hotline: Mapped[str] = mapped_column(NAME)
    parameters: Mapped[dict[str, Any]]
    owner: Mapped[str] = mapped_column(NAME)
    language: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(16))
    stage: Mapped[dict[str, Any]]
    done: Mapped[int]
    total: Mapped[int]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    worker: Mapped[str] = mapped_column(String(120))
    attempts: Mapped[int]
    cancel_asked: Mapped[bool] = mapped_column(Boolean)
    again_of: Mapped[int | None]
    result: Mapped[dict[str, Any]]
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    fault: Mapped[str] = mapped_column(String(16))
    __table_args__ = (Index("ix_jobs_state_created", "state", "created_at"), Index("ix_jobs_kind", "kind", "hotline"))


class JobWorkerRow(Base):
    """A process that does jobs, while it lives."""

    __tablename__ = "job_workers"
    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    started_at: Mapped[datetime]
    heartbeat_at: Mapped[datetime]
