"""Tables of accounts: users, their sessions, links that work once, and failed sign-ins."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wfm.store.models import NAME, Base

__all__ = ["FailedSignInRow", "OnceLinkRow", "SessionRow", "UserRow"]

DIGEST = String(64)
"""A SHA-256 in hexadecimal: of tokens, the store holds nothing else."""


class UserRow(Base):
    """Somebody who may sign in. ``name_key`` is the name without regard to case and width."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(NAME)
    name_key: Mapped[str] = mapped_column(NAME)
    roles: Mapped[list[Any]]
    agent: Mapped[str] = mapped_column(NAME)
    disabled: Mapped[bool] = mapped_column(Boolean)
    password: Mapped[str] = mapped_column(Text)
    """Argon2 hash; empty: signs in through the organisation's own service only."""
    earlier_passwords: Mapped[list[Any]]
    password_at: Mapped[datetime | None]
    must_change: Mapped[bool] = mapped_column(Boolean)
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str | None] = mapped_column(String(255))
    """Who this is to the service at ``issuer``; NULL until the first sign-in through it."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("name_key", name="uq_users_name_key"),
        UniqueConstraint("issuer", "subject", name="uq_users_issuer_subject"),
    )


class SessionRow(Base):
    """A browser that is signed in. ``user_id`` NULL: whoever started the dashboard on this machine."""

    __tablename__ = "sessions"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    digest: Mapped[str] = mapped_column(DIGEST)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    owner: Mapped[str] = mapped_column(NAME)
    address: Mapped[str] = mapped_column(String(64))
    browser: Mapped[str] = mapped_column(String(200))
    began_at: Mapped[datetime]
    used_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("digest", name="uq_sessions_digest"),)


class OnceLinkRow(Base):
    """Something that works once: the owner's link, or a sign-in that is on its way through another service."""

    __tablename__ = "sign_in_links"
    digest: Mapped[str] = mapped_column(DIGEST, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    details: Mapped[dict[str, Any]]
    ends_at: Mapped[datetime]


class FailedSignInRow(Base):
    """A sign-in that failed. The name stands as a digest: people also type their password there."""

    __tablename__ = "sign_in_attempts"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(DIGEST)
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    __table_args__ = (
        Index("ix_sign_in_attempts_name_at", "name", "at"),
        Index("ix_sign_in_attempts_address_at", "address", "at"),
    )
