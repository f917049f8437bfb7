"""Signing in through the organisation's own service: a small one on loopback, as wrong as a test asks it to be."""

from __future__ import annotations

import base64
import hashlib
import logging
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from flask import Flask, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey

from dashboard.access.oidc_settings import OidcSettings
from dashboard.screenshots import serving
from wfm.errors import BadInput

SECRET = "shared-secret-of-the-client"


@dataclass
class Provider:
    """``claims``: of the person who is signed in there. ``token``: overrides claims of the id token; None takes one out."""

    claims: dict[str, Any]
    token: dict[str, Any] = field(default_factory=dict)
    refuse: bool = False
    other_key: bool = False
    user_info: dict[str, Any] | None = None
    issuer: str = ""
    told_issuer: str = ""
    seen: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._codes: dict[str, dict[str, str]] = {}
        self._key = RSAKey.generate_key(2048, parameters={"kid": "one"})
        self._strange = RSAKey.generate_key(2048, parameters={"kid": "one"})

    def app(self) -> Flask:
        app = Flask("provider")

        @app.get("/.well-known/openid-configuration")
        def configuration() -> Any:
            told = {
                "issuer": self.told_issuer or self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
            if self.user_info is not None:
                told["userinfo_endpoint"] = f"{self.issuer}/userinfo"
            return jsonify(told)

        @app.get("/authorize")
        def authorize() -> Any:
            asked = request.args.to_dict()
            self.seen.append(asked)
            if self.refuse:
                told = {"error": "access_denied", "state": asked["state"]}
            else:
                code = secrets.token_urlsafe(16)
                self._codes[code] = asked
                told = {"code": code, "state": asked["state"]}
            return redirect(f"{asked['redirect_uri']}?{urlencode(told)}")

        @app.post("/token")
        def token() -> Any:
            asked = self._codes.pop(request.form["code"], None)
            verifier = hashlib.sha256(request.form["code_verifier"].encode()).digest()
            challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
            sent = request.authorization
            known = sent is not None and (sent.username, sent.password) == ("wfm", SECRET)
            good = asked is not None and known and asked["code_challenge_method"] == "S256"
            if (
                not good
                or asked["code_challenge"] != challenge
                or asked["redirect_uri"] != request.form["redirect_uri"]
            ):
                return jsonify({"error": "invalid_grant"}), 400
            now = int(time.time())
            claims = {"iss": self.issuer, "aud": "wfm", "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
            claims = {k: v for k, v in {**claims, **self.claims, **self.token}.items() if v is not None}
            key = self._strange if self.other_key else self._key
            return jsonify(
                {
                    "access_token": "the-access-token",
                    "token_type": "Bearer",
                    "id_token": jwt.encode({"alg": "RS256", "kid": "one"}, claims, key),
                }
            )

        @app.get("/keys")
        def keys() -> Any:
            return jsonify({"keys": [self._key.as_dict(private=False)]})

        @app.get("/userinfo")
        def user_info() -> Any:
            if request.headers.get("Authorization") != "Bearer the-access-token":
                return jsonify({}), 401
            return jsonify(self.user_info)

        return app


class Running:
    """The provider on a free port while the block runs."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    def __enter__(self) -> Provider:
        self._serving = serving(self.provider.app())
        self.provider.issuer = self._serving.__enter__()
        return self.provider

    def __exit__(self, *_: object) -> None:
        self._serving.__exit__(None, None, None)


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with Running(Provider({})) as running:
        yield running


@pytest.fixture(scope="module")
def whole(provider: Provider, site_maker: Callable[..., Any]) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WFM_OIDC_ISSUER", provider.issuer)
        patch.setenv("WFM_OIDC_CLIENT_ID", "wfm")
        patch.setenv("WFM_OIDC_CLIENT_SECRET", SECRET)
        patch.setenv("WFM_OIDC_NAME", "司法局统一登录")
        patch.setenv("WFM_OIDC_ROLES_CLAIM", "realm.groups")
        patch.setenv("WFM_OIDC_ROLES", "hotline-managers=manager, hotline-all=viewer")
        yield site_maker()


@pytest.fixture
def there(provider: Provider) -> Provider:
    """Somebody who is signed in at the service, which does everything right."""
    fresh = Provider.__dataclass_fields__
    for name in ("token", "seen", "refuse", "other_key", "user_info", "told_issuer"):
        default = fresh[name].default_factory() if name in ("token", "seen") else fresh[name].default
        setattr(provider, name, default)
    provider.claims = {
        "sub": f"s-{secrets.token_hex(4)}",
        "preferred_username": f"user{secrets.token_hex(4)}",
        "realm": {"groups": ["staff", "hotline-all"]},
    }
    return provider


def go(browser: Any, address: str = "/sign-in/oidc?next=/plan") -> Any:
    """To the service and back."""
    begun = browser.get(address)
    assert begun.status_code == 302, begun.text
    sent_back = requests.get(begun.headers["Location"], allow_redirects=False, timeout=5)
    told = urlsplit(sent_back.headers["Location"])
    assert told.path == "/sign-in/oidc/back"
    return browser.get(f"{told.path}?{told.query}")


def test_the_way_there_and_back(whole: Any, there: Provider) -> None:
    browser = whole.browser()
    page = browser.get("/sign-in?next=/plan").text
    assert "司法局统一登录" in page
    answer = go(browser)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/plan")
    assert browser.get("/plan").status_code == 200
    user = whole.accounts.user(there.claims["preferred_username"])
    assert (user.roles, user.has_password, user.issuer) == (("viewer",), False, there.issuer)
    (asked,) = there.seen
    assert asked["code_challenge_method"] == "S256"
    assert asked["response_type"] == "code"
    assert len(asked["state"]) >= 43
    assert len(asked["nonce"]) >= 43


def test_groups_give_roles_anew_each_time(whole: Any, there: Provider) -> None:
    name = there.claims["preferred_username"]
    go(whole.browser())
    there.claims["realm"] = {"groups": ["hotline-managers", "hotline-all"]}
    go(whole.browser())
    assert whole.accounts.user(name).roles == ("manager", "viewer")
    there.claims["realm"] = {"groups": ["staff"]}
    answer = go(whole.browser())
    assert answer.status_code == 403
    assert "may not sign in here" in answer.text


def test_a_state_works_once(whole: Any, there: Provider) -> None:
    browser = whole.browser()
    begun = browser.get("/sign-in/oidc")
    told = urlsplit(requests.get(begun.headers["Location"], allow_redirects=False, timeout=5).headers["Location"])
    back = f"{told.path}?{told.query}"
    assert browser.get(back).status_code == 303
    again = browser.get(back)
    assert again.status_code == 403
    assert "not begun here" in again.text


def test_an_answer_counts_only_in_the_browser_that_asked(whole: Any, there: Provider) -> None:
    """Nobody is signed in to another's account by a link that the other sends."""
    begun = whole.browser().get("/sign-in/oidc")
    told = urlsplit(requests.get(begun.headers["Location"], allow_redirects=False, timeout=5).headers["Location"])
    victim = whole.browser()
    assert victim.get(f"{told.path}?{told.query}").status_code == 403
    assert victim.get("/plan").status_code == 302


def test_a_state_that_took_too_long(whole: Any, there: Provider) -> None:
    browser = whole.browser()
    begun = browser.get("/sign-in/oidc")
    told = urlsplit(requests.get(begun.headers["Location"], allow_redirects=False, timeout=5).headers["Location"])
    whole.clock.forward(minutes=11)
    assert browser.get(f"{told.path}?{told.query}").status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": ["wfm", "another"], "azp": "another"},
        {"iss": "https://evil.example"},
        {"exp": 1_700_000_000},
        {"sub": None},
    ],
    ids=str,
)
def test_tokens_that_do_not_hold(whole: Any, there: Provider, wrong: dict[str, Any]) -> None:
    there.token = wrong
    browser = whole.browser()
    answer = go(browser)
    assert answer.status_code == 502
    assert "did not answer as it should" in answer.text
    assert browser.get("/plan").status_code == 302


