"""Access on this machine alone: a link that works once, then a cookie that only this server knows."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import threading
from collections.abc import Callable
from html import escape
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as Answer

from dashboard.colours import LIGHT
from dashboard.person import OWNER, remember
from wfm.i18n import LANGUAGES, say, use_language

__all__ = ["Gate", "guard", "is_loopback"]

_OPEN_PATHS = frozenset({"/health"})
_SESSIONS_KEPT = 200


def is_loopback(host: str) -> bool:
    """Whether an address reaches this machine only."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Gate:
    """Hands out one token at a time; each opens one session and is then replaced.

    ``on_new_token`` is told each token that replaces a used one, so that the terminal can show it.
    """

    def __init__(self, name: str = "wfm", on_new_token: Callable[[str], None] = lambda token: None) -> None:
        self.cookie = f"{name}_session"
        self.token = secrets.token_urlsafe(24)
        self._sessions: dict[str, None] = {}
        self._on_new_token = on_new_token
        self._lock = threading.Lock()

    def knows(self, session: str) -> bool:
        """Whether the cookie belongs to a session opened by a link."""
        return bool(session) and session in self._sessions

    def redeem(self, token: str) -> str | None:
        """A new session for the right token, which is used up by it; None for any other."""
        with self._lock:
            if not hmac.compare_digest(token.encode(), self.token.encode()):
                return None
            session = secrets.token_urlsafe(32)
            self._sessions[session] = None
            while len(self._sessions) > _SESSIONS_KEPT:
                self._sessions.pop(next(iter(self._sessions)))
            self.token = secrets.token_urlsafe(24)
            fresh = self.token
        self._on_new_token(fresh)
        return session


def guard(server: Flask, gate: Gate) -> None:
    """Let in only browsers that came by the link; everyone else gets a page that says how.

    The name in the address must be this machine's own: a page elsewhere whose name was pointed at
    127.0.0.1 is refused.
    """

    @server.before_request
    def check() -> Answer | None:
        if request.path in _OPEN_PATHS:
            return None
        if not is_loopback(urlsplit(f"//{request.host}").hostname or ""):
            return _refusal()
        if gate.knows(request.cookies.get(gate.cookie, "")):
            remember(OWNER)
            return _without_token() if "token" in request.args and request.method == "GET" else None
        if request.method == "GET" and "token" in request.args:
            session = gate.redeem(request.args["token"])
            if session is not None:
                answer = _without_token()
                answer.set_cookie(gate.cookie, session, httponly=True, samesite="Lax")
                return answer
        return _refusal()


def _without_token() -> Answer:
    """The same address without its token, so that it does not stay in the browser's history."""
    rest = [(k, v) for k, v in request.args.items(multi=True) if k != "token"]
    return redirect(request.path + (f"?{urlencode(rest)}" if rest else ""))


def _refusal() -> Response:
    parts = []
    for language in LANGUAGES:
        with use_language(language):
            title = say("This page needs the link from the terminal")
            words = say(
                "The dashboard shows a roster and opens only to whoever started it. Open the link that wfm serve printed "
                "in its terminal; each link works once, and the terminal shows the next one after it was used."
            )
        tag = "zh-CN" if language == "zh" else "en"
        parts.append(f'<section lang="{tag}"><h1>{escape(title)}</h1><p>{escape(words)}</p></section>')
    page = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>403</title><link rel="icon" href="data:,">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>body{{font:14px/1.5 system-ui,'Noto Sans CJK SC',sans-serif;color:{LIGHT.ink};background:{LIGHT.paper};"
        "max-width:560px;margin:64px auto;padding:0 16px}h1{font-size:18px;margin:32px 0 8px}</style></head>"
        f"<body>{''.join(parts)}</body></html>"
    )
    return Response(page, status=403, mimetype="text/html", headers={"Cache-Control": "no-store"})
