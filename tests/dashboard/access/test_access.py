"""Who may come in, in which language, and what every answer forbids."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboard.access import AccessRules, guard, is_loopback, make_link_token, withdraw_links
from dashboard.access.origins import local_path
from dashboard.app import make_app
from dashboard.desk import Desk
from dashboard.speech import choose_language
from wfm.store import open_store

OURS = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}


@pytest.fixture
def desk(plans_folder: Path, tmp_path: Path) -> Desk:
    desk = Desk(plans_folder, home=tmp_path)
    desk.__dict__["store"] = open_store(f"sqlite:///{tmp_path / 'wfm.sqlite'}")
    return desk


@pytest.fixture
def new_links() -> list[str]:
    return []


@pytest.fixture
def worker(desk: Desk, new_links: list[str]) -> Callable[[], Any]:
    """Makes a client of a server process; all share one store."""

    def make() -> Any:
        rules = AccessRules(cookie="test_session")
        app = make_app(desk, lambda flask: guard(flask, desk, rules, on_new_token=new_links.append))
        return app.server.test_client()

    return make


@pytest.fixture
def client(worker: Callable[[], Any]) -> Any:
    return worker()


@pytest.fixture
def token(desk: Desk) -> str:
    return make_link_token(desk.store)


def test_without_the_link_nobody_comes_in(client: Any) -> None:
    for path in ("/", "/plan", "/report", "/data/seats.csv", "/nothing-here", "/sign-in", "/password"):
        answer = client.get(path)
        assert answer.status_code == 403
        assert "wfm serve" in answer.text
        assert "此页面需用终端中的链接打开" in answer.text
        assert "This page needs the link from the terminal" in answer.text
    for path in ("/_dash-layout", "/_dash-dependencies", "/assets/look.css", "/_dash-component-suites/dash/x.js"):
        assert client.get(path).status_code == 401
    assert client.post("/_dash-update-component", json={}, headers=OURS).status_code == 401
    assert client.get("/?token=wrong").status_code == 403
    assert client.get("/?token=").status_code == 403


def test_the_link_works_once_and_then_the_cookie(client: Any, token: str, new_links: list[str]) -> None:
    answer = client.get(f"/plan?token={token}&plan=one-week")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/plan?plan=one-week"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert token not in cookie
    assert client.get("/plan").status_code == 200
    stranger = client.application.test_client()
    assert stranger.get(f"/?token={token}").status_code == 403
    # The next link, which the terminal shows, lets the next browser in.
    (fresh,) = new_links
    assert fresh != token
    assert stranger.get(f"/?token={fresh}").status_code == 302
    assert client.get("/plan").status_code == 200


def test_any_process_knows_the_session(worker: Callable[[], Any], token: str) -> None:
    first, second = worker(), worker()
    cookie = first.get(f"/?token={token}").headers["Set-Cookie"].partition(";")[0].partition("=")[2]
    second.set_cookie("test_session", cookie)
    assert second.get("/plan").status_code == 200
    assert second.get(f"/?token={token}", headers={"Cookie": ""}).status_code in (302, 403)


def test_links_of_a_closed_dashboard_open_nothing(client: Any, desk: Desk, token: str) -> None:
    withdraw_links(desk.store)
    assert client.get(f"/?token={token}").status_code == 403


def test_who_came_by_the_link_is_the_systems_user(client: Any, desk: Desk, token: str, monkeypatch: Any) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "linxiao")
    client.get(f"/?token={token}")
    (session,) = desk.store.accounts.sessions.all()
    assert session.name == "linxiao"
    assert [(e.who, e.action) for e in desk.store.audit()] == [("linxiao", "sign in")]


def test_made_up_cookies_do_not_open(client: Any) -> None:
    client.set_cookie("test_session", "made-up")
    assert client.get("/plan").status_code == 403


def test_looking_ahead_does_not_use_up_the_link(client: Any, token: str) -> None:
    assert client.head(f"/?token={token}").status_code == 403
    assert client.get(f"/?token={token}").status_code == 302


def test_a_foreign_name_for_this_machine_is_refused(client: Any, token: str) -> None:
    client.get(f"/?token={token}")
    assert client.get("/plan", headers={"Host": "evil.example"}).status_code == 403
    assert client.get("/plan", headers={"Host": "127.0.0.1:8350"}).status_code in (200, 403)


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, False),
        ({"Origin": "http://localhost"}, True),
        ({"Origin": "https://localhost"}, False),
        ({"Origin": "http://localhost:8080"}, False),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
)
def test_only_our_own_pages_may_change_anything(client: Any, token: str, headers: dict[str, str], passes: bool) -> None:
    client.get(f"/?token={token}")
    for path in ("/_dash-update-component", "/session/active", "/sign-out"):
        status = client.post(path, json={}, headers=headers).status_code if path != "/sign-out" or not passes else 0
        assert (status != 403) is passes, (path, status)


def test_health_is_open_to_all(client: Any) -> None:
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json["status"] == "ok"


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("localhost", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.4", False),
        ("example.com", False),
        ("", False),
    ],
)
def test_own_addresses(host: str, own: bool) -> None:
    assert is_loopback(host) is own


@pytest.mark.parametrize(
    ("told", "path"),
    [
        ("/plan?plan=one-week&at=2026-09-15T10:30", "/plan?plan=one-week&at=2026-09-15T10:30"),
        ("/review#lines", "/review#lines"),
        ("", "/"),
        ("plan", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/a\\b", "/"),
        ("https://evil.example/", "/"),
        ("/\tx", "/"),
        ("/x\r\nSet-Cookie: a=b", "/"),
        ("javascript:alert(1)", "/"),
        ("/" + "x" * 3000, "/"),
    ],
)
def test_one_goes_on_to_pages_of_ours_only(told: str, path: str) -> None:
    assert local_path(told) == path


def test_rules_reach_other_processes() -> None:
    rules = AccessRules(accounts=True, cookie="c", public_names=("wfm.example.cn", "b"), proxies=2)
    assert AccessRules.from_environ(rules.to_environ()) == rules
    assert AccessRules.from_environ({}) is None


def test_every_answer_carries_the_headers(plans_folder: Path) -> None:
    client = make_app(Desk(plans_folder)).server.test_client()
    for path in ("/", "/health", "/nothing-here", "/assets/look.css", "/data/seats.csv"):
        with client.get(path) as answer:
            headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        script = next(part for part in policy.split("; ") if part.startswith("script-src"))
        assert "unsafe" not in script
        assert "sha256-" in script
        assert "http" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"


def test_what_somebody_saw_stays_in_no_cache(client: Any, token: str) -> None:
    client.get(f"/?token={token}")
    for path in ("/plan", "/_dash-layout", "/data/seats.csv?plan=one-week"):
        with client.get(path) as answer:
            assert "no-store" in answer.headers["Cache-Control"], path


@pytest.mark.parametrize(
    ("query", "cookie", "accept", "chosen"),
    [
        ("lang=zh", "en", "en-US", "zh"),
        ("lang=en", "zh", "zh-CN", "en"),
        ("lang=xx", "zh", "en-US", "zh"),
        ("", "zh", "en-US,en;q=0.9", "zh"),
        ("", "", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("", "", "zh-TW", "zh"),
        ("", "", "en-GB,zh;q=0.5", "en"),
        ("", "", "fr", "en"),
        ("", "", "", "en"),
    ],
)
def test_language_of_a_request(query: str, cookie: str, accept: str, chosen: str) -> None:
    assert choose_language(query, cookie, accept) == chosen


def test_an_asked_language_is_remembered(plans_folder: Path) -> None:
    client = make_app(Desk(plans_folder)).server.test_client()
    assert "wfm_lang=zh" in client.get("/?lang=zh").headers["Set-Cookie"]
    layout = str(client.get("/_dash-layout").json)
    assert "热线人力规划" in layout
    assert "Hotline planning" in str(client.application.test_client().get("/_dash-layout").json)


def test_no_served_asset_asks_for_another_host(plans_folder: Path) -> None:
    """The page names no other host, and our own assets hold no address at all.

    Libraries' bundles hold addresses in documentation strings; that none is asked is shown in a
    browser, and forbidden by the policy.
    """
    client = make_app(Desk(plans_folder)).server.test_client()
    page = client.get("/").text
    loaded = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert loaded
    assert all(address.startswith(("/", "data:")) and not address.startswith("//") for address in loaded)
    assert '"disable_version_check":true' in page
    root = Path(make_app(Desk(plans_folder)).config.assets_folder)
    for asset in root.rglob("*"):
        if asset.is_file():
            found = re.findall(r"https?://[^\"'\s)]+", asset.read_text(encoding="utf-8"))
            assert [a for a in found if a != "http://www.w3.org/2000/svg"] == []
