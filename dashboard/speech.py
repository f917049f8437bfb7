"""The language of each request: its address, then its cookie, then what the browser asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header, parse_cookie

from wfm.i18n import Language, use_language

__all__ = ["COOKIE", "choose_language", "speak_by_request"]

COOKIE = "wfm_lang"
_YEAR_S = 365 * 24 * 3600


def choose_language(query: str, cookie: str, accept: str) -> Language:
    """``?lang=``, else the cookie, else ``Accept-Language``, else English."""
    from urllib.parse import parse_qs

    for asked in (parse_qs(query).get("lang", [""])[-1], cookie):
        if asked == "zh":
            return "zh"
        if asked == "en":
            return "en"
    wanted = parse_accept_header(accept, LanguageAccept)
    for tag, quality in wanted:
        family = tag.lower().split("-")[0]
        if quality > 0 and family in ("en", "zh"):
            return "zh" if family == "zh" else "en"
    return "en"


def speak_by_request(server: Flask) -> None:
    """Speak the language of each request while it is answered, and remember one that was asked for."""
    inner = server.wsgi_app

    def speaking(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        cookie = parse_cookie(environ).get(COOKIE, "")
        chosen = choose_language(environ.get("QUERY_STRING", ""), cookie, environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        with use_language(chosen):
            return inner(environ, start_response)

    server.wsgi_app = speaking  # type: ignore[method-assign]

    @server.after_request
    def remember(response: Response) -> Response:
        asked = request.args.get("lang")
        if asked in ("en", "zh"):
            response.set_cookie(COOKIE, asked, max_age=_YEAR_S, httponly=True, samesite="Lax")
        return response
