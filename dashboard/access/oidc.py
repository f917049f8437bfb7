"""Signing in through the organisation's own service: OpenID Connect, authorization code with PKCE, state and nonce.

What is on its way lies in the store under the digest of its state, works once, for ten minutes, and only in the
browser that began it. No token and no secret is logged or kept.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask, redirect, request
from werkzeug.wrappers import Response as Answer

from dashboard.access.cookies import keep_session, session_token
from dashboard.access.oidc_settings import OidcSettings
from dashboard.access.origins import local_path
from dashboard.access.papers import sign_in_page
from dashboard.access.rules import AccessRules
from dashboard.desk import Desk
from wfm.errors import BadInput
from wfm.i18n import say
from wfm.store import SignInRefused

__all__ = ["serve_oidc", "service_name"]

_LOG = logging.getLogger("wfm.dashboard")
_KIND = "oidc"
_LASTS = timedelta(minutes=10)
_TIMEOUT_S = 10
_SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key of the service alone; whoever knows the shared secret can sign by no name of it."""


class _Failed(BadInput):
    """The service did not answer as it must."""


class _Wrong(ValueError):
    """What is wrong with an answer, in words of our own, that may be logged."""


def service_name() -> str:
    """What people call the service; empty if there is none."""
    settings = OidcSettings.from_environ()
    return "" if settings is None else settings.name or say("your organisation's account")


