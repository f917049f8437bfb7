"""Rotation patterns: crews that walk through cycles, pools that take turns.

``find_pattern`` names one of a hotline, ``pattern_facts`` says what it asks of people, ``lay_out`` makes its roster.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scheduler.patterns.built_in import BUILT_IN, find_pattern, offered_patterns
    from scheduler.patterns.facts import PartFacts, pattern_facts
    from scheduler.patterns.layout import PatternRoster, lay_out

__all__ = [
    "BUILT_IN",
    "PartFacts",
    "PatternRoster",
    "find_pattern",
    "lay_out",
    "offered_patterns",
    "pattern_facts",
]

_HOME = {
    "BUILT_IN": "built_in",
    "PartFacts": "facts",
    "PatternRoster": "layout",
    "find_pattern": "built_in",
    "lay_out": "layout",
    "offered_patterns": "built_in",
    "pattern_facts": "facts",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(f"scheduler.patterns.{_HOME[name]}"), name)
