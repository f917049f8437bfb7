"""``wfm user`` and ``wfm audit``: accounts and the audit from the command line."""

from __future__ import annotations

import io
import json
import sqlite3
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from wfm.cli.app import run
from wfm.store import open_store

GOOD = "Nanxun-tree-42"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WFM_HOME", str(tmp_path))
    monkeypatch.delenv("WFM_DATABASE_URL", raising=False)
    monkeypatch.setattr("getpass.getuser", lambda: "root")
    monkeypatch.setattr("wfm.cli.app.COMMANDS", ("user", "audit"))
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("wfm.store.passwords.PasswordHasher", lambda: cheap)
    return tmp_path


def add(name: str, *more: str, monkeypatch: pytest.MonkeyPatch, password: str = GOOD) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    return run(["user", "add", name, "--password-stdin", *more])


def listed(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, object]]:
    capsys.readouterr()
    assert run(["user", "list", "--json"]) == 0
    return {user["name"]: user for user in json.loads(capsys.readouterr().out)}


def test_an_account_from_its_making_to_its_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add("Lin", "--role", "manager", "--own", monkeypatch=monkeypatch) == 0
    assert add("Zhao", "--role", "scheduler", "--role", "agent", "--agent", "L001", monkeypatch=monkeypatch) == 0
    users = listed(capsys)
    assert users["Lin"]["roles"] == ["manager"]
    assert users["Lin"]["must_change"] is False
    assert (users["Zhao"]["roles"], users["Zhao"]["agent"]) == (["scheduler", "agent"], "L001")
    assert users["Zhao"]["must_change"] is True
    assert "argon2" not in json.dumps(users)

    assert run(["user", "roles", "Zhao", "--role", "viewer"]) == 0
    assert run(["user", "disable", "Zhao"]) == 0
    users = listed(capsys)
    assert (users["Zhao"]["roles"], users["Zhao"]["agent"], users["Zhao"]["disabled"]) == (["viewer"], "L001", True)
    assert run(["user", "enable", "zhao"]) == 0
    assert listed(capsys)["Zhao"]["disabled"] is False
    assert run(["user", "unlock", "Zhao"]) == 0

    capsys.readouterr()
    assert run(["audit", "--json"]) == 0
    told = [(e["who"], e["action"], e["object"]) for e in json.loads(capsys.readouterr().out)]
    assert told[:4] == [
        ("root", "unlock user", "user Zhao"),
        ("root", "enable user", "user Zhao"),
        ("root", "disable user", "user Zhao"),
        ("root", "change roles", "user Zhao"),
    ]


def test_the_password_opens_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    assert add("Lin", "--role", "manager", monkeypatch=monkeypatch) == 0
    assert open_store().accounts.sign_in("Lin", GOOD)


def test_a_made_password_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["user", "add", "Lin", "--role", "manager", "--make-password"]) == 0
    first = capsys.readouterr().out.strip().rpartition(" ")[2]
    assert open_store().accounts.sign_in("Lin", first)
    assert run(["user", "password", "Lin", "--make-password"]) == 0
    second = capsys.readouterr().out.strip().rpartition(" ")[2]
    assert second != first
    assert open_store().accounts.sign_in("Lin", second)


def test_the_password_is_asked_for_without_showing_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal())
    answers = iter([GOOD, "Another-one-1", GOOD, GOOD])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(answers))
    assert run(["user", "add", "Lin", "--role", "manager"]) == 2
    assert "the two passwords are not the same" in capsys.readouterr().err
    assert run(["user", "add", "Lin", "--role", "manager"]) == 0
    assert GOOD not in "".join(capsys.readouterr())
    assert open_store().accounts.sign_in("Lin", GOOD)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["add", "Lin", "--role", "king", "--make-password"], "role: found king, allowed are manager, scheduler"),
        (["add", "a/b", "--role", "viewer", "--make-password"], "user name 'a/b'"),
        (["add", "\udcc4\udccf", "--role", "viewer", "--make-password"], "user name '\\udcc4\\udccf'"),
        (["add", "Lin", "--role", "agent", "--agent", "9" * 81, "--make-password"], "number in the roster"),
        (["list", "--url", "nonsense"], "found a URL of kind 'nonsense'"),
        (["add", "Lin", "--make-password"], "--role"),
        (["add", "Lin", "--role", "viewer", "--make-password", "--password-stdin"], "exclude each other"),
        (["add", "Lin", "--role", "viewer"], "no terminal to ask for the password"),
        (["disable", "Nobody"], "there is no user Nobody"),
        (["password", "Nobody", "--make-password"], "there is no user Nobody"),
    ],
)
def test_mistakes_are_one_sentence_and_exit_code_2(
    arguments: list[str], why: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert run(["user", *arguments]) == 2
    said = capsys.readouterr().err
    assert why in said
    assert len(said.splitlines()) == 1


def test_a_password_in_another_encoding_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = "南浔-Tree-42-树\n".encode("gbk")
    for errors in ("strict", "surrogateescape"):  # the second where the locale is C
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(line), encoding="utf-8", errors=errors))
        assert run(["user", "add", "Lin", "--role", "manager", "--password-stdin"]) == 2
        assert "--password-stdin: the line is not UTF-8" in capsys.readouterr().err