def serve_oidc(server: Flask, desk: Desk, rules: AccessRules) -> None:
    """Add the way through the service, if there is one.

    Raises:
        BadInput: the environment names it only in part.
    """
    settings = OidcSettings.from_environ()
    if settings is None:
        return
    cookie = f"{rules.cookie}_way"
    sessions = desk.store.accounts.sessions

    @server.get("/sign-in/oidc")
    def begin() -> Answer:
        next_path = local_path(request.args.get("next", "/"))
        state, nonce, verifier, browser = (secrets.token_urlsafe(48) for _ in range(4))
        try:
            with _client(settings, _back()) as client:
                told = _discover(client, settings)
                address, _ = client.create_authorization_url(
                    told["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
                )
        except _Failed as failed:
            return _not_in(str(failed), next_path, 502)
        kept = {"nonce": nonce, "verifier": verifier, "browser": browser, "next": next_path}
        sessions.keep_once(_KIND, state, kept, _LASTS)
        answer = redirect(address)
        answer.set_cookie(
            cookie,
            browser,
            max_age=_LASTS,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
            path="/sign-in/oidc",
        )
        return answer

    @server.get("/sign-in/oidc/back")
    def back() -> Answer:
        kept = sessions.take_once(_KIND, request.args.get("state", ""))
        if kept is None or not hmac.compare_digest(
            kept["browser"].encode(), request.cookies.get(cookie, "").encode("utf-8", "replace")
        ):
            return _not_in(say("This sign-in was not begun here, or took too long. Begin again."), "/", 403)
        next_path = local_path(kept["next"])
        try:
            claims = _claims(settings, kept)
            name = str(claims.get(settings.name_claim) or "")
            if not name:
                _LOG.warning("sign-in through the service: no claim %s", settings.name_claim)
                raise _Failed(say("The service did not say your name; tell whoever administers the dashboard."))
            token = desk.store.accounts.sign_in_from(
                settings.issuer,
                str(claims["sub"]),
                name,
                settings.roles_of(claims),
                address=request.remote_addr or "",
                browser=str(request.user_agent),
            )
        except _Failed as failed:
            return _not_in(str(failed), next_path, 502)
        except (SignInRefused, BadInput) as refused:
            return _not_in(str(refused), next_path, 403)
        desk.store.accounts.sessions.end(session_token(rules))
        answer = keep_session(redirect(next_path, 303), rules, token)
        answer.delete_cookie(cookie, path="/sign-in/oidc", httponly=True, samesite="Lax", secure=request.is_secure)
        return answer


def _back() -> str:
    return f"{request.scheme}://{request.host}/sign-in/oidc/back"


def _not_in(problem: str, next_path: str, status: int) -> Answer:
    return sign_in_page(next_path=next_path, problem=problem, other_way=service_name(), status=status)


def _client(settings: OidcSettings, back: str) -> Any:
    from authlib.integrations.requests_client import OAuth2Session

    return OAuth2Session(
        settings.client_id,
        settings.client_secret or None,
        scope=settings.scopes,
        redirect_uri=back,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic" if settings.client_secret else "none",
    )


def _ask(client: Any, address: str) -> dict[str, Any]:
    """A JSON document of the service; asked without a token."""
    from requests import RequestException

    try:
        answer = client.get(address, timeout=_TIMEOUT_S, withhold_token=True)
        answer.raise_for_status()
        found = answer.json()
    except (RequestException, ValueError) as error:
        raise _failure(error) from None
    if not isinstance(found, dict):
        raise _failure(_Wrong("no object"))
    return found


def _discover(client: Any, settings: OidcSettings) -> dict[str, Any]:
    told = _ask(client, f"{settings.issuer}/.well-known/openid-configuration")
    lacking = [k for k in ("authorization_endpoint", "token_endpoint", "jwks_uri") if not told.get(k)]
    if lacking or str(told.get("issuer", "")).rstrip("/") != settings.issuer:
        raise _failure(_Wrong(f"configuration: issuer {told.get('issuer')!r}, lacking {lacking}"))
    return told


def _claims(settings: OidcSettings, kept: Mapping[str, str]) -> dict[str, Any]:
    """What the service says of the person, after everything about it was checked.

    Raises:
        _Failed: the service refused, did not answer, or what it said does not hold.
    """
    from authlib.common.errors import AuthlibBaseError
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet
    from requests import RequestException

    if request.args.get("error") or not request.args.get("code"):
        _LOG.warning("sign-in through the service: refused with %r", request.args.get("error", "")[:80])
        raise _Failed(say("The service did not let you in. Try again, or sign in with a password."))
    with _client(settings, _back()) as client:
        told = _discover(client, settings)
        if request.args.get("iss", told["issuer"]) != told["issuer"]:  # RFC 9207: an answer mixed up with another's
            raise _failure(_Wrong("answer of another issuer"))
        if settings.client_secret and "client_secret_basic" not in told.get(
            "token_endpoint_auth_methods_supported", ["client_secret_basic"]
        ):
            client.token_endpoint_auth_method = "client_secret_post"  # noqa: S105 (a method's name)
        try:
            token = client.fetch_token(
                told["token_endpoint"],
                grant_type="authorization_code",
                code=request.args["code"],
                code_verifier=kept["verifier"],
                timeout=_TIMEOUT_S,
            )
            keys = KeySet.import_key_set(_ask(client, told["jwks_uri"]))  # type: ignore[arg-type]
            signed = jwt.decode(str(token.get("id_token", "")), keys, algorithms=list(_SIGNED_BY))
            needed = {
                "iss": {"essential": True, "value": told["issuer"]},
                "aud": {"essential": True, "value": settings.client_id},
            }
            checked = {
                "nonce": kept["nonce"],
                "client_id": settings.client_id,
                "access_token": token.get("access_token"),
            }
            found = CodeIDToken(signed.claims, signed.header, needed, checked)
            found.validate(leeway=60)
        except (AuthlibBaseError, JoseError, RequestException, ValueError, KeyError, TypeError) as error:
            raise _failure(error) from None
        return _with_user_info(client, told, settings, dict(found))


def _with_user_info(
    client: Any, told: Mapping[str, Any], settings: OidcSettings, claims: dict[str, Any]
) -> dict[str, Any]:
    """With what the service tells elsewhere of the same person, if name or roles are not in the token."""
    wanted = [settings.name_claim, *([settings.roles_claim.split(".")[0]] if settings.roles_claim else [])]
    if all(claim in claims for claim in wanted) or not told.get("userinfo_endpoint"):
        return claims
    from requests import RequestException

    try:
        answer = client.get(told["userinfo_endpoint"], timeout=_TIMEOUT_S)
        answer.raise_for_status()
        more = answer.json()
    except (RequestException, ValueError) as error:
        raise _failure(error) from None
    if not isinstance(more, dict) or more.get("sub") != claims["sub"]:
        raise _failure(_Wrong("user info of somebody else"))
    return {**more, **claims}


def _failure(error: Exception) -> _Failed:
    """Log what kind of fault it was: words of libraries may hold tokens, so that only our own are told."""
    told = str(error) if isinstance(error, _Wrong) else ""
    _LOG.warning("sign-in through the service failed: %s %s", type(error).__name__, told)
    return _Failed(say("The service did not answer as it should. Try again; if it stays so, tell whoever runs it."))
