"""What the store gives back of accounts: plain values, without any secret."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta

from wfm.errors import BadInput
from wfm.i18n import say

__all__ = [
    "ADMINISTRATOR",
    "USER_ROLES",
    "AccountLimits",
    "SessionRecord",
    "SignInRefused",
    "User",
]

USER_ROLES = ("manager", "scheduler", "operations", "analyst", "viewer", "agent")
ADMINISTRATOR = "manager"
"""The role that manages the others; one user of this role always stays."""


class SignInRefused(BadInput):
    """A sign-in was refused. The sentence tells nobody whether the name exists; ``until``: when to try again."""

    def __init__(self, sentence: str, *, until: datetime | None = None) -> None:
        super().__init__(sentence)
        self.until = until


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in. ``agent``: the number in the roster, empty if none."""

    id: int
    name: str
    roles: tuple[str, ...]
    agent: str
    disabled: bool
    has_password: bool
    must_change: bool
    """Whether a new password is due: it was given by somebody else, or is too old."""
    password_at: datetime | None
    issuer: str
    created_at: datetime
    changed_at: datetime
    signed_in_at: datetime | None
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A browser that is signed in. ``user`` None: whoever started the dashboard on this machine, ``name`` by the system."""

    id: int
    user: int | None
    name: str
    roles: tuple[str, ...]
    agent: str
    must_change: bool
    address: str
    browser: str
    began_at: datetime
    used_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class AccountLimits:
    """How long things hold.

    Attributes:
        idle: a session ends after this long without anybody at it.
        longest: a session ends after this long in any case.
        password_age: a password must be changed after this long; None: never.
        lock_after: failures for one name within ``lock_span`` that lock it.
        lock_address_after: the same for one address, from which many may sign in.
        lock_span: see ``lock_after``; the lock holds as long from the last failure.
        link: the owner's unused link works this long.
    """

    idle: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=12)
    password_age: timedelta | None = timedelta(days=90)
    lock_after: int = 5
    lock_address_after: int = 50
    lock_span: timedelta = timedelta(minutes=15)
    link: timedelta = timedelta(days=7)

    @classmethod
    def from_environ(cls) -> AccountLimits:
        """With ``WFM_SESSION_IDLE_MIN``, ``WFM_SESSION_MAX_H`` and ``WFM_PASSWORD_MAX_DAYS`` (0: never).

        Raises:
            BadInput: one of them is no whole number, or out of its bounds.
        """
        days = _number("WFM_PASSWORD_MAX_DAYS", 90, 0, 3650)
        return cls(
            idle=timedelta(minutes=_number("WFM_SESSION_IDLE_MIN", 30, 1, 24 * 60)),
            longest=timedelta(hours=_number("WFM_SESSION_MAX_H", 12, 1, 24 * 31)),
            password_age=timedelta(days=days) if days else None,
        )


def _number(name: str, default: int, least: int, most: int) -> int:
    told = os.environ.get(name, "").strip()
    if not told:
        return default
    if not told.isascii() or not told.isdigit() or not least <= int(told) <= most:
        raise BadInput(
            say("{name}: found {found!r}, allowed are {least} to {most}", name=name, found=told, least=least, most=most)
        )
    return int(told)
