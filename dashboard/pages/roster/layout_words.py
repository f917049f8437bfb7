"""The headline of the roster page, drawn at once and anew after every change."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.attributes import UNSPOKEN

__all__ = ["LIVE", "headline_parts"]

LIVE: dict[str, Any] = {"aria-live": "polite"}
"""What is read aloud when it changes."""

_ICONS = {"met": "✓", "risk": "△", "missed": "✕", "none": "–"}


def headline_parts(words: str, status: str) -> list[Any]:
    """A sentence with the mark of its status."""
    return [html.Span(_ICONS[status], className=f"mark {status}", **UNSPOKEN), " ", words]