def test_a_token_signed_by_another_key(whole: Any, there: Provider) -> None:
    there.other_key = True
    assert go(whole.browser()).status_code == 502


def test_a_service_that_says_it_is_another(whole: Any, there: Provider) -> None:
    there.told_issuer = "https://evil.example"
    assert whole.browser().get("/sign-in/oidc").status_code == 502


def test_a_refusal_is_said(whole: Any, there: Provider) -> None:
    there.refuse = True
    answer = go(whole.browser())
    assert answer.status_code == 502
    assert "did not let you in" in answer.text


def test_what_the_token_lacks_is_asked_for(whole: Any, there: Provider) -> None:
    name = there.claims.pop("preferred_username")
    there.user_info = {"sub": there.claims["sub"], "preferred_username": name}
    assert go(whole.browser()).status_code == 303
    there.user_info = {"sub": "somebody-else", "preferred_username": name}
    assert go(whole.browser()).status_code == 502


def test_a_name_chosen_there_is_no_way_into_an_account_here(whole: Any, there: Provider) -> None:
    whole.accounts.add("boss", ["manager"], password="Nanxun-tree-42")
    there.claims["preferred_username"] = "boss"
    answer = go(whole.browser())
    assert answer.status_code == 403
    assert "no account here" in answer.text


def test_no_secret_is_logged(whole: Any, there: Provider, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="wfm")
    go(whole.browser())
    there.token = {"nonce": "another"}
    go(whole.browser())
    there.token, there.refuse = {}, True
    go(whole.browser())
    asked = there.seen[0]
    for secret in (SECRET, "the-access-token", asked["state"], asked["nonce"], "eyJ"):
        assert secret not in caplog.text
    assert "sign-in through the service failed" in caplog.text
    assert SECRET not in repr(OidcSettings.from_environ())


