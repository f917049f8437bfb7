"""The validation page: text between marks is replaced by what was measured."""

from __future__ import annotations

import re
from pathlib import Path

MARK = re.compile(r"<!--=([\w.-]+)-->(.*?)<!--/-->", re.DOTALL)
"""``<!--=name-->`` measured text ``<!--/-->``."""
SECTIONS = ("replay-",)
"""Beginnings of the marks that a script of their own fills."""


def fill(page: Path, found: dict[str, str], section: str = "") -> None:
    """Replace what stands between the marks of a section, or of none; complain of names on one side only."""
    text = page.read_text(encoding="utf-8")
    marks = {match[1] for match in MARK.finditer(text)}
    wanted = {name for name in marks if next((s for s in SECTIONS if name.startswith(s)), "") == section}
    if wanted != set(found):
        raise SystemExit(f"{page.name}: marks {sorted(wanted - set(found))}, measured {sorted(set(found) - wanted)}")
    new = MARK.sub(lambda match: f"<!--={match[1]}-->{found.get(match[1], match[2])}<!--/-->", text)
    temporary = page.with_suffix(".tmp")
    temporary.write_text(new, encoding="utf-8", newline="\n")
    temporary.replace(page)


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table, first column to the left, the others to the right."""
    rule = [":--"] + ["--:"] * (len(head) - 1)
    return "\n\n" + "\n".join("| " + " | ".join(row) + " |" for row in [head, rule, *rows]) + "\n\n"


def percent(value: float, digits: int = 1) -> str:
    """A share in percent, with a true minus."""
    return f"{value * 100:.{digits}f} %".replace("-", "−")
