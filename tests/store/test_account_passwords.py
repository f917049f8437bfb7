"""Passwords: which are refused, when they grow old, and that their hashes keep up with the settings."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from wfm.store import AccountStore, Passwords, Store, WeakPassword

GOOD = "Nanxun-tree-42"
OTHER = "Wujiang-river-7"


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("Short-1a", "8 characters"),
        ("A1-" + "x" * 250, "253 characters"),
        ("alllowercase", "needs 3 of"),
        ("lowercase1234", "needs 3 of"),
        ("My-LINden-1234", "may not contain the name"),
        ("My-nil-ogram-1", "may not contain the name"),
        ("P@ssw0rd12", "everybody tries first"),
        ("Qwer1234!!", "everybody tries first"),
        ("Aa1-Aa1-Aa1-", "too few characters"),
    ],
)
def test_weak_passwords_are_refused(accounts: AccountStore, password: str, why: str) -> None:
    with pytest.raises(WeakPassword, match=why):
        accounts.change_password("Lin", GOOD, password)
    assert accounts.sign_in("Lin", GOOD)


def test_a_weak_new_password_is_no_failed_sign_in(accounts: AccountStore) -> None:
    for _ in range(8):
        with pytest.raises(WeakPassword):
            accounts.change_password("Lin", GOOD, "short")
    assert accounts.sign_in("Lin", GOOD)


def test_the_last_five_passwords_do_not_come_again(accounts: AccountStore) -> None:
    passwords = [GOOD, *(f"Mountain-path-{n}" for n in range(5))]
    for old, new in pairwise(passwords):
        accounts.change_password("Lin", old, new)
        if new != passwords[-1]:
            with pytest.raises(WeakPassword, match="one of the last 5"):
                accounts.change_password("Lin", new, GOOD)
        with pytest.raises(WeakPassword, match="one of the last 5"):
            accounts.change_password("Lin", new, new)
    accounts.change_password("Lin", passwords[-1], GOOD)  # five others have been in between


def test_a_password_from_somebody_else_must_be_changed(accounts: AccountStore) -> None:
    accounts.add("Zhao", ["viewer"], password=OTHER)
    assert accounts.user("Zhao").must_change
    session = accounts.sessions.find(accounts.sign_in("Zhao", OTHER))
    assert session is not None
    assert session.must_change
    accounts.change_password("Zhao", OTHER, "Own-choice-2026")
    assert not accounts.user("Zhao").must_change
    given = accounts.reset_password("Zhao", who="Lin")
    assert accounts.user("Zhao").must_change
    assert accounts.sign_in("Zhao", given)


def test_passwords_grow_old(accounts: AccountStore, clock: Any) -> None:
    clock.forward(days=89)
    assert not accounts.user("Lin").must_change
    clock.forward(days=2)
    assert accounts.user("Lin").must_change


def test_a_hash_of_another_cost_is_made_anew(accounts: AccountStore, any_store: Store) -> None:
    dearer = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    later = AccountStore(any_store._engine, passwords=Passwords(dearer), clock=accounts._clock)
    with any_store._engine.connect() as connection:
        assert "m=8,t=1" in connection.execute(text("SELECT password FROM users")).scalar_one()
    assert later.sign_in("Lin", GOOD)
    with any_store._engine.connect() as connection:
        assert "m=16,t=2" in connection.execute(text("SELECT password FROM users")).scalar_one()
    assert later.sign_in("Lin", GOOD)


def test_made_passwords_keep_the_rules() -> None:
    passwords = Passwords()
    made = {passwords.make() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        passwords.expect_good(password, "Lin Xiaoming", ())


@pytest.mark.parametrize("name", ["X", "Wu", "a-b"])
def test_made_passwords_do_not_hold_a_short_name_by_chance(name: str) -> None:
    passwords = Passwords()
    for _ in range(200):
        passwords.expect_good(passwords.make(name), name, ())
