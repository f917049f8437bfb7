"""Migrations, and everything that can be wrong with a store's file: each one sentence."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import typer
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from wfm.cli import database
from wfm.errors import BadInput
from wfm.i18n import use_language
from wfm.store import open_store, schema, store_status, upgrade_store
from wfm.store.connection import connect_engine, writing
from wfm.store.models import Base
from wfm.store.schema import MIGRATIONS, latest_revision


def save_one(url: str) -> int:
    return open_store(url).save_plan(
        hotline="h", first=date(2026, 9, 14), days=1, seed=1, version="v", inputs={}, folder="x" * 200_000, scorecard=[]
    )


def test_migrations_from_nothing_give_the_models(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'wfm.sqlite'}"
    upgrade_store(url)
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_the_comparison_would_notice(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'wfm.sqlite'}"
    upgrade_store(url)
    with writing(connect_engine(url)) as connection:
        connection.execute(text("ALTER TABLE plans ADD COLUMN surplus INTEGER"))
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) != []


def test_migrations_are_inside_the_package() -> None:
    assert (MIGRATIONS / "env.py").is_file()
    assert (MIGRATIONS / "script.py.mako").is_file()
    assert "site-packages" in str(MIGRATIONS) or MIGRATIONS.parents[1].name == "wfm"


def test_a_percent_sign_in_the_path_is_a_path(tmp_path: Path) -> None:
    assert store_status(f"sqlite:///{tmp_path / '50% done' / 'wfm.sqlite'}").state == "absent"
    assert save_one(f"sqlite:///{tmp_path / '50% done' / 'wfm.sqlite'}") == 1


NEXT_MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9999", "LATEST"


def upgrade():
    op.add_column("plans", sa.Column("remark", sa.Text()))
"""