def test_the_address_to_come_back_to(whole: Any, there: Provider) -> None:
    begun = whole.browser().get("/sign-in/oidc", headers={"Host": "wfm.example.cn"})
    asked = parse_qs(urlsplit(begun.headers["Location"]).query)
    assert asked["redirect_uri"] == ["http://wfm.example.cn/sign-in/oidc/back"]


@pytest.mark.parametrize(
    ("environ", "why"),
    [
        ({"WFM_OIDC_ISSUER": "http://id.example"}, "https:// address is needed"),
        ({"WFM_OIDC_ISSUER": "https://id.example"}, "WFM_OIDC_CLIENT_ID is missing"),
        (
            {"WFM_OIDC_ISSUER": "https://id.example", "WFM_OIDC_CLIENT_ID": "w", "WFM_OIDC_ROLES": "a=king"},
            "found 'a=king'",
        ),
        (
            {"WFM_OIDC_ISSUER": "https://id.example", "WFM_OIDC_CLIENT_ID": "w", "WFM_OIDC_ROLES": "manager"},
            "WFM_OIDC_ROLES",
        ),
    ],
)
def test_settings_that_are_none(environ: dict[str, str], why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET", "NAME", "ROLES", "ROLES_CLAIM"):
        monkeypatch.delenv(f"WFM_OIDC_{name}", raising=False)
    assert OidcSettings.from_environ() is None
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadInput, match=why):
        OidcSettings.from_environ()


def test_roles_by_their_own_names() -> None:
    settings = OidcSettings("https://id.example", "wfm", roles_claim="roles")
    assert settings.roles_of({"roles": ["viewer", "manager", "cook"]}) == ["manager", "viewer"]
    assert settings.roles_of({"roles": "viewer"}) == ["viewer"]
    assert settings.roles_of({}) == []
    assert OidcSettings("https://id.example", "wfm").roles_of({"roles": ["manager"]}) is None
