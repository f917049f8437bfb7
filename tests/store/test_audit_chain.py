"""The audit: one chain however many write, that shows every change, and that only a command can shorten."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from wfm.errors import BadInput
from wfm.store import KEPT_DAYS_MIN, AuditAsked, Store, audit_sentence, open_store, upgrade_store


def write(store: Store, count: int, who: str = "lin") -> None:
    for number in range(count):
        store.trail.note(who, "export names", f"roster {number}", {"rows": number, "share": 0.1, "名": ["甲", None]})


def backdate(store: Store, monkeypatch: pytest.MonkeyPatch, days: int, count: int) -> None:
    """Entries as they would have been written so many days ago."""

    class Earlier(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) - timedelta(days=days)

    monkeypatch.setattr("wfm.store.audit.datetime", Earlier)
    write(store, count)
    monkeypatch.undo()


def force(store: Store, *statements: str) -> None:
    """Change the database as somebody with all rights on it could: without its triggers."""
    sqlite = store._engine.dialect.name == "sqlite"
    with store._engine.begin() as connection:
        if sqlite:
            names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            for name in names:
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in ("audit", "audit_head"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        for statement in statements:
            connection.execute(text(statement))


def test_the_digest_is_what_the_manual_says(any_store: Store) -> None:
    """Computed here without the product: SHA-256 of the JSON list of the entry and the digest before it."""
    write(any_store, 3)
    before = ""
    with any_store._engine.connect() as connection:
        rows = connection.execute(text("SELECT id, who, action, object, previous, digest FROM audit ORDER BY id")).all()
    for row, entry in zip(rows, reversed(any_store.audit()), strict=True):
        moment = entry.at.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")
        told = [before, row.id, moment, row.who, row.action, row.object, entry.details]
        line = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert row.previous == before
        before = hashlib.sha256(line.encode("utf-8")).hexdigest()
        assert row.digest == before
    assert any_store.trail.check().digest == before


def test_a_whole_chain_is_said_to_be_whole(any_store: Store) -> None:
    empty = any_store.trail.check()
    assert (empty.fault, empty.entries, empty.digest) == (None, 0, "")
    write(any_store, 4)
    found = any_store.trail.check()
    assert (found.fault, found.entries, found.removed) == (None, 4, 0)
    assert audit_sentence(found) == "4 entries, none changed and none missing."


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET who = 'x'",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE id = 1",
        "UPDATE audit_head SET last_id = 0",
        "UPDATE audit_head SET removed_id = 99",
        "DELETE FROM audit_head",
    ],
)
def test_the_database_itself_refuses(any_store: Store, statement: str) -> None:
    write(any_store, 2)
    with pytest.raises(DBAPIError, match="append-only"), any_store._engine.begin() as connection:
        connection.execute(text(statement))
    assert any_store.trail.check().fault is None


def test_young_entries_are_refused_also_to_who_moves_the_head(any_store: Store) -> None:
    write(any_store, 2)
    with any_store._engine.connect() as connection, connection.begin():
        connection.execute(text("UPDATE audit_head SET removed_id = 2"))
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text("DELETE FROM audit WHERE id <= 2"))
        connection.rollback()
    assert len(any_store.audit()) == 2


@pytest.mark.parametrize(
    ("statement", "fault", "at"),
    [
        ("UPDATE audit SET who = 'somebody' WHERE id = 3", "changed", 3),
        ("UPDATE audit SET details = '{}' WHERE id = 3", "changed", 3),
        ("UPDATE audit SET object = 'roster 9' WHERE id = 1", "changed", 1),
        ("DELETE FROM audit WHERE id = 3", "missing", 4),
        ("DELETE FROM audit WHERE id <= 2", "beginning", 3),
        ("DELETE FROM audit WHERE id >= 4", "end", 4),
        ("DELETE FROM audit", "end", 1),
        ("UPDATE audit SET id = 9 WHERE id = 2", "missing", 3),
    ],
)
def test_whatever_was_changed_shows(any_store: Store, statement: str, fault: str, at: int) -> None:
    write(any_store, 5)
    force(any_store, statement)
    found = any_store.trail.check()
    assert (found.fault, found.at) == (fault, at)
    assert str(at) in audit_sentence(found)


def test_a_chain_written_anew_shows_by_a_noted_digest(any_store: Store, tmp_path: Path) -> None:
    """Whoever rewrites everything, digests and all, cannot rewrite what was noted elsewhere."""
    write(any_store, 3)
    noted = any_store.trail.check().digest
    write(any_store, 2)
    assert any_store.trail.check(noted).fault is None
    force(any_store, "DELETE FROM audit", "UPDATE audit_head SET last_id = 0, last_digest = ''")
    write(any_store, 5)
    assert any_store.trail.check().fault is None
    assert any_store.trail.check(noted).fault == "not noted"


def test_what_is_rolled_back_leaves_no_gap(any_store: Store) -> None:
    from wfm.store.audit import write_audit
    from wfm.store.connection import writing

    write(any_store, 1)
    with writing(any_store._engine) as connection:
        write_audit(connection, "lin", "never", "happened", {})
        connection.rollback()
    write(any_store, 1)
    found = any_store.trail.check()
    assert (found.fault, found.entries) == (None, 2)
    assert [e.action for e in any_store.audit()] == ["export names"] * 2


def test_threads_that_write_at_once_make_one_chain(any_store: Store) -> None:
    threads = [threading.Thread(target=write, args=(any_store, 10, f"w{n}")) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = any_store.trail.check()
    assert (found.fault, found.entries) == (None, 60)
    assert [e.id for e in reversed(any_store.audit())] == list(range(1, 61))


WRITER = """
import sys
from wfm.store import open_store
store = open_store(sys.argv[1])
for number in range(15):
    store.trail.note(sys.argv[2], "export names", f"roster {number}")
