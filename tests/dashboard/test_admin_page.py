"""The page Administration: what it says of accounts, sessions and the audit, and what its buttons do."""

from __future__ import annotations

import ast
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from argon2 import PasswordHasher

from dashboard.app import make_app
from dashboard.asked import Asked
from dashboard.audit_words import ACTIONS, thing_words
from dashboard.desk import Desk
from dashboard.pages.admin import PAGE, PARTS
from dashboard.pages.admin.words import browser_words
from wfm.errors import BadInput
from wfm.i18n import use_language
from wfm.store import AccountStore, Passwords, SignInRefused, open_store

GOOD = "Nanxun-tree-42"
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made(plans_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, Any]:
    """A desk and the application over it; each test puts a store of its own on the desk."""
    desk = Desk(plans_folder, home=tmp_path_factory.mktemp("home"))
    desk.__dict__["store"] = None
    return desk, make_app(desk)


@pytest.fixture
def desk(made: tuple[Desk, Any], tmp_path: Path) -> Desk:
    desk, _ = made
    store = open_store(f"sqlite:///{tmp_path / 'wfm.sqlite'}")
    cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    store.accounts = AccountStore(store._engine, passwords=cheap)
    desk.__dict__["store"] = store
    return desk


@pytest.fixture
def accounts(desk: Desk) -> AccountStore:
    accounts = desk.store.accounts
    accounts.add("Lin", ["manager"], password=GOOD, must_change=False, who="root")
    accounts.add("Zhao", ["scheduler", "viewer"], password=GOOD, who="Lin", agent="L001")
    return accounts


def texts(component: Any) -> str:
    """Everything that is written on it."""
    if isinstance(component, (str, int, float)):
        return str(component)
    if isinstance(component, (list, tuple)):
        return " | ".join(t for t in map(texts, component) if t)
    told = [getattr(component, name, None) for name in ("label", "description", "message", "children")]
    return " | ".join(t for t in (texts(part) for part in told if part is not None) if t)


def drawn(desk: Desk, **query: str) -> str:
    return texts(PAGE.show(Asked("/admin", query), desk))


def test_the_parts_in_their_order() -> None:
    assert [part.key for part in PARTS] == ["users", "hotlines", "standards", "calendar", "sessions", "audit"]
    assert PAGE.right == "administer"


def test_an_empty_store_offers_the_first_step(desk: Desk) -> None:
    shown = drawn(desk)
    assert "Nobody can administer from other machines yet" in shown
    assert "Add an account" in shown


def test_accounts_and_what_keeps_them_out(desk: Desk, accounts: AccountStore) -> None:
    assert "2 accounts; a new password is due from Zhao." in drawn(desk)
    assert "scheduler, viewer | L001 | –" in drawn(desk)
    for _ in range(5):
        with pytest.raises(SignInRefused):
            accounts.sign_in("Zhao", "wrong")
    assert "Locked after failed sign-ins: Zhao." in drawn(desk)
    assert "End the lock" in drawn(desk, user="Zhao")
    accounts.disable("Zhao")
    accounts.unlock("Zhao")
    assert "1 accounts, all in order." in drawn(desk)
    one = drawn(desk, user="Zhao")
    assert "Let in again" in one
    assert "Disable the account" not in one
    assert "There is no account Wang." in drawn(desk, user="Wang")


def test_it_speaks_chinese(desk: Desk, accounts: AccountStore) -> None:
    with use_language("zh"):
        assert "待改密码：Zhao" in drawn(desk)
        shown = drawn(desk, tab="audit")
        assert "新建用户" in shown
        assert "用户 Zhao" in shown
        for tab in ("users", "sessions", "audit"):
            assert "Last" not in drawn(desk, tab=tab)


def test_sessions(desk: Desk, accounts: AccountStore) -> None:
    assert "Nobody is signed in." in drawn(desk, tab="sessions")
    accounts.sign_in("Lin", GOOD, address="10.0.0.7", browser="Mozilla/5.0 (Windows NT 10.0) Firefox/128.0")
    shown = drawn(desk, tab="sessions")
    assert "Open sessions: 1. People: 1." in shown
    assert "10.0.0.7 | Firefox on Windows" in shown


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) AppleWebKit Safari/604.1 MicroMessenger/8.0", "WeChat on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/126.0 Safari/537.36", "Chrome on Linux"),
        ("curl/8.0", "curl/8.0"),
        ("", "–"),
    ],
)
def test_browsers_by_their_names(told: str, words: str) -> None:
    assert browser_words(told) == words


