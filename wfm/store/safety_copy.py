"""A copy of a store in a file, taken before its schema changes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

from wfm.store.connection import plain_errors

__all__ = ["copy_store"]


def copy_store(engine: Engine, revision: str) -> Path | None:
    """Copy an SQLite store to a file beside it that names its revision; an earlier copy stays. None for another database.

    Raises:
        BadInput: the copy cannot be written.
    """
    if engine.dialect.name != "sqlite":
        return None
    place = Path(str(engine.url.database))
    copy, number = place.with_stem(f"{place.stem}.{revision}"), 1
    while copy.exists():
        number += 1
        copy = place.with_stem(f"{place.stem}.{revision}-{number}")
    half = copy.with_name(f"{copy.name}.part")
    with plain_errors(engine):
        # The backup of SQLite itself: with what is still in the write-ahead log, whoever else reads or writes.
        with closing(sqlite3.connect(place)) as source, closing(sqlite3.connect(half)) as target:
            source.backup(target)
        half.replace(copy)
    return copy