@pytest.fixture
def later_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Makes the product one migration newer than the stores it made before."""

    def forget() -> None:
        schema.latest_revision.cache_clear()
        schema._known_revisions.cache_clear()

    def publish() -> None:
        later = tmp_path / "later"
        shutil.copytree(MIGRATIONS, later, ignore=shutil.ignore_patterns("__pycache__"))
        (later / "versions" / "r9999_remark.py").write_text(
            NEXT_MIGRATION.replace("LATEST", latest_revision()), encoding="utf-8"
        )
        monkeypatch.setattr(schema, "MIGRATIONS", later)
        forget()

    yield publish
    monkeypatch.undo()
    forget()


def test_an_older_schema_asks_for_the_upgrade_and_keeps_its_rows(
    tmp_path: Path, later_version: Callable[[], None]
) -> None:
    url = f"sqlite:///{tmp_path / 'wfm.sqlite'}"
    save_one(url)
    before = latest_revision()
    later_version()
    with pytest.raises(BadInput, match=rf"earlier version \({before}\).*wfm db upgrade"):
        open_store(url)
    assert store_status(url).state == "older"
    after, _ = upgrade_store(url)
    assert (after.state, after.revision, after.rows["plans"]) == ("current", "9999", 1)
    connection = sqlite3.connect(tmp_path / "wfm.sqlite")
    assert connection.execute("SELECT hotline, remark FROM plans").fetchall() == [("h", None)]
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute("DELETE FROM audit")
    connection.close()


def test_the_store_as_it_was_is_kept_beside_the_upgraded_one(tmp_path: Path, later_version: Callable[[], None]) -> None:
    place = tmp_path / "wfm.sqlite"
    url = f"sqlite:///{place}"
    save_one(url)
    before = latest_revision()
    later_version()
    _, copy = upgrade_store(url)
    assert copy == tmp_path / f"wfm.{before}.sqlite"
    kept = store_status(f"sqlite:///{copy}")
    assert (kept.state, kept.revision) == ("older", before)
    connection = sqlite3.connect(copy)
    assert connection.execute("SELECT hotline, length(folder) FROM plans").fetchall() == [("h", 200_000)]
    connection.close()
    assert upgrade_store(url)[1] is None  # nothing to do, nothing to keep
    # Whoever goes back to the copy and upgrades again does not lose it.
    shutil.copy(copy, place)
    assert upgrade_store(url)[1] == tmp_path / f"wfm.{before}-2.sqlite"
    assert copy.exists()
    assert not list(tmp_path.glob("*.part"))


def test_a_later_schema_is_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'wfm.sqlite'}"
    save_one(url)
    connection = sqlite3.connect(tmp_path / "wfm.sqlite")
    connection.execute("UPDATE alembic_version SET version_num = 'f00d'")
    connection.commit()
    connection.close()
    for refused in (open_store, upgrade_store):
        with pytest.raises(BadInput, match=r"f00d.*a later version made it"):
            refused(url)


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "other.sqlite")
    connection.execute("CREATE TABLE theirs (x)")
    connection.commit()
    connection.close()
    for refused in (open_store, upgrade_store):
        with pytest.raises(BadInput, match="another program"):
            refused(f"sqlite:///{tmp_path / 'other.sqlite'}")
    connection = sqlite3.connect(tmp_path / "other.sqlite")
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]
    connection.close()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "wfm.sqlite").write_text("这不是数据库" * 500, encoding="utf-8")
    with pytest.raises(BadInput, match="damaged"):
        open_store(f"sqlite:///{tmp_path / 'wfm.sqlite'}")


def test_a_damaged_page(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'wfm.sqlite'}"
    save_one(url)
    connection = sqlite3.connect(tmp_path / "wfm.sqlite")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    content = bytearray((tmp_path / "wfm.sqlite").read_bytes())
    content[100:8192] = b"\xff" * (8192 - 100)  # the schema's own page
    (tmp_path / "wfm.sqlite").write_bytes(content)
    with pytest.raises(BadInput, match="damaged"):
        open_store(url)


def test_a_full_disk_saves_nothing(tmp_path: Path) -> None:
    """SQLite reports a reached page limit with the same error as a full disk."""
    url = f"sqlite:///{tmp_path / 'wfm.sqlite'}"
    store = open_store(url)
    from sqlalchemy import event

    @event.listens_for(store._engine, "connect")
    def limit(connection: sqlite3.Connection, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    with pytest.raises(BadInput, match="disk is full; nothing was saved"):
        store.save_plan(
            hotline="h",
            first=date(2026, 9, 14),
            days=1,
            seed=1,
            version="v",
            inputs={},
            folder="x" * 200_000,
            scorecard=[],
        )
    assert store.plans() == []
    assert store.audit() == []


def test_a_store_that_may_only_be_read(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'wfm.sqlite'}"
    save_one(url)
    store = open_store(url)
    from sqlalchemy import event

    @event.listens_for(store._engine, "connect")
    def only_read(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA query_only = ON")

    assert len(store.plans()) == 1
    with pytest.raises(BadInput, match="may not be written"):
        store.publish_roster(1, expected_version=1) if store.rosters() else store.save_plan(
            hotline="h", first=date(2026, 9, 14), days=1, seed=1, version="v", inputs={}, folder="", scorecard=[]
        )


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(BadInput, match="folder cannot be made"):
        open_store(f"sqlite:///{tmp_path / 'file' / 'wfm.sqlite'}")


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "wfm.sqlite").mkdir()
    with pytest.raises(BadInput, match="cannot be opened"):
        open_store(f"sqlite:///{tmp_path / 'wfm.sqlite'}")


def test_a_writer_that_does_not_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'wfm.sqlite'}"
    save_one(url)
    monkeypatch.setattr("wfm.store.connection.BUSY_S", 0.05)
    other = sqlite3.connect(tmp_path / "wfm.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(BadInput, match="another program has been writing"):
        open_store(url)
    other.execute("ROLLBACK")
    other.close()


@pytest.mark.parametrize("url", ["nonsense", "mysql+nothing://x", "sqlite://", "sqlite:///:memory:"])
def test_urls_that_cannot_be_used(url: str) -> None:
    with pytest.raises(BadInput, match="planning store"):
        open_store(url)


def test_a_password_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(BadInput) as refused:
        open_store("postgresql+psycopg://wfm:geheim@db.example/wfm")
    assert "psycopg" in str(refused.value)
    with pytest.raises(BadInput) as refused:
        open_store("wfm:geheim@db.example/wfm")
    assert "geheim" not in str(refused.value)


@pytest.fixture
def app() -> typer.Typer:
    app = typer.Typer()
    database.register(app)
    return app


def test_db_status_and_upgrade(app: typer.Typer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WFM_DATABASE_URL", raising=False)
    monkeypatch.setenv("WFM_HOME", str(tmp_path / "home"))
    run = CliRunner().invoke

    before = json.loads(run(app, ["db", "status", "--json"]).stdout)
    assert before["state"] == "absent"
    assert not (tmp_path / "home").exists()  # looking creates nothing

    made = run(app, ["db", "upgrade"])
    assert made.exit_code == 0
    assert f"revision {latest_revision()}" in made.stdout
    assert run(app, ["db", "upgrade"]).exit_code == 0

    save_one(f"sqlite:///{tmp_path / 'home' / 'wfm.sqlite'}")
    after = json.loads(run(app, ["db", "status", "--json"]).stdout)
    assert (after["state"], after["revision"], after["latest"]) == ("current", latest_revision(), latest_revision())
    assert (after["rows"]["plans"], after["rows"]["audit"], after["rows"]["rosters"]) == (1, 1, 0)
    shown = run(app, ["db", "status"]).stdout
    assert "plans: 1" in shown
    assert len(shown.splitlines()) == 2 + len(after["rows"])  # each of them by a name that people know
    assert "_" not in "".join(shown.splitlines()[2:])


def test_db_status_in_chinese(tmp_path: Path) -> None:
    with use_language("zh"):
        app = typer.Typer()
        database.register(app)
        shown = CliRunner().invoke(app, ["db", "status", "--url", f"sqlite:///{tmp_path / 'wfm.sqlite'}"]).stdout
    assert "规划库" in shown
    assert "尚未建立" in shown
