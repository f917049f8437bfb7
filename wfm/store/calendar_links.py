"""Links under which a calendar reads one person's duties: one a person, made anew or withdrawn at any time."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, insert, select, update

from wfm.store.audit import write_audit
from wfm.store.calendar_models import CalendarLinkRow
from wfm.store.connection import reading, writing

__all__ = ["CalendarLink", "CalendarLinks", "end_links_of"]


@dataclass(frozen=True, slots=True)
class CalendarLink:
    """A link that works: whose duties it shows, who made it and when. The token itself is known to its holder alone."""

    hotline: str
    agent: str
    who: str
    made_at: datetime


class CalendarLinks:
    """The links of one store; every change stands in the audit."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def make(self, hotline: str, agent: str, *, who: str = "") -> str:
        """A new token for the person's duties; the one before works no more. It is shown once and kept as a digest."""
        token = secrets.token_urlsafe(32)
        now = datetime.now(UTC)
        with writing(self._engine) as connection:
            _withdraw(connection, hotline, agent, now)
            values = {"digest": _digest(token), "hotline": hotline, "agent": agent, "who": who[:80], "made_at": now}
            connection.execute(insert(CalendarLinkRow).values(values))
            write_audit(connection, who, "make calendar link", f"{hotline} {agent}"[:120], {})
        return token

    def withdraw(self, hotline: str, agent: str, *, who: str = "") -> bool:
        """Have the person's link work no more. Returns whether there was one."""
        with writing(self._engine) as connection:
            found = _withdraw(connection, hotline, agent, datetime.now(UTC))
            if found:
                write_audit(connection, who, "withdraw calendar link", f"{hotline} {agent}"[:120], {})
        return found

    def of(self, hotline: str, agent: str) -> CalendarLink | None:
        """The person's link; None if none works."""
        table = CalendarLinkRow.__table__
        query = select(table.c.hotline, table.c.agent, table.c.who, table.c.made_at).where(
            CalendarLinkRow.hotline == hotline, CalendarLinkRow.agent == agent, CalendarLinkRow.withdrawn_at.is_(None)
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else CalendarLink(**row)

    def find(self, token: str) -> CalendarLink | None:
        """Whose duties the token shows; None where it works no more or never did."""
        table = CalendarLinkRow.__table__
        query = select(table.c.hotline, table.c.agent, table.c.who, table.c.made_at).where(
            CalendarLinkRow.digest == _digest(token), CalendarLinkRow.withdrawn_at.is_(None)
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).mappings().one_or_none()
        return None if row is None else CalendarLink(**row)


def end_links_of(connection: Connection, who: str, now: datetime) -> int:
    """Withdraw every link that somebody made, as when the account ends; returns how many worked until then."""
    changed = connection.execute(
        update(CalendarLinkRow)
        .where(CalendarLinkRow.who == who[:80], CalendarLinkRow.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
    )
    return changed.rowcount


def _withdraw(connection: Connection, hotline: str, agent: str, now: datetime) -> bool:
    changed = connection.execute(
        update(CalendarLinkRow)
        .where(
            CalendarLinkRow.hotline == hotline, CalendarLinkRow.agent == agent, CalendarLinkRow.withdrawn_at.is_(None)
        )
        .values(withdrawn_at=now)
    )
    return changed.rowcount > 0


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
