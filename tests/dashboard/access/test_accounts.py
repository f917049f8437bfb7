"""Signing in over HTTP: the forms, the cookie, where one goes on to, and what ends a session."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

import pytest

from dashboard.access import expect_accounts
from wfm.errors import BadInput

GOOD = "Nanxun-tree-42"
OURS = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
ASKS = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}
OPENS = {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}


def cookies_of(answer: Any) -> str:
    return " | ".join(answer.headers.getlist("Set-Cookie"))


def test_pages_lead_to_the_form_and_back(site: Any) -> None:
    browser = site.browser()
    answer = browser.get("/plan?plan=one-week&at=2026-09-15T10:30", headers=OPENS)
    assert answer.status_code == 302
    place = answer.headers["Location"]
    assert place == "/sign-in?next=%2Fplan%3Fplan%3Done-week%26at%3D2026-09-15T10%3A30"
    form = browser.get(place, headers=OPENS).text
    told = re.search(r'name="next" value="([^"]*)"', form)
    assert told is not None
    assert told[1] == "/plan?plan=one-week&amp;at=2026-09-15T10:30"
    done = browser.post(
        "/sign-in",
        data={"name": "viewer", "password": GOOD, "next": "/plan?plan=one-week"},
        headers=OURS,
    )
    assert (done.status_code, done.headers["Location"]) == (303, "/plan?plan=one-week")
    assert browser.get("/plan", headers=OPENS).status_code == 200


def test_what_pages_ask_by_themselves_is_told_401(site: Any) -> None:
    browser = site.browser()
    assert browser.post("/_dash-update-component", json={}, headers=ASKS).status_code == 401
    assert browser.get("/_dash-layout", headers=ASKS).status_code == 401
    assert browser.get("/data/seats.csv", headers=ASKS).status_code == 401
    assert browser.post("/session/active", headers=ASKS).status_code == 401


def test_the_cookie(site: Any) -> None:
    answer = site.browser().post("/sign-in", data={"name": "viewer", "password": GOOD}, headers=OURS)
    cookie = cookies_of(answer)
    assert "test_session=" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie  # not over TLS here
    assert "Expires" not in cookie
    assert "Max-Age" not in cookie


def test_over_tls_the_cookie_goes_over_tls_only(site_maker: Callable[..., Any]) -> None:
    site = site_maker(proxies=1)
    site.accounts.add("lin", ["manager"], password=GOOD, must_change=False)
    proxied = {
        **OURS,
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "wfm.example.cn",
        "X-Forwarded-For": "10.1.2.3",
    }
    browser = site.server.test_client()
    answer = browser.post("/sign-in", data={"name": "lin", "password": GOOD}, headers=proxied)
    assert answer.status_code == 303
    assert "__Host-test_session=" in cookies_of(answer)
    assert "Secure" in cookies_of(answer)
    (session,) = site.accounts.sessions.all()
    assert session.address == "10.1.2.3"


def test_a_proxy_that_is_not_named_is_not_believed(site: Any) -> None:
    lies = {**OURS, "X-Forwarded-Proto": "https", "X-Forwarded-For": "10.1.2.3"}
    answer = site.browser().post("/sign-in", data={"name": "viewer", "password": GOOD}, headers=lies)
    assert "Secure" not in cookies_of(answer)
    assert site.accounts.sessions.all()[0].address == "127.0.0.1"


def test_names_of_the_dashboard(site_maker: Callable[..., Any]) -> None:
    site = site_maker(public_names=("wfm.example.cn",))
    browser = site.server.test_client()
    for host, known in (
        ("wfm.example.cn", True),
        ("WFM.example.cn:443", True),
        ("evil.example", False),
        ("127.0.0.1", True),
    ):
        assert (browser.get("/sign-in", headers={**OPENS, "Host": host}).status_code == 200) is known, host
    assert browser.get("/health", headers={"Host": "10.0.0.3"}).status_code == 200


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_wrong_password_is_said_and_nothing_else(site: Any, language: str) -> None:
    words = {"en": "Name or password is wrong", "zh": "用户名或密码错误"}[language]
    pages = []
    for name in ("viewer", "nobody"):
        browser = site.browser()
        answer = browser.post(f"/sign-in?lang={language}", data={"name": name, "password": "x"}, headers=OURS)
        assert answer.status_code == 403
        assert words in answer.text
        assert "Set-Cookie" not in {k for k, v in answer.headers if "test_session" in v}
        pages.append(answer.text.replace(f'value="{name}"', ""))
    assert pages[0] == pages[1]


def test_what_was_typed_is_shown_as_text(site: Any) -> None:
    typed = '"><script>alert(1)</script>'
    page = site.browser().post("/sign-in", data={"name": typed, "password": "x", "next": typed}, headers=OURS).text
    assert "<script" not in page
    page = site.browser().get("/sign-in", query_string={"next": f"/{typed}"}, headers=OPENS).text
    assert "<script" not in page


def test_the_lock_is_said_with_its_minutes(site: Any) -> None:
    browser = site.browser()
    for _ in range(5):
        assert browser.post("/sign-in", data={"name": "viewer", "password": "x"}, headers=OURS).status_code == 403
    answer = browser.post("/sign-in", data={"name": "viewer", "password": GOOD}, headers=OURS)
    assert answer.status_code == 429
    assert "try again in 15 minutes" in answer.text
    site.accounts.unlock("viewer")
    assert browser.post("/sign-in", data={"name": "viewer", "password": GOOD}, headers=OURS).status_code == 303


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}])
def test_another_page_signs_nobody_in(site: Any, headers: dict[str, str]) -> None:
    """Else a stranger's page could sign somebody in to the stranger's account."""
    answer = site.browser().post("/sign-in", data={"name": "viewer", "password": GOOD}, headers=headers)
    assert answer.status_code == 403
    assert site.accounts.sessions.all() == []


def test_one_goes_on_to_pages_of_ours_only(site: Any) -> None:
    for told in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        answer = site.browser().post("/sign-in", data={"name": "viewer", "password": GOOD, "next": told}, headers=OURS)
        assert answer.headers["Location"] == "/"


def test_signing_out(site: Any) -> None:
    browser = site.signed_in("viewer")
    assert "Sign out?" in browser.get("/sign-out", headers=OPENS).text
    assert browser.get("/plan", headers=OPENS).status_code == 200  # asking signs nobody out
    cookie = browser.get_cookie("test_session").value
    answer = browser.post("/sign-out", headers=OURS)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?said=out")
    assert "You are signed out" in browser.get("/sign-in?said=out", headers=OPENS).text
    thief = site.browser()
    thief.set_cookie("test_session", cookie)
    assert thief.get("/plan", headers=OPENS).status_code == 302


def test_signing_in_anew_gives_another_session_and_ends_the_first(site: Any) -> None:
    browser = site.signed_in("viewer")
    first = browser.get_cookie("test_session").value
    browser.post("/sign-in", data={"name": "analyst", "password": GOOD}, headers=OURS)
    assert browser.get_cookie("test_session").value != first
    assert [session.name for session in site.accounts.sessions.all()] == ["analyst"]


def test_a_session_that_came_from_elsewhere_is_not_taken_over(site: Any) -> None:
    """A cookie that somebody else planted is none of ours after signing in."""
    browser = site.browser()
    browser.set_cookie("test_session", "planted")
    browser.post("/sign-in", data={"name": "viewer", "password": GOOD}, headers=OURS)
    assert browser.get_cookie("test_session").value != "planted"


def test_idle_pages_that_ask_by_themselves_keep_no_session_open(site: Any) -> None:
    browser = site.signed_in("viewer")
    for _ in range(5):
        site.clock.forward(minutes=5)
        assert browser.get("/_dash-layout", headers=ASKS).status_code == 200
    site.clock.forward(minutes=6)
    assert browser.get("/_dash-layout", headers=ASKS).status_code == 401


def test_somebody_at_the_page_keeps_it_open(site: Any) -> None:
    browser = site.signed_in("viewer")
    for _ in range(3):
        site.clock.forward(minutes=20)
        assert browser.post("/session/active", headers=ASKS).status_code == 204
    assert browser.get("/plan", headers=OPENS).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        lambda accounts: accounts.set_roles("viewer", ["analyst"]),
        lambda accounts: accounts.disable("viewer"),
        lambda accounts: accounts.reset_password("viewer", password="Another-tree-43"),
        lambda accounts: accounts.change_password("viewer", GOOD, "Another-tree-43"),
    ],
    ids=["roles", "disable", "reset", "password"],
)
def test_changes_end_the_session_at_once(site_maker: Callable[..., Any], change: Callable[[Any], Any]) -> None:
    site = site_maker()
    site.accounts.add("viewer", ["viewer"], password=GOOD, must_change=False)
    browser = site.signed_in("viewer")
    assert browser.get("/_dash-layout", headers=ASKS).status_code == 200
    change(site.accounts)
    assert browser.get("/_dash-layout", headers=ASKS).status_code == 401


def test_a_password_from_somebody_else_comes_first(site: Any) -> None:
    given = "Given-by-boss-1"
    site.accounts.add("new", ["viewer"], password=given)
    browser = site.signed_in("new", given)
    answer = browser.get("/plan?plan=one-week", headers=OPENS)
    assert answer.headers["Location"] == "/password?next=%2Fplan%3Fplan%3Done-week"
    assert browser.post("/_dash-update-component", json={}, headers=ASKS).status_code == 401
    assert browser.get("/data/seats.csv", headers=OPENS).status_code == 302
    page = browser.get(answer.headers["Location"], headers=OPENS).text
    assert "Choose a new one; then you can go on." in page

    def choose(old: str, new: str, again: str) -> Any:
        told = {"old": old, "new": new, "again": again, "next": "/plan?plan=one-week"}
        return browser.post("/password", data=told, headers=OURS)

    assert "not the same" in choose(given, "Own-choice-2026", "Own-choice-2027").text
    assert "needs 3 of" in choose(given, "onlysmallletters", "onlysmallletters").text
    assert "one of the last 5" in choose(given, given, given).text
    wrong = choose("wrong", "Own-choice-2026", "Own-choice-2026")
    assert wrong.status_code == 403
    assert "The password so far is wrong" in wrong.text
    done = choose(given, "Own-choice-2026", "Own-choice-2026")
    assert (done.status_code, done.headers["Location"]) == (303, "/plan?plan=one-week")
    assert browser.get("/plan", headers=OPENS).status_code == 200
    assert site.signed_in("new", "Own-choice-2026")


def test_passwords_stand_in_no_log(site: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    site.signed_in("viewer")
    site.browser().post("/sign-in", data={"name": "viewer", "password": "Wrong-one-77"}, headers=OURS)
    assert GOOD not in caplog.text
    assert "Wrong-one-77" not in caplog.text


def test_the_forms_need_no_script_and_say_what_they_are(site: Any) -> None:
    for language, tag, words in (("en", "en", "Sign in"), ("zh", "zh-CN", "登录")):
        answer = site.browser().get(f"/sign-in?lang={language}", headers=OPENS)
        page = answer.text
        assert f'<html lang="{tag}">' in page
        assert f"<h1>{words}</h1>" in page
        assert "<script" not in page
        for key in ("name", "password"):
            assert f'<label for="{key}">' in page
            assert f'id="{key}"' in page
        assert 'autocomplete="current-password"' in page
        assert answer.headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_accounts_are_expected_where_others_come_in(site: Any, site_maker: Callable[..., Any]) -> None:
    expect_accounts(site.desk.store)
    empty = site_maker()
    with pytest.raises(BadInput, match="wfm user add NAME --role manager"):
        expect_accounts(empty.desk.store)
    empty.accounts.add("lin", ["viewer"], password=GOOD)
    with pytest.raises(BadInput, match="nobody can sign in and administer"):
        expect_accounts(empty.desk.store)


def test_links_of_the_terminal_open_nothing_here(site: Any) -> None:
    token = site.accounts.sessions.make_link()
    assert site.browser().get(f"/?token={token}", headers=OPENS).headers["Location"].startswith("/sign-in")
