"""The way to a table of the page as CSV."""

from __future__ import annotations

from dash import html

from dashboard.asked import Asked, address
from dashboard.pages.parts import download

__all__ = ["table_link"]


def table_link(name: str, asked: Asked) -> html.A:
    """A link to the table ``NAME`` of what the page shows."""
    return download(f"orders-{name}-csv", address(f"/download/orders/{name}.csv", **asked.query))
