"""Pages made at build time: their register, and how tables and code are written in Markdown.

A page is a function that returns Markdown; ``@page(name)`` puts it at ``reference/name.md``. Pages in Chinese are written
while the product speaks Chinese.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable

from wfm.i18n import use_language

__all__ = ["PAGES", "code", "page", "table"]

Write = Callable[[], str]

PAGES: dict[str, Write] = {}
"""By path; a file of pages adds its own when it is imported."""


def page(name: str, language: str = "en") -> Callable[[Write], Write]:
    """Register a function that writes ``reference/name.md`` in ``language``."""

    def register(function: Write) -> Write:
        def write() -> str:
            with use_language("zh" if language == "zh" else "en"):
                return function()

        PAGES[f"reference/{name}.md"] = write
        return function

    return register


def table(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table, with a free line after it."""
    headings = list(headings)
    out = io.StringIO()
    out.write("| " + " | ".join(headings) + " |\n|" + "---|" * len(headings) + "\n")
    for row in rows:
        cells = (str(cell).replace("|", "\\|").replace("\n", " ") for cell in row)
        out.write("| " + " | ".join(cells) + " |\n")
    return out.getvalue() + "\n"


def code(text: object) -> str:
    """Inline code that may break after dots and underscores; nothing where there is nothing."""
    if text in ("", None):
        return ""
    escaped = str(text).replace("&", "&amp;").replace("<", "&lt;").replace("*", "&#42;").replace("`", "&#96;")
    return "<code>" + re.sub(r"([._])(?=[^\W\d]|&)", r"\1<wbr>", escaped) + "</code>"
