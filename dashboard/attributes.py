"""HTML attributes whose names are no Python names."""

from __future__ import annotations

from typing import Any

__all__ = ["UNSPOKEN", "aria_label", "cell_label"]

UNSPOKEN: dict[str, Any] = {"aria-hidden": "true"}
"""For marks whose meaning stands beside them in words."""


def aria_label(words: str) -> dict[str, Any]:
    """What a screen reader says of an element."""
    return {"aria-label": words}


def cell_label(words: str) -> dict[str, Any]:
    """The heading that a table cell shows when the table becomes cards on a phone."""
    return {"data-label": words}
