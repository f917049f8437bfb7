"""Looking back: forecast against actual, why a target was missed, and who kept to the roster."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wfm.review.adherence import Adherence, measure_adherence
    from wfm.review.shapley import GapSplit, split_gap, split_values

_HOMES = {
    "Adherence": "adherence",
    "GapSplit": "shapley",
    "measure_adherence": "adherence",
    "split_gap": "shapley",
    "split_values": "shapley",
}

__all__ = ["Adherence", "GapSplit", "measure_adherence", "split_gap", "split_values"]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"wfm.review.{_HOMES[name]}"), name)