def test_weak_passwords_and_the_last_manager(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add("Lin", "--role", "manager", password="short", monkeypatch=monkeypatch) == 2
    assert "5 characters" in capsys.readouterr().err
    assert add("Lin", "--role", "manager", monkeypatch=monkeypatch) == 0
    assert run(["user", "disable", "Lin"]) == 2
    assert "last one with the role manager" in capsys.readouterr().err


def test_the_list_says_what_keeps_somebody_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["user", "list"]) == 0
    assert "wfm user add NAME --role manager" in capsys.readouterr().out
    add("Lin", "--role", "manager", "--own", monkeypatch=monkeypatch)
    add("Zhao", "--role", "viewer", monkeypatch=monkeypatch)
    assert run(["user", "add", "Qian", "--role", "viewer", "--single-sign-on"]) == 0
    run(["user", "disable", "Zhao"])
    capsys.readouterr()
    assert run(["user", "list", "--lang", "zh"]) == 0
    shown = capsys.readouterr().out
    for words in ("正常", "已停用", "统一登录"):
        assert words in shown


def test_the_audit_is_verified(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    add("Lin", "--role", "manager", monkeypatch=monkeypatch)
    add("Zhao", "--role", "viewer", monkeypatch=monkeypatch)
    capsys.readouterr()
    assert run(["audit", "--verify"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("2 entries, none changed and none missing.")
    noted = told.split()[-1]
    assert run(["audit", "--verify", "--noted", noted]) == 0
    assert run(["audit", "--verify", "--noted", "0" * 64]) == 1
    connection = sqlite3.connect(home / "wfm.sqlite")
    connection.execute("DROP TRIGGER audit_no_update")
    connection.execute("UPDATE audit SET who = 'somebody' WHERE id = 1")
    connection.commit()
    connection.close()
    capsys.readouterr()
    assert run(["audit", "--verify"]) == 1
    assert "Entry 1 was changed after it was written." in capsys.readouterr().out
    assert run(["audit", "--verify", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["whole"], found["fault"], found["at"]) == (False, "changed", 1)


def test_the_audit_is_filtered(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    add("Lin", "--role", "manager", monkeypatch=monkeypatch)
    capsys.readouterr()

    def count(*arguments: str) -> int:
        assert run(["audit", "--json", *arguments]) == 0
        return len(json.loads(capsys.readouterr().out))

    assert count() == 1
    assert count("--who", "root") == 1
    assert count("--who", "lin") == 0
    assert count("--text", "LIN") == 1
    assert count("--text", "Add User") == 1
    assert count("--text", "新建用户") == 1, "as the Chinese page calls it"
    assert count("--text", "排班") == 0
    assert count("--since", "2020-01-01") == 1
    assert count("--until", "2020-01-01T10:30") == 0
    for moment in ("soon", "2026-02-30", "0001-01-01"):
        assert run(["audit", "--since", moment]) == 2
        assert f"--since: found '{moment}'" in capsys.readouterr().err
    assert run(["audit", "--limit", "9" * 30]) == 2
    assert "allowed is a number from 1 to 1000000" in capsys.readouterr().err
    assert run(["audit", "--who", "nobody"]) == 0
    assert "Nothing like that" in capsys.readouterr().out
    assert run(["audit", "--noted", "abc"]) == 2


def test_young_entries_stay(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    add("Lin", "--role", "manager", monkeypatch=monkeypatch)
    assert run(["audit", "--remove-older-than", "30"]) == 2
    assert "at least 183 days" in capsys.readouterr().err
    assert run(["audit", "--remove-older-than", "999999999"]) == 2
    assert "allowed is a number up to 365000" in capsys.readouterr().err
    assert run(["audit", "--remove-older-than", "183"]) == 0
    assert "0 entries" in capsys.readouterr().out
