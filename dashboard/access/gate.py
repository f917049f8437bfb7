"""The gate before every request: whose it is, and whether it may pass."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Flask, Response, g, redirect, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as Answer

from dashboard.access.cookies import forget_session, keep_session, session_token
from dashboard.access.oidc import serve_oidc
from dashboard.access.origins import is_navigation, known_host, same_origin
from dashboard.access.papers import message_page, needs_link
from dashboard.access.rules import AccessRules, owner_name
from dashboard.access.signing import serve_signing
from dashboard.desk import Desk
from dashboard.person import Forbidden, Person, remember
from dashboard.rights import Role
from wfm.i18n import say
from wfm.store import SessionRecord

__all__ = ["guard"]

_OPEN = frozenset({"/health"})
_OF_CALENDARS = "/calendar/"
"""Calendars come without a session: the token in the address is the key to one person's own duties."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OF_ALL = ("/_dash-", "/_reload-hash", "/_favicon.ico", "/assets/", "/mine", "/download/mine/", "/session/")
"""What also those may ask for who see their own duties only. What a callback answers, it decides itself."""
_OWN = frozenset({"/sign-out", "/password", "/sign-in"})
_LASTING = ("/assets/", "/_dash-component-suites/")


def guard(
    server: Flask,
    desk: Desk,
    rules: AccessRules,
    *,
    on_new_token: Callable[[str], None] = lambda token: None,
) -> None:
    """Let in only whoever came by the link or signed in; remember who it is for the rest of the request.

    Args:
        server: before its first request.
        desk: with the store of accounts and sessions.
        rules: how people come in.
        on_new_token: told the token of the link that follows a used one, so that the terminal can show it.
    """
    if rules.proxies:
        count = rules.proxies
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]

    @server.before_request
    def check() -> Answer | None:
        if request.path in _OPEN:
            return None
        if not known_host(request, rules):
            return message_page(
                403, say("This name is not ours"), say("The dashboard does not answer under this name.")
            )
        if request.path.startswith(_OF_CALENDARS) and request.method in _SAFE:
            return None
        if request.method not in _SAFE and not same_origin(request):
            return message_page(
                403, say("From another page"), say("The request came from a page that is not the dashboard's.")
            )
        session = desk.store.accounts.sessions.find(session_token(rules), used=is_navigation(request))
        if session is not None:
            return _let_in(session)
        if rules.accounts:
            return None if request.path.startswith("/sign-in") else _to_sign_in(rules)
        if request.method == "GET" and request.args.get("token"):
            return _by_link(desk, rules, on_new_token)
        return needs_link() if is_navigation(request) or request.method == "HEAD" else _over()

    @server.after_request
    def keep_to_the_reader(response: Response) -> Response:
        """What somebody saw stays in no cache after signing out."""
        if not request.path.startswith(_LASTING):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    serve_signing(server, desk, rules)
    if rules.accounts:
        serve_oidc(server, desk, rules)


def _let_in(session: SessionRecord) -> Answer | None:
    g.session = session
    roles: tuple[Role, ...] = session.roles  # type: ignore[assignment]  # the store keeps no others
    person = Person(session.name, roles, session.agent)
    remember(person)
    if request.path.startswith("/sign-in") or request.path in _OWN:
        return None
    if session.must_change and not request.path.startswith("/assets/"):
        return redirect(_with_next("/password")) if is_navigation(request) else _over()
    if not person.may("see") and not request.path.startswith(_OF_ALL):
        if request.path == "/":
            return redirect("/mine")
        raise Forbidden(say("your role shows your own duties only"))
    if "token" in request.args and request.method == "GET":
        return _without_token()
    return None


def _by_link(desk: Desk, rules: AccessRules, on_new_token: Callable[[str], None]) -> Answer:
    sessions = desk.store.accounts.sessions
    session = sessions.follow_link(
        request.args["token"], owner_name(), address=request.remote_addr or "", browser=str(request.user_agent)
    )
    if session is None:
        return needs_link()
    on_new_token(sessions.make_link())
    return keep_session(_without_token(), rules, session)


def _to_sign_in(rules: AccessRules) -> Answer:
    if not is_navigation(request):
        return _over()
    return forget_session(redirect(_with_next("/sign-in")), rules)


def _over() -> Response:
    """For what a page asks by itself: its script leads the browser to where one signs in."""
    return Response(say("your session is over"), status=401, mimetype="text/plain")


def _with_next(place: str) -> str:
    here = request.full_path.rstrip("?") if request.path != "/" or request.query_string else ""
    spoken = request.args.get("lang", "")
    told = {"next": here, "lang": spoken}
    query = urlencode({key: value for key, value in told.items() if value})
    return f"{place}?{query}" if query else place


def _without_token() -> Answer:
    """The same address without its token, so that it does not stay in the browser's history."""
    rest = [(k, v) for k, v in request.args.items(multi=True) if k != "token"]
    return redirect(request.path + (f"?{urlencode(rest)}" if rest else ""))
