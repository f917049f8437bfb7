"""Connections to the planning store: where it lies, how SQLite is set, and its errors in one sentence."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from wfm.errors import BadInput
from wfm.home import home_folder
from wfm.i18n import say
from wfm.os_reason import os_reason

__all__ = [
    "BUSY_S",
    "connect_engine",
    "default_url",
    "home_folder",
    "plain_errors",
    "reading",
    "shown_url",
    "url_in",
    "writing",
]

BUSY_S = 30.0
"""How long a writer waits for another one."""


def default_url() -> str:
    """``WFM_DATABASE_URL``, or SQLite at ``WFM_HOME/wfm.sqlite``."""
    return os.environ.get("WFM_DATABASE_URL") or url_in(home_folder())


def url_in(home: Path) -> str:
    """SQLite at ``home/wfm.sqlite``, whatever characters the folder's name has."""
    return URL.create("sqlite", database=str(home / "wfm.sqlite")).render_as_string()


def shown_url(engine: Engine) -> str:
    """The place of the store as people may see it: without the password."""
    if engine.dialect.name == "sqlite":
        return str(engine.url.database)
    return engine.url.render_as_string(hide_password=True)


def connect_engine(url: str) -> Engine:
    """An engine for the store. SQLite gets a folder, write-ahead logging and foreign keys.

    Raises:
        BadInput: the URL cannot be read, its driver is not installed, or the folder cannot be made.
    """
    try:
        address = make_url(url)
        engine = create_engine(
            address,
            poolclass=NullPool if address.get_backend_name() == "sqlite" else None,
            pool_pre_ping=address.get_backend_name() != "sqlite",  # a database that was restarted is found again
            connect_args={"timeout": BUSY_S} if address.get_backend_name() == "sqlite" else {},
        )
    except (ArgumentError, NoSuchModuleError):
        allowed = "sqlite:///PATH, postgresql+psycopg://USER@HOST/DATABASE"
        raise BadInput(
            say(
                "planning store: found a URL of kind {found!r}, allowed are {allowed}",
                found=_without_secret(url),
                allowed=allowed,
            )
        ) from None
    except ModuleNotFoundError as error:
        raise BadInput(
            say("planning store: the driver {driver} for this database is not installed", driver=error.name)
        ) from None
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    return engine


def _without_secret(url: str) -> str:
    """What may be shown of a URL that could not be read: it may hold a password before the @."""
    return url.partition("://")[0] if "://" in url else url.rpartition("@")[2]


def _prepare_sqlite(engine: Engine) -> None:
    database = engine.url.database
    if not database or database == ":memory:":
        raise BadInput(say("planning store: SQLite needs a file, found {found!r}", found=str(engine.url)))
    place = Path(database)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(
            say("{place}: the folder cannot be made ({reason})", place=place.parent, reason=os_reason(error))
        ) from None

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy begins; the driver must not
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that becomes a writing one fails at once, whatever the busy timeout.
        immediate = connection.get_execution_options().get("wfm_writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    with plain_errors(engine):
        _use_write_ahead_log(place)


def _use_write_ahead_log(place: Path) -> None:
    """Switch the file to WAL once. The busy timeout does not cover the switch, so that two first users may collide."""
    until = time.monotonic() + BUSY_S
    while True:
        connection = sqlite3.connect(place, timeout=BUSY_S)
        try:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return
        finally:
            connection.close()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that only reads."""
    with plain_errors(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that writes: it has the write lock from its first statement on."""
    with (
        plain_errors(engine),
        engine.connect().execution_options(wfm_writing=True) as connection,
        connection.begin(),
    ):
        yield connection


@contextmanager
def plain_errors(engine: Engine) -> Iterator[None]:
    """Turn what can go wrong with a database file into one sentence.

    Raises:
        BadInput: the file cannot be read or written.
    """
    try:
        yield
    except DBAPIError as error:
        sentence = _sentence(engine, str(error.orig))
        if sentence is None:
            raise
        raise BadInput(sentence) from error
    except sqlite3.Error as error:
        sentence = _sentence(engine, str(error))
        if sentence is None:
            raise
        raise BadInput(sentence) from error


def _sentence(engine: Engine, message: str) -> str | None:
    place, found = shown_url(engine), message.lower()
    if "readonly" in found or "read-only" in found:
        return say("{place}: the planning store may not be written; check the rights of file and folder", place=place)
    if "full" in found:
        return say("{place}: the disk is full; nothing was saved", place=place)
    if "not a database" in found or "malformed" in found:
        return say(
            "{place}: no planning store, or a damaged one; move it away or restore it from a backup", place=place
        )
    if "unable to open" in found:
        return say("{place}: the planning store cannot be opened; check the rights of file and folder", place=place)
    if "locked" in found or "busy" in found:
        return say(
            "{place}: another program has been writing for {seconds:.0f} s; try again", place=place, seconds=BUSY_S
        )
    if "disk i/o" in found:
        return say("{place}: the disk reports an error; nothing was saved", place=place)
    if engine.dialect.name != "sqlite" and ("connect" in found or "resolve" in found or "authentication" in found):
        return say("{place}: the database does not answer ({reason})", place=place, reason=message.splitlines()[0])
    return None
