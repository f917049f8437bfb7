"""How the planning store stands, and its upgrade: what ``wfm db`` shows and does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, func, make_url, select, table
from sqlalchemy.exc import ArgumentError

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.store.connection import connect_engine, default_url, reading, shown_url
from wfm.store.models import AuditHeadRow, Base
from wfm.store.safety_copy import copy_store
from wfm.store.schema import latest_revision, migrate, schema_state

__all__ = ["StoreStatus", "store_status", "upgrade_store"]


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """Where the store lies, its schema revision and how many rows its tables hold.

    ``state``: ``absent`` (no file yet), ``empty``, ``current``, ``older`` (needs ``wfm db upgrade``)
    or ``unknown`` (a later version made it, or another program).
    """

    place: str
    database: str
    state: str
    revision: str | None
    latest: str
    rows: dict[str, int]


def store_status(url: str | None = None) -> StoreStatus:
    """Look at the store without changing it; a missing file is not created.

    Raises:
        BadInput: the store cannot be opened.
    """
    address = url or default_url()
    missing = _missing_file(address)
    if missing is not None:
        return StoreStatus(str(missing), "sqlite", "absent", None, latest_revision(), {})
    engine = connect_engine(address)
    state, revision = schema_state(engine)
    rows = _rows(engine) if state == "current" else {}
    return StoreStatus(shown_url(engine), engine.dialect.name, state, revision, latest_revision(), rows)


def upgrade_store(url: str | None = None) -> tuple[StoreStatus, Path | None]:
    """Bring the store to the latest schema, creating it if need be.

    An SQLite store of an earlier version is copied first, to a file beside it that stays.

    Returns:
        its status afterwards, and the copy.

    Raises:
        BadInput: the store cannot be opened or written, or is of unknown kind.
    """
    engine = connect_engine(url or default_url())
    state, revision = schema_state(engine)
    copy = copy_store(engine, revision) if state == "older" and revision else None
    state, revision = migrate(engine)
    if state == "unknown":
        raise BadInput(
            say(
                "{place}: no planning store of this version ({found}); a later version made it, or another program",
                place=shown_url(engine),
                found=revision or "–",
            )
        )
    return store_status(url), copy


def _missing_file(address: str) -> Path | None:
    try:
        parsed = make_url(address)
    except ArgumentError:
        return None
    if parsed.get_backend_name() != "sqlite" or not parsed.database or Path(parsed.database).exists():
        return None
    return Path(parsed.database)


def _rows(engine: Engine) -> dict[str, int]:
    with reading(engine) as connection:
        return {
            name: int(connection.execute(select(func.count()).select_from(table(name))).scalar_one())
            for name in sorted(Base.metadata.tables)
            if name != AuditHeadRow.__tablename__
        }