"""


def test_processes_that_write_at_once_make_one_chain(any_url: str) -> None:
    store = open_store(any_url)
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, "-c", WRITER, any_url]
    started = [subprocess.Popen([*command, f"w{n}"], env=environment) for n in range(2)]
    assert [process.wait(60) for process in started] == [0, 0]
    found = store.trail.check()
    assert (found.fault, found.entries) == (None, 30)
    store._engine.dispose()


# Removing


def test_old_entries_go_by_command_and_the_rest_stays_verifiable(
    any_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    backdate(any_store, monkeypatch, 400, 3)
    backdate(any_store, monkeypatch, 200, 2)
    write(any_store, 2)
    assert any_store.trail.remove_older(365, who="boss") == 3
    found = any_store.trail.check()
    assert (found.fault, found.entries, found.removed) == (None, 5, 3)
    latest = any_store.audit()[0]
    assert (latest.who, latest.action, latest.details["entries"]) == ("boss", "remove audit entries", 3)
    assert any_store.trail.remove_older(365) == 0
    assert any_store.trail.remove_older(KEPT_DAYS_MIN) == 2
    found = any_store.trail.check()
    assert (found.fault, found.entries, found.removed) == (None, 4, 5)
    # What a command removed says which entries; more than that shows.
    force(any_store, "UPDATE audit_head SET removed_id = 6", "DELETE FROM audit WHERE id = 6")
    assert any_store.trail.check().fault == "beginning"


def test_a_removal_that_no_entry_tells_of_shows(any_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    backdate(any_store, monkeypatch, 400, 3)
    write(any_store, 1)
    with any_store._engine.begin() as connection:
        digest = connection.execute(text("SELECT digest FROM audit WHERE id = 2")).scalar_one()
        connection.execute(text("UPDATE audit_head SET removed_id = 2, removed_digest = :d"), {"d": digest})
        connection.execute(text("DELETE FROM audit WHERE id <= 2"))
    assert any_store.trail.check().fault == "removal"


def test_six_months_are_kept_whatever_is_asked(any_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    backdate(any_store, monkeypatch, 182, 1)
    for days in (182, 0, -5):
        with pytest.raises(BadInput, match="at least 183 days"):
            any_store.trail.remove_older(days)
    assert any_store.trail.remove_older(183) == 0


def test_everything_old_may_go(any_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    backdate(any_store, monkeypatch, 1200, 3)
    assert any_store.trail.remove_older() == 3
    found = any_store.trail.check()
    assert (found.fault, found.entries) == (None, 1)
    write(any_store, 2)
    assert any_store.trail.check().fault is None


# Looking


def test_entries_by_who_what_and_when(any_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    backdate(any_store, monkeypatch, 10, 2)
    write(any_store, 3, "zhao")
    any_store.trail.note("zhao", "publish 100%", "roster_7")
    trail = any_store.trail
    assert trail.count() == 6
    assert trail.count(AuditAsked(who="zhao")) == 4
    assert trail.count(AuditAsked(action="export names")) == 5
    assert trail.count(AuditAsked(text="ROSTER")) == 6
    assert trail.count(AuditAsked(text="100%")) == 1
    assert trail.count(AuditAsked(text="r_7")) == 1  # no wildcards
    yesterday = datetime.now(UTC) - timedelta(days=1)
    assert trail.count(AuditAsked(since=yesterday)) == 4
    assert trail.count(AuditAsked(until=yesterday)) == 2
    assert [e.id for e in trail.entries(offset=2, limit=2)] == [4, 3]
    assert trail.people() == ["lin", "zhao"]
    assert trail.actions() == ["export names", "publish 100%"]


def test_entries_from_before_the_chain_are_sealed_by_the_upgrade(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic import command

    from wfm.store import schema
    from wfm.store.connection import connect_engine, writing

    url = f"sqlite:///{tmp_path / 'wfm.sqlite'}"
    with writing(connect_engine(url)) as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        for number in range(3):
            connection.execute(
                text(
                    "INSERT INTO audit (at, who, action, object, details)"
                    " VALUES ('2026-09-14 01:00:00.000000', 'lin', 'save plan', :object, '{\"名\": 1.5}')"
                ),
                {"object": f"plan {number}"},
            )
    upgrade_store(url)
    store = open_store(url)
    found = store.trail.check()
    assert (found.fault, found.entries) == (None, 3)
    store.save_plan(
        hotline="h", first=date(2026, 9, 14), days=1, seed=1, version="v", inputs={}, folder="", scorecard=[]
    )
    assert store.trail.check().entries == 4
    engine = create_engine(url)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text("UPDATE audit SET who = 'x'"))
    engine.dispose()
