"""Names of the shipped mappings of what stands beside the calls; loads nothing large, so that the help can tell them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

__all__ = ["SHIPPED_FOLDER", "shipped_names"]

SHIPPED_FOLDER = Path(__file__).parent / "item_mappings"


@cache
def shipped_names(kind: str) -> tuple[str, ...]:
    """Names of the shipped mappings of ``orders``, ``satisfaction`` or ``states``."""
    return tuple(sorted(path.stem for path in (SHIPPED_FOLDER / kind).glob("*.yaml")))
