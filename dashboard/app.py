"""The application: routes, callbacks, headers, and who may come in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, cast

import dash
from flask import Flask, Response

from dashboard.answering import Answering
from dashboard.callbacks import register_callbacks, whole_page
from dashboard.desk import Desk
from dashboard.files import serve_files
from dashboard.person import OWNER, Forbidden, remember
from dashboard.security import harden
from dashboard.server.bundle import ASSETS, EARLY, Bundle, serve_bundles
from dashboard.server.chart_script import serve_chart_script
from dashboard.server.health import serve_health
from dashboard.server.requests import log_requests
from dashboard.server.travel import send_well
from dashboard.speech import speak_by_request
from wfm.errors import BadInput

__all__ = ["make_app"]


def make_app(desk: Desk, protect: Callable[[Flask], None] | None = None) -> dash.Dash:
    """The dashboard over what lies on the desk.

    ``protect`` puts a gate before every request and says who asks (:func:`dashboard.person.remember`);
    without it whoever asks is the owner of the machine. Every asset is served from here.
    """
    server = Flask(__name__)
    log_requests(server)
    send_well(server)
    if protect is None:
        server.before_request(lambda: remember(OWNER))
    else:
        protect(server)
    server.register_error_handler(Forbidden, _forbidden)
    server.register_error_handler(BadInput, _bad_input)
    serve_health(server, desk)
    serve_chart_script(server)
    bundles = serve_bundles(server)
    serve_files(server, desk)
    app = dash.Dash(
        __name__,
        server=cast("Any", server),
        title="WFM",
        update_title="",
        serve_locally=True,
        assets_folder=str(ASSETS),
        assets_ignore=r"\.(css|js)$",  # the page names them itself
        suppress_callback_exceptions=True,
        add_log_handler=False,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    # Not even the version check of the development tools, which are off anyway, may name another host.
    app.enable_dev_tools(debug=False, dev_tools_ui=False, dev_tools_disable_version_check=True)
    app.index_string = _index(bundles)
    app.layout = lambda: whole_page(desk)
    register_callbacks(Answering(app), desk)
    harden(server, app.csp_hashes)
    speak_by_request(server)
    return app


_INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<title>{%title%}</title>
<script src="EARLY"></script>
<link rel="stylesheet" href="STYLES">
<link rel="icon" href="data:,">
{%css%}
</head>
<body>
{%app_entry%}
<footer>{%config%}{%scripts%}<script src="SCRIPTS"></script>{%renderer%}</footer>
</body>
</html>
"""


def _index(bundles: dict[str, Bundle]) -> str:
    """The page, with the early script before everything and ours after those of the components."""
    early = hashlib.sha256((ASSETS / EARLY).read_bytes()).hexdigest()[:16]
    named = _INDEX.replace("EARLY", f"/assets/{EARLY}?m={early}")
    return named.replace("STYLES", bundles["css"].address).replace("SCRIPTS", bundles["js"].address)


def _forbidden(error: Exception) -> Response:
    return Response(str(error), status=403, mimetype="text/plain")


def _bad_input(error: Exception) -> Response:
    """What is asked for beside the pages cannot be given, in one sentence; pages and callbacks say theirs on the page."""
    return Response(str(error), status=404, mimetype="text/plain")
