"""Mappings that are remembered: a file with the same column names is read the same way next time.

``WFM_HOME/mappings/FINGERPRINT.yaml`` is a mapping file like any other (``wfm import --map`` reads it too); its name is made
of the column names, in their order, so that the next month's export finds it.
"""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

from wfm.hotline.yaml_source import read_yaml
from wfm.records.layouts.file_head import FileHead, plain_name
from wfm.records.whole_files import write_whole

__all__ = [
    "KEY_OF_KIND",
    "forget_mapping",
    "header_of",
    "keep_draft",
    "kept_draft",
    "kept_mapping",
    "layout_fingerprint",
    "remember_mapping",
]

DIGITS = 16
KEY_OF_KIND = "kind"
"""Key of the comment line that tells what a mapping's rows are."""


def header_of(head: FileHead) -> tuple[int, tuple[str, ...]]:
    """Row of the column names, from 1, and the names: of the first rows the one with most names in it.

    A row of names has several cells, none of them a number, and none twice.
    """

    def names(cells: tuple[str, ...]) -> int:
        filled = [cell for cell in cells if cell]
        if len(filled) < 2 or len(set(filled)) < len(filled):
            return 0
        return sum(not any(sign.isdigit() for sign in cell) or len(cell) <= 12 for cell in filled) - sum(
            cell.replace(".", "").replace(":", "").replace("-", "").isdigit() for cell in filled
        )

    rows = head.rows[:12]
    if not rows:
        return 1, ()
    at = max(range(len(rows)), key=lambda n: (names(rows[n]), -n))
    return at + 1, rows[at]


def layout_fingerprint(hotline_id: str, head: FileHead) -> str:
    """Names the layout of a file for a hotline by its column names, 16 hexadecimal digits."""
    _, header = header_of(head)
    if head.kind == "csv" and head.delimiter == "|" and any(line.count("|") >= 4 for line in head.lines[:1]):
        first = head.lines[0].split("|")
        if first[0].replace(".", "").isdigit():
            header = ("queue_log",)  # events have no column names, and all such files one layout
    told = "\0".join([hotline_id, *(plain_name(name) for name in header)])
    return hashlib.sha256(told.encode()).hexdigest()[:DIGITS]


def _file(home: Path, fingerprint: str) -> Path:
    return home / "mappings" / f"{fingerprint}.yaml"


def kept_mapping(home: Path, fingerprint: str) -> tuple[str, Path] | None:
    """What its rows are (``calls``, ``orders``, ``satisfaction``, ``states``), and the mapping file; None: nothing is kept."""
    path = _file(home, fingerprint)
    try:
        first = path.read_text(encoding="utf-8").split("\n", 1)[0]
    except OSError:
        return None
    return first.removeprefix(f"# {KEY_OF_KIND}: ").strip() or "calls", path


def remember_mapping(home: Path, fingerprint: str, kind: str, document: dict[str, Any]) -> Path:
    """Keep a mapping for all files of this layout; an older one is replaced."""
    from ruamel.yaml import YAML

    out = io.StringIO()
    writer = YAML()
    writer.allow_unicode = True
    writer.width = 200
    writer.dump(document, out)
    path = _file(home, fingerprint)
    write_whole(path, f"# {KEY_OF_KIND}: {kind}\n{out.getvalue()}".encode())
    read_yaml(path)
    return path


def keep_draft(home: Path, fingerprint: str, draft: dict[str, Any]) -> None:
    """Keep how a mapping was made in a form, so that it can be changed there."""
    write_whole(_file(home, fingerprint).with_suffix(".draft.json"), json.dumps(draft, ensure_ascii=False).encode())


def kept_draft(home: Path, fingerprint: str) -> dict[str, Any] | None:
    """What :func:`keep_draft` kept; None if nothing."""
    try:
        told: dict[str, Any] = json.loads(_file(home, fingerprint).with_suffix(".draft.json").read_bytes())
    except (OSError, ValueError):
        return None
    return told


def forget_mapping(home: Path, fingerprint: str) -> None:
    """Keep it no longer."""
    _file(home, fingerprint).unlink(missing_ok=True)
    _file(home, fingerprint).with_suffix(".draft.json").unlink(missing_ok=True)
