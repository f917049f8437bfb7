"""The dashboard's own scripts and styles, each kind as one file: a page asks for two instead of two dozen."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.wrappers import Response as Answer

__all__ = ["ASSETS", "EARLY", "Bundle", "serve_bundles"]

ASSETS = Path(__file__).parents[1] / "assets"
EARLY = "early.js"
"""The script that stands before all others and is sent by itself."""
_MIMETYPES = {"css": "text/css", "js": "text/javascript"}


class Bundle:
    """All assets of a kind (``css``, ``js``) in the order of their names."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        files = [path for path in sorted(ASSETS.glob(f"*.{kind}")) if path.name != EARLY]
        self.content = "\n".join(path.read_text(encoding="utf-8") for path in files).encode()
        self.mark = hashlib.sha256(self.content).hexdigest()[:16]

    @property
    def address(self) -> str:
        """Where it is served; it changes with the content, so that browsers may keep it."""
        return f"/assets/all.{self.kind}?m={self.mark}"


def serve_bundles(server: Flask) -> dict[str, Bundle]:
    """Serve both bundles; returns them by kind."""
    bundles = {kind: Bundle(kind) for kind in _MIMETYPES}

    def send(kind: str) -> Answer:
        bundle = bundles[kind]
        answer = Response(bundle.content, mimetype=_MIMETYPES[kind])
        answer.set_etag(bundle.mark)
        return answer.make_conditional(request)

    for kind in bundles:
        server.add_url_rule(f"/assets/all.{kind}", f"all_{kind}", send, defaults={"kind": kind})
    return bundles
