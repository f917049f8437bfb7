"""Rows of users and of failed sign-ins, as the account stores read and write them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select
from sqlalchemy.engine import RowMapping

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.store.account_models import FailedSignInRow, SessionRow, UserRow
from wfm.store.account_records import USER_ROLES, AccountLimits, User
from wfm.store.passwords import name_key

__all__ = [
    "clean_agent",
    "clean_name",
    "clean_roles",
    "digest",
    "end_sessions_of",
    "find_user",
    "forget_failures",
    "locked_until",
    "note_failure",
    "password_due",
    "read_user",
    "user_record",
]

_NAME = re.compile(r"[\w.@-][\w.@ -]{0,62}[\w.@-]|\w", re.UNICODE)
_FAILURES_KEPT = timedelta(days=1)
AGENT_LENGTH_MAX = 80


def digest(secret: str) -> str:
    """What the store holds of a token: SHA-256; a token is random and long, so that nothing slower is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def clean_name(name: str) -> str:
    """The name as it is kept.

    Raises:
        BadInput: it is no name.
    """
    found = " ".join(name.split())
    if not _NAME.fullmatch(found):
        raise BadInput(
            say(
                "user name {name!r}: 1 to 64 letters, digits, and . _ @ - or single spaces between them are allowed",
                name=name,
            )
        )
    return found


def clean_agent(number: str) -> str:
    """The number in the roster as it is kept; empty if there is none.

    Raises:
        BadInput: nobody has such a number.
    """
    found = number.strip()
    if len(found) > AGENT_LENGTH_MAX or not found.isprintable():
        raise BadInput(
            say(
                "number in the roster: found {found!r}, allowed are at most {most} characters that can be printed",
                found=found[:40],
                most=AGENT_LENGTH_MAX,
            )
        )
    return found


def clean_roles(roles: Sequence[str]) -> list[str]:
    """The roles, each once, in their fixed order.

    Raises:
        BadInput: there is none, or one of them is unknown.
    """
    unknown = [role for role in roles if role not in USER_ROLES]
    if unknown or not roles:
        raise BadInput(
            say(
                "role: found {found}, allowed are {allowed}",
                found=", ".join(unknown) or "–",
                allowed=", ".join(USER_ROLES),
            )
        )
    return [role for role in USER_ROLES if role in roles]


def find_user(connection: Connection, name: str) -> RowMapping | None:
    """The user of this name, in any spelling; None if there is none."""
    query = select(UserRow.__table__).where(UserRow.name_key == name_key(name)[:80])
    return connection.execute(query).mappings().one_or_none()


def read_user(connection: Connection, name: str) -> RowMapping:
    """The user of this name, locked until the transaction ends.

    Raises:
        BadInput: there is none.
    """
    query = select(UserRow.__table__).where(UserRow.name_key == name_key(name)[:80]).with_for_update()
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise BadInput(say("there is no user {name}", name=name))
    return row


def password_due(row: RowMapping, limits: AccountLimits, now: datetime) -> bool:
    """Whether a new password must be chosen before anything else."""
    if not row["password"]:
        return False
    aged = limits.password_age is not None and row["password_at"] + limits.password_age < now
    return bool(row["must_change"] or aged)


def user_record(row: RowMapping, limits: AccountLimits, now: datetime, until: datetime | None = None) -> User:
    """The plain value of a user's row."""
    return User(
        id=row["id"],
        name=row["name"],
        roles=tuple(row["roles"]),
        agent=row["agent"],
        disabled=row["disabled"],
        has_password=bool(row["password"]),
        must_change=password_due(row, limits, now),
        password_at=row["password_at"],
        issuer=row["issuer"],
        created_at=row["created_at"],
        changed_at=row["changed_at"],
        signed_in_at=row["signed_in_at"],
        locked_until=until,
    )


def end_sessions_of(connection: Connection, user: int, *, but: str | None = None) -> int:
    """End all sessions of a user, but the one with this digest; returns how many."""
    which = delete(SessionRow).where(SessionRow.user_id == user)
    if but is not None:
        which = which.where(SessionRow.digest != but)
    return connection.execute(which).rowcount


def note_failure(connection: Connection, name: str, address: str, now: datetime) -> None:
    """Count a sign-in as failed; those of yesterday are forgotten."""
    connection.execute(delete(FailedSignInRow).where(FailedSignInRow.at < now - _FAILURES_KEPT))
    values: dict[str, Any] = {"name": digest(name_key(name)), "address": address[:64], "at": now}
    connection.execute(insert(FailedSignInRow).values(values))


def forget_failures(connection: Connection, name: str) -> None:
    """Begin to count anew for a name."""
    connection.execute(delete(FailedSignInRow).where(FailedSignInRow.name == digest(name_key(name))))


def locked_until(
    connection: Connection, name: str, limits: AccountLimits, now: datetime, address: str | None = None
) -> datetime | None:
    """Until when the name, or the address, is locked; None if it is not."""
    ends = [_lock(connection, FailedSignInRow.name == digest(name_key(name)), limits.lock_after, limits, now)]
    if address is not None:
        of_address = FailedSignInRow.address == address[:64]
        ends.append(_lock(connection, of_address, limits.lock_address_after, limits, now))
    return max((end for end in ends if end is not None), default=None)


def _lock(
    connection: Connection, which: ColumnElement[bool], after: int, limits: AccountLimits, now: datetime
) -> datetime | None:
    query = select(FailedSignInRow.at).where(which).order_by(FailedSignInRow.at.desc()).limit(after)
    times = list(connection.execute(query).scalars())
    if len(times) < after or times[0] - times[-1] > limits.lock_span:
        return None
    end: datetime = times[0] + limits.lock_span
    return end if now < end else None
