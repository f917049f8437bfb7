"""How answers travel: compressed for those elsewhere who read gzip, and kept by the browser where their address names their content.

A page needs some megabytes of scripts. Compressed they are a quarter, and each is compressed once in the life of a
process; with their fingerprint in the address, a browser asks for them once and never again.
"""

from __future__ import annotations

import gzip
import threading
from collections import OrderedDict

from flask import Flask, Response, request

from dashboard.access.rules import is_loopback

__all__ = ["send_well"]

SMALLEST_BYTES = 1000
LEVEL_ONCE, LEVEL_EACH_TIME = 6, 1
KEPT_BYTES = 32 * 1024**2
YEAR_S, DAY_S = 31_536_000, 86_400
_LASTING = ("/assets/", "/_dash-component-suites/")
_KINDS = ("text/", "application/json", "application/javascript", "image/svg+xml", "text/javascript")


class _Kept:
    """Compressed content that was sent before, by its address and mark; the least used goes first."""

    def __init__(self) -> None:
        self._content: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: tuple[str, str]) -> bytes | None:
        with self._lock:
            if key in self._content:
                self._content.move_to_end(key)
            return self._content.get(key)

    def put(self, key: tuple[str, str], content: bytes) -> None:
        with self._lock:
            if key in self._content:
                return
            self._content[key] = content
            self._bytes += len(content)
            while self._bytes > KEPT_BYTES:
                self._bytes -= len(self._content.popitem(last=False)[1])


def send_well(server: Flask) -> None:
    """Set caching and compress every answer; call it before other functions that change answers, which run before it."""
    kept = _Kept()

    @server.after_request
    def travel(response: Response) -> Response:
        lasting = request.path.startswith(_LASTING)
        if lasting and response.status_code == 200 and _names_its_content():
            response.headers["Cache-Control"] = f"private, max-age={YEAR_S}, immutable"
        elif request.path.startswith("/assets/icons/"):  # a style sheet names them, without a mark of their content
            response.headers["Cache-Control"] = f"private, max-age={DAY_S}"
        return _compress(response, kept if lasting and _names_its_content() else None)


def _names_its_content() -> bool:
    """Whether the address changes with the content: Dash's fingerprints, and ``m`` of our own assets."""
    return "m" in request.args if request.path.startswith("/assets/") else ".v" in request.path.rpartition("/")[2]


def _compress(response: Response, kept: _Kept | None) -> Response:
    if not (response.mimetype or "").startswith(_KINDS):
        return response
    response.vary.add("Accept-Encoding")
    if (
        response.status_code != 200
        or is_loopback(request.remote_addr or "")  # packing takes longer than the way
        or request.method not in ("GET", "POST")
        or "Content-Encoding" in response.headers
        or "gzip" not in request.headers.get("Accept-Encoding", "")
        or (response.is_streamed and not response.direct_passthrough)
        or "Range" in request.headers
    ):
        return response
    key = (request.full_path, response.headers.get("ETag", ""))
    content = kept.get(key) if kept is not None else None
    if content is None:
        response.direct_passthrough = False  # read a file that would have been sent as it lies
        plain = response.get_data()
        if len(plain) < SMALLEST_BYTES:
            return response
        content = gzip.compress(plain, LEVEL_EACH_TIME if kept is None else LEVEL_ONCE, mtime=0)
        if kept is not None:
            kept.put(key, content)
    else:
        response.direct_passthrough = False
        unread = getattr(response.response, "close", None)
        if unread is not None:
            unread()  # the file is not read again, and must not wait for the collector to be closed
        response.response = []
    response.set_data(content)
    response.headers["Content-Encoding"] = "gzip"
    tag, _weak = response.get_etag()
    if tag is not None:
        response.set_etag(tag, weak=True)  # the same content, not the same bytes
    return response
