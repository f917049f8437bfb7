"""Signing in and out, and changing one's password."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Flask, Response, g, has_request_context, redirect, request
from werkzeug.wrappers import Response as Answer

from dashboard.access.cookies import forget_session, keep_session, session_token
from dashboard.access.oidc import service_name
from dashboard.access.origins import local_path
from dashboard.access.papers import message_page, password_page, sign_in_page, sign_out_page
from dashboard.access.rules import AccessRules
from dashboard.desk import Desk
from wfm.i18n import say
from wfm.store import SessionRecord, SignInRefused, WeakPassword

__all__ = ["serve_signing", "session_here"]


def session_here() -> SessionRecord | None:
    """The session of this request; None where nobody has to come in."""
    found: SessionRecord | None = g.get("session") if has_request_context() else None
    return found


def serve_signing(server: Flask, desk: Desk, rules: AccessRules) -> None:
    """Add the pages that let people in and out."""

    @server.get("/sign-in")
    def show_sign_in() -> Answer:
        next_path = local_path(request.args.get("next", "/"))
        if session_here() is not None:
            return redirect(next_path)
        done = {"out": say("You are signed out."), "over": say("Your session is over. Sign in again to go on.")}
        said = done.get(request.args.get("said", ""), "")
        return sign_in_page(next_path=next_path, done=said, other_way=service_name())

    @server.post("/sign-in")
    def sign_in() -> Answer:
        next_path = local_path(request.form.get("next", "/"))
        name, accounts = request.form.get("name", ""), desk.store.accounts
        try:
            token = accounts.sign_in(
                name,
                request.form.get("password", ""),
                address=request.remote_addr or "",
                browser=str(request.user_agent),
            )
        except SignInRefused as refused:
            status = 429 if refused.until else 403
            return sign_in_page(
                next_path=next_path, name=name[:80], problem=str(refused), other_way=service_name(), status=status
            )
        accounts.sessions.end(session_token(rules))  # whoever was signed in here before
        return keep_session(redirect(next_path, 303), rules, token)

    @server.get("/sign-out")
    def ask_sign_out() -> Answer:
        session = session_here()
        return redirect("/") if session is None else sign_out_page(session.name)

    @server.post("/sign-out")
    def sign_out() -> Answer:
        desk.store.accounts.sessions.end(session_token(rules))
        answer = redirect(f"/sign-in?{urlencode({'said': 'out'})}" if rules.accounts else "/", 303)
        return forget_session(answer, rules)

    @server.get("/password")
    def show_password() -> Answer:
        session = session_here()
        if session is None or session.user is None or not desk.store.accounts.user(session.name).has_password:
            return _no_password()
        next_path = local_path(request.args.get("next", "/"))
        return password_page(next_path=next_path, name=session.name, due=session.must_change)

    @server.post("/password")
    def change_password() -> Answer:
        session, accounts = session_here(), desk.store.accounts
        if session is None or session.user is None:
            return _no_password()
        next_path, new = local_path(request.form.get("next", "/")), request.form.get("new", "")
        old, address = request.form.get("old", ""), request.remote_addr or ""

        def again(problem: str, status: int) -> Response:
            return password_page(
                next_path=next_path, name=session.name, due=session.must_change, problem=problem, status=status
            )

        if new != request.form.get("again", ""):
            return again(say("The two new passwords are not the same."), 422)
        try:
            accounts.change_password(session.name, old, new, address=address)
        except WeakPassword as weak:
            return again(str(weak), 422)
        except SignInRefused as refused:
            return again(str(refused) if refused.until else say("The password so far is wrong."), 403)
        token = accounts.sign_in(session.name, new, address=address, browser=str(request.user_agent))
        return keep_session(redirect(next_path, 303), rules, token)

    @server.post("/session/active")
    def active() -> Response:
        """The script of a page tells that somebody is at it; what a page asks by itself does not count."""
        desk.store.accounts.sessions.find(session_token(rules), used=True)
        return Response(status=204)


def _no_password() -> Response:
    return message_page(
        404,
        say("No password here"),
        say("You did not sign in with a password of this dashboard, so there is none to change."),
        ("/", say("To the dashboard")),
    )