# The audit


def test_the_audit_by_who_what_when_and_page(desk: Desk, accounts: AccountStore) -> None:
    assert drawn(desk, tab="audit").count("add user") >= 2
    for number in range(120):
        desk.store.trail.note("Qian", "export roster", f"roster {number}")
    assert "122 entries; the latest: Qian, export roster" in drawn(desk, tab="audit")
    assert "Page 1 of 3" in drawn(desk, tab="audit")
    last = drawn(desk, tab="audit", page="3")
    assert "Page 3 of 3" in last
    assert "user Lin" in last
    assert "user Lin" not in drawn(desk, tab="audit", page="2")
    assert "Page 3 of 3" in drawn(desk, tab="audit", page="99")
    assert "Page 1 of 3" in drawn(desk, tab="audit", page="x")
    assert "1 entries; the latest: root, add user" in drawn(desk, tab="audit", who="root")
    assert "120 entries" in drawn(desk, tab="audit", action="export roster")
    assert "No entry is like that." in drawn(desk, tab="audit", to="2020-01-01")
    with pytest.raises(BadInput, match="Address, from: found “yesterday”, needed is a day such as 2026-09-14"):
        drawn(desk, tab="audit", **{"from": "yesterday"})
    assert "122 entries" in drawn(desk, tab="audit", **{"from": "2020-01-01", "to": "2199-12-31"})


