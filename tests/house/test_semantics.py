"""The numbered paragraphs of docs/semantics.md and the tests that hold them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_paragraph_is_held_by_a_test() -> None:
    text = (ROOT / "docs" / "semantics.md").read_text(encoding="utf-8")
    paragraphs = [int(n) for n in re.findall(r"^\*\*§(\d+)\*\*", text, flags=re.MULTILINE)]
    assert paragraphs == list(range(1, len(paragraphs) + 1))
    named: set[int] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        for docstring in re.findall(r'"""(§.*?)"""', path.read_text(encoding="utf-8"), flags=re.DOTALL):
            named |= {int(n) for n in re.findall(r"§(\d+)", docstring)}
    assert named == set(paragraphs)
