"""One language of colour for pages, reports and pictures: it means something or it is absent.

Status colours are safe for colour-blind eyes and never stand without an icon and a word. Lines of a
hotline take the qualitative order of Okabe and Ito (2008, *Color Universal Design*), so that a line
keeps its colour on every page.
"""

from __future__ import annotations

from dataclasses import dataclass

from wfm.i18n import Text

__all__ = [
    "DARK",
    "FULL_SCREEN",
    "LIGHT",
    "LINE_COLOURS",
    "SHORT",
    "STATUSES",
    "SURPLUS",
    "Palette",
    "Screen",
    "Status",
    "faded",
    "line_colour",
    "status_of",
]


@dataclass(frozen=True, slots=True)
class Palette:
    """Ink, paper and what lies between, for a light or a dark room."""

    ink: str
    paper: str
    soft: str
    """Secondary words; keeps a contrast of 4.5 : 1 on paper."""
    grid: str
    fill: str
    """What was provided: the filled area behind a line."""
    accent: str
    tint: str
    """Weekends and holidays behind a chart."""


LIGHT = Palette("#1b2733", "#fbfbf9", "#54616d", "#e1e4e3", "#c9d3da", "#1f6fb2", "#f0efe9")
DARK = Palette("#e6ebf0", "#14191f", "#9aa7b3", "#2b343d", "#3a4753", "#6fb1ea", "#1c232b")

SHORT = "#c85000"
"""Vermilion, dark enough for white figures on it: less cover than required."""
SURPLUS = "#0072B2"
"""Blue: more cover than required."""

LINE_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8f7a00", "#666666")
"""Okabe–Ito in a fixed order; its yellow, unreadable on paper, is darkened and its black a grey, as ink is for actuals."""


@dataclass(frozen=True, slots=True)
class Status:
    """How a status looks: never by colour alone."""

    word: Text
    icon: str
    light: str
    dark: str


STATUSES: dict[str, Status] = {
    "met": Status(Text("met", "达标"), "✓", "#2a7f62", "#5cc2a0"),
    "at risk": Status(Text("at risk", "临界"), "△", "#c98a00", "#e5b03c"),
    "missed": Status(Text("missed", "未达标"), "✕", "#b8402a", "#ee8a74"),
    "unknown": Status(Text("unknown", "无数据"), "–", "#6b7680", "#9aa7b3"),
    "reported": Status(Text("reported", "仅列示"), "·", "#6b7680", "#9aa7b3"),
}
"""Look of each status of ``tables.STATUSES``."""


@dataclass(frozen=True, slots=True)
class Screen:
    """What a figure is drawn for: a dark or light room, a phone or a desk."""

    dark: bool = False
    narrow: bool = False

    @property
    def palette(self) -> Palette:
        """The colours of the room."""
        return DARK if self.dark else LIGHT


FULL_SCREEN = Screen()


def status_of(status: str) -> Status:
    """The look of a status; an unknown word looks like ``unknown``."""
    return STATUSES.get(status, STATUSES["unknown"])


def faded(colour: str, alpha: float) -> str:
    """``#1f6fb2`` as a colour that lets through what lies below; ``alpha`` 0–1."""
    r, g, b = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({r},{g},{b},{alpha})"


def line_colour(index: int) -> str:
    """Colour of the hotline's line number ``index``."""
    return LINE_COLOURS[index % len(LINE_COLOURS)]
