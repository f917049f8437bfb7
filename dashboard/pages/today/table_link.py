"""The way to a table of the page as CSV."""

from __future__ import annotations

from dash import html

from dashboard.asked import Asked, address
from dashboard.pages.parts import download

__all__ = ["table_link"]


def table_link(name: str, asked: Asked) -> html.A:
    """A link to the table ``NAME`` of what the page shows."""
    query = {k: v for k, v in asked.query.items() if k in ("hotline", "at", "line", "plan")}
    return download(f"today-{name}-csv", address(f"/download/today/{name}.csv", **query))
