"""Reading the audit: by who, what and when; whether its chain is whole; and removing what need not be kept."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Engine, delete, func, or_, select, update

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.store.audit import entry_digest, write_audit
from wfm.store.connection import reading, writing
from wfm.store.models import AuditHeadRow, AuditRow
from wfm.store.records import AuditEntry

__all__ = ["KEPT_DAYS", "KEPT_DAYS_MIN", "REMOVAL", "AuditAsked", "AuditCheck", "AuditTrail", "audit_sentence"]

KEPT_DAYS = 3 * 365
"""So long entries are kept unless somebody says otherwise."""
KEPT_DAYS_MIN = 183
"""Six months, as the Cybersecurity Law (网络安全法 §21) asks for; the database itself refuses to remove younger ones."""
REMOVAL = "remove audit entries"

Fault = Literal["beginning", "changed", "missing", "end", "removal", "not noted"]
"""The beginning was removed otherwise than by command; an entry was changed; one is missing; entries at the end are
missing; the entry that tells of a removal does not; the noted digest stands nowhere."""


@dataclass(frozen=True, slots=True)
class AuditAsked:
    """Which entries: by who, part of the action or of the thing, from ``since`` until before ``until``.

    ``named``: actions that ``text`` means too, as where it is a word of theirs in another language.
    """

    who: str = ""
    action: str = ""
    text: str = ""
    named: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """What a check of the chain found.

    Attributes:
        entries: how many entries there are.
        first: when the first one was written; None without entries.
        removed: number of the last entry that was removed by command; 0 if none was.
        digest: the last entry's; noted elsewhere, it proves later that nothing before was changed.
        fault: what is wrong; None if the chain is whole.
        at: number of the entry where that shows.
    """

    entries: int
    first: datetime | None
    removed: int
    digest: str
    fault: Fault | None = None
    at: int | None = None


def audit_sentence(found: AuditCheck) -> str:
    """What a check of the chain found, in one sentence."""
    if found.fault is None:
        if not found.removed:
            return say("{entries} entries, none changed and none missing.", entries=found.entries)
        return say(
            "{entries} entries, none changed and none missing; older ones, up to number {removed}, were removed by command.",
            entries=found.entries,
            removed=found.removed,
        )
    if found.fault == "changed":
        return say("Entry {number} was changed after it was written.", number=found.at)
    if found.fault in ("beginning", "missing"):
        return say("Entries before number {number} are missing, and no command removed them.", number=found.at)
    if found.fault == "end":
        return say("The latest entries are missing, from number {number} on.", number=found.at or 1)
    if found.fault == "removal":
        return say("The beginning is missing, and the entry that would tell of its removal does not.")
    return say("The chain is whole, but the noted digest stands nowhere in it: it is another chain.")


class AuditTrail:
    """The audit of one store, for those who look into it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def note(self, who: str, action: str, thing: str, details: Mapping[str, Any] | None = None) -> None:
        """Write an entry of something that changes nothing in the store, as an export of names."""
        with writing(self._engine) as connection:
            write_audit(connection, who[:80], action, thing[:120], details or {})

    def entries(
        self, asked: AuditAsked | None = None, *, offset: int = 0, limit: int | None = None
    ) -> list[AuditEntry]:
        """Entries, the latest first."""
        columns = [c for c in AuditRow.__table__.columns if c.name not in ("previous", "digest")]
        query = select(*columns).where(*_where(asked)).order_by(AuditRow.id.desc()).offset(offset).limit(limit)
        with reading(self._engine) as connection:
            return [AuditEntry(**row) for row in connection.execute(query).mappings()]

    def count(self, asked: AuditAsked | None = None) -> int:
        """How many entries there are."""
        with reading(self._engine) as connection:
            query = select(func.count()).select_from(AuditRow).where(*_where(asked))
            return int(connection.execute(query).scalar_one())

    def people(self) -> list[str]:
        """Everybody who stands in the audit."""
        return self._distinct(AuditRow.__table__.c.who)

    def actions(self) -> list[str]:
        """Everything that was done."""
        return self._distinct(AuditRow.__table__.c.action)

    def _distinct(self, column: Any) -> list[str]:
        with reading(self._engine) as connection:
            return [str(v) for v in connection.execute(select(column).distinct().order_by(column)).scalars() if v]

    def check(self, noted: str = "") -> AuditCheck:
        """Whether the chain is whole: every digest is computed anew. ``noted``: a digest that must stand in it."""
        audit, head = AuditRow.__table__, AuditHeadRow.__table__
        with reading(self._engine) as connection, ExitStack() as kept:
            end = connection.execute(select(head)).mappings().one_or_none()
            if end is None:
                return AuditCheck(0, None, 0, "", "end", None)
            query = select(audit).where(audit.c.id <= end["last_id"]).order_by(audit.c.id)
            rows = kept.enter_context(connection.execute(query, execution_options={"yield_per": 1000})).mappings()
            before, entries, first, number = end["removed_digest"], 0, None, end["removed_id"]
            removal: tuple[int, str] = (0, "")
            seen = not noted or noted == before

            def found(fault: Fault | None = None, at: int | None = None) -> AuditCheck:
                return AuditCheck(entries, first, end["removed_id"], before, fault, at)

            for row in rows:
                if row["previous"] != before:
                    return found("missing" if entries else "beginning", row["id"])
                if entry_digest(before, row) != row["digest"]:
                    return found("changed", row["id"])
                first, before, number = first or row["at"], row["digest"], row["id"]
                entries, seen = entries + 1, seen or noted == before
                if row["action"] == REMOVAL:
                    removal = (row["details"].get("through", 0), row["details"].get("digest", ""))
            if number != end["last_id"] or before != end["last_digest"]:
                return found("end", number + 1)
            if (end["removed_id"], end["removed_digest"]) != removal:
                return found("removal", None)
            return found() if seen else found("not noted", None)

    def remove_older(self, days: int = KEPT_DAYS, *, who: str = "") -> int:
        """Remove entries that are older; what is left can still be verified. Returns how many were removed.

        Raises:
            BadInput: fewer days than must be kept.
        """
        if days < KEPT_DAYS_MIN:
            raise BadInput(
                say("audit: entries are kept at least {least} days, found {found}", least=KEPT_DAYS_MIN, found=days)
            )
        cutoff = datetime.now(UTC) - timedelta(days=days)
        with writing(self._engine) as connection:
            head = connection.execute(select(AuditHeadRow.__table__).with_for_update()).mappings().one()
            young = connection.execute(select(func.min(AuditRow.id)).where(AuditRow.at >= cutoff)).scalar_one()
            old = select(AuditRow.id, AuditRow.digest).order_by(AuditRow.id.desc()).limit(1)
            old = old.where(AuditRow.id < young) if young is not None else old
            last = connection.execute(old).mappings().one_or_none()
            if last is None:
                return 0
            through, digest = int(last["id"]), str(last["digest"])
            connection.execute(update(AuditHeadRow).values(removed_id=through, removed_digest=digest))
            count = connection.execute(delete(AuditRow).where(AuditRow.id <= through)).rowcount
            details = {"through": through, "digest": digest, "entries": count, "days": days}
            thing = f"entries {head['removed_id'] + 1} to {through}"
            write_audit(connection, who, REMOVAL, thing, details)
            return count


def _where(asked: AuditAsked | None) -> list[ColumnElement[bool]]:
    if asked is None:
        return []
    conditions: list[ColumnElement[bool]] = []
    if asked.who:
        conditions.append(AuditRow.who == asked.who)
    if asked.action:
        conditions.append(AuditRow.action == asked.action)
    if asked.text:
        text = asked.text.lower()
        names = (AuditRow.who, AuditRow.action, AuditRow.object)
        said = [func.lower(c).contains(text, autoescape=True) for c in names]
        conditions.append(or_(*said, AuditRow.action.in_(asked.named)))
    if asked.since is not None:
        conditions.append(AuditRow.at >= asked.since)
    if asked.until is not None:
        conditions.append(AuditRow.at < asked.until)
    return conditions
