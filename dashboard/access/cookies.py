"""The cookie of a session."""

from __future__ import annotations

from typing import TypeVar

from flask import request
from werkzeug.wrappers import Response as Answer

from dashboard.access.rules import AccessRules

__all__ = ["forget_session", "keep_session", "session_token"]

_Answer = TypeVar("_Answer", bound=Answer)


def _name(rules: AccessRules) -> str:
    """Over TLS, browsers take a name of this kind from this very host only, and send it over TLS only."""
    return f"__Host-{rules.cookie}" if request.is_secure else rules.cookie


def session_token(rules: AccessRules) -> str:
    """The token that the browser sent; empty if none."""
    return request.cookies.get(_name(rules), "")


def keep_session(answer: _Answer, rules: AccessRules, token: str) -> _Answer:
    """Give the browser its token; no script can read it, and it goes with the browser's window.

    Lax, not Strict: an address of the dashboard that stands in a message must open without signing in anew.
    """
    answer.set_cookie(_name(rules), token, httponly=True, samesite="Lax", secure=request.is_secure, path="/")
    return answer


def forget_session(answer: _Answer, rules: AccessRules) -> _Answer:
    """Take the token out of the browser, if it has one."""
    if _name(rules) in request.cookies:
        answer.delete_cookie(_name(rules), httponly=True, samesite="Lax", secure=request.is_secure, path="/")
    return answer
