"""Sessions and one-time links: when they end, and that each works for one."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from wfm.store import AccountStore, SignInRefused, Store

GOOD = "Nanxun-tree-42"
OTHER = "Wujiang-river-7"


def test_a_session_ends_when_nobody_is_there(accounts: AccountStore, clock: Any) -> None:
    token = accounts.sign_in("Lin", GOOD)
    for _ in range(3):
        clock.forward(minutes=29)
        assert accounts.sessions.find(token, used=True)
    clock.forward(minutes=20)
    assert accounts.sessions.find(token)  # a page that asks by itself keeps nothing open
    clock.forward(minutes=10)
    assert accounts.sessions.find(token) is None
    assert accounts.sessions.all() == []


def test_a_session_ends_after_twelve_hours_in_any_case(accounts: AccountStore, clock: Any) -> None:
    token = accounts.sign_in("Lin", GOOD)
    for _ in range(35):
        clock.forward(minutes=20)
        assert accounts.sessions.find(token, used=True)
    clock.forward(minutes=20)
    assert accounts.sessions.find(token, used=True) is None


def test_signing_out_ends_this_session_alone(accounts: AccountStore, any_store: Store) -> None:
    here, there = accounts.sign_in("Lin", GOOD), accounts.sign_in("Lin", GOOD)
    accounts.sessions.end(here)
    accounts.sessions.end(here)
    assert accounts.sessions.find(here) is None
    assert accounts.sessions.find(there)
    assert [e.action for e in any_store.audit()].count("sign out") == 1


def test_sessions_end_with_what_they_stood_on(accounts: AccountStore) -> None:
    accounts.add("Zhao", ["viewer"], password=OTHER, must_change=False)
    new = "Third-pass-phrase-3"
    changes = (
        lambda: accounts.set_roles("Zhao", ["scheduler", "viewer"]),
        lambda: accounts.change_password("Zhao", OTHER, new),
        lambda: accounts.disable("Zhao"),
        lambda: accounts.enable("Zhao") and accounts.reset_password("Zhao"),
    )
    keeper = accounts.sign_in("Lin", GOOD)
    password = OTHER
    for change in changes[:3]:
        token = accounts.sign_in("Zhao", password)
        assert accounts.sessions.find(token)
        change()
        assert accounts.sessions.find(token) is None
        password = new if change is changes[1] else password
    with pytest.raises(SignInRefused, match="disabled"):
        accounts.sign_in("Zhao", new)
    with pytest.raises(SignInRefused, match="wrong"):
        accounts.sign_in("Zhao", OTHER)  # who does not know the password is not told
    changes[3]()
    assert accounts.sessions.find(keeper)
    # The same roles again change nothing, and end nothing.
    accounts.set_roles("Lin", ["manager"])
    assert accounts.sessions.find(keeper)


def test_administrators_end_sessions(accounts: AccountStore, any_store: Store) -> None:
    token = accounts.sign_in("Lin", GOOD)
    (session,) = accounts.sessions.all()
    accounts.sessions.end_number(session.id, who="Boss")
    assert accounts.sessions.find(token) is None
    (entry,) = [e for e in any_store.audit() if e.action == "end session"]
    assert (entry.who, entry.details) == ("Boss", {"of": "Lin"})


# Links that work once


def test_a_link_works_once_in_whichever_process(any_store: Store, accounts: AccountStore, clock: Any) -> None:
    link = accounts.sessions.make_link()
    other = AccountStore(any_store._engine, clock=clock)  # another worker
    token = other.sessions.follow_link(link, "lin", address="127.0.0.1")
    assert token is not None
    assert accounts.sessions.follow_link(link, "lin") is None
    session = accounts.sessions.find(token)
    assert session is not None
    assert (session.name, session.user, "manager" in session.roles) == ("lin", None, True)
    clock.forward(hours=3)
    assert accounts.sessions.find(token)  # not for idleness
    clock.forward(hours=9)
    assert accounts.sessions.find(token) is None


def test_links_grow_old_and_are_withdrawn(accounts: AccountStore, clock: Any) -> None:
    old, withdrawn = accounts.sessions.make_link(), accounts.sessions.make_link()
    clock.forward(days=8)
    assert accounts.sessions.follow_link(old, "lin") is None
    accounts.sessions.withdraw_links()
    assert accounts.sessions.follow_link(withdrawn, "lin") is None


def test_many_who_follow_one_link_get_one_session(accounts: AccountStore) -> None:
    link, got = accounts.sessions.make_link(), []
    threads = [
        threading.Thread(target=lambda: got.append(accounts.sessions.follow_link(link, "lin"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([token for token in got if token]) == 1


def test_what_is_kept_once_is_of_its_kind(accounts: AccountStore) -> None:
    accounts.sessions.keep_once("oidc", "state", {"nonce": "n"}, timedelta(minutes=5))
    assert accounts.sessions.follow_link("state", "lin") is None
    assert accounts.sessions.take_once("oidc", "state") == {"nonce": "n"}
    assert accounts.sessions.take_once("oidc", "state") is None
