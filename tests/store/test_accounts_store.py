"""Accounts: who gets in, who does not, when sessions end, and that no secret can be read in the database."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from wfm.errors import BadInput
from wfm.store import AccountLimits, AccountStore, Passwords, SignInRefused, Store

GOOD = "Nanxun-tree-42"
OTHER = "Wujiang-river-7"


def told(store: Store, *actions: str) -> list[tuple[str, str, str]]:
    return [(e.who, e.action, e.object) for e in reversed(store.audit()) if e.action in actions]


def test_an_account_opens_a_session(accounts: AccountStore, any_store: Store) -> None:
    token = accounts.sign_in("Lin", GOOD, address="10.0.0.7", browser="Firefox")
    session = accounts.sessions.find(token)
    assert session is not None
    assert (session.name, session.roles, session.address, session.browser) == (
        "Lin",
        ("manager",),
        "10.0.0.7",
        "Firefox",
    )
    assert accounts.sessions.find(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert accounts.sessions.find("") is None
    assert told(any_store, "add user", "sign in") == [
        ("root", "add user", "user Lin"),
        ("Lin", "sign in", f"session {session.id}"),
    ]


def test_names_are_the_same_in_any_case_and_width(accounts: AccountStore) -> None:
    assert accounts.sign_in("ｌＩＮ ", GOOD)
    with pytest.raises(BadInput, match="there is a user lin already"):
        accounts.add("lin", ["viewer"], password=OTHER)


def test_nothing_in_the_database_opens_anything(accounts: AccountStore, any_store: Store) -> None:
    token, link = accounts.sign_in("Lin", GOOD), accounts.sessions.make_link()
    accounts.sessions.keep_once("oidc", "the-state", {"nonce": "n"}, timedelta(minutes=5))
    with any_store._engine.connect() as connection:
        kept = "".join(
            str(row)
            for table in ("users", "sessions", "sign_in_links", "sign_in_attempts", "audit")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        )
    for secret in (GOOD, token, link, "the-state"):
        assert secret not in kept
    assert "$argon2id$" in kept


@pytest.mark.parametrize(
    ("name", "password"), [("Lin", OTHER), ("Wang", GOOD), ("", ""), ("Lin", ""), ("Lin" * 200, "x")]
)
def test_wrong_ones_hear_the_same(accounts: AccountStore, name: str, password: str) -> None:
    with pytest.raises(SignInRefused, match=r"^name or password is wrong$"):
        accounts.sign_in(name, password)


def test_an_unknown_name_costs_a_hash_too(any_store: Store, clock: Any) -> None:
    """Whoever measures the time cannot tell which names exist: each refusal verifies one hash."""

    class Counting(Passwords):
        verified = 0

        def fits(self, password: str, kept: str) -> bool:
            Counting.verified += 1
            return super().fits(password, kept)

    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    accounts = AccountStore(any_store._engine, passwords=Counting(cheap), clock=clock)
    accounts.add("Lin", ["manager"], password=GOOD)
    accounts.add("Outside", ["viewer"])
    for name in ("Lin", "Nobody", "Outside"):
        before = Counting.verified
        with pytest.raises(SignInRefused):
            accounts.sign_in(name, OTHER)
        assert Counting.verified - before == 1


def test_five_failures_lock_a_name_for_fifteen_minutes(accounts: AccountStore, any_store: Store, clock: Any) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefused, match="wrong"):
            accounts.sign_in("Lin", OTHER, address="10.0.0.9")
        clock.forward(minutes=2)
    with pytest.raises(SignInRefused, match=r"try again in 13 minutes") as refused:
        accounts.sign_in("Lin", GOOD)  # not even the right one
    assert refused.value.until == clock.now + timedelta(minutes=13)
    assert accounts.user("Lin").locked_until == refused.value.until
    accounts.add("Zhao", ["viewer"], password=OTHER)
    assert accounts.sign_in("Zhao", OTHER)  # others are not locked
    assert told(any_store, "lock") == [("Lin", "lock", "sign-in")]
    clock.forward(minutes=13)
    assert accounts.sign_in("lin", GOOD)
    assert accounts.user("Lin").locked_until is None


def test_failures_that_are_far_apart_do_not_lock(accounts: AccountStore, clock: Any) -> None:
    for _ in range(9):
        with pytest.raises(SignInRefused, match="wrong"):
            accounts.sign_in("Lin", OTHER)
        clock.forward(minutes=4)
    assert accounts.sign_in("Lin", GOOD)


def test_a_success_begins_to_count_anew(accounts: AccountStore) -> None:
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(SignInRefused, match="wrong"):
                accounts.sign_in("Lin", OTHER)
        assert accounts.sign_in("Lin", GOOD)


def test_unknown_names_are_locked_alike(accounts: AccountStore) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefused, match="wrong"):
            accounts.sign_in("Nobody", OTHER)
    with pytest.raises(SignInRefused, match="too many"):
        accounts.sign_in("Nobody", OTHER)


def test_an_address_that_tries_many_names_is_locked(any_store: Store, clock: Any) -> None:
    limits = AccountLimits(lock_address_after=8)
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    accounts = AccountStore(any_store._engine, limits, Passwords(cheap), clock)
    accounts.add("Lin", ["manager"], password=GOOD)
    for number in range(8):
        with pytest.raises(SignInRefused, match="wrong"):
            accounts.sign_in(f"name{number}", OTHER, address="10.0.0.9")
    with pytest.raises(SignInRefused, match="too many"):
        accounts.sign_in("Lin", GOOD, address="10.0.0.9")
    assert accounts.sign_in("Lin", GOOD, address="10.0.0.10")


def test_guesses_at_once_do_not_slip_by_the_lock(accounts: AccountStore) -> None:
    heard: list[str] = []

    def guess(number: int) -> None:
        try:
            accounts.sign_in("Lin", f"Guess-number-{number}")
        except SignInRefused as error:
            heard.append("locked" if error.until else "wrong")

    threads = [threading.Thread(target=guess, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(heard) == ["locked"] * 7 + ["wrong"] * 5


def test_an_unlock_lets_in_at_once(accounts: AccountStore, any_store: Store) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefused):
            accounts.sign_in("Lin", OTHER)
    accounts.unlock("Lin", who="Boss")
    assert accounts.sign_in("Lin", GOOD)
    assert told(any_store, "unlock user") == [("Boss", "unlock user", "user Lin")]


def test_failures_are_audited_without_what_was_typed(accounts: AccountStore, any_store: Store) -> None:
    for name in ("Lin", OTHER):  # somebody typed the password where the name goes
        with pytest.raises(SignInRefused):
            accounts.sign_in(name, "typed-Wrong-1", address="10.0.0.7")
    first, second = [e for e in reversed(any_store.audit()) if e.action == "sign-in failed"]
    assert (first.who, first.details) == ("Lin", {"address": "10.0.0.7", "reason": "wrong password"})
    assert (second.who, second.details) == ("", {"address": "10.0.0.7", "reason": "unknown name"})
    assert OTHER not in str(any_store.audit())


def test_the_last_manager_stays(accounts: AccountStore) -> None:
    for change in (lambda: accounts.set_roles("Lin", ["viewer"]), lambda: accounts.disable("Lin")):
        with pytest.raises(BadInput, match="last one with the role manager"):
            change()
    accounts.add("Zhao", ["manager"], password=OTHER)
    accounts.disable("Lin")
    with pytest.raises(BadInput, match="last one"):
        accounts.disable("Zhao")


@pytest.mark.parametrize("name", ["", " ", "a\nb\x00", "=cmd", "x" * 65, "a/b", "<script>"])
def test_names_that_are_none(accounts: AccountStore, name: str) -> None:
    with pytest.raises(BadInput, match="user name"):
        accounts.add(name, ["viewer"], password=OTHER)


@pytest.mark.parametrize("roles", [[], ["king"], ["viewer", ""]])
def test_roles_that_are_none(accounts: AccountStore, roles: list[str]) -> None:
    with pytest.raises(BadInput, match="role: found"):
        accounts.add("Zhao", roles, password=OTHER)


# From the organisation's own service


def test_an_account_made_for_the_service_is_taken_by_its_first_subject(accounts: AccountStore) -> None:
    accounts.add("zhao", ["scheduler"])
    with pytest.raises(SignInRefused, match="wrong"):
        accounts.sign_in("zhao", "")
    assert accounts.sign_in_from("https://id.example", "s-1", "Zhao", None)
    assert accounts.sign_in_from("https://id.example", "s-1", "renamed", None)
    assert accounts.user("zhao").roles == ("scheduler",)
    with pytest.raises(SignInRefused, match="no account"):
        accounts.sign_in_from("https://id.example", "s-2", "zhao", None)


def test_a_name_chosen_there_takes_over_nobody_here(accounts: AccountStore) -> None:
    for roles in (None, ["viewer"]):
        with pytest.raises(SignInRefused, match="no account"):
            accounts.sign_in_from("https://id.example", "s-9", "Lin", roles)
    assert accounts.user("Lin").issuer == ""


def test_roles_that_the_service_tells_hold(accounts: AccountStore, any_store: Store) -> None:
    first = accounts.sign_in_from("https://id.example", "s-1", "qian", ["analyst"])
    assert accounts.user("qian").roles == ("analyst",)
    second = accounts.sign_in_from("https://id.example", "s-1", "qian", ["viewer"])
    assert accounts.sessions.find(first) is None
    session = accounts.sessions.find(second)
    assert session is not None
    assert session.roles == ("viewer",)
    with pytest.raises(SignInRefused, match="may not sign in"):
        accounts.sign_in_from("https://id.example", "s-1", "qian", [])
    accounts.disable("qian")
    with pytest.raises(SignInRefused, match="may not sign in"):
        accounts.sign_in_from("https://id.example", "s-1", "qian", ["viewer"])
    assert [e.details["reason"] for e in any_store.audit() if e.action == "sign-in failed"] == ["disabled", "no role"]


# Settings


def test_limits_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert AccountLimits.from_environ() == AccountLimits()
    monkeypatch.setenv("WFM_SESSION_IDLE_MIN", "10")
    monkeypatch.setenv("WFM_SESSION_MAX_H", "8")
    monkeypatch.setenv("WFM_PASSWORD_MAX_DAYS", "0")
    limits = AccountLimits.from_environ()
    assert (limits.idle, limits.longest, limits.password_age) == (timedelta(minutes=10), timedelta(hours=8), None)
    monkeypatch.setenv("WFM_SESSION_IDLE_MIN", "soon")
    with pytest.raises(BadInput, match=r"WFM_SESSION_IDLE_MIN: found 'soon', allowed are 1 to 1440"):
        AccountLimits.from_environ()
