"""Stores to try: SQLite always, PostgreSQL where ``WFM_TEST_POSTGRESQL`` names a server that makes databases."""

import os
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import create_engine, make_url, text

from wfm.store import AccountStore, Passwords, open_store

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.now = datetime(2026, 9, 14, 1, 0, tzinfo=UTC)

    def __call__(self):
        return self.now

    def forward(self, **span):
        self.now += timedelta(**span)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(params=["sqlite", *(["postgresql"] if os.environ.get("WFM_TEST_POSTGRESQL") else [])])
def any_url(request, tmp_path):
    """A store of its own on each kind of database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'wfm.sqlite'}"
        return
    server = os.environ["WFM_TEST_POSTGRESQL"]  # as postgresql+psycopg://USER@HOST/postgres
    name = f"wfm_{uuid.uuid4().hex[:12]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def any_store(any_url, clock):
    """With cheap passwords and a clock that stands."""
    store = open_store(any_url)
    store.accounts = AccountStore(store._engine, passwords=Passwords(CHEAP), clock=clock)
    yield store
    store._engine.dispose()


@pytest.fixture
def accounts(any_store):
    """Accounts of a store in which Lin is the one manager, with the password Nanxun-tree-42."""
    any_store.accounts.add("Lin", ["manager"], password="Nanxun-tree-42", must_change=False, who="root")
    return any_store.accounts
