"""Who may come in, in which language, and what every answer forbids."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from dashboard.access import Gate, guard, is_loopback
from dashboard.app import make_app
from dashboard.desk import Desk
from dashboard.speech import choose_language


@pytest.fixture
def gate() -> Gate:
    return Gate("test")


@pytest.fixture
def client(plans_folder: Path, gate: Gate) -> Any:
    return make_app(Desk(plans_folder), lambda flask: guard(flask, gate)).server.test_client()


def test_without_the_link_nobody_comes_in(client: Any) -> None:
    for path in ("/", "/plan", "/report", "/data/seats.csv", "/_dash-layout", "/assets/look.css"):
        answer = client.get(path)
        assert answer.status_code == 403
        assert "wfm serve" in answer.text
        assert "此页面需用终端中的链接打开" in answer.text
        assert "This page needs the link from the terminal" in answer.text
    assert client.post("/_dash-update-component", json={}).status_code == 403
    assert client.get("/?token=wrong").status_code == 403
    assert client.get("/?token=").status_code == 403


def test_the_link_works_once_and_then_the_cookie(client: Any, gate: Gate, plans_folder: Path) -> None:
    token = gate.token
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
    assert gate.token != token
    assert stranger.get(f"/?token={gate.token}").status_code == 302
    assert client.get("/plan").status_code == 200


def test_a_used_link_is_followed_by_a_new_one() -> None:
    told: list[str] = []
    gate = Gate("test", told.append)
    assert gate.redeem("wrong") is None
    assert told == []
    session = gate.redeem(gate.token)
    assert session is not None
    assert told == [gate.token]
    assert gate.knows(session)
    assert not gate.knows("")


def test_made_up_cookies_do_not_open(client: Any, gate: Gate) -> None:
    client.set_cookie(gate.cookie, "made-up")
    assert client.get("/plan").status_code == 403


def test_looking_ahead_does_not_use_up_the_link(client: Any, gate: Gate) -> None:
    token = gate.token
    assert client.head(f"/?token={token}").status_code == 403
    assert gate.token == token


def test_a_foreign_name_for_this_machine_is_refused(client: Any, gate: Gate) -> None:
    client.get(f"/?token={gate.token}")
    assert client.get("/plan", headers={"Host": "evil.example"}).status_code == 403
    assert client.get("/plan", headers={"Host": "127.0.0.1:8350"}).status_code in (200, 403)


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
