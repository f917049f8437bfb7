"""What is written down of each request: who asked for what, what came of it, and how long it took.

Never its query, its cookies or its body: links, tokens and names that people type stay out of the log.
"""

from __future__ import annotations

import logging
import secrets
import time

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge

from wfm.i18n import say

__all__ = ["log_requests"]

_LOG = logging.getLogger("wfm.requests")
_QUIET = ("/assets/", "/_dash-component-suites/", "/health")
_LONGEST = 160


def log_requests(server: Flask) -> None:
    """Number every request, write it down when it is answered, and answer faults with their number."""

    @server.before_request
    def begin() -> None:
        g.request_id = secrets.token_hex(6)
        g.began = time.perf_counter()

    @server.after_request
    def end(response: Response) -> Response:
        if "request_id" not in g:  # refused before it was numbered
            return response
        response.headers["X-Request-ID"] = g.request_id
        quiet = request.path.startswith(_QUIET) and response.status_code < 400
        person = g.get("person")
        told = {
            "method": request.method,
            "path": request.path[:_LONGEST],
            "status": response.status_code,
            "duration_ms": round(1000 * (time.perf_counter() - g.began), 1),
            "who": person.name if person is not None else "",
        }
        asked = _callback()
        if asked:
            told["callback"] = asked
        _LOG.log(logging.DEBUG if quiet else logging.INFO, "request", extra=told)
        return response

    server.register_error_handler(InternalServerError, _fault)
    server.register_error_handler(RequestEntityTooLarge, _too_large)


def _callback() -> str:
    """Which outputs a callback was asked for; ids and properties only."""
    if request.path != "/_dash-update-component" or not request.is_json:
        return ""
    try:
        body = request.get_json(silent=True)
    except HTTPException:  # too large, or broken off
        return ""
    return str(body.get("output", ""))[:_LONGEST] if isinstance(body, dict) else ""


def _fault(error: HTTPException) -> Response:
    """Flask has written the traceback down under the request's number."""
    number = g.get("request_id", "–")
    words = say("This did not work. The log tells more under the number {number}.", number=number)
    return Response(words, status=500, mimetype="text/plain")


def _too_large(error: HTTPException) -> Response:
    most = (request.max_content_length or 0) // 1024**2
    return Response(
        say("This is more than {most} MB, the most that is taken in.", most=most), 413, mimetype="text/plain"
    )
