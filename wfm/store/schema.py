"""The store's schema: which revision a database has, and how it comes to the latest one."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from wfm.store.connection import reading, writing

__all__ = ["SchemaState", "latest_revision", "migrate", "schema_state"]

SchemaState = Literal["empty", "current", "older", "unknown"]
"""No tables; the latest revision; an earlier one; a later one or no planning store at all."""

MIGRATIONS = Path(__file__).parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@cache
def latest_revision() -> str:
    """Revision that this version of the product works with."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


@cache
def _known_revisions() -> frozenset[str]:
    return frozenset(r.revision for r in ScriptDirectory.from_config(_config()).walk_revisions())


def _state(connection: Connection) -> tuple[SchemaState, str | None]:
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        return ("unknown" if inspect(connection).get_table_names() else "empty"), None
    if revision == latest_revision():
        return "current", revision
    return ("older" if revision in _known_revisions() else "unknown"), revision


def schema_state(engine: Engine) -> tuple[SchemaState, str | None]:
    """How the database stands to this version, and its revision."""
    with reading(engine) as connection:
        return _state(connection)


def migrate(engine: Engine, *, only_empty: bool = False) -> tuple[SchemaState, str | None]:
    """Bring the database to the latest revision, in one transaction; returns the state found before.

    Of several processes that do so at once, one migrates and the others wait and find it done. A
    database of unknown kind is left alone; so is an older one with ``only_empty``.
    """
    with writing(engine) as connection:
        state, revision = _state(connection)
        if state == "empty" or (state == "older" and not only_empty):
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        return state, revision
