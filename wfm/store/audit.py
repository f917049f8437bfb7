"""The audit: who did what to what, and when. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert

from wfm.store.models import AuditRow

__all__ = ["write_audit"]


def write_audit(connection: Connection, who: str, action: str, thing: str, details: Mapping[str, Any]) -> None:
    """Add an entry within the transaction of what it tells of."""
    values = {"at": datetime.now(UTC), "who": who, "action": action, "object": thing, "details": dict(details)}
    connection.execute(insert(AuditRow).values(values))
