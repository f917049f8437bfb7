"""A dashboard with accounts, one of each role, and browsers that sign in to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask

from dashboard.access import AccessRules, guard
from dashboard.answering import Answering
from dashboard.app import make_app
from dashboard.desk import Desk
from dashboard.rights import ROLES
from wfm.store import AccountStore, Passwords, open_store

GOOD = "Nanxun-tree-42"
OURS = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 9, 14, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Site:
    """The dashboard, its store of accounts, and a clock that both go by."""

    server: Flask
    desk: Desk
    clock: Clock
    app: Any
    answering: Answering

    @property
    def accounts(self) -> AccountStore:
        return self.desk.store.accounts

    def browser(self) -> Any:
        return self.server.test_client()

    def signed_in(self, name: str, password: str = GOOD) -> Any:
        browser = self.browser()
        answer = browser.post("/sign-in", data={"name": name, "password": password}, headers=OURS)
        assert answer.status_code == 303, answer.text
        return browser


def cheap_desk(plans: Path, home: Path, clock: Clock) -> Desk:
    desk = Desk(plans, home=home)
    store = open_store(f"sqlite:///{home / 'wfm.sqlite'}")
    store.accounts = AccountStore(store._engine, passwords=Passwords(CHEAP), clock=clock)
    desk.__dict__["store"] = store
    return desk


def make_site(plans: Path, home: Path, rules: AccessRules) -> Site:
    clock = Clock()
    desk = cheap_desk(plans, home, clock)
    registered: list[Answering] = []

    class Kept(Answering):
        def __init__(self, app: Any) -> None:
            super().__init__(app)
            registered.append(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dashboard.app.Answering", Kept)
        app = make_app(desk, lambda flask: guard(flask, desk, rules))
    (answering,) = registered
    return Site(app.server, desk, clock, app, answering)


@pytest.fixture(scope="module")
def site_maker(plans_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Site]:
    """Makes dashboards with rules of their own."""

    def make(**rules: Any) -> Site:
        given = AccessRules(**{"accounts": True, "cookie": "test_session", **rules})
        return make_site(plans_folder, tmp_path_factory.mktemp("home"), given)

    return make


@pytest.fixture(scope="module")
def whole_site(site_maker: Callable[..., Site]) -> Site:
    """One for a file of tests, with a user of each role, named as the role."""
    site = site_maker()
    for role in ROLES:
        site.accounts.add(role, [role], password=GOOD, must_change=False, agent="L001" if role == "agent" else "")
    return site


@pytest.fixture
def site(whole_site: Site) -> Iterator[Site]:
    """As left by no other test: nobody signed in, nobody locked, passwords as given."""
    yield whole_site
    with whole_site.desk.store._engine.begin() as connection:
        for table in ("sessions", "sign_in_links", "sign_in_attempts"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    whole_site.clock.now = datetime(2026, 9, 14, 1, 0, tzinfo=UTC)
