"""The audit: who did what to what, and when. Rows are only ever added, and each seals the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import RowMapping

from wfm.store.models import AuditHeadRow, AuditRow

__all__ = ["entry_digest", "write_audit"]


def write_audit(connection: Connection, who: str, action: str, thing: str, details: Mapping[str, Any]) -> None:
    """Add an entry within the transaction of what it tells of.

    The head of the chain is locked until that transaction ends, so that writers at the same time make one chain.
    """
    head = connection.execute(select(AuditHeadRow.__table__).with_for_update()).mappings().one()
    values: dict[str, Any] = {
        "id": head["last_id"] + 1,
        "at": datetime.now(UTC),
        "who": who,
        "action": action,
        "object": thing,
        "details": json.loads(json.dumps(dict(details))),  # as it will be read back
    }
    digest = entry_digest(head["last_digest"], values)
    connection.execute(insert(AuditRow).values({**values, "previous": head["last_digest"], "digest": digest}))
    connection.execute(update(AuditHeadRow).values(last_id=values["id"], last_digest=digest))


def entry_digest(previous: str, entry: Mapping[str, Any] | RowMapping) -> str:
    """SHA-256 in hexadecimal of an entry and the digest of the one before.

    Of the JSON list previous, number, moment (ISO 8601, UTC, with microseconds), who, action, object, details;
    keys in order, no spaces, UTF-8: anybody can compute it without this product.
    """
    at: datetime = entry["at"]
    told = [previous, entry["id"], at.astimezone(UTC).isoformat(timespec="microseconds")]
    told += [entry["who"], entry["action"], entry["object"], entry["details"]]
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
