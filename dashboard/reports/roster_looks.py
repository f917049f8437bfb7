"""Formats of the roster's workbook: shifts in their colours, A solid and B outlined, leave hatched."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dashboard.colours import LIGHT, SHORT, SURPLUS
from dashboard.shift_colours import ink_on, shift_colours
from wfm.hotline import Hotline

__all__ = ["Looks", "fitting"]

HATCHED = 14
"""Excel's pattern of thin rising lines."""


LONG = 6
"""Texts of a day's cell longer than this are set smaller and wrapped."""


def fitting(words: Iterable[str], least: float, most: float) -> float:
    """Width of a column that holds the words, in Excel's characters; a Chinese character counts as two."""
    longest = max((sum(1 + (letter >= "\u2e80") for letter in word) for word in words), default=0)
    return min(most, max(least, longest + 1.0))


class Looks:
    """Formats of one workbook, each made once."""

    def __init__(self, book: Any, hotline: Hotline) -> None:
        self._book = book
        self._colours = shift_colours(hotline)
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def plain(self, **more: Any) -> Any:
        """Text in ink; ``more`` are XlsxWriter's properties."""
        wanted = {"font_color": LIGHT.ink, "font_size": 10, "valign": "vcenter", **more}
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(wanted)
        return self._made[key]

    def title(self) -> Any:
        """The page's title."""
        return self.plain(bold=True, font_size=14)

    def soft(self, **more: Any) -> Any:
        """Secondary words."""
        return self.plain(font_color=LIGHT.soft, **more)

    def head(self, *, rest: bool = False, **more: Any) -> Any:
        """A column's heading; the headings of rest days are tinted."""
        return self.plain(
            bold=True, bottom=1, align=more.pop("align", "center"), bg_color=LIGHT.tint if rest else LIGHT.paper, **more
        )

    def empty(self, *, rest: bool, pinned: bool = False) -> Any:
        """A cell without a duty; underlined where the day off was decided beforehand."""
        shaded = {"bg_color": LIGHT.tint} if rest else {}
        return self.plain(**self._lines(), **shaded, **_pinned(pinned), align="center")

    def leave(self) -> Any:
        """A day of leave: hatched."""
        return self.plain(**self._lines(), pattern=HATCHED, fg_color="#b9c0c6", bg_color="#ffffff", align="center")

    def shift(self, shift: str, role: str, *, pinned: bool = False, text: str = "") -> Any:
        """A duty: A filled with the shift's colour, B in a frame of that colour; underlined where decided beforehand."""
        colour = self._colours.get(shift, LIGHT.soft)
        more = {**_pinned(pinned), **({"font_size": 7, "text_wrap": True} if len(text) > LONG else {})}
        if role == "A":
            look = {"bg_color": colour, "font_color": ink_on(colour), "bold": True, **more}
            return self.plain(**self._lines(), **look, align="center")
        return self.plain(border=2, border_color=colour, **more, align="center")

    def cover(self, posts: int, filled: int, *, rest: bool) -> Any:
        """Cover of a post: vermilion where short, blue where to spare, neutral where right."""
        if filled < posts:
            return self.plain(**self._lines(), bg_color=SHORT, font_color=ink_on(SHORT), align="center", bold=True)
        if filled > posts:
            return self.plain(**self._lines(), bg_color=SURPLUS, font_color=ink_on(SURPLUS), align="center")
        return self.empty(rest=rest)

    def _lines(self) -> dict[str, Any]:
        return {"border": 1, "border_color": LIGHT.grid}


def _pinned(pinned: bool) -> dict[str, Any]:
    return {"underline": 1} if pinned else {}
