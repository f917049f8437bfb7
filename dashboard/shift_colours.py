"""Colours of shifts: the same shift has the same colour in every grid, and words on it can be read."""

from __future__ import annotations

from dashboard.colours import LINE_COLOURS
from wfm.hotline import Hotline

__all__ = ["contrast", "ink_on", "shift_colours"]


def shift_colours(hotline: Hotline) -> dict[str, str]:
    """Colour of each shift: the qualitative order in the order in which the shifts are written."""
    return {shift.id: LINE_COLOURS[n % len(LINE_COLOURS)] for n, shift in enumerate(hotline.shifts)}


def ink_on(fill: str) -> str:
    """White or black, whichever is easier to read on ``fill``: one of them has a contrast of √21 ≈ 4.58 or more."""
    return max(("#ffffff", "#000000"), key=lambda ink: contrast(ink, fill))


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours ``#rrggbb``, 1 to 21 (WCAG 2.2, relative luminance)."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