def test_a_day_is_the_hotlines_day(desk: Desk, accounts: AccountStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries of 00:30 in China are of that day, though it was the day before in UTC."""
    from datetime import UTC, datetime

    class Then(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime(2026, 9, 13, 16, 30, tzinfo=UTC)

    monkeypatch.setattr("wfm.store.audit.datetime", Then)
    desk.store.trail.note("Qian", "export roster", "roster 7")
    monkeypatch.undo()
    assert "14 Sep 2026, 00:30:00" in drawn(desk, tab="audit", **{"from": "2026-09-14", "to": "2026-09-14"})
    assert "No entry is like that." in drawn(desk, tab="audit", **{"from": "2026-09-13", "to": "2026-09-13"})


def test_what_somebody_wrote_is_shown_as_it_is(desk: Desk) -> None:
    desk.store.trail.note("<b>x</b>", "strange action", "strange thing", {"a": ["b", None], "c": {"d": 1}})
    shown = drawn(desk, tab="audit")
    assert "<b>x</b>" in shown
    assert "strange action | strange thing | a: b, – · c: (d: 1)" in shown


def test_the_table_goes_out_filtered_audited_and_harmless(made: tuple[Desk, Any], desk: Desk) -> None:
    desk.store.trail.note("=1+1", "export roster", "@SUM(A1)", {"x": 1})
    client = made[1].server.test_client()
    answer = client.get("/download/admin/audit.csv?who==1%2B1")
    table = pd.read_csv(io.BytesIO(answer.data))
    assert table[["who", "action", "object"]].to_numpy().tolist() == [["'=1+1", "export roster", "'@SUM(A1)"]]
    assert answer.data.startswith(b"\xef\xbb\xbf")
    latest = desk.store.audit()[0]
    assert (latest.action, latest.details) == ("export audit", {"entries": 1, "who": "=1+1"})


def test_everything_that_the_product_audits_has_words_in_both_languages() -> None:
    found: set[str] = set()
    for room in ("wfm", "scenarios", "dashboard"):
        for path in (ROOT / room).rglob("*.py"):
            source = path.read_text(encoding="utf-8")
            if "write_audit(" not in source and "trail.note(" not in source:
                continue
            for node in ast.walk(ast.parse(source)):
                if not isinstance(node, ast.Call):
                    continue
                called = ast.unparse(node.func)
                place = 2 if called == "write_audit" else 1 if called.endswith("trail.note") else None
                if place is not None and len(node.args) > place:
                    words = [n.value for n in ast.walk(node.args[place]) if isinstance(n, ast.Constant)]
                    whole = [w for w in words if isinstance(w, str) and not w.startswith(" ")]
                    found |= set(whole)
    assert len(found) >= 30
    assert sorted(found - set(ACTIONS)) == []
    for state in ("agreed", "refused"):
        assert f"{state} swap" in ACTIONS
    for action, words in ACTIONS.items():
        assert words.zh != words.en, action
    assert thing_words("user Lin") == "user Lin"


# Buttons, over HTTP as the browser presses them


def press(client: Any, app: Any, do: str, fields: dict[str, Any], search: str, *, sure: bool = False) -> dict[str, Any]:
    key = next(k for k in app.callback_map if "admin-body.children" in k and "admin-url.search" in k)
    kind = "admin-users-sure" if sure else "admin-users-do"
    prop = "submit_n_clicks" if sure else "n_clicks"
    button = {"id": {"type": kind, "do": do}, "property": prop, "value": 1}
    named = [{"type": "admin-users-field", "field": field} for field in fields]
    body = {
        "output": key,
        "outputs": [
            {"id": "admin-body", "property": key.split("...")[0].removeprefix("..").rpartition(".")[2]},
            {"id": "admin-url", "property": key.split("...")[1].removesuffix("..").rpartition(".")[2]},
        ],
        "inputs": [[] if sure else [button], [button] if sure else []],
        "state": [
            [{"id": i, "property": "value", "value": v} for i, v in zip(named, fields.values(), strict=True)],
            [{"id": i, "property": "id", "value": i} for i in named],
            [],
            {"id": "admin-url", "property": "pathname", "value": "/admin"},
            {"id": "admin-url", "property": "search", "value": search},
            {"id": "language", "property": "data", "value": "en"},
        ],
        "changedPropIds": [f"{json.dumps(button['id'], separators=(',', ':'), sort_keys=True)}.{prop}"],
    }
    answer = client.post("/_dash-update-component", json=body)
    assert answer.status_code == 200, answer.text[:500]
    found: dict[str, Any] = answer.json
    return found


@pytest.fixture
def pressing(made: tuple[Desk, Any], accounts: AccountStore) -> Any:
    _, app = made
    client = app.server.test_client()
    client.get("/_dash-dependencies")

    def press_here(do: str, fields: dict[str, Any], search: str = "", *, sure: bool = False) -> dict[str, Any]:
        return press(client, app, do, fields, search, sure=sure)

    return press_here


def test_an_account_is_added_with_a_password_shown_once(pressing: Any, accounts: AccountStore) -> None:
    told = pressing("add", {"name": "Sun", "roles": ["analyst"], "agent": ""}, "?add=yes")
    shown = json.dumps(told["response"], ensure_ascii=False)
    assert "It is shown this once" in shown
    body = told["response"]["admin-body"]["children"]
    secret = next(
        part["props"]["children"]
        for note in body
        if note["props"].get("className") == "secret"
        for part in note["props"]["children"]
        if part["type"] == "Code"
    )
    assert accounts.sign_in("Sun", secret)
    assert accounts.user("Sun").must_change
    assert "It is shown this once" not in drawn_again(accounts, pressing)


def drawn_again(accounts: AccountStore, pressing: Any) -> str:
    return json.dumps(pressing("unlock", {"whose": "Sun"}, "?user=Sun&tab=users"), ensure_ascii=False)


def test_roles_are_changed_and_the_address_follows(pressing: Any, accounts: AccountStore) -> None:
    told = pressing("save", {"whose": "Zhao", "roles": ["viewer"], "agent": "L002"}, "?tab=users")
    assert told["response"]["admin-url"]["search"] == "?tab=users&user=Zhao"
    user = accounts.user("Zhao")
    assert (user.roles, user.agent) == (("viewer",), "L002")


def test_what_ends_sessions_asks_first_and_can_be_undone(pressing: Any, accounts: AccountStore) -> None:
    pressing("disable", {"whose": "Zhao"}, "?user=Zhao&tab=users", sure=True)
    assert accounts.user("Zhao").disabled
    pressing("enable", {"whose": "Zhao"}, "?user=Zhao&tab=users")
    assert not accounts.user("Zhao").disabled
    told = pressing("reset", {"whose": "Zhao"}, "?user=Zhao&tab=users", sure=True)
    assert "It is shown this once" in json.dumps(told)
    with pytest.raises(SignInRefused):
        accounts.sign_in("Zhao", GOOD)


def test_mistakes_become_one_sentence(pressing: Any, accounts: AccountStore) -> None:
    for told in (
        pressing("disable", {"whose": "Lin"}, "?user=Lin&tab=users", sure=True),
        pressing("save", {"whose": "Lin", "roles": ["viewer"], "agent": ""}, "?user=Lin&tab=users"),
    ):
        assert "last one with the role manager" in json.dumps(told["sideUpdate"])
        assert "response" not in told or not told["response"]
    assert not accounts.user("Lin").disabled
    assert accounts.user("Lin").roles == ("manager",)
