"""Table of the links under which calendars read one person's duties."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wfm.store.models import NAME, Base

__all__ = ["CalendarLinkRow"]


class CalendarLinkRow(Base):
    """A link to one person's duties. Of its token the store holds the SHA-256 alone."""

    __tablename__ = "calendar_links"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    hotline: Mapped[str] = mapped_column(NAME)
    agent: Mapped[str] = mapped_column(NAME)
    who: Mapped[str] = mapped_column(NAME)
    made_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("digest", name="uq_calendar_links_digest"),
        Index("ix_calendar_links_hotline_agent", "hotline", "agent"),
    )
