"""Layouts of files that telephone systems write, found by looking at the head of a file."""

from __future__ import annotations

from wfm.records.layouts.detecting import LAYOUTS, Found, Layout, detect_layout, recipe_of

__all__ = ["LAYOUTS", "Found", "Layout", "detect_layout", "recipe_of"]
