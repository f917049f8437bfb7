"""Who is signed in, and links that work once. Tokens stand in the store as digests only."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, and_, delete, insert, or_, select, update
from sqlalchemy.engine import RowMapping

from wfm.store.account_models import OnceLinkRow, SessionRow, UserRow
from wfm.store.account_records import USER_ROLES, AccountLimits, SessionRecord
from wfm.store.account_rows import digest, password_due
from wfm.store.audit import write_audit
from wfm.store.connection import reading, writing
from wfm.store.rows import insert_row

__all__ = ["SessionStore"]

_OWNER_LINK = "owner"
_NOTED_EVERY = timedelta(minutes=1)
"""So often at most, a request writes that the session is in use."""


class SessionStore:
    """Sessions of browsers, shared by all processes that serve."""

    def __init__(self, engine: Engine, limits: AccountLimits, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._limits = limits
        self._clock = clock

    def begin(self, connection: Connection, user: int | None, name: str, address: str, browser: str) -> str:
        """Open a session within a transaction; returns its token. ``user`` None: the owner of this machine."""
        now = self._clock()
        connection.execute(delete(SessionRow).where(self._over(now)))
        token = secrets.token_urlsafe(32)
        values: dict[str, Any] = {
            "digest": digest(token),
            "user_id": user,
            "owner": name[:80] if user is None else "",
            "address": address[:64],
            "browser": browser[:200],
            "began_at": now,
            "used_at": now,
            "ends_at": now + self._limits.longest,
        }
        number = insert_row(connection, SessionRow, values)
        write_audit(connection, name[:80], "sign in", f"session {number}", {"address": address, "link": user is None})
        return token

    def find(self, token: str, *, used: bool = False) -> SessionRecord | None:
        """The session of a token; None if there is none or it is over.

        ``used``: somebody is at the browser, so that the time until it ends for idleness begins anew.
        """
        if not token:
            return None
        now = self._clock()
        query = _sessions().where(SessionRow.digest == digest(token), ~self._over(now))
        with reading(self._engine) as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is None or row["disabled"]:
            return None
        if used and now - row["used_at"] >= _NOTED_EVERY:
            with writing(self._engine) as connection:
                connection.execute(update(SessionRow).where(SessionRow.id == row["id"]).values(used_at=now))
        return _record(row, self._limits, now)

    def all(self) -> list[SessionRecord]:
        """Sessions that are open, the last used first."""
        now = self._clock()
        query = _sessions().where(~self._over(now)).order_by(SessionRow.used_at.desc(), SessionRow.id.desc())
        with reading(self._engine) as connection:
            rows = connection.execute(query).mappings().all()
        return [_record(row, self._limits, now) for row in rows if not row["disabled"]]

    def end(self, token: str) -> None:
        """Sign out."""
        session = self.find(token)
        if session is not None:
            self._end(session.id, session.name, "sign out", {})

    def end_number(self, number: int, *, who: str = "") -> None:
        """End somebody's session."""
        found = next((s for s in self.all() if s.id == number), None)
        if found is not None:
            self._end(number, who, "end session", {"of": found.name})

    def _end(self, number: int, who: str, action: str, details: Mapping[str, Any]) -> None:
        with writing(self._engine) as connection:
            if connection.execute(delete(SessionRow).where(SessionRow.id == number)).rowcount:
                write_audit(connection, who, action, f"session {number}", details)

    def _over(self, now: datetime) -> Any:
        """Sessions that have ended by themselves. The owner's does not end for idleness: it needs a new link."""
        idle = and_(SessionRow.user_id.is_not(None), SessionRow.used_at <= now - self._limits.idle)
        return or_(SessionRow.ends_at <= now, idle)

    # Links that work once

    def make_link(self) -> str:
        """A token that opens one session for the owner of this machine."""
        token = secrets.token_urlsafe(24)
        self.keep_once(_OWNER_LINK, token, {}, self._limits.link)
        return token

    def follow_link(self, token: str, owner: str, *, address: str = "", browser: str = "") -> str | None:
        """A session for whoever brings the token of a link, which is used up by it; None for any other token."""
        with writing(self._engine) as connection:
            if self._take(connection, _OWNER_LINK, token) is None:
                return None
            return self.begin(connection, None, owner, address, browser)

    def withdraw_links(self) -> None:
        """Let no unused link of the owner open anything."""
        with writing(self._engine) as connection:
            connection.execute(delete(OnceLinkRow).where(OnceLinkRow.kind == _OWNER_LINK))

    def keep_once(self, kind: str, token: str, details: Mapping[str, Any], lasts: timedelta) -> None:
        """Keep something under a token until it is taken, or its time is over."""
        now = self._clock()
        values = {"digest": digest(token), "kind": kind, "details": dict(details), "ends_at": now + lasts}
        with writing(self._engine) as connection:
            connection.execute(delete(OnceLinkRow).where(OnceLinkRow.ends_at <= now))
            connection.execute(insert(OnceLinkRow).values(values))

    def take_once(self, kind: str, token: str) -> dict[str, Any] | None:
        """What was kept under the token, to the first who asks; None to everybody else."""
        with writing(self._engine) as connection:
            return self._take(connection, kind, token)

    def _take(self, connection: Connection, kind: str, token: str) -> dict[str, Any] | None:
        which = and_(OnceLinkRow.digest == digest(token), OnceLinkRow.kind == kind, OnceLinkRow.ends_at > self._clock())
        details = connection.execute(select(OnceLinkRow.details).where(which)).scalar_one_or_none()
        taken = connection.execute(delete(OnceLinkRow).where(which)).rowcount == 1
        return dict(details) if taken and details is not None else None


def _sessions() -> Any:
    user = UserRow.__table__.c
    told = (user.name, user.roles, user.agent, user.disabled, user.password, user.password_at, user.must_change)
    return select(SessionRow.__table__, *told).select_from(SessionRow).outerjoin(UserRow)


def _record(row: RowMapping, limits: AccountLimits, now: datetime) -> SessionRecord:
    own = row["user_id"] is None
    return SessionRecord(
        id=row["id"],
        user=row["user_id"],
        name=row["owner"] if own else row["name"],
        roles=USER_ROLES if own else tuple(row["roles"]),
        agent="" if own else row["agent"],
        must_change=not own and password_due(row, limits, now),
        address=row["address"],
        browser=row["browser"],
        began_at=row["began_at"],
        used_at=row["used_at"],
        ends_at=row["ends_at"],
    )
