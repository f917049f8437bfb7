"""The script that draws charts: the part of plotly.js that ours need, a third of the whole and ready three times as soon."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, send_file

__all__ = ["ADDRESS", "SCRIPT", "serve_chart_script"]

ADDRESS = "/_dash-component-suites/plotly/package_data/plotly.min.js"
"""Where the renderer of Dash looks for it."""
SCRIPT = Path(__file__).parents[1] / "vendor" / "plotly-cartesian-4.1.1.min.js"


def serve_chart_script(server: Flask) -> None:
    """Answer at the renderer's address, before Dash would give the whole."""

    @server.get(ADDRESS)
    def chart_script() -> Response:
        return send_file(SCRIPT, mimetype="text/javascript", conditional=True)
